"""A second PostgreSQL that follows the first: who may read there, and until when it is known to be complete.

Inside `reading(…)` the models are read from the replica; everything else, every write, and every read within
a transaction goes to the primary, so an act never judges by an older row. How old the replica is, is not
asked of it: the primary's position in its log is noted with the time, and what the replica has replayed is
compared with that. So its clock does not matter, and neither does whether it still hears from the primary.
Source: docs/decisions/0195-a-replica-for-what-is-only-looked-at.md.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import Error, connections
from django.utils import timezone

ALIAS: Final = "replica"
PRIMARY: Final = "default"
# Seconds between two looks of a process at both positions, and between two tries while the replica is away.
_LOOK: Final = 0.5
_RETRY: Final = 5.0
# Notes that are kept; at two a second those of a minute.
_NOTES: Final = 120

_until: ContextVar[datetime | None] = ContextVar("replica_until", default=None)


class Router:
    """Reads inside `reading` go to the replica, all else to the primary."""

    def db_for_read(self, _model: type[Any], **_hints: Any) -> str:
        if _until.get() is None or connections[PRIMARY].in_atomic_block:
            return PRIMARY
        return ALIAS

    def db_for_write(self, _model: type[Any], **_hints: Any) -> str:
        return PRIMARY

    def allow_relation(self, _one: Any, _other: Any, **_hints: Any) -> bool:
        return True

    def allow_migrate(self, db: str, _app: str, **_hints: Any) -> bool:
        return db != ALIAS


@contextmanager
def reading(until: datetime) -> Iterator[None]:
    """Read from the replica, which is complete until `until`. Querysets must be evaluated inside."""
    token = _until.set(until)
    try:
        yield
    finally:
        _until.reset(token)


def complete_until(now: datetime) -> datetime:
    """The instant of which what is read here speaks: `now`, or in `reading` the replica's."""
    until = _until.get()
    return now if until is None else min(until, now)


class Freshness:
    """What one process knows of the replica: notes of the primary's position, and how far the replica is."""

    def __init__(
        self,
        primary: Callable[[], int],
        replica: Callable[[], int],
        clock: Callable[[], datetime] = timezone.now,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self._primary, self._replica = primary, replica
        self._clock, self._ticks = clock, ticks
        self._notes: deque[tuple[datetime, int]] = deque(maxlen=_NOTES)
        self._looking = threading.Lock()
        self._next_look = 0.0
        self._replayed = -1
        self.until: datetime | None = None

    def usable(self, most_lag: timedelta, position: int = 0) -> datetime | None:
        """Until when the replica is complete; None where that is too long ago, or `position` is not there."""
        self._look_if_due()
        until = self.until
        if until is None or self._replayed < position or self._clock() - until > most_lag:
            return None
        return until

    def gone(self) -> None:
        """It failed in use: leave it alone for a while."""
        self.until, self._next_look = None, self._ticks() + _RETRY

    def _look_if_due(self) -> None:
        # One thread looks, the others go by what is known.
        if self._ticks() < self._next_look or not self._looking.acquire(blocking=False):
            return
        try:
            self._look()
        finally:
            self._looking.release()

    def _look(self) -> None:
        self._next_look = self._ticks() + _LOOK
        # The time first: what was committed until then is not beyond the position read after it.
        now = self._clock()
        try:
            self._notes.append((now, self._primary()))
            self._replayed = self._replica()
        except Error:
            # Should it be the primary that is away: whoever reads it next says so.
            self.gone()
            return
        held = [when for when, position in self._notes if position <= self._replayed]
        self.until = max(held, default=None)


def position() -> int:
    """How far the primary has written its log, as a number that only grows."""
    return _ask(PRIMARY, "SELECT pg_current_wal_lsn() - '0/0'::pg_lsn")


def replayed() -> int:
    """How far the replica has replayed it; -1 for a server that follows nobody (any more)."""
    # Once promoted it goes its own way, and its position means nothing here.
    return _ask(
        ALIAS,
        "SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() - '0/0'::pg_lsn ELSE -1 END",
    )


def _ask(alias: str, question: str) -> int:
    connection = connections[alias]
    try:
        with connection.cursor() as cursor:
            cursor.execute(question)
            return int(cursor.fetchone()[0])
    except Error:
        connection.close()
        raise


FRESHNESS: Final = Freshness(position, replayed)
