"""Beat's errands for attendance; each survives running twice."""

from celery import shared_task
from django.utils import timezone

from attendance import services


@shared_task
def recount() -> int:
    """Count marked project-days anew until no mark is left, unless a settler is there to do it."""
    if services.settler_works():
        return 0
    total = 0
    while step := services.recount(timezone.now()):
        total += step
    return total


@shared_task
def open_day() -> int:
    """Give every project a row for the day that has begun."""
    return services.open_day(timezone.now())


@shared_task
def make_partitions() -> int:
    """Prepare this month of punches and the next three."""
    return services.make_partitions(timezone.localdate())


@shared_task
def forget_receipts() -> int:
    """Forget receipts of settled calls whose time is over."""
    return services.forget_receipts(timezone.now())


@shared_task
def sweep_gate_lists() -> int:
    """Take off the gates' lists whoever ran out, and put back whoever may enter again."""
    total = 0
    while step := services.sweep(timezone.now()):
        total += step
    return total


@shared_task
def recheck_gate_lists() -> int:
    """Judge everybody on the gates' lists again, for parameters change without news of anybody."""
    return services.recheck(timezone.now())
