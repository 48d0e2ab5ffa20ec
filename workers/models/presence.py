"""When somebody was on site, away for a time, and how the wages stood at the exit."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q

from kernel.models import Travelling
from kernel.scoping import ScopedModel
from workers.models.people import Engagement, Person


class _Between(Func):
    """daterange(entered, exited): the day of exit belongs to the next site too."""

    function = "daterange"
    template = "%(function)s(%(expressions)s, '[)')"


class _Only(Func):
    """int8range(id, id): equality for an exclusion constraint without the btree_gist extension."""

    function = "int8range"
    template = "%(function)s(%(expressions)s, '[]')"


class Presence(Travelling, ScopedModel):
    """Reported presence of an engagement on its site, from a day to a day (进退场).

    A fact apart from permission to enter: it is recorded whatever is missing. Punches count on each day
    from `entered_on` to `exited_on`, both included. Presence of one person on two sites at once is kept,
    marked as a conflict, and only clean intervals exclude each other (I-04); the day of exit may be the
    day of entry elsewhere.
    """

    region_lookup = "engagement__project__region"
    project_lookup = "engagement__project"
    participation_lookup = "engagement__participation"
    person_lookup = "engagement__person"
    view_permission = "workers.view"
    held_by = ("engagement",)
    # Each node judges by itself what overlaps among the presences that it knows.
    own_columns = frozenset({"is_conflict"})

    engagement = models.ForeignKey(Engagement, models.PROTECT, related_name="presences")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    entered_on = models.DateField()
    exited_on = models.DateField(null=True, blank=True)
    is_conflict = models.BooleanField(default=False)
    entry_voucher = models.CharField(max_length=64, blank=True)
    exit_voucher = models.CharField(max_length=64, blank=True)
    entered_by = models.CharField(max_length=120, blank=True)
    exited_by = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ("engagement", "entered_on")
        constraints = [
            models.CheckConstraint(
                condition=Q(exited_on=None) | Q(exited_on__gte=F("entered_on")),
                name="presence_ends_after_it_begins",
            ),
            models.UniqueConstraint(
                fields=("engagement",), condition=Q(exited_on=None), name="one_open_presence_per_engagement"
            ),
            ExclusionConstraint(
                name="clean_presence_of_a_person_does_not_overlap",
                expressions=[
                    (_Only(F("person_id"), F("person_id")), RangeOperators.OVERLAPS),
                    (_Between(F("entered_on"), F("exited_on")), RangeOperators.OVERLAPS),
                ],
                condition=Q(is_conflict=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entered_on} – {self.exited_on or ''}"


class TemporaryLeave(Travelling, ScopedModel):
    """A time within a presence when the person is away and not expected (暂退场 … 返场).

    The day of leaving counts as away, the day of return as on site, as the day of exit and of entry do.
    """

    region_lookup = "presence__engagement__project__region"
    project_lookup = "presence__engagement__project"
    participation_lookup = "presence__engagement__participation"
    view_permission = "workers.view"
    held_by = ("presence",)

    presence = models.ForeignKey(Presence, models.PROTECT, related_name="leaves")
    left_on = models.DateField()
    returned_on = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("presence", "left_on")
        constraints = [
            models.CheckConstraint(
                condition=Q(returned_on=None) | Q(returned_on__gte=F("left_on")),
                name="a_temporary_leave_ends_after_it_begins",
            ),
            models.UniqueConstraint(
                fields=("presence",), condition=Q(returned_on=None), name="one_open_leave_per_presence"
            ),
            ExclusionConstraint(
                name="leaves_of_a_presence_do_not_overlap",
                expressions=[
                    (_Only(F("presence_id"), F("presence_id")), RangeOperators.OVERLAPS),
                    (_Between(F("left_on"), F("returned_on")), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.left_on} – {self.returned_on or ''}"


class Settlement(Travelling, ScopedModel):
    """That the wages of a person who left are paid, or how much is still owed (国务院令第724号 第十三条)."""

    region_lookup = "presence__engagement__project__region"
    project_lookup = "presence__engagement__project"
    participation_lookup = "presence__engagement__participation"
    view_permission = "workers.view"
    held_by = ("presence",)

    class Outcome(models.TextChoices):
        SETTLED = "settled", "工资已结清"
        DEBT = "debt", "申报欠薪"

    presence = models.OneToOneField(Presence, models.PROTECT, related_name="settlement")
    outcome = models.CharField(max_length=8)
    amount = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    note = models.CharField(max_length=200, blank=True)
    confirmed_by = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="settled", amount=None)
                | Q(outcome="debt", amount__isnull=False, amount__gt=0),
                name="a_debt_has_an_amount_and_a_settlement_none",
            ),
        ]

    def __str__(self) -> str:
        return self.outcome
