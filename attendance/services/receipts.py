"""How long receipts of the punch interface are kept."""

from datetime import datetime, timedelta

from attendance.models import PunchReceipt
from standards.selectors import parameter

_BATCH = 5_000


def forget_receipts(now: datetime) -> int:
    """Drop settled receipts older than `attendance.receipt_days`, in batches; how many.

    What a receipt told of punches can then be read from the punches alone. One that still waits is kept.
    """
    before = now - timedelta(days=parameter("attendance.receipt_days"))
    old = PunchReceipt.all_rows.filter(accepted_at__lt=before, settled_at__isnull=False)
    forgotten = 0
    while keys := list(old.order_by("timestamp").values_list("pk", flat=True)[:_BATCH]):
        forgotten += old.filter(pk__in=keys).delete()[0]
    return forgotten
