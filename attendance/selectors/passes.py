"""Reads of the gates' lists: what changed since a position, and where one person stands."""

from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from attendance.models import GatePass
from kernel.scoping import Actor
from projects.models import Project
from workers.models import Engagement

# What a gate's own system holds, and nobody else.
PULL: Final = "attendance.pull_gate_list"


def gate_changes(actor: Actor, of: Project, after: int | None) -> QuerySet[GatePass]:
    """The changes of a project's gate list above a position, in their order; None: everybody on it now."""
    rows = GatePass.objects.visible_to(actor, PULL).filter(project=of).select_related("engagement__person")
    rows = rows.filter(is_allowed=True) if after is None else rows.filter(position__gt=after)
    return rows.order_by("position")


def pass_to_show(actor: Actor, public_id: UUID) -> GatePass | None:
    """Somebody on a gate list that a gate's system keeps; None where there is nobody."""
    rows = GatePass.objects.visible_to(actor, PULL).filter(is_allowed=True, engagement__public_id=public_id)
    return rows.select_related("engagement__project__region").first()


def gate_pass(actor: Actor, of: Engagement) -> GatePass | None:
    """Where somebody stands on the gates' list; None for who was never on it."""
    return GatePass.objects.visible_to(actor).filter(engagement=of).first()


def on_gate_list() -> Exists:
    """Whether the gates let the person of an engagement in; a condition on rows that were judged before."""
    return Exists(GatePass.all_rows.filter(engagement=OuterRef("pk"), is_allowed=True))
