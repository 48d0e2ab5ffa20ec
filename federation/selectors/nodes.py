"""Reads of the nodes, their lines and what was refused: for whoever governs this platform as a whole.

A neighbour concerns the whole node, never one county of it: an administrator of a county on the province's
platform sees none of this.
"""

from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet

from federation.models import Line, Node, NodeKey, ReceivedEnvelope, RecordResult, RefusedEnvelope
from kernel.errors import NotFound, NotPermitted
from kernel.permits import require
from kernel.scoping import Actor
from regions.models import Region
from regions.selectors import region

MANAGE_NODES = "federation.manage_nodes"


def own_region() -> Region:
    """The place whose rows this node keeps."""
    return region(settings.NODE_REGION)


def governs(actor: Actor) -> bool:
    """Whether the actor administers the whole place of this node; asked for the bar of every page."""
    reach = actor.reach(MANAGE_NODES)
    own = f"{settings.NODE_REGION}/"
    if reach.is_province_wide or any(path.endswith(own) for path in reach.region_paths):
        return True
    if settings.NODE_KIND == Node.Kind.PROVINCE or not reach.region_paths:
        return False
    place = own_region().path
    return any(place.startswith(path) for path in reach.region_paths)


def require_governing(actor: Actor) -> None:
    """Let pass who administers this node as a whole. Raises NotPermitted."""
    require(actor, MANAGE_NODES)
    if not governs(actor):
        raise NotPermitted


def nodes(actor: Actor) -> QuerySet[Node]:
    """All that is known of nodes: this one, its parent, its children and those below them."""
    require_governing(actor)
    return Node.objects.select_related("region", "via")


def node(actor: Actor, public_id: UUID) -> Node:
    """One node. Raises NotPermitted, NotFound."""
    found = nodes(actor).filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found


def keys_of(actor: Actor, of: Node) -> QuerySet[NodeKey]:
    """The keys of a node, newest first; their private halves stay where they are."""
    require_governing(actor)
    return NodeKey.objects.filter(node=of).defer("private")


def lines_of(actor: Actor, of: Node) -> QuerySet[Line]:
    """The lines to and from a neighbour."""
    require_governing(actor)
    return Line.objects.filter(node=of).order_by("-direction", "stream")


def line_of(actor: Actor, of: Node, direction: str, stream: str) -> Line:
    """One line of a neighbour. Raises NotPermitted, NotFound."""
    rows = lines_of(actor, of).select_related("node")
    found = rows.filter(direction=direction, stream=stream).first()
    if found is None:
        raise NotFound
    return found


def passing_of(actor: Actor, line: Line) -> ReceivedEnvelope | None:
    """The envelope of a line that somebody asks to be refused whole. Raises NotPermitted."""
    require_governing(actor)
    rows = ReceivedEnvelope.objects.filter(line=line, state=ReceivedEnvelope.State.QUARANTINED)
    return rows.exclude(passing_asked_at=None).defer("body").first()


def refused_envelopes(actor: Actor) -> QuerySet[RefusedEnvelope]:
    """Calls that were turned away, the latest first."""
    require_governing(actor)
    return RefusedEnvelope.objects.select_related("node")


def outcomes(actor: Actor) -> QuerySet[RecordResult]:
    """Records that were not plainly applied, ours at others and others' here, the latest first."""
    require_governing(actor)
    return RecordResult.objects.select_related("line__node").defer("message")


def held_records(actor: Actor) -> QuerySet[RecordResult]:
    """What waits for somebody: records that a neighbour refused, and those refused or waiting here."""
    return outcomes(actor).filter(resolved_at=None, became__in=("refused", "waits"))


def held_record(actor: Actor, public_id: UUID) -> RecordResult:
    """One record with its outcome. Raises NotPermitted, NotFound."""
    found = outcomes(actor).filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found
