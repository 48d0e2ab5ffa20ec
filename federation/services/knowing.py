"""What a neighbour tells of itself at a handshake, checked before it is believed."""

import base64
import binascii
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec
from django.db.models import Q
from django.utils.translation import gettext as _

from federation.models import Node, NodeKey, RefusedEnvelope
from federation.services.inviting import BELOW, CODE
from federation.services.refusals_of_calls import CallRefused, kept_words, note_refused_envelope
from federation.wire import heads
from federation.wire.algorithms import is_seal_key, key_id, known
from kernel.models import this_node
from regions.models import Region

_MOST_KEYS: Final = 20
_MOST_BELOW: Final = 2000
_MOST_ABOVE: Final = 8
# Dates beyond these are no key's, and the database writes some that Python does not read.
_YEARS: Final = range(2000, 9000)
_NOTED_AGAIN: Final = timedelta(hours=1)


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
    # The node right above it, where that is not the teller.
    via: str = ""


class AboveCard(msgspec.Struct, frozen=True):
    """A node above the teller, by its name."""

    code: str
    name: str


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
    above: Sequence[AboveCard] = ()


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

    Raises CallRefused for keys whose names they do not bear, and without one to sign and one to seal for.
    """
    checked = [_checked(one, node) for one in told[:_MOST_KEYS]]
    lasting = {one.purpose for one, _begins, ends in checked if ends is None or ends > now}
    if lasting != set(NodeKey.Purpose.values):
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
    # Whatever its dates: one that has leaked in its overlap must not outlive it.
    gone = NodeKey.objects.filter(node=node).exclude(key_id__in=[one.key_id for one, *_dates in checked])
    gone.filter(valid_from__gte=now).delete()
    gone.filter(Q(valid_until=None) | Q(valid_until__gt=now)).update(valid_until=now)


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
        or any(one.year not in _YEARS for one in (begins, ends) if one)
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
            "“{name}”给出的密钥不能使用：算法不支持、编号与内容不符、日期不对，或没有同时给出有效的签名密钥和"
            "封装密钥。请对方检查密钥设置。"
        ).format(name=node.name),
        node=node,
    )


def learn_below(teller: Node, told: Sequence[BelowCard], now: datetime) -> int:
    """Keep which nodes are reached through a child; how many are new.

    What cannot stand below it, and a code that stands elsewhere, is left out and shown to the operators.
    """
    if teller.relation != Node.Relation.CHILD:
        return 0
    fresh, left = 0, []
    told = told[:_MOST_BELOW]
    regions = {row.code: row for row in Region.objects.filter(code__in=[one.region[:12] for one in told])}
    names = {one.code: one.name.replace("\0", "")[:120] for one in told}
    for one in told:
        held = Node.objects.filter(code=one.code).first()
        is_elsewhere = held is not None and held.via_id != teller.pk
        if is_elsewhere or not _can_stand(one, teller, regions.get(one.region)):
            left.append(one.code)
            continue
        Node.objects.update_or_create(code=one.code, defaults=_below(teller, one, regions, names))
        fresh += held is None
    if left:
        _note_left(teller, left, now)
    return fresh


def _can_stand(one: BelowCard, teller: Node, region: Region | None) -> bool:
    """Whether it is named, of a kind and in a place as the teller itself might have invited it."""
    is_named = CODE.fullmatch(one.code) is not None and one.code != this_node()
    if not is_named or one.kind not in BELOW.get(teller.kind, ()):
        return False
    above = teller.region.path if teller.region else ""
    if one.kind == Node.Kind.ENTERPRISE:
        # It works anywhere in the teller's place, and need not name one.
        return not one.region or (region is not None and region.path.startswith(above))
    return region is not None and region.path.startswith(above) and region.path != above


def _note_left(teller: Node, codes: Sequence[str], now: datetime) -> None:
    """Once an hour, for it is told again with every handshake."""
    refused = CallRefused(
        "bad_below",
        400,
        _(
            "“{name}”列出的下属节点有 {number} 个没有登记（{codes}）：代码格式、类别或区划不在它之下，"
            "或代码已归别的节点。请与对方核对；代码确应归它的，先在占用该代码的节点上办理。"
        ).format(name=teller.name[:60], number=len(codes), codes="、".join(code[:32] for code in codes[:4])),
        node=teller,
    )
    same = RefusedEnvelope.objects.filter(node=teller, code=refused.code, last_at__gt=now - _NOTED_AGAIN)
    if not same.filter(sentence=kept_words(refused)).exists():
        note_refused_envelope(refused, address=teller.url, now=now)


def _below(
    teller: Node, one: BelowCard, regions: Mapping[str, Region], names: Mapping[str, str]
) -> dict[str, Any]:
    is_under_another = one.via in names and one.via != one.code and CODE.fullmatch(one.via) is not None
    return {
        "name": one.name[:120],
        "kind": one.kind,
        "region": regions.get(one.region),
        "enterprise_uscc": one.enterprise[:18],
        "relation": Node.Relation.BELOW,
        "via": teller,
        "above": [{"code": one.via, "name": names[one.via]}] if is_under_another else [],
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
    if node.relation == Node.Relation.PARENT:
        node.above = [
            {"code": one.code, "name": one.name.replace("\0", "")[:120]}
            for one in told.above[:_MOST_ABOVE]
            if CODE.fullmatch(one.code)
        ]
    node.last_seen_at = now
    node.save(
        update_fields=["name", "protocol", "software", "standard_version", "url", "above", "last_seen_at"]
    )
