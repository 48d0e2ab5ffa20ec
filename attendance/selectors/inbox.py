"""What was acknowledged and is not settled yet, and what could not be settled."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Sum

from attendance.models import AsideBatch, Inbox


def waiting_since() -> datetime | None:
    """When the oldest punches of the inbox were accepted; None while none wait."""
    return Inbox.objects.order_by("id").values_list("accepted_at", flat=True).first()


@dataclass(frozen=True, slots=True)
class Settling:
    """Punches that wait in the inbox, and calls that were put aside with their punches."""

    waiting: int
    calls_aside: int
    punches_aside: int


def settling() -> Settling:
    """What the settler has before it and what it put aside, for the whole node."""
    waiting = Inbox.objects.aggregate(number=Sum("punches", default=0))["number"]
    aside = AsideBatch.objects.aggregate(calls=Count("pk"), punches=Sum("punches", default=0))
    return Settling(waiting, aside["calls"], aside["punches"])
