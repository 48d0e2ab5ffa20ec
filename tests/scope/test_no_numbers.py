"""No address shows anybody a whole identity number, phone or card, and none reaches a log or the trail.

A number is read whole only by its own act with a reason, which is a form and not an address.
"""

import io
import logging
from collections.abc import Iterator

import pytest

from audit.models import AuditEvent
from config.logs import WithoutPersonalData, json_formatter
from tests.scope.asking import REACHES
from tests.scope.opening import paths, signed_in
from tests.scope.test_routes import _bytes
from tests.support.routes import ROUTES
from tests.support.world import ROLES, County, TwoCounties
from workers.models import Engagement, Person


def _numbers(world: TwoCounties) -> set[bytes]:
    """Every number of everybody in both counties, whole."""
    of_people = [row.id_number for row in Person.all_rows.all()]
    of_work = [number for row in Engagement.all_rows.all() for number in (row.phone, row.card_number)]
    strangers = [county.stranger_punch.subject.id_number for county in world]
    return {number.encode() for number in (*of_people, *of_work, *strangers) if number and "*" not in number}


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """All that is logged, as the product's own handler writes it."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.addFilter(WithoutPersonalData())
    handler.setFormatter(json_formatter())
    logging.getLogger().addHandler(handler)
    yield written
    logging.getLogger().removeHandler(handler)


def _shown(county: County, role: str) -> Iterator[tuple[str, bytes]]:
    client = signed_in(county, role)
    for name, route in ROUTES.items():
        for url, _is_by_id in paths(name, route, county, all_queries=False):
            answer = client.get(url)
            if answer.status_code == 200:
                yield url, _bytes(answer)


def test_the_world_has_numbers_to_look_for(world: TwoCounties) -> None:
    numbers = _numbers(world)
    assert {len(number) for number in numbers} >= {11, 18, 19}
    assert len(numbers) > 20


# One of each kind of reach, and those with pages of their own; other roles open the same pages.
WHO = {
    "wuchang": (*REACHES, "supervisor", "platform_administrator"),
    "xiantao": ("county_regulator",),
}


@pytest.mark.parametrize("place", WHO)
def test_no_address_shows_anybody_a_whole_number(place: str, world: TwoCounties, log: io.StringIO) -> None:
    county: County = getattr(world, place)
    numbers = _numbers(world)
    others = set(county.users) - set(ROLES)  # such as people at work, who see themselves
    for role in (*WHO[place], *sorted(others)):
        for url, content in _shown(county, role):
            assert [number for number in numbers if number in content] == [], f"{url} as {role}"
    said = log.getvalue().encode()
    assert b"GET /people/" in said or b"request" in said
    assert [number for number in numbers if number in said] == []


def test_the_trail_holds_no_whole_number(world: TwoCounties) -> None:
    facts = str([(row.action, row.facts) for row in AuditEvent.objects.all()]).encode()
    assert [number for number in _numbers(world) if number in facts] == []
