"""Owner and copy are compared by a few digests; what differs is found, sent again, and equal afterwards."""

import gzip
import json
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from django.db import connection
from django.utils import timezone

from attendance.models import PunchRun
from federation.models import (
    KeptDay,
    Node,
    PunchDay,
    ReconciliationDiff,
    ReconciliationRun,
    RecordResult,
    RefusedEnvelope,
    StaleDay,
)
from federation.selectors.nodes import own_region
from federation.services import (
    explain_difference,
    join_parent,
    repair_differences,
    start_reconciliation,
)
from federation.services.reconciling import carry_on, follow, start_nightly
from federation.services.sealing import line_out
from federation.travel import kept_punches, outgoing
from federation.travel.punch_tree import PunchTree
from federation.travel.trees import COMPARED, PUNCHES, Ask, branch_of, children, summed
from kernel.errors import DomainError
from outbox.models import Capturing, Change
from projects.models import Team
from tests.support.actors import EVERYONE
from tests.support.neighbour import Ledger, Parent
from tests.support.nodes import parent as recipient
from workers.models import Certificate

NOW = timezone.now()
LATER = NOW + timedelta(minutes=5)
Diff = ReconciliationDiff


@pytest.fixture(autouse=True)
def _of_this_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows are born when they are made, which may be a day after the tests were collected."""
    now = timezone.now()
    monkeypatch.setitem(globals(), "NOW", now)
    monkeypatch.setitem(globals(), "LATER", now + timedelta(minutes=5))


def _compared(node: Node, above: Parent, at: Any = None) -> ReconciliationRun:
    at = at or NOW
    run = start_reconciliation(actor=EVERYONE, node=node, now=at)
    return _finished(run, above.http(), at)


def _finished(run: ReconciliationRun, http: httpx.Client, at: Any) -> ReconciliationRun:
    for turn in range(20):
        carry_on(ReconciliationRun.objects.get(pk=run.pk), http=http, now=at + timedelta(minutes=turn))
        run.refresh_from_db()
        if run.state == run.State.DONE:
            return run
    raise AssertionError(run.trouble)


def test_equal_sides_are_equal_after_few_questions(node, above, ledger):
    run = _compared(node, above)
    assert Diff.objects.count() == 0
    assert run.questions <= 4
    assert (run.bytes_out + run.bytes_in) == ledger.size < 20_000
    counts = {one.kind: one for one in run.counts.all()}
    assert set(counts) == set(COMPARED)
    assert all(one.is_equal for one in counts.values())
    assert counts[PUNCHES].below == len(ledger.rows[PUNCHES]) > 3
    assert counts["engagement"].above == len(ledger.rows["engagement"]) > 0
    assert ledger.told[-1]["state"] == "done" and ledger.told[-1].get("differences", []) == []


def test_each_sort_of_difference_is_found_by_few_bytes_repaired_and_equal_afterwards(node, above, ledger):
    Capturing.objects.update_or_create(defaults={"since": NOW, "is_up": True})
    whole = {kind: dict(rows) for kind, rows in ledger.rows.items()}
    punch = min(ledger.rows[PUNCHES])
    del ledger.rows[PUNCHES][punch]
    person = min(ledger.rows["person"])
    del ledger.rows["person"][person]
    team = min(ledger.rows["team"])
    ledger.rows["team"][team] = (*ledger.rows["team"][team][:2], "ab" * 16)
    stray = str(uuid4())
    day, project, _digest = next(iter(ledger.rows["engagement"].values()))
    ledger.rows["engagement"][stray] = (day, project, "cd" * 16)
    run = _compared(node, above)
    found = {(one.kind, one.sort, str(one.key)) for one in Diff.objects.all()}
    assert found == {
        (PUNCHES, "missing_above", str(UUID(punch))),
        ("person", "missing_above", person),
        ("team", "different", team),
        ("engagement", "missing_below", stray),
    }
    assert set(Diff.objects.values_list("state", flat=True)) == {"open"}
    assert run.questions <= 10
    assert ledger.size < 40_000
    assert len(ledger.told[-1]["differences"]) == 4

    Change.objects.all().delete()
    PunchRun.objects.all().delete()
    assert repair_differences(actor=EVERYONE, node=node, differences=list(Diff.objects.all()), now=NOW) == 4
    told = {
        (one.kind, one.op, str(one.key))
        for stream in outgoing.UPWARD[:-1]
        for one in outgoing.next_batch(stream, 0, 100, recipient()).messages
    }
    assert told == {("person", "put", person), ("team", "put", team), ("engagement", "tombstone", stray)}
    (again,) = outgoing.next_batch(PUNCHES, 0, 100, recipient()).messages
    assert len(again.row["rows"]) == 1
    # As if the parent had applied them.
    ledger.rows.update(whole)
    assert follow(run, http=above.http(), now=LATER) == 4
    assert set(Diff.objects.values_list("state", flat=True)) == {"repaired"}
    assert ledger.told[-1].get("differences", []) == []
    second = _compared(node, above, LATER)
    assert all(one.is_equal for one in second.counts.all())


def test_a_difference_that_was_only_on_its_way_is_none(node, above, ledger):
    held = ledger.rows["person"].popitem()
    run = start_reconciliation(actor=EVERYONE, node=node, now=NOW)
    http = above.http()
    while ReconciliationRun.objects.get(pk=run.pk).state == "running":
        assert carry_on(ReconciliationRun.objects.get(pk=run.pk), http=http, now=NOW)
    assert set(Diff.objects.values_list("state", flat=True)) == {"suspect"}
    ledger.rows["person"][held[0]] = held[1]
    _finished(run, http, LATER)
    assert Diff.objects.count() == 0


def test_a_record_that_was_refused_there_is_explained(node, above, ledger):
    key, _row = ledger.rows["certificate"].popitem()
    line = line_out(node, "records-0")
    RecordResult.objects.create(
        line=line, number=1, epoch=1, seq=1, kind="certificate", key=key, became="refused", told_at=NOW,
        sentence="证书编号与已登记的不符",
    )  # fmt: skip
    _compared(node, above)
    (row,) = Diff.objects.all()
    assert (row.state, row.sort) == ("explained", "missing_above")
    assert "证书编号与已登记的不符" in row.why


def test_what_the_parent_wants_is_sent_by_the_owner(node, above, ledger):
    key, _row = ledger.rows["certificate"].popitem()
    run = _compared(node, above)
    ledger.wanted = [("certificate", key)]
    follow(run, http=above.http(), now=LATER)
    (row,) = Diff.objects.all()
    assert (row.state, row.asked_at, row.sent_at) == ("sent", LATER, LATER)


def test_a_comparison_goes_on_where_it_stopped(node, above, ledger):
    run = start_reconciliation(actor=EVERYONE, node=node, now=NOW)
    above.away = True
    assert not carry_on(run, http=above.http(), now=NOW)
    run.refresh_from_db()
    assert "连接不上" in run.trouble
    assert run.next_at is not None and run.next_at > NOW
    with pytest.raises(DomainError):
        start_reconciliation(actor=EVERYONE, node=node, now=NOW)
    above.away, ledger.busy = False, 2
    assert not carry_on(run, http=above.http(), now=LATER)
    run.refresh_from_db()
    assert run.state == "running" and run.done == 0
    done = _finished(run, above.http(), LATER)
    assert all(one.is_equal for one in done.counts.all())


def test_the_night_compares_once_with_the_parent(node, above, ledger):
    run = start_nightly(NOW + timedelta(days=1))
    assert run is not None
    assert (run.scope, run.day) == ("night", NOW.date())
    assert start_nightly(NOW + timedelta(days=1)) is None
    done = _finished(run, above.http(), NOW + timedelta(days=1))
    counts = {one.kind: one for one in done.counts.all()}
    assert counts["team"].below == Team.all_rows.count() == counts["team"].above
    assert done.differences.count() == 0


def test_a_node_that_owns_nothing_yet_is_compared_as_well(db, settings):
    settings.NODE_KIND, settings.NODE_ID, settings.NODE_REGION = "city", "whs", "420100"
    above = Parent()
    join_parent(actor=EVERYONE, url="https://p.example", invitation=above.invitation, http=above.http())
    above.answers["compare"] = Ledger({kind: {} for kind in COMPARED}).answer
    night = start_nightly(NOW)
    assert night is not None
    _finished(night, above.http(), NOW)
    _compared(night.node, above)
    assert {run.state for run in ReconciliationRun.objects.all()} == {"done"}
    assert ReconciliationRun.objects.count() == 2
    assert Diff.objects.count() == 0


def test_kept_days_follow_whatever_touches_them(node):
    branch = branch_of(node, own_region().path)
    day = (NOW - timedelta(days=20)).date()
    ask = Ask(PUNCHES, str(day - timedelta(days=60)), str(NOW.date()))
    first, last = ask.span
    assert first is not None and last is not None

    def total() -> tuple[int, str]:
        list(kept_punches.freshen(branch.peer, first, last, timezone.now()))
        return summed(children(ask, branch).values())

    before = total()
    tree = PunchTree(regions=branch.regions, peer=branch.peer)
    assert before == summed((one.count, f"{one.value:032x}") for one in tree.days(first, last).values())
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO attendance_punch SELECT gen_random_uuid(), %s, project_id, source, 'late',"
            " subject_id, team_id, direction, channel, pass_method, origin, is_repeat, photo, latitude,"
            " longitude, received_at FROM attendance_punch LIMIT 1",
            [NOW - timedelta(days=20)],
        )
    assert StaleDay.objects.filter(day=day).count() == 1
    after = total()
    assert after[0] == before[0] + 1 and after[1] != before[1]
    assert not StaleDay.objects.exists()
    assert KeptDay.objects.filter(peer=node.code).count() == (last - first).days + 1
    assert sum(PunchDay.objects.values_list("count", flat=True)) == after[0]


def test_an_explanation_needs_a_reason_and_stays(node, above, ledger):
    ledger.rows["certificate"].popitem()
    _compared(node, above)
    row = Diff.objects.get()
    with pytest.raises(DomainError):
        explain_difference(actor=EVERYONE, difference=row, why=" ")
    explain_difference(actor=EVERYONE, difference=row, why="该证已注销，上级已清退", now=NOW)
    _compared(node, above, LATER)
    row.refresh_from_db()
    assert (row.state, row.why) == ("explained", "该证已注销，上级已清退")
    assert Certificate.all_rows.filter(public_id=row.key).exists()


def test_another_makers_child_compares_with_us_and_tells_what_it_found(city, its_node):
    run, key = str(uuid4()), str(uuid4())
    answer = city.compare({"kind": "enterprise", "last": "2026-11-27"}, run=run)
    assert answer.status_code == 200
    assert json.loads(gzip.decompress(answer.content)) == {"answers": [{}]}
    told = {
        "state": "done",
        "counts": [{"kind": "enterprise", "below": 1, "above": 0, "digest_below": "a" * 32,
                    "digest_above": "0" * 32}],
        "differences": [{"kind": "enterprise", "key": key, "mark": "ab", "day": "2026-11-26", "project": "",
                         "sort": "missing_above", "state": "open"}],
        "questions": 3, "bytes_out": 10, "bytes_in": 20,
    }  # fmt: skip
    assert city.compare(run=run, tell=told).status_code == 200
    kept = ReconciliationRun.objects.get()
    assert (kept.node, kept.state, kept.questions, kept.counts.get().below) == (its_node, "done", 3, 1)
    (row,) = Diff.objects.all()
    assert (str(row.key), row.state, row.sort) == (key, "open", "missing_above")
    repair_differences(actor=EVERYONE, node=its_node, differences=[row])
    answer = city.compare(run=run)
    assert json.loads(gzip.decompress(answer.content))["wanted"] == [["enterprise", key]]
    city.compare(run=run, tell={**told, "differences": []})
    row.refresh_from_db()
    assert row.state == "repaired"


@pytest.mark.parametrize(
    "ask", [{"kind": "nothing"}, {"kind": "team", "day": "yesterday"}, {"kind": "punches"}]
)
def test_a_question_that_names_no_branch_is_refused(ask, city):
    answer = city.compare(ask)
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")
    assert RefusedEnvelope.objects.get().sentence
