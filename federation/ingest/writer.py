"""One thread a process that writes what waits: everything in one transaction, then all are answered.

Nothing is answered before its commit. While the database is away everybody is told so at once, and the
connection is opened again by itself; when the queue is full, callers are turned away instead of waiting.
"""

import asyncio
import threading
import time
from collections.abc import Callable, Sequence
from queue import SimpleQueue
from typing import Any, Final

import psycopg2
import structlog
from psycopg2.extensions import TRANSACTION_STATUS_INTRANS, TransactionRollbackError

from federation.ingest.refusals import away, fault
from federation.ingest.statements import PREPARED
from federation.ingest.writing import Call, Form, write

log = structlog.get_logger(__name__)

AWAY: Final = (psycopg2.OperationalError, psycopg2.InterfaceError)
FIRST_PAUSE: Final = 0.1
LONGEST_PAUSE: Final = 2.0
# So much goes into one transaction at most: enough to make the commit cheap, little enough to be quick.
MOST_AT_ONCE: Final = 25_000
# What a call weighs in the queue beside its punches.
WEIGHT_OF_A_CALL: Final = 10

Item = Call | Form
Waiting = tuple[Item, "asyncio.Future[Any]"]


def weight(item: Item) -> int:
    """How much of the queue an item takes."""
    return WEIGHT_OF_A_CALL + (item.punches if isinstance(item, Form) else len(item.batch.rows))


class Writer:
    """The queue and its thread. `connect` opens a connection in autocommit; `depth` bounds the queue."""

    def __init__(self, connect: Callable[[], Any], depth: int) -> None:
        self._connect, self._depth = connect, depth
        self._queue: SimpleQueue[Waiting | None] = SimpleQueue()
        # Each is written by one thread alone: what the loop has put in, what the writer has taken out.
        self._put, self._taken = 0, 0
        self._connection: Any = None
        self._away_until, self._pause = 0.0, FIRST_PAUSE
        self._is_closing = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin; answers come back on `loop`."""
        self._loop = loop
        self._thread = threading.Thread(target=self._run, name="ingest-writer", daemon=True)
        self._thread.start()

    @property
    def is_away(self) -> bool:
        """Whether the database did not answer just now, so that waiting for it would be in vain."""
        return self._away_until > 0.0 and time.monotonic() < self._away_until

    def offer(self, item: Item) -> "asyncio.Future[Any] | None":
        """Put an item into the queue; its outcome comes when it is durable. None where the queue is full."""
        if self._loop is None or self._is_closing or self._put - self._taken >= self._depth:
            return None
        future: asyncio.Future[Any] = self._loop.create_future()
        self._put += weight(item)
        self._queue.put((item, future))
        return future

    def close(self) -> None:
        """Write what waits and end. Call it outside the loop's thread, or the last answers cannot go out."""
        self._is_closing = True
        self._queue.put(None)
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while batch := self._next():
            self._settle(batch)
            self._answer(batch)
        self._drop_connection()

    def _next(self) -> list[Waiting]:
        """What waits, in order; waits for something. Empty at the end."""
        first = self._queue.get()
        if first is None:
            return []
        batch, taken = [first], weight(first[0])
        for _more in range(self._queue.qsize()):
            waiting = self._queue.get()
            if waiting is None:
                self._queue.put(None)  # the end comes after what was put in before it
                break
            batch.append(waiting)
            taken += weight(waiting[0])
            if taken >= MOST_AT_ONCE:
                break
        self._taken += taken
        return batch

    def _settle(self, batch: Sequence[Waiting]) -> None:
        """Write a batch and set the outcome of each of its items, whatever happens."""
        items = [item for item, _future in batch]
        try:
            self._written_again(items)
        except AWAY as error:
            self._note_away(items, error)
        except psycopg2.Error as error:
            self._roll_back()
            if len(items) == 1:
                log.error("ingest.not_written", why=type(error).__name__)
                items[0].outcome = fault()
            else:
                self._one_by_one(batch)

    def _written_again(self, items: Sequence[Item]) -> None:
        """One transaction; once more where it is sure that nothing of it was committed."""
        try:
            self._written(items)
        except TransactionRollbackError:  # a deadlock with another process
            self._roll_back()
            self._written(items)
        except AWAY:
            # The server was restarted while nothing was written: the old connection says so only now.
            self._drop_connection()
            if any(item.outcome is not None for item in items):
                raise
            self._written(items)
        self._pause = FIRST_PAUSE

    def _written(self, items: Sequence[Item]) -> None:
        for item in items:
            item.outcome = None
        if self._connection is None:
            self._connection = self._connect()
        calls = [item for item in items if isinstance(item, Call)]
        forms = [item for item in items if isinstance(item, Form)]
        with self._connection.cursor() as cursor:
            write(cursor, calls, forms, statements=PREPARED, begin="BEGIN;", end=";COMMIT")
            if self._connection.info.transaction_status == TRANSACTION_STATUS_INTRANS:
                cursor.execute("COMMIT")

    def _one_by_one(self, batch: Sequence[Waiting]) -> None:
        """One item spoiled the batch: the others must not suffer for it."""
        for waiting in batch:
            self._settle([waiting])

    def _note_away(self, items: Sequence[Item], error: Exception) -> None:
        """Nobody is told yes: where the commit itself broke off, sending again is safe."""
        self._drop_connection()
        for item in items:
            item.outcome = away()
        self._away_until = time.monotonic() + self._pause
        self._pause = min(self._pause * 2, LONGEST_PAUSE)
        log.warning("ingest.database_away", calls=len(items), why=type(error).__name__)

    def _roll_back(self) -> None:
        if self._connection is not None and not self._connection.closed:
            with self._connection.cursor() as cursor:
                cursor.execute("ROLLBACK")

    def _drop_connection(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _answer(self, batch: Sequence[Waiting]) -> None:
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(_resolve, batch)


def _resolve(batch: Sequence[Waiting]) -> None:
    for item, future in batch:
        if not future.done():  # the caller may have gone
            future.set_result(item.outcome)
