"""Joining: a platform shows its invitation and proves its key; both keep each other's keys."""

from datetime import datetime
from typing import Any

import httpx
import msgspec
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from federation.models import Invitation, Node
from federation.selectors.nodes import require_governing
from federation.services.admitting import Heard, require_clock, require_first, require_protocol
from federation.services.inviting import BELOW, digest_of
from federation.services.knowing import Card, KeyCard, card_of, learn_keys, note_card
from federation.services.newcomers import await_telling
from federation.services.own_node import card, own_node, signed_headers
from federation.services.refusals_of_calls import CallRefused
from federation.services.transport import JSON, Unreachable, client, is_answer, posted_to
from federation.wire import heads
from federation.wire.algorithms import known
from kernel.errors import DomainError
from kernel.models import this_node
from kernel.scoping import Actor
from regions.models import Region

JOIN = "join"


@transaction.atomic
def accept_join(heard: Heard, now: datetime) -> dict[str, Any]:
    """Take in a platform that shows a valid invitation and signs with the key it brings.

    Where our answer was lost the same key may ask again until its first handshake; nobody else can.
    Raises CallRefused.
    """
    require_protocol(heard.said("protocol"), None)
    said = _said(heard.content)
    told = card_of(said.get("card"))
    node, invitation = _invitation(str(said.get("code", "")), heard.said("key_id"), now)
    _require_proof(heard, told, node)
    require_clock(heard, node, now)
    require_first(heard, node, now)
    _require_as_invited(told, node)
    learn_keys(node, told.keys, now)
    note_card(node, told, now)
    # A hosted county's rows stay here until they have moved to its own platform (services.moving).
    node.state = Node.State.KEYED
    node.save(update_fields=["state"])
    if invitation.used_at is None:
        invitation.used_at, invitation.used_by_key = now, heard.said("key_id")
        invitation.save(update_fields=["used_at", "used_by_key"])
        await_telling(node, now)
    record(
        None,
        "federation.node_joined",
        node,
        place=node.region.path if node.region else "",
        code=node.code,
        key=heard.said("key_id"),
    )
    return {"card": card(now)}


def _said(content: bytes) -> dict[str, Any]:
    try:
        found = msgspec.json.decode(content)
    except (msgspec.MsgspecError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise CallRefused("malformed", 400, _("内容不是 JSON 对象，没有处理。请对照协议文档。"))
    return found


def _invitation(secret: str, key_id: str, now: datetime) -> tuple[Node, Invitation]:
    """The invitation that may be used now, and whom it invites, locked as inviting and suspending lock it."""
    shown = Invitation.objects.filter(code_hash=digest_of(secret[:200])).first()
    node = Node.objects.select_for_update().filter(pk=shown.node_id).first() if shown else None
    # Judged as it stands under the lock: a suspension or removal meanwhile has ended it.
    found = Invitation.objects.select_for_update().filter(pk=shown.pk).first() if shown else None
    if node is None or found is None or not _is_usable(found, node, key_id, now):
        raise CallRefused(
            "bad_invitation",
            403,
            _("邀请码不对、已用过或已过期。请向上级平台管理员重新要一个邀请码。"),
            node=node,
        )
    return node, found


def _is_usable(invitation: Invitation, node: Node, key_id: str, now: datetime) -> bool:
    """Open, or used by this very key that has not got our answer: then it has not greeted yet either."""
    if invitation.expires_at <= now or node.state == Node.State.SUSPENDED:
        return False
    if invitation.used_at is None:
        return True
    is_last = node.invitations.first() == invitation
    return is_last and node.state == Node.State.KEYED and bool(key_id) and invitation.used_by_key == key_id


def _require_proof(heard: Heard, told: Card, node: Node) -> None:
    """The call must be signed by a key of the card itself: whoever joins holds what it shows."""
    key = next((one for one in told.keys if one.key_id == heard.said("key_id")), None)
    if (
        key is None
        or not known(key.algorithm)
        or heard.said("receiver") != this_node()
        or not _holds(heard, key)
    ):
        raise CallRefused(
            "tampered",
            401,
            _("接入请求没有用所附的密钥正确签名，没有处理。请核对邀请码是否完整。"),
            node=node,
        )


def _holds(heard: Heard, key: KeyCard) -> bool:
    public = public_bytes(key)
    return heads.is_signed(
        heard.head, heard.content, heard.said("signature"), algorithm=key.algorithm, public=public
    )


def public_bytes(key: KeyCard) -> bytes:
    """The raw public key of a card; empty where it is no base64, which verifies nothing."""
    try:
        return msgspec.convert(key.public, bytes, strict=False)
    except msgspec.ValidationError:
        return b""


def _require_as_invited(told: Card, node: Node) -> None:
    region = node.region.code if node.region else ""
    same = (told.code, told.kind, told.enterprise) == (node.code, node.kind, node.enterprise_uscc)
    if not same or (node.kind != Node.Kind.ENTERPRISE and told.region != region):
        raise CallRefused(
            "not_as_invited",
            403,
            _(
                "接入的平台（{theirs}）与邀请的（{ours}）不是同一个：节点代码、类别、区划或企业不同。请核对对方设置。"
            ).format(
                theirs=f"{told.code} {told.kind} {told.region}"[:60],
                ours=f"{node.code} {node.kind} {region}",
            ),
            node=node,
        )


def join_parent(
    *, actor: Actor, url: str, invitation: str, http: httpx.Client | None = None, now: datetime | None = None
) -> Node:
    """Join below the platform that invited this one.

    The answer must be signed by the key whose fingerprint stands in the invitation, so that nobody between
    the two can pose as the parent. Raises NotPermitted, DomainError for an invitation that is incomplete or
    refused, a parent that is another's, or an address that does not answer.
    """
    require_governing(actor)
    now = now or timezone.now()
    own = own_node()
    if own.kind == Node.Kind.PROVINCE:
        raise DomainError(_("省级平台没有上级，不能接入别的平台。"), code="no_parent")
    url = _checked_url(url)
    code, secret, fingerprint = _parts(invitation)
    _require_no_other_parent(code)
    content = msgspec.json.encode({"code": secret, "card": card(now)})
    told = _asked(http or client(), url, code, content, fingerprint, now)
    return _kept(actor, told, url, now)


def _checked_url(url: str) -> str:
    url = url.strip().rstrip("/")
    if not url.startswith(("https://", "http://")) or len(url) > 200:
        raise DomainError(
            _("请填上级平台的网址，以 https:// 开头，例如 https://shiming.example。"),
            code="bad_url",
            field="url",
        )
    return url


def _parts(invitation: str) -> tuple[str, str, str]:
    parts = "".join(invitation.split()).split(".")
    if len(parts) != 3 or not all(parts):
        raise DomainError(
            _("邀请码不完整：应为用两个点隔开的三段。请从上级平台的邀请页面整段复制。"),
            code="bad_invitation",
            field="invitation",
        )
    return parts[0], parts[1], parts[2]


def _require_no_other_parent(code: str) -> None:
    held = Node.objects.filter(relation=Node.Relation.PARENT).exclude(code=code).first()
    if held is not None:
        raise DomainError(
            _("本平台已接入“{name}”，一个平台只有一个上级。要改接，请先由运维办理迁移。").format(
                name=held.name
            ),
            code="other_parent",
        )


def _asked(http: httpx.Client, url: str, code: str, content: bytes, fingerprint: str, now: datetime) -> Card:
    sent = signed_headers(JOIN, code, content, now)
    try:
        got, headers, status = posted_to(http, url, JOIN, content, {**sent, "Content-Type": JSON})
    except Unreachable as away:
        told = _("没有接入：{why}。请核对网址，确认对方正在运行后再试。")
        raise DomainError(told.format(why=away.why), code="unreachable", field="url") from away
    said = _said_by(got)
    if status != 200 and not said.get("sentence"):
        told = _("这个网址没有按节点间协议回答（HTTP {status}），不是上级平台的地址。请核对网址。")
        raise DomainError(told.format(status=status), code="no_node", field="url")
    if status != 200:
        raise DomainError(str(said["sentence"])[:300], code="refused", field="invitation")
    found = card_of(said.get("card"))
    key = next((one for one in found.keys if one.key_id == fingerprint), None)
    re = sent[heads.HEADERS["signature"]]
    if (
        key is None
        or found.code != code
        or headers.get(heads.HEADERS["key_id"]) != fingerprint
        or not is_answer(status, got, headers, code, re=re, algorithm=key.algorithm, public=public_bytes(key))
    ):
        raise DomainError(
            _("回答的不是发出邀请的平台：签名与邀请码里的指纹不符。请核对网址，并向上级确认。"),
            code="not_the_inviter",
            field="url",
        )
    return found


def _said_by(content: bytes) -> dict[str, Any]:
    try:
        return _said(content)
    except CallRefused:
        return {}


@transaction.atomic
def _kept(actor: Actor, told: Card, url: str, now: datetime) -> Node:
    own = own_node()
    if own.kind not in BELOW.get(told.kind, ()):
        raise DomainError(_("对方是{kind}，本平台不能接在它下面。").format(kind=told.kind), code="bad_kind")
    node, _is_new = Node.objects.update_or_create(
        code=told.code,
        defaults={
            "name": told.name[:120],
            "kind": told.kind,
            "region": Region.objects.filter(code=told.region).first(),
            "relation": Node.Relation.PARENT,
            "via": None,
            "state": Node.State.KEYED,
            "objection": "",
        },
    )
    learn_keys(node, told.keys, now)
    note_card(node, told, now)
    node.url = url
    node.save(update_fields=["url"])
    await_telling(node, now)
    record(
        actor, "federation.parent_joined", node, place=own.region.path if own.region else "", code=node.code
    )
    return node
