"""The left bar's entry of vendors' access, its work on the page of jobs, and its names on the trail."""

from collections.abc import Collection, Mapping

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from federation.gateway.policy import is_the_province
from federation.models import AcceptedRequest, Credential, Partner, PartnerKey, SharingAgreement
from federation.selectors import MANAGED, credentials
from federation.selectors import partners as sharing
from federation.web.requests import waiting_requests
from kernel.scoping import Actor
from web.jobs import register_probe
from web.navigation import Entry, register
from web.trail_objects import uuids
from web.trail_words import Thing, register_objects


def _credentials(actor: Actor, keys: Collection[str]) -> Mapping[str, Thing]:
    rows = credentials(actor).filter(public_id__in=uuids(keys))
    return {str(row.public_id): Thing(row.appid, reverse("credential", args=[row.public_id])) for row in rows}


def _requests(actor: Actor, keys: Collection[str]) -> Mapping[str, Thing]:
    numbers = [int(key) for key in keys if key.isdecimal()]
    rows = AcceptedRequest.objects.visible_to(actor, MANAGED).filter(pk__in=numbers).only("serial")
    return {str(row.pk): Thing(row.serial, reverse("accepted_request", args=[row.serial])) for row in rows}


def _partners(actor: Actor, keys: Collection[str]) -> Mapping[str, Thing]:
    rows = sharing.partners(actor).filter(public_id__in=uuids(keys))
    return {str(row.public_id): Thing(row.name, reverse("partner", args=[row.public_id])) for row in rows}


def _agreements(actor: Actor, keys: Collection[str]) -> Mapping[str, Thing]:
    rows = SharingAgreement.objects.visible_to(actor).filter(public_id__in=uuids(keys))
    return {str(row.public_id): Thing(row.number, reverse("agreement", args=[row.public_id])) for row in rows}


def _keys(actor: Actor, keys: Collection[str]) -> Mapping[str, Thing]:
    rows = PartnerKey.objects.visible_to(actor).filter(public_id__in=uuids(keys)).select_related("partner")
    return {
        str(row.public_id): Thing(
            f"{row.partner.name} …{row.hint}", reverse("partner", args=[row.partner.public_id])
        )
        for row in rows
    }


def _shares(actor: Actor) -> bool:
    """Whether the gateway is this actor's work: at the province's node, over the whole province."""
    return is_the_province() and actor.reach(sharing.VIEW).is_province_wide


def add_entries() -> None:
    """Tell the frame, the page of jobs and the trail."""
    register(Entry("credentials", _("厂商接口"), "credentials", MANAGED, 26))
    register(Entry("sharing", _("对外共享"), "partners", sharing.VIEW, 27, fits=_shares))
    register_probe("requests", waiting_requests)
    register_objects(Credential._meta.label_lower, _credentials)
    register_objects(AcceptedRequest._meta.label_lower, _requests)
    register_objects(Partner._meta.label_lower, _partners)
    register_objects(SharingAgreement._meta.label_lower, _agreements)
    register_objects(PartnerKey._meta.label_lower, _keys)
