"""Reads of the map. Divisions are public: no actor is needed."""

from collections.abc import Collection

from django.db.models import Q, QuerySet

from kernel.errors import NotFound
from regions.models import Region

LONGEST_CODE = 12
_NO_SUCH = "没有编码为“{code}”的行政区划。请使用 GB/T 2260 六位编码，例如 420106（武昌区）。"


def region(code: str) -> Region:
    """The region of a code. Raises NotFound with the code named."""
    # PostgreSQL refuses a NUL; a long text is not repeated to its sender in full.
    if "\0" in code or len(code) > LONGEST_CODE:
        raise NotFound(_NO_SUCH.format(code=code.replace("\0", "")[:LONGEST_CODE]))
    found = regions().filter(code=code).first()
    if found is None:
        raise NotFound(_NO_SUCH.format(code=code))
    return found


def regions() -> QuerySet[Region]:
    """Every region of the map, each below its parent; where vendors practise is on no map."""
    return Region.objects.exclude(kind=Region.Kind.SANDBOX).select_related("parent").order_by("path")


def province() -> Region:
    """The province, root of this node's map."""
    return regions().get(parent=None)


def ancestors(of: Region) -> QuerySet[Region]:
    """From the province down to `of` itself, for breadcrumbs."""
    codes = of.path.rstrip("/").split("/")
    return Region.objects.filter(code__in=codes).order_by("path")


def parts(of: Region) -> QuerySet[Region]:
    """What one step down shows: units below the province, counties below a unit, nothing below a county."""
    if of.is_county:
        return Region.objects.none()
    return Region.objects.filter(parent=of).order_by("code")


def below(paths: Collection[str]) -> QuerySet[Region]:
    """The regions of some paths and those one step below them, each below its parent."""
    return Region.objects.filter(Q(path__in=paths) | Q(parent__path__in=paths)).order_by("path")
