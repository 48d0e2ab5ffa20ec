"""Files of rows: named by their content between nodes, by an address of its own at each.

An address is a keyed digest of the content's SHA-256, so that the receiver of a row knows at once where the
file will lie here: its column is written with the row, and nothing is written again when the file comes.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from federation.models import Line, Node, RecordResult, ToldFile, TravellingFile
from federation.travel.kinds import Kind, Part
from federation.travel.messages import FileCard, Message
from federation.wire import streams
from kernel import store
from kernel.cipher import Unreadable

State = TravellingFile.State
Row = Mapping[str, Any]
LOST_RULE: Final = "file_lost"
_KINDS: Final = ((b"%PDF-", "application/pdf"), (b"\x89PNG", "image/png"), (b"\xff\xd8", "image/jpeg"))
_OTHER: Final = "application/octet-stream"
_OURS: Final = (
    _("这条记录的附件在本平台的文件库里找不到，记录已照常上报，附件没有传送。"),
    _("请从备份恢复文件库，本平台每小时检查一次，找到后自动传送；或在原处重新上传。"),
)
_THEIRS: Final = (
    _("这条记录的附件在来源平台的文件库里找不到，只收到了记录本身。"),
    _("由来源平台恢复或重新上传，之后自动传来。"),
)


class NotTold(ValueError):
    """A row names a file of which its message tells nothing; `name` is what it says."""


def with_files(of: Kind | Part, row: Row, change: Callable[[str], Any]) -> dict[str, Any]:
    """The row with each name of a file changed, in its parts as well; where none is named stays empty."""
    said = dict(row)
    for name in of.files:
        if said.get(name):
            said[name] = change(said[name])
    for part in of.parts:
        if part.name in said and _holds_files(part):
            said[part.name] = [with_files(part, entry, change) for entry in said[part.name] or ()]
    return said


def _holds_files(part: Part) -> bool:
    return bool(part.files) or any(_holds_files(inner) for inner in part.parts)


def named_in(of: Kind | Part, row: Row) -> Iterator[str]:
    """Every file that a row and its parts name."""
    yield from (str(row[name]) for name in of.files if row.get(name))
    for part in of.parts:
        for entry in row.get(part.name) or ():
            yield from named_in(part, entry)


def presence_only(of: Kind | Part, row: Row) -> dict[str, Any]:
    """The row as it is compared: of a file whether there is one, for addresses differ by node."""
    return with_files(of, row, bool)


# Where messages are written.


def tell(kind: Kind, rows: Iterable[tuple[UUID, Row]], to: str, at: datetime) -> dict[str, FileCard]:
    """What is told of the files of these rows to a neighbour, by our address; it is noted who was told."""
    named = {address: key for key, row in rows for address in named_in(kind, row)}
    if not named:
        return {}
    found = {row.address: row for row in TravellingFile.objects.filter(address__in=named)}
    strange = sorted(set(named) - set(found))
    if strange:
        fresh = [_looked_at(kind, named[address], address, at) for address in strange]
        TravellingFile.objects.bulk_create(fresh, ignore_conflicts=True)
        found.update({row.address: row for row in TravellingFile.objects.filter(address__in=strange)})
    node = Node.objects.filter(code=to).first()
    if node is not None:
        _note_told(node, found.values(), at)
        lost = {named[address] for address, row in found.items() if row.state == State.LOST}
        for key in sorted(lost):
            note_lost(node, Line.Direction.OUT, kind.name, key, at)
        note_found(kind.name, set(named.values()) - lost, at, node=to)
    return {
        address: FileCard(row.digest, row.size, row.kind, is_lost=row.state == State.LOST)
        for address, row in found.items()
    }


def _note_told(node: Node, rows: Collection[TravellingFile], at: datetime) -> None:
    told = [
        ToldFile(file=row, node=node, told_at=at)
        for row in sorted(rows, key=lambda one: one.pk)
        if row.node != node.code
    ]
    ToldFile.objects.bulk_create(told, ignore_conflicts=True)


def _looked_at(kind: Kind, key: UUID, address: str, at: datetime) -> TravellingFile:
    """What lies at an address that a row of ours names; where nothing does, the gap has a name too."""
    row = TravellingFile(address=address, record_kind=kind.name, record_key=key, since=at, is_ours=True)
    try:
        return described(row, store.fetch(address))
    except (FileNotFoundError, Unreadable):
        row.state, row.size, row.kind = State.LOST, 0, _OTHER
        row.digest = store.digest_of(f"lost:{address}".encode())
        return row


def described(row: TravellingFile, content: bytes) -> TravellingFile:
    """The row with what its content says of itself; it is not saved."""
    row.state, row.digest, row.size = State.HERE, store.digest_of(content), len(content)
    row.kind = next((kind for begins, kind in _KINDS if content.lstrip()[:5].startswith(begins)), _OTHER)
    return row


def cards_of(kind: Kind, row: Row, cards: Mapping[str, FileCard]) -> list[FileCard]:
    """The files that follow after a row, each once."""
    found = {cards[address].digest: cards[address] for address in named_in(kind, row)}
    return [found[digest] for digest in sorted(found)]


# Where they are applied.


def localised_files(kind: Kind, message: Message) -> Message:
    """The message with its files under our addresses, whether they have come or not. Raises NotTold."""
    told = {card.digest for card in message.files}

    def ours(digest: Any) -> str:
        if digest not in told:
            raise NotTold(digest)
        return store.address_of(digest)

    return replace(message, row=with_files(kind, message.row, ours)) if message.row else message


def expect(messages: Sequence[tuple[Message, UUID]], node: str, at: datetime) -> None:
    """Wait for the files of rows that were written, each with our name of it; what is here has come."""
    wanted = {
        store.address_of(card.digest): (card, message.kind, key)
        for message, key in messages
        for card in message.files
    }
    if not wanted:
        return
    known = {row.address: row for row in TravellingFile.objects.filter(address__in=wanted)}
    fresh = [
        _awaited(address, *wanted[address], node, at) for address in sorted(wanted) if address not in known
    ]
    TravellingFile.objects.bulk_create(fresh, ignore_conflicts=True)
    TravellingFile.objects.filter(address__in=known, unnamed_at__isnull=False).update(unnamed_at=None)
    for address, row in known.items():
        card = wanted[address][0]
        if row.state == State.HERE or (card.is_lost and row.state == State.LOST):
            continue
        # Whoever told of it last is asked; a source that has found it again is asked again.
        state = State.LOST if card.is_lost else State.AWAITED
        TravellingFile.objects.filter(pk=row.pk).update(node=node, state=state)
    lost = {(kind, key) for card, kind, key in wanted.values() if card.is_lost}
    _note_outcomes(node, {(message.kind, key) for message, key in messages}, lost, at)


def _note_outcomes(
    code: str, records: Collection[tuple[str, UUID]], lost: Collection[tuple[str, UUID]], at: datetime
) -> None:
    """Of these records of a neighbour some name files that it has lost; with the others all is well."""
    node = Node.objects.filter(code=code).first()
    if node is None:
        return
    for kind, key in sorted(lost):
        note_lost(node, Line.Direction.IN, kind, key, at)
    by_kind: dict[str, set[UUID]] = defaultdict(set)
    for kind, key in set(records) - set(lost):
        by_kind[kind].add(key)
    for kind, keys in by_kind.items():
        note_found(kind, keys, at, node=code)


def unname(kind: Kind, before: Row, now_said: Row, at: datetime) -> None:
    """A copy names these files no longer: they are looked at, and forgotten if no other row names them."""
    gone = set(named_in(kind, before)) - set(named_in(kind, now_said))
    if gone:
        rows = TravellingFile.objects.filter(address__in=gone, unnamed_at=None)
        rows.update(unnamed_at=at)


def _awaited(address: str, card: FileCard, kind: str, key: UUID, node: str, at: datetime) -> TravellingFile:
    is_here = store.has(address)
    return TravellingFile(
        address=address,
        digest=card.digest,
        size=max(0, card.size),
        kind=card.kind[:40],
        state=State.HERE if is_here else State.LOST if card.is_lost else State.AWAITED,
        node=node,
        record_kind=kind,
        record_key=key,
        since=at,
        is_ours=is_here,
    )


def note_lost(node: Node, direction: str, kind: str, key: UUID, at: datetime) -> None:
    """Show among the held records that a file of a record is not there, until it is found or replaced.

    What two people have let be stays so.
    """
    line, _is_new = Line.objects.get_or_create(node=node, direction=direction, stream=streams.FILES)
    told = _OURS if direction == Line.Direction.OUT else _THEIRS
    row, _is_new = RecordResult.objects.get_or_create(
        line=line, epoch=1, seq=0, kind=kind, key=key,
        defaults={
            "number": 0, "became": RecordResult.Became.REFUSED, "told_at": at, "rule": LOST_RULE,
            "sentence": str(told[0]), "remedy": str(told[1]),
        },
    )  # fmt: skip
    RecordResult.objects.filter(pk=row.pk, resolution="corrected").update(
        resolved_at=None, resolution="", told_at=at
    )


def note_found(kind: str, keys: Collection[UUID], at: datetime, node: str = "") -> None:
    """The matter of a record's lost files has ended, with one neighbour or with all."""
    rows = RecordResult.objects.filter(
        line__stream=streams.FILES, rule=LOST_RULE, kind=kind, key__in=keys, resolved_at=None
    )
    if node:
        rows = rows.filter(line__node__code=node)
    rows.update(resolved_at=at, resolution="corrected")
