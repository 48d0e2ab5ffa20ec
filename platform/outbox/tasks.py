"""Beat's errands for the outbox."""

from celery import shared_task
from django.utils import timezone

from outbox import capture, services
from outbox.models import Heartbeat


@shared_task
def deliver_all() -> int:
    """Order new events and hand them to this node's receivers."""
    return services.deliver_all()


@shared_task
def prune() -> int:
    """Forget events nobody needs any more."""
    now = timezone.now()
    return services.prune(now) + capture.prune_changes(now)


@shared_task
def beat_heart() -> None:
    """Show that beat, queue, worker and database work together; /healthz reads it."""
    Heartbeat.objects.update_or_create(name="worker", defaults={"at": timezone.now()})
