"""Beat's errands for ledgers; each survives running twice."""

from celery import shared_task
from django.utils import timezone

from ledgers import services


@shared_task
def remind_of_ledgers() -> int:
    """Tell both sides of what is due today and not filed."""
    return services.remind_of_ledgers(timezone.now())
