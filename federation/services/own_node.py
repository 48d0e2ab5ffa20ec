"""This node as others know it: its row, its keys, and what it signs."""

import base64
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from federation.models import Node, NodeKey
from federation.selectors.nodes import own_region
from federation.wire import PROTOCOL, SOFTWARE, heads
from federation.wire.algorithms import fresh_seal_pair, key_id, signing
from federation.wire.receipts import Receipt
from kernel.models import this_node
from standards.effective import in_force
from standards.spec import PROVINCIAL
from standards.versions import version_of

SIGNS, SEALS = NodeKey.Purpose.SIGN, NodeKey.Purpose.SEAL
ALGORITHM = "ed25519"
SEAL_ALGORITHM = "x25519"


def standard_now() -> str:
    """The provincial standard in force here today, by its number."""
    found = in_force(None, timezone.localdate(), PROVINCIAL)
    return version_of(UUID(found)).number if found else ""


@transaction.atomic
def own_node() -> Node:
    """The row of this node, made when it is first asked for."""
    found = Node.objects.filter(relation=Node.Relation.SELF).first()
    if found is not None and found.code == this_node():
        return found
    made, _is_new = Node.objects.update_or_create(
        relation=Node.Relation.SELF,
        defaults={
            "code": this_node(),
            "name": settings.NODE_NAME,
            "kind": settings.NODE_KIND,
            "region": own_region(),
            "enterprise_uscc": settings.NODE_ENTERPRISE,
            "url": settings.PUBLIC_URL,
            "state": Node.State.ACTIVE,
            "protocol": PROTOCOL,
            "software": SOFTWARE,
        },
    )
    return made


def own_key(purpose: str, now: datetime) -> NodeKey:
    """The key of this node for a purpose, made when there is none.

    While two overlap the older one signs: handshakes tell the neighbours of the newer one before its turn.
    """
    held = NodeKey.objects.filter(node__relation=Node.Relation.SELF, purpose=purpose, private__isnull=False)
    valid = [key for key in held if key.is_valid(now)]
    # A key that begins only later was made before the clock was set back: another one nobody would know.
    valid = valid or [key for key in held if key.valid_from > now]
    return valid[-1] if valid else fresh_key(purpose, now)


def fresh_key(purpose: str, now: datetime) -> NodeKey:
    """One more key of this node."""
    algorithm = ALGORITHM if purpose == SIGNS else SEAL_ALGORITHM
    private, public = signing(algorithm).generate() if purpose == SIGNS else fresh_seal_pair()
    return NodeKey.objects.create(
        node=own_node(),
        key_id=key_id(algorithm, public),
        purpose=purpose,
        algorithm=algorithm,
        public=base64.b64encode(public).decode(),
        private=base64.b64encode(private).decode(),
        valid_from=now,
    )


def private_of(key: NodeKey) -> bytes:
    """The private half of an own key."""
    return base64.b64decode(key.private or "")


def public_of(key: NodeKey) -> bytes:
    """The public half of a key."""
    return base64.b64decode(key.public)


def signed_headers(
    act: str,
    receiver: str,
    content: bytes,
    now: datetime,
    *,
    re: str = heads.NOTHING,
    key: NodeKey | None = None,
) -> dict[str, str]:
    """The headers under which this node sends a body."""
    key = key or own_key(SIGNS, now)
    head = heads.Head(act, this_node(), receiver, key.key_id, heads.stamp(now), re)
    return heads.headers(head, heads.sign(head, content, algorithm=key.algorithm, private=private_of(key)))


def signed_receipt(
    *, sender: str, stream: str, epoch: int, seq: int, envelope_hash: str, now: datetime
) -> Receipt:
    """This node's word that it has stored an envelope."""
    key = own_key(SIGNS, now)
    plain = Receipt(
        receiver=this_node(),
        sender=sender,
        stream=stream,
        epoch=epoch,
        seq=seq,
        hash=envelope_hash,
        received_at=heads.stamp(now),
        key_id=key.key_id,
    )
    signature = heads.sign_text(plain.signed(), algorithm=key.algorithm, private=private_of(key))
    return Receipt(
        **{name: getattr(plain, name) for name in plain.__struct_fields__} | {"signature": signature}
    )


def card(now: datetime) -> dict[str, Any]:
    """What this node tells of itself at a handshake: who it is, what it speaks, and its valid keys."""
    own_key(SIGNS, now)
    own_key(SEALS, now)
    own = own_node()
    # Also those that begin later by a clock that was set back: the other side ends what it is not told of.
    keys = [key for key in NodeKey.objects.filter(node=own) if not key.valid_until or now < key.valid_until]
    return {
        "code": own.code,
        "name": own.name,
        "kind": own.kind,
        "region": own.region.code if own.region else "",
        "enterprise": own.enterprise_uscc,
        "url": own.url,
        "protocol": PROTOCOL,
        "software": SOFTWARE,
        "standard": standard_now(),
        "keys": [
            {
                "key_id": key.key_id,
                "purpose": key.purpose,
                "algorithm": key.algorithm,
                "public": key.public,
                "valid_from": heads.stamp(key.valid_from),
                "valid_until": heads.stamp(key.valid_until) if key.valid_until else "",
            }
            for key in keys
        ],
        "below": [
            {
                "code": row.code,
                "name": row.name,
                "kind": row.kind,
                "region": row.region.code if row.region else "",
                "enterprise": row.enterprise_uscc,
                "mode": row.mode,
                "standard": row.standard_version,
                "via": row.under,
            }
            for row in told_below().select_related("region", "via")
        ],
        "above": _above(),
    }


def told_below() -> QuerySet[Node]:
    """The nodes below that the parent is told of: joined ones and hosted ones, not those merely invited."""
    keys = Exists(NodeKey.objects.filter(node=OuterRef("pk")))
    never = Q(state__in=(Node.State.INVITED, Node.State.SUSPENDED), mode=Node.Mode.SELF_BUILT)
    rows = Node.objects.filter(relation__in=(Node.Relation.CHILD, Node.Relation.BELOW))
    return rows.exclude(never & Q(relation=Node.Relation.CHILD) & ~keys)


def _above() -> list[dict[str, str]]:
    """The platforms above this one by their names: records of theirs come down to those below us."""
    parent = Node.objects.filter(relation=Node.Relation.PARENT).first()
    return [{"code": parent.code, "name": parent.name}, *parent.above] if parent else []
