"""What a city sends its province: at least once, applied once, and nothing passed over."""

import json
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from federation import carriers
from federation.models import Line, Node, RecordResult, SentEnvelope
from federation.services import (
    approve_waiver,
    ask_waiver,
    decline_waiver,
    join_parent,
    requeue_record,
    restart_line,
)
from federation.services.dispatching import fetch
from federation.services.exchanging import round_with
from federation.services.handshake import say_hello
from federation.services.outcomes import ask_results
from federation.services.sending import push
from kernel.errors import DomainError
from kernel.scoping import Reach
from tests.federation.nodes.notes import Changes, note
from tests.support.actors import EVERYONE, Holder
from tests.support.neighbour import Parent

OTHER = Holder(Reach(region_paths=frozenset({"420000/"})), "federation.manage_nodes")


@pytest.fixture
def parent(db, settings) -> Parent:
    """This node is 武汉's; it has joined a province of another maker."""
    settings.NODE_KIND, settings.NODE_ID, settings.NODE_REGION = "city", "whs", "420100"
    found = Parent()
    join_parent(actor=EVERYONE, url="https://p.example", invitation=found.invitation, http=found.http())
    return found


@pytest.fixture
def above(parent) -> Node:
    return Node.objects.get(relation="parent")


def _line() -> Line:
    return Line.objects.get(direction="out", stream="records-0")


def _next_at() -> datetime:
    at = _line().next_at
    assert at is not None
    return at


def _texts(parent: Parent) -> list[str]:
    return [one["row"]["text"] for one in parent.messages()]


def test_what_has_changed_goes_up_in_order_and_only_once(parent, above):
    changes = Changes([note("一"), note("二")])
    assert push(above, http=parent.http(), outgoing=changes) == 1
    changes.messages.append(note("三"))
    assert push(above, http=parent.http(), outgoing=changes) == 1
    assert push(above, http=parent.http(), outgoing=changes) == 0
    assert _texts(parent) == ["一", "二", "三"]
    assert set(SentEnvelope.objects.values_list("state", "messages")) == {("accepted", 2), ("accepted", 1)}
    line = _line()
    assert (line.seq, line.settled_seq, line.position, line.held_until) == (2, 2, 3, None)


def test_a_parent_without_a_key_to_seal_for_stops_a_line_in_words(parent, above):
    changes, now = Changes([note("一")], needs_seal=True), timezone.now()
    above.keys.filter(purpose="seal").update(valid_until=now)
    assert push(above, http=parent.http(), outgoing=changes) == 0
    assert "封装密钥" in _line().trouble and _line().held_until is None
    assert say_hello(parent.http(), above, timezone.now())
    assert push(above, http=parent.http(), outgoing=changes) == 1
    assert _line().trouble == ""


def test_a_wrong_clock_stops_no_reports_but_those_of_a_node_that_the_parent_does_not_know_yet(parent, above):
    before = carriers.register(outgoing=Changes([note("一")]))
    try:
        assert say_hello(parent.http(), above, timezone.now())
        Node.objects.filter(pk=above.pk).update(needs_hello=True)
        above.refresh_from_db()
        parent.answers["hello"] = lambda _body: (403, '{"code": "clock", "sentence": "请校时。"}'.encode())
        county = Node.objects.create(code="wcq", name="武昌", kind="county", relation="child")
        assert round_with(above, parent.http()) == 0
        assert not parent.kept
        Node.objects.filter(pk=county.pk).update(created_at=timezone.now() - timedelta(days=1))
        assert round_with(above, parent.http()) == 1
        assert Node.objects.get(pk=above.pk).needs_hello
    finally:
        carriers.restore(before)
    assert _texts(parent) == ["一"]


def test_a_lost_answer_sends_the_very_same_envelope_again(parent, above):
    changes, now = Changes([note("一")]), timezone.now()
    parent.lost_answers = 1
    assert push(above, http=parent.http(), outgoing=changes, now=now) == 0
    line = _line()
    assert (line.attempts, line.settled_seq) == (1, 0)
    assert now < _next_at() <= now + timedelta(seconds=2)
    assert "ReadTimeout" in line.trouble
    # Not before its turn, and other changes wait behind it.
    assert push(above, http=parent.http(), outgoing=changes, now=now) == 0
    changes.messages.append(note("二"))
    assert push(above, http=parent.http(), outgoing=changes, now=now + timedelta(seconds=3)) == 2
    assert _texts(parent) == ["一", "二"]
    assert (_line().trouble, _line().attempts) == ("", 0)


def test_a_parent_that_is_away_is_asked_ever_later_and_then_not_at_all_until_it_greets(parent, above):
    changes, now = Changes([note("一")]), timezone.now()
    parent.away = True
    pauses = []
    for _attempt in range(10):
        push(above, http=parent.http(), outgoing=changes, now=now)
        pauses.append((_next_at() - now).total_seconds())
        now = _next_at()
    assert pauses[0] <= 2 and pauses[4] > pauses[0]
    assert max(pauses) <= 300
    push(above, http=parent.http(), outgoing=changes, now=now + timedelta(hours=73))
    assert _line().state == "dead"
    parent.away = False
    later = now + timedelta(hours=80)
    assert push(above, http=parent.http(), outgoing=changes, now=later) == 0
    assert say_hello(parent.http(), above, timezone.now())
    assert push(above, http=parent.http(), outgoing=changes, now=later) == 1
    assert _texts(parent) == ["一"]


def test_a_parent_restored_from_a_backup_gets_again_what_it_lost(parent, above):
    changes = Changes([note("一")])
    push(above, http=parent.http(), outgoing=changes)
    changes.messages.append(note("二"))
    push(above, http=parent.http(), outgoing=changes)
    del parent.kept["records-0", 1, 2]
    changes.messages.append(note("三"))
    push(above, http=parent.http(), outgoing=changes)
    push(above, http=parent.http(), outgoing=changes)
    assert _texts(parent) == ["一", "二", "三"]


def test_a_line_at_rest_learns_from_the_results_what_its_restored_parent_has_lost(parent, above):
    changes = Changes([note("一")])
    push(above, http=parent.http(), outgoing=changes)
    changes.messages.append(note("二"))
    push(above, http=parent.http(), outgoing=changes)
    del parent.kept["records-0", 1, 2]
    card = {"epoch": 1, "applied_seq": 1, "last": 0, "results": [], "held_seq": 1}
    parent.answers["results"] = lambda _body: (
        200,
        json.dumps({"lines": {"records-0": card}, "took": {}}).encode(),
    )
    ask_results(above, http=parent.http())
    assert _line().settled_seq == 1
    assert push(above, http=parent.http(), outgoing=changes) == 1
    assert _texts(parent) == ["一", "二"]
    card["held_seq"] = 2
    ask_results(above, http=parent.http())
    assert push(above, http=parent.http(), outgoing=changes) == 0


@pytest.mark.parametrize("column", ["next_at", "held_until"])
def test_a_time_to_come_from_before_the_clock_was_set_back_holds_no_line(parent, above, column):
    changes = Changes([note("一")])
    push(above, http=parent.http(), outgoing=changes)
    changes.messages.append(note("二"))
    Line.objects.filter(pk=_line().pk).update(**{column: timezone.now() + timedelta(hours=1)})
    assert push(above, http=parent.http(), outgoing=changes) == 1
    assert _texts(parent) == ["一", "二"]


def test_what_a_restored_parent_lost_is_sealed_anew_where_its_bytes_are_forgotten(parent, above):
    changes = Changes([note("一")])
    push(above, http=parent.http(), outgoing=changes)
    changes.messages.append(note("二"))
    push(above, http=parent.http(), outgoing=changes)
    SentEnvelope.objects.update(body=None)
    del parent.kept["records-0", 1, 2]
    changes.messages.append(note("三"))
    push(above, http=parent.http(), outgoing=changes)
    assert _texts(parent) == ["一", "二", "三"]
    assert _line().epoch == 2


def test_a_node_restored_from_a_backup_stops_at_the_fork_and_an_operator_begins_anew(parent, above):
    changes = Changes([note("一")])
    push(above, http=parent.http(), outgoing=changes)
    kept = Line.objects.filter(pk=_line().pk).values("seq", "last_hash", "position", "settled_seq").get()
    changes.messages.append(note("二"))
    push(above, http=parent.http(), outgoing=changes)
    # Yesterday's backup: the second envelope never was.
    SentEnvelope.objects.filter(seq=2).delete()
    Line.objects.filter(pk=_line().pk).update(**kept)
    changes.messages[1:] = [note("另一个二")]
    assert push(above, http=parent.http(), outgoing=changes) == 0
    assert _line().state == "forked"
    assert push(above, http=parent.http(), outgoing=changes) == 0
    restart_line(actor=EVERYONE, line=_line(), from_beginning=False, now=timezone.now())
    assert push(above, http=parent.http(), outgoing=changes) == 1
    assert _texts(parent) == ["一", "二", "另一个二"]
    with pytest.raises(DomainError) as refused:
        restart_line(actor=EVERYONE, line=_line(), from_beginning=False, now=timezone.now())
    assert refused.value.code == "is_running"


def test_nothing_goes_to_a_parent_that_gives_a_receipt_for_something_else(parent, above):
    changes = Changes([note("一")])
    parent.answers["envelopes"] = lambda _body: (200, b'{"receipt": {}}')
    assert push(above, http=parent.http(), outgoing=changes) == 0
    assert SentEnvelope.objects.get().state == "sealed"


def _told(changes: Changes, became: str, seq: int, number: int) -> dict[str, object]:
    return {
        "number": number,
        "epoch": 1,
        "seq": seq,
        "kind": "note",
        "key": str(changes.messages[0].key),
        "version": 1,
        "became": became,
        "canonical": None,
        "rule": "outside_region",
        "sentence": "记录所在的区划不归报送平台管理。",
        "remedy": "请由所在市州的平台报送。",
        "missing": "",
    }


def _tell(parent: Parent, applied: int, *results: dict[str, object]) -> None:
    last = max([int(str(one["number"])) for one in results], default=0)
    card = {"epoch": 1, "applied_seq": applied, "last": last, "results": results}
    parent.answers["results"] = lambda _body: (200, json.dumps({"lines": {"records-0": card}}).encode())


@pytest.fixture
def held(parent, above) -> RecordResult:
    """A record that the parent refused."""
    changes = Changes([note("一")])
    push(above, http=parent.http(), outgoing=changes)
    _tell(parent, 1, _told(changes, "refused", 1, 1))
    assert ask_results(above, http=parent.http())
    return RecordResult.objects.get()


def test_a_refused_record_is_held_with_the_reason_and_what_was_sent(parent, above, held):
    assert SentEnvelope.objects.get().state == "part_applied"
    assert (held.became, held.rule, held.remedy) == ("refused", "outside_region", "请由所在市州的平台报送。")
    assert "一" in held.message
    ask_results(above, http=parent.http())
    assert RecordResult.objects.count() == 1


def test_a_record_that_is_told_to_wait_after_it_came_on_another_line_waits_no_longer(parent, above):
    waits, came = (_told(Changes([note("一")]), became, 1, 1) for became in ("waits", "applied"))
    waits["key"] = came["key"]
    # Lines are told side by side: what let the record in stands before the line on which it had to wait.
    lines = {name: {"epoch": 1, "applied_seq": 1, "last": 1, "results": [one]} for name, one in
             (("records-0", came), ("records-1", waits))}  # fmt: skip
    push(above, http=parent.http(), outgoing=Changes([note("一")]))
    parent.answers["results"] = lambda _body: (200, json.dumps({"lines": lines}).encode())
    assert ask_results(above, http=parent.http())
    found = RecordResult.objects.exclude(resolved_at=None).order_by("became")
    assert [one.became for one in found] == ["applied", "waits"]


def test_a_held_record_is_sent_again_and_settled_by_its_new_outcome(parent, above, held):
    requeue_record(actor=EVERYONE, result=held)
    with pytest.raises(DomainError):
        requeue_record(actor=EVERYONE, result=held)
    assert push(above, http=parent.http(), outgoing=Changes()) == 1
    assert _texts(parent) == ["一", "一"]
    _tell(parent, 2)
    ask_results(above, http=parent.http())
    ask_results(above, http=parent.http())
    held.refresh_from_db()
    assert (held.resolution, held.message) == ("corrected", None)


def test_a_corrected_record_goes_by_itself_and_settles_the_matter(parent, above, held):
    fresh = note("改过的一", version=2, key=held.key)
    push(above, http=parent.http(), outgoing=Changes([note("旧"), fresh]))
    _tell(parent, 2)
    ask_results(above, http=parent.http())
    ask_results(above, http=parent.http())
    held.refresh_from_db()
    assert held.resolution == "corrected"


def test_waiving_takes_two_people_and_a_reason(held):
    with pytest.raises(DomainError) as refused:
        ask_waiver(actor=EVERYONE, result=held, reason=" ")
    assert refused.value.field == "reason"
    with pytest.raises(DomainError):
        approve_waiver(actor=OTHER, result=held)
    ask_waiver(actor=EVERYONE, result=held, reason="该项目已移交外市")
    with pytest.raises(DomainError) as refused:
        approve_waiver(actor=EVERYONE, result=held)
    assert refused.value.code == "same_person"
    decline_waiver(actor=OTHER, result=held)
    ask_waiver(actor=EVERYONE, result=held, reason="该项目已移交外市")
    approve_waiver(actor=OTHER, result=held)
    held.refresh_from_db()
    assert (held.resolution, held.waived_label, held.message) == ("waived", "测试岗位", None)


def test_a_child_without_dispatches_stores_nothing(parent, above):
    assert fetch(above, http=parent.http()) == 0
