"""A project is opened in the cell that holds its division, and nowhere else: so none ever spans two cells."""

from django.conf import settings

from kernel.cells import cell_of
from projects.errors import HeldByCell
from regions.models import Region


def require_held_here(region: Region) -> None:
    """Refuse a project whose division another cell holds. Raises HeldByCell, where there are cells."""
    if not settings.CELLS or region.is_sandbox:
        return
    holder = cell_of(settings.CELLS, region.path)
    if holder is None or holder.name != settings.CELL:
        raise HeldByCell(region.name, holder)
