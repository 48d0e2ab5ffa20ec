"""Beat's errands for projects; each survives running twice."""

from celery import shared_task
from django.utils import timezone

from projects import services


@shared_task
def forget_old() -> int:
    """Delete kept permit files that have run out, counts of failed claims, and old reasons of refusals."""
    now = timezone.now()
    files, tries = services.forget_permit_files(now), services.forget_tries(now)
    return files + tries + services.forget_refused_records(now)
