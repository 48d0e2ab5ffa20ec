"""What travels is not this part's business: here it is told who writes messages down and who makes copies."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from federation.travel.messages import Incoming, Outgoing


@dataclass(frozen=True)
class Waiting:
    """What of a stream a neighbour has not had yet: how many changes, and the birth of the oldest."""

    number: int
    oldest_at: datetime | None


@dataclass(frozen=True)
class Carriers:
    """The functions that write and apply; `None` where nothing travels on this node.

    `learnt(kind, key, canonical, node)` keeps the name under which a neighbour knows a row of ours;
    `waiting(stream, after, node)` counts what has not been sealed yet.
    """

    outgoing: Outgoing | None = None
    incoming: Incoming | None = None
    learnt: Callable[[str, UUID, UUID, str], None] | None = None
    waiting: Callable[[str, int, str], Waiting] | None = None


_carriers = Carriers()


def register(
    *,
    outgoing: Outgoing | None = None,
    incoming: Incoming | None = None,
    learnt: Callable[[str, UUID, UUID, str], None] | None = None,
    waiting: Callable[[str, int, str], Waiting] | None = None,
) -> None:
    """Say who writes and who applies; called from the app's `ready()`."""
    global _carriers
    _carriers = replace(_carriers, outgoing=outgoing, incoming=incoming, learnt=learnt, waiting=waiting)


def carriers() -> Carriers:
    """Those of this node."""
    return _carriers
