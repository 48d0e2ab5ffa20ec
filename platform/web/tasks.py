"""Errands of the pages; each takes ids and survives running twice."""

from celery import shared_task
from django.utils import timezone

from web import delivery, drafts, once
from web.editor import impact, impact_work
from web.exports.tasks import expire_exports, make_export, sweep_exports

__all__ = [
    "check_impact",
    "expire_exports",
    "forget_old",
    "make_export",
    "send_message",
    "send_waiting",
    "sweep_exports",
    "sweep_impact",
]


@shared_task
def send_message(pk: int) -> bool:
    """Hand one message to its carrier."""
    return delivery.hand_over(pk)


@shared_task
def send_waiting() -> int:
    """Send what the queue has forgotten and what is due again."""
    return sum(delivery.hand_over(pk) for pk in delivery.waiting(timezone.now()))


@shared_task
def forget_old() -> int:
    """Drop drafts nobody came back to and keys nobody repeats."""
    now = timezone.now()
    return drafts.forget_old(now) + once.forget_old(now)


@shared_task
def check_impact(check_pk: int) -> bool:
    """Hold one draft of the standard against the records there are."""
    return impact_work.run(check_pk, timezone.now)


@shared_task
def sweep_impact() -> int:
    """Take up what the queue lost or a crash left behind."""
    waiting = impact_work.unfinished(timezone.now())
    for check_pk in waiting:
        impact.send(check_pk)
    return len(waiting)
