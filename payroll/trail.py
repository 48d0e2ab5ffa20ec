"""How payroll is named on the audit trail."""

from collections.abc import Collection, Mapping

from django.urls import reverse

from audit.selectors import VIEW
from kernel.scoping import Actor
from payroll.models import PayrollBatch
from web.trail_objects import uuids
from web.trail_words import Thing, register_objects


def _batches(actor: Actor, keys: Collection[str]) -> Mapping[str, Thing]:
    """The batches within the reader's place, by number."""
    rows = PayrollBatch.objects.visible_to(actor, VIEW).filter(public_id__in=uuids(keys))
    opens = actor.may("payroll.view")
    return {
        str(row.public_id): Thing(row.number, reverse("payroll_batch", args=[row.public_id]) if opens else "")
        for row in rows
    }


def add_objects() -> None:
    """Tell the trail how to name payroll."""
    register_objects(PayrollBatch._meta.label_lower, _batches)
