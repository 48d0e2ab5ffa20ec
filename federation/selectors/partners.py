"""Reads of partners, their agreements and keys, and of what left: by posts over the whole province.

Who received a person's data is read by that person, and by whoever sees the engagement.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Final, TypeVar
from uuid import UUID

from django.db.models import Max, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from attendance.selectors.own import OWN
from federation.models import (
    AgreementVersion,
    GatewayLog,
    GatewayRefusal,
    GatewayUse,
    Partner,
    PartnerKey,
    SharingAgreement,
)
from kernel.errors import NotFound
from kernel.scoping import Actor
from workers.models import Engagement

T = TypeVar("T")
VIEW: Final = "federation.view_partners"
MANAGE: Final = "federation.manage_partners"
APPROVE: Final = "federation.approve_sharing"


def partners(actor: Actor) -> QuerySet[Partner]:
    """All partners by name, with `last_call_at`."""
    calls = GatewayLog.objects.visible_to(actor).filter(partner=OuterRef("pk")).order_by("-id")
    return Partner.objects.visible_to(actor).annotate(last_call_at=Subquery(calls.values("at")[:1]))


def partner(actor: Actor, public_id: UUID) -> Partner:
    """One partner. Raises NotFound."""
    return _found(partners(actor).filter(public_id=public_id).first())


def agreements(actor: Actor) -> QuerySet[SharingAgreement]:
    """All agreements by number, with their partner, versions and `last_day` of what was approved."""
    approved = Q(versions__state=AgreementVersion.State.APPROVED)
    rows = SharingAgreement.objects.visible_to(actor).select_related("partner").prefetch_related("versions")
    # An aggregate drops the order of the table itself.
    return rows.annotate(last_day=Max("versions__valid_to", filter=approved)).order_by("number", "pk")


def agreement(actor: Actor, public_id: UUID) -> SharingAgreement:
    """One agreement. Raises NotFound."""
    return _found(agreements(actor).filter(public_id=public_id).first())


def agreement_version(actor: Actor, public_id: UUID) -> AgreementVersion:
    """One version of an agreement. Raises NotFound."""
    rows = AgreementVersion.objects.visible_to(actor).select_related("agreement__partner")
    return _found(rows.filter(public_id=public_id).first())


def drafts_to_approve(actor: Actor) -> QuerySet[AgreementVersion]:
    """Drafts that share something and in which the actor had no hand, oldest first."""
    rows = AgreementVersion.objects.visible_to(actor, APPROVE).filter(state=AgreementVersion.State.DRAFT)
    rows = rows.exclude(terms={}).exclude(drafters__contains=[actor.key])
    return rows.select_related("agreement__partner").order_by("updated_at", "pk")


def partner_keys(actor: Actor, of: Partner) -> QuerySet[PartnerKey]:
    """The keys of a partner, newest first, with `last_call_at`."""
    calls = GatewayLog.objects.visible_to(actor).filter(key=OuterRef("pk")).order_by("-id")
    rows = PartnerKey.objects.visible_to(actor).filter(partner=of).select_related("partner")
    return rows.annotate(last_call_at=Subquery(calls.values("at")[:1]))


def partner_key(actor: Actor, public_id: UUID) -> PartnerKey:
    """One key. Raises NotFound."""
    rows = PartnerKey.objects.visible_to(actor).select_related("partner")
    return _found(rows.filter(public_id=public_id).first())


def handed_out(actor: Actor) -> QuerySet[GatewayLog]:
    """Every answered call, newest first."""
    rows = GatewayLog.objects.visible_to(actor).select_related("partner", "key", "version__agreement")
    return rows.defer("works")


def turned_away(actor: Actor) -> QuerySet[GatewayRefusal]:
    """Every refused call, newest first."""
    return GatewayRefusal.objects.visible_to(actor).select_related("partner")


def used(actor: Actor, of: SharingAgreement, day: date) -> GatewayUse | None:
    """What an agreement has used on a day; None where nothing."""
    return GatewayUse.objects.visible_to(actor).filter(agreement=of, day=day).first()


def rows_handed_out(actor: Actor, since: datetime) -> int:
    """How many rows left since an instant."""
    rows = GatewayLog.objects.visible_to(actor).filter(at__gte=since)
    return int(rows.aggregate(sum=Coalesce(Sum("rows"), 0))["sum"])


def received(actor: Actor, engagement: Engagement) -> QuerySet[GatewayLog]:
    """To whom rows of one engagement went, newest first; nothing for who does not see it."""
    seen = Engagement.objects.visible_to(actor).filter(pk=engagement.pk)
    return _received_of(seen.values_list("public_id", flat=True))


def own_received(actor: Actor) -> QuerySet[GatewayLog]:
    """To whom the worker's own rows went, newest first."""
    own = Engagement.objects.visible_to(actor, OWN)
    return _received_of(own.values_list("public_id", flat=True))


def _received_of(works: Iterable[UUID]) -> QuerySet[GatewayLog]:
    rows = GatewayLog.all_rows.filter(works__overlap=list(works)) if (works := list(works)) else None
    found = GatewayLog.all_rows.none() if rows is None else rows
    return found.select_related("partner", "version__agreement").defer("works").order_by("-id")


def in_force(versions: Iterable[AgreementVersion], on: date) -> AgreementVersion | None:
    """The version that holds on a day: the newest approved one that has begun, if it is not over."""
    begun = [one for one in versions if not one.is_draft and one.valid_from <= on]
    newest = max(begun, key=lambda one: one.ordinal, default=None)
    return newest if newest and newest.is_in_its_days(on) else None


def _found(row: T | None) -> T:
    if row is None:
        raise NotFound
    return row
