"""The loop of the settler's process: step after step, a short sleep, and patience with faults."""

import logging
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone

from attendance.services.counters import recount
from attendance.services.settler import become_settler, settle_step

log = logging.getLogger(__name__)

# Seconds. What is acknowledged waits at most one nap before its step begins.
NAP: Final = 0.2
_TURN = 1.0
_PATIENCE: Final = (0.5, 1.0, 2.0, 5.0)
# Beside steps counting takes a third of a core at most: its pause is so many times what it took, and a
# second with it at least.
_COUNT_PAUSES: Final = 2
_COUNT_NAP: Final = 0.2


class Settler:
    """One process of which one at a time works; it heals when the database comes back."""

    def __init__(self) -> None:
        self.settled = 0
        self._stopping = threading.Event()
        self._is_settler = False
        self._is_busy = False
        self._faults = 0

    def stop_on_signals(self) -> None:
        """SIGTERM and SIGINT let the running step end, and then the loop."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.stop)

    def stop(self, *_signal: Any) -> None:
        """End after the running step."""
        self._stopping.set()

    def run(self) -> None:
        """Work until told to stop; the counters are kept up beside it, on a connection of their own."""
        with ThreadPoolExecutor(1, "counting") as beside:
            counting = beside.submit(self._count)
            try:
                # Should counting break for good, this process ends with its fault, and is started anew.
                while not self._stopping.is_set() and not counting.done():
                    if not self._healed(self._turn):
                        self._stopping.wait(NAP if self._is_settler else _TURN)
            finally:
                self._stopping.set()
            counting.result()

    def run_once(self) -> None:
        """Settle and count what waits, once this is the settler."""
        while not self._stopping.is_set():
            if self._healed(self._turn) or self._healed(_counted):
                continue
            if self._is_settler:
                return
            self._stopping.wait(_TURN)

    def _turn(self) -> int:
        """One step, if this is the settler or can become it; how many calls."""
        if not self._is_settler:
            self._is_settler = become_settler()
            if not self._is_settler:
                return 0
            log.info("settler.works")
        number = settle_step(timezone.now())
        self.settled += number
        self._is_busy = number > 0
        self._faults = 0
        return number

    def _healed(self, act: Callable[[], int]) -> int:
        """What an act did; a lost connection was rolled back wholly, and the next one starts afresh."""
        try:
            return act()
        except (OperationalError, InterfaceError) as fault:
            log.warning("settler.waits", extra={"fault": type(fault.__cause__ or fault).__name__})
            self._is_settler = False
            connection.close()
            self._stopping.wait(_PATIENCE[min(self._faults, len(_PATIENCE) - 1)])
            self._faults += 1
            return 0

    def _count(self) -> None:
        """Count what the steps and the acts of people have marked, as long as this is the settler."""
        pause = _COUNT_NAP
        while not self._stopping.wait(pause):
            began = time.monotonic()
            try:
                number = recount(timezone.now()) if self._is_settler else 0
            except (OperationalError, InterfaceError):
                connection.close()
                number = 0
            took = time.monotonic() - began
            pause = max(1.0 - took, _COUNT_PAUSES * took) if number and self._is_busy else _COUNT_NAP
        connection.close()


def _counted() -> int:
    return recount(timezone.now())


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
