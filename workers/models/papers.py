"""What the law asks before somebody enters: contract and training."""

from django.db import models
from django.db.models import F, Q, Value

from kernel.fields import SealedTextField
from kernel.models import Travelling
from kernel.scoping import ScopedModel
from workers.models.people import Engagement


class Contract(Travelling, ScopedModel):
    """A labour contract or written work agreement of an engagement (notice 一(八); 18号令 2022 修正)."""

    region_lookup = "engagement__project__region"
    project_lookup = "engagement__project"
    participation_lookup = "engagement__participation"
    person_lookup = "engagement__person"
    view_permission = "workers.view"
    held_by = ("engagement",)

    class Kind(models.TextChoices):
        LABOUR = "labour", "劳动合同"
        AGREEMENT = "agreement", "用工书面协议"

    class WageForm(models.TextChoices):
        """What the price is paid for. Source: 国务院令第724号 第二十八条 (工资支付标准、方式)."""

        DAY = "day", "按日"
        MONTH = "month", "按月"
        HOUR = "hour", "按小时"
        PIECE = "piece", "计件"

    engagement = models.ForeignKey(Engagement, models.PROTECT, related_name="contracts")
    kind = models.CharField(max_length=16, default=Kind.LABOUR)
    period_type = models.CharField(max_length=4, default="0")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    unit = models.CharField(max_length=4, blank=True)
    unit_price = models.DecimalField(max_digits=18, decimal_places=2, null=True, blank=True)
    wage_form = models.CharField(max_length=8, blank=True)
    scan = models.CharField(max_length=64, blank=True)
    # The number that the parties gave it.
    number = models.CharField(max_length=50, blank=True, default="")
    extras = models.JSONField(null=True, blank=True)
    sealed_extras = SealedTextField(context="contract.extras", null=True)
    ended_on = models.DateField(null=True, blank=True)
    end_reason = models.CharField(max_length=200, blank=True)
    # The record that this one puts right; that one ended on the day it began.
    replaces = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="replaced_by")
    recorded_by = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ("-starts_on",)
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="a_contract_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(unit_price=None) | Q(unit_price__gte=0), name="a_unit_price_is_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.starts_on}"

    @property
    def wage_words(self) -> str:
        """For what the price is paid: 按日, 计件; "" where nothing was agreed."""
        return str(dict(self.WageForm.choices).get(self.wage_form, ""))


class Training(Travelling, ScopedModel):
    """A training that an engagement attended; a passed basic safety training opens the gate."""

    region_lookup = "engagement__project__region"
    project_lookup = "engagement__project"
    participation_lookup = "engagement__participation"
    person_lookup = "engagement__person"
    view_permission = "workers.view"
    held_by = ("engagement",)

    engagement = models.ForeignKey(Engagement, models.PROTECT, related_name="trainings")
    kind = models.CharField(max_length=12)
    held_on = models.DateField()
    valid_to = models.DateField()
    hours = models.DecimalField(max_digits=6, decimal_places=1, default=0)
    is_passed = models.BooleanField(default=True)
    score = models.DecimalField(max_digits=4, decimal_places=1, null=True, blank=True)
    # What the training was, where a vendor reported one of the whole project.
    session = models.ForeignKey(
        "workers.TrainingSession", models.PROTECT, null=True, blank=True, related_name="attended"
    )
    trainer = models.CharField(max_length=60, blank=True)
    evidence = models.CharField(max_length=64, blank=True)
    extras = models.JSONField(null=True, blank=True)
    sealed_extras = SealedTextField(context="training.extras", null=True)
    replaces = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="replaced_by")
    recorded_by = models.CharField(max_length=120, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawal_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("-held_on",)
        constraints = [
            models.CheckConstraint(condition=Q(hours__gte=Value(0)), name="training_hours_are_not_negative"),
            models.CheckConstraint(
                condition=Q(valid_to__gte=F("held_on")), name="a_training_is_valid_after_it_was_held"
            ),
            models.CheckConstraint(
                condition=Q(score=None) | Q(score__gte=Value(0), score__lte=Value(100)),
                name="a_training_score_lies_between_0_and_100",
            ),
            models.UniqueConstraint(
                fields=("session", "engagement"),
                condition=Q(withdrawn_at=None),
                name="a_person_attends_a_training_session_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.held_on}"
