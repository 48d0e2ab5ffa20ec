"""Announcing changes, putting them in order, and handing them to the receivers of this node."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Max

from kernel import locks
from outbox.models import OutboxEvent, Receiver
from standards.selectors import parameter

Handler = Callable[[Sequence[OutboxEvent]], None]
_handlers: dict[str, tuple[frozenset[str], Handler]] = {}

# Advisory locks of the node live in one number space; the second key tells shards apart.
_BATCH = 500


def announce(event: str, *, key: UUID, version: int = 1, **facts: Any) -> None:
    """Write the event into the outbox, in the transaction of the change it speaks of."""
    if not connection.in_atomic_block:
        raise RuntimeError("announce() belongs inside the transaction of the change")
    OutboxEvent.objects.create(event=event, key=key, version=version, facts=facts)


def announce_all(event: str, changed: Iterable[tuple[UUID, dict[str, Any]]], *, version: int = 1) -> None:
    """The same for many rows of one change, each with its own facts."""
    if not connection.in_atomic_block:
        raise RuntimeError("announce_all() belongs inside the transaction of the change")
    OutboxEvent.objects.bulk_create(
        (OutboxEvent(event=event, key=key, version=version, facts=facts) for key, facts in changed),
        batch_size=_BATCH,
    )


def receive(name: str, events: Sequence[str], handler: Handler) -> None:
    """Register a receiver of this node; `handler` must survive seeing an event twice."""
    _handlers[name] = (frozenset(events), handler)


@transaction.atomic
def give_positions(shard: int = 0) -> int:
    """Number the committed rows that have no position yet, in order of birth; returns how many."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [locks.OUTBOX_POSITIONS, shard])
        cursor.execute(
            """
            WITH fresh AS (
                SELECT id, row_number() OVER (ORDER BY id) AS step
                FROM outbox_outboxevent WHERE position IS NULL AND shard = %s
            ), top AS (SELECT coalesce(max(position), 0) AS last FROM outbox_outboxevent)
            UPDATE outbox_outboxevent e SET position = top.last + fresh.step
            FROM fresh, top WHERE e.id = fresh.id
            """,
            [shard],
        )
        return cursor.rowcount


def deliver(name: str) -> int:
    """Hand the next events to one receiver and move its cursor, all in one transaction.

    Returns how many positions it advanced; 0 means it has caught up or another process is at it.
    """
    wanted, handler = _handlers[name]
    Receiver.objects.get_or_create(name=name)
    with transaction.atomic():
        receiver = Receiver.objects.select_for_update(skip_locked=True).filter(name=name).first()
        if receiver is None:
            return 0
        events = list(
            OutboxEvent.objects.filter(position__gt=receiver.position).order_by("position")[:_BATCH]
        )
        if not events:
            return 0
        if mine := [event for event in events if event.event in wanted]:
            handler(mine)
        receiver.position = events[-1].position or receiver.position
        receiver.save(update_fields=["position", "updated_at"])
    return len(events)


def deliver_all() -> int:
    """Order what is new and bring every receiver of this node up to date."""
    give_positions()
    moved = 0
    for name in _handlers:
        while step := deliver(name):
            moved += step
    return moved


def prune(now: datetime) -> int:
    """Delete events older than outbox.keep_days that every receiver has passed; returns how many.

    The newest event always stays: positions count on from it.
    """
    keep_days = parameter("outbox.keep_days")
    passed = min(Receiver.objects.values_list("position", flat=True), default=None)
    old = OutboxEvent.objects.filter(created_at__lt=now - timedelta(days=keep_days), position__isnull=False)
    if passed is not None:
        old = old.filter(position__lte=passed)
    newest = OutboxEvent.objects.aggregate(position=Max("position"))["position"]
    return old.exclude(position=newest).delete()[0]
