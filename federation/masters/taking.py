"""A page of the source becomes rows, provenance and history, in one transaction with its cursor.

Taking the same change twice does nothing: a record whose version and end are known is passed over.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from federation.masters.contract import Entry, mark
from federation.masters.kinds import Kind
from federation.masters.reading import READERS, Reader, Unreadable
from federation.models import ChangeProposal, Copied, MasterChange, MasterPull, MasterRecord
from kernel.models import this_node
from projects.master_facts import Change, Taken

_WRITTEN = (
    "source_version", "key", "label", "row", "mark", "changed_at", "fetched_at", "withdrawn_at",
    "withdrawn_by_count", "held", "held_data", "seen_in", "version", "updated_at",
)  # fmt: skip
CLASH = "这条记录与本平台已有的记录冲突，没有写入。请核对总库中是否有两条相同的记录。"


@dataclass(slots=True)
class Tally:
    """How many records of a page were new, changed, unchanged, withdrawn or held."""

    new: int = 0
    changed: int = 0
    same: int = 0
    withdrawn: int = 0
    held: int = 0

    def add(self, other: "Tally") -> None:
        for name in ("new", "changed", "same", "withdrawn", "held"):
            setattr(self, name, getattr(self, name) + getattr(other, name))


@dataclass(slots=True)
class _Work:
    """One living record of a page on its way: what was said, what was read of it, what became of it."""

    entry: Entry
    record: MasterRecord
    facts: Any = None
    outcome: Taken = field(default_factory=lambda: Taken("held"))


def take_page(kind: Kind, pull: MasterPull | None, entries: Sequence[Entry], now: datetime) -> Tally:
    """Take the entries of a page; raises nothing for what lies in a record: such a record is held.

    Runs in the transaction of its caller.
    """
    try:
        with transaction.atomic():
            return _taken(kind, pull, entries, now)
    except IntegrityError:
        # Somebody registered the same firm just now, or two records claim one key: one by one, then.
        found = Tally()
        for entry in entries:
            found.add(_alone(kind, pull, entry, now))
        return found


def _alone(kind: Kind, pull: MasterPull | None, entry: Entry, now: datetime) -> Tally:
    try:
        with transaction.atomic():
            return _taken(kind, pull, [entry], now)
    except IntegrityError:
        record = _known(kind, [entry]).get(entry.id) or _fresh(kind, entry)
        _stamp(record, entry, pull, now)
        _hold(record, entry, CLASH)
        _write([record])
        return Tally(held=1)


def _taken(kind: Kind, pull: MasterPull | None, entries: Sequence[Entry], now: datetime) -> Tally:
    tally = Tally()
    is_full = pull is not None and pull.is_full
    latest = {entry.id: entry for entry in sorted(entries, key=lambda entry: entry.sequence)}
    known = _known(kind, latest.values())
    fresh: list[Entry] = []
    for entry in latest.values():
        record = known.get(entry.id)
        if record is not None and not record.held and _is_known(record, entry, is_full=is_full):
            tally.same += 1
        else:
            fresh.append(entry)
    if pull is not None and tally.same:
        seen = [record.pk for record in known.values()]
        MasterRecord.objects.filter(pk__in=seen).update(seen_in=pull, withdrawn_by_count=False)
    ended = [entry for entry in fresh if entry.is_withdrawn]
    tally.withdrawn += _end(kind, ended, known, pull, now)
    living = [entry for entry in fresh if not entry.is_withdrawn]
    tally.add(_live(kind, living, known, pull, now))
    return tally


def _known(kind: Kind, entries: Iterable[Entry]) -> dict[str, MasterRecord]:
    rows = MasterRecord.objects.filter(object=kind.name, source_id__in=[entry.id for entry in entries])
    return {row.source_id: row for row in rows.select_for_update().order_by("pk")}


def _is_known(record: MasterRecord, entry: Entry, *, is_full: bool) -> bool:
    """Whether this change, or a later one, was taken before. Taken off by a count, a record may return.

    When everything is read anew, what the source says now counts, be it an earlier version.
    """
    if record.withdrawn_by_count:
        return False
    if record.source_version != entry.version and not is_full:
        return record.source_version > entry.version
    return record.source_version == entry.version and (record.withdrawn_at is not None) == entry.is_withdrawn


def _end(
    kind: Kind,
    entries: Sequence[Entry],
    known: dict[str, MasterRecord],
    pull: MasterPull | None,
    now: datetime,
) -> int:
    """Tombstones: the records end, their rows stay."""
    records = []
    for entry in entries:
        record = known.get(entry.id) or _fresh(kind, entry)
        _stamp(record, entry, pull, now)
        record.withdrawn_at, record.held, record.held_data = entry.changed_at, "", None
        records.append(record)
    _write(records)
    rows = [record.row for record in records if record.row]
    if kind.end is not None and rows:
        kind.end(rows, now)
    return len(records)


def end_missing(kind: Kind, pull: MasterPull, now: datetime) -> int:
    """After everything was read anew: what the source no longer knows has ended, though it never said so.

    It may have forgotten ends as well; they count no more. Tells how many records ended by this.
    """
    missing = MasterRecord.objects.filter(object=kind.name, withdrawn_by_count=False).exclude(seen_in=pull)
    records = list(missing.select_for_update().order_by("pk"))
    living = [record for record in records if record.withdrawn_at is None]
    for record in records:
        record.withdrawn_at, record.withdrawn_by_count = record.withdrawn_at or now, True
        record.held, record.held_data = "", None
        record.version += 1
    _write(records)
    rows = [record.row for record in living if record.row]
    if kind.end is not None and rows:
        kind.end(rows, now)
    return len(living)


def _live(
    kind: Kind,
    entries: Sequence[Entry],
    known: dict[str, MasterRecord],
    pull: MasterPull | None,
    now: datetime,
) -> Tally:
    reader = Reader()
    works: list[_Work] = []
    for entry in entries:
        work = _Work(entry, known.get(entry.id) or _fresh(kind, entry))
        _stamp(work.record, entry, pull, now)
        try:
            work.facts = READERS[kind.name](reader, entry.data, work.record.row)
        except Unreadable as fault:
            work.outcome.sentence = str(fault)
        works.append(work)
    _refuse_second_records(kind, works)
    _take(kind, works, now)
    for work in works:
        _settle(kind, work)
    _write([work.record for work in works])
    _keep(kind, works)
    _note(kind, works, now)
    tally = Tally()
    for work in works:
        setattr(tally, work.outcome.became, getattr(tally, work.outcome.became) + 1)
    return tally


def _refuse_second_records(kind: Kind, works: Sequence[_Work]) -> None:
    """Of one key one record lives: the one that came first, until the source withdraws it."""
    keys = {kind.key(work.facts): work for work in works if work.facts is not None and kind.key(work.facts)}
    ours = [work.entry.id for work in works]
    living = MasterRecord.objects.filter(object=kind.name, key__in=keys, withdrawn_at=None, held="")
    taken = dict(living.exclude(source_id__in=ours).values_list("key", "source_id"))
    for work in works:
        key = kind.key(work.facts) if work.facts is not None else ""
        if not key:
            continue
        holder = taken.setdefault(key, work.entry.id)
        if holder != work.entry.id:
            work.facts = None
            work.outcome.sentence = (
                f"总库的另一条记录（{holder}）已经使用“{key}”。请在总库合并或撤销其中一条。"
            )


def _take(kind: Kind, works: Sequence[_Work], now: datetime) -> None:
    readable = [work for work in works if work.facts is not None]
    if not readable:
        return
    for work, outcome in zip(readable, kind.take([work.facts for work in readable], now), strict=True):
        work.outcome = outcome


def _settle(kind: Kind, work: _Work) -> None:
    record, outcome = work.record, work.outcome
    record.withdrawn_at = None
    if work.facts is not None:
        record.key, record.label = kind.key(work.facts), kind.label(work.facts)[:200]
    if outcome.became == "held":
        _hold(record, work.entry, outcome.sentence)
        return
    record.row, record.held, record.held_data = outcome.row, "", None


def _hold(record: MasterRecord, entry: Entry, why: str) -> None:
    record.held = why[:300]
    record.held_data = json.dumps(dict(entry.data), ensure_ascii=False, default=str)


def _fresh(kind: Kind, entry: Entry) -> MasterRecord:
    return MasterRecord(object=kind.name, source_id=entry.id)


def _stamp(record: MasterRecord, entry: Entry, pull: MasterPull | None, now: datetime) -> None:
    """Version and instant of what the source says now."""
    record.source_version, record.changed_at, record.fetched_at = entry.version, entry.changed_at, now
    record.mark = mark(entry.id, entry.version, is_withdrawn=entry.is_withdrawn)
    record.withdrawn_by_count = False
    record.seen_in = pull or record.seen_in
    record.version += 1 if record.pk else 0


def _write(records: Sequence[MasterRecord]) -> None:
    """Those that are held or ended first: they free their keys for the others."""
    freed = [record for record in records if record.held or record.withdrawn_at]
    for batch in (freed, [record for record in records if not (record.held or record.withdrawn_at)]):
        MasterRecord.objects.bulk_create(
            batch,
            batch_size=500,
            update_conflicts=True,
            unique_fields=["object", "source_id"],
            update_fields=list(_WRITTEN),
        )


def _keep(kind: Kind, works: Sequence[_Work]) -> None:
    """Rows that a neighbour reported first are this node's now: no copies any more."""
    rows = [row for work in works if work.outcome.became == "changed" and (row := work.outcome.row)]
    Copied.objects.filter(kind=kind.row, key__in=rows).delete()


def _note(kind: Kind, works: Sequence[_Work], now: datetime) -> None:
    told = [
        (work.outcome.row, work.outcome.changes, work.entry.changed_at)
        for work in works
        if work.outcome.row and work.outcome.became == "changed"
    ]
    note_changes(kind.row, told, now)


def note_changes(
    row_kind: str, told: Iterable[tuple[UUID, Sequence[Change], datetime]], now: datetime
) -> None:
    """Keep the history of fields: row, its changes, and when they were made at the source.

    A wish that has come true by them is done. Copies bring their history with them (travel: master_change).
    """
    changes = [
        MasterChange(
            object=row_kind,
            row=row,
            field=change.field[:40],
            before=change.before[:300],
            after=change.after[:300],
            changed_at=changed_at,
            noted_at=now,
        )
        for row, made, changed_at in told
        for change in made
    ]
    MasterChange.objects.bulk_create(changes, batch_size=500)
    if changes:
        _fulfil(changes, now)


def _fulfil(changes: Sequence[MasterChange], now: datetime) -> None:
    open_states = (ChangeProposal.State.ASKED, ChangeProposal.State.ACCEPTED)
    # What came from another node is marked there, when the new value comes.
    waiting = ChangeProposal.all_rows.filter(
        origin=this_node(), row__in={one.row for one in changes}, state__in=open_states
    )
    made = {(one.row, one.field, one.after) for one in changes}
    for wish in waiting.select_for_update(of=("self",)):
        if (wish.row, wish.field, wish.wish) in made:
            wish.state, wish.done_at = ChangeProposal.State.DONE, now
            wish.version += 1
            wish.save(update_fields=["state", "done_at", "version", "updated_at"])


def retry_held(kind: Kind, pull: MasterPull, now: datetime) -> Tally:
    """Try again what could not be taken before: what it waited for may have come."""
    rows = MasterRecord.objects.filter(object=kind.name, withdrawn_at=None).exclude(held="")
    entries = [
        Entry(
            sequence=order,
            id=row.source_id,
            version=row.source_version,
            changed_at=row.changed_at,
            data=json.loads(row.held_data or "{}"),
        )
        for order, row in enumerate(rows.order_by("pk")[:5000])
    ]
    return take_page(kind, None, entries, now) if entries else Tally()
