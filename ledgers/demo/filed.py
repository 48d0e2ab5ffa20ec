"""Two months of ledgers: last month filed, accepted, returned and missing; the month before all on file."""

from datetime import date, datetime, timedelta
from itertools import cycle

from django.utils import timezone

from attendance.rules import SITE_TIME
from kernel.errors import DomainError
from ledgers import rules, services
from ledgers.demo.hands import BECAUSE, CONTRACTOR, SUB, projects
from ledgers.models import Ledger
from ledgers.selectors import with_filings
from projects.models import Participation

RETURNED = "钢筋班组有人没有合同，请补签后再报。"
# What became of last month's ledger, firm after firm: on file, returned, waiting, missing.
_ENDS = ("accepted", "returned", "filed", "missing")


def write_ledgers(as_of: datetime) -> None:
    """Both months up to `as_of`, once; a world that has ledgers already stays as it is."""
    if Ledger.objects.unscoped(because=BECAUSE).exists():
        return
    last = rules.month_before(timezone.localdate(as_of))
    ends = cycle(_ENDS)
    for project in projects():
        everybody = Participation.objects.unscoped(because=BECAUSE).filter(project=project)
        for month in (rules.month_before(last), last):
            for one in with_filings(everybody.order_by("kind", "pk"), month):
                _play(one, month, as_of, next(ends) if month == last else "accepted")


def _play(of: Participation, month: date, as_of: datetime, end: str) -> None:
    at = datetime.combine(rules.last_day(month), datetime.min.time(), SITE_TIME) + timedelta(days=3, hours=10)
    if end == "missing" or at > as_of:
        return
    try:
        filed = services.file_ledger(actor=SUB, participation=of, month=month, now=at)
    except DomainError:  # nobody of this firm was there
        return
    if end == "accepted":
        services.accept_ledger(actor=CONTRACTOR, ledger=filed, now=min(at + timedelta(hours=6), as_of))
    elif end == "returned":
        services.return_ledger(
            actor=CONTRACTOR, ledger=filed, reason=RETURNED, now=min(at + timedelta(hours=6), as_of)
        )
