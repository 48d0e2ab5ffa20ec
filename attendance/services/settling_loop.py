"""The loop of the settler's process: step after step, a short sleep, and patience with faults."""

import logging
import signal
import threading
import time
from typing import Any, Final

from django.db import Error, InterfaceError, OperationalError, connection, transaction
from django.utils import timezone

from attendance.services.counters import recount
from attendance.services.settler import become_settler, settle_step

log = logging.getLogger(__name__)

# Seconds. What is acknowledged waits at most one nap before its step begins.
NAP: Final = 0.2
_TURN = 1.0
_PATIENCE: Final = (0.5, 1.0, 2.0, 5.0)
_COUNT_EVERY: Final = 1.0


class Settler:
    """One process of which one at a time works; it heals when the database comes back."""

    def __init__(self) -> None:
        self.settled = 0
        self._stopping = threading.Event()
        self._is_settler = False
        self._faults = 0
        self._counted_at = 0.0

    def stop_on_signals(self) -> None:
        """SIGTERM and SIGINT let the running step end, and then the loop."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.stop)

    def stop(self, *_signal: Any) -> None:
        """End after the running step."""
        self._stopping.set()

    def run(self, *, until_empty: bool = False) -> None:
        """Work until told to stop, or until nothing waits."""
        while not self._stopping.is_set():
            try:
                number = self._turn()
            except (OperationalError, InterfaceError) as fault:
                self._wait_for_database(fault)
                continue
            if number == 0 and until_empty and self._is_settler:
                return
            if number == 0:
                self._stopping.wait(NAP if self._is_settler else _TURN)

    def _turn(self) -> int:
        """One step, and a count of what it changed if the last count is a second ago; how much was done."""
        if not self._is_settler:
            self._is_settler = become_settler()
            if not self._is_settler:
                return 0
            log.info("settler.works")
        number = settle_step(timezone.now())
        self.settled += number
        self._faults = 0
        if number and time.monotonic() - self._counted_at < _COUNT_EVERY:
            return number
        counted = recount(timezone.now())
        self._counted_at = time.monotonic()
        return number + counted

    def _wait_for_database(self, fault: Error) -> None:
        """The step was rolled back, wholly; a new connection takes the settler's place again."""
        log.warning("settler.waits", extra={"fault": type(fault.__cause__ or fault).__name__})
        self._is_settler = False
        connection.close()
        self._stopping.wait(_PATIENCE[min(self._faults, len(_PATIENCE) - 1)])
        self._faults += 1


@transaction.atomic
def put_back() -> int:
    """Put what was set aside into the inbox again, once what spoilt it has been mended; returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH back AS (DELETE FROM attendance_asidebatch RETURNING *)"
            " INSERT INTO attendance_inbox (content, punches, accepted_at)"
            " SELECT content, punches, accepted_at FROM back ORDER BY id"
        )
        return cursor.rowcount
