"""An act of the REST API: a strict body, problem details in Chinese, and one effect for one key."""

import base64
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from projects.models import Team
from tests.scope.opening import signed_in
from tests.support.traces import fingerprint, traces_in
from tests.support.world import County, TwoCounties, two_counties
from web.models import Submission

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.web.kit")]
Post = Callable[..., Any]


@pytest.fixture
def world() -> TwoCounties:
    return two_counties()


@pytest.fixture
def post(world: TwoCounties) -> Post:
    client = signed_in(world.wuchang, "labour_clerk")
    url = f"/api/v1/kit/{world.wuchang.project.public_id}/"

    def send(body: Any, key: str = "", **headers: str) -> Any:
        named = {"Idempotency-Key": key} if key else {}
        return client.post(url, body, content_type="application/json", headers={**named, **headers})

    return send


def _body(county: County, **more: Any) -> dict[str, Any]:
    return {"participation": str(county.participations["contractor"].public_id), "name": "木工三班", **more}


def test_an_act_answers_what_it_made(world: TwoCounties, post: Post) -> None:
    answer = post(_body(world.wuchang))
    assert answer.status_code == 201
    assert answer.json()["name"] == "木工三班"
    assert "Idempotency-Replayed" not in answer


def test_a_repeated_key_does_it_once_and_answers_the_same(world: TwoCounties, post: Post) -> None:
    first = post(_body(world.wuchang), "order-1")
    again = post(dict(reversed(_body(world.wuchang).items())), "order-1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert again["Idempotency-Replayed"] == "true"
    assert Team.all_rows.filter(name="木工三班").count() == 1


def test_a_key_used_for_another_body_is_refused(world: TwoCounties, post: Post) -> None:
    post(_body(world.wuchang), "order-1")
    answer = post(_body(world.wuchang) | {"name": "另一个班"}, "order-1")
    assert answer.status_code == 422
    assert answer.json()["code"] == "idempotency_key_reused"
    assert not Team.all_rows.filter(name="另一个班").exists()


def test_a_key_of_one_actor_says_nothing_to_another(world: TwoCounties, post: Post) -> None:
    post(_body(world.wuchang), "order-1")
    other = signed_in(world.wuchang, "contractor_manager")
    url = f"/api/v1/kit/{world.wuchang.project.public_id}/"
    answer = other.post(
        url, _body(world.wuchang), content_type="application/json", headers={"Idempotency-Key": "order-1"}
    )
    assert answer.status_code == 422
    assert answer.json()["code"] == "team_exists"


def test_a_refused_act_may_be_mended_under_the_same_key(world: TwoCounties, post: Post) -> None:
    taken = world.wuchang.teams["contractor"].name
    assert post(_body(world.wuchang) | {"name": taken}, "order-1").status_code == 422
    assert Submission.objects.count() == 0
    assert post(_body(world.wuchang), "order-1").status_code == 201


@pytest.mark.parametrize("key", ["有中文", "with blank", "x" * 65])
def test_a_key_that_cannot_be_one_is_refused_in_words(world: TwoCounties, post: Post, key: str) -> None:
    # A header travels as bytes; the test client takes what WSGI would hand over.
    answer = post(_body(world.wuchang), key.encode().decode("latin-1"))
    assert answer.status_code == 400
    assert "Idempotency-Key 应为" in answer.json()["detail"]


def test_bad_bodies_are_refused_field_by_field_and_change_nothing(world: TwoCounties, post: Post) -> None:
    before = fingerprint()
    foreign = str(world.xiantao.participations["contractor"].public_id)
    for body, words in (
        ({}, "participation"),
        (_body(world.wuchang, colour="red"), "没有名为“colour”的字段"),
        (_body(world.wuchang) | {"participation": foreign}, "不在您的管理范围内"),
        (_body(world.wuchang) | {"participation": 7}, "public_id"),
        (_body(world.wuchang) | {"name": "长" * 21}, "name"),
        (_body(world.wuchang, scan={"name": "a.jpg", "content": "???"}), "不是 base64"),
        (_body(world.wuchang, scan={"name": "a.jpg", "content": _coded(b"text")}), "不是能打开的"),
        ("not json", "不是有效的 JSON"),
    ):
        answer = post(body)
        assert answer.status_code == 400
        assert answer["Content-Type"] == "application/problem+json"
        assert words in answer.content.decode()
        assert traces_in(answer.content.decode().replace(foreign, ""), world.xiantao) == []
    assert fingerprint() == before


def _coded(content: bytes) -> str:
    return base64.b64encode(content).decode()


def test_another_countys_project_is_not_found_and_a_stranger_is_told_to_sign_in(world: TwoCounties) -> None:
    url = f"/api/v1/kit/{world.xiantao.project.public_id}/"
    clerk = signed_in(world.wuchang, "labour_clerk")
    assert clerk.post(url, _body(world.xiantao), content_type="application/json").status_code == 404
    assert Client().post(url, {}, content_type="application/json").status_code == 401
    assert signed_in(world.wuchang, "owner").post(url, {}, content_type="application/json").status_code == 403
