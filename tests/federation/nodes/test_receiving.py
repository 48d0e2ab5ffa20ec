"""Envelopes as they come in: stored before the answer, refused with a reason, applied in order."""

import base64
import gzip
import json
from uuid import uuid4

import pytest
from django.db import OperationalError
from django.utils import timezone

from audit.models import AuditEvent
from federation import carriers
from federation.models import Line, ReceivedEnvelope, RecordResult, RefusedEnvelope
from federation.services import approve_passing, ask_passing, decline_passing, restart_line
from federation.services.applying import apply_all, apply_next, note_settled, retry_waiting
from federation.travel.messages import Outcome, Sender
from federation.wire import boxes, streams
from kernel.errors import DomainError
from kernel.scoping import Reach
from regions.models import Region
from tests.federation.nodes.notes import Notebook
from tests.support.actors import EVERYONE, Holder, account, give_post
from tests.support.neighbour import Keys, Neighbour, message
from web.models import Message

OTHER = Holder(Reach(region_paths=frozenset({"420000/"})), "federation.manage_nodes")


def _refused(answer, status: int, code: str) -> RefusedEnvelope:
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json()["sentence"]
    return RefusedEnvelope.objects.get(code=code)


def test_an_envelope_is_stored_sealed_and_answered_with_a_receipt(city):
    answer = city.send(message(text="瓦工进场"))
    receipt = answer.json()["receipt"]
    assert (receipt["sender"], receipt["stream"], receipt["epoch"], receipt["seq"]) == (
        "whs",
        "records-0",
        1,
        1,
    )
    row = ReceivedEnvelope.objects.get()
    assert (row.hash, row.state, row.seq) == (city.last["records-0"][1], "received", 1)
    assert "瓦工".encode() not in gzip.decompress(city.envelope()) + bytes(row.body or b"")


def test_messages_are_applied_in_order_and_a_line_waits_for_no_other(city):
    notes = Notebook()
    city.send(message(text="一"), message(text="二"))
    city.send(message(text="三"))
    city.send(message(text="甲"), stream="records-1")
    assert apply_all(timezone.now(), incoming=notes) == 3
    assert [text for text in notes.applied if text != "甲"] == ["一", "二", "三"]
    assert apply_all(timezone.now(), incoming=notes) == 0
    assert set(Line.objects.filter(direction="in").values_list("stream", "settled_seq")) == {
        ("records-0", 2),
        ("records-1", 1),
    }
    assert notes.senders[0].regions == ["420000/420100/"]
    assert notes.senders[0].origins == frozenset({"whs"})


def test_what_a_projects_rows_name_is_applied_before_them_unless_its_line_has_stopped(city, its_node):
    city.send(message(text="人"), stream="records-0")
    city.send(message(text="用工"), stream="records-3")
    notes = Notebook()
    of = {line.stream: line for line in Line.objects.filter(node=its_node, direction="in")}
    assert not apply_next(of["records-3"].pk, timezone.now(), incoming=notes)
    assert apply_all(timezone.now(), incoming=notes) == 2
    assert notes.applied == ["人", "用工"]
    city.send(message(text="后来的人"), stream="records-0")
    city.send(message(text="后来的用工"), stream="records-3")
    Line.objects.filter(pk=of["records-0"].pk).update(state="stuck")
    assert apply_all(timezone.now(), incoming=notes) == 1
    assert notes.applied[-1] == "后来的用工"


def test_the_same_envelope_in_a_new_call_gets_the_same_receipt_and_is_applied_once(city):
    notes, body = Notebook(), city.envelope(message(text="一"))
    first, again = city.post("envelopes", body), city.post("envelopes", body)
    assert (first.status_code, first.json()) == (again.status_code, again.json())
    assert apply_all(timezone.now(), incoming=notes) == 1
    assert notes.applied == ["一"]


def test_a_call_that_is_played_again_is_refused_and_seen(city):
    body = city.envelope(message(text="一"))
    headers = city.headers("envelopes", body)
    assert city.post("envelopes", body, headers).status_code == 200
    row = _refused(city.post("envelopes", body, headers), 409, "replay")
    assert (row.claimed, row.stream, row.seq) == ("whs", "records-0", 1)
    assert ReceivedEnvelope.objects.count() == 1


def test_a_tampered_envelope_is_refused_and_the_operators_are_told(city, governor):
    body = city.envelope(message(text="一"))
    headers = city.headers("envelopes", body)
    changed = gzip.compress(gzip.decompress(body).replace(b"\\u4e00", b"\\u4e8c"))
    _refused(city.post("envelopes", changed, headers), 401, "tampered")
    # Said once an hour, counted each time.
    city.post("envelopes", changed, headers)
    assert sum(RefusedEnvelope.objects.values_list("number", flat=True)) == 2
    assert Message.objects.filter(user=governor, kind="federation").count() == 1
    assert not ReceivedEnvelope.objects.exists()


def test_a_gap_names_what_is_wanted_and_stops_its_own_line_alone(city):
    city.send(message(text="一"))
    ahead = city.envelope(message(text="三"), seq=3)
    answer = city.post("envelopes", ahead)
    row = _refused(answer, 409, "gap")
    assert answer.json()["wanted"] == {"epoch": 1, "seq": 2}
    assert answer.json()["holds"]["seq"] == 1
    assert row.seq == 3
    assert city.send(message(text="甲"), stream="records-1").status_code == 200
    assert city.send(message(text="二")).status_code == 200


def test_an_unknown_key_and_an_unknown_node_are_refused_and_seen(city):
    known, city.keys = city.keys, Keys()
    row = _refused(city.send(), 401, "unknown_key")
    assert row.claimed == "whs"
    city.keys = known
    stranger = Neighbour(city.client, code="nobody")
    stranger.send()
    row = _refused(stranger.send(), 401, "unknown_node")
    # A stranger's claim is no name: all of them are counted together.
    assert (row.node, row.claimed) == (None, "?")
    assert not ReceivedEnvelope.objects.exists()


def test_another_envelope_under_a_number_that_is_held_is_a_fork(city):
    city.send(message(text="一"))
    city.last.clear()
    answer = city.send(message(text="别的"))
    _refused(answer, 409, "fork")
    assert answer.json()["holds"]["seq"] == 1
    # A later epoch is the way out, and begins with number one.
    city.epoch = 2
    assert city.send(message(text="别的")).status_code == 200
    city.epoch = 1
    city.last.clear()
    _refused(city.send(message(text="旧的")), 409, "fork")


@pytest.mark.parametrize(
    ("other", "status", "code"),
    [
        ({"to": "elsewhere"}, 421, "wrong_receiver"),
        ({"from": "xgs"}, 421, "wrong_receiver"),
        ({"stream": "dispatch"}, 400, "unknown_stream"),
        ({"stream": "records-8"}, 400, "unknown_stream"),
        ({"epoch": 0}, 400, "unknown_stream"),
        ({"seq": "1"}, 400, "malformed"),
        ({"epoch": 2**31}, 400, "malformed"),
        ({"seq": 2**31}, 400, "malformed"),
        ({"seq": 2**70}, 400, "malformed"),
        ({"protocol": "hbfed/2"}, 426, "old_protocol"),
        ({"prev": "1" * 64}, 409, "fork"),
    ],
)
def test_what_stands_on_an_envelope_must_fit(other, status, code, city):
    _refused(city.post("envelopes", city.envelope(**other)), status, code)
    assert not ReceivedEnvelope.objects.exists()


@pytest.mark.parametrize("body", [b"", b"{}"])
def test_what_is_no_envelope_is_refused_in_words(body, city):
    _refused(city.post("envelopes", body), 400, "malformed")


# Closed here and not in the list: a test is named after its parameters, and gzip writes the hour.
@pytest.mark.parametrize("content", [b"{}", b"[" * 5000, b"\xff"], ids=["empty", "deep", "no text"])
def test_what_holds_no_envelope_is_refused_in_words(content, city):
    _refused(city.post("envelopes", gzip.compress(content)), 400, "malformed")


def test_a_length_that_is_no_number_is_refused_in_words(city):
    body = city.envelope()
    headers = city.headers("envelopes", body)
    # What holds letters our web server turns away before.
    answer = city.client.generic(
        "POST", "/federation/v1/envelopes", body, headers=headers, CONTENT_LENGTH="-1"
    )
    _refused(answer, 400, "malformed")


@pytest.mark.parametrize("wrong", [{"epoch": 2**31}, {"applied_seq": -1}, {"last": 2**63}, {"results": None}])
def test_results_that_cannot_be_kept_are_refused_in_words(wrong, city, its_node):
    card = {"epoch": 1, "applied_seq": 0, "last": 0, "results": [], **wrong}
    answer = city.ask("results", {"after": {}, "tell": {"dispatch": card}})
    assert _refused(answer, 400, "malformed").node == its_node


def test_a_bomb_is_refused_before_it_bursts(city):
    bomb = gzip.compress(b" " * (70 * 1024 * 1024))
    assert len(bomb) < 100_000
    _refused(city.post("envelopes", bomb), 413, "too_large")
    answer = city.post("envelopes", bytes(9 * 1024 * 1024))
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


def test_a_record_outside_the_senders_region_is_refused_told_and_the_rest_is_applied(city):
    notes = Notebook()
    outside = message(text="外地", region="420000/429004/")
    city.send(outside, message(text="本地", region="420000/420100/420106/"))
    apply_all(timezone.now(), incoming=notes)
    assert notes.applied == ["本地"]
    row = RecordResult.objects.get()
    assert (row.became, row.rule, str(row.key)) == ("refused", "outside_region", outside["key"])
    told = city.ask("results", {"after": {}}).json()["lines"]["records-0"]
    assert (told["applied_seq"], told["last"]) == (1, 1)
    assert told["results"][0]["sentence"] == "记录所在的区划不归报送平台管理。"
    assert told["results"][0]["remedy"] == "请由所在市州的平台报送。"
    assert city.ask("results", {"after": {"records-0": 1}}).json()["lines"]["records-0"]["results"] == []


def test_a_record_that_waits_for_another_is_told_as_applied_when_that_one_comes(city):
    notes, first = Notebook(), message(text="前")
    notes.settled = note_settled
    city.send(message(text="后", needs=first["key"]))
    apply_all(timezone.now(), incoming=notes)
    row = RecordResult.objects.get()
    assert (row.became, row.missing, notes.applied) == ("waits", f"note {first['key']}", [])
    city.send(first, stream="records-1")
    apply_all(timezone.now(), incoming=notes)
    assert notes.applied == ["前", "后"]
    row.refresh_from_db()
    assert row.resolution == "came"
    told = city.ask("results", {"after": {"records-0": 1}}).json()["lines"]["records-1"]["results"]
    assert [(one["became"], one["key"]) for one in told] == [("applied", str(row.key))]


def test_a_record_that_is_refused_after_it_waited_is_told_in_the_place_where_it_waited(city):
    """As when it was the last of its line: what is told lands on the row that said that it waits."""
    notes, one = Notebook(), message(text="后", needs=str(uuid4()))
    city.send(one)
    apply_all(timezone.now(), incoming=notes)

    def give_up(sender: Sender) -> int:
        note_settled(sender.code, notes.waiting[0], Outcome("refused", rule="waited_in_vain"))
        return 1

    before = carriers.register(retry=give_up)
    try:
        assert retry_waiting(timezone.now()) == 1
    finally:
        carriers.restore(before)
    row = RecordResult.objects.get()
    assert (row.became, row.rule, row.number, row.resolved_at) == ("refused", "waited_in_vain", 2, None)
    told = city.ask("results", {"after": {"records-0": 1}}).json()["lines"]["records-0"]["results"]
    assert [(found["became"], found["key"]) for found in told] == [("refused", one["key"])]


def test_what_fails_again_and_again_is_put_aside_and_the_other_lines_go_on(city, governor):
    notes = Notebook(breaks=True)
    city.send(message(text="一"))
    for _attempt in range(5):
        with pytest.raises(ZeroDivisionError):
            apply_all(timezone.now(), incoming=notes)
    apply_all(timezone.now(), incoming=notes)
    line = Line.objects.get(direction="in")
    assert (line.state, ReceivedEnvelope.objects.get().state) == ("stuck", "quarantined")
    assert Message.objects.filter(user=governor, kind="federation").count() == 1
    notes.breaks = False
    city.send(message(text="甲"), stream="records-1")
    city.send(message(text="二"))
    apply_all(timezone.now(), incoming=notes)
    assert notes.applied == ["甲"]
    restart_line(actor=EVERYONE, line=line, from_beginning=False, now=timezone.now())
    apply_all(timezone.now(), incoming=notes)
    assert notes.applied == ["甲", "一", "二"]


def test_what_cannot_be_applied_is_refused_whole_by_two_people_and_told(city, its_node, governor, client):
    notes = Notebook(breaks=True)
    first, second = message(text="一"), message(text="二")
    city.send(first, second)
    for _attempt in range(5):
        with pytest.raises(ZeroDivisionError):
            apply_all(timezone.now(), incoming=notes)
    apply_all(timezone.now(), incoming=notes)
    city.send(message(text="三"))
    line, notes.breaks = Line.objects.get(direction="in"), False
    client.force_login(governor)
    page = client.get(f"/nodes/{its_node.public_id}/").content.decode()
    assert f"/nodes/{its_node.public_id}/lines/in/records-0/refuse/" in page
    with pytest.raises(DomainError) as refused:
        approve_passing(actor=OTHER, line=line)
    assert refused.value.code == "not_asked"
    with pytest.raises(DomainError) as refused:
        ask_passing(actor=EVERYONE, line=line, reason=" ")
    assert refused.value.field == "reason"
    ask_passing(actor=EVERYONE, line=line, reason="内容损坏")
    with pytest.raises(DomainError) as refused:
        approve_passing(actor=EVERYONE, line=line)
    assert refused.value.code == "same_person"
    decline_passing(actor=OTHER, line=line)
    ask_passing(actor=EVERYONE, line=line, reason="内容损坏")
    asked = client.get(f"/nodes/{its_node.public_id}/").content.decode()
    assert "申请整体不收：内容损坏" in asked and "refuse/approve/" in asked and "refuse/decline/" in asked
    approve_passing(actor=OTHER, line=line)
    told = city.ask("results", {"after": {}}).json()["lines"]["records-0"]
    assert {(one["key"], one["became"], one["rule"]) for one in told["results"]} == {
        (first["key"], "refused", "envelope"),
        (second["key"], "refused", "envelope"),
    }
    assert "理由：内容损坏" in told["results"][0]["sentence"]
    assert (told["applied_seq"], ReceivedEnvelope.objects.filter(state="quarantined").exists()) == (1, False)
    apply_all(timezone.now(), incoming=notes)
    assert notes.applied == ["三"]
    acts = AuditEvent.objects.filter(action__startswith="federation.passing_").order_by("pk")
    assert [one.action.split("_")[-1] for one in acts] == ["asked", "declined", "asked", "approved"]
    with pytest.raises(DomainError) as refused:
        ask_passing(actor=EVERYONE, line=line, reason="再来一次")
    assert refused.value.code == "not_stuck"


def test_two_governors_refuse_an_envelope_whole_on_its_pages(city, its_node, governor, client):
    notes = Notebook(breaks=True)
    city.send(message(text="一"))
    for _attempt in range(5):
        with pytest.raises(ZeroDivisionError):
            apply_all(timezone.now(), incoming=notes)
    apply_all(timezone.now(), incoming=notes)
    at = f"/nodes/{its_node.public_id}/lines/in/records-0/refuse/"
    client.force_login(governor)
    assert "整体不收" in client.get(at).content.decode()
    assert client.post(at, {"reason": "内容损坏"}).status_code == 302
    assert client.post(f"{at}approve/").status_code == 422
    other = account("province-platform-2", "另一位管理员")
    give_post(other, "platform_administrator", region=Region.objects.get(code="420000"))
    client.force_login(other)
    assert "内容损坏" in client.get(f"{at}approve/").content.decode()
    assert client.post(f"{at}approve/").status_code == 302
    assert Line.objects.get(direction="in").state == "open"
    assert RecordResult.objects.get().rule == "envelope"


def test_a_full_disk_puts_no_envelope_aside(city):
    city.send(message(text="一"))

    def full(_stream, _messages, _sender):
        raise OperationalError("could not extend file: No space left on device")

    for _attempt in range(7):
        with pytest.raises(OperationalError):
            apply_all(timezone.now(), incoming=full)
    assert (ReceivedEnvelope.objects.get().state, ReceivedEnvelope.objects.get().attempts) == ("received", 0)
    notes = Notebook()
    apply_all(timezone.now(), incoming=notes)
    assert notes.applied == ["一"]


def test_a_read_is_answered_near_its_own_time_only(city):
    body = json.dumps({"after": {}}).encode()
    headers = city.headers("results", body, at="2026-11-20T00:00:00.000000Z")
    _refused(city.post("results", body, headers), 403, "clock")


def test_a_box_opens_only_here_and_only_in_its_place(city):
    card = city.ask("hello", {"card": city.card()}).json()["card"]
    key = next(one for one in card["keys"] if one["purpose"] == "seal")

    box = boxes.close(
        "420106", "person:1:number", key_id=key["key_id"], public=base64.b64decode(key["public"])
    )
    notes = Notebook()
    city.send(message(text=box))
    apply_all(timezone.now(), incoming=notes)
    opens = notes.senders[0].open
    assert opens(box, "person:1:number") == "420106"
    with pytest.raises(boxes.Closed):
        opens(box, "person:2:number")
    with pytest.raises(boxes.Closed):
        opens(box.replace(key["key_id"], "0" * 32), "person:1:number")


def test_every_line_of_the_protocol_is_known_to_both_directions():
    assert (*(f"records-{n}" for n in range(8)), "punches") == streams.UPWARD
    assert [streams.of_shard(n) for n in (0, 7, 8)] == ["records-0", "records-7", "records-0"]
