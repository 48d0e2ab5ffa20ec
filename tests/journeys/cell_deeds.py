"""What `test_cells` has done inside a cell or the hub, each in a process of that node."""

import json
from datetime import timedelta

from django.db.models import Count
from django.utils import timezone

from attendance.models import AttendanceDay
from attendance.selectors.cells import counted_until
from attendance.selectors.dashboard import by_place, dashboard
from attendance.services import mark_days, recount
from regions.selectors import province
from tests.support import people, records
from tests.support.actors import EVERYONE
from workers.models import Presence


def enrol(first: int, sites: dict[str, int]) -> None:
    """A project in each county with so many people on site, every second of whom came today; then count."""
    now, today = timezone.now(), records.site_day()
    order = first
    for code, number in sites.items():
        firm = records.enterprise(order)
        site = records.project(f"{code}20260101{order:04d}", records.region(code), firm)
        crew = records.team(records.participation(site, firm), 1_500_000_000 + order)
        for _one in range(number):
            work = records.engagement(records.person(people.id_number(order), f"张{order}"), crew)
            records.presence(work, today - timedelta(days=3))
            if order % 2:
                at = records.instant_of(today, 60)
                AttendanceDay.objects.create(
                    engagement=work, day=today, first_at=at, last_at=at, first_in_at=at, punches=1
                )
            order += 1
        mark_days(site.pk, [today])
    while recount(now):
        pass
    recount(timezone.now())


def counted_directly() -> None:
    """By county, from the facts themselves: who is on site, and who has come today."""
    county = "engagement__project__region__code"
    there = Presence.all_rows.filter(exited_on=None).values_list(county).annotate(n=Count("pk"))
    came = AttendanceDay.all_rows.filter(day=records.site_day()).values_list(county).annotate(n=Count("pk"))
    attended = dict(came)
    print(json.dumps({code: [number, attended.get(code, 0)] for code, number in there}))


def shown() -> None:
    """What the hub's dashboard of the province shows: in all, by unit, and until when it was counted."""
    now, day, of = timezone.now(), records.site_day(), province()
    board = dashboard(EVERYONE, of, day, now)
    parts = {
        place.code: [figures.on_site, figures.attended]
        for place, figures in by_place(EVERYONE, of, day, now)
        if figures.on_site
    }
    total = [board.figures.on_site, board.figures.attended, board.figures.projects]
    until = counted_until(of)
    print(json.dumps({"total": total, "parts": parts, "until": until and until.isoformat()}))
