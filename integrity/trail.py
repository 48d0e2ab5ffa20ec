"""How supervision notices are named on the audit trail."""

from collections.abc import Collection, Mapping

from django.urls import reverse

from audit.selectors import VIEW
from integrity.models import SupervisionNotice
from kernel.scoping import Actor
from web.trail_objects import uuids
from web.trail_words import Thing, register_objects


def _notices(actor: Actor, keys: Collection[str]) -> Mapping[str, Thing]:
    """The notices within the reader's place, by number; a draft has none yet."""
    rows = SupervisionNotice.objects.visible_to(actor, VIEW).filter(public_id__in=uuids(keys))
    opens = actor.may("integrity.view")
    return {
        str(row.public_id): Thing(
            row.number or "草稿",
            reverse("notice", args=[row.public_id]) if opens and row.number else "",
        )
        for row in rows
    }


def add_objects() -> None:
    """Tell the trail how to name notices."""
    register_objects(SupervisionNotice._meta.label_lower, _notices)
