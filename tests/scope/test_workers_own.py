"""A worker's own account: the own records on every site, and no trace of anybody else's."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.urls import resolve, reverse

from accounts.actors import UserActor
from kernel.scoping import Reach
from tests.scope.asking import asked
from tests.scope.opening import GUARDED, expected_of, paths, signed_in
from tests.scope.test_models import EXPECTED
from tests.support.actors import worker_account
from tests.support.routes import ROUTES
from tests.support.traces import fingerprint, traces_in
from tests.support.world import SELECTORS, County, TwoCounties
from web.pages import SIGNED_IN
from workers.models import Person

OWN = {name for name, route in ROUTES.items() if route.role == "worker"}


def _is_for_anybody(url: str) -> bool:
    """Whether a page belongs to the account itself, whoever holds it, such as one's own messages."""
    view: Any = resolve(urlsplit(url).path).func
    return getattr(getattr(view, "view_class", None), "permission", "") == SIGNED_IN


def _others(county: County) -> list[str]:
    """What betrays the others of the worker's own project: their numbers, phones and keys."""
    found = []
    for title, worker in county.workers.items():
        if title != county.hero:
            found += [worker.person.id_number, str(worker.person.public_id), worker.engagement.phone or ""]
            found += [str(worker.engagement.public_id)]
            found += [str(worker.correction.public_id)] if worker.correction else []
    return [one for one in found if one]


def _own_addresses(county: County) -> Iterator[tuple[str, str, bool]]:
    for name in sorted(GUARDED):
        for url, by_id in paths(name, GUARDED[name], county, all_queries=False):
            yield name, url, by_id


def test_a_worker_opens_the_own_pages_and_no_other_route(world: TwoCounties) -> None:
    for county in world:
        client = signed_in(county, "worker")
        for name, url, _by_id in _own_addresses(county):
            status = client.get(url).status_code
            if name in OWN:
                assert status == expected_of(url, county, "worker"), url
            elif name != "home" and not _is_for_anybody(url):
                assert status in (403, 404, 405), url


def test_a_worker_meets_no_trace_of_the_other_county_nor_of_colleagues(world: TwoCounties) -> None:
    for county in world:
        other, client = world.other(county), signed_in(county, "worker")
        for name, url, by_id in [*_own_addresses(county), *_own_addresses(other)]:
            answer = client.get(url)
            assert traces_in(answer.content.replace(url.encode(), b""), other) == [], url
            text = answer.content.decode("utf-8", "replace").replace(url, "")
            assert [one for one in _others(county) if one in text] == [], url
            is_theirs = by_id and str(other.correction.public_id) in url
            if name in OWN and is_theirs:
                assert answer.status_code == 404, url


def test_a_colleagues_request_on_the_same_project_is_not_found(world: TwoCounties) -> None:
    county = world.wuchang
    theirs = county.workers["subcontractor"].correction
    assert theirs is not None
    client = signed_in(county, "worker")
    for name in ("own_correction", "own_correction_photo"):
        assert client.get(reverse(name, args=[theirs.public_id])).status_code == 404


def test_a_worker_asks_for_no_colleague_by_any_id(world: TwoCounties) -> None:
    for county in world:
        client = signed_in(county, "worker")
        before = fingerprint()
        for whose in (world.other(county).worker, county.workers["subcontractor"]):
            claim = {"wrong": "other", "day": county.today, "note": "闸机没有反应"}
            for url in ("/me/corrections/new/", f"/people/{whose.engagement.public_id}/correction/"):
                answer = client.post(url, {**claim, "engagement": whose.engagement.public_id})
                # One's own single site is not chosen: an id that is slipped in is not even read, and the
                # second request for the own day is refused.
                assert answer.status_code in (302, 403, 422), url
        written = {table for table, digest in fingerprint().items() if digest != before[table]}
        assert "workers_engagement" not in written
        own = county.actor("worker").key
        for whose in (*world.other(county).workers.values(), county.workers["subcontractor"]):
            assert not whose.engagement.corrections.filter(asked_by_key=own).exists()


def _rows_of_others(county: County) -> set[str]:
    """Every row that hangs on somebody else, as `written_out` names it."""
    own = Reach(persons=frozenset({county.worker.person.public_id}))
    models = [model for model in EXPECTED if model.person_lookup is not None or model is Person]
    return {
        f"{model.__name__} {pk}"
        for model in models
        for pk in set(model.all_rows.values_list("pk", flat=True))
        - set(model.objects.within(own).values_list("pk", flat=True))
    }


def test_no_read_shows_a_worker_anybody_else(world: TwoCounties) -> None:
    for county in world:
        actor, others = county.actor("worker"), _rows_of_others(county)
        for name, selector in SELECTORS.items():
            for asked_with in world:
                rows = asked(selector, actor, asked_with)
                assert others.intersection(rows) == set(), name
                answer = "\n".join(rows)
                assert traces_in(answer, world.other(county)) == [], name
                assert [one for one in _others(county) if one in answer] == [], name


def test_a_worker_reads_all_of_the_own_work_in_both_counties(world: TwoCounties) -> None:
    works = [county.workers["shared"] for county in world]
    actor = UserActor.of(worker_account(works[0].person.public_id, "wang", "王五"))
    county = world.wuchang
    found = "\n".join(asked(SELECTORS["attendance.selectors.own.own_engagements"], actor, county))
    assert all(one.project.name in found for one in world)
    days = asked(SELECTORS["attendance.selectors.own.own_days"], actor, county)
    assert len([one for one in days if one.startswith("AttendanceDay ")]) == 2
    punches = SELECTORS["attendance.selectors.own.own_punches"](actor, county)
    assert [len(rows) for rows in punches] == [0, 0]


@pytest.mark.parametrize("role", ["county_regulator", "labour_clerk", "platform_administrator"])
def test_the_own_pages_are_for_workers_alone(world: TwoCounties, role: str) -> None:
    client = signed_in(world.wuchang, role)
    for name in OWN:
        for url, _by_id in paths(name, ROUTES[name], world.wuchang, all_queries=False):
            assert client.get(url).status_code in (403, 405), url
