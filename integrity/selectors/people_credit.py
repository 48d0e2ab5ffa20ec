"""Reads of people's credit."""

from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet

from integrity.models import PersonCredit
from kernel.errors import NotFound
from kernel.scoping import Actor
from regions.models import Region
from workers.models import Engagement

MAY = "integrity.record_credit"


def people_credit(actor: Actor) -> QuerySet[PersonCredit]:
    """Records of people within scope that were not withdrawn, the latest decision first."""
    rows = PersonCredit.objects.visible_to(actor).filter(withdrawn_at=None)
    return rows.select_related("person", "region").order_by("-decided_on", "-pk")


def credit_of(actor: Actor, of: Engagement, day: date) -> QuerySet[PersonCredit]:
    """What counts on `day` of the person behind an engagement."""
    rows = people_credit(actor).filter(person=of.person_id, valid_from__lte=day)
    return rows.filter(Q(valid_to=None) | Q(valid_to__gte=day))


def credit_to(actor: Actor, permission: str, public_id: UUID) -> PersonCredit:
    """One record that stands, for what `permission` names. Raises NotFound beyond it."""
    rows = PersonCredit.objects.visible_to(actor, permission).filter(withdrawn_at=None)
    found = rows.select_related("person", "region", "engagement").filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found


def credit_regions(actor: Actor) -> QuerySet[Region]:
    """Where an authority stands for which `actor` may enter decisions: the regions of the own posts."""
    return Region.objects.filter(path__in=actor.reach(MAY).region_paths).order_by("path")
