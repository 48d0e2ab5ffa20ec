"""Reads of enterprises' credit records."""

from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from integrity.models import CreditRecord
from kernel.scoping import Actor
from projects.models import Project


def credit_records(actor: Actor) -> QuerySet[Any]:
    """What authorities have recorded, withdrawn ones included, newest decision first.

    `names_project`: whether the project concerned may be named to `actor`; a record may be for all to see
    while the site is not.
    """
    sites = Project.objects.visible_to(actor).filter(pk=OuterRef("project"))
    rows = CreditRecord.objects.visible_to(actor).select_related("enterprise", "region")
    return rows.annotate(names_project=Exists(sites)).order_by("-decided_on", "-pk")


def published_credit(actor: Actor, kind: str, day: date) -> QuerySet[Any]:
    """The records of a kind that are published on a day: not withdrawn, not run out."""
    running = Q(valid_to=None) | Q(valid_to__gte=day)
    return credit_records(actor).filter(running, record_kind=kind, valid_from__lte=day, withdrawn_at=None)


def credit_to_withdraw(actor: Actor) -> QuerySet[CreditRecord]:
    """The records that the actor's acts may name."""
    rows = CreditRecord.objects.visible_to(actor, "integrity.record_credit").select_related("enterprise")
    return rows.order_by("-decided_on", "-pk")
