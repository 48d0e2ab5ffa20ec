"""Beat's errands for projects; each survives running twice."""

from celery import shared_task
from django.utils import timezone

from projects import services


@shared_task
def forget_old() -> int:
    """Delete kept permit files that have run out, and counts of failed claims that lock nothing any more."""
    now = timezone.now()
    return services.forget_permit_files(now) + services.forget_tries(now)
