"""Which attendance day is running: the one place that reads the hour of the cut."""

from datetime import date, datetime

from django.utils import timezone

from attendance.rules import day_of
from regions.models import Region
from standards.selectors import parameter


def cutoff_hour(region: Region | None = None, on: date | None = None) -> int:
    """The hour at which an attendance day begins in a region (default: the province) on a day."""
    return int(parameter("attendance.day_cutoff_hour", region, on))


def current_day(region: Region | None = None, now: datetime | None = None) -> date:
    """The attendance day that is running in a region; without one, by the province's hour."""
    return day_of(now or timezone.now(), cutoff_hour(region))
