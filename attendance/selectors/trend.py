"""People on site and people who came, day by day."""

from datetime import date

from django.db.models import Count, Q

from attendance.models import AttendanceDay
from attendance.rules import days_between
from attendance.selectors.dashboard import by_day
from attendance.selectors.figures import Figures
from kernel.scoping import Actor
from regions.models import Region
from workers.models import Presence, TemporaryLeave


def people_by_day(actor: Actor, of: Region, first: date, last: date) -> dict[date, Figures]:
    """on_site and attended of each day from `first` to `last`; a day that nobody counted is missing.

    Posts on a participation count their own people from three reads of the facts, not from thirty counts;
    who attended and left is not among these, so that no rate is read from this.
    """
    if not actor.reach("attendance.view").participations:
        return by_day(actor, of, first, last)
    came = (
        AttendanceDay.objects.visible_to(actor)
        .filter(day__range=(first, last), engagement__project__region__path__startswith=of.path)
        .order_by()
        .values_list("day")
        .annotate(number=Count("pk"))
    )
    attended = dict(came)
    stays = list(
        Presence.objects.visible_to(actor)
        .filter(Q(exited_on=None) | Q(exited_on__gt=first), entered_on__lte=last)
        .filter(engagement__project__region__path__startswith=of.path)
        .values_list("entered_on", "exited_on")
    )
    leaves = [
        # Who exits while on leave does not come back from it.
        (left, min(filter(None, (returned, exited)), default=None))
        for left, returned, exited in TemporaryLeave.objects.visible_to(actor)
        .filter(left_on__lte=last, presence__engagement__project__region__path__startswith=of.path)
        .values_list("left_on", "returned_on", "presence__exited_on")
    ]
    return {
        day: Figures(
            on_site=_covering(stays, day) - _covering(leaves, day),
            attended=attended.get(day, 0),
        )
        for day in days_between(first, last)
    }


def _covering(spans: list[tuple[date, date | None]], day: date) -> int:
    """How many spans hold the day; the day on which one ends is not in it."""
    return sum(begins <= day and (ends is None or ends > day) for begins, ends in spans)
