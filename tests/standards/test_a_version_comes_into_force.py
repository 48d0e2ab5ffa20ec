"""Done when 1: a required element and two code items; the clock moves over effective date and cut-off."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from federation.models import AcceptedRequest
from projects.models import RefusedRecord
from standards.effective import standard_of
from standards.records import extras_of
from tests.scope.opening import signed_in
from tests.standards.publishing import (
    ItemFacts,
    administrator,
    draft,
    element,
    grant,
    publish,
)
from tests.support import people, records
from tests.support.traces import fingerprint
from tests.support.vendor import Vendor, vendor_of
from tests.support.world import County, two_counties
from workers.models import Engagement

pytestmark = pytest.mark.django_db
Clock = Callable[[date], datetime]
KIND = {"kind": "code", "code_list": "housing_kind", "length": 12}


@pytest.fixture
def county() -> County:
    return two_counties().wuchang


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Sets the platform's clock to noon in Shanghai of a day."""

    def to(day: date) -> datetime:
        now = datetime(day.year, day.month, day.day, 4, tzinfo=UTC)
        monkeypatch.setattr("django.utils.timezone.now", lambda: now)
        return now

    return to


@pytest.fixture
def days(county: County) -> dict[str, date]:
    """The version begins in ten days, and binds interfaces twenty days later."""
    first = county.today
    return {
        "today": first,
        "before": first + timedelta(days=9),
        "begins": first + timedelta(days=10),
        "cutoff": first + timedelta(days=30),
        "after": first + timedelta(days=31),
    }


def _published(days: dict[str, date]) -> None:
    parts: list[Any] = [
        ItemFacts("housing_kind", "1", "集体宿舍", list_name="住房类型"),
        ItemFacts("housing_kind", "2", "自行租住"),
        element("housing_type", "住房类型", **KIND),
    ]
    publish(
        draft("hubei-2027", parts, today=days["today"]), days["begins"], days["cutoff"], today=days["today"]
    )


def _form(county: County, order: int, **more: Any) -> dict[str, Any]:
    return {
        "name": "钱七",
        "id_number": people.id_number(order),
        "phone": people.phone(order),
        "team": county.teams["contractor"].public_id,
        "trade": "010",
        "contract_kind": "none",
        **more,
    }


def test_the_form_asks_from_the_day_on_and_not_before(county: County, clock: Clock, days: Any) -> None:
    _published(days)
    url = f"/projects/{county.project.public_id}/enrol/"
    clock(days["before"])
    clerk = signed_in(county, "labour_clerk")
    assert "住房类型" not in clerk.get(url).content.decode()
    assert clerk.post(url, _form(county, 911)).status_code == 302
    clock(days["begins"])
    clerk = signed_in(county, "labour_clerk")
    page = clerk.get(url).content.decode()
    assert 'name="x_housing_type"' in page
    assert "自行租住" in page
    before = fingerprint()
    answer = clerk.post(url, _form(county, 912))
    assert answer.status_code == 422
    assert answer.content.decode().count("请选择住房类型") == 2
    assert _changed(before) <= {"workers_lookup", "audit_auditevent"}
    assert clerk.post(url, _form(county, 912, x_housing_type="9")).status_code == 422
    assert clerk.post(url, _form(county, 912, x_housing_type="2")).status_code == 302
    work = Engagement.all_rows.order_by("pk").last()
    assert work is not None
    assert work.extras == {"housing_type": "2"}
    shown = clerk.get(f"/people/{work.public_id}/work/").content.decode()
    assert "住房类型" in shown
    assert "自行租住" in shown
    edit = f"/people/{work.public_id}/edit/"
    assert '<option value="2" selected>自行租住</option>' in clerk.get(edit).content.decode()


def test_the_api_and_its_schema_ask_from_the_day_on_warn_until_the_cutoff_and_refuse_then(
    county: County, clock: Clock, days: Any
) -> None:
    _published(days)

    def enrol(order: int, **more: Any) -> Any:
        body = {**_form(county, order, team=str(county.teams["contractor"].public_id)), **more}
        del body["contract_kind"]
        path = f"/api/v1/projects/{county.project.public_id}/enrol/"
        return signed_in(county, "labour_clerk").post(path, body, content_type="application/json")

    clock(days["before"])
    assert _schema(county)["required"] == ["name", "id_number", "phone", "trade"]
    assert enrol(911).json()["warnings"] == []
    clock(days["begins"])
    schema = _schema(county)
    assert "housing_type" in schema["required"]
    assert schema["properties"]["housing_type"]["enum"] == ["1", "2"]
    assert schema["properties"]["housing_type"]["x-accepted-until"] == days["cutoff"].isoformat()
    told = enrol(912)
    assert told.status_code == 201
    (warning,) = told.json()["warnings"]
    assert warning == (
        f"“住房类型”没有填。请填写住房类型。{days['cutoff'].isoformat()} 之后将拒绝。（hubei-2027）"
    )
    clock(days["after"])
    before = fingerprint()
    refused = enrol(913)
    assert refused.status_code == 422
    problem = refused.json()
    assert problem["errors"] == {"extras.housing_type": ["“住房类型”没有填。请填写住房类型。"]}
    assert [(one["element"], one["rule"], one["version"]) for one in problem["findings"]] == [
        ("housing_type", "required", "hubei-2027")
    ]
    counted = {"workers_lookup", "audit_auditevent", "accounts_user"}
    assert _changed(before) <= counted | {"projects_refusedrecord"}
    assert enrol(913, extras={"housing_type": "1"}).status_code == 201
    assert RefusedRecord.all_rows.filter(request_id=problem["request_id"]).count() == 1
    clerk = signed_in(county, "labour_clerk")
    why = clerk.get("/api/v1/standards/why/", {"id": problem["request_id"]}).json()
    assert [(one["name"], one["rule"], one["version"]) for one in why["reasons"]] == [
        ("住房类型", "required", "hubei-2027")
    ]
    page = clerk.get("/standard/why/", {"id": problem["request_id"]}).content.decode()
    assert "请填写住房类型" in page


def test_open_api_warns_until_the_cutoff_and_refuses_after_it(county: County, days: Any) -> None:
    _published(days)
    vendor = _vendor(county)

    def added(day: date, **more: Any) -> tuple[int, str, str]:
        vendor.now = datetime(day.year, day.month, day.day, 4, tzinfo=UTC)
        data = vendor.gate.enrolment(list(vendor.gate.people(1)))
        data["workerList"] = [{**row, **more} for row in data["workerList"]]
        status, result = vendor.write("ProjectWorker.Add", data)
        serial = AcceptedRequest.all_rows.latest("pk").serial
        polled = vendor.send("AsyncHandleResult.Query", {"requestSerialCode": serial})
        return status, result, polled["message"]

    assert added(days["before"]) == (20, "{}", "成功")
    status, _result, message = added(days["begins"])
    assert status == 20
    assert message == (
        "成功;提醒:[workerList][0][extras][housing_type]“住房类型”没有填。"
        f"{days['cutoff'].isoformat()}之后将拒绝(数据标准hubei-2027)"
    )
    warned = AcceptedRequest.all_rows.latest("pk")
    regulator = signed_in(county, "county_regulator")
    page = regulator.get(f"/interface/calls/{warned.serial}/").content.decode()
    assert "“住房类型”没有填。" in page
    assert added(days["cutoff"])[0] == 20
    before = fingerprint()
    status, result, message = added(days["after"])
    assert (status, message) == (10, "成功")
    assert result == "[workerList][0][extras][housing_type]“住房类型”没有填。请填写住房类型。"
    assert not {name for name in _changed(before) if name.startswith("workers_")}
    assert added(days["after"], extras={"housing_type": "2", "unknown_one": "x"})[0] == 20
    refused = AcceptedRequest.all_rows.filter(state=10).latest("pk")
    told = regulator.get("/api/v1/standards/why/", {"id": refused.serial}).json()
    assert [(one["element"], one["row"], one["severity"]) for one in told["reasons"]] == [
        ("housing_type", 0, "block")
    ]


def test_a_fault_that_the_interface_found_itself_is_explained_by_the_standard_too(county: County) -> None:
    vendor = _vendor(county)
    data = vendor.gate.enrolment(list(vendor.gate.people(1)))
    data["workerList"][0]["workType"] = "4711"
    assert vendor.write("ProjectWorker.Add", data)[0] == 10
    serial = AcceptedRequest.all_rows.latest("pk").serial
    told = signed_in(county, "county_regulator").get("/api/v1/standards/why/", {"id": serial}).json()
    assert [(one["name"], one["value"], one["version"]) for one in told["reasons"]] == [
        ("工种", "4711", "national-2019")
    ]


def test_a_city_with_a_grant_asks_for_two_more_fields_in_its_own_forms_alone(
    county: County, clock: Clock, days: Any
) -> None:
    wuhan, today = records.region("420100"), days["today"]
    grant(wuhan, today)
    city = administrator("市", "420100")
    parts = [
        element("c420100_dormitory", "宿舍号"),
        element("c420100_kin_phone", "家属电话", kind="phone", privacy="sealed"),
    ]
    publish(draft("wuhan-1", parts, region=wuhan, by=city, today=today), today, by=city, today=today)
    clock(today)
    clerk, url = signed_in(county, "labour_clerk"), f"/projects/{county.project.public_id}/enrol/"
    refused = clerk.post(url, _form(county, 911)).content.decode()
    assert (refused.count("请填宿舍号"), refused.count("请填家属电话")) == (2, 2)
    said = {"x_c420100_dormitory": "3-201", "x_c420100_kin_phone": people.phone(5)}
    assert clerk.post(url, _form(county, 911, **said)).status_code == 302
    work = Engagement.all_rows.order_by("pk").last()
    assert work is not None
    assert work.extras == {"c420100_dormitory": "3-201"}
    assert people.phone(5) not in json.dumps(list(Engagement.all_rows.filter(pk=work.pk).values("extras")))
    assert extras_of(work) == {"c420100_dormitory": "3-201", "c420100_kin_phone": people.phone(5)}
    page = clerk.get(f"/people/{work.public_id}/work/").content.decode()
    assert people.phone(5) not in page
    assert "109****0005" in page
    edit = f"/people/{work.public_id}/edit/"
    assert people.phone(5) not in clerk.get(edit).content.decode()
    vendor = _vendor(county)
    vendor.now = datetime(today.year, today.month, today.day, 4, tzinfo=UTC)
    assert vendor.write("ProjectWorker.Add", vendor.gate.enrolment(list(vendor.gate.people(1))))[0] == 20
    xiantao = standard_of(records.region("429004"), today)
    assert [one.code for one in xiantao.extras("worker")] == ["skill_grade"]


def test_versions_are_public_machine_readable_and_tagged(county: County, days: Any) -> None:
    with transaction.atomic():
        _published(days)
    anybody = Client()
    listed = anybody.get("/api/v1/standards/versions/").json()
    assert [(one["layer"], one["number"]) for one in listed] == [
        ("national", "national-2019"), ("provincial", "hubei-2027"), ("provincial", "hubei-2026"),
    ]  # fmt: skip
    whole = anybody.get(f"/api/v1/standards/versions/{listed[1]['public_id']}/").json()
    assert [one["code"] for one in whole["elements"]] == ["skill_grade", "housing_type"]
    where = {"region": "420106", "on": days["begins"].isoformat()}
    first = anybody.get("/api/v1/standards/effective/", where)
    assert [one["number"] for one in first.json()["versions"]] == ["national-2019", "hubei-2027"]
    again = anybody.get("/api/v1/standards/effective/", where, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert anybody.get("/api/v1/standards/effective/worker/", {"on": "morgen"}).status_code == 400
    assert anybody.get("/api/v1/standards/effective/nothing/").status_code == 404
    unpublished = draft("hubei-2029", today=days["today"])
    assert anybody.get(f"/api/v1/standards/versions/{unpublished.public_id}/").status_code == 404


def _schema(county: County) -> dict[str, Any]:
    answer = Client().get("/api/v1/standards/effective/worker/", {"region": county.region.code})
    assert answer["Content-Type"] == "application/schema+json"
    return answer.json()


def _vendor(county: County) -> Vendor:
    vendor = vendor_of(county.project, datetime.now(UTC))
    team = county.teams["contractor"]
    firm = team.participation.enterprise
    vendor.gate.team = team.number
    vendor.gate.corp = {"corpCode": firm.uscc, "corpName": firm.name}
    return vendor


def _changed(before: dict[str, str]) -> set[str]:
    now = fingerprint()
    return {name for name in now if now[name] != before.get(name)}
