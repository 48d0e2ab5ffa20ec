"""Reads of the outbox for whoever watches the node."""

from datetime import datetime

from django.db.models import Count, Min, Q

from outbox.models import OutboxEvent, Receiver


def lag_seconds(now: datetime) -> float:
    """How long the oldest event has waited for a position or for the slowest receiver; 0 when none waits."""
    reached = Receiver.objects.aggregate(position=Min("position"))["position"]
    waiting = Q(position=None) if reached is None else Q(position=None) | Q(position__gt=reached)
    oldest = OutboxEvent.objects.filter(waiting).aggregate(at=Min("created_at"))["at"]
    return (now - oldest).total_seconds() if oldest else 0.0


def lags() -> list[tuple[str, int, datetime | None]]:
    """For each receiver: its name, how many events it is behind, and the birth of the oldest of them.

    Events without a position wait for all of them.
    """
    found = []
    for receiver in Receiver.objects.order_by("name"):
        waiting = OutboxEvent.objects.filter(Q(position=None) | Q(position__gt=receiver.position))
        behind = waiting.aggregate(number=Count("pk"), oldest=Min("created_at"))
        found.append((receiver.name, behind["number"], behind["oldest"]))
    return found
