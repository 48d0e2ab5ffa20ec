"""The left bar's entry of vendors' access, its work on the page of jobs, and its names on the trail."""

from collections.abc import Collection, Mapping

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from federation.compare_words import difference_said
from federation.models import (
    MANAGE_UPSTREAMS,
    AcceptedRequest,
    Credential,
    Node,
    Partner,
    PartnerKey,
    ReconciliationDiff,
    RecordResult,
    SharingAgreement,
    Upstream,
    UpstreamProject,
    UpstreamRecord,
)
from federation.selectors import MANAGED, credentials
from federation.selectors import partners as sharing
from federation.selectors.nodes import MANAGE_NODES, governs, nodes, outcomes
from federation.selectors.reconciliation import differences
from federation.web.requests import waiting_requests
from federation.web.sharing_waits import shares, sharing_that_waits
from federation.web.upstream_waits import refused_upward
from kernel.scoping import Actor
from web.jobs import register_probe
from web.navigation import Entry, register
from web.trail_objects import uuids
from web.trail_words import Thing, register_objects
from web.waiting import register as register_waiting


def _credentials(actor: Actor, keys: Collection[str]) -> Mapping[str, Thing]:
    rows = credentials(actor).filter(public_id__in=uuids(keys))
    return {str(row.public_id): Thing(row.appid, reverse("credential", args=[row.public_id])) for row in rows}


def _requests(actor: Actor, keys: Collection[str]) -> Mapping[str, Thing]:
    numbers = [int(key) for key in keys if key.isdecimal()]
    rows = AcceptedRequest.objects.visible_to(actor, MANAGED).filter(pk__in=numbers).only("serial")
    return {str(row.pk): Thing(row.serial, reverse("accepted_request", args=[row.serial])) for row in rows}


def _upstreams(actor: Actor, keys: Collection[str]) -> Mapping[str, Thing]:
    rows = Upstream.objects.visible_to(actor).filter(public_id__in=uuids(keys))
    return {str(row.public_id): Thing(row.name, reverse("upstream", args=[row.public_id])) for row in rows}


def _told_projects(actor: Actor, keys: Collection[str]) -> Mapping[str, Thing]:
    rows = UpstreamProject.objects.visible_to(actor).filter(public_id__in=uuids(keys))
    rows = rows.select_related("project", "upstream")
    return {
        str(row.public_id): Thing(str(row), reverse("upstream_project_edit", args=[row.public_id]))
        for row in rows
    }


def _told_records(actor: Actor, keys: Collection[str]) -> Mapping[str, Thing]:
    rows = UpstreamRecord.objects.visible_to(actor).filter(public_id__in=uuids(keys))
    return {
        str(row.public_id): Thing(row.label or row.kind, reverse("upstream_record", args=[row.public_id]))
        for row in rows
    }


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


def _nodes(actor: Actor, keys: Collection[str]) -> Mapping[str, Thing]:
    rows = nodes(actor).filter(public_id__in=uuids(keys)) if governs(actor) else ()
    return {str(row.public_id): Thing(row.name, reverse("node", args=[row.public_id])) for row in rows}


def _outcomes(actor: Actor, keys: Collection[str]) -> Mapping[str, Thing]:
    rows = outcomes(actor).filter(public_id__in=uuids(keys)) if governs(actor) else ()
    return {
        str(row.public_id): Thing(str(row.key), reverse("held_record", args=[row.public_id])) for row in rows
    }


def _differences(actor: Actor, keys: Collection[str]) -> Mapping[str, Thing]:
    rows = differences(actor).filter(public_id__in=uuids(keys)) if governs(actor) else ()
    return {
        str(row.public_id): Thing(difference_said(row), reverse("difference", args=[row.public_id]))
        for row in rows
    }


def add_entries() -> None:
    """Tell the frame, the page of jobs and the trail."""
    register(Entry("credentials", _("厂商接口"), "credentials", MANAGED, 26))
    register(Entry("upstreams", _("上报"), "upstreams", MANAGE_UPSTREAMS, 29))
    register_objects(Upstream._meta.label_lower, _upstreams)
    register_objects(UpstreamProject._meta.label_lower, _told_projects)
    register_objects(UpstreamRecord._meta.label_lower, _told_records)
    register_waiting("federation.upstreams", refused_upward)
    register(Entry("sharing", _("对外共享"), "partners", sharing.VIEW, 27, fits=shares))
    register_waiting("federation.sharing", sharing_that_waits)
    register_probe("requests", waiting_requests)
    register_objects(Credential._meta.label_lower, _credentials)
    register_objects(AcceptedRequest._meta.label_lower, _requests)
    register_objects(Partner._meta.label_lower, _partners)
    register_objects(SharingAgreement._meta.label_lower, _agreements)
    register_objects(PartnerKey._meta.label_lower, _keys)
    register(Entry("nodes", _("节点"), "nodes", MANAGE_NODES, 25, fits=governs))
    register_objects(Node._meta.label_lower, _nodes)
    register_objects(RecordResult._meta.label_lower, _outcomes)
    register_objects(ReconciliationDiff._meta.label_lower, _differences)
