"""Which day a punch belongs to. Arithmetic only; the hour of the cut is a parameter."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SITE_TIME = ZoneInfo("Asia/Shanghai")
# The version of the reading below; conclusions carry it.
RULE_VERSION = 1


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
