"""Completed work by quantity and quality: entered by the team's firm, accepted by the contractor."""

from django.db import models
from django.db.models import F, Q

from kernel.models import Travelling
from kernel.scoping import ScopedModel
from workers.models.people import Engagement


class WorkQuantity(Travelling, ScopedModel):
    """So much of one kind of work, done by a team or by one of its people, on a day or in some days.

    `amount` counts `unit`s (code list quantity_unit), `grade` is the quality as accepted (quality_grade).
    A correction is a row of its own that `replaces` the earlier one; what was accepted goes on counting until
    its correction is accepted. Only accepted rows count towards totals and wages.
    Source: 鄂建文〔2019〕27号 二(五) (记录人员…完工数量质量).
    """

    region_lookup = "project__region"
    project_lookup = "project"
    participation_lookup = "participation"
    person_lookup = "engagement__person"
    view_permission = "workers.view"
    held_by = ("team",)

    class State(models.TextChoices):
        ENTERED = "entered", "待总承包确认"
        ACCEPTED = "accepted", "已确认"
        RETURNED = "returned", "已退回"
        REPLACED = "replaced", "已更正"

    project = models.ForeignKey("projects.Project", models.PROTECT, related_name="quantities")
    participation = models.ForeignKey("projects.Participation", models.PROTECT, related_name="quantities")
    team = models.ForeignKey("projects.Team", models.PROTECT, related_name="quantities")
    # None: of the team as a whole.
    engagement = models.ForeignKey(
        Engagement, models.PROTECT, null=True, blank=True, related_name="quantities"
    )
    item = models.CharField(max_length=60)
    first_on = models.DateField()
    last_on = models.DateField()
    amount = models.DecimalField(max_digits=14, decimal_places=3)
    unit = models.CharField(max_length=4)
    grade = models.CharField(max_length=4)
    note = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=12, default=State.ENTERED)
    replaces = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="replaced_by")
    entered_at = models.DateTimeField()
    entered_by = models.CharField(max_length=120)
    entered_by_key = models.CharField(max_length=64)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.CharField(max_length=120, blank=True)
    decided_by_key = models.CharField(max_length=64, blank=True)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("-last_on", "-id")
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="a_quantity_is_positive"),
            models.CheckConstraint(
                condition=Q(last_on__gte=F("first_on")), name="a_quantity_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=Q(decided_by_key="") | ~Q(decided_by_key=F("entered_by_key")),
                name="who_enters_a_quantity_does_not_accept_it",
            ),
        ]
        indexes = [
            models.Index(fields=("project", "-last_on"), name="quantities_of_a_project"),
            models.Index(fields=("engagement",), name="quantities_of_a_person"),
        ]

    def __str__(self) -> str:
        return f"完工数量 {self.public_id}"

    @property
    def person(self) -> str:
        """Whose work it was, or 全班组."""
        return self.engagement.person.name if self.engagement else "全班组"
