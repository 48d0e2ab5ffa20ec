"""How devices are named on the audit trail, and how silent one is in words."""

from collections.abc import Collection, Mapping

from django.urls import reverse

from attendance.models import Device
from attendance.selectors.devices import managed_devices
from kernel.scoping import Actor
from web.trail_objects import uuids
from web.trail_words import Thing, register_objects


def _devices(actor: Actor, keys: Collection[str]) -> Mapping[str, Thing]:
    rows = managed_devices(actor).filter(public_id__in=uuids(keys))
    return {
        str(row.public_id): Thing(
            f"{row.channel}（{row.project.name}）", reverse("device", args=[row.public_id])
        )
        for row in rows
    }


def add_objects() -> None:
    """Tell the trail how to name devices."""
    register_objects(Device._meta.label_lower, _devices)
