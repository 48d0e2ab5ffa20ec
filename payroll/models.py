"""Wages of a month: what was reported as paid, batch by batch; the platform's own wage table builds on it.

Source: 国务院令第724号 第十五条 (the ledger of wages), 第三十一条 (paid on behalf by the general contractor).
"""

from django.db import models
from django.db.models import Q

from kernel.fields import SealedTextField
from kernel.masking import mask_card
from kernel.models import Travelling
from kernel.scoping import ScopedModel

OF_A_BATCH = {
    "region": "batch__project__region",
    "project": "batch__project",
    "participation": "batch__participation",
}


class PayrollBatch(Travelling, ScopedModel):
    """The wages of one team for one month. `number` is its payrollCode on the wire.

    A reported batch tells of wages that were paid elsewhere and never changes; those that the platform
    computes pass through the states of S4, which follow with them.
    """

    region_lookup = "project__region"
    project_lookup = "project"
    participation_lookup = "participation"
    view_permission = "payroll.view"
    held_by = ("team",)

    class Source(models.TextChoices):
        REPORTED = "reported", "厂商上报"
        COMPUTED = "computed", "平台编制"

    class State(models.TextChoices):
        REPORTED = "reported", "已上报"

    number = models.CharField(max_length=32, unique=True)
    project = models.ForeignKey("projects.Project", models.PROTECT, related_name="payroll_batches")
    participation = models.ForeignKey(
        "projects.Participation", models.PROTECT, related_name="payroll_batches"
    )
    team = models.ForeignKey("projects.Team", models.PROTECT, related_name="payroll_batches")
    month = models.DateField()
    source = models.CharField(max_length=16, default=Source.REPORTED)
    state = models.CharField(max_length=16, default=State.REPORTED)
    # A keyed digest of a reported batch: the same one again is the same batch.
    digest = models.BinaryField(max_length=64, null=True)
    reported_at = models.DateTimeField()
    reported_by = models.CharField(max_length=120)

    class Meta:
        ordering = ("-month", "-id")
        constraints = [
            models.CheckConstraint(condition=Q(month__day=1), name="a_payroll_month_is_its_first_day"),
            models.CheckConstraint(
                condition=Q(source__in=("reported", "computed")), name="a_payroll_batch_has_a_known_source"
            ),
            models.CheckConstraint(
                condition=~Q(source="reported") | Q(state="reported", digest__isnull=False),
                name="a_reported_payroll_batch_stays_as_it_was_reported",
            ),
            models.UniqueConstraint(fields=("team", "digest"), name="a_reported_payroll_batch_is_kept_once"),
        ]
        indexes = [models.Index(fields=("project", "month"), name="payroll_of_a_project")]

    def __str__(self) -> str:
        return f"{self.number}"


class PayrollRow(Travelling, ScopedModel):
    """What one person was owed and was paid in a batch. Cards are sealed; money is yuan with two decimals."""

    region_lookup = OF_A_BATCH["region"]
    project_lookup = OF_A_BATCH["project"]
    participation_lookup = OF_A_BATCH["participation"]
    person_lookup = "engagement__person"
    view_permission = "payroll.view"
    held_by = ("engagement",)

    batch = models.ForeignKey(PayrollBatch, models.PROTECT, related_name="rows")
    position = models.PositiveSmallIntegerField()
    engagement = models.ForeignKey("workers.Engagement", models.PROTECT, related_name="payroll_rows")
    days = models.PositiveSmallIntegerField(null=True, blank=True)
    hours = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    gross_pay = models.DecimalField(max_digits=16, decimal_places=2)
    net_pay = models.DecimalField(max_digits=16, decimal_places=2)
    is_back_pay = models.BooleanField(default=False)
    back_pay_month = models.DateField(null=True, blank=True)
    paid_on = models.DateField()
    card_number = SealedTextField(context="payroll_row.card")
    card_index = models.BinaryField(max_length=64)
    bank_code = models.CharField(max_length=8)
    bank_name = models.CharField(max_length=50)
    paying_card_number = SealedTextField(context="payroll_row.paying_card")
    paying_card_index = models.BinaryField(max_length=64)
    paying_bank_code = models.CharField(max_length=8)
    paying_bank_name = models.CharField(max_length=50)
    # The payslip's number in the system that reported it.
    external_number = models.CharField(max_length=50)

    class Meta:
        ordering = ("batch", "position")
        constraints = [
            models.UniqueConstraint(fields=("batch", "position"), name="payroll_rows_have_an_order"),
            models.UniqueConstraint(
                fields=("batch", "engagement", "external_number"), name="a_payslip_is_in_a_batch_once"
            ),
            models.CheckConstraint(condition=Q(gross_pay__gte=0), name="gross_pay_is_not_negative"),
            models.CheckConstraint(condition=Q(net_pay__gte=0), name="net_pay_is_not_negative"),
            models.CheckConstraint(
                condition=Q(hours=None) | Q(hours__gte=0), name="paid_hours_are_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(days=None) | Q(days__lte=31), name="a_month_has_31_days_of_work_at_most"
            ),
            models.CheckConstraint(
                condition=Q(is_back_pay=False, back_pay_month=None)
                | Q(is_back_pay=True, back_pay_month__isnull=False),
                name="back_pay_names_its_month",
            ),
        ]
        indexes = [models.Index(fields=("engagement", "batch"), name="payroll_of_a_person")]

    def __str__(self) -> str:
        return f"PayrollRow {self.pk}"

    @property
    def masked_card(self) -> str:
        """The wage card as everybody may see it."""
        return mask_card(self.card_number)

    @property
    def masked_paying_card(self) -> str:
        """The card or account that paid, likewise."""
        return mask_card(self.paying_card_number)


class PayrollFile(Travelling, ScopedModel):
    """A scan that came with a batch: the signed wage table, the bank's voucher."""

    region_lookup = OF_A_BATCH["region"]
    project_lookup = OF_A_BATCH["project"]
    participation_lookup = OF_A_BATCH["participation"]
    view_permission = "payroll.view"

    batch = models.ForeignKey(PayrollBatch, models.PROTECT, related_name="files")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=200)
    address = models.CharField(max_length=64)

    class Meta:
        ordering = ("batch", "position")
        constraints = [
            models.UniqueConstraint(fields=("batch", "position"), name="payroll_files_have_an_order")
        ]

    def __str__(self) -> str:
        return f"PayrollFile {self.pk}"
