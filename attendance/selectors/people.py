"""People on site with their day."""

from datetime import date

from django.db.models import Exists, F, FilteredRelation, OuterRef, Q, QuerySet

from attendance.models import AttendanceDay
from kernel.scoping import Actor
from workers.models import Engagement
from workers.selectors import engagements, with_state_on


def people(actor: Actor, day: date) -> QuerySet[Engagement]:
    """Engagements with their state on `day` and that day's first and last punch."""
    rows = with_state_on(engagements(actor), day)
    return rows.annotate(today=FilteredRelation("days", condition=Q(days__day=day))).annotate(
        first_at=F("today__first_at"), last_at=F("today__last_at")
    )


def attended_on(day: date) -> Exists:
    """Has a counted punch on `day`."""
    return Exists(AttendanceDay.all_rows.filter(engagement=OuterRef("pk"), day=day))
