"""Permits over the REST API: the county registers one and issues its account; refusals are sentences."""

from typing import Any

import pytest
from django.test import Client

from projects.models import AccountCode, Permit, Project
from projects.services import open_claim
from tests.scope.opening import signed_in
from tests.support import people
from tests.support.traces import fingerprint, traces_in
from tests.support.world import TwoCounties, two_counties

pytestmark = pytest.mark.django_db
URL = "/api/v1/permits/"


@pytest.fixture
def world() -> TwoCounties:
    return two_counties()


def body(world: TwoCounties, **changes: object) -> dict[str, object]:
    return {
        "permit_number": "420106202611200101",
        "issued_on": str(world.wuchang.today),
        "project_code": "420106202611200001",
        "project_name": "沙湖路综合楼",
        "region": "420106",
        "contractor_uscc": people.credit_code(811),
        "contractor_name": "测试建设有限公司",
        **changes,
    }


def send(client: Client, path: str, data: object, key: str = "") -> Any:
    headers = {"Idempotency-Key": key} if key else {}
    return client.post(URL + path, data, content_type="application/json", headers=headers)


def test_a_permit_is_received_once_for_one_key(world: TwoCounties) -> None:
    client = signed_in(world.wuchang, "county_regulator")
    first = send(client, "receive/", body(world), "k1")
    assert first.status_code == 201
    assert first.json()["project"]["name"] == "沙湖路综合楼"
    again = send(client, "receive/", body(world), "k1")
    assert (again.status_code, again.json()) == (201, first.json())
    assert again["Idempotency-Replayed"] == "true"
    assert Permit.all_rows.filter(number="420106202611200101").count() == 1
    listed = client.get(URL, {"number": "420106202611200101"}).json()
    assert [row["public_id"] for row in listed["results"]] == [first.json()["public_id"]]


@pytest.mark.parametrize(
    ("changes", "status", "field", "sentence"),
    [
        ({"permit_number": ""}, 400, "permit_number", ""),
        ({"issued_on": "昨天"}, 400, "issued_on", ""),
        ({"issued_on": "2099-01-01"}, 400, "issued_on", "不能晚于今天"),
        ({"region": "999999"}, 400, "region", "没有编码为“999999”的行政区划"),
        ({"region": "429004"}, 404, "region", "不在您的管理范围内"),
        ({"contractor_uscc": "91420099000000000X"}, 400, "contractor_uscc", "校验位不符"),
        ({"category": "98"}, 400, "category", "没有名为“98”的项目类别"),
        ({"amount": "很多"}, 400, "amount", "不是金额"),
        ({"color": "red"}, 400, "color", "没有名为“color”的字段"),
    ],
)
def test_a_bad_body_is_refused_by_field_and_nothing_is_written(
    world: TwoCounties, changes: dict[str, object], status: int, field: str, sentence: str
) -> None:
    client = signed_in(world.wuchang, "county_regulator")
    before = fingerprint()
    answer = send(client, "receive/", body(world, **changes))
    assert answer.status_code == status
    assert sentence in str(answer.json()["errors"][field])
    assert fingerprint() == before


def test_another_countys_project_code_and_permit_are_not_told(world: TwoCounties) -> None:
    other = world.xiantao
    client = signed_in(world.wuchang, "county_regulator")
    before = fingerprint()
    for given in ({"project_code": other.project.code}, {"permit_number": other.permit.number}):
        answer = send(client, "receive/", body(world, **given))
        assert answer.status_code in (404, 422)
        text = answer.content.decode()
        for value in given.values():
            text = text.replace(str(value), "")
        assert traces_in(text, other) == []
    answer = send(client, f"{other.permit.public_id}/issue-account/", {})
    assert answer.status_code == 404
    assert fingerprint() == before


def test_an_issued_code_opens_the_claim_and_is_shown_once_for_one_key(world: TwoCounties) -> None:
    county = world.wuchang
    client = signed_in(county, "county_regulator")
    path = f"{county.permit.public_id}/issue-account/"
    first = send(client, path, {}, "k2").json()
    assert send(client, path, {}, "k2").json() == first
    assert AccountCode.all_rows.filter(project=county.project, voided_at=None).count() == 1
    held = open_claim(
        permit_number=first["permit_number"], code=first["code"], address="203.0.113.9", now=county.now
    )
    assert held.project == county.project
    refused = send(client, path, {"days": 90})
    assert refused.status_code == 400


def test_who_waits_is_listed_for_regulators_alone(world: TwoCounties) -> None:
    county = world.wuchang
    found = signed_in(county, "county_regulator").get(f"{URL}unclaimed/").json()["results"]
    assert [(row["code"], row["permit_number"]) for row in found] == [
        (county.project.code, county.permit.number)
    ]
    assert found[0]["code_issued_at"]
    for role in ("labour_clerk", "owner", "platform_administrator"):
        assert signed_in(county, role).get(f"{URL}unclaimed/").status_code == 403
    for role in ("province_regulator", "city_regulator"):
        assert send(signed_in(county, role), "receive/", body(world)).status_code == 403
    assert not Project.all_rows.filter(code="420106202611200001").exists()
