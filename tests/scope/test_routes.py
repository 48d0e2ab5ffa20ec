"""Every route, opened by every role of one county with its own ids and with the other's."""

from typing import Any
from urllib.parse import unquote

import pytest
from django.test import Client
from django.test.client import MULTIPART_CONTENT
from django.urls import reverse

from tests.scope.asking import LOCAL_ROLES, REACHES
from tests.scope.opening import GUARDED, expected_of, paths, signed_in
from tests.support.routes import ROUTES, routes
from tests.support.traces import fingerprint, traces_in
from tests.support.world import County, TwoCounties

REFUSED = (403, 404)
# An act of the API is posted; asked for with GET it says so before it looks at any row.
NO_GET = 405
# A signed call without its signature.
UNSIGNED = 401
# A body that names a row nobody knows is a bad one.
UNKNOWN = 400


def _bytes(answer: Any) -> bytes:
    """All that was sent: headers, cookies and body."""
    head = "\n".join(f"{key}: {value}" for key, value in answer.items())
    cookies = str(answer.cookies)
    body = b"".join(answer) if answer.streaming else answer.content
    return body if body.startswith(b"PK") else f"{head}\n{cookies}\n".encode() + body


def _own_words(url: str, found: list[str]) -> list[str]:
    """What was not already in the question: an answer may repeat the address it was asked by."""
    return [trace for trace in found if trace not in unquote(url)]


def test_every_route_has_a_name_and_its_row_in_the_world() -> None:
    names = [name for name, _where in routes()]
    assert sorted(set(names)) == sorted(names), "two routes of one name"
    assert set(names) == set(ROUTES)


def _opened(client: Client, url: str, **headers: str) -> Any:
    answer = client.get(url, headers=headers)
    assert answer.status_code < 500 or url.startswith("/healthz"), url
    return answer


@pytest.mark.parametrize("role", LOCAL_ROLES)
@pytest.mark.parametrize("place", ["wuchang", "xiantao"])
def test_no_route_shows_one_county_a_trace_of_the_other(place: str, role: str, world: TwoCounties) -> None:
    county: County = getattr(world, place)
    other = world.other(county)
    client = signed_in(county, role)
    for name, route in GUARDED.items():
        for url, _is_by_id in paths(name, route, county, all_queries=False):
            assert traces_in(_bytes(_opened(client, url)), other) == [], url
        # Every query once for each kind of reach; the second county repeats it for its regulator.
        thorough = role in REACHES and (place == "wuchang" or role == "county_regulator")
        for url, is_by_id in paths(name, route, other, all_queries=thorough):
            answer = _opened(client, url)
            assert _own_words(url, traces_in(_bytes(answer), other)) == [], url
            if is_by_id and str(other.firms["shared"].public_id) not in url:
                assert answer.status_code in (*REFUSED, NO_GET), url


@pytest.mark.parametrize("place", ["wuchang", "xiantao"])
def test_what_is_swapped_into_a_page_shows_no_trace_either(place: str, world: TwoCounties) -> None:
    county: County = getattr(world, place)
    other = world.other(county)
    client = signed_in(county, "county_regulator")
    for name, route in GUARDED.items():
        for url, _is_by_id in paths(name, route, other):
            answer = _opened(client, url, **{"HX-Request": "true"})
            assert _own_words(url, traces_in(_bytes(answer), other)) == [], url


def test_what_everybody_may_read_speaks_of_no_county(world: TwoCounties) -> None:
    regulator = signed_in(world.wuchang, "county_regulator")
    for name, route in ROUTES.items():
        for client in (Client(), regulator) if route.public else ():
            for url, _is_by_id in paths(name, route, world.xiantao):
                assert traces_in(_bytes(_opened(client, url)), world.xiantao) == [], url


@pytest.mark.parametrize("role", LOCAL_ROLES)
def test_no_form_changes_a_row_of_the_other_county(role: str, world: TwoCounties) -> None:
    for county in world:
        other = world.other(county)
        client = signed_in(county, role)
        before = fingerprint()
        for name, route in ROUTES.items():
            for kwargs in route.kwargs(other) if route.forms(other) else []:
                for form in route.forms(other):
                    kind = "application/json" if name.startswith("api_") else MULTIPART_CONTENT
                    answer = client.post(reverse(name, kwargs=kwargs), form, content_type=kind)
                    assert answer.status_code in (*REFUSED, 405, 422, UNKNOWN, UNSIGNED), name
                    # A form comes back with what was typed into it.
                    assert _own_words(str(form), traces_in(_bytes(answer), other)) == [], name
        assert fingerprint() == before


def test_every_route_opens_for_whom_it_is_meant_with_the_own_ids(world: TwoCounties) -> None:
    for county in world:
        clients = {role: signed_in(county, role) for role in {route.role for route in GUARDED.values()}}
        seen = b""
        for name, route in GUARDED.items():
            for url, _is_by_id in paths(name, route, county):
                answer = clients[route.role].get(url)
                assert answer.status_code == expected_of(url, county, route.role), url
                seen += answer.content
        assert county.word.encode() in seen
        assert county.worker.person.name.encode() in seen


def test_what_no_regulator_opens_the_contractor_does_with_the_own_ids(world: TwoCounties) -> None:
    county = world.wuchang
    client = signed_in(county, "contractor_manager")
    for name, route in GUARDED.items():
        for url, _is_by_id in paths(name, route, county, all_queries=False):
            if expected_of(url, county, "county_regulator") == REFUSED[0]:
                expected = expected_of(url, county, "contractor_manager")
                assert _opened(client, url).status_code == expected, url


def test_the_province_opens_what_both_counties_opened(world: TwoCounties) -> None:
    client = signed_in(world.wuchang, "province_regulator")
    for name, route in GUARDED.items():
        for county in world if route.role == "county_regulator" else ():
            for url, _is_by_id in paths(name, route, county, all_queries=False):
                expected = expected_of(url, world.wuchang, "province_regulator")
                assert _opened(client, url).status_code == expected, url


def test_nobody_is_let_in_without_signing_in(world: TwoCounties) -> None:
    client = Client()
    for name, route in GUARDED.items():
        for url, _is_by_id in paths(name, route, world.wuchang, all_queries=False):
            answer = client.get(url)
            assert answer.status_code in (302, 401, 403), url
            assert _own_words(url, traces_in(_bytes(answer), world.wuchang)) == [], url
