"""The settler's step: what was accepted becomes punches, days and answers, in one transaction."""

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import DataError, IntegrityError, connection, transaction

from attendance.services.days import lock_all
from attendance.services.settling import settle
from attendance.services.sources import Settled, Source, sources
from kernel import locks

log = logging.getLogger(__name__)

# About a second's work: whoever waits for the attendance of a project waits no longer.
PUNCHES_A_STEP = 20_000
# What content that does not fit is answered with; whatever else goes wrong concerns the whole step.
_FAULTS = (DataError, IntegrityError, ValueError, OverflowError)


def become_settler() -> bool:
    """Take the place of the one settler, for as long as this connection lives; False while another has it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, 0)", [locks.ONE_SETTLER])
        return bool(cursor.fetchone()[0])


def settler_works() -> bool:
    """Whether some process has the settler's place: it then counts, too, and nobody else need do so."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM pg_locks l JOIN pg_database d ON d.oid = l.database"
            " WHERE l.locktype = 'advisory' AND l.classid = %s AND l.objid = 0 AND l.granted"
            " AND d.datname = current_database())",
            [locks.ONE_SETTLER],
        )
        return bool(cursor.fetchone()[0])


@transaction.atomic
def settle_step(now: datetime, limit: int = PUNCHES_A_STEP) -> int:
    """Take what waits in every source, settle it and answer; returns how many calls were taken.

    All of it is committed, or none: a step that fails leaves every call where it was.
    """
    with connection.cursor() as cursor:
        # Thousands of rows are sorted and joined in memory, not on disk; it holds for this step alone.
        cursor.execute("SET LOCAL work_mem = '64MB'")
    number = 0
    for source in sources():
        taken = list(source.take(limit))
        if taken:
            lock_all()
            _settle_or_part(source, taken, now)
            number += len(taken)
    return number


def _settle_or_part(source: Source, taken: Sequence[Any], now: datetime) -> None:
    """Settle calls together; where one spoils the step, halve until it stands alone, and put it aside."""
    try:
        with transaction.atomic():
            source.finish(_settled(taken), now)
    except _FAULTS as fault:
        if len(taken) > 1:
            middle = len(taken) // 2
            _settle_or_part(source, taken[:middle], now)
            _settle_or_part(source, taken[middle:], now)
            return
        why = type(fault.__cause__ or fault).__name__
        # Only the kind of fault: what the database says of it quotes the row.
        log.error("attendance.call_set_aside", extra={"source": type(source).__name__, "fault": why})
        source.set_aside(taken, why, now)


def _settled(taken: Sequence[Any]) -> list[tuple[Any, Settled]]:
    batches = [one.batch for one in taken if one.batch is not None]
    answers = iter(settle(batches) if batches else [])
    return [(one, Settled() if one.batch is None else next(answers)) for one in taken]
