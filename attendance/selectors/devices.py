"""Devices and how long they have been silent."""

from django.db.models import F, Q, QuerySet

from attendance.models import Device
from kernel.scoping import Actor
from projects.models import Project


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


def search_devices(actor: Actor, words: str) -> QuerySet[Device]:
    """Devices by part of their channel's name or by their serial number."""
    return devices(actor).filter(Q(channel__icontains=words) | Q(serial__iexact=words))
