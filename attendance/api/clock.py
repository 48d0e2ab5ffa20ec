"""Which attendance day is running."""

from datetime import date, datetime

from django.core.exceptions import ValidationError

from attendance.selectors.clock import current_day
from web.api.filters import DayField


def running_day(now: datetime) -> date:
    """The attendance day of an instant, by the province's hour of the cut."""
    return current_day(now=now)


def day_asked(text: str | None, now: datetime) -> date:
    """The day an address asks for, or the running one; the filters refuse a text that is no day."""
    try:
        return DayField(required=False).clean(text) or running_day(now)
    except ValidationError:
        return running_day(now)
