"""Days and counters as a view would keep them: recounted from the punches for whoever is in the request."""

from collections import defaultdict
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Max, Min, Q

from tools.bench._typical.models import Day, Engagement, Presence, ProjectDay, Punch

SITE_TIME, CUT = ZoneInfo("Asia/Shanghai"), 4
SEEN = ("first_at", "last_at", "first_in_at", "last_out_at", "punches")


def keep_days(project: int, rows: list[Any]) -> None:
    """Bring the touched days of the project up to date."""
    known = dict(
        Engagement.objects.filter(
            project_id=project, public_id__in={row["engagement"] for row in rows}
        ).values_list("public_id", "pk")
    )
    touched: dict[date, set[Any]] = defaultdict(set)
    for row in rows:
        if row["engagement"] in known:
            touched[_day(row["at"])].add(row["engagement"])
    for day, people in touched.items():
        _keep_day(day, {public: known[public] for public in people})
        _count(project, day)


def _day(at: datetime) -> date:
    return (at.astimezone(SITE_TIME) - timedelta(hours=CUT)).date()


def _keep_day(day: date, people: dict[Any, int]) -> None:
    present = set(
        Presence.objects.filter(
            Q(exited_on=None) | Q(exited_on__gte=day), engagement__in=people.values(), entered_on__lte=day
        ).values_list("engagement_id", flat=True)
    )
    begins = datetime.combine(day, time(CUT), SITE_TIME)
    seen = (
        Punch.objects.filter(
            engagement__in=people, occurred_at__gte=begins, occurred_at__lt=begins + timedelta(days=1)
        )
        .values("engagement")
        .annotate(
            first_at=Min("occurred_at"),
            last_at=Max("occurred_at"),
            first_in_at=Min("occurred_at", filter=Q(direction="in")),
            last_out_at=Max("occurred_at", filter=Q(direction="out")),
            punches=Count("pk"),
        )
    )
    Day.objects.bulk_create(
        [
            Day(engagement_id=people[row["engagement"]], day=day, **{name: row[name] for name in SEEN})
            for row in seen
            if people[row["engagement"]] in present
        ],
        update_conflicts=True,
        unique_fields=["engagement", "day"],
        update_fields=list(SEEN),
    )


def _count(project: int, day: date) -> None:
    days = Day.objects.filter(engagement__project_id=project, day=day)
    counted = days.aggregate(attended=Count("pk"), last_punch_at=Max("last_at"))
    if counted["attended"]:
        ProjectDay.objects.update_or_create(project_id=project, day=day, defaults=counted)
