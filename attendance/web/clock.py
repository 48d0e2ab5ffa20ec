"""Which attendance day a page speaks of."""

from datetime import date, datetime

from django.utils import timezone

from attendance.rules import day_of
from standards.selectors import parameter


def today(now: datetime | None = None) -> date:
    """The attendance day that is running: it begins at the cut-off hour, 04:00 by default."""
    return day_of(now or timezone.now(), int(parameter("attendance.day_cutoff_hour")))


def day_asked(text: str | None, default: date) -> date:
    """The day that an address asks for; the default where it is missing or no day."""
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return default
