"""Which attendance day is running."""

from datetime import date, datetime

from attendance.rules import day_of
from standards.selectors import parameter


def running_day(now: datetime) -> date:
    """The attendance day of an instant, by the province's hour of the cut."""
    return day_of(now, int(parameter("attendance.day_cutoff_hour")))
