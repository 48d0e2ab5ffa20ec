"""Punches travel by runs: without numbers, once, and counted at the province as at the site."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import reduce
from hashlib import md5
from operator import xor
from typing import Any
from uuid import UUID

import msgspec
import pytest
from django.utils import timezone

from attendance.models import AttendanceDay, Device, Inbox, Punch, PunchRun, Subject
from attendance.services import PunchFacts, receive_punches, settle_step
from federation.models import WaitingRow
from federation.travel import incoming, outgoing
from federation.travel.messages import Message, Recipient
from federation.travel.punch_tree import BUCKETS, PunchTree
from kernel.ids import new_id
from outbox.models import Capturing
from outbox.services import deliver_all
from projects.models import Project
from regions.models import Region
from tests.support import people
from tests.support.actors import EVERYONE
from tests.support.counties import County, wuchang
from tests.support.nodes import COUNTY, PROVINCE, county, drained, emptied, everything, node, parent, seal

NOW = timezone.now()
OTHER = Recipient("ministry", seal)
WUCHANG = "420000/420100/420106/"


def _tree(peer: str = "") -> dict[str, Any]:
    first, last = (NOW - timedelta(days=60)).date(), (NOW + timedelta(days=1)).date()
    return dict(PunchTree(regions=[WUCHANG], peer=peer).days(first, last))


def _days() -> set[tuple[Any, ...]]:
    rows = AttendanceDay.all_rows.values_list(
        "engagement__public_id", "day", "first_at", "last_at", "punches", "is_corrected"
    )
    return set(rows)


def _settled() -> None:
    while settle_step(timezone.now()):
        pass
    deliver_all()


@pytest.fixture
def sent(db: None) -> tuple[County, dict[str, list[Message]], dict[str, Any], set[tuple[Any, ...]]]:
    """武昌 as a node of its own with its punches, and what it concludes from them."""
    with node(COUNTY):
        place = wuchang(NOW)
        return place, everything(parent(), NOW), _tree(PROVINCE), _days()


def _records(messages: dict[str, list[Message]]) -> None:
    for stream, rows in messages.items():
        if stream != outgoing.PUNCHES:
            incoming.apply_batch(stream, rows, county())


def _punches(messages: dict[str, list[Message]]) -> list[str]:
    rows = messages[outgoing.PUNCHES]
    return [one.became for one in incoming.apply_batch(outgoing.PUNCHES, rows, county())]


def test_the_province_holds_the_same_punches_and_concludes_the_same_days(sent: Any) -> None:
    _place, messages, tree, days = sent
    wire = msgspec.json.encode(messages[outgoing.PUNCHES])
    numbers = list(Subject.objects.all())
    assert numbers and len(days) > 3 and tree
    for subject in numbers:
        with node(COUNTY):
            assert subject.id_number.encode() not in wire
        assert bytes(subject.id_index).hex().encode() not in wire
    with node(PROVINCE):
        emptied()
        _records(messages)
        assert _punches(messages) == ["applied"]
        _settled()
        assert _tree() == tree
        assert _days() == days
        names = set(Punch.all_rows.values_list("public_id", flat=True))
        # The gates of the site are the county's: none was made up here.
        assert set(Device.all_rows.values_list("origin", flat=True)) == {COUNTY}
        # Once more: nothing is doubled.
        assert _punches(messages) == ["applied"]
        _settled()
        assert set(Punch.all_rows.values_list("public_id", flat=True)) == names
        assert (_tree(), _days()) == (tree, days)


def test_punches_before_their_people_are_evidence_and_count_when_these_come(sent: Any) -> None:
    _place, messages, tree, days = sent
    late = ("person", "engagement", "presence", "leave", "correction", "certificate", "contract", "training")
    early = {stream: [m for m in rows if m.kind not in late] for stream, rows in messages.items()}
    with node(PROVINCE):
        emptied()
        _records(early)
        assert _punches(messages) == ["applied"]
        _settled()
        assert _tree() == tree and _days() == set()
        assert set(Subject.objects.values_list("id_type", "person")) == {("node", None)}
        _records(messages)
        _settled()
        assert _days() == days


def test_punches_of_a_project_that_has_not_come_wait_for_it(sent: Any) -> None:
    _place, messages, tree, days = sent
    with node(PROVINCE):
        emptied()
        assert _punches(messages) == ["waits"]
        assert Inbox.objects.count() == 0
        _records(messages)
        _settled()
        assert (_tree(), _days()) == (tree, days)


def test_punches_of_another_county_are_refused(sent: Any) -> None:
    _place, messages, _tree_there, _days_there = sent
    with node(PROVINCE):
        emptied()
        _records(messages)
        rows = messages[outgoing.PUNCHES]
        (outcome,) = incoming.apply_batch(outgoing.PUNCHES, rows, county("420000/429004/"))
        assert (outcome.became, outcome.rule) == ("refused", "outside_region")
        assert Inbox.objects.count() == 0


def _with_others(message: Message, other: str) -> Message:
    """The same list with one more punch, of another project."""
    line = [*message.row["rows"][0]]
    line[0], line[2], line[4] = str(new_id()), len(message.row["projects"]), "elsewhere"
    row = {**message.row, "projects": [*message.row["projects"], other], "rows": [*message.row["rows"], line]}
    return replace(message, row=row)


def test_punches_of_one_project_that_has_not_come_keep_no_others_waiting(sent: Any) -> None:
    _place, messages, tree, days = sent
    with node(PROVINCE):
        emptied()
        _records(messages)
        other = Project.all_rows.get()
        other.pk, other.public_id, other.code, other.name = None, new_id(), "", "迟到的项目"
        (message,) = messages[outgoing.PUNCHES]
        mixed = _with_others(message, str(other.public_id))
        (outcome,) = incoming.apply_batch(outgoing.PUNCHES, [mixed], county())
        assert (outcome.became, outcome.missing) == ("waits", f"project:{other.public_id}")
        _settled()
        assert (_tree(), _days()) == (tree, days)
        # What waits is the rest alone, and is added when its project comes.
        kept = msgspec.json.decode(WaitingRow.objects.get().content, type=Message)
        assert [line[4] for line in kept.row["rows"]] == ["elsewhere"]
        Project.all_rows.bulk_create([other])
        incoming.retry_waiting(county())
        _settled()
        assert (WaitingRow.objects.count(), Punch.all_rows.filter(token="elsewhere").count()) == (0, 1)
        number = Punch.all_rows.count()
        assert [one.became for one in incoming.apply_batch(outgoing.PUNCHES, [mixed], county())] == [
            "applied"
        ]
        _settled()
        assert Punch.all_rows.count() == number


def test_punches_of_one_project_elsewhere_are_refused_without_the_others(sent: Any) -> None:
    _place, messages, tree, days = sent
    with node(PROVINCE):
        emptied()
        _records(messages)
        other = Project.all_rows.get()
        other.pk, other.public_id, other.code, other.name = None, new_id(), "", "外地的项目"
        other.region = Region.objects.get(code="429004")
        Project.all_rows.bulk_create([other])
        (message,) = messages[outgoing.PUNCHES]
        mixed = _with_others(message, str(other.public_id))
        (outcome,) = incoming.apply_batch(outgoing.PUNCHES, [mixed], county())
        assert (outcome.became, outcome.rule) == ("refused", "outside_region")
        assert "“外地的项目”等 1 个项目" in outcome.sentence and "其 1 次打卡没有收下" in outcome.sentence
        _settled()
        assert (_tree(), _days()) == (tree, days)
        assert not Punch.all_rows.filter(token="elsewhere").exists()


def test_each_step_writes_one_run_and_only_while_somebody_is_told(db: None) -> None:
    place = wuchang(NOW)
    assert PunchRun.objects.count() == 0
    Capturing.objects.create(since=NOW, is_up=True)
    before = set(Punch.all_rows.values_list("public_id", flat=True))
    facts = [
        PunchFacts(
            people.id_number(41 + 2 * n), NOW - timedelta(minutes=n), direction="in", token=f"{n + 900}"
        )
        for n in range(3)
    ]
    receive_punches(
        actor=EVERYONE,
        project=place.project,
        origin="gate",
        punches=facts,
        now=NOW,
        source=str(place.device.public_id),
    )
    (run,) = PunchRun.objects.all()
    fresh = set(Punch.all_rows.values_list("public_id", flat=True)) - before
    assert (run.punches, run.first_id, run.last_id) == (3, min(fresh), max(fresh))
    (message,) = drained(outgoing.PUNCHES, OTHER)
    assert [line[0] for line in message.row["rows"]] == sorted(map(str, fresh))
    assert drained(outgoing.PUNCHES, OTHER, after=run.pk) == []


def test_a_difference_is_found_from_day_to_punch(sent: Any) -> None:
    place, messages, tree, _days_there = sent
    with node(PROVINCE):
        emptied()
        _records(messages)
        (message,) = messages[outgoing.PUNCHES]
        lost = message.row["rows"][0]
        rest = {**message.row, "rows": message.row["rows"][1:]}
        incoming.apply_batch(outgoing.PUNCHES, [replace(message, row=rest)], county())
        _settled()
        here = _tree()
        (day,) = [day for day in tree if here.get(day) != tree[day]]
        assert tree[day].count - (here[day].count if day in here else 0) == 1
        on, project = date.fromisoformat(day), str(place.project.public_id)
        ours = PunchTree(regions=[WUCHANG])
        were = [one for bucket in range(BUCKETS) for one in ours.punches(on, project, bucket).values()]
        assert UUID(lost[0]) not in were
        assert sum(one.count for one in ours.buckets(on, project).values()) == len(were)
        assert ours.projects(on).get(project) == here.get(day)
        # The repair is the same message again.
        _punches(messages)
        _settled()
        assert _tree() == tree


def test_a_digest_is_made_as_the_protocol_says(db: None) -> None:
    """Another maker computes it by docs/federation-protocol.md: from whole microseconds, then XOR."""
    place = wuchang(NOW)
    first = (NOW - timedelta(days=3)).date()
    begins = datetime.combine(first, datetime.min.time(), UTC)
    instants = [begins + timedelta(microseconds=number) for number in (0, 1, 999_999, 86_399_999_999)]
    for number, at in enumerate(instants):
        old = Punch.all_rows.order_by("pk").first()
        assert old is not None
        old.pk, old.occurred_at, old.token = new_id(), at, f"m{number}"
        old.save(force_insert=True)
    rows = Punch.all_rows.filter(occurred_at__gte=begins, occurred_at__lt=begins + timedelta(days=1))
    since = datetime(1970, 1, 1, tzinfo=UTC)
    written = [
        f"{(one.occurred_at - since) // timedelta(microseconds=1)}|{one.project.public_id}|{one.source}"
        f"|{one.token}|{one.direction}|{one.origin}"
        for one in rows.select_related("project")
    ]
    digests = [int(md5(line.encode()).hexdigest(), 16) for line in written]
    found = PunchTree(regions=[WUCHANG]).days(first, first)[str(first)]
    assert {"m0", "m1", "m2", "m3"} <= {line.split("|")[3] for line in written}
    assert (found.count, found.value) == (len(written), reduce(xor, digests))
    (project,) = PunchTree(regions=[WUCHANG]).projects(first)
    assert project == str(place.project.public_id)
