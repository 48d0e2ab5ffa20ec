"""Where the settler finds punches that were accepted: the inbox, and what higher storeys register here."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, Protocol

from attendance.batches import Batch


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of one batch; rows are named by their index in `batch.rows`.

    `unmatched` rows are kept as evidence and count for nobody yet; `refused` rows are not kept.
    """

    added: int = 0
    repeated: int = 0
    unmatched: dict[int, str] = field(default_factory=dict)
    refused: dict[int, str] = field(default_factory=dict)


class Taken(Protocol):
    """One accepted call in the settler's hands; whatever else its source needs to finish it, it carries."""

    @property
    def batch(self) -> Batch | None:
        """Its punches; None where no row of it can be kept, and only `finish` is left to do."""


class Source(Protocol):
    """A table of accepted calls. The first three are called inside the settler's own transaction.

    A call is finished or set aside in the transaction that took it, or else stays where it was.
    """

    def take(self, limit: int) -> Sequence[Any]:
        """Whole calls (each a Taken), oldest first and locked, until they hold about `limit` punches."""

    def finish(self, settled: Sequence[tuple[Any, Settled]], now: datetime) -> None:
        """Write down what became of each call, and leave nothing of it to be taken again."""

    def set_aside(self, taken: Sequence[Any], why: str, now: datetime) -> None:
        """Keep calls that cannot be settled, whatever is tried, where they stop nobody and can be seen."""

    def waiting_since(self) -> datetime | None:
        """When the oldest call that could be taken now was accepted; None while none waits."""


_sources: list[Source] = []


def register(source: Source) -> Callable[[], None]:
    """Add a source; returns how to take it away again.

    The inbox is the first; an app above registers its own when it is ready.
    """
    if source not in _sources:
        _sources.append(source)
    return partial(_sources.remove, source)


def sources() -> tuple[Source, ...]:
    """All sources in the order of their registration."""
    return tuple(_sources)


def waiting_since() -> datetime | None:
    """When the oldest call that waits for the settler in any source was accepted; None while none does."""
    return min((since for source in _sources if (since := source.waiting_since())), default=None)
