"""Who calls: a neighbour by its key, its signature over exactly these bytes, and a protocol we speak."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from django.utils.translation import gettext as _

from federation.models import HeardCall, Node, NodeKey
from federation.services.own_node import SIGNS, public_of
from federation.services.refusals_of_calls import CallRefused
from federation.wire import PROTOCOL, heads
from federation.wire.algorithms import known
from kernel.models import this_node
from standards.selectors import parameter

LONGEST_HEADER = 200


@dataclass(frozen=True)
class Heard:
    """A call as it came: its act, its bytes, and what its headers say."""

    act: str
    content: bytes
    headers: Mapping[str, str]
    address: str = ""

    def said(self, name: str) -> str:
        """What a header of the head says; empty where it is missing."""
        return self.headers.get(heads.HEADERS[name], "").strip()[:LONGEST_HEADER]

    @property
    def head(self) -> heads.Head:
        return heads.Head(
            self.act, self.said("sender"), self.said("receiver"), self.said("key_id"), self.said("at")
        )


@dataclass(frozen=True)
class Caller:
    """A neighbour that has proved itself, with the signature of this very call."""

    node: Node
    signature: str


def admitted(heard: Heard, now: datetime, *, is_read: bool = False) -> Caller:
    """The neighbour that signed the call.

    A read is answered only near its own time; an envelope is guarded by its sequence instead, so that a wrong
    clock stops no records. Raises CallRefused.
    """
    node = Node.objects.select_related("region").filter(code=heard.said("sender")[:32]).first()
    node = node if node and node.relation in (Node.Relation.PARENT, Node.Relation.CHILD) else None
    require_protocol(heard.said("protocol"), node)
    if node is None:
        raise CallRefused(
            "unknown_node", 401, _("没有登记过这个节点。请先由上级平台管理员邀请，再用邀请码接入。")
        )
    _require_signature(heard, node, now)
    _require_standing(heard, node)
    if is_read:
        require_clock(heard, node, now)
    return Caller(node, heard.said("signature"))


def require_protocol(said: str, node: Node | None) -> None:
    """Raises CallRefused for a version of the protocol that this node does not speak."""
    if said != PROTOCOL:
        raise CallRefused(
            "old_protocol",
            426,
            _(
                "对方的协议版本是“{theirs}”，本平台是 {ours}，报文没有处理。请双方管理员约定升级后再通信。"
            ).format(theirs=said[:20] or _("未写明"), ours=PROTOCOL),
            node=node,
            facts={"wanted": PROTOCOL},
        )


def _require_signature(heard: Heard, node: Node, now: datetime) -> None:
    held = NodeKey.objects.filter(node=node, key_id=heard.said("key_id"), purpose=SIGNS).first()
    if held is None or not held.is_valid(now) or not known(held.algorithm):
        raise CallRefused(
            "unknown_key",
            401,
            _("“{name}”用来签名的密钥没有登记，或已过有效期。请对方管理员先轮换密钥并完成握手。").format(
                name=node.name
            ),
            node=node,
        )
    if not heads.is_signed(
        heard.head, heard.content, heard.said("signature"), algorithm=held.algorithm, public=public_of(held)
    ):
        raise CallRefused(
            "tampered",
            401,
            _("签名与内容不符：报文在途中被改动，或不是“{name}”发出的。没有处理，请核查网络和密钥。").format(
                name=node.name
            ),
            node=node,
        )


def _require_standing(heard: Heard, node: Node) -> None:
    if heard.said("receiver") != this_node():
        raise CallRefused(
            "wrong_receiver",
            421,
            _("报文是发给“{to}”的，本平台是“{own}”。请核对上级平台的地址和节点代码。").format(
                to=heard.said("receiver")[:32], own=this_node()
            ),
            node=node,
        )
    if not node.may_exchange:
        raise CallRefused(
            "suspended",
            403,
            _("“{name}”已停用（{why}），报文没有处理。请联系对方平台管理员恢复。").format(
                name=node.name, why=node.suspended_why or _("没有写明原因")
            ),
            node=node,
        )


def require_first(heard: Heard, node: Node, now: datetime) -> None:
    """Keep a proved call that changes something, so that it is done once. Raises CallRefused for a replay.

    What is told twice is a new call each time, for its time is signed.
    """
    digest = sha256(heard.head.signed(heard.content)).hexdigest()
    if not HeardCall.objects.get_or_create(digest=digest, defaults={"heard_at": now})[1]:
        raise CallRefused(
            "replay",
            409,
            _("这次调用（{act}）已经处理过，是被重放的，没有再处理。请重新签名再发。").format(act=heard.act),
            node=node,
        )


def require_clock(heard: Heard, node: Node, now: datetime) -> None:
    """Raises CallRefused for a call whose time is far from ours."""
    minutes = int(parameter("federation.clock_minutes"))
    said = heads.instant_of(heard.said("at"))
    if said is None or abs(now - said) > timedelta(minutes=minutes):
        raise CallRefused(
            "clock",
            403,
            _("“{name}”的时间与本平台相差超过 {minutes} 分钟，没有答复。请对方校准服务器时钟。").format(
                name=node.name, minutes=minutes
            ),
            node=node,
            facts={"now": heads.stamp(now)},
        )
