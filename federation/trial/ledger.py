"""What was reported, as both sides compute it: digests of records and punches, from the messages alone.

The node itself computes from its tables (federation.travel.digests); here there are none, so that a
trial also proves that a message says all that the comparison needs.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import md5, sha256
from typing import Any, Final
from uuid import UUID

import msgspec

from federation.travel.catalogue import KINDS
from federation.travel.files import presence_only
from federation.travel.kinds import Kind
from federation.travel.messages import Message
from federation.travel.names import KIND_OF
from federation.travel.punches import KIND as PUNCHES
from federation.travel.trees import ALL, Ask, bucket_of, group_of, summed

_encoder = msgspec.json.Encoder(order="deterministic")
_SHORT: Final = 32
_BORN: Final = ("created_at", "recorded_at", "granted_at")
# Where the columns that make a punch what it is stand in a row of a message.
_AT, _PROJECT, _SOURCE, _TOKEN, _DIRECTION, _DOOR = 1, 2, 3, 4, 7, 14


@dataclass(frozen=True)
class Leaf:
    """One thing that is compared: its day (UTC), the name of its project, its bucket, its digest."""

    name: str
    day: str
    project: str
    bucket: str
    digest: str


@dataclass
class Ledger:
    """All that one side has reported and the other has taken; the same message again changes nothing."""

    messages: dict[str, dict[str, Message]] = field(default_factory=dict)
    # Everything that was told, also what was refused: others name it.
    told: dict[str, dict[str, Message]] = field(default_factory=dict)
    punches: dict[str, Leaf] = field(default_factory=dict)
    # What the other side knew before under a name of its own, by ours.
    canonical: dict[str, str] = field(default_factory=dict)

    def take(self, message: Message) -> None:
        """Keep a message as its receiver would."""
        if message.kind == PUNCHES:
            self.punches.update({leaf.name: leaf for leaf in _punches(message)})
        elif message.kind in KINDS:
            self.note(message)
            held = self.messages.setdefault(message.kind, {})
            if message.op == "tombstone" or str(message.key) in self.canonical:
                held.pop(str(message.key), None)
            else:
                held[str(message.key)] = message

    def note(self, message: Message) -> None:
        """Remember a message that was not taken, so that the project of others is found through it."""
        self.told.setdefault(message.kind, {})[str(message.key)] = message

    def known_as(self, kind: str, key: str, canonical: str) -> None:
        """The other side held this before: its row is not compared, and others name it as it does."""
        self.canonical[key] = canonical
        self.messages.get(kind, {}).pop(key, None)

    def children(self, ask: Ask) -> dict[str, tuple[int, str]]:
        """The digests below a branch, as docs/federation-protocol.md, part 八, says."""
        below: dict[str, list[tuple[int, str]]] = {}
        for leaf in self._leaves(ask.kind):
            if _lies_in(leaf, ask):
                below.setdefault(_child(leaf, ask), []).append((1, leaf.digest))
        return {name: summed(found) for name, found in below.items()}

    def _leaves(self, kind: str) -> Iterator[Leaf]:
        if kind == PUNCHES:
            yield from self.punches.values()
            return
        for key, message in self.messages.get(kind, {}).items():
            digest = digest_of(KINDS[kind], self._as_named_there(message))
            yield Leaf(key, _day(message), self._project(KINDS[kind], message), bucket_of(UUID(key)), digest)

    def _as_named_there(self, message: Message) -> Message:
        row = {name: self.canonical.get(value, value) if isinstance(value, str) else value
               for name, value in message.row.items()}  # fmt: skip
        return replace(message, row=row)

    def _project(self, kind: Kind, message: Message) -> str:
        """The project of a record, found along its references through what else was reported."""
        if kind.project is None:
            return ""
        model: Any = kind.model
        row, key = message.row, str(message.key)
        for step in filter(None, kind.project.split("__")):
            model = model._meta.get_field(step).related_model
            key = str(row.get(step) or "")
            found = self.told.get(KIND_OF.get(model, ""), {}).get(key)
            row = found.row if found else {}
        return key


def digest_of(kind: Kind, message: Message) -> str:
    """A record's digest as 32 hexadecimal figures."""
    said = presence_only(kind, message.row)
    if kind.own:
        said.pop(kind.changed_at, None)
    return sha256(_encoder.encode([message.origin, said, sorted(message.sealed)])).hexdigest()[-_SHORT:]


def _day(message: Message) -> str:
    return next((str(message.row[name])[:10] for name in _BORN if message.row.get(name)), "")


def _punches(message: Message) -> Iterator[Leaf]:
    said: Mapping[str, Any] = message.row
    for row in said["rows"]:
        project = said["projects"][row[_PROJECT]]
        words = (
            str(row[_AT]), project, said["sources"][row[_SOURCE]], row[_TOKEN], row[_DIRECTION],
            said["origins"][row[_DOOR]],
        )  # fmt: skip
        digest = md5("|".join(words).encode(), usedforsecurity=False).hexdigest()
        day = datetime.fromtimestamp(row[_AT] / 1_000_000, UTC).date().isoformat()
        yield Leaf(digest, day, project, digest[:2], digest)


def _lies_in(leaf: Leaf, ask: Ask) -> bool:
    if (ask.first and leaf.day < ask.first) or (ask.last and leaf.day > ask.last):
        return False
    if ask.day is not None and leaf.day != ask.day:
        return False
    if ask.project is not None:
        return leaf.project == ask.project and ask.bucket in ("", ALL, leaf.bucket)
    return ask.group in ("", ALL, group_of(leaf.project))


def _child(leaf: Leaf, ask: Ask) -> str:
    if ask.project is not None:
        return leaf.name if ask.bucket else leaf.bucket
    if ask.day is None:
        return leaf.day
    return leaf.project if ask.group else group_of(leaf.project)
