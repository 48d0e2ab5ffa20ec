"""Sending again the short messages and mail that a carrier has refused for good."""

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.selectors import is_province_wide
from audit.services import record
from kernel.errors import NotFound
from kernel.permits import require
from kernel.scoping import Actor
from web.models import OutgoingMessage

MANAGE = "jobs.view"


def failed_messages(actor: Actor) -> QuerySet[OutgoingMessage]:
    """Messages that were given up. They belong to the whole node: only the province's may see how many."""
    rows = OutgoingMessage.objects.filter(state=OutgoingMessage.State.FAILED)
    return rows if is_province_wide(actor, MANAGE) else rows.none()


@transaction.atomic
def retry_messages(*, actor: Actor) -> int:
    """Put every message that was given up into the queue anew; how many.

    Raises NotPermitted, NotFound for whoever does not reach the whole province.
    """
    require(actor, MANAGE)
    if not is_province_wide(actor, MANAGE):
        raise NotFound
    rows = failed_messages(actor).select_for_update()
    number = OutgoingMessage.objects.filter(pk__in=[row.pk for row in rows]).update(
        state=OutgoingMessage.State.WAITING, attempts=0, next_at=timezone.now(), fault=""
    )
    record(actor, "web.message_retried", rows=number)
    return number
