"""What time alone does to notices; each page reads the same at the very instant, this writes it down."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from integrity.models import SupervisionNotice
from integrity.rules import RUNNING, State
from integrity.steps import catch_up

_BECAUSE = "the node's clock moves everybody's notices; nobody reads"
_BATCH = 200


def settle_notices(now: datetime) -> int:
    """Mark what was delivered by rule and what has lapsed, each in its own transaction; returns how many."""
    due = Q(state=State.ISSUED, delivery_due_at__lte=now) | Q(
        state__in=[str(state) for state in RUNNING], deadline_at__lte=now
    )
    rows = SupervisionNotice.objects.unscoped(because=_BECAUSE).filter(due)
    keys = list(rows.order_by("deadline_at", "pk").values_list("pk", flat=True)[:_BATCH])
    return sum(_settle(pk, now) for pk in keys)


@transaction.atomic
def _settle(pk: int, now: datetime) -> bool:
    rows = SupervisionNotice.objects.unscoped(because=_BECAUSE).select_related("project__region")
    held = rows.select_for_update(of=("self",), skip_locked=True).filter(pk=pk).first()
    return held is not None and catch_up(held, now)
