"""Finding somebody by a whole identity number: on record, limited, and within one's own scope only."""

from datetime import datetime, timedelta

from django.db import transaction

from audit.models import AuditEvent
from audit.services import record
from kernel.errors import NotFound
from kernel.permits import require
from kernel.scoping import Actor
from standards.selectors import parameter
from workers.errors import TooManySearches
from workers.models import Engagement
from workers.selectors import engagements
from workers.services.people import CITIZEN_CARD, identity_index

ACTION, FOUND = "workers.searched_by_number", "workers.found_by_number"
# Whoever may not read a number must not find out by trying whose it is.
PERMISSION = "workers.reveal"
_HOUR = timedelta(hours=1)


def find_by_number(*, actor: Actor, number: str, now: datetime) -> list[Engagement]:
    """The work of whoever holds this number, as far as `actor` may see it.

    Somebody outside the scope is answered like somebody nobody knows, in the same words. Each search is on
    record before it is answered, and the record holds no number. Raises NotPermitted, TooManySearches,
    NotFound. Source: ground decisions, Identity.
    """
    require(actor, PERMISSION)
    index = identity_index(CITIZEN_CARD, number)
    rows = engagements(actor).filter(Engagement.scope(actor.reach(PERMISSION)))
    found = list(rows.filter(person__id_type=CITIZEN_CARD, person__id_index=index).order_by("-pk"))
    _note(actor, found, now)
    if not found:
        raise NotFound
    return found


@transaction.atomic
def _note(actor: Actor, found: list[Engagement], now: datetime) -> None:
    """Count the search and put it on record; one that finds nobody counts as well. Raises TooManySearches."""
    most = parameter("search.numbers_per_hour")
    past = AuditEvent.objects.filter(actor_key=actor.key, action=ACTION, at__gt=now - _HOUR)
    if past.count() >= most:
        raise TooManySearches(most)
    record(actor, ACTION, found=len(found))
    for engagement in found:
        # Whoever asks who looked at this record finds the search there too.
        record(actor, FOUND, engagement)
