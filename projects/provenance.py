"""Where an enterprise or project comes from and what changed of it: told by whoever pulls the masters.

The storey above registers; pages below ask. Nothing is asked for rows that were only reported here.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from kernel.scoping import Actor
from projects.models import Enterprise, Permit, Project, Source

Row = Enterprise | Project | Permit


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One change of a field in words: when it changed at the source, what it was, what it became."""

    at: datetime
    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Provenance:
    """What is known of a master's row: its record there, when it came, its history, former names."""

    source_id: str
    source_version: int
    fetched_at: datetime
    withdrawn_at: datetime | None
    changes: Sequence[ChangeLine]
    former_names: Sequence[str]
    number_of_changes: int


@dataclass(frozen=True, slots=True)
class Manager:
    """A registered manager of an enterprise; the number is told to nobody here."""

    name: str
    post: str
    number: str
    speciality: str
    grade: str
    valid_to: Any


Tell = Callable[[Row], Provenance | None]
Former = Callable[[str, str], Any]
ManagersOf = Callable[[Actor, Enterprise], Sequence[Manager]]
_tellers: list[Tell] = []
_former: list[Former] = []
_managers: list[ManagersOf] = []


def register(tell: Tell, former: Former, managers: ManagersOf) -> None:
    """Say who knows: provenance of a row, rows by a former name, an enterprise's managers. Twice is once."""
    _tellers[:], _former[:], _managers[:] = [tell], [former], [managers]


def provenance_of(row: Row) -> Provenance | None:
    """Where a row that was judged before comes from; None for what was reported here."""
    if row.source != Source.MASTER:
        return None
    for tell in _tellers:
        return tell(row)
    return None


def once_named(kind: str, words: str) -> Q:
    """The condition that a row ("enterprise", "project") once bore a name with these words in it."""
    for former in _former:
        return Q(public_id__in=former(kind, words))
    return Q(pk__in=[])


def managers_of(actor: Actor, enterprise: Enterprise) -> Sequence[Manager]:
    """The registered managers of an enterprise of the master's."""
    if enterprise.source != Source.MASTER:
        return ()
    for tell in _managers:
        return tell(actor, enterprise)
    return ()
