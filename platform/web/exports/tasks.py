"""What the worker does for exports; every task survives running twice."""

from celery import shared_task
from django.utils import timezone

from web.exports import services, work


@shared_task
def make_export(job_pk: int) -> bool:
    """Make the file of one export."""
    return work.make(job_pk, timezone.now)


@shared_task
def sweep_exports() -> int:
    """Take up what the queue lost or a crash left behind."""
    waiting = work.unfinished(timezone.now())
    for job_pk in waiting:
        services.send(job_pk)
    return len(waiting)


@shared_task
def expire_exports() -> int:
    """Delete files whose time is over, and what dead workers left lying about."""
    work.tidy()
    return services.expire_old(timezone.now())
