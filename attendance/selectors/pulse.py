"""Whether the figures of a place may have changed since they were last shown."""

from datetime import date

from django.db.models import Count, Max

from attendance.models import AttendanceDay, ProjectDay
from attendance.selectors.cells import stamp_of_cells
from kernel.scoping import Actor
from regions.models import Region


def pulse(actor: Actor, of: Region, day: date) -> str:
    """A short text that changes with each fresh count of `day`; cheap enough to ask every few seconds."""
    rows = ProjectDay.objects.visible_to(actor).filter(project__region__path__startswith=of.path, day=day)
    found = rows.aggregate(last=Max("computed_at"), number=Count("pk"))
    if actor.reach("attendance.view").participations:
        # Project-days know no participation: the days of its own people tell.
        own = AttendanceDay.objects.visible_to(actor).filter(day=day)
        found = own.aggregate(last=Max("computed_at"), number=Count("pk"))
    own_stamp = f"{found['last'].timestamp() if found['last'] else 0:.3f}-{found['number']}"
    return own_stamp + stamp_of_cells(actor, of, day)


def covers(actor: Actor, region: Region) -> bool:
    """Whether a post of `actor` covers the whole of `region`."""
    return any(region.path.startswith(path) for path in actor.reach("attendance.view").region_paths)
