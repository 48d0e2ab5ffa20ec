"""Devices and how long they have been silent."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import DurationField, ExpressionWrapper, F, Max, Q, QuerySet

from attendance.models import Device, Punch
from kernel.errors import NotFound
from kernel.scoping import Actor
from projects.models import Project

MANAGE = "attendance.manage_devices"


def devices(actor: Actor) -> QuerySet[Device]:
    """The devices that `actor` may see, the longest silent first."""
    return (
        Device.objects.visible_to(actor)
        .select_related("project__region")
        .order_by(F("last_contact_at").asc(nulls_first=True), "pk")
    )


def devices_of(actor: Actor, project: Project) -> QuerySet[Device]:
    """The devices of one project, by channel."""
    return Device.objects.visible_to(actor).filter(project=project).order_by("channel")


def managed_devices(actor: Actor) -> QuerySet[Device]:
    """The devices that an administrator manages, by project and channel, those in use first."""
    return (
        Device.objects.visible_to(actor, MANAGE)
        .select_related("project__region")
        .order_by("project__code", F("retired_at").asc(nulls_first=True), "channel")
    )


def managed_device(actor: Actor, public_id: UUID) -> Device:
    """One device to manage. Raises NotFound outside the administrator's reach."""
    found = managed_devices(actor).filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found


def drift_seconds(actor: Actor, device: Device, now: datetime) -> int:
    """How far a device's clock runs ahead of ours: the most that a punch of the last day came early, or 0.

    A clock that is slow cannot be told from a punch that was sent late.
    """
    ahead = ExpressionWrapper(F("occurred_at") - F("received_at"), output_field=DurationField())
    rows = Punch.objects.visible_to(actor, MANAGE).filter(
        project=device.project_id, channel=device.channel, occurred_at__gte=now - timedelta(days=1)
    )
    most = rows.aggregate(most=Max(ahead))["most"]
    return max(0, int(most.total_seconds())) if most else 0


def managed_projects(actor: Actor) -> QuerySet[Project]:
    """The projects on which an administrator registers devices."""
    return Project.objects.visible_to(actor, MANAGE).select_related("region").order_by("code")


def search_devices(actor: Actor, words: str) -> QuerySet[Device]:
    """Devices by part of their channel's name or by their serial number."""
    return devices(actor).filter(Q(channel__icontains=words) | Q(serial__iexact=words))
