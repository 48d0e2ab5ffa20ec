"""Two months of ledgers: last month filed, accepted, returned and missing; the month before all on file."""

from datetime import date, datetime, timedelta
from itertools import cycle
from typing import Any

from django.utils import timezone

from attendance.rules import SITE_TIME
from kernel.errors import DomainError
from ledgers import rules, services
from ledgers.demo.hands import BECAUSE, CONTRACTOR, SUB, projects
from ledgers.models import Ledger
from ledgers.selectors import people_of, with_filings
from projects.models import Participation

# What became of last month's ledger, firm after firm: on file, returned, waiting, missing.
_ENDS = ("accepted", "returned", "filed", "missing")


def write_ledgers(as_of: datetime) -> None:
    """Both months up to `as_of`, once; a world that has ledgers already stays as it is."""
    if Ledger.objects.unscoped(because=BECAUSE).exists():
        return
    last = rules.month_before(timezone.localdate(as_of))
    ends, owed = cycle(_ENDS), list[str]()
    for project in projects():
        everybody = Participation.objects.unscoped(because=BECAUSE).filter(project=project)
        for month in (rules.month_before(last), last):
            for one in with_filings(everybody.order_by("kind", "pk"), month):
                end, waits = (next(ends), owed) if month == last else ("accepted", [])
                _play(one, month, as_of, end, waits)


def _play(of: Participation, month: date, as_of: datetime, end: str, owed: list[str]) -> None:
    at = datetime.combine(rules.last_day(month), datetime.min.time(), SITE_TIME) + timedelta(days=3, hours=10)
    if end == "missing" or at > as_of:
        return
    try:
        filed = services.file_ledger(actor=SUB, participation=of, month=month, now=at)
    except DomainError:  # nobody of this firm was there
        return
    end = _fitting(end, bool(filed.incomplete), owed)
    if end == "accepted":
        services.accept_ledger(actor=CONTRACTOR, ledger=filed, now=min(at + timedelta(hours=6), as_of))
    elif end == "returned":
        services.return_ledger(
            actor=CONTRACTOR,
            ledger=filed,
            reason=why_returned(filed),
            now=min(at + timedelta(hours=6), as_of),
        )


def _fitting(end: str, has_gaps: bool, owed: list[str]) -> str:
    """Only a ledger with gaps is returned; where this one has none, the next one on file that has some."""
    if end == "returned" and not has_gaps:
        owed.append(end)
        return "accepted"
    return owed.pop() if end == "accepted" and has_gaps and owed else end


def why_returned(filed: Ledger) -> str:
    """A reason that its own rows bear out: what the team with most gaps lacks."""
    teams: dict[str, list[dict[str, Any]]] = {}
    for person in people_of(filed):
        if person["missing"]:
            teams.setdefault(person["team"], []).append(person)
    if not teams:
        return "请按班组重新核对人员后再报。"
    team, people = max(teams.items(), key=lambda one: len(one[1]))
    lacks = "、".join(f"{number} 人{rules.MISSING[key]}" for key, number in rules.lacking(people).items())
    return f"{team}有 {lacks}，请核对补齐后再报。"
