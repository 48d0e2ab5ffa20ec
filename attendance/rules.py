"""Which day a punch belongs to. Arithmetic only; the hour of the cut is a parameter."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SITE_TIME = ZoneInfo("Asia/Shanghai")
# The version of the reading; conclusions carry it. 2: an applied correction counts beside the punches.
# 3: passages within seconds of each other are one, and of one sequence the earliest counts.
RULE_VERSION = 3


def day_of(instant: datetime, cutoff_hour: int) -> date:
    """The attendance day of an instant: it runs from the cut-off hour to the next, Asia/Shanghai."""
    return (instant.astimezone(SITE_TIME) - timedelta(hours=cutoff_hour)).date()


def window(day: date, cutoff_hour: int) -> tuple[datetime, datetime]:
    """The first instant of an attendance day and the first after it, in UTC."""
    begins = datetime.combine(day, time(cutoff_hour), SITE_TIME)
    return begins.astimezone(UTC), (begins + timedelta(days=1)).astimezone(UTC)


def days_between(first: date, last: date) -> list[date]:
    """Every day from `first` to `last`, both included; none when `last` is earlier."""
    return [first + timedelta(days=step) for step in range((last - first).days + 1)]


# S3, attendance correction: from each state, what may be done and where it leads.
# Source: product 5.3 S3; the witness by a team leader and the revocation by a regulator come later.
CORRECTION_MOVES: dict[str, dict[str, str]] = {
    "draft": {"submit": "submitted"},
    "submitted": {"approve": "gc_approved", "reject": "rejected"},
    "gc_approved": {"apply": "applied"},
    "rejected": {},
    "applied": {},
}


def moved(state: str, move: str) -> str | None:
    """Where a move leads a correction from `state`; None where that move does not exist there."""
    return CORRECTION_MOVES.get(state, {}).get(move)


def instant_on(day: date, at: time, cutoff_hour: int) -> datetime:
    """The instant of a time on the wall within an attendance day: before the cut it is the next morning's."""
    night = at.hour < cutoff_hour
    return datetime.combine(day + timedelta(days=int(night)), at, SITE_TIME).astimezone(UTC)
