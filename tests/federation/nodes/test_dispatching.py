"""What the province dispatches: fetched by the child, the same bytes until it holds them."""

import gzip
import hashlib
import json
from collections.abc import Iterator

import pytest
from django.utils import timezone

from federation import carriers
from federation.models import Line, RefusedEnvelope, SentEnvelope
from tests.federation.nodes.notes import Changes, note


@pytest.fixture
def dispatched() -> Iterator[Changes]:
    """Notes that go down to every child."""
    found = Changes([note("标准一")], stream="dispatch")
    before = carriers.register(outgoing=found)
    yield found
    carriers.restore(before)


def _fetched(city, holds):
    return city.ask("fetch", {"stream": "dispatch", "holds": holds})


def _holding(content: bytes) -> dict[str, object]:
    said = json.loads(gzip.decompress(content))
    return {"epoch": said["epoch"], "seq": said["seq"], "hash": hashlib.sha256(content).hexdigest()}


NOTHING = {"epoch": 1, "seq": 0, "hash": "0" * 64}


def test_a_dispatch_is_fetched_again_until_the_child_says_that_it_holds_it(city, dispatched):
    first = _fetched(city, NOTHING)
    said = json.loads(gzip.decompress(first.content))
    assert (said["from"], said["to"], said["stream"], said["seq"]) == ("hb", "whs", "dispatch", 1)
    assert [one["row"]["text"] for one in said["messages"]] == ["标准一"]
    assert _fetched(city, NOTHING).content == first.content
    assert SentEnvelope.objects.get().state == "sealed"
    assert _fetched(city, _holding(first.content)).content == b""
    assert SentEnvelope.objects.get().state == "accepted"
    dispatched.messages.append(note("标准二"))
    second = _fetched(city, _holding(first.content))
    assert json.loads(gzip.decompress(second.content))["prev"] == hashlib.sha256(first.content).hexdigest()


def test_a_child_restored_from_a_backup_gets_again_what_it_lost(city, dispatched):
    first = _fetched(city, NOTHING)
    _fetched(city, _holding(first.content))
    assert _fetched(city, NOTHING).content == first.content


def test_a_parent_restored_from_a_backup_goes_on_in_a_later_epoch(city, dispatched):
    answer = _fetched(city, {"epoch": 3, "seq": 9, "hash": "a" * 64})
    said = json.loads(gzip.decompress(answer.content))
    assert (said["epoch"], said["seq"], said["prev"]) == (4, 1, "0" * 64)


@pytest.mark.parametrize(
    "holds",
    [None, {"epoch": 1}, {"epoch": "1", "seq": 0, "hash": ""}, {"epoch": 2**31, "seq": 0, "hash": ""}],
)
def test_a_fetch_that_does_not_say_what_is_held_is_refused(holds, city, dispatched):
    answer = _fetched(city, holds)
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")


def test_a_child_that_has_no_key_to_seal_for_is_told_so_and_the_line_shows_it(city, dispatched, its_node):
    dispatched.needs_seal = True
    its_node.keys.filter(purpose="seal").update(valid_until=timezone.now())
    answer = _fetched(city, NOTHING)
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_key")
    assert RefusedEnvelope.objects.get().node == its_node
    assert "封装密钥" in Line.objects.get(stream="dispatch").trouble
    assert city.ask("hello", {"card": city.card()}).status_code == 200
    assert _fetched(city, NOTHING).content
    assert Line.objects.get(stream="dispatch").trouble == ""
