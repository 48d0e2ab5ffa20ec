"""Beat's errands for notices; each survives running twice."""

from celery import shared_task
from django.utils import timezone

from integrity import services


@shared_task
def settle_notices() -> int:
    """Write down deliveries by rule and lapses until none is due."""
    total = 0
    while step := services.settle_notices(timezone.now()):
        total += step
    return total
