"""Corrections and the worker's own records over the REST API: the pages' rights, refusals in sentences."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from attendance.models import AttendanceDay, CorrectionRequest
from tests.api.conftest import Caller
from tests.support.traces import fingerprint
from tests.support.world import County, TwoCounties

CLAIM = {"wrong": "other", "note": "闸机没有反应"}


@pytest.fixture
def wuchang(world: TwoCounties) -> County:
    return world.wuchang


@pytest.fixture
def clerk(wuchang: County, caller: Caller) -> APIClient:
    return caller(wuchang.users["labour_clerk"])


@pytest.fixture
def worker(wuchang: County) -> APIClient:
    """A worker's session, as the page's own script would call."""
    client = APIClient()
    client.force_login(wuchang.users["worker"])
    return client


def _post(client: APIClient, path: str, body: dict[str, Any], **headers: str) -> Any:
    return client.post(f"/api/v1/{path}", body, format="json", headers=headers)


def test_the_list_narrows_and_masks_like_the_page(clerk: APIClient, wuchang: County) -> None:
    found = clerk.get("/api/v1/corrections/", {"state": "submitted"}).json()
    assert found["count"] == 2
    row = next(one for one in found["results"] if one["public_id"] == str(wuchang.correction.public_id))
    assert (row["wrong"], row["state"], row["has_photo"]) == ("other", "submitted", True)
    assert row["name"] == wuchang.worker.person.name
    assert clerk.get("/api/v1/corrections/", {"day": str(wuchang.today)}).json()["count"] == 0
    assert clerk.get("/api/v1/corrections/", {"state": "none"}).status_code == 400


def test_a_clerk_asks_and_another_answers(clerk: APIClient, wuchang: County, caller: Caller) -> None:
    gap = wuchang.workers["gap"].engagement
    body = {**CLAIM, "day": str(wuchang.today)}
    answer = _post(clerk, f"engagements/{gap.public_id}/ask-correction/", body)
    assert answer.status_code == 201, answer.json()
    path = f"corrections/{answer.json()['public_id']}/answer/"
    refused = _post(clerk, path, {"is_accepted": True, "reason": "门卫登记属实"})
    assert (refused.status_code, refused.json()["code"]) == (403, "own_request")
    manager = caller(wuchang.users["contractor_manager"])
    done = _post(manager, path, {"is_accepted": True, "reason": "门卫登记属实", "expected_version": 1})
    assert (done.status_code, done.json()["state"]) == (200, "applied")
    again = _post(manager, path, {"is_accepted": False, "reason": "门卫没有登记"})
    assert (again.status_code, again.json()["code"]) == (409, "already_answered")


def test_the_same_key_asks_once(clerk: APIClient, wuchang: County) -> None:
    path = f"engagements/{wuchang.workers['gap'].engagement.public_id}/ask-correction/"
    body = {**CLAIM, "day": str(wuchang.today)}
    first, second = (_post(clerk, path, body, **{"Idempotency-Key": "k1"}) for _time in range(2))
    assert first.json() == second.json()
    assert second["Idempotency-Replayed"] == "true"
    assert wuchang.workers["gap"].engagement.corrections.count() == 1


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({}, 400, "wrong"),
        ({**CLAIM, "wrong": "none"}, 400, "wrong"),
        ({**CLAIM, "day": "2026-02-31"}, 400, "day"),
        ({**CLAIM, "day": "2020-01-01"}, 422, "day"),
        ({**CLAIM}, 422, "day"),
        ({"wrong": "missing_in", "in_time": "25:00"}, 400, "in_time"),
        ({**CLAIM, "note": "很" * 301}, 400, "note"),
        ({**CLAIM, "extra": 1}, 400, "extra"),
        ({**CLAIM, "photo": {"name": "x.jpg", "content": "bm8="}}, 400, "photo"),
    ],
)
def test_bad_bodies_are_named_by_field_and_write_nothing(
    clerk: APIClient, wuchang: County, body: dict[str, Any], status: int, field: str
) -> None:
    path = f"engagements/{wuchang.worker.engagement.public_id}/ask-correction/"
    before = fingerprint()
    answer = _post(clerk, path, body)
    assert (answer.status_code, list(answer.json()["errors"])) == (status, [field])
    assert fingerprint() == before


def test_a_regulator_reads_and_neither_asks_nor_answers(wuchang: County, caller: Caller) -> None:
    regulator = caller(wuchang.users["county_regulator"])
    assert regulator.get(f"/api/v1/corrections/{wuchang.correction.public_id}/").status_code == 200
    before = fingerprint()
    answer = _post(regulator, f"corrections/{wuchang.correction.public_id}/answer/", {"is_accepted": True})
    assert answer.status_code == 403
    asked = _post(regulator, f"engagements/{wuchang.worker.engagement.public_id}/ask-correction/", CLAIM)
    assert asked.status_code == 403
    assert fingerprint() == before


def test_the_other_countys_and_another_firms_requests_are_not_found(
    clerk: APIClient, world: TwoCounties, caller: Caller
) -> None:
    theirs = world.xiantao.correction.public_id
    assert clerk.get(f"/api/v1/corrections/{theirs}/").status_code == 404
    assert _post(clerk, f"corrections/{theirs}/answer/", {"is_accepted": True}).status_code == 404
    subclerk = caller(world.wuchang.users["subcontractor_clerk"])
    assert subclerk.get("/api/v1/corrections/").json()["count"] == 1
    assert subclerk.get(f"/api/v1/corrections/{world.wuchang.correction.public_id}/").status_code == 404


def test_a_worker_reads_the_own_record_and_days_by_session(worker: APIClient, wuchang: County) -> None:
    me = worker.get("/api/v1/me/").json()
    assert me["name"] == wuchang.worker.person.name
    assert me["id_number"] == wuchang.worker.person.masked_number
    assert [one["public_id"] for one in me["engagements"]] == [str(wuchang.worker.engagement.public_id)]
    days = worker.get("/api/v1/me/days/").json()
    assert days["count"] == AttendanceDay.all_rows.filter(engagement=wuchang.worker.engagement).count()
    assert worker.get("/api/v1/me/days/", {"from": str(wuchang.today)}).json()["count"] == 1
    assert worker.get("/api/v1/me/corrections/").json()["count"] == 1
    assert worker.get("/api/v1/engagements/").status_code == 403


def test_a_worker_asks_for_the_own_and_for_no_colleague(worker: APIClient, wuchang: County) -> None:
    body = {**CLAIM, "day": str(wuchang.today)}
    other = str(wuchang.workers["gap"].engagement.public_id)
    refused = _post(worker, "me/corrections/ask/", {**body, "engagement": other})
    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["engagement"])
    own = str(wuchang.worker.engagement.public_id)
    assert _post(worker, "me/corrections/ask/", {**body, "engagement": own}).status_code == 201
    row = CorrectionRequest.all_rows.get(engagement=wuchang.worker.engagement, day=wuchang.today)
    assert row.is_by_worker


def test_the_own_records_are_not_for_tokens_nor_for_posts(clerk: APIClient, wuchang: County) -> None:
    assert clerk.get("/api/v1/me/").status_code == 401
    by_session = APIClient()
    by_session.force_login(wuchang.users["labour_clerk"])
    assert by_session.get("/api/v1/me/").status_code == 403


def test_a_clerks_token_at_the_workers_own_records_is_told_whose_they_are(
    wuchang: County, caller: Caller
) -> None:
    answer = caller(wuchang.users["labour_clerk"]).get("/api/v1/me/")
    assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")
    assert "这里是工人本人的记录" in answer.json()["detail"]
    assert "/api/v1/tokens/" not in answer.json()["detail"]
