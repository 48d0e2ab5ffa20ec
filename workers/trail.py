"""How people are named on the audit trail, and their lines found: through their work, within reach."""

from collections.abc import Collection, Iterator, Mapping

from django.urls import reverse

from audit.selectors import VIEW
from kernel.scoping import Actor
from web.trail_objects import uuids
from web.trail_words import Found, Thing, register_finder, register_objects
from workers.models import Engagement

MOST_FOUND = 500


def named(actor: Actor, keys: Collection[str]) -> Mapping[str, Thing]:
    """The engagements of these keys that lie within the reader's place: who, on which project."""
    rows = Engagement.objects.visible_to(actor, VIEW).filter(public_id__in=uuids(keys))
    opens = actor.may("workers.view")
    return {
        str(row.public_id): Thing(
            f"{row.person.name}（{row.project.name}）",
            reverse("person", args=[row.public_id]) if opens else "",
        )
        for row in rows.select_related("person", "project")
    }


def found(actor: Actor, words: str) -> Iterator[Found]:
    """The work of people of a name, within the reader's place."""
    rows = Engagement.objects.visible_to(actor, VIEW).filter(person__name__icontains=words.strip())
    for row in rows.select_related("person", "project").order_by("-pk")[:MOST_FOUND]:
        yield Found((str(row.public_id),), row.person.name, row.project.name)


def add_objects() -> None:
    """Tell the trail how to name people."""
    register_objects(Engagement._meta.label_lower, named)
    register_finder("people", found)
