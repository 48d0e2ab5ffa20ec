"""`GET /api/v1/gates/allow-list/`: signed pulls, deltas without gaps, and the document's own example."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from attendance.models import Device, GatePass
from audit.models import AuditEvent
from federation.ingest.signing import sign
from federation.services import issue_enterprise_credential
from federation.simulator.allow_list import PATH, AllowList, PullError, signed
from kernel.store import keep
from outbox.services import deliver_all
from projects.models import Project
from standards.models import RuleParameter
from standards.selectors import forget
from tests.support.actors import EVERYONE
from tests.support.counties import County, two_counties
from tests.support.world import TwoCounties
from workers.models import Contract
from workers.services import end_contract

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> TwoCounties:
    return two_counties()


@pytest.fixture
def county(world: TwoCounties) -> County:
    return world.wuchang


def fetch(path: str, headers: dict[str, str]) -> tuple[int, dict[str, Any]]:
    answer = Client().get(path, headers=headers)
    return answer.status_code, answer.json()


def gate_of(county: County, **more: Any) -> AllowList:
    return AllowList(fetch, county.credential.appid, county.credential.key, **more)


def who(county: County, *titles: str) -> set[str]:
    return {str(county.workers[title].engagement.public_id) for title in titles}


def test_a_gate_pulls_everybody_who_was_approved_and_nobody_else(world: TwoCounties, county: County) -> None:
    gate = gate_of(county)
    assert gate.pull() == 2
    assert set(gate.people) == who(county, "contractor", "subcontractor")
    assert {one.name for one in gate.people.values()} == {
        county.workers[title].person.name for title in ("contractor", "subcontractor")
    }
    assert gate.pull() == 0
    assert not any(gate.admits(one, timezone.now()) for one in who(county, "gap"))
    elsewhere = gate_of(world.xiantao)
    elsewhere.pull()
    assert not set(elsewhere.people) & set(gate.people)


def test_whose_contract_ends_is_taken_off_with_the_cause_and_no_other_is_told_of(county: County) -> None:
    gate = gate_of(county)
    gate.pull()
    held = Contract.all_rows.get(engagement=county.workers["contractor"].engagement)
    end_contract(actor=EVERYONE, contract=held, on=county.today, reason="协商解除", today=county.today)
    deliver_all()
    assert gate.pull() == 1
    assert set(gate.people) == who(county, "subcontractor")
    assert gate.removed == {key: ["有效的劳动合同或用工协议"] for key in who(county, "contractor")}


def test_a_gate_without_a_line_stops_by_itself_when_the_time_is_over(county: County) -> None:
    gate = gate_of(county)
    gate.pull()
    (one,) = who(county, "contractor")
    until = gate.people[one].valid_until
    assert until is not None
    assert gate.admits(one, until - timedelta(seconds=1))
    assert not gate.admits(one, until)


def test_a_long_list_comes_in_pages_and_ends_at_the_same_place(county: County) -> None:
    RuleParameter.objects.filter(key="gates.list_rows").update(value=1)
    forget()
    gate = gate_of(county)
    assert gate.pull() == 2
    assert set(gate.people) == who(county, "contractor", "subcontractor")
    assert gate.pull() == 0


def test_each_number_of_a_cursor_is_this_projects_own(world: TwoCounties, county: County) -> None:
    theirs = gate_of(world.xiantao)
    theirs.pull()
    for cursor in (theirs.cursor, "made-up", "WyJ4IiwxXQ"):
        with pytest.raises(PullError, match="422 since 不是平台给出的游标"):
            gate_of(county, cursor=cursor).pull()


def test_a_signature_covers_the_query_and_reads_once(county: County) -> None:
    key, secret = county.credential.appid, county.credential.key
    path = f"{PATH}?device=x"
    headers = signed(key, secret, path)
    assert fetch(f"{PATH}?device=y", headers)[0] == 401
    assert fetch(path, headers)[0] == 200
    status, said = fetch(path, headers)
    assert (status, said["code"]) == (409, "nonce_used")
    status, said = fetch(PATH, {})
    assert status == 401
    assert "X-Signature" in said["detail"]


def test_signed_in_people_do_not_pull_lists(county: County) -> None:
    client = Client()
    client.force_login(county.users["contractor_manager"])
    assert client.get(PATH).status_code == 401


def test_the_documents_own_example_signs_as_the_platform_does(county: County) -> None:
    text = (Path(settings.BASE_DIR) / "docs" / "gate-interface.md").read_text(encoding="utf-8")
    example = re.search(r"```python\n(.*?)```", text, re.DOTALL)
    assert example is not None
    names: dict[str, Any] = {}
    exec(example.group(1), names)
    path = f"{PATH}?device=%E5%8D%97%E9%97%A8"
    headers = names["signed"](county.credential.appid, county.credential.key, path)
    assert headers["X-Signature"] == sign(
        county.credential.key, "GET", path, int(headers["X-Timestamp"]), headers["X-Nonce"], b""
    )
    assert fetch(path, headers)[0] == 200


def test_a_gate_that_asks_is_alive(county: County) -> None:
    device = county.devices[1]
    before = device.last_contact_at
    gate_of(county, device=device.channel).pull()
    after = Device.all_rows.get(pk=device.pk).last_contact_at
    assert before is not None
    assert after is not None
    assert after > before
    gate_of(county, device="没有这台").pull()


def test_an_enterprises_key_names_the_project(county: County) -> None:
    firm = county.firms["contractor"]
    key = issue_enterprise_credential(actor=EVERYONE, uscc=firm.uscc, name=firm.name)
    gate = AllowList(fetch, key.appid, key.key)
    gate.pull()  # its only project
    Project.objects.create(
        code="420106202601019999", region=county.region, contractor=firm, name="另一个项目"
    )
    with pytest.raises(PullError, match="请用 project 参数"):
        AllowList(fetch, key.appid, key.key).pull()
    named = AllowList(fetch, key.appid, key.key, county.project.code)
    named.pull()
    assert set(named.people) == who(county, "contractor", "subcontractor")
    with pytest.raises(PullError, match="没有编码为"):
        AllowList(fetch, key.appid, key.key, "429004202601010200").pull()


def test_the_photograph_is_given_of_those_on_the_list_and_each_reading_is_on_record(
    world: TwoCounties, county: County
) -> None:
    def photo(of: County, title: str) -> Any:
        path = f"/api/v1/gates/photos/{of.workers[title].engagement.public_id}/"
        return Client().get(path, headers=signed(county.credential.appid, county.credential.key, path))

    work = county.workers["contractor"].engagement
    answer = photo(county, "contractor")
    assert (answer.status_code, answer.content) == (200, b"photograph of " + county.word.encode())
    reads = AuditEvent.objects.filter(action="workers.photo_read", object_key=str(work.public_id))
    assert [event.actor_kind for event in reads] == ["credential"]
    assert photo(county, "gap").status_code == 404
    assert photo(world.xiantao, "contractor").status_code == 404
    gate = gate_of(county)
    gate.pull()
    told = gate.people[str(work.public_id)].photo
    assert told is not None
    work.photo = keep(b"another photograph")
    work.save()
    assert told["hash"] != work.photo


def test_no_list_holds_a_number(county: County) -> None:
    path = PATH
    key, secret = county.credential.appid, county.credential.key
    body = Client().get(path, headers=signed(key, secret, path)).content.decode()
    for worker in county.workers.values():
        assert worker.person.id_number not in body
        assert (worker.engagement.phone or "-") not in body
    assert GatePass.all_rows.filter(project=county.project).count() == 2
