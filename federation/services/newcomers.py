"""A new neighbour is told of everything: changes are captured from now on, what stood is laid down."""

from datetime import datetime

from django.db import transaction

from federation.models import Node
from federation.services.sealing import line_out
from federation.travel import beginning
from federation.wire import streams
from kernel.models import this_node
from outbox import capture


def await_telling(node: Node, now: datetime) -> None:
    """Begin to capture for a neighbour that has just joined; what stands is laid down a little later."""
    is_parent = node.relation == Node.Relation.PARENT
    for stream in streams.UPWARD if is_parent else streams.DOWNWARD:
        line_out(node, stream)
    node.told_after = beginning.begin(now, up=is_parent)
    node.save(update_fields=["told_after"])
    ask_for_hello()


def ask_for_hello() -> None:
    """Let the next round begin with a hello: the parent must know of a node below before its rows come."""
    Node.objects.filter(relation=Node.Relation.PARENT).update(needs_hello=True)


def tell_newcomers(now: datetime) -> int:
    """Lay down what stood before for neighbours that wait for it; for how many.

    Only once every transaction from before the capture began has ended, so that none falls between the two.
    """
    waiting = Node.objects.filter(told_after__isnull=False).values_list("pk", flat=True)
    return sum(_told(pk, now) for pk in list(waiting))


@transaction.atomic
def _told(pk: int, now: datetime) -> int:
    node = Node.objects.select_for_update(skip_locked=True).filter(pk=pk, told_after__isnull=False).first()
    if node is None or node.told_after is None or not capture.settled_since(node.told_after):
        return 0
    is_parent = node.relation == Node.Relation.PARENT
    beginning.lay_down(up=is_parent, origins=_origins(is_parent=is_parent), now=now)
    node.told_after = None
    node.save(update_fields=["told_after"])
    return 1


def _origins(*, is_parent: bool) -> set[str] | None:
    """Whose rows are laid down: of our own branch upward; downward whosever they are.

    What came down to us is often of a node above our parent, which we know by its rows only.
    """
    if not is_parent:
        return None
    rows = Node.objects.filter(relation__in=(Node.Relation.CHILD, Node.Relation.BELOW))
    return {this_node(), *rows.values_list("code", flat=True)}
