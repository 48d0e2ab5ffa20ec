"""The clerk's acts over the REST API: the same rules as on the pages, in the names of the bodies."""

import base64
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from PIL import Image

from audit.models import AuditEvent
from tests.scope.opening import signed_in
from tests.support import people
from tests.support.traces import fingerprint, traces_in
from tests.support.world import County, TwoCounties, two_counties
from workers.models import Contract, Engagement, IdentityCorrection, Training

# What an enrolment leaves behind even when it is refused: the counted question, and that it was asked.
_COUNTED = dict.fromkeys(("workers_lookup", "audit_auditevent"), "")

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> TwoCounties:
    return two_counties()


def post(client: Client, path: str, body: dict[str, Any] | list[Any], **headers: str) -> Any:
    return client.post(f"/api/v1/{path}", body, content_type="application/json", headers=headers)


def picture() -> dict[str, str]:
    content = BytesIO()
    Image.new("RGB", (20, 20), "white").save(content, "PNG")
    return {"name": "合同.png", "content": base64.b64encode(content.getvalue()).decode()}


def enrolment(county: County, **more: Any) -> dict[str, Any]:
    return {
        "name": "钱七",
        "id_number": people.id_number(911),
        "phone": people.phone(911),
        "team": str(county.teams["contractor"].public_id),
        "trade": "010",
        **more,
    }


def contract(county: County, **more: Any) -> dict[str, Any]:
    given = {"kind": "labour", "starts_on": str(county.today), "wage_form": "day", "unit_price": "280.00"}
    return {**given, **more}


def training(county: County, **more: Any) -> dict[str, Any]:
    return {"kind": "003001", "held_on": str(county.today), "hours": "8.0", **more}


def test_one_call_enrols_with_contract_and_training(county: County, clerk: Client) -> None:
    body = enrolment(county, contract=contract(county, scan=picture()), training=training(county))
    answer = post(clerk, f"projects/{county.project.public_id}/enrol/", body)
    assert answer.status_code == 201
    shown = answer.json()
    assert (shown["name"], shown["phone"], shown["version"]) == ("钱七", "109****0911", 1)
    assert people.id_number(911) not in answer.content.decode()
    work = Engagement.all_rows.get(public_id=shown["public_id"])
    assert Contract.all_rows.get(engagement=work).scan != ""
    assert Training.all_rows.get(engagement=work).is_passed is True


def test_the_same_key_enrols_once(county: County, clerk: Client) -> None:
    path = f"projects/{county.project.public_id}/enrol/"
    sent = {"Idempotency-Key": "order-911"}
    first, again = (post(clerk, path, enrolment(county), **sent) for _time in range(2))
    assert (first.status_code, again.status_code, first.json()) == (201, 201, again.json())
    assert Engagement.all_rows.filter(person__name="钱七").count() == 1


@pytest.mark.parametrize(
    ("part", "wrong", "field"),
    [
        ("contract", {"ends_on": "2020-01-01"}, "contract.ends_on"),
        ("contract", {"unit_price": "1000000.01"}, "contract.unit_price"),
        ("training", {"kind": "000"}, "training.kind"),
        ("training", {"hours": "0.0"}, "training.hours"),
    ],
)
def test_a_refused_part_is_named_and_nothing_is_written(county, clerk, part, wrong, field) -> None:
    made = {"contract": contract, "training": training}[part](county, **wrong)
    path = f"projects/{county.project.public_id}/enrol/"
    before = Engagement.all_rows.count()
    answer = post(clerk, path, enrolment(county, **{part: made}))
    assert (answer.status_code, list(answer.json()["errors"])) == (422, [field])
    assert Engagement.all_rows.count() == before


def test_a_name_with_figures_is_refused_by_its_field(county: County, clerk: Client) -> None:
    before = fingerprint()
    answer = post(
        clerk, f"projects/{county.project.public_id}/enrol/", enrolment(county, name="=cmd|' /C calc'!A0")
    )
    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["name"])
    assert fingerprint() == before


@pytest.mark.parametrize("name", ["name", "id_number", "phone", "team", "trade"])
def test_what_must_be_told_is_asked_for_by_name(county, clerk, name) -> None:
    body = enrolment(county)
    del body[name]
    answer = post(clerk, f"projects/{county.project.public_id}/enrol/", body)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [name])


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ({"name": ""}, "name：不能为空字符串，请填写内容。"),
        ({"name": None}, "name：不能为 null，请填写内容；可不填的，不带这个字段。"),
        ({"entered_on": "昨天"}, "entered_on：请填日期，写作 2026-01-31，并确有这一天。"),
        ({"contract": []}, "contract：应为一个 JSON 对象，请写成 {…}。"),
        ({"contract": {"kind": "labour"}}, "contract.starts_on：请填写此项。"),
    ],
)
def test_a_fault_of_the_body_is_told_with_its_field_and_the_remedy(county, clerk, body, detail) -> None:
    path = f"projects/{county.project.public_id}/enrol/"
    answer = post(clerk, path, {**enrolment(county), **body})
    assert (answer.status_code, answer.json()["detail"]) == (400, detail)


def test_a_body_that_is_no_object_and_a_method_that_is_not_there_are_said_in_words(county, clerk) -> None:
    path = f"projects/{county.project.public_id}/enrol/"
    assert post(clerk, path, []).json()["detail"] == "应为一个 JSON 对象，请写成 {…}。"
    answer = clerk.get(f"/api/v1/{path}")
    assert (answer.status_code, answer.json()["detail"]) == (405, "这个地址不支持 GET，可用：POST、OPTIONS。")


def test_another_countys_team_is_nobodys(world: TwoCounties, county: County, clerk: Client) -> None:
    theirs = str(world.xiantao.teams["contractor"].public_id)
    before = fingerprint()
    answer = post(clerk, f"projects/{county.project.public_id}/enrol/", enrolment(county, team=theirs))
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["team"])
    assert traces_in(answer.content, world.xiantao) == []
    assert fingerprint() == before


def test_a_refused_name_stays_on_record(county: County, clerk: Client) -> None:
    known = county.workers["gap"].person
    body = enrolment(county, name="别的姓名", id_number=known.id_number)
    answer = post(clerk, f"projects/{county.project.public_id}/enrol/", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "identity_name_differs")
    assert AuditEvent.objects.get(action="workers.looked_up").facts == {"found": "other_name"}


def test_a_look_up_tells_own_work_and_nothing_of_elsewhere(world: TwoCounties, county: County, clerk) -> None:
    path = f"projects/{county.project.public_id}/look-up/"
    shared = county.workers["shared"].person
    answer = post(clerk, path, {"name": shared.name, "id_number": shared.id_number})
    assert answer.status_code == 200
    assert [row["public_id"] for row in answer.json()["engagements"]] == [
        str(county.workers["shared"].engagement.public_id)
    ]
    assert traces_in(answer.content, world.xiantao) == []
    theirs = world.xiantao.worker.person
    answer = post(clerk, path, {"name": theirs.name, "id_number": theirs.id_number})
    assert answer.json() == {"state": "known", "engagements": []}


def test_nobody_is_enrolled_into_a_team_that_has_left(county: County, clerk: Client) -> None:
    team = county.teams["contractor"]
    type(team).all_rows.filter(pk=team.pk).update(exited_on=county.today)
    before = fingerprint()
    answer = post(clerk, f"projects/{county.project.public_id}/enrol/", enrolment(county))
    assert (answer.status_code, answer.json()["code"]) == (422, "team_ended")
    assert answer.json()["errors"]["team"][0].startswith(f"该班组已于 {county.today} 退场")
    assert {**fingerprint(), **_COUNTED} == {**before, **_COUNTED}


def test_a_second_contract_is_kept_and_the_answer_names_the_first(county: County, clerk: Client) -> None:
    path = f"engagements/{county.workers['gap'].engagement.public_id}/contracts/"
    first = post(clerk, path, contract(county)).json()
    second = post(clerk, path, contract(county, unit_price="300.00")).json()
    assert first["warnings"] == []
    assert second["warnings"] == [
        f"有一段日期重复：已有 {county.today} 起 的合同仍有效。如是录入有误，请更正或解除其中一份。"
    ]
    mended = contract(county, reason="两份都是同一张")
    assert len(post(clerk, f"contracts/{second['public_id']}/replace/", mended).json()["warnings"]) == 1


def test_an_edit_with_an_old_version_is_refused(county: County, clerk: Client) -> None:
    path = f"engagements/{county.worker.engagement.public_id}/edit/"
    assert post(clerk, path, {"version": 1, "trade": "020"}).json()["version"] == 2
    before = fingerprint()
    answer = post(clerk, path, {"version": 1, "trade": "030"})
    assert (answer.status_code, answer.json()["code"], fingerprint()) == (409, "stale", before)


def test_a_correction_answers_the_corrected_person(county: County, clerk: Client) -> None:
    path = f"engagements/{county.worker.engagement.public_id}/correct/"
    body = {"name": "张散", "id_number": people.id_number(913), "reason": "登记时看错一位"}
    answer = post(clerk, path, body)
    assert (answer.status_code, answer.json()["name"]) == (200, "张散")
    kept = IdentityCorrection.all_rows.filter(engagement=county.worker.engagement)
    assert kept.filter(corrected_by__contains="劳资专管员").count() == 1


def test_papers_are_added_put_right_ended_withdrawn_and_listed(county: County, clerk: Client) -> None:
    work = county.workers["gap"].engagement.public_id
    made = post(clerk, f"engagements/{work}/contracts/", contract(county)).json()
    again = contract(county, unit_price="300.00", reason="单价录错")
    new = post(clerk, f"contracts/{made['public_id']}/replace/", again).json()
    ended = post(
        clerk, f"contracts/{new['public_id']}/end/", {"date": str(county.today), "reason": "协商解除"}
    )
    assert (ended.status_code, ended.json()["ended_on"]) == (200, str(county.today))
    taught = post(clerk, f"engagements/{work}/trainings/", training(county)).json()
    right = post(
        clerk, f"trainings/{taught['public_id']}/replace/", training(county, hours="32.0", reason="学时录错")
    )
    path = f"trainings/{right.json()['public_id']}/withdraw/"
    assert post(clerk, path, {"reason": "不是本人参加"}).json()["withdrawal_reason"] == "不是本人参加"
    listed = clerk.get(f"/api/v1/contracts/?engagement={work}").json()["results"]
    assert [row["end_reason"] for row in listed] == ["协商解除", "单价录错"]
    listed = clerk.get(f"/api/v1/trainings/?engagement={work}&withdrawn=true").json()["results"]
    assert [row["hours"] for row in listed] == ["32.0", "8.0"]


def test_one_training_for_many_is_kept_for_all_or_none(world: TwoCounties, county: County, clerk) -> None:
    path = f"projects/{county.project.public_id}/trainings/"
    crew = [str(county.workers[title].engagement.public_id) for title in ("gap", "contractor")]
    answer = post(clerk, path, training(county, engagements=crew))
    assert (answer.status_code, len(answer.json()["trainings"])) == (201, 2)
    stranger = str(world.xiantao.worker.engagement.public_id)
    before = fingerprint()
    answer = post(clerk, path, training(county, engagements=[*crew, stranger]))
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["engagements"])
    tomorrow = str(county.today + timedelta(days=3))
    answer = post(clerk, path, training(county, engagements=crew, held_on=tomorrow))
    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["held_on"])
    assert fingerprint() == before


def test_a_file_that_is_not_what_it_says_is_refused(county: County, clerk: Client) -> None:
    wrong = {"name": "合同.pdf", "content": base64.b64encode(b"MZ\x90 not a scan").decode()}
    before = fingerprint()
    work = county.worker.engagement.public_id
    answer = post(clerk, f"engagements/{work}/contracts/", contract(county, scan=wrong))
    assert (answer.status_code, "不是能打开的" in answer.json()["detail"]) == (400, True)
    assert fingerprint() == before


def test_another_firms_people_are_not_found(county: County) -> None:
    sub = signed_in(county, "subcontractor_clerk")
    work = county.worker.engagement.public_id
    before = fingerprint()
    for path, body in (
        (f"engagements/{work}/edit/", {"trade": "020"}),
        (f"engagements/{work}/contracts/", contract(county)),
        (f"engagements/{work}/trainings/", training(county)),
        (f"contracts/{county.contract_of().public_id}/end/", {"date": "2026-01-01", "reason": "协商解除"}),
    ):
        assert post(sub, path, body).status_code == 404, path
    assert post(sub, f"engagements/{work}/correct/", {}).status_code == 403
    assert fingerprint() == before
