"""A self-test ticks what the vendor's client has shown, says what was wrong, and stays public."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from federation.conformance import NEEDED, STEPS, findings
from federation.models import ConformanceRun, RefusedCall, Sandbox
from federation.services import begin_run, forget_sandboxes, settle_runs
from kernel.errors import DomainError
from tests.federation.test_sandbox import a_morning, opened, workers_of
from tests.support import people
from tests.support.vendor import Vendor

pytestmark = pytest.mark.django_db


@pytest.fixture
def vendor() -> Vendor:
    """A vendor with a sandbox that is open now."""
    return opened(now=timezone.now())


def begun(vendor: Vendor) -> ConformanceRun:
    return begin_run(
        appid=vendor.project.code,
        secret=vendor.credential.key,
        client="江汉闸机网关",
        client_version="3.2",
        now=vendor.now,
    )


def shown(run: ConformanceRun) -> set[str]:
    run.refresh_from_db()
    return {one["key"] for one in run.findings if one["is_shown"]}


def everything(vendor: Vendor) -> None:
    """A client that shows all that is needed."""
    gate, project = vendor.gate, vendor.project.code
    signed = vendor.api.signed("CheckSign.Query", {}, at=vendor.now)
    assert vendor.post(signed)["code"] == 0
    assert vendor.post(signed)["code"] == -1
    assert vendor.post({**signed, "nonce": "other"})["code"] == -2
    vendor.now += timedelta(milliseconds=1)
    assert vendor.send("CheckSign.Query", {}, at=vendor.now - timedelta(days=1))["code"] == -1
    two = a_morning(vendor)
    stranger = workers_of(vendor)[5]
    again = {"projectCode": project, **gate.corp, "teamName": "木工一班"}
    assert vendor.write("Team.Add", again)[0] == 10
    assert vendor.write("ProjectWorker.Add", gate.enrolment(two))[0] == 10
    faulty = gate.enrolment([workers_of(vendor)[4]])
    del faulty["workerList"][0]["headImage"]
    assert vendor.write("ProjectWorker.Add", faulty)[0] == 10
    assert vendor.write("WorkerAttendance.Add", gate.passage([stranger], "01", vendor.now))[0] == 10
    assert len(vendor.rows("ProjectWorker.Query", pageIndex=0, pageSize=50)) == 2
    day = f"{timezone.localdate(vendor.now)}"
    assert vendor.rows("WorkerAttendance.Query", date=day)


def test_a_client_that_shows_every_step_passes_and_its_result_stays_when_the_sandbox_is_gone(vendor):
    run = begun(vendor)
    everything(vendor)
    assert settle_runs(vendor.now) == 1
    run.refresh_from_db()
    missing = [one for one in run.findings if not (one["is_shown"] or one["is_optional"])]
    assert missing == []
    assert (run.shown, run.needed, run.finished_at) == (NEEDED, NEEDED, vendor.now)
    assert settle_runs(vendor.now) == 0
    forget_sandboxes(Sandbox.objects.get().expires_at)
    html = Client().get(f"/open-api/conformance/{run.public_id}/").content.decode()
    assert "江汉闸机网关 3.2" in html
    assert f"{NEEDED} / {NEEDED}" in html
    assert "全部通过" in html
    assert "江汉闸机网关 3.2" in Client().get("/open-api/conformance/").content.decode()
    for one in workers_of(vendor):
        assert one.number not in html


def test_what_went_before_does_not_count(vendor):
    everything(vendor)
    vendor.now += timedelta(seconds=1)
    run = begun(vendor)
    settle_runs(vendor.now)
    assert shown(run) == set()
    assert all(one["said"] == "还没有收到。" for one in run.findings)


def test_a_step_that_is_nearly_right_says_what_was_wrong(vendor):
    run = begun(vendor)
    project = vendor.project.code
    vendor.rows("ProjectWorker.Query", pageIndex=1)
    vendor.write("Team.Add", {"projectCode": project, **vendor.gate.corp, "teamName": "木工一班"})
    settle_runs(vendor.now)
    run.refresh_from_db()
    said = {one["key"]: one["said"] for one in run.findings}
    assert said["page"] == "ProjectWorker.Query 已答复，但pageIndex 为 1，应从 0 开始。"
    assert said["team"].startswith("最近一次 Team.Add 的答复不是这一步要的：[corpCode]值超出范围或无效!")
    assert shown(run) == {"poll"}


def test_each_refusal_is_seen_even_of_one_code_and_method(vendor):
    run = begun(vendor)
    signed = vendor.api.signed("CheckSign.Query", {}, at=vendor.now)
    vendor.post(signed)
    vendor.post(signed)
    vendor.now += timedelta(milliseconds=1)
    vendor.send("CheckSign.Query", {}, at=vendor.now - timedelta(days=1))
    settle_runs(vendor.now)
    assert RefusedCall.all_rows.count() == 2
    assert {"replay", "wrong_time"} <= shown(run)


def test_a_run_ends_when_its_time_is_over(vendor):
    run = begun(vendor)
    settle_runs(run.ends_at - timedelta(seconds=1))
    run.refresh_from_db()
    assert run.finished_at is None
    settle_runs(run.ends_at)
    run.refresh_from_db()
    assert run.finished_at == run.ends_at
    html = Client().get(f"/open-api/conformance/{run.public_id}/").content.decode()
    assert "未全部通过" in html
    assert "没有做" in html


def test_whoever_does_not_hold_the_secret_begins_nothing(vendor, here):
    for appid, secret in (
        (vendor.project.code, "0" * 32),
        ("990000202611999999", vendor.credential.key),
        (here.project.code, here.credential.key),
    ):
        with pytest.raises(DomainError, match="没有这个沙箱，或密钥不对、已到期"):
            begin_run(appid=appid, secret=secret, client="网关", client_version="", now=vendor.now)
    assert not ConformanceRun.objects.exists()


def test_names_that_nobody_should_read_and_an_eleventh_run_are_refused(vendor):
    for client in ("", people.id_number(3), "网" * 81):
        with pytest.raises(DomainError):
            begin_run(
                appid=vendor.project.code,
                secret=vendor.credential.key,
                client=client,
                client_version="",
                now=vendor.now,
            )
    for _ in range(10):
        begun(vendor)
    with pytest.raises(DomainError, match="一天最多开始 10 次自测"):
        begun(vendor)
    assert ConformanceRun.objects.count() == 10


def test_the_pages_begin_a_run_and_refresh_its_steps_alone(vendor):
    client = Client()
    form = {"appid": vendor.project.code, "secret": "wrong", "client": "网关", "client_version": "1"}
    refused = client.post("/open-api/conformance/", form)
    assert refused.status_code == 422
    assert "没有这个沙箱" in refused.content.decode()
    answer = client.post("/open-api/conformance/", {**form, "secret": vendor.credential.key})
    assert answer.status_code == 302
    vendor.now = timezone.now()
    vendor.send("CheckSign.Query", {})
    part = Client().get(answer["Location"], headers={"HX-Request": "true"}).content.decode()
    assert part.lstrip().startswith('<section id="run"')
    assert "CheckSign.Query：已答复" in part
    assert vendor.credential.key not in part


def test_every_step_is_found_by_nothing_but_its_own_calls():
    assert len({step.key for step in STEPS}) == len(STEPS)
    assert [one["is_shown"] for one in findings([])] == [False] * len(STEPS)
