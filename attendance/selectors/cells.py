"""At the hub: the counters that its cells have sent. Everywhere else these say that there are none."""

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db.models import Count, Max, Min, Q, QuerySet, Sum

from attendance.models import CellPulse, CountyDay
from attendance.selectors.figures import Figures
from kernel.cells import Cell, cell_of, cells_below
from kernel.scoping import Actor
from regions.models import Region
from regions.selectors import regions

PERMISSION = "attendance.view"
_COLUMNS = {
    "projects": "projects",
    "on_site": "on_site",
    "attended": "attended",
    "attended_left": "attended_left",
    "contracted": "contracted",
    "trained": "trained",
    "posts_required": "key_posts_required",
    "posts_present": "key_posts_present",
    "unmatched": "unmatched",
}
_SUMS = {f"sum_{name}": Sum(column) for name, column in _COLUMNS.items()}


def is_hub() -> bool:
    """Whether this node shows the sums of cells and is none itself."""
    return bool(settings.CELLS) and not settings.CELL


def figures_of_cells(actor: Actor, of: Region, first: date, last: date, key: str) -> dict[Any, Figures]:
    """The cells' counters below `of` from `first` to `last`, added up for each value of `key`.

    Within the regions that the actor's posts cover; a post on a project sees none. Empty but at the hub.
    """
    if not is_hub():
        return {}
    found = _days(actor, of).filter(day__range=(first, last)).order_by().values_list(key).annotate(**_SUMS)
    return {value: Figures(**dict(zip(_COLUMNS, numbers, strict=True))) for value, *numbers in found}


def counted_until(of: Region) -> datetime | None:
    """Until when all heard cells with a part of `of` had counted; None but at the hub, or with none heard."""
    if not is_hub():
        return None
    heard = CellPulse.objects.filter(cell__in=[cell.name for cell in _cells(of)])
    return heard.aggregate(first=Min("counted_until"))["first"]


def stamp_of_cells(actor: Actor, of: Region, day: date) -> str:
    """A short text that changes when counters of cells do; empty but at the hub."""
    if not is_hub():
        return ""
    found = _days(actor, of).filter(day=day).aggregate(last=Max("computed_at"), number=Count("pk"))
    return f"-{found['last'].timestamp() if found['last'] else 0:.3f}-{found['number']}"


def unheard_cells(of: Region) -> list[str]:
    """The names of cells below `of` that have never told their counters here."""
    if not is_hub():
        return []
    heard = set(CellPulse.objects.values_list("cell", flat=True))
    return [cell.name for cell in _cells(of) if cell.name not in heard]


def holder(of: Region) -> Cell | None:
    """At the hub: the cell where the projects and people of a division are looked at."""
    return cell_of(settings.CELLS, of.path) if is_hub() else None


def _cells(of: Region) -> tuple[Cell, ...]:
    return cells_below(settings.CELLS, of.path, dict(regions().values_list("code", "path")))


def _days(actor: Actor, of: Region) -> QuerySet[CountyDay]:
    reach = Q(pk__in=[])
    for path in sorted(actor.reach(PERMISSION).region_paths):
        reach |= Q(region__path__startswith=path)
    return CountyDay.objects.filter(reach, region__path__startswith=of.path)
