"""Which attendance day a page speaks of."""

from datetime import date, datetime

from attendance.selectors.clock import current_day

# The days that pages speak of, the same as the REST API's: beyond them is a slip of the hand.
EARLIEST, LATEST = date(2000, 1, 1), date(2100, 12, 31)


def today(now: datetime | None = None) -> date:
    """The attendance day that is running: it begins at the cut-off hour, 04:00 by default."""
    return current_day(now=now)


def day_asked(text: str | None, default: date) -> date:
    """The day that an address asks for; the default where it is missing, no day or out of bounds."""
    try:
        return day_in_bounds(text or "")
    except ValueError:
        return default


def day_in_bounds(text: str) -> date:
    """A day written as 2026-11-22. Raises ValueError for anything else, and before 2000 or after 2100."""
    day = date.fromisoformat(text)
    if not EARLIEST <= day <= LATEST:
        raise ValueError(text)
    return day
