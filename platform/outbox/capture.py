"""Which travelling rows changed: switching the capture on, giving positions, reading on, and forgetting.

The triggers (migration 0002) write a `Change` in the change's own transaction while a `Capturing` row stands.
Whoever reads on from a position has missed nothing before it: positions are given after commit.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Min
from psycopg2.extras import execute_values

from outbox.models import Capturing, Change
from standards.selectors import parameter

# Shard 0 stands above projects, 1 to 7 share the projects among them; 100 is what goes down to neighbours.
SHARDS: Final = tuple(range(8))
DISPATCH: Final = 100
_BATCH = 5_000
_OLDEST: Final = """
    SELECT s.shard, least(
        (SELECT min(id) FROM outbox_change c WHERE c.shard = s.shard AND c.position IS NULL),
        (SELECT id FROM outbox_change c WHERE c.shard = s.shard AND c.position > s.position
            ORDER BY position LIMIT 1)
    )
    FROM unnest(%s::int[], %s::bigint[]) AS s (shard, position)
"""
# What a reader still needs of a shard: the position up to which it has read, None where it reads nothing.
Needed = Callable[[int], int | None]
_readers: list[Needed] = []


def register_reader(needed: Needed) -> None:
    """Say up to which position somebody has read each shard, so that nothing unread is forgotten."""
    _readers.append(needed)


@transaction.atomic
def switch_on(now: datetime, *, up: bool) -> bool:
    """Capture from now on what goes up (or down); returns whether that is new.

    A transaction that is already under way may have written without being captured: what stood before is laid
    down (lay_down) once `settled_since` says that none of these is left.
    """
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE outbox_capturing IN EXCLUSIVE MODE")
    way = "is_up" if up else "is_down"
    held, _is_new = Capturing.objects.get_or_create(defaults={"since": now})
    if getattr(held, way):
        return False
    Capturing.objects.filter(pk=held.pk).update(**{way: True})
    return True


def switch_off(*, up: bool) -> None:
    """Capture nothing more that goes up (or down), for nobody is left who would be told."""
    Capturing.objects.update(**{"is_up" if up else "is_down": False})
    Capturing.objects.filter(is_up=False, is_down=False).delete()


def running_now() -> int:
    """The next transaction's number: all before it either are visible or still under way."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint")
        return int(cursor.fetchone()[0])


def settled_since(number: int) -> bool:
    """Whether every writing transaction from before `number` (running_now) has ended."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint >= %s", [number])
        return bool(cursor.fetchone()[0])


@contextmanager
def coming_from(node: str) -> Iterator[None]:
    """What is written in here, in the running transaction, are copies that this neighbour sent."""
    if not connection.in_atomic_block:
        raise RuntimeError("copies are written within a transaction")
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('hubei.came_from', %s, true)", [node])
    try:
        yield
    finally:
        # After a database error the transaction is rolled back, and the setting with it.
        if not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('hubei.came_from', '', true)")


def lay_down(kind: str, keys: Iterable[tuple[UUID, int]], now: datetime) -> int:
    """Write changes for rows that stood before anybody was to be told of them: (key, shard); how many."""
    rows = [(kind, key, shard, "", now) for key, shard in keys]
    with connection.cursor() as cursor:
        execute_values(
            cursor.cursor,
            "INSERT INTO outbox_change (kind, key, shard, came_from, created_at) VALUES %s",
            rows,
            page_size=_BATCH,
        )
    return len(rows)


@transaction.atomic
def give_change_positions(shard: int) -> int:
    """Number the committed changes of a shard that have no position yet, in order of birth; how many."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO outbox_changeline (shard, last) VALUES (%s, 0) ON CONFLICT DO NOTHING", [shard]
        )
        # Whoever gives positions of a shard waits here; the next statement then sees what the other gave.
        cursor.execute("SELECT last FROM outbox_changeline WHERE shard = %s FOR UPDATE", [shard])
        (last,) = cursor.fetchone()
        cursor.execute(
            """
            WITH fresh AS (
                SELECT id, row_number() OVER (ORDER BY id) AS step
                FROM outbox_change WHERE position IS NULL AND shard = %s
            )
            UPDATE outbox_change c SET position = %s + fresh.step FROM fresh WHERE c.id = fresh.id
            """,
            [shard, last],
        )
        given = cursor.rowcount
        if given:
            cursor.execute("UPDATE outbox_changeline SET last = last + %s WHERE shard = %s", [given, shard])
    return given


def changes_after(shard: int, position: int, most: int) -> Sequence[Change]:
    """The next changes of a shard in their order."""
    rows = Change.objects.filter(shard=shard, position__gt=position).order_by("position")
    return list(rows[:most])


def oldest_after(positions: Mapping[int, int]) -> dict[int, int]:
    """Where anything follows a position: by shard, the number of the oldest change, as they were written."""
    with connection.cursor() as cursor:
        cursor.execute(_OLDEST, [list(positions), list(positions.values())])
        return {shard: number for shard, number in cursor.fetchall() if number is not None}


def backlog(shard: int, position: int) -> tuple[int, datetime | None]:
    """How many changes wait behind a position, and when the oldest of them happened."""
    waiting = Change.objects.filter(shard=shard).exclude(position__lte=position)
    return waiting.count(), waiting.aggregate(at=Min("created_at"))["at"]


def prune_changes(now: datetime) -> int:
    """Delete changes older than outbox.keep_days that every reader has passed; returns how many."""
    old = Change.objects.filter(created_at__lt=now - timedelta(days=parameter("outbox.keep_days")))
    forgotten = 0
    for shard in (*SHARDS, DISPATCH):
        needed = [at for reader in _readers if (at := reader(shard)) is not None]
        passed = old.filter(shard=shard, position__isnull=False)
        if needed:
            passed = passed.filter(position__lte=min(needed))
        forgotten += passed.delete()[0]
    return forgotten
