"""What a city sends its province: at least once, applied once, and nothing passed over."""

import json
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from federation import carriers
from federation.models import Line, Node, RecordResult, SentEnvelope
from federation.selectors.corrections import platform_name
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
from federation.services.own_node import card
from federation.services.sealing import line_out
from federation.services.sending import push, push_line
from federation.travel.outgoing import next_batch
from kernel.errors import DomainError
from kernel.ids import new_id
from kernel.scoping import Reach
from outbox import capture
from outbox.models import Change
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


def _streams(parent: Parent) -> list[str]:
    """Of what it has taken, in the order in which it came."""
    return [stream for stream, _epoch, _seq in parent.kept]


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


def test_the_names_of_platforms_further_above_come_with_the_handshake_and_go_on_to_those_below(parent, above):
    told = [{"code": "zj", "name": "国家\0平台"}, {"code": "No Code", "name": "x"}]
    answer = json.dumps({"card": {**parent.card(), "above": told}}).encode()
    parent.answers["hello"] = lambda _body: (200, answer)
    assert platform_name("zj") == "平台 zj"
    assert say_hello(parent.http(), above, timezone.now())
    assert (platform_name("zj"), platform_name("hb0")) == ("国家平台", "别家的省级平台")
    ours = card(timezone.now())["above"]
    assert ours == [{"code": "hb0", "name": "别家的省级平台"}, {"code": "zj", "name": "国家平台"}]


def test_a_wrong_clock_stops_no_reports_but_those_of_a_node_that_the_parent_does_not_know_yet(parent, above):
    before = carriers.register(outgoing=Changes([note("一")]))
    try:
        assert say_hello(parent.http(), above, timezone.now())
        Node.objects.filter(pk=above.pk).update(needs_hello=True)
        above.refresh_from_db()
        parent.answers["hello"] = lambda _body: (403, '{"code": "clock", "sentence": "请校时。"}'.encode())
        county = Node.objects.create(code="wcq", name="武昌", kind="county", relation="child", state="keyed")
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


@pytest.fixture
def laid_down(above) -> None:
    """A project of line 4, then a firm, then projects of lines 3 and 4 that may name it."""
    capture.switch_on(timezone.now(), up=True)
    for kind, shard in (("project", 4), ("enterprise", 0), ("project", 3), ("project", 4)):
        capture.lay_down(kind, [(new_id(), shard)], timezone.now())


def test_people_and_firms_go_before_what_was_written_after_them(parent, above, laid_down):
    line_out(above, "records-0")
    first = Line.objects.filter(stream="records-0")
    first.update(held_until=timezone.now() + timedelta(seconds=50))
    assert push(above, http=parent.http()) == 1
    assert _streams(parent) == ["records-4"]
    assert len(parent.messages("records-4")) == 1
    first.update(held_until=None)
    assert push(above, http=parent.http()) == 3
    assert _streams(parent)[1:] == ["records-0", "records-3", "records-4"]


def test_a_round_without_anything_to_send_costs_a_few_questions(
    parent, above, laid_down, django_assert_max_num_queries
):
    push(above, http=parent.http())
    with django_assert_max_num_queries(5):
        assert push(above, http=parent.http()) == 0


def test_a_first_line_in_trouble_holds_up_nobody_and_what_has_no_receipt_goes_again(parent, above, laid_down):
    parent.answers["envelopes"] = lambda _body: (503, b"{}")
    assert push(above, http=parent.http()) == 0
    assert Line.objects.filter(direction="out", attempts=1).count() == 3
    del parent.answers["envelopes"]
    Line.objects.exclude(stream="records-0").update(next_at=None)
    assert push(above, http=parent.http()) == 2
    assert set(_streams(parent)) == {"records-3", "records-4"}
    Line.objects.update(next_at=None)
    assert push(above, http=parent.http()) == 1
    assert "records-0" in _streams(parent)


def test_an_envelope_without_its_receipt_counts_as_what_has_not_gone(parent, above, laid_down):
    parent.answers["envelopes"] = lambda _body: (503, b"{}")
    push_line(above, "records-0", http=parent.http(), outgoing=next_batch)
    del parent.answers["envelopes"]
    # As while another process is sending it.
    Line.objects.filter(stream="records-0").update(
        attempts=0, next_at=None, held_until=timezone.now() + timedelta(seconds=50)
    )
    assert push(above, http=parent.http()) == 1
    assert _streams(parent) == ["records-4"]


def test_much_that_is_not_for_the_neighbour_is_passed_over_in_one_round(parent, above, laid_down):
    now = timezone.now()
    Change.objects.bulk_create(
        Change(kind="enterprise", key=new_id(), shard=0, came_from=above.code, created_at=now)
        for _number in range(1_200)
    )
    capture.lay_down("project", [(new_id(), 3)], now)
    push(above, http=parent.http())
    assert len(parent.messages("records-3")) == 2
    assert _line().position == 1_201


def test_what_follows_a_position_is_found_whether_it_was_numbered_or_not(parent, above):
    capture.switch_on(timezone.now(), up=True)
    capture.lay_down("enterprise", [(new_id(), 0)], timezone.now())
    first = capture.oldest_after({0: 0})[0]
    capture.lay_down("project", [(new_id(), 3)], timezone.now())
    assert capture.oldest_after({0: 0, 3: 0, 4: 0}) == {0: first, 3: first + 1}
    capture.give_change_positions(0)
    capture.lay_down("enterprise", [(new_id(), 0)], timezone.now())
    assert capture.oldest_after({0: 0})[0] == first
    assert capture.oldest_after({0: 1})[0] == first + 2
    unsent = carriers.carriers().unsent
    assert unsent is not None
    assert set(unsent({"records-0": 1, "records-4": 0, "punches": 0})) == {"records-0"}


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


def test_of_what_is_told_in_one_answer_the_last_word_about_a_record_counts(parent, above):
    changes = Changes([note("一")])
    push(above, http=parent.http(), outgoing=changes)
    waits, refused = _told(changes, "waits", 1, 1), _told(changes, "refused", 1, 2)
    _tell(parent, 1, waits)
    assert ask_results(above, http=parent.http())
    assert RecordResult.objects.get().became == "waits"
    _tell(parent, 1, refused, waits)
    assert ask_results(above, http=parent.http())
    found = RecordResult.objects.get()
    assert (found.became, found.number, found.resolved_at, found.resolution) == ("refused", 2, None, "")
    assert "一" in str(found.message)


@pytest.mark.parametrize("together", [True, False])
def test_a_record_that_waited_and_was_refused_later_is_held_as_it_was_sent(parent, above, together):
    changes = Changes([note("一")])
    push(above, http=parent.http(), outgoing=changes)
    told = [_told(changes, "waits", 1, 1), _told(changes, "refused", 2, 2)]
    for results in [told] if together else ([told[0]], [told[1]]):
        _tell(parent, 1, *results)
        assert ask_results(above, http=parent.http())
    found = RecordResult.objects.get(resolved_at=None)
    assert (found.became, found.seq) == ("refused", 2)
    assert "一" in str(found.message)


def test_a_record_that_waited_and_came_on_a_later_envelope_is_settled(parent, above):
    changes = Changes([note("一")])
    push(above, http=parent.http(), outgoing=changes)
    _tell(parent, 1, _told(changes, "waits", 1, 1), _told(changes, "applied", 2, 2))
    assert ask_results(above, http=parent.http())
    assert set(RecordResult.objects.exclude(resolved_at=None).values_list("became", "resolution")) == {
        ("waits", "came"),
        ("applied", ""),
    }


@pytest.mark.parametrize("together", [True, False])
def test_a_later_word_about_an_earlier_version_ends_the_waiting_too(parent, above, together):
    """As where a row that waits is deleted: of our own row the tombstone is of the first version."""
    changes = Changes([note("一")])
    push(above, http=parent.http(), outgoing=changes)
    waits = {**_told(changes, "waits", 1, 1), "version": 5}
    refused = _told(changes, "refused", 2, 2)
    for results in [[waits, refused]] if together else [[waits], [refused]]:
        _tell(parent, 1, *results)
        assert ask_results(above, http=parent.http())
    assert list(RecordResult.objects.filter(resolved_at=None).values_list("became")) == [("refused",)]


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
