"""Changing this node's keys: the new ones are told at every handshake while the old ones still sign."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from federation.models import Node, NodeKey
from federation.selectors.nodes import require_governing
from federation.services.newcomers import ask_for_hello
from federation.services.own_node import SEALS, SIGNS, fresh_key, own_key, own_node
from kernel.errors import DomainError
from kernel.scoping import Actor
from standards.selectors import parameter


@transaction.atomic
def rotate_node_key(*, actor: Actor, now: datetime | None = None) -> list[NodeKey]:
    """A new key to sign with and one to seal for, beside the present ones, which end after the overlap.

    A key that has leaked is not rotated: the neighbour suspends this node and invites it anew.
    Raises NotPermitted, DomainError while an earlier change is still under way.
    """
    require_governing(actor)
    now = now or timezone.now()
    own = Node.objects.select_for_update().get(pk=own_node().pk)
    present = [own_key(SIGNS, now), own_key(SEALS, now)]
    if any(key.valid_until is not None for key in present):
        raise DomainError(
            _(
                "上次轮换还没有结束，旧密钥用到 {until}。请到期后再轮换；密钥外泄的，请上级停用并重新邀请。"
            ).format(
                until=f"{timezone.localtime(max(key.valid_until or now for key in present)):%Y-%m-%d %H:%M}"
            ),
            code="is_rotating",
        )
    end = now + timedelta(days=int(parameter("federation.overlap_days")))
    NodeKey.objects.filter(pk__in=[key.pk for key in present]).update(valid_until=end)
    fresh = [fresh_key(SIGNS, now), fresh_key(SEALS, now)]
    ask_for_hello()
    record(actor, "federation.node_key_rotated", own, until=end.isoformat(), key=fresh[0].key_id)
    return fresh
