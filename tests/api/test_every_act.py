"""Every act of the REST API under a repeated Idempotency-Key, and with bodies that nobody should send.

A new `ActView` is tried without being named here. The first body of its route's row is taken for a right one.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.test.utils import override_settings
from django.urls import resolve, reverse

from accounts.actors import UserActor
from tests.support.routes import ROUTES, Route, routes
from tests.support.traces import fingerprint
from tests.support.world import County, TwoCounties, two_counties
from web.api.acts import ActView

KIT = {
    "api_kit": Route(
        kwargs=lambda county: [{"public_id": county.project.public_id}],
        forms=lambda county: [
            {"participation": str(county.participations["contractor"].public_id), "name": "木工三班"}
        ],
    )
}
CHINESE = re.compile(r"[\u4e00-\u9fff]{3,}")
BAD: tuple[Any, ...] = (
    [],
    "null",
    "no json",
    7,
    {"没有这个字段": 1},
    {"public_id": "\x00"},
    {"name": {"deep": [[[]]]}},
)


pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker) -> Iterator[TwoCounties]:  # type: ignore[no-untyped-def]
    """Both counties, for the whole file, inside a transaction that is rolled back."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield two_counties()
        transaction.set_rollback(True)


@dataclass
class Door:
    """An act's address, before somebody whose post carries it, with a body that may be right."""

    route: str
    path: str
    client: Client
    body: dict[str, Any]

    def post(self, body: Any, key: str = "") -> Any:
        named = {"Idempotency-Key": key} if key else {}
        return self.client.post(self.path, body, content_type="application/json", headers=named)


@pytest.fixture(scope="module")
def acts(world: TwoCounties) -> Iterator[list[Door]]:
    with override_settings(ROOT_URLCONF="tests.web.kit"):
        yield list(_acts(world.wuchang))


def _acts(county: County) -> Iterator[Door]:
    known = {name for name, _where in routes()}
    for name, route in {**ROUTES, **KIT}.items():
        for kwargs in route.kwargs(county)[:1] if name in known else ():
            path = reverse(name, kwargs=kwargs) if name.startswith("api_") else "/"
            view: Any = getattr(resolve(path).func, "cls", None)
            if isinstance(view, type) and issubclass(view, ActView):
                bodies = route.forms(county) or [{}]
                yield from (Door(name, path, _able(county, view.permission), body) for body in bodies[:1])


def _able(county: County, permission: str) -> Client:
    """A browser of the first whose post carries the permission."""
    client = Client(raise_request_exception=False)
    able = [user for user in county.users.values() if UserActor.of(user).may(permission)]
    client.force_login(able[0], backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_every_act_is_done_once_under_one_key_and_answers_the_same(acts: list[Door]) -> None:
    done = set()
    for door in acts:
        with transaction.atomic():
            first = door.post(door.body, "order-1")
            if first.status_code < 300:
                done.add(door.route)
                after = fingerprint()
                again = door.post(dict(reversed(door.body.items())), "order-1")
                assert (again.status_code, again.content) == (first.status_code, first.content), door.route
                assert again["Idempotency-Replayed"] == "true", door.route
                other = door.post({**door.body, "remark": "x"}, "order-1")
                assert other.status_code in (400, 422), door.route
                assert fingerprint() == after, door.route
            transaction.set_rollback(True)
    assert "api_kit" in done
    print(f"{len(done)} of {len(acts)} acts done: {sorted({door.route for door in acts} - done)} were not")


def test_a_refused_act_leaves_nothing_and_its_key_free(acts: list[Door]) -> None:
    for door in acts:
        before = fingerprint()
        for body in BAD:
            with transaction.atomic():
                answer = door.post(body, "order-2")
                assert answer.status_code in (400, 403, 404, 422), (door.route, body, answer.content.decode())
                assert answer["Content-Type"] == "application/problem+json", door.route
                assert CHINESE.search(answer.json()["detail"]), (door.route, answer.json())
                assert fingerprint() == before, (door.route, body)


def test_no_act_is_done_for_a_stranger(acts: list[Door]) -> None:
    for door in acts:
        before = fingerprint()
        answer = Client().post(door.path, door.body, content_type="application/json")
        assert answer.status_code == 401, door.route
        assert fingerprint() == before, door.route
