"""Removing a node that was only written down: claimed, invited or hosted, and never heard from."""

from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import record
from federation.models import Copied, Move, Node, RefusedEnvelope
from federation.selectors.nodes import require_governing
from kernel.errors import DomainError
from kernel.scoping import Actor

Relation = Node.Relation


def why_it_stays(node: Node) -> str:
    """Why a node cannot be removed; empty where nothing hangs on it."""
    if node.relation == Relation.BELOW and Copied.objects.filter(origin=node.code).exists():
        return _("“{name}”（{code}）的记录已经在本平台，不能移除。代码登记错的，请用另一个代码接入。").format(
            name=node.name, code=node.code
        )
    if node.relation == Relation.SELF:
        return _("“{name}”就是本平台，不能移除。").format(name=node.name)
    if node.relation == Relation.PARENT or _has_joined(node):
        return _("“{name}”已经接入，往来和签收要留着查，不能移除。不再往来的，请停用。").format(
            name=node.name
        )
    return ""


def _has_joined(node: Node) -> bool:
    """Whether it is a neighbour with which keys were exchanged, once at least."""
    return node.relation == Relation.CHILD and (
        node.keys.exists() or node.lines.exists() or Move.objects.filter(node=node).exists()
    )


@transaction.atomic
def forget_node(*, actor: Actor, node: Node) -> None:
    """Remove a node from which nothing has come, so that its code and its place are free.

    That is one that a child has told of, one that was invited and never joined (its invitation is void then),
    and a city or county written down as using this platform: its rows are this node's and stay. A child that
    still tells of a node claims it again with its next handshake, unless it was invited meanwhile.
    Raises NotPermitted, DomainError for a neighbour that has joined and for a node whose rows are here.
    """
    require_governing(actor)
    held = Node.objects.select_for_update(of=("self",)).select_related("region", "via").get(pk=node.pk)
    if why := why_it_stays(held):
        raise DomainError(why, code="has_rows" if held.relation == Relation.BELOW else "has_joined")
    place = held.region.path if held.region else None
    record(
        actor,
        "federation.node_forgotten",
        held,
        place=place,
        code=held.code,
        through=held.via.code if held.via else "",
    )
    # What was turned away stays in the log, under the name by which it called.
    RefusedEnvelope.objects.filter(node=held).update(node=None)
    held.invitations.all().delete()
    held.delete()
