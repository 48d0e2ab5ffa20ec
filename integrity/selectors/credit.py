"""Reads of people's credit."""

from datetime import date

from django.db.models import Q, QuerySet

from integrity.models import PersonCredit
from kernel.scoping import Actor
from workers.models import Engagement


def people_credit(actor: Actor) -> QuerySet[PersonCredit]:
    """Records of people within scope that were not withdrawn, the latest decision first."""
    rows = PersonCredit.objects.visible_to(actor).filter(withdrawn_at=None)
    return rows.select_related("person", "region").order_by("-decided_on", "-pk")


def credit_of(actor: Actor, of: Engagement, day: date) -> QuerySet[PersonCredit]:
    """What counts on `day` of the person behind an engagement."""
    rows = people_credit(actor).filter(person=of.person_id, valid_from__lte=day)
    return rows.filter(Q(valid_to=None) | Q(valid_to__gte=day))
