"""Records that cannot be read are refused alone: the others of their envelope, and those that wait, go on."""

from dataclasses import replace
from typing import Any

import pytest
from django.utils import timezone

from attendance.models import Inbox
from federation.models import Copied, ReceivedEnvelope, RecordResult, WaitingRow
from federation.services.applying import apply_all
from federation.travel import incoming, outgoing
from federation.travel.fitting import misfit
from federation.travel.messages import Message
from kernel.ids import new_id
from projects.models import Enterprise
from tests.support.neighbour import message
from tests.support.nodes import COUNTY, county, seal
from workers.models import Person

NOW = timezone.now()
STAMP = NOW.isoformat()
USCC = "91420100MA4KTEST0X"


def _record(kind: str, **row: Any) -> Message:
    return Message(kind, new_id(), 1, COUNTY, "put", STAMP, {"created_at": STAMP, "updated_at": STAMP, **row})


def _firm(**row: Any) -> Message:
    return _record("enterprise", **{"uscc": USCC, "name": "卮昤建设有限公司", "source": "reported", **row})


def _punches(**row: Any) -> Message:
    lists = {key: ["x"] for key in ("projects", "sources", "people", "teams", "channels", "methods")}
    return _record(
        "punches", **{**lists, "projects": [str(new_id())], "origins": ["gate"], "rows": [], **row}
    )


MISSHAPEN = {
    "a NUL in a text": (_firm(name="卮\x00昤"), "name"),
    "no UUID": (_record("project", contractor="x"), "contractor"),
    "a number for a UUID": (_record("participation", project=5), "project"),
    "a list for a text": (_firm(name=["卮昤"]), "name"),
    "a number for a list of parts": (_record("notice", events=5), "events"),
    "a text for a part": (_record("notice", events=["x"]), "events"),
    "a person without the sort of its document": (_record("person", name="张三"), "id_type"),
    "an instant of nowhere": (replace(_firm(), at="2026-11-27T00:00:00"), "at"),
    "no instant": (replace(_firm(), at="heute"), "at"),
    "a version that no column holds": (replace(_firm(), version=2**31), "version"),
    "an origin with a NUL": (replace(_firm(), origin="wuchang\x00"), "origin"),
    "a sighting of nobody": (_record("sighting", name="wuchang-1:7"), "person"),
    "punches that are no list": (_punches(rows="x"), "rows"),
    "punches of nowhere": (_punches(projects=["x"]), "projects"),
    "punches of another width": (_punches(rows=[[1, 2, 3]]), "rows"),
    "punches with a text for an instant": (
        _punches(rows=[[str(new_id()), "x", 0, 0, "t", 0, 0, "in", 0, 0, "", "", "", 5, 0]]),
        "rows",
    ),
    "punches that point beyond a list": (
        _punches(rows=[[str(new_id()), 5, 7, 0, "t", 0, 0, "in", 0, 0, "", "", "", 5, 0]]),
        "project",
    ),
}


@pytest.mark.parametrize("which", MISSHAPEN)
def test_i_27_a_record_that_cannot_be_read_is_refused_alone(which: str, db: None) -> None:
    wrong, field = MISSHAPEN[which]
    good = _firm(uscc="91420100MA4KTEST1X")
    refused, taken = incoming.apply_batch("records-0", [wrong, good], county(""))
    assert (refused.became, refused.rule) == ("refused", "shape")
    assert (f"“{field}”" in refused.sentence, refused.remedy != "") == (True, True)
    assert taken.became == "applied"
    assert list(Enterprise.all_rows.values_list("public_id", flat=True)) == [good.key]
    assert (Copied.objects.get().key, Inbox.objects.count(), WaitingRow.objects.count()) == (good.key, 0, 0)


def test_what_only_the_writing_finds_is_refused_alone_as_well(db: None) -> None:
    """A person without a number, a day that is none, and a box where none can be."""
    nameless = _record("person", name="张三", id_type="01", sex="1", born_on="1990-03-07", nation="01")
    day = replace(
        nameless,
        key=(key := new_id()),
        row={**nameless.row, "born_on": 7},
        sealed={"id_number": seal("420001199003070013", outgoing.place_of("person", key, "id_number"))},
    )
    good = _firm()
    outcomes = incoming.apply_batch("records-0", [nameless, day, good], county(""))
    assert [(one.became, one.rule) for one in outcomes] == [
        ("refused", "shape"),
        ("refused", "shape"),
        ("applied", ""),
    ]
    assert (Person.all_rows.count(), Enterprise.all_rows.count()) == (0, 1)


def test_a_text_that_only_looks_like_a_nul_is_a_text(db: None) -> None:
    assert misfit(_firm(name=r"卮\u0000昤")) == ""


def test_a_misshapen_record_that_waits_fails_nothing_that_it_waited_for(db: None) -> None:
    """One that an earlier version of the software let in: the innocent record that wakes it is applied."""
    firm, waiting = _firm(), _record("project", contractor="x")
    late = _record("person", name="张三", id_type="01")
    missing = incoming.Outcome("waits", missing=f"enterprise:{firm.key}")
    pairs = [(one, missing) for one in (waiting, late)]
    incoming._keep_waiting(pairs, county(), NOW)
    (outcome,) = incoming.apply_batch("records-0", [firm], county(""))
    assert outcome.became == "applied"
    assert WaitingRow.objects.count() == 0
    assert incoming.retry_waiting(county("")) == 0


@pytest.mark.parametrize(
    ("other", "where"),
    [
        ({"key": "x"}, "$[1].key"),
        ({"op": "merge"}, "$[1].op"),
        ({"row": []}, "$[1].row"),
        ({"version": "1"}, "$[1].version"),
        ({"sealed": {"phone": 5}}, "$[1].sealed[...]"),
    ],
)
def test_messages_that_are_none_get_no_receipt(other: dict[str, Any], where: str, city: Any) -> None:
    answer = city.send(message(text="一"), {**message(text="二"), **other})
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")
    assert where in answer.json()["sentence"]
    assert not ReceivedEnvelope.objects.exists()
    # Put right under the same number it is taken.
    city.last.clear()
    assert city.send(message(text="一")).status_code == 200


def test_a_misshapen_record_leaves_its_line_open_and_is_told_to_its_sender(city: Any) -> None:
    wrong = message("enterprise", uscc="x\x00", version=2**40, origin="whs")
    good = message("enterprise", uscc=USCC, name="卮昤建设有限公司", source="reported",
                   created_at=STAMP, updated_at=STAMP)  # fmt: skip
    strange = message("no\x00te")
    # A record that comes twice in one envelope has one outcome: its last.
    city.send(wrong, strange, good, {**wrong, "version": 2})
    assert apply_all(timezone.now()) == 1
    assert ReceivedEnvelope.objects.get().state == "applied"
    assert Enterprise.all_rows.get().public_id.hex == good["key"].replace("-", "")
    told = city.ask("results", {"after": {}}).json()["lines"]["records-0"]["results"]
    assert {(one["kind"], one["version"], one["rule"]) for one in told} == {
        ("enterprise", 2, "shape"),
        ("note", 1, "shape"),
    }
    assert RecordResult.objects.count() == 2
