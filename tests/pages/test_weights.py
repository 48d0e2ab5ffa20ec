"""A first visit to any page carries less than 300 KB, compressed, and names no other server."""

import re

import pytest

from tests.support.doors import Door, doors
from tools.bench._weights import first_visit

BUDGET = 300 * 1024
# The description of the interface is for programmers, once, and brings its makers' own reader.
HEAVY = ("docs",)
_ELSEWHERE = re.compile(r'(?:src|href|action|content)="((?:https?:)?//[^"]+)"')


@pytest.fixture(scope="module")
def opened(world) -> list[Door]:
    return list(doors(world.wuchang))


def test_no_first_visit_is_heavier_than_its_budget(opened):
    weights = {
        str(door): first_visit(door.client, door.answer.content) for door in opened if door.route not in HEAVY
    }
    assert len(weights) > 20
    assert {name: weight for name, weight in weights.items() if weight >= BUDGET} == {}
    assert min(weights.values()) > 5_000, "styles and scripts were not counted"


def test_no_page_names_another_server(opened):
    for door in opened:
        assert _ELSEWHERE.findall(door.answer.content.decode()) == [], str(door)
