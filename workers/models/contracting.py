"""Contracts that the platform writes: the project's wording, and the paper until it is signed and verified.

What counts is `Contract`: a paper makes one when its signed scan has been verified. Decision 130.
"""

from django.db import models
from django.db.models import F, Q

from kernel.fields import SealedTextField
from kernel.models import Travelling
from kernel.scoping import Reach, ScopedModel
from projects.models import Participation
from workers.models.papers import Contract
from workers.models.people import Engagement


class ContractTemplate(Travelling, ScopedModel):
    """The wording of a kind of contract on a project; never edited, the next number takes its place.

    Whoever takes part in the project reads it, for the own people's contracts are written by it.
    """

    region_lookup = "project__region"
    project_lookup = "project"
    view_permission = "workers.view"

    project = models.ForeignKey("projects.Project", models.PROTECT, related_name="contract_templates")
    kind = models.CharField(max_length=16)
    number = models.PositiveIntegerField()
    # [{"heading": …, "text": …, "source": …}], in order.
    clauses = models.JSONField()
    note = models.CharField(max_length=200, blank=True)
    edited_by = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ("project", "kind", "-number")
        constraints = [
            models.UniqueConstraint(
                fields=("project", "kind", "number"), name="wordings_of_a_project_are_numbered"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"

    @classmethod
    def scope(cls, reach: Reach) -> Q:
        taking_part = Participation.all_rows.filter(public_id__in=reach.participations)
        return super().scope(reach) | Q(project__in=taking_part.values("project"))


class ContractPaper(Travelling, ScopedModel):
    """A contract on its way from draft to signature (S2); the number is printed on every sheet."""

    region_lookup = "engagement__project__region"
    project_lookup = "engagement__project"
    participation_lookup = "engagement__participation"
    person_lookup = "engagement__person"
    view_permission = "workers.view"
    held_by = ("engagement",)

    class State(models.TextChoices):
        """S2 before it counts; how an active one stands is read off its `Contract`."""

        DRAFT = "draft", "草稿"
        SIGNING = "signing", "签订中"
        ACTIVE = "active", "已生效"
        VOID = "void", "已作废"

    engagement = models.ForeignKey(Engagement, models.PROTECT, related_name="contract_papers")
    wording = models.ForeignKey(ContractTemplate, models.PROTECT, related_name="papers")
    number = models.CharField(max_length=50, unique=True)
    serial = models.PositiveIntegerField()
    state = models.CharField(max_length=8, default=State.DRAFT)
    period_type = models.CharField(max_length=4)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    wage_form = models.CharField(max_length=8)
    unit = models.CharField(max_length=4, blank=True)
    unit_price = models.DecimalField(max_digits=18, decimal_places=2)
    pay_day = models.PositiveSmallIntegerField()
    workplace = models.CharField(max_length=200)
    duties = models.CharField(max_length=200)
    # The values that were printed, as JSON; the parties sign these and nothing that is changed later.
    filled = SealedTextField(context="contract_paper.filled", null=True)
    made_by_key = models.CharField(max_length=120)
    made_by = models.CharField(max_length=120)
    scan = models.CharField(max_length=64, blank=True)
    scanned_by_key = models.CharField(max_length=120, blank=True)
    scanned_by = models.CharField(max_length=120, blank=True)
    scanned_at = models.DateTimeField(null=True, blank=True)
    returned_reason = models.CharField(max_length=200, blank=True)
    verified_by_key = models.CharField(max_length=120, blank=True)
    verified_by = models.CharField(max_length=120, blank=True)
    verified_at = models.DateTimeField(null=True, blank=True)
    voided_at = models.DateTimeField(null=True, blank=True)
    void_reason = models.CharField(max_length=200, blank=True)
    # What the verified scan became; and the contract that it changes the terms of.
    contract = models.OneToOneField(Contract, models.PROTECT, null=True, blank=True, related_name="paper")
    amends = models.ForeignKey(Contract, models.PROTECT, null=True, blank=True, related_name="amendments")

    class Meta:
        ordering = ("-pk",)
        constraints = [
            models.CheckConstraint(
                condition=Q(verified_by_key="")
                | (~Q(verified_by_key=F("scanned_by_key")) & ~Q(verified_by_key=F("made_by_key"))),
                name="a_signed_scan_is_verified_by_another",
            ),
            models.CheckConstraint(
                condition=Q(state="active", contract__isnull=False)
                | (~Q(state="active") & Q(contract__isnull=True)),
                name="an_active_paper_is_a_contract",
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="a_paper_ends_after_it_begins",
            ),
            models.CheckConstraint(condition=Q(unit_price__gt=0), name="a_paper_names_a_price"),
            models.CheckConstraint(
                condition=Q(pay_day__gte=1, pay_day__lte=31), name="a_pay_day_is_a_day_of_the_month"
            ),
        ]
        indexes = [models.Index(fields=("state", "scanned_at"), name="papers_that_wait")]

    def __str__(self) -> str:
        return self.number

    @property
    def state_words(self) -> str:
        """Where it stands, in a word; a scan that nobody has verified yet is told apart."""
        if self.state == self.State.SIGNING and self.scan:
            return "待核验"
        return str(self.State(self.state).label)

    @property
    def kind_words(self) -> str:
        """劳动合同 or 用工书面协议."""
        return str(dict(Contract.Kind.choices).get(self.wording.kind, self.wording.kind))

    @property
    def wage_words(self) -> str:
        """For what the price is paid."""
        return str(dict(Contract.WageForm.choices).get(self.wage_form, ""))
