"""What a neighbour has not had yet: changes become messages that hold the present state of their rows."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import takewhile
from typing import Final
from uuid import UUID

from django.utils import timezone

from federation.models import Copied
from federation.travel import files, punches, sightings
from federation.travel.catalogue import KINDS, ORDER
from federation.travel.concerns import concerned, needed_with
from federation.travel.kinds import Kind, rows_of
from federation.travel.messages import Batch, FileCard, Message, Recipient
from federation.travel.reading import Snapshot, snapshots
from kernel.models import this_node
from outbox import capture
from outbox.models import Change

RECORDS: Final = "records-"
DISPATCH: Final = "dispatch"
PUNCHES: Final = "punches"
# Every line of a link: upward the records of each shard and the punches, downward what is dispatched.
UPWARD: Final = (*(f"{RECORDS}{shard}" for shard in capture.SHARDS), PUNCHES)
DOWNWARD: Final = (DISPATCH,)


def shard_of(stream: str) -> int:
    """The shard of captured changes that a stream carries. Raises ValueError for a stream of no shard."""
    return capture.DISPATCH if stream == DISPATCH else int(stream.removeprefix(RECORDS))


def next_batch(stream: str, after: int, most: int, to: Recipient, before: int | None = None) -> Batch:
    """The next messages of a stream for one neighbour, up to the first change not written before `before`.

    `most` bounds the changes that are looked at (on "punches" the punches). A row that changed several times
    is written once, as it stands; what came from the neighbour itself is passed over. Rows that others in
    the batch name come before these. Without anything new the position stays where it is.
    """
    if stream == PUNCHES:
        return punches.next_batch(after, most, to)
    shard = shard_of(stream)
    capture.give_change_positions(shard)
    changes = capture.changes_after(shard, after, most)
    if before is not None:
        changes = list(takewhile(lambda change: change.pk < before, changes))
    if not changes:
        return Batch((), after)
    return Batch(list(_messages(changes, to)), changes[-1].position or after)


def messages_of(kind: str, keys: Iterable[UUID], to: Recipient, at: datetime) -> list[Message]:
    """The present state of certain rows, for a repair: what is not here any more as a tombstone."""
    return list(_of_kind(KINDS[kind], dict.fromkeys(keys, at), to))


def _messages(changes: Sequence[Change], to: Recipient) -> Iterator[Message]:
    wanted: dict[str, dict[UUID, datetime]] = defaultdict(dict)
    joined: dict[UUID, datetime] = {}
    for change in changes:
        if change.kind == "participation":
            joined[change.key] = change.created_at
        if (change.kind in KINDS or change.kind == sightings.KIND) and change.came_from != to.code:
            # The first place in the order, the last instant.
            wanted[change.kind][change.key] = change.created_at
    seen = wanted.pop(sightings.KIND, {})
    if to.regions or to.enterprises:
        # Who joined by the neighbour's own word is looked after as well: it is told what is known of them.
        _add(wanted, needed_with({**wanted, "participation": joined}))
    for name in sorted(wanted, key=ORDER.__getitem__):
        yield from _of_kind(KINDS[name], wanted[name], to)
    yield from sightings.messages_of(seen)


def _add(wanted: dict[str, dict[UUID, datetime]], more: Mapping[str, Mapping[UUID, datetime]]) -> None:
    for name, keys in more.items():
        for key, at in keys.items():
            wanted[name].setdefault(key, at)


def _of_kind(kind: Kind, wanted: Mapping[UUID, datetime], to: Recipient) -> Iterator[Message]:
    copies = {one.key: one for one in Copied.objects.filter(kind=kind.name, key__in=list(wanted))}
    keys = [key for key in wanted if key not in copies or copies[key].node != to.code]
    found = snapshots(kind, keys, this_node())
    chosen = concerned(kind, found.values(), to)
    cards = files.tell(
        kind, [(key, found[key].row) for key in keys if key in chosen], to.code, timezone.now()
    )
    gone = _gone(kind, [key for key in keys if key not in found])
    for key in keys:
        at = wanted[key].astimezone(UTC).isoformat()
        if key in chosen:
            yield _written(kind, found[key], at, to, cards)
        elif key in gone:
            yield _tombstone(kind, key, copies.get(key), at)


def _tombstone(kind: Kind, key: UUID, copy: Copied | None, at: str) -> Message:
    """That a row is not here any more, in the version after its last one where that is known.

    Of a row of ours nothing is left that says it: version 1, and the instant decides.
    """
    if copy is None:
        return Message(kind.name, key, 1, this_node(), "tombstone", at)
    version = copy.version + (copy.gone_at is None)
    return Message(kind.name, key, version, copy.origin, "tombstone", at)


def _gone(kind: Kind, keys: Sequence[UUID]) -> set[UUID]:
    """Which rows are not here at all; one that merely does not travel (a draft) is no tombstone."""
    if kind.named is not None or not keys:
        return set(keys)
    here = rows_of(kind.model).filter(public_id__in=keys).values_list("public_id", flat=True)
    return set(keys) - set(here)


def message_of(kind: Kind, one: Snapshot, at: str, to: Recipient) -> Message:
    """One row as a message for one neighbour, its numbers sealed for that neighbour alone."""
    cards = files.tell(kind, [(one.key, one.row)], to.code, timezone.now())
    return _written(kind, one, at, to, cards)


def _written(kind: Kind, one: Snapshot, at: str, to: Recipient, cards: Mapping[str, FileCard]) -> Message:
    return Message(
        kind.name,
        one.key,
        one.version,
        one.origin,
        "put",
        at,
        row=files.with_files(kind, one.row, lambda address: cards[address].digest),
        sealed={
            name: to.seal(text, place_of(kind.name, one.key, name)) for name, text in one.opened().items()
        },
        files=files.cards_of(kind, one.row, cards),
    )


def place_of(kind: str, key: UUID, name: str) -> str:
    """The place that a sealed value belongs to: a box copied to another place does not open there."""
    return f"{kind}/{key}/{name}"
