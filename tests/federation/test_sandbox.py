"""A vendor's sandbox: opened without asking anybody, outside every figure, and gone when its time is over."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import Error, connection, transaction
from django.test import Client
from django.utils import timezone

from attendance.batches import microseconds
from attendance.models import ProjectDay, Punch, Subject
from attendance.selectors import dashboard
from attendance.services import recount
from federation.handbook.examples import business_data
from federation.handbook.terms import in_force
from federation.ingest import known, punches
from federation.models import AcceptedRequest, AnsweredQuery, Credential, RefusedCall, Sandbox
from federation.open_api.dispatcher import methods
from federation.sandboxes import kit_of
from federation.services import forget_sandboxes, open_sandbox
from federation.services.sandbox import TooManySandboxes, owned_tables
from federation.simulator.people import Worker
from federation.simulator.wire import OpenApi
from kernel.errors import DomainError
from kernel.scoping import Reach
from projects.models import Enterprise, Project
from regions.models import Region
from regions.selectors import province, regions
from regions.services import sandbox_region
from tests.support import people
from tests.support.actors import Holder
from tests.support.traces import fingerprint
from tests.support.vendor import Vendor
from workers.models import Engagement, EngagementEvent, Person
from workers.services import identity_index

NOW = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
TODAY = NOW.date()
RIGHTS = ("projects.view", "workers.view", "attendance.view", "dashboard.view")
ADDRESS = "203.0.113.9"
pytestmark = pytest.mark.django_db


def opened(now: datetime = NOW, address: str = ADDRESS) -> Vendor:
    """A vendor with a fresh sandbox."""
    sandbox, secret = open_sandbox(vendor="江汉智能门禁", address=address, now=now)
    project = Project.all_rows.select_related("region", "contractor").get(code=sandbox.appid)
    credential = Credential.all_rows.get(appid=sandbox.appid)
    assert credential.key == secret
    vendor = Vendor(project, credential, OpenApi("http://platform.invalid", project.code, secret), now)
    labour = kit_of(sandbox).labour
    vendor.gate.corp = {"corpCode": labour.uscc, "corpName": labour.name}
    return vendor


def workers_of(vendor: Vendor) -> list[Worker]:
    """The invented people of its sandbox."""
    kit = kit_of(Sandbox.objects.get(appid=vendor.project.code))
    return [Worker(one.name, one.id_number, one.phone, one.bank_card) for one in kit.people]


def a_morning(vendor: Vendor) -> list[Worker]:
    """Firm, team, two workers, entry, punches: every kind of row a sandbox can hold."""
    gate, today = vendor.gate, vendor.now.date()
    two = workers_of(vendor)[:2]
    at = {"projectCode": vendor.project.code, **gate.corp}
    assert vendor.write("ProjectSubContractor.Add", {**at, "corpType": "006"})[0] == 20
    status, result = vendor.write("Team.Add", {**at, "teamName": "木工一班"})
    assert status == 20
    gate.team = int(result.partition(":")[2].strip("}"))
    assert vendor.write("ProjectWorker.Add", gate.enrolment(two)) == (20, "{}")
    assert vendor.write("WorkerEntryExit.Add", gate.entry(two, today)) == (20, "{}")
    assert vendor.write("WorkerAttendance.Add", gate.passage(two, "01", vendor.now)) == (20, "{}")
    return two


def _papers(vendor: Vendor, one: Worker) -> None:
    """A contract, a training and a month's wages, as the document's own examples say them."""
    own = {
        "projectCode": vendor.project.code,
        **vendor.gate.corp,
        "teamSysNo": vendor.gate.team,
        "idCardNumber": vendor.api.encrypted(one.number),
    }

    def said(value: Any, name: str = "") -> Any:
        if isinstance(value, dict):
            return {key: said(inner, key) for key, inner in value.items()}
        if isinstance(value, list):
            return [said(inner) for inner in value]
        if name in ("payRollBankCardNumber", "payBankCardNumber"):
            return vendor.api.encrypted(one.card)
        return own.get(name, value)

    for name in ("WorkerContract.Add", "ProjectTraining.Add", "Payroll.Add"):
        status, result = vendor.write(name, said(business_data(methods()[name.lower()], in_force())))
        assert status == 20, (name, result)


def _indexes(vendor: Vendor) -> list[bytes]:
    return [identity_index("01", one.number) for one in workers_of(vendor)]


def test_whoever_asks_gets_a_project_with_its_contractor_and_a_secret_that_ends():
    vendor = opened()
    sandbox = Sandbox.objects.get()
    assert sandbox.expires_at == NOW + timedelta(days=30)
    assert vendor.credential.valid_until == sandbox.expires_at
    assert vendor.project.region.path == "990000/"
    assert vendor.project.contractor.name == kit_of(sandbox).contractor.name
    assert vendor.send("CheckSign.Query", {})["code"] == 0
    vendor.now = sandbox.expires_at
    assert vendor.send("CheckSign.Query", {})["code"] == -1


def test_the_whole_morning_of_a_gate_works_in_it_even_where_people_are_real(settings):
    settings.SYNTHETIC_PEOPLE = False
    vendor = opened()
    a_morning(vendor)
    assert Engagement.all_rows.filter(project=vendor.project).count() == 2
    assert Punch.all_rows.filter(project=vendor.project).count() == 2


@pytest.mark.parametrize("is_demo", [True, False])
def test_a_real_number_and_a_real_firm_are_refused_and_leave_no_trace(settings, is_demo):
    settings.SYNTHETIC_PEOPLE = is_demo
    vendor = opened()
    two = a_morning(vendor)
    real = Worker("王五", "11010119900101" + "0015", two[0].phone, two[0].card)  # of a division that exists
    before = (Person.all_rows.count(), Enterprise.all_rows.count())
    status, result = vendor.write("ProjectWorker.Add", vendor.gate.enrolment([real]))
    assert status == 10
    assert result.startswith("[workerList][0][idCardNumber]")
    status, result = vendor.write("WorkerAttendance.Add", vendor.gate.passage([real], "01", NOW))
    assert status == 10
    assert "[dataList][0][idCardNumber]" in result
    firm = {"corpCode": "91420100MA4K0AAA00", "corpName": "某某公司"}
    data = {"projectCode": vendor.project.code, **firm, "corpType": "006"}
    status, result = vendor.write("ProjectSubContractor.Add", data)
    assert (status, result) == (
        10,
        "[corpCode]在联调沙箱里只能使用虚构单位,请使用沙箱页面列出的统一社会信用代码!",
    )
    assert (Person.all_rows.count(), Enterprise.all_rows.count()) == before


def test_no_regulator_sees_it_and_no_figure_counts_it(here):
    everywhere = Holder(Reach(region_paths=frozenset({"420000/"})), *RIGHTS)
    two = list(here.gate.people(2))
    assert here.write("ProjectWorker.Add", here.gate.enrolment(two))[0] == 20
    assert here.write("WorkerEntryExit.Add", here.gate.entry(two, TODAY))[0] == 20
    recount(NOW)
    before = dashboard.dashboard(everywhere, province(), TODAY, NOW)
    vendor = opened()
    a_morning(vendor)
    recount(NOW)
    assert ProjectDay.all_rows.filter(project=vendor.project).exists()
    assert not Project.objects.visible_to(everywhere).filter(pk=vendor.project.pk).exists()
    assert not ProjectDay.objects.visible_to(everywhere).filter(project=vendor.project).exists()
    assert not Punch.objects.visible_to(everywhere).filter(project=vendor.project).exists()
    assert Person.objects.visible_to(everywhere).count() == 2
    assert dashboard.dashboard(everywhere, province(), TODAY, NOW) == before


def test_where_vendors_practise_is_on_no_map():
    opened()
    assert Region.objects.get(code="990000").is_sandbox
    assert province().code == "420000"
    assert not regions().filter(code="990000").exists()


def test_a_sandbox_whose_time_is_over_leaves_nothing_and_takes_nothing_else_along(here):
    kept = opened(now=NOW + timedelta(days=2), address="203.0.113.10")
    a_morning(kept)
    recount(NOW)
    before = fingerprint()
    vendor = opened()
    _papers(vendor, a_morning(vendor)[0])
    vendor.post({**vendor.api.signed("CheckSign.Query", {}), "sign": "0"})
    recount(NOW)
    assert RefusedCall.all_rows.filter(project=vendor.project).exists()
    assert EngagementEvent.all_rows.filter(engagement__project=vendor.project).exists()
    assert forget_sandboxes(NOW + timedelta(days=30)) == 1
    assert forget_sandboxes(NOW + timedelta(days=30)) == 0
    after = fingerprint()
    # What stays: that there was a sandbox, what the outbox told, numbers at a gate that nobody holds, and the
    # days whose digests are to be made anew.
    changed = {table for table in before if before[table] != after[table]}
    changed -= {table for table in changed if table.startswith("settling_")}  # of the settler's own session
    assert changed <= {
        "federation_sandbox",
        "outbox_outboxevent",
        "attendance_subject",
        "federation_staleday",
    }
    assert not Subject.objects.filter(person=None).exclude(id_index__in=_indexes(vendor)).exists()
    assert Sandbox.objects.get(appid=vendor.project.code).forgotten_at == NOW + timedelta(days=30)
    assert not AcceptedRequest.all_rows.filter(appid=vendor.project.code).exists()
    assert not AnsweredQuery.objects.filter(appid=vendor.project.code).exists()


def test_only_a_practice_project_can_be_forgotten_and_none_becomes_one(here):
    for statement, values in (
        ("SELECT federation_forget_practice(%s)", [here.project.pk]),
        (
            "UPDATE projects_project SET region_id = %s WHERE id = %s",
            [opened().project.region_id, here.project.pk],
        ),
        ("UPDATE regions_region SET kind = 'sandbox' WHERE code = %s", ["420106"]),
    ):
        with pytest.raises(Error, match=r"practice project|sandbox"), transaction.atomic():
            connection.cursor().execute(statement, values)


def test_every_table_of_a_project_is_reached():
    names = {model._meta.label for model, _way in owned_tables()}
    assert {
        "workers.Presence",
        "workers.Engagement",
        "attendance.AttendanceDay",
        "federation.Credential",
    } <= (names)
    order = [model._meta.label for model, _way in owned_tables()]
    assert order.index("workers.Presence") < order.index("workers.Engagement") < order.index("projects.Team")


def test_one_address_opens_five_a_day_and_is_told_why_not_more():
    for _ in range(5):
        open_sandbox(vendor="江汉智能门禁", address=ADDRESS, now=NOW)
    before = fingerprint()
    with pytest.raises(TooManySandboxes, match="同一地址一天最多申请 5 个沙箱"):
        open_sandbox(vendor="江汉智能门禁", address=ADDRESS, now=NOW)
    assert fingerprint() == before
    open_sandbox(vendor="江汉智能门禁", address="203.0.113.77", now=NOW)
    open_sandbox(vendor="江汉智能门禁", address=ADDRESS, now=NOW + timedelta(days=1, seconds=1))


@pytest.mark.parametrize("name", ["", "  ", "厂" * 81, f"找{people.id_number(1)}", "电话 13800000000"])
def test_a_name_that_nobody_should_read_is_refused(name):
    with pytest.raises(DomainError):
        open_sandbox(vendor=name, address=ADDRESS, now=NOW)
    assert not Sandbox.objects.exists()


def test_the_page_shows_the_secret_to_its_opener_and_the_invented_people_while_it_lives():
    client = Client()
    assert client.post("/open-api/sandbox/", {"vendor": ""}).status_code == 422
    answer = client.post("/open-api/sandbox/", {"vendor": "江汉智能门禁"})
    assert answer.status_code == 302
    shown = client.get(answer["Location"])
    secret, sandbox = Credential.all_rows.get().key, Sandbox.objects.get()
    assert secret in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]
    number = kit_of(sandbox).people[0].id_number
    assert number in shown.content.decode()
    later = Client().get(answer["Location"])
    assert number in later.content.decode()
    assert "密钥不再显示" in later.content.decode() and secret not in later.content.decode()
    Sandbox.objects.update(expires_at=timezone.now())
    assert client.get(answer["Location"])["Location"] == "/open-api/sandbox/"


def test_the_json_door_takes_invented_people_alone_in_a_sandbox():
    real, invented = "110101" + "199001010015", workers_of(opened())[0].number
    body = [
        {"at": "2026-11-22T08:00:00+08:00", "seq": seq, "id_number": number}
        for seq, number in enumerate((real, invented))
    ]
    _device, rows = punches.read(json.dumps({"device": "1号门", "punches": body}).encode())
    bounds = known.rules(sandbox_region()).bounds(microseconds(NOW))
    kept, rejected = punches.only_invented(*punches.rows_of(rows, "1号门", bounds))
    assert [row.number for row in kept] == [invented]
    assert [(one.index, one.sentence) for one in rejected] == [
        (0, "联调沙箱只收虚构人员的打卡，未收下。请使用沙箱页面列出的证件号码。")
    ]
