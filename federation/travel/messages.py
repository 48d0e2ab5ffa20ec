"""The words of the protocol between nodes: a message, what became of it, and to whom it goes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol
from uuid import UUID

Op = Literal["put", "tombstone"]
Became = Literal["applied", "same", "waits", "refused"]


@dataclass(frozen=True)
class FileCard:
    """A file that follows after its row: the SHA-256 of its content, its bytes and its kind.

    A row names the file by the digest. `is_lost`: it is not there at its source either; the digest then names
    nothing but the gap.
    """

    digest: str
    size: int
    kind: str
    is_lost: bool = False


@dataclass(frozen=True)
class Message:
    """The present state of one row, as its owner has it.

    `row` names other rows by their public id; `sealed` holds numbers that only the receiver can open;
    `files` tells of each content that follows after the row. `at`: when it changed, ISO 8601 in UTC.
    """

    kind: str
    key: UUID
    version: int
    origin: str
    op: Op
    at: str
    row: Mapping[str, Any] = field(default_factory=dict)
    sealed: Mapping[str, str] = field(default_factory=dict)
    files: Sequence[FileCard] = ()


@dataclass(frozen=True)
class Outcome:
    """What became of one message at its receiver.

    `canonical` is the name under which the receiver knows the row where that is another one. A refusal says
    the rule that was broken, the sentence for people and what to do; `missing` is the row that is waited for.
    """

    became: Became
    canonical: UUID | None = None
    rule: str = ""
    sentence: str = ""
    remedy: str = ""
    missing: str = ""


@dataclass(frozen=True)
class Recipient:
    """A neighbour as the writer of messages sees it: its name, and how a number is sealed for it alone.

    `seal` takes the plain text and the place it belongs to (kind, key, field) and gives the box as text.
    What goes down is chosen by the path prefixes and the USCCs that the neighbour answers for; upward, with
    neither, everything goes.
    """

    code: str
    seal: Callable[[str, str], str]
    regions: Sequence[str] = ()
    enterprises: Sequence[str] = ()


@dataclass(frozen=True)
class Sender:
    """A neighbour as the reader of messages sees it: what it may report, and how its boxes are opened.

    `regions` are the path prefixes and `enterprises` the USCCs it answers for ("" among the regions: every
    place); `origins` are the nodes whose rows come through it, its own code among them ("*": whoever they
    are, as from the parent). `open` is the counterpart of `Recipient.seal`.
    `gives_back`: these are rows of ours that we have lost and that the neighbour had copied.
    """

    code: str
    regions: Sequence[str]
    enterprises: Sequence[str]
    origins: frozenset[str]
    open: Callable[[str, str], str]
    gives_back: bool = False


@dataclass(frozen=True)
class Batch:
    """The next messages of one stream for one neighbour, and how far the cursor has come with them."""

    messages: Sequence[Message]
    position: int


class Outgoing(Protocol):
    """Reads what a neighbour has not had yet: `next_batch(stream, after position, most, to)`.

    `before`: only up to the first change that was not written before this one.
    """

    def __call__(
        self, stream: str, after: int, most: int, to: Recipient, before: int | None = None
    ) -> Batch: ...


class Incoming(Protocol):
    """Makes copies of what a neighbour sent, one outcome for each message, in the same order."""

    def __call__(self, stream: str, messages: Sequence[Message], sender: Sender) -> list[Outcome]: ...
