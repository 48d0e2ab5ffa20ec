"""Beat's errands for people; each survives running twice."""

from celery import shared_task
from django.utils import timezone

from workers import services


@shared_task
def fill_phone_indexes() -> int:
    """Index the phones of rows that older releases wrote, batch by batch, until none is left."""
    total = 0
    while step := services.fill_phone_indexes():
        total += step
    return total


@shared_task
def forget_codes() -> int:
    """Delete the sign-in codes that no limit counts any more."""
    return services.forget_codes(timezone.now())


@shared_task
def forget_career_tries() -> int:
    """Delete the wrong career codes that no limit counts any more."""
    return services.forget_tries(timezone.now())
