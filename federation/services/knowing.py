"""What a neighbour tells of itself at a handshake, checked before it is believed."""

import base64
import binascii
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from django.utils.translation import gettext as _

from federation.models import Node, NodeKey
from federation.services.refusals_of_calls import CallRefused
from federation.wire import heads
from federation.wire.algorithms import is_seal_key, key_id, known
from regions.models import Region


class KeyCard(msgspec.Struct, frozen=True):
    """A key as its holder tells of it."""

    key_id: str
    purpose: str
    algorithm: str
    public: str
    valid_from: str
    valid_until: str = ""


class BelowCard(msgspec.Struct, frozen=True):
    """A node that is reached through the teller."""

    code: str
    name: str
    kind: str
    region: str = ""
    enterprise: str = ""
    mode: str = "self_built"
    standard: str = ""


class Card(msgspec.Struct, frozen=True):
    """A node as it tells of itself."""

    code: str
    name: str
    kind: str
    protocol: str
    software: str
    keys: Sequence[KeyCard]
    region: str = ""
    enterprise: str = ""
    url: str = ""
    standard: str = ""
    below: Sequence[BelowCard] = ()


def card_of(said: Any) -> Card:
    """A card as it came. Raises CallRefused."""
    try:
        return msgspec.convert(said, Card)
    except msgspec.ValidationError as wrong:
        raise CallRefused(
            "malformed",
            400,
            _("节点信息的格式不对（{why}），没有处理。请对照协议文档。").format(why=str(wrong)[:100]),
        ) from wrong


def learn_keys(node: Node, told: Sequence[KeyCard], now: datetime) -> None:
    """Keep the keys that a neighbour has signed for; one that it no longer tells of is ended.

    Raises CallRefused for keys whose names they do not bear, and where none could sign.
    """
    checked = [_checked(one, node) for one in told[:20]]
    if not any(one.purpose == NodeKey.Purpose.SIGN for one in told):
        raise _bad_key(node)
    for one, begins, ends in checked:
        NodeKey.objects.update_or_create(
            node=node,
            key_id=one.key_id,
            defaults={
                "purpose": one.purpose,
                "algorithm": one.algorithm,
                "public": one.public,
                "valid_from": begins,
                "valid_until": ends,
            },
        )
    gone = NodeKey.objects.filter(node=node, valid_until=None, valid_from__lt=now)
    gone.exclude(key_id__in=[one.key_id for one in told]).update(valid_until=now)


def _checked(one: KeyCard, node: Node) -> tuple[KeyCard, datetime, datetime | None]:
    begins = heads.instant_of(one.valid_from)
    ends = heads.instant_of(one.valid_until) if one.valid_until else None
    try:
        public = base64.b64decode(one.public, validate=True)
    except (binascii.Error, ValueError):
        raise _bad_key(node) from None
    usable = known(one.algorithm) if one.purpose == NodeKey.Purpose.SIGN else is_seal_key(public)
    if (
        not usable
        or one.purpose not in NodeKey.Purpose.values
        or begins is None
        or (ends is not None and ends <= begins)
        or one.key_id != key_id(one.algorithm, public)
    ):
        raise _bad_key(node)
    return one, begins, ends


def _bad_key(node: Node) -> CallRefused:
    return CallRefused(
        "bad_key",
        400,
        _(
            "“{name}”给出的密钥不能使用：算法不支持、编号与内容不符，或缺少签名密钥。请对方检查密钥设置。"
        ).format(name=node.name),
        node=node,
    )


def learn_below(teller: Node, told: Sequence[BelowCard]) -> int:
    """Keep which nodes are reached through a child; one that stands elsewhere is left. How many are new."""
    fresh = 0
    regions = {row.code: row for row in Region.objects.filter(code__in=[one.region for one in told])}
    for one in told[:2000]:
        held = Node.objects.filter(code=one.code).first()
        if held is not None and held.via_id != teller.pk:
            continue
        Node.objects.update_or_create(code=one.code, defaults=_below(teller, one, regions))
        fresh += held is None
    return fresh


def _below(teller: Node, one: BelowCard, regions: Mapping[str, Region]) -> dict[str, Any]:
    return {
        "name": one.name[:120],
        "kind": one.kind[:16],
        "region": regions.get(one.region),
        "enterprise_uscc": one.enterprise[:18],
        "relation": Node.Relation.BELOW,
        "via": teller,
        "state": Node.State.ACTIVE,
        "mode": one.mode if one.mode in Node.Mode.values else Node.Mode.SELF_BUILT,
        "standard_version": one.standard[:60],
    }


def note_card(node: Node, told: Card, now: datetime) -> None:
    """Keep what a neighbour says of its versions, and that it was heard."""
    node.name = told.name.strip()[:120] or node.name
    node.protocol, node.software = told.protocol[:16], told.software[:40]
    node.standard_version = told.standard[:60]
    node.url = told.url[:200] if told.url.startswith(("https://", "http://")) else node.url
    node.last_seen_at = now
    node.save(update_fields=["name", "protocol", "software", "standard_version", "url", "last_seen_at"])
