"""The routing table of a platform that has outgrown one machine: which cell holds which divisions.

A cell is a whole node (database, queue, ingest, settler) for the projects of its divisions; the hub has the
counters of all of them and no projects of its own. A project lies in one division, a division in one cell,
so a project never spans cells. The table is a setting, the same on hub and cells.
Source: docs/decisions/0196-cells-and-a-hub.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ImproperlyConfigured


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its short name, the codes of its divisions (with all below them), and how it is reached."""

    name: str
    regions: frozenset[str]
    url: str


def read_cells(table: Mapping[str, Mapping[str, Any]]) -> tuple[Cell, ...]:
    """The setting as cells. Raises ImproperlyConfigured where a division would have two."""
    cells = tuple(
        Cell(name, frozenset(one["regions"]), str(one.get("url", "")).rstrip("/"))
        for name, one in sorted(table.items())
    )
    codes = [code for cell in cells for code in cell.regions]
    if twice := sorted({code for code in codes if codes.count(code) > 1}):
        raise ImproperlyConfigured(f"CELLS: {', '.join(twice)} cannot lie in two cells.")
    return cells


def cell_of(cells: tuple[Cell, ...], path: str) -> Cell | None:
    """Which cell holds a division, given its path from the province down: the nearest entry counts."""
    for code in reversed(path.rstrip("/").split("/")):
        for cell in cells:
            if code in cell.regions:
                return cell
    return None


def cells_below(cells: tuple[Cell, ...], path: str, paths: Mapping[str, str]) -> tuple[Cell, ...]:
    """The cells that hold a division or any part of it; `paths` tells the path of each code."""
    holder = cell_of(cells, path)
    inside = [cell for cell in cells if any(paths.get(code, "").startswith(path) for code in cell.regions)]
    return tuple(dict.fromkeys([*([holder] if holder else []), *inside]))
