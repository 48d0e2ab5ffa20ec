"""Reads of the rules that enterprises set themselves."""

from uuid import UUID

from django.db.models import QuerySet

from kernel.errors import NotFound
from kernel.scoping import Actor
from projects.models import Participation, Project
from workers.models import PolicyDocument


def policies(actor: Actor, of: Project) -> QuerySet[PolicyDocument]:
    """The documents of a project's enterprises, the latest version of each first."""
    rows = PolicyDocument.objects.visible_to(actor).filter(participation__project=of)
    return rows.select_related("participation__enterprise", "replaced_by").order_by(
        "participation__kind", "participation", "title", "-number"
    )


def all_policies(actor: Actor) -> QuerySet[PolicyDocument]:
    """Every document within scope, the latest to come into force first."""
    rows = PolicyDocument.objects.visible_to(actor)
    return rows.select_related("participation__enterprise", "participation__project__region").order_by(
        "-effective_on", "-pk"
    )


def policy_to(actor: Actor, permission: str, public_id: UUID) -> PolicyDocument:
    """One document for what `permission` names. Raises NotFound beyond it.

    The contractor's are read by all who take part; more is done to a document only by who has its part.
    """
    rows = PolicyDocument.objects.visible_to(actor, permission).select_related(
        "participation__enterprise", "participation__project__region", "replaced_by"
    )
    if permission != PolicyDocument.view_permission:
        rows = rows.filter(participation__in=Participation.objects.visible_to(actor, permission))
    found = rows.filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found


def same_firm_elsewhere(actor: Actor, of: Participation) -> QuerySet[Participation]:
    """The same enterprise's part in other open projects for which the actor files papers."""
    rows = Participation.objects.visible_to(actor, "workers.file")
    rows = rows.filter(enterprise=of.enterprise_id, kind=of.kind, exited_on=None).exclude(pk=of.pk)
    return rows.exclude(project__status="004").order_by("pk")
