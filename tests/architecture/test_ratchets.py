"""Reads that no scope guards are counted, place by place. The numbers may only go down."""

import ast
from collections import Counter

from tests.architecture.source import name_of, of_the_apps, tree_of

# `unscoped(because=…)`: the whole table, with a reason.
UNSCOPED: dict[str, int] = {
    "attendance/demo": 16,
    "attendance/receivers": 1,
    "federation/demo": 4,
    "federation/ingest": 1,
    "federation/retention": 2,
    "federation/selectors": 3,
    "federation/services": 12,
    "federation/tasks": 1,
    "federation/upstream": 5,
    "federation/work": 1,
    "integrity/demo": 2,
    "integrity/services": 2,
    "ledgers/demo": 7,
    "ledgers/services": 1,
    "projects/services": 6,
}
# `all_rows`: the whole table for rows that were judged before, or for the node's own errands.
ALL_ROWS: dict[str, int] = {
    "attendance/cell_links": 1,
    "attendance/models": 1,
    "attendance/selectors": 9,
    "attendance/services": 25,
    "federation/ingest": 1,
    "federation/models": 1,
    "federation/open_api": 5,
    "federation/masters": 6,
    "federation/selectors": 2,
    "federation/services": 7,
    "federation/upstream": 10,
    "integrity/services": 7,
    "ledgers/selectors": 3,
    "ledgers/services": 4,
    "payroll/services": 3,
    "projects/grants": 1,
    "projects/models": 1,
    "projects/places": 4,
    "projects/selectors": 3,
    "projects/services": 31,
    "workers/entry": 3,
    "workers/models": 1,
    "workers/selectors": 21,
    "workers/services": 93,
}


def _uses(attribute: str) -> dict[str, int]:
    found = Counter(
        _room(name_of(file))
        for file in of_the_apps()
        for node in ast.walk(tree_of(file))
        if isinstance(node, ast.Attribute) and node.attr == attribute
    )
    return dict(found)


def _room(path: str) -> str:
    """`workers/services`, `attendance/demo`: an app and the part of it."""
    parts = path.removeprefix("platform/").removesuffix(".py").split("/")
    return "/".join(parts[:2])


def _risen(attribute: str, allowed: dict[str, int]) -> dict[str, tuple[int, int]]:
    return {
        room: (number, allowed.get(room, 0))
        for room, number in _uses(attribute).items()
        if number > allowed.get(room, 0)
    }


def _fallen(attribute: str, allowed: dict[str, int]) -> dict[str, tuple[int, int]]:
    now = _uses(attribute)
    return {room: (now.get(room, 0), number) for room, number in allowed.items() if now.get(room, 0) < number}


def test_no_new_read_of_a_whole_table_with_a_reason() -> None:
    assert _risen("unscoped", UNSCOPED) == {}, "read with visible_to(actor), or explain in the review"


def test_no_new_read_through_the_unfiltered_manager() -> None:
    assert _risen("all_rows", ALL_ROWS) == {}, "read with visible_to(actor), or explain in the review"


def test_the_numbers_follow_when_a_use_goes() -> None:
    assert (_fallen("unscoped", UNSCOPED), _fallen("all_rows", ALL_ROWS)) == ({}, {}), "lower the numbers"


def test_pages_and_endpoints_never_read_a_whole_table() -> None:
    edges = [
        (name_of(file), node.lineno)
        for file in of_the_apps()
        if {"web", "api"}.intersection(file.parts[:-1]) and "platform" not in file.parts
        for node in ast.walk(tree_of(file))
        if isinstance(node, ast.Attribute) and node.attr in ("unscoped", "all_rows")
    ]
    assert edges == []
