"""Accepted once, carried out once, in order, whatever dies in between."""

import json
import re
import threading
from datetime import timedelta

import pytest
from celery import current_app
from django.db import OperationalError, connection, transaction
from kombu.exceptions import OperationalError as OperationalErrorOfTheQueue

from federation import retention, services, tasks, work
from federation.models import AcceptedRequest, AnsweredQuery
from federation.open_api import values
from federation.open_api.calls import Outcome, done
from federation.open_api.dispatcher import Method, methods
from federation.open_api.schema import Field
from projects.models import Team
from tests.federation.conftest import HERE, NOW, requests

State = AcceptedRequest.State


def accepted(here, name="钢筋班", **changes) -> AcceptedRequest:
    answer = here.send("Team.Add", {"projectCode": HERE, **here.gate.corp, "teamName": name, **changes})
    return requests().get(serial=answer["data"]["requestSerialCode"])


@pytest.fixture
def method_that(monkeypatch):
    """A method of the interface that does what a test says."""

    def enter(act) -> str:
        fields = (Field("teamSysNo", "编号", values.whole),)
        entry = Method("Test.Add", "测试", fields, "projects.view", writes=True, act=act)
        monkeypatch.setitem(methods(), "test.add", entry)
        return "Test.Add"

    return enter


def states() -> list[int]:
    return list(requests().values_list("state", flat=True))


def test_an_accepted_write_is_acknowledged_before_it_is_carried_out(here):
    request = accepted(here)
    assert re.fullmatch(r"team-add-2026112209-[a-z0-9]+-\d{4,}", request.serial)
    poll = here.send("AsyncHandleResult.Query", {"requestSerialCode": request.serial.upper()})
    assert poll["data"] == {"requestSerialCode": request.serial, "status": 0, "result": ""}
    assert not Team.all_rows.filter(name="钢筋班").exists()
    assert (request.attempts, request.finished_at) == (0, None)


def test_carrying_out_twice_does_it_once(here):
    request = accepted(here)
    assert tasks.carry_out(request.pk) == 1
    assert tasks.carry_out(request.pk) == 0
    assert Team.all_rows.filter(name="钢筋班").count() == 1
    request.refresh_from_db()
    assert (request.state, request.attempts) == (State.DONE, 1)


def test_a_serial_code_of_another_appid_is_not_answered(here, elsewhere):
    serial = accepted(here).serial
    answer = elsewhere.send("AsyncHandleResult.Query", {"requestSerialCode": serial})
    assert answer["code"] == -1
    assert answer["message"].startswith("请求参数无效:[requestSerialCode]值超出范围或无效!")


def test_requests_of_one_appid_are_carried_out_in_their_order(here, method_that):
    seen: list[int] = []

    def notes(call) -> Outcome:
        seen.append(call.data["teamSysNo"])
        return done()

    method = method_that(notes)
    for number in (3, 1, 2):
        here.send(method, {"teamSysNo": number})
    assert tasks.carry_out(requests().last().pk) == 3
    assert (seen, states()) == ([3, 1, 2], [State.DONE] * 3)


def test_a_fault_of_ours_ends_the_request_with_a_sentence_and_leaves_no_trace(here, method_that):
    def breaks(call):
        Team.objects.create(participation=here.project.participations.first(), name="x", number=1_600_000_000)
        raise ZeroDivisionError

    here.send(method_that(breaks), {})
    assert work.drain(HERE, NOW) == 1
    request = requests().get()
    assert (request.state, request.result) == (State.FAILED, work.OUR_FAULT)
    assert not Team.all_rows.filter(number=1_600_000_000).exists()


def test_a_database_error_leaves_the_request_for_the_sweep(here, method_that):
    calls = []

    def fails_once(call):
        calls.append(call)
        if len(calls) == 1:
            raise OperationalError("deadlock detected")
        return done()

    here.send(method_that(fails_once), {})
    with pytest.raises(OperationalError):
        work.drain(HERE, NOW)
    assert states() == [State.PENDING]
    assert work.unfinished_lanes(NOW + timedelta(seconds=2)) == []
    later = NOW + timedelta(seconds=4)
    assert work.unfinished_lanes(later) == [HERE]
    assert work.drain(HERE, later) == 1
    assert (states(), len(calls)) == ([State.DONE], 2)


def test_a_request_that_keeps_failing_is_given_up_and_the_next_one_gets_its_turn(here, method_that):
    def always(call):
        raise OperationalError("no luck")

    here.send(method_that(always), {})
    good = accepted(here)
    for attempt in range(work.MOST_ATTEMPTS):
        with pytest.raises(OperationalError):
            work.drain(HERE, NOW + timedelta(minutes=attempt))
    work.drain(HERE, NOW + timedelta(hours=1))
    work.drain(HERE, NOW + timedelta(hours=1))
    good.refresh_from_db()
    first = requests().first()
    assert (first.state, first.result, first.attempts) == (State.FAILED, work.GAVE_UP, work.MOST_ATTEMPTS)
    assert good.state == State.DONE


def test_the_sweep_takes_up_what_the_queue_lost(here):
    request = accepted(here)
    assert work.unfinished_lanes(NOW + timedelta(seconds=1)) == []
    assert work.unfinished_lanes(NOW + timedelta(seconds=4)) == [HERE]
    assert tasks.drain_lane(HERE) == 1
    request.refresh_from_db()
    assert request.state == State.DONE
    assert work.unfinished_lanes(NOW + timedelta(hours=1)) == []


def test_an_attempt_is_counted_before_the_act_so_that_a_dying_worker_is_seen(here, method_that):
    def looks(call) -> Outcome:
        return done({"attempts": requests().get().attempts})

    here.send(method_that(looks), {})
    work.drain(HERE, NOW)
    assert json.loads(requests().get().result) == {"attempts": 1}


def test_the_body_is_forgotten_after_a_month_and_the_result_stays(here):
    request = accepted(here)
    work.drain(HERE, NOW)
    here.send("CheckSign.Query", {})
    assert retention.forget(NOW + timedelta(days=1)) == 0
    assert retention.forget(NOW + timedelta(days=31)) == 2
    request.refresh_from_db()
    assert (request.body, request.state) == (None, State.DONE)
    assert request.result.startswith('{"teamSysNo":')
    assert AnsweredQuery.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_one_lane_do_not_carry_out_the_same_request(here, method_that):
    entered, may_go = threading.Event(), threading.Event()
    calls = []

    def waits(call):
        calls.append(call)
        entered.set()
        assert may_go.wait(10)
        return done()

    here.send(method_that(waits), {})
    here.send("Test.Add", {})

    def other_worker():
        try:
            work.drain(HERE, NOW)
        finally:
            connection.close()

    thread = threading.Thread(target=other_worker)
    thread.start()
    assert entered.wait(10)
    assert work.drain(HERE, NOW) == 0, "the lane is in other hands"
    may_go.set()
    thread.join(10)
    assert (states(), len(calls)) == ([State.DONE, State.DONE], 2)


@pytest.fixture
def broker_at():
    """Celery with another broker for one test."""

    def use(url: str) -> None:
        current_app.conf.broker_url = url
        current_app.amqp._producer_pool = None  # it keeps the connection that it was made for

    before = current_app.conf.broker_url
    yield use
    use(before)


def queued() -> list[list[int]]:
    """The arguments of every task that waits in the queue, which is empty afterwards."""
    found = []
    with current_app.connection_for_read() as connected:
        queue = connected.SimpleQueue(current_app.conf.task_default_queue)
        while queue.qsize():
            message = queue.get(block=False)
            found.append(message.payload[0])
            message.ack()
    return found


@pytest.mark.django_db(transaction=True)
def test_the_worker_is_told_only_after_the_request_is_committed(here, broker_at):
    broker_at("memory://")
    assert queued() == []
    with transaction.atomic():
        request = accepted(here)
        assert queued() == []
    assert queued() == [[request.pk]]


@pytest.mark.django_db(transaction=True)
def test_a_write_is_accepted_while_the_queue_is_away(here, broker_at):
    broker_at("redis://127.0.0.1:1/0")  # nobody listens there
    with pytest.raises(OperationalErrorOfTheQueue):
        services.calls.send_lane(HERE)
    accepted(here)
    assert states() == [State.PENDING]
    assert work.drain(HERE, NOW) == 1
