"""The routing table of cells: each division has one, the nearest entry counts."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from kernel.cells import Cell, cell_of, cells_below, read_cells

TABLE = read_cells(
    {
        "a": {"regions": ["420100"], "url": "https://a.example/"},
        "b": {"regions": ["420000"]},
        "c": {"regions": ["420106"]},
    }
)
WUHAN, WUCHANG, XIANTAO = "420000/420100/", "420000/420100/420106/", "420000/429004/"
PATHS = {"420000": "420000/", "420100": WUHAN, "420106": WUCHANG}


def names(cells: tuple[Cell, ...]) -> list[str]:
    return [cell.name for cell in cells]


def test_the_nearest_entry_holds_a_division() -> None:
    holders = [cell_of(TABLE, path) for path in (WUHAN, WUCHANG, XIANTAO, "430000/")]
    assert [holder and holder.name for holder in holders] == ["a", "c", "b", None]
    assert TABLE[0].url == "https://a.example"


def test_a_place_is_made_up_of_its_holder_and_of_those_below() -> None:
    assert names(cells_below(TABLE, "420000/", PATHS)) == ["b", "a", "c"]
    assert names(cells_below(TABLE, WUHAN, PATHS)) == ["a", "c"]
    assert names(cells_below(TABLE, WUCHANG, PATHS)) == ["c"]


def test_a_division_in_two_cells_is_refused() -> None:
    with pytest.raises(ImproperlyConfigured, match="420100 cannot lie in two cells"):
        read_cells({"a": {"regions": ["420100"]}, "b": {"regions": ["420100", "420200"]}})
