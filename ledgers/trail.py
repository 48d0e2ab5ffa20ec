"""How ledgers, quantities and careers are named on the audit trail."""

from collections.abc import Collection, Mapping

from django.urls import reverse

from audit.selectors import VIEW
from kernel.scoping import Actor
from ledgers.models import Ledger
from web.trail_objects import uuids
from web.trail_words import Thing, register_objects
from workers.models import WorkQuantity


def _ledgers(actor: Actor, keys: Collection[str]) -> Mapping[str, Thing]:
    rows = Ledger.objects.visible_to(actor, VIEW).filter(public_id__in=uuids(keys)).defer("content")
    opens = actor.may("ledgers.view")
    return {
        str(row.public_id): Thing(
            f"{row.month:%Y-%m} {row.participation.enterprise.name}",
            reverse("ledger", args=[row.public_id]) if opens else "",
        )
        for row in rows.select_related("participation__enterprise")
    }


def _quantities(actor: Actor, keys: Collection[str]) -> Mapping[str, Thing]:
    rows = WorkQuantity.objects.visible_to(actor, VIEW).filter(public_id__in=uuids(keys))
    opens = actor.may("workers.view")
    return {
        str(row.public_id): Thing(
            f"{row.item}（{row.team.name}）", reverse("quantity", args=[row.public_id]) if opens else ""
        )
        for row in rows.select_related("team")
    }


def add_objects() -> None:
    """Tell the trail how to name them."""
    register_objects(Ledger._meta.label_lower, _ledgers)
    register_objects(WorkQuantity._meta.label_lower, _quantities)
