"""A child's round: push, fetch, ask. The parent never calls; a node without a parent does nothing."""

from datetime import timedelta

import httpx
from django.db.models import Q
from django.utils import timezone

from federation.models import Node
from federation.services.dispatching import fetch
from federation.services.handshake import say_hello
from federation.services.newcomers import tell_newcomers
from federation.services.outcomes import ask_results
from federation.services.own_node import told_below
from federation.services.sending import push
from federation.services.transport import client
from standards.selectors import parameter


def parent() -> Node | None:
    """The platform above this one, while it may be spoken to."""
    found = Node.objects.filter(relation=Node.Relation.PARENT).select_related("region").first()
    return found if found and found.may_exchange else None


def exchange() -> int:
    """One round with the parent; how many envelopes went or came."""
    tell_newcomers(timezone.now())
    node = parent()
    if node is None:
        return 0
    with client() as http:
        return round_with(node, http)


def round_with(node: Node, http: httpx.Client) -> int:
    """The same with this parent.

    A hello that is refused stops no reports, for a wrong clock must not; only where the parent has yet to
    hear of a node below do they wait, since it would refuse that node's rows one by one.
    """
    if node.needs_hello and not say_hello(http, node, timezone.now()) and _has_untold(node):
        return 0
    moved = push(node, http=http)
    if moved or _is_time(node):
        moved += fetch(node, http=http)
        ask_results(node, http=http)
        Node.objects.filter(pk=node.pk).update(polled_at=timezone.now())
    return moved


def _has_untold(node: Node) -> bool:
    """Whether there is a node below that no handshake has told the parent of."""
    below = told_below()
    has_greeted = node.state in (Node.State.ACTIVE, Node.State.DEGRADED)
    if has_greeted and node.last_seen_at is not None:
        is_new = Q(created_at__gt=node.last_seen_at) | Q(invitations__used_at__gt=node.last_seen_at)
        below = below.filter(is_new)
    return below.exists()


def _is_time(node: Node) -> bool:
    """Whether to look again, though nothing was sent."""
    pause = timedelta(seconds=float(parameter("federation.poll_seconds")))
    now = timezone.now()
    # A time to come was written before the clock was set back.
    return node.polled_at is None or not now - pause < node.polled_at <= now


def greet() -> bool:
    """Say hello to the parent; False where there is none, or it did not agree."""
    node = parent()
    if node is None:
        return False
    with client() as http:
        return say_hello(http, node, timezone.now())
