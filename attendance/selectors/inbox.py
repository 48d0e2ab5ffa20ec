"""What was acknowledged and is not settled yet."""

from datetime import datetime

from attendance.models import Inbox


def waiting_since() -> datetime | None:
    """When the oldest punches that wait for the settler were accepted; None while none do."""
    return Inbox.objects.order_by("id").values_list("accepted_at", flat=True).first()
