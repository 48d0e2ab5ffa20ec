"""What travels is not the wire's business: here it is told who writes messages down and who makes copies."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from federation.travel.messages import Incoming, Outgoing, Sender


@dataclass(frozen=True)
class Waiting:
    """What of a stream a neighbour has not had yet: how many changes, and the birth of the oldest."""

    number: int
    oldest_at: datetime | None


class Learnt(Protocol):
    """Keeps the name under which a neighbour knows a row of ours."""

    def __call__(self, *, node: str, kind: str, key: UUID, canonical: UUID) -> None: ...


@dataclass(frozen=True)
class Carriers:
    """The functions that write and apply; None where nothing travels.

    `waiting(stream, after, node)` counts what has not been sealed yet; `unsent(positions)` says on which
    streams anything follows, and how the oldest there stands among all changes; `retry(sender)` tries again
    what waits for another record.
    """

    outgoing: Outgoing | None = None
    incoming: Incoming | None = None
    learnt: Learnt | None = None
    waiting: Callable[[str, int, str], Waiting] | None = None
    unsent: Callable[[Mapping[str, int]], Mapping[str, int]] | None = None
    retry: Callable[[Sender], int] | None = None


_held: list[Carriers] = [Carriers()]


def register(
    *,
    outgoing: Outgoing | None = None,
    incoming: Incoming | None = None,
    learnt: Learnt | None = None,
    waiting: Callable[[str, int, str], Waiting] | None = None,
    unsent: Callable[[Mapping[str, int]], Mapping[str, int]] | None = None,
    retry: Callable[[Sender], int] | None = None,
) -> Carriers:
    """Say who writes and who applies, when Django starts; returns those of before."""
    before = _held[0]
    _held[0] = Carriers(outgoing, incoming, learnt, waiting, unsent, retry)
    return before


def restore(before: Carriers) -> None:
    """Give back what `register` replaced."""
    _held[0] = before


def carriers() -> Carriers:
    """Those of this node."""
    return _held[0]
