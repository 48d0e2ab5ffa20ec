"""Taking back a code that a child has claimed for a node behind it, while nothing has come from there."""

from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import record
from federation.models import Copied, Node
from federation.selectors.nodes import require_governing
from kernel.errors import DomainError
from kernel.scoping import Actor


def why_it_stays(node: Node) -> str:
    """Why a node below a child is not forgotten; empty where nothing hangs on it."""
    if node.relation != Node.Relation.BELOW:
        return _("“{name}”不是经下级平台接入的节点，不能移除。直接相连的平台请停用。").format(name=node.name)
    if Copied.objects.filter(origin=node.code).exists():
        return _("“{name}”（{code}）的记录已经在本平台，不能移除。代码登记错的，请用另一个代码接入。").format(
            name=node.name, code=node.code
        )
    return ""


@transaction.atomic
def forget_below(*, actor: Actor, node: Node) -> None:
    """Remove a node that a child has told of and from which nothing has come, so that its code is free.

    A child that still tells of it claims it again with its next handshake, unless it was invited meanwhile.
    Raises NotPermitted, DomainError for a neighbour and for a node whose rows are here.
    """
    require_governing(actor)
    held = Node.objects.select_for_update(of=("self",)).select_related("region", "via").get(pk=node.pk)
    if why := why_it_stays(held):
        is_below = held.relation == Node.Relation.BELOW
        raise DomainError(why, code="has_rows" if is_below else "not_below")
    place = held.region.path if held.region else None
    record(
        actor,
        "federation.node_forgotten",
        held,
        place=place,
        code=held.code,
        through=held.via.code if held.via else "",
    )
    held.delete()
