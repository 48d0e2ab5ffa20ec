"""Rows travel between nodes: written at a county, applied at the province, the same in the end."""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from django.apps import apps
from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from attendance.models import Device, Subject
from federation.models import Copied, WaitingRow
from federation.travel import beginning, described, digests, incoming, outgoing
from federation.travel.catalogue import KINDS, STAYS
from federation.travel.kinds import rows_of
from federation.travel.messages import Message, Recipient, Sender
from federation.travel.punches import evidence_index
from kernel.errors import HeldElsewhere
from kernel.ids import new_id
from kernel.models import Travelling
from kernel.scoping import ScopedModel
from outbox import capture
from outbox.models import Capturing, Change, ChangeLine
from projects.models import Enterprise, Project
from tests.architecture.source import ROOT
from tests.support import people, records
from tests.support.counties import County, wuchang
from tests.support.nodes import (
    COUNTY,
    PROVINCE,
    captured,
    county,
    drained,
    emptied,
    everything,
    node,
    parent,
    seal,
    unseal,
)
from tests.support.watching import watched
from workers.models import Certificate, Engagement, Person, PersonAlias
from workers.services import identity_index

NOW = timezone.now()
UP = [name for name, kind in KINDS.items() if kind.goes_up]


def test_every_travelling_table_is_a_kind_or_says_why_it_stays() -> None:
    models = [m for m in apps.get_models() if issubclass(m, (Travelling, ScopedModel))]
    carried: set[Any] = {kind.model for kind in KINDS.values()}
    for kind in KINDS.values():
        parts = list(kind.parts)
        while parts:
            part = parts.pop()
            carried.add(part.model)
            parts += part.parts
    labels = {model._meta.label for model in models if model not in carried}
    assert labels == set(STAYS)
    assert carried.isdisjoint(apps.get_model(label) for label in STAYS)


def test_the_fields_in_docs_are_those_that_travel() -> None:
    held = (ROOT / "docs" / "federation-kinds.md").read_text(encoding="utf-8")
    assert held == described.page(), "./dev manage node_kinds --file docs/federation-kinds.md"


@pytest.mark.django_db
def test_i_26_every_table_of_a_kind_has_its_triggers_as_the_kinds_say() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, array_agg(t.tgname::text ORDER BY t.tgname), min(pg_get_functiondef(t.tgfoid))"
            " FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " WHERE t.tgname LIKE 'changes_travel%' GROUP BY c.relname"
        )
        found = {table: (names, source) for table, names, source in cursor.fetchall()}
    expected = {one.table: one for one in watched()}
    assert set(found) == set(expected)
    for table, (names, source) in found.items():
        assert names == ["changes_travel", "changes_travel_added", "changes_travel_gone"]
        one = expected[table]
        assert f"'{one.kind}'" in source and one.key in source and one.project in source
        assert ("(100)" in source) is (one.goes in ("down", "both"))
        assert f"'{{{one.own}}}'" in source or not one.own


def test_no_index_travels_and_what_must_stand_in_one_is_made_anew() -> None:
    for kind in KINDS.values():
        names = {column.name for column in kind.columns}
        assert not [name for name in names if name.endswith("_index")]
        left = [
            one.name
            for one in kind.model._meta.concrete_fields
            if not (one.null or one.has_default() or one.primary_key or getattr(one, "blank", False))
            and one.name not in names | set(kind.made) | kind.own | {"public_id", "origin", "version"}
        ]
        assert left == [], kind.name


def test_no_digest_travels_but_that_of_a_ledger_whose_content_travels_with_it() -> None:
    # One made without a key of what holds a number tells the number to whoever tries them all.
    assert [kind.name for kind in KINDS.values() if "digest" in {c.name for c in kind.columns}] == ["ledger"]


@pytest.fixture
def reported(db: None) -> Iterator[tuple[County, dict[str, list[Message]], dict[str, Any]]]:
    """武昌 as a node of its own, all that it reports, and its digests."""
    with node(COUNTY):
        place = wuchang(NOW)
        messages = everything(parent(), NOW)
        told = {name: digests.digests(name, origins=[COUNTY], peer=PROVINCE) for name in UP}
    yield place, messages, told


def _digests() -> dict[str, Any]:
    return {name: digests.digests(name, origins=[COUNTY], peer="") for name in UP}


def _apply(messages: dict[str, list[Message]]) -> Counter[str]:
    became: Counter[str] = Counter()
    for stream, rows in messages.items():
        outcomes = incoming.apply_batch(stream, rows, county(""))
        became += Counter(outcome.became for outcome in outcomes)
    return became


def test_a_county_reports_everything_and_the_province_holds_the_same(
    reported: tuple[County, dict[str, list[Message]], dict[str, Any]],
) -> None:
    place, messages, told = reported
    with node(COUNTY):
        numbers = [worker.person.id_number for worker in place.workers.values()]
        phones = [one.engagement.phone for one in place.workers.values() if one.engagement.phone]
    index = bytes(place.worker.person.id_index)
    wire = msgspec.json.encode(messages)
    for secret in (*numbers, *phones):
        assert secret.encode() not in wire
    assert index.hex().encode() not in wire
    with node(PROVINCE):
        emptied()
        became = _apply(messages)
        assert set(became) <= {"applied", "same", "waits"}
        assert WaitingRow.objects.count() == 0
        assert _digests() == told
        # Every kind was there, so that none is equal for want of rows.
        assert [name for name in UP if not told[name]] == []
        person = Person.all_rows.get(public_id=place.worker.person.public_id)
        assert person.id_number in numbers
        assert bytes(person.id_index) == identity_index("01", person.id_number) != index
        assert (person.origin, person.version) == (COUNTY, place.worker.person.version)
        # The same again, and in another order, changes nothing.
        again = _apply(messages)
        assert set(again) == {"same", "applied"} and again["applied"] == len(messages["punches"])
        assert _digests() == told
        # What each node keeps for itself is no difference, though the row was written for it.
        Device.all_rows.update(last_contact_at=timezone.now(), updated_at=timezone.now())
        assert _digests() == told


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_order_repetition_and_duplicates_change_nothing(
    reported: tuple[County, dict[str, list[Message]], dict[str, Any]], seed: int
) -> None:
    _place, messages, told = reported
    chance = random.Random(seed)
    rows = [message for stream, found in messages.items() for message in found if stream != "punches"]
    rows += chance.sample(rows, len(rows) // 3)
    chance.shuffle(rows)
    with node(PROVINCE):
        emptied()
        for start in range(0, len(rows), 40):
            incoming.apply_batch("records-0", rows[start : start + 40], county(""))
        for _round in range(5):
            incoming.retry_waiting(county(""))
        assert WaitingRow.objects.count() == 0
        assert _digests() == told


def test_what_changes_is_captured_and_what_is_deleted_leaves_a_tombstone(db: None) -> None:
    with node(COUNTY):
        Capturing.objects.create(since=NOW, is_up=True)
        place = wuchang(NOW)
        seen = captured()
        Change.objects.all().delete()
        everything(parent(), NOW)
        laid = {(kind, key, shard) for kind, key, shard in captured() if shard != capture.DISPATCH}
        # Every row was captured by its birth, on the line on which it is laid down; drafts besides.
        assert laid - seen == set()
        leave = place.workers["contractor"].leave or next(w.leave for w in place.workers.values() if w.leave)
        shard = 1 + place.project.pk % 7
        stream = f"records-{shard}"
        capture.give_change_positions(shard)
        before = ChangeLine.objects.get(shard=shard).last
        leave.delete()
        (gone,) = drained(stream, parent(), before)
        assert (gone.kind, gone.key, gone.op, gone.row) == ("leave", leave.public_id, "tombstone", {})
        assert not drained(stream, replace(parent(), code=COUNTY), before + 1)


def test_a_node_without_neighbours_captures_nothing(db: None) -> None:
    wuchang(NOW)
    assert Change.objects.count() == 0


def _firm(origin: str = COUNTY, **row: Any) -> Message:
    said = {"uscc": "91420100MA4KTEST0X", "name": "卮昤建设有限公司", "source": "reported", **row}
    stamp = NOW.isoformat()
    return Message(
        "enterprise", new_id(), 1, origin, "put", stamp, {"created_at": stamp, "updated_at": stamp, **said}
    )


def test_a_row_of_another_branch_is_refused_and_our_own_comes_back_unchanged(db: None) -> None:
    (other, own) = incoming.apply_batch("records-0", [_firm("yichang"), _firm(PROVINCE)], county())
    assert (other.became, other.rule) == ("refused", "origin")
    assert own.became == "same"
    assert Enterprise.all_rows.count() == 0


def test_an_older_version_after_a_newer_one_is_an_echo(db: None) -> None:
    first = _firm()
    later = replace(
        first, at=timezone.now().isoformat(), row={**first.row, "name": "新名称有限公司"}, version=2
    )
    outcomes = incoming.apply_batch("records-0", [first, later, first], county())
    assert [outcome.became for outcome in outcomes] == ["applied", "applied", "same"]
    (firm,) = Enterprise.all_rows.all()
    assert (firm.name, firm.version, firm.origin) == ("新名称有限公司", 2, COUNTY)
    (copy,) = Copied.objects.all()
    assert (copy.node, copy.origin, copy.version, copy.at.isoformat()) == (COUNTY, COUNTY, 2, later.at)


def test_a_newcomer_below_is_told_of_rows_from_far_above(db: None) -> None:
    """A county knows the city above it; the province above that only by its rows."""
    above = Sender("whs", ("",), (), frozenset({"*"}), unseal)
    firm = _firm(PROVINCE)
    with node(COUNTY):
        assert incoming.apply_batch("dispatch", [firm], above)[0].became == "applied"
        beginning.begin(NOW, up=False)
        beginning.lay_down(up=False, origins=None, now=NOW)
    assert ("enterprise", firm.key, capture.DISPATCH) in captured()


def test_a_later_version_is_taken_though_its_nodes_clock_was_set_back(db: None) -> None:
    first = _firm()
    earlier = (timezone.now() - timedelta(days=1)).isoformat()
    later = replace(first, at=earlier, row={**first.row, "name": "新名称有限公司"}, version=2)
    outcomes = incoming.apply_batch("records-0", [first, later, first], county())
    assert [outcome.became for outcome in outcomes] == ["applied", "applied", "same"]
    assert (Enterprise.all_rows.get().name, Copied.objects.get().version) == ("新名称有限公司", 2)


def test_a_tombstone_takes_the_copy_away_and_no_echo_revives_it(db: None) -> None:
    first = _firm()
    gone = replace(first, op="tombstone", row={}, at=timezone.now().isoformat())
    outcomes = incoming.apply_batch("records-0", [first, gone, first, gone], county())
    assert [outcome.became for outcome in outcomes] == ["applied", "applied", "same", "same"]
    assert Enterprise.all_rows.count() == 0


def test_a_deletion_after_a_clock_that_was_fast_is_heard(db: None) -> None:
    """By the version where it is told; else by when the copy came, for its instant proves nothing."""
    for version in (4, 1):
        fast = replace(_firm(), version=3, at=(timezone.now() + timedelta(days=1)).isoformat())
        gone = replace(fast, op="tombstone", row={}, version=version, at=timezone.now().isoformat())
        outcomes = incoming.apply_batch("records-0", [fast], county())
        held = Copied.objects.get(key=fast.key)
        assert timezone.now() < held.at < timezone.now() + timedelta(minutes=11)
        gone = replace(gone, at=timezone.now().isoformat())
        outcomes += incoming.apply_batch("records-0", [gone, fast, gone], county())
        assert [outcome.became for outcome in outcomes] == ["applied", "applied", "same", "same"]
        assert (Enterprise.all_rows.count(), Copied.objects.get(key=fast.key).version) == (0, 4)


def test_a_deletion_after_a_clock_was_set_back_is_heard_by_its_version(db: None) -> None:
    first = _firm()
    gone = replace(
        first, op="tombstone", row={}, version=2, at=(timezone.now() - timedelta(days=1)).isoformat()
    )
    outcomes = incoming.apply_batch("records-0", [first, gone, first], county())
    assert [outcome.became for outcome in outcomes] == ["applied", "applied", "same"]
    assert Enterprise.all_rows.count() == 0
    # What comes back later than that from a backup of its owner is here again.
    back = replace(first, at=timezone.now().isoformat())
    assert incoming.apply_batch("records-0", [back], county())[0].became == "applied"


def test_an_older_version_by_a_clock_that_was_fast_does_not_win(db: None) -> None:
    first = _firm()
    later = replace(first, version=3, row={**first.row, "name": "新名称有限公司"})
    fast = replace(first, version=2, at=(timezone.now() + timedelta(days=1)).isoformat())
    outcomes = incoming.apply_batch("records-0", [later, fast], county())
    assert [outcome.became for outcome in outcomes] == ["applied", "same"]
    assert Enterprise.all_rows.get().name == "新名称有限公司"


def test_a_deletion_of_what_never_came_keeps_nobody_elses_row_away(db: None) -> None:
    firm = _firm()
    gone = replace(firm, op="tombstone", row={}, origin="xiantao-1", at="2099-01-01T00:00:00+00:00")
    other = county(code="xiantao-1", origins=["xiantao-1"])
    assert incoming.apply_batch("records-0", [gone], other)[0].became == "same"
    assert Copied.objects.get().at < timezone.now() + timedelta(minutes=11)
    assert incoming.apply_batch("records-0", [firm], county())[0].became == "applied"
    held = Copied.objects.get()
    assert (held.node, held.origin, held.gone_at) == (COUNTY, COUNTY, None)


def test_a_deletion_that_goes_on_carries_the_version_after_the_last(db: None) -> None:
    Capturing.objects.create(since=NOW, is_up=True)
    firm = replace(_firm(), version=3)
    incoming.apply_batch("records-0", [firm], county())
    gone = replace(firm, op="tombstone", row={}, version=1, at=timezone.now().isoformat())
    incoming.apply_batch("records-0", [gone], county())
    told = drained("records-0", replace(parent(), code="ministry"))
    assert [(one.op, one.version, one.origin) for one in told] == [("tombstone", 4, COUNTY)]


def test_a_firm_known_before_keeps_its_name_and_tells_its_own(db: None) -> None:
    known = Enterprise.all_rows.create(uscc="91420100MA4KTEST0X", name="卮昤建设有限公司")
    same, other = _firm(), _firm(name="别名有限公司")
    (one, two) = incoming.apply_batch("records-0", [same, other], county())
    assert (one.became, one.canonical) == ("same", known.public_id)
    assert (two.became, two.rule) == ("refused", "enterprise_name")
    assert "卮昤建设有限公司" in two.sentence and two.remedy
    assert list(Enterprise.all_rows.values_list("name", flat=True)) == ["卮昤建设有限公司"]


def _person(number: str, name: str = "张三", key: Any = None, origin: str = COUNTY) -> Message:
    key, stamp = key or new_id(), NOW.isoformat()
    row = {"name": name, "id_type": "01", "sex": "1", "born_on": "1990-03-07", "nation": "01"}
    row |= {"created_at": stamp, "updated_at": stamp}
    sealed = {"id_number": seal(number, outgoing.place_of("person", key, "id_number"))}
    return Message("person", key, 1, origin, "put", stamp, row, sealed)


NUMBER = "420001199003070013"


def test_one_number_from_two_nodes_is_one_person_under_the_first_name(db: None) -> None:
    first, second = _person(NUMBER), _person(NUMBER, origin="xiantao-1")
    incoming.apply_batch("records-0", [first], county())
    (outcome,) = incoming.apply_batch("records-0", [second], county(code="xiantao-1", origins=["xiantao-1"]))
    assert (outcome.became, outcome.canonical) == ("applied", first.key)
    (alias,) = PersonAlias.objects.all()
    assert (alias.public_id, alias.person.public_id, alias.node) == (second.key, first.key, "xiantao-1")
    (third,) = incoming.apply_batch(
        "records-0", [replace(second, key=second.key)], county(code="xiantao-1", origins=["xiantao-1"])
    )
    assert (third.became, third.canonical) == ("same", first.key)


def test_one_person_or_firm_that_two_lines_report_at_once_is_one(db: None) -> None:
    """Looked for before the other was written: found when the database refuses the second."""
    first, second = _person(NUMBER), _person(NUMBER)
    (one, two) = incoming.apply_batch("records-0", [first, second], county())
    assert (one.became, two.became, two.canonical) == ("applied", "applied", first.key)
    assert PersonAlias.objects.get().public_id == second.key
    firm, again = _firm(), _firm()
    (one, two) = incoming.apply_batch("records-0", [firm, again], county())
    assert (one.became, two.canonical) == ("applied", firm.key)
    assert Enterprise.all_rows.get().public_id == firm.key
    (other,) = incoming.apply_batch("records-0", [_person(NUMBER, "李四")], county())
    assert (other.became, other.rule) == ("refused", "identity_name")


def test_another_name_for_a_known_number_is_refused_with_a_sentence(db: None) -> None:
    incoming.apply_batch("records-0", [_person(NUMBER)], county())
    (refused,) = incoming.apply_batch("records-0", [_person(NUMBER, "李四")], county())
    assert (refused.became, refused.rule) == ("refused", "identity_name")
    assert NUMBER not in refused.sentence + refused.remedy
    assert Person.all_rows.count() == 1 and PersonAlias.objects.count() == 0


def test_a_box_moved_to_another_row_does_not_open(db: None) -> None:
    message = _person(NUMBER)
    (refused,) = incoming.apply_batch("records-0", [replace(message, key=new_id())], county())
    assert (refused.became, refused.rule) == ("refused", "sealed")
    assert Person.all_rows.count() == 0


def test_a_record_outside_the_senders_region_is_refused(
    reported: tuple[County, dict[str, list[Message]], dict[str, Any]],
) -> None:
    _place, messages, _told = reported
    rows = [message for stream, found in messages.items() for message in found if stream != "punches"]
    with node(PROVINCE):
        emptied()
        outcomes = incoming.apply_batch("records-0", rows, county("429004/"))
        by_kind = {m.kind: o for m, o in zip(rows, outcomes, strict=True)}
        assert (by_kind["project"].became, by_kind["project"].rule) == ("refused", "outside_region")
        assert by_kind["enterprise"].became == "applied"
        assert by_kind["permit"].became == "waits"
        assert Project.all_rows.count() == 0


def test_a_row_waits_for_what_it_names_and_is_written_when_that_comes(
    reported: tuple[County, dict[str, list[Message]], dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    place, messages, _told = reported
    rows = {m.key: m for found in messages.values() for m in found}
    certificate = next(m for m in rows.values() if m.kind == "certificate")
    person = rows[place.worker.person.public_id]
    certificate = replace(certificate, row={**certificate.row, "person": str(person.key)})
    told: list[Any] = []
    incoming.when_settled(
        lambda sender, message, outcome: told.append((sender, message.kind, outcome.became))
    )
    with node(PROVINCE):
        emptied()
        (waits,) = incoming.apply_batch("records-0", [certificate], county())
        assert (waits.became, waits.missing) == ("waits", f"person:{person.key}")
        assert "张三" not in str(WaitingRow.objects.values_list("content", flat=True)[0])
        incoming.apply_batch("records-0", [person], county())
        assert Certificate.all_rows.get().person.public_id == person.key
        assert told == [(COUNTY, "certificate", "applied")]
        assert WaitingRow.objects.count() == 0


def test_i_25_a_copy_is_read_only_here_whoever_acts(
    reported: tuple[County, dict[str, list[Message]], dict[str, Any]],
) -> None:
    _place, messages, _told = reported
    with node(PROVINCE):
        emptied()
        _apply(messages)
        firm = Enterprise.all_rows.first()
        assert firm is not None
        firm.name = "别名"
        with pytest.raises(HeldElsewhere, match=COUNTY):
            firm.save()
        with pytest.raises(HeldElsewhere, match=f"这条记录由“{COUNTY}”平台维护"):
            firm.delete()
        work = Engagement.all_rows.select_related("team").first()
        assert work is not None
        with pytest.raises(HeldElsewhere):
            KINDS["contract"].model(engagement=work, starts_on=NOW.date()).save()
        fresh = Enterprise.all_rows.get(pk=firm.pk)
        assert fresh.name != "别名"


def test_i_23_content_that_the_receivers_standard_does_not_know_is_kept(
    reported: tuple[County, dict[str, list[Message]], dict[str, Any]],
) -> None:
    place, messages, _told = reported
    with node(PROVINCE):
        emptied()
        rows = [message for found in messages.values() for message in found]
        for number, message in enumerate(rows):
            if message.key == place.project.public_id:
                extras = {"WH_unknown_element": "x"}
                rows[number] = replace(message, row={**message.row, "extras": extras, "a_newer_column": 1})
        incoming.apply_batch("records-0", [m for m in rows if m.kind != "punches"], county())
        assert Project.all_rows.get().extras == {"WH_unknown_element": "x"}


def test_the_whole_table_is_read_in_one_place() -> None:
    assert rows_of(Project).model is Project


def _parent() -> Sender:
    return Sender(PROVINCE, ("",), (), frozenset({"*"}), unseal)


def _dispatched(code: str, *regions: str) -> list[Message]:
    return drained(outgoing.DISPATCH, Recipient(code, seal, regions))


def test_what_is_dispatched_reaches_those_whom_it_concerns(db: None) -> None:
    place = wuchang(NOW)
    beginning.begin(NOW, up=False)
    beginning.lay_down(up=False, origins=[PROVINCE], now=NOW)
    told = _dispatched(COUNTY, "420000/420100/420106/")
    others = Counter(message.kind for message in _dispatched("xiantao-1", "420000/429004/"))
    kinds = Counter(message.kind for message in told)
    assert (kinds["project"], kinds["permit"], kinds["participation"]) == (1, 1, len(place.participations))
    assert kinds["enterprise"] == len(place.firms) and kinds["person"] == kinds["engagement"] == 0
    assert not {"project", "permit", "participation", "enterprise", "notice"} & set(others)
    assert kinds["standard"] == others["standard"] == 2 and kinds["code_list"] > 10
    # The county's own parameter is not its neighbour's.
    assert kinds["parameter"] == others["parameter"] + 1
    with node(COUNTY):
        emptied()
        Capturing.objects.create(since=NOW, is_up=True)
        became = Counter(o.became for o in incoming.apply_batch(outgoing.DISPATCH, told, _parent()))
        assert set(became) == {"applied", "same"}
        project = Project.all_rows.get()
        assert (project.public_id, project.origin, project.name) == (
            place.project.public_id, PROVINCE, place.project.name,
        )  # fmt: skip
        # What both were seeded with is the same; nothing came up again that had come down.
        again = incoming.apply_batch(outgoing.DISPATCH, told, _parent())
        assert {outcome.became for outcome in again} == {"same"}
        assert Change.objects.filter(kind="enterprise", came_from=PROVINCE).exists()
        assert not [m for m in drained("records-0", parent()) if m.kind == "enterprise"]


def test_a_parameter_that_comes_from_below_is_refused(db: None) -> None:
    beginning.begin(NOW, up=False)
    beginning.lay_down(up=False, origins=[PROVINCE], now=NOW)
    rule = next(m for m in _dispatched(COUNTY, "420000/420100/420106/") if m.kind == "parameter")
    (refused,) = incoming.apply_batch("records-0", [replace(rule, origin=COUNTY)], county())
    assert (refused.became, refused.rule) == ("refused", "direction")


def test_somebody_whom_the_gates_saw_first_is_told_when_he_is_known(db: None) -> None:
    with node(COUNTY):
        Capturing.objects.create(since=NOW, is_up=True)
        who = records.person(people.id_number(71))
        seen = Subject.objects.create(id_type="01", id_index=b"seen", id_number="x")
        Subject.objects.filter(pk=seen.pk).update(person=who)
        person, sighting = drained("records-0", parent())
        assert (sighting.kind, sighting.row["name"]) == ("sighting", f"{COUNTY}:{seen.pk}")
    with node(PROVINCE):
        emptied()
        evidence = Subject.objects.create(
            id_type="node", id_index=evidence_index(sighting.row["name"]), id_number="x"
        )
        (waits,) = incoming.apply_batch("records-0", [sighting], county())
        assert (waits.became, waits.missing) == ("waits", f"person:{person.key}")
        incoming.apply_batch("records-0", [person], county())
        evidence.refresh_from_db()
        assert evidence.person is not None and evidence.person.public_id == person.key
