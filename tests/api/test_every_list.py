"""Every list of the REST API is read the same way: pages, total, order, and no parameter it does not know."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction
from django.urls import resolve, reverse
from rest_framework.test import APIClient

from accounts.actors import UserActor
from tests.support.routes import ROUTES
from tests.support.world import County, TwoCounties, two_counties
from web.api.acts import ActView
from web.api.views import ListRead, Read

# Who works there is asked before who watches.
FIRST = ("contractor_manager", "county_regulator", "supervisor", "platform_administrator")
# No post carries it: a gate's system signs for itself.
OF_GATES = {"attendance.pull_gate_list"}

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker) -> Iterator[TwoCounties]:  # type: ignore[no-untyped-def]
    """Both counties, for the whole file, inside a transaction that is rolled back."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield two_counties()
        transaction.set_rollback(True)


@dataclass
class Door:
    """A read before the first whose post opens it."""

    route: str
    path: str
    view: Any
    client: APIClient

    def get(self, **query: Any) -> Any:
        return self.client.get(self.path, query)


@pytest.fixture(scope="module")
def reads(world: TwoCounties) -> list[Door]:
    return list(_reads(world.wuchang))


def _reads(county: County) -> Iterator[Door]:
    for name, route in ROUTES.items():
        for kwargs in route.kwargs(county)[:1] if name.startswith("api_") else ():
            path = reverse(name, kwargs=kwargs)
            view: Any = getattr(resolve(path).func, "cls", None)
            if getattr(view, "permission", "") in OF_GATES:
                continue
            if isinstance(view, type) and issubclass(view, Read) and not issubclass(view, ActView):
                yield Door(name, path, view, _able(county, view.permission))


def _able(county: County, permission: str) -> APIClient:
    order = [*FIRST, *county.users]
    able = [role for role in order if not permission or UserActor.of(county.users[role]).may(permission)]
    client = APIClient()
    client.force_login(county.users[able[0]], backend="django.contrib.auth.backends.ModelBackend")
    return client


def _lists(reads: list[Door]) -> list[Door]:
    return [door for door in reads if issubclass(door.view, ListRead)]


def test_there_are_reads_to_try(reads: list[Door]) -> None:
    assert len(reads) >= 11
    assert len(_lists(reads)) >= 8


def test_every_list_has_pages_and_a_total(reads: list[Door]) -> None:
    for door in _lists(reads):
        page = door.get(page_size=1)
        assert page.status_code == 200, (door.route, page.content.decode())
        body = page.json()
        assert set(body) == {"count", "next", "previous", "results"}, door.route
        assert len(body["results"]) == min(1, body["count"]), door.route
        assert (body["next"] is not None) is (body["count"] > 1), door.route


@pytest.mark.parametrize(
    ("query", "status", "field"),
    [
        ({"no_such": "1"}, 400, "no_such"),
        ({"page_size": "0"}, 400, "page_size"),
        ({"page_size": "501"}, 400, "page_size"),
        ({"page_size": "x"}, 400, "page_size"),
        ({"page": "999999"}, 404, ""),
        ({"page": "x"}, 404, ""),
    ],
)
def test_no_list_takes_a_parameter_that_means_nothing(
    reads: list[Door], query: dict[str, str], status: int, field: str
) -> None:
    for door in _lists(reads):
        answer = door.get(**query)
        assert answer.status_code == status, (door.route, query)
        assert not field or field in answer.json()["errors"], (door.route, query)


def test_every_order_that_a_list_names_works_both_ways_and_no_other_does(reads: list[Door]) -> None:
    for door in _lists(reads):
        for name in door.view.ordering_fields:
            rows = [door.get(ordering=order).status_code for order in (name, f"-{name}")]
            assert rows == [200, 200], (door.route, name)
        assert door.get(ordering="no_such").status_code == 400, door.route


def test_every_filter_that_a_list_names_refuses_or_reads_what_it_is_given(reads: list[Door]) -> None:
    for door in _lists(reads):
        filters = door.view.filterset_class.base_filters if door.view.filterset_class else {}
        for name in filters:
            for value in ("", "一二三", "\x00", "-1", "9999-99-99", "x" * 5000, "%", "null"):
                answer = door.get(**{name: value})
                assert answer.status_code in (200, 400, 404), (door.route, name, value[:20])


def test_a_read_of_one_record_takes_no_parameter_it_does_not_know(reads: list[Door]) -> None:
    for door in reads:
        if not issubclass(door.view, ListRead):
            answer = door.get(no_such="1")
            assert answer.status_code == 400, door.route
            assert "no_such" in answer.json()["errors"], door.route
