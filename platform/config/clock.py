"""Beat for any number of machines: each may run one, and only the one that holds the lock sends errands."""

import logging
from typing import Any, Final

from celery.beat import PersistentScheduler
from django.db import Error, connection

from kernel import locks

log = logging.getLogger(__name__)
# Seconds after which one that waits, or has lost the database, asks again.
_AGAIN: Final = 2.0


class OneClock(PersistentScheduler):
    """Celery's own scheduler, which stands still unless it holds the lock of this database.

    The lock lives as long as the connection: of a killed beat, or one cut off from the database, another
    takes the place within seconds. An errand sent twice then does no harm: every task survives running twice.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._is_ours = False
        super().__init__(*args, **kwargs)

    def tick(self, *args: Any, **kwargs: Any) -> float:
        """Send what is due, if this is the one clock; seconds until the next look."""
        if not self.is_the_clock():
            return _AGAIN
        return min(super().tick(*args, **kwargs), _AGAIN)

    def is_the_clock(self) -> bool:
        """Whether this process holds the lock, or can take it now."""
        question = "SELECT true" if self._is_ours else f"SELECT pg_try_advisory_lock({locks.ONE_CLOCK}, 0)"
        try:
            with connection.cursor() as cursor:
                cursor.execute(question)
                held = bool(cursor.fetchone()[0])
        except Error:
            connection.close()
            held = False
        if held != self._is_ours:
            log.info("beat.works" if held else "beat.waits")
        self._is_ours = held
        return held

    def close(self) -> None:
        """Give the place up with the connection."""
        super().close()
        connection.close()
