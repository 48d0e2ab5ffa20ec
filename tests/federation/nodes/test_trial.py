"""Trials of other makers' platforms: ours passes both, and what another does wrong is said in its step."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from django.conf import settings as project
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from attendance.services import settle_step
from federation.models import Line, NodeKey, RecordResult
from federation.services import (
    invite_node,
    join_parent,
    requeue_record,
    rotate_node_key,
    start_reconciliation,
)
from federation.services.applying import apply_all
from federation.services.carrying_files import carry
from federation.services.dispatching import fetch
from federation.services.handshake import say_hello
from federation.services.outcomes import ask_results
from federation.services.reconciling import carry_on
from federation.services.sealing import line_out
from federation.services.sending import push
from federation.travel import beginning
from federation.trial.of_child import ChildTrial
from federation.trial.of_parent import ParentTrial
from federation.trial.report import Report
from federation.trial.speaker import Speaker
from projects.models import Enterprise
from tests.support.actors import EVERYONE
from tests.support.neighbour import Neighbour, Parent, message
from tests.support.people import credit_code

URL = "https://p.example"
CITY = {"code": "whs", "kind": "city", "region": "420100", "enterprise": ""}


def _states(report: Report) -> dict[str, str]:
    return {one["key"]: one["state"] for one in report.as_data()["steps"]}


def _wrong(report: Report) -> list[str]:
    return [line for line in report.lines() if "未通过" in line]


# A parent is tried.


def _our_doors() -> httpx.Client:
    """This node over its own views; its workers have done their work before each call is answered."""
    desk = Client()

    def answered(request: httpx.Request) -> httpx.Response:
        now = timezone.now()
        while apply_all(now):
            pass
        while settle_step(now):
            pass
        got = desk.post(
            request.url.path,
            data=request.content,
            content_type="application/octet-stream",
            headers={name: value for name, value in request.headers.items() if name.startswith("x-node")},
        )
        return httpx.Response(got.status_code, content=got.content, headers=dict(got.headers))

    return httpx.Client(transport=httpx.MockTransport(answered))


def test_our_own_province_passes_the_trial_of_a_parent(invitation: str) -> None:
    me = Speaker("whs", "试验", "city", "420100")
    report = ParentTrial(_our_doors(), URL, invitation, me, patience=20).run()
    assert _wrong(report) == []
    assert report.is_passed and set(_states(report).values()) == {"shown"}


@pytest.fixture
def firm(db: None) -> Speaker:
    """The platform of an enterprise, invited."""
    return Speaker("firm-1", "试验", "enterprise", "", credit_code(871))


@pytest.mark.parametrize("is_known", [False, True])
def test_our_own_province_passes_the_trial_of_an_enterprises_parent(firm: Speaker, is_known: bool) -> None:
    if is_known:
        Enterprise.objects.create(uscc=firm.enterprise, name="楚天测试建设有限公司")
    invitation = invite_node(
        actor=EVERYONE, code="firm-1", name="某企业", kind="enterprise", enterprise_uscc=firm.enterprise
    )[1]
    trial = ParentTrial(
        _our_doors(), URL, invitation, firm, patience=20, region="420106", firm="楚天测试建设有限公司"
    )
    report = trial.run()
    assert _wrong(report) == []
    assert report.is_passed and set(_states(report).values()) == {"shown"}


@pytest.mark.parametrize(
    ("act", "spoiled", "step"),
    [
        ("results", {"lines": {"records-0": {"applied_seq": None}}}, "applied"),
        ("results", {"lines": ["x"]}, "applied"),
        ("results", {"lines": {"records-0": {"applied_seq": 99, "results": ["x"]}}}, "applied"),
        ("envelopes", {"receipt": [1]}, "receipt"),
        ("hello", {"card": 7}, "hello"),
    ],
)
def test_a_step_that_falls_over_an_odd_answer_is_failed_with_a_sentence(
    db: None, act: str, spoiled: dict[str, Any], step: str
) -> None:
    above = Parent()
    above.answers[act] = lambda _body: (200, json.dumps(spoiled).encode())
    me = Speaker("whs", "试验", "city", "420100")
    report = ParentTrial(_over_a_web_server(above), URL, above.invitation, me, patience=0.1, pause=0.01).run()
    assert _states(report)[step] == "failed"
    assert json.loads(json.dumps(report.as_data()))["passed"] is False


def test_the_command_asks_an_enterprise_who_it_is_and_where_its_project_lies() -> None:
    code = f"hb.{'ab' * 20}.{'cd' * 16}"
    with pytest.raises(CommandError, match="--enterprise"):
        call_command("node_conformance", "parent", "--url", URL, "--code", code, "--kind", "enterprise")


def test_a_parent_of_another_maker_hears_which_steps_it_fails(db: None) -> None:
    above = Parent()
    me = Speaker("whs", "试验", "city", "420100")
    report = ParentTrial(_over_a_web_server(above), URL, above.invitation, me, patience=0.1, pause=0.01).run()
    states = _states(report)
    assert (states["join"], states["hello"]) == ("shown", "shown")
    # It asks nobody who they are, applies nothing and compares nothing.
    assert {key for key, state in states.items() if state == "failed"} >= {
        "old_protocol", "unknown_key", "tampered", "clock", "replay", "applied", "waits", "files", "compare",
    }  # fmt: skip
    assert any("应为 426 old_protocol" in line for line in report.lines())
    assert not report.is_passed


def test_a_parent_that_does_not_hold_the_key_of_its_invitation_is_tried_no_further(db: None) -> None:
    above = Parent()
    code, secret, _fingerprint = above.invitation.split(".")
    me = Speaker("whs", "试验", "city", "420100")
    report = ParentTrial(above.http(), URL, f"{code}.{secret}.{'ab' * 16}", me).run()
    assert _states(report)["join"] == "failed" and set(above.calls) == {"join"}
    assert "邀请码第三段" in _wrong(report)[0]


def _over_a_web_server(above: Parent) -> httpx.Client:
    """What it falls over becomes a page of its web server, signed by nobody."""

    def answered(request: httpx.Request) -> httpx.Response:
        try:
            return above.http().send(
                httpx.Request("POST", request.url, headers=request.headers, content=request.content)
            )
        except (OSError, KeyError, TypeError, ValueError):
            return httpx.Response(500, content=b"<html>Internal Server Error</html>")

    return httpx.Client(transport=httpx.MockTransport(answered))


# A child is tried.


def _to(trial: ChildTrial) -> httpx.Client:
    def answered(request: httpx.Request) -> httpx.Response:
        said = trial.answer(request.url.path.rsplit("/", 1)[1], request.headers, request.content)
        if said.is_cut:
            raise httpx.ReadTimeout("cut", request=request)
        return httpx.Response(said.status, content=said.content, headers=dict(said.headers))

    return httpx.Client(transport=httpx.MockTransport(answered))


@pytest.fixture
def trial() -> ChildTrial:
    return ChildTrial(Speaker("hb0", "试验省平台", "province", "420000"), CITY)


def test_our_own_city_passes_the_trial_of_a_child(place, trial: ChildTrial) -> None:
    http, now = _to(trial), timezone.now()
    node = join_parent(actor=EVERYONE, url=URL, invitation=trial.invitation, http=http)

    def rounds(number: int) -> None:
        for _round in range(number):
            # Nobody waits for the next attempt here.
            Line.objects.update(next_at=None)
            node.refresh_from_db()
            push(node, http=http)
            fetch(node, http=http)
            while apply_all(now):
                pass
            ask_results(node, http=http)

    assert say_hello(http, node, timezone.now()) and say_hello(http, node, timezone.now())
    # One of everything that a city may report goes up.
    beginning.lay_down(up=True, origins=["whs"], now=now)
    rounds(8)
    assert _wrong(trial.report) == []
    held = RecordResult.objects.get(line__direction="out", resolved_at=None)
    requeue_record(actor=EVERYONE, result=held)
    rounds(3)
    team = next(iter(place.teams.values()))
    team.name = "木工二班"
    team.save()
    rounds(3)
    carry(node, line_out(node, "files"), http=http)
    run = start_reconciliation(actor=EVERYONE, node=node)
    for turn in range(20):
        carry_on(run, http=http, now=now + timedelta(seconds=15 * turn))
        run.refresh_from_db()
    rotate_node_key(actor=EVERYONE)
    assert say_hello(http, node, timezone.now())
    # The days of overlap are over.
    older = NodeKey.objects.filter(private__isnull=False, valid_until__isnull=False)
    older.update(valid_until=timezone.now())
    assert say_hello(http, node, timezone.now())
    assert _wrong(trial.report) == []
    missing = {key for key, state in _states(trial.report).items() if state == "not_yet"}
    assert missing <= {"statement", "files"}
    assert trial.report.is_passed


@pytest.fixture
def stranger(trial: ChildTrial) -> Neighbour:
    """A city of another maker that has joined the trial."""

    class _Wire:
        def post(
            self, path: str, *, data: bytes, content_type: str, headers: dict[str, str]
        ) -> httpx.Response:
            with _to(trial) as http:
                return http.post(f"{URL}{path}", content=data, headers=headers)

    found = Neighbour(_Wire(), parent="hb0")
    assert found.join(trial.invitation).status_code == 200
    assert found.ask("hello", {"card": found.card()}).status_code == 200
    return found


@pytest.mark.parametrize(
    ("act", "step", "told"),
    [
        (lambda city: city.post("envelopes", city.envelope(seq=2)), "chain", "应为第 1 号"),
        (lambda city: city.post("envelopes", city.envelope(prev="ab" * 32)), "chain", "prev"),
        (lambda city: city.post("envelopes", b"no"), "chain", "gzip"),
        (lambda city: city.post("envelopes", city.envelope(stream="notes")), "chain", "数据流"),
        (lambda city: _lost(city, message("note")), "fits", "没有“note”这类记录"),
        (lambda city: _lost(city, message("standard")), "fits", "不上行"),
        (lambda city: _lost(city, message("enterprise", uscc="1")), "fits", "没有写"),
        (lambda city: _lost(city, message("punches")), "fits", "缺少"),
        (lambda city: city.post("hello", b"{}", city.headers("hello", b"other")), "signed", "第八行"),
        (
            lambda city: city.post(
                "hello", b"{}", city.headers("hello", b"{}", at="2026-01-01T00:00:00.000000Z")
            ),
            "clock",
            "10 分钟",
        ),
        (lambda city: city.ask("hello", {"card": city.card() | {"region": "420200"}}), "hello", "邀请的是"),
        (lambda city: city.ask("fetch", {"stream": "records-0"}), "fetch", "dispatch"),
        (lambda city: city.ask("results", {}), "results", "after"),
    ],
)
def test_what_a_child_does_wrong_is_said_in_its_step(act, step, told, trial, stranger) -> None:
    act(stranger)
    assert _states(trial.report)[step] == "failed"
    assert any(told in line for line in _wrong(trial.report)), _wrong(trial.report)
    assert not trial.report.is_passed


def _lost(city: Neighbour, *messages: dict[str, Any]) -> None:
    """An envelope whose answer the trial cuts off."""
    with pytest.raises(httpx.ReadTimeout):
        city.send(*messages)


def test_a_fault_stays_whatever_is_done_well_afterwards(trial, stranger) -> None:
    stranger.post("hello", b"{}", stranger.headers("hello", b"other"))
    stranger.ask("hello", {"card": stranger.card()})
    assert _states(trial.report)["signed"] == "failed"


def test_other_bytes_under_the_same_number_are_no_resending(trial, stranger) -> None:
    _lost(stranger)
    stranger.post("envelopes", stranger.envelope(sent_at="2026-01-01T00:00:00.000000Z"))
    assert _states(trial.report)["chain"] == "failed"
    assert _states(trial.report)["resend"] == "not_yet"


# The command.


@pytest.fixture
def waiting() -> Iterator[subprocess.Popen[str]]:
    """The command as a process of its own, waiting for a child."""
    command = [sys.executable, "manage.py", "node_conformance", "child", "--port", "0", "--node", "whs"]
    started = subprocess.Popen(
        command,
        cwd=project.BASE_DIR,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ,
    )
    yield started
    started.kill()
    started.communicate()


def test_the_command_waits_for_a_child_tells_what_it_saw_and_what_to_do_next(waiting) -> None:
    assert waiting.stdout is not None
    url = waiting.stdout.readline().strip().removeprefix("网址：")
    invitation = waiting.stdout.readline().strip().removeprefix("邀请码：")

    class _Wire:
        def post(
            self, path: str, *, data: bytes, content_type: str, headers: dict[str, str]
        ) -> httpx.Response:
            return httpx.post(f"{url}{path}", content=data, headers=headers, timeout=60.0, trust_env=False)

    city = Neighbour(_Wire(), parent="hb-trial")
    assert city.join(invitation).status_code == 200
    assert city.ask("hello", {"card": city.card()}).status_code == 200
    waiting.send_signal(signal.SIGINT)
    told, wrong = waiting.communicate(timeout=30)
    assert waiting.returncode == 1 and "试验没有通过" in wrong
    said = json.loads(told.strip().splitlines()[-1])
    states = {one["key"]: one["state"] for one in said["steps"]}
    assert (states["join"], states["hello"], states["chain"]) == ("shown", "shown", "not_yet")
    assert "在下级平台录入一条记录" in told


def test_the_command_asks_for_a_whole_invitation() -> None:
    with pytest.raises(CommandError, match="整段复制"):
        call_command("node_conformance", "parent", "--url", URL, "--code", "hb.only")
