"""Concluded attendance days."""

from datetime import date

from django.db.models import F, Q, QuerySet

from attendance.models import AttendanceDay
from kernel.scoping import Actor
from workers.models import Engagement


def days(actor: Actor, day: date | None = None) -> QuerySet[AttendanceDay]:
    """The attendance days that `actor` may see (of one `day`), earliest arrival first."""
    rows = (
        AttendanceDay.objects.visible_to(actor)
        .select_related("engagement__person", "engagement__team", "engagement__project__region")
        # Apart, as in workers.selectors.engagements.
        .prefetch_related("engagement__participation__enterprise")
        .order_by("-day", "first_at", "pk")
    )
    return rows if day is None else rows.filter(day=day)


def still_inside() -> Q:
    """Came in and has not gone out since, by the punches of a day; a gate that names no direction let in."""
    return Q(last_out_at=None) | Q(last_at__gt=F("last_out_at"))


def month(actor: Actor, of: Engagement, first: date, last: date) -> dict[date, AttendanceDay]:
    """The attendance days of one engagement from `first` to `last`, by day."""
    rows = AttendanceDay.objects.visible_to(actor).filter(engagement=of, day__gte=first, day__lte=last)
    return {row.day: row for row in rows}
