"""The worker's own days: one day in words, and a month of them as a calendar."""

from calendar import Calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.urls import reverse

from attendance.models import AttendanceDay
from attendance.selectors.own import asked_days, own_days, own_presences
from attendance.web.clock import day_asked
from attendance.web.correction_words import spoken_time
from kernel.scoping import Actor
from standards.selectors import parameter
from workers.models import Presence

KINDS = {"came": "打上了", "odd": "记录不全", "absent": "没有打卡", "out": "不在场"}


@dataclass(frozen=True, slots=True)
class Shown:
    """A day on one site as it is shown."""

    place: str
    in_at: datetime | None
    out_at: datetime | None
    is_corrected: bool
    is_today: bool


@dataclass(frozen=True, slots=True)
class Cell:
    """One day of the calendar. `kind`: blank, later, came, odd, absent, out."""

    day: date
    kind: str
    is_today: bool = False

    @property
    def words(self) -> str:
        return KINDS.get(self.kind, "")


def shown_day(row: AttendanceDay, today: date) -> Shown:
    """A day with its two times; gates that tell no direction give the first and the last."""
    came, left = row.first_in_at, row.last_out_at
    if came is None and left is None:
        came, left = row.first_at, row.last_at if row.last_at > row.first_at else None
    return Shown(row.engagement.project.name, came, left, row.is_corrected, row.day == today)


def is_whole(row: AttendanceDay) -> bool:
    """Whether a day has both an arrival and a departure, or the gates there tell no direction."""
    return (row.first_in_at is None) == (row.last_out_at is None)


def spoken(days: Sequence[Shown]) -> str:
    """Days as they are read aloud."""
    parts = []
    for one in days:
        came = f"进场{spoken_time(one.in_at)}" if one.in_at else "没有进场记录"
        left = f"出场{spoken_time(one.out_at)}" if one.out_at else ""
        parts.append(f"{one.place}，{came}，{left or ('还在场内' if one.is_today else '没有出场记录')}。")
    return "".join(parts)


def month_asked(text: str | None, today: date) -> date:
    """The first day of the month in the address; this month where there is none or it has not come."""
    this = today.replace(day=1)
    return min(day_asked(f"{text}-01", this), this)


def month_of(actor: Actor, first: date, today: date) -> dict[str, Any]:
    """The calendar of a month with its sums, and the days that lack something and can still be mended."""
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    rows: dict[date, list[AttendanceDay]] = {}
    for row in own_days(actor, first, last):
        rows.setdefault(row.day, []).append(row)
    presences = list(own_presences(actor))
    cells = [
        [_cell(at, first, rows.get(at, []), presences, today) for at in week]
        for week in Calendar().monthdatescalendar(first.year, first.month)
    ]
    flat = [cell for week in cells for cell in week]
    return {
        "month": first,
        "month_before": f"{first - timedelta(days=1):%Y-%m}",
        "month_after": f"{last + timedelta(days=1):%Y-%m}" if last < today else "",
        "weeks": cells,
        "came_days": len(rows),
        "odd_days": sum(cell.kind == "odd" and not cell.is_today for cell in flat),
        "absent_days": sum(cell.kind == "absent" and not cell.is_today for cell in flat),
        "odd_links": _odd_links(actor, rows, first, last, today),
    }


def may_ask_for(day: date, today: date) -> bool:
    """Whether a day can still be corrected from the phone."""
    return today - timedelta(days=int(parameter("correction.window_days", on=today))) <= day <= today


def was_on_site(presences: Sequence[Presence], day: date) -> bool:
    """Whether any site had the worker on its roster that day, the day of leaving included."""
    return any(one.entered_on <= day and (one.exited_on is None or one.exited_on >= day) for one in presences)


def _cell(
    at: date, first: date, rows: list[AttendanceDay], presences: Sequence[Presence], today: date
) -> Cell:
    if at.month != first.month:
        return Cell(at, "blank")
    if at > today:
        return Cell(at, "later")
    if rows:
        return Cell(at, "came" if all(map(is_whole, rows)) else "odd", at == today)
    expected = any(
        one.entered_on <= at and (one.exited_on is None or one.exited_on > at) for one in presences
    )
    return Cell(at, "absent" if expected else "out", at == today)


def _odd_links(
    actor: Actor, rows: dict[date, list[AttendanceDay]], first: date, last: date, today: date
) -> list[dict[str, str]]:
    odd = [
        (day, row)
        for day, held in sorted(rows.items())
        for row in held
        if day != today and may_ask_for(day, today) and not is_whole(row)
    ]
    asked = asked_days(actor, first, last) if odd else set()
    return [
        {
            "words": f"{day.day} 日没有{'出场' if row.first_in_at else '进场'}记录",
            "url": f"{reverse('own_ask')}?day={day}&wrong=missing_{'out' if row.first_in_at else 'in'}",
        }
        for day, row in odd
        if day not in asked
    ]
