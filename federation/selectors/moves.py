"""Reads of moves between platforms: how far one is, which gates must be turned, and who works there."""

from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Post
from accounts.selectors import standing
from attendance.models import Device
from federation.models import Move, Node
from federation.selectors.nodes import MANAGE_NODES, own_region, require_governing
from kernel.errors import NotFound
from kernel.scoping import Actor
from projects.models import Participation, Project


def moves(actor: Actor) -> QuerySet[Move]:
    """All moves that this platform knows of, the latest first."""
    require_governing(actor)
    return Move.objects.select_related("node__region")


def moves_of(actor: Actor, node: Node) -> QuerySet[Move]:
    """The moves of one neighbour, the latest first."""
    return moves(actor).filter(node=node)


def move(actor: Actor, public_id: UUID) -> Move:
    """One move. Raises NotPermitted, NotFound."""
    found = moves(actor).filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found


def place_of(move: Move) -> str:
    """The path of the county that moves."""
    is_parent_here = move.node.relation == Node.Relation.CHILD
    region = move.node.region if is_parent_here else own_region()
    return region.path if region else ""


def gates_there(actor: Actor, move: Move) -> QuerySet[Device]:
    """The county's gates that are in use: they must be turned to the platform that owns the records."""
    require_governing(actor)
    rows = Device.objects.visible_to(actor, MANAGE_NODES).filter(
        project__region__path__startswith=place_of(move), retired_at=None
    )
    return rows.select_related("project").order_by("project__name", "channel")


def posts_there(actor: Actor, move: Move) -> QuerySet[Post]:
    """The posts that stand in the county: accounts do not travel, so these people need one over there."""
    require_governing(actor)
    path = place_of(move)
    projects = (
        Project.objects.visible_to(actor, MANAGE_NODES)
        .filter(region__path__startswith=path)
        .values("public_id")
    )
    parts = Participation.objects.visible_to(actor, MANAGE_NODES).filter(
        project__region__path__startswith=path
    )
    rows = Post.objects.filter(standing(timezone.localdate()), ended_at=None, user__is_active=True)
    below = rows.filter(region__path__startswith=path)
    below |= rows.filter(project__in=projects)
    below |= rows.filter(participation__in=parts.values("public_id"))
    return below.select_related("user", "region").order_by("user__username", "pk")
