"""How projects, those who take part and teams are named on the audit trail."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from django.urls import reverse

from audit.selectors import VIEW
from kernel.scoping import Actor
from projects.models import Participation, Project, Team
from web.trail_objects import uuids
from web.trail_words import Thing, register_objects


def _projects(actor: Actor, keys: Collection[str]) -> Mapping[str, Thing]:
    rows = Project.objects.visible_to(actor, VIEW).filter(public_id__in=uuids(keys))
    opens = actor.may("projects.view")
    return {
        str(row.public_id): Thing(row.name, reverse("project", args=[row.public_id]) if opens else "")
        for row in rows
    }


def _parts(actor: Actor, keys: Collection[str]) -> Mapping[str, Thing]:
    rows = Participation.objects.visible_to(actor, VIEW).filter(public_id__in=uuids(keys))
    return _named(
        rows.select_related("enterprise", "project"), lambda row: f"{row.enterprise}（{row.project}）"
    )


def _teams(actor: Actor, keys: Collection[str]) -> Mapping[str, Thing]:
    rows = Team.objects.visible_to(actor, VIEW).filter(public_id__in=uuids(keys))
    rows = rows.select_related("participation__project")
    return _named(rows, lambda row: f"{row.name}（{row.participation.project}）")


def _named(rows: Any, name: Callable[[Any], str]) -> Mapping[str, Thing]:
    return {str(row.public_id): Thing(name(row)) for row in rows}


def add_objects() -> None:
    """Tell the trail how to name them."""
    register_objects(Project._meta.label_lower, _projects)
    register_objects(Participation._meta.label_lower, _parts)
    register_objects(Team._meta.label_lower, _teams)
