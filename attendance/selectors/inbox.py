"""What was acknowledged and is not settled yet, and what could not be settled."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Sum

from attendance.models import AsideBatch, Inbox


def waiting_since() -> datetime | None:
    """When the oldest punches that wait for the settler were accepted; None while none do."""
    return Inbox.objects.order_by("id").values_list("accepted_at", flat=True).first()


@dataclass(frozen=True, slots=True)
class Settling:
    """Punches that wait, since when, and calls that were put aside with their punches."""

    waiting: int
    since: datetime | None
    calls_aside: int
    punches_aside: int


def settling() -> Settling:
    """How the settler keeps up, for the whole node."""
    waiting = Inbox.objects.aggregate(number=Sum("punches", default=0))["number"]
    aside = AsideBatch.objects.aggregate(calls=Count("pk"), punches=Sum("punches", default=0))
    return Settling(waiting, waiting_since(), aside["calls"], aside["punches"])
