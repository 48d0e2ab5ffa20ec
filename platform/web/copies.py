"""Whose copy a record is: told on its page by whoever knows; pages below that storey only ask.

Own records cost no question and show nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kernel.models import this_node
from kernel.scoping import Actor


@dataclass(frozen=True, slots=True)
class Asked:
    """The last request to correct the record: its page, and how it stands."""

    url: str
    level: str
    words: str


@dataclass(frozen=True, slots=True)
class Copy:
    """Where a copy comes from: the owner in words, its version, when it came, where to ask for a correction.

    `ask` is "" for whoever may not ask.
    """

    source: str
    owner: str
    version: int
    received_at: datetime
    ask: str
    asked: Asked | None


# The actor and the row, which was judged before.
Tell = Callable[[Actor, Any], Copy | None]
_tellers: list[Tell] = []


def register(tell: Tell) -> None:
    """Say who knows. Twice is once."""
    _tellers[:] = [tell]


def is_own(row: Any) -> bool:
    """Whether this node keeps the row; acts on any other are refused."""
    return getattr(row, "origin", this_node()) == this_node()


def copy_of(actor: Actor, row: Any) -> Copy | None:
    """What is known of a copy; None for a row of this node's own."""
    if is_own(row):
        return None
    for tell in _tellers:
        return tell(actor, row)
    return None
