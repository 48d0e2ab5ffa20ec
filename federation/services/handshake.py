"""Hello: both say what they speak and which keys they hold; an older one is told so, and nothing is lost."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import httpx
import msgspec
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from federation.models import Line, Node
from federation.models.nodes import SUSPENDED_ABOVE
from federation.selectors.nodes import MANAGE_NODES, own_region
from federation.services.admitting import Caller
from federation.services.knowing import Card, card_of, learn_below, learn_keys, note_card
from federation.services.move_hears import note_move
from federation.services.moving import open_move
from federation.services.newcomers import ask_for_hello
from federation.services.own_node import card, standard_now
from federation.services.refusals_of_calls import CallRefused
from federation.services.transport import Unreachable, call
from web.messages import Audience, tell

HELLO = "hello"


@transaction.atomic
def answer_hello(caller: Caller, said: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """What a parent answers a child's hello, having kept its keys, versions and the nodes below it.

    Raises CallRefused for a card that is not the caller's own.
    """
    told = card_of(said.get("card"))
    if told.code != caller.node.code:
        raise CallRefused("malformed", 400, _("握手里的节点代码与签名者不同，没有处理。"), node=caller.node)
    _keep(caller.node, told, now)
    if learn_below(caller.node, told.below, now):
        ask_for_hello()
    move = open_move(caller.node)
    return {"card": card(now), **({"move": move} if move else {})}


def say_hello(http: httpx.Client, node: Node, now: datetime) -> bool:
    """Say hello to the parent; whether it answered and agreed. What it objects to is kept and told.

    Lines that had waited beyond the longest time are opened again, and those that wait for their next attempt
    make it now: the neighbour is there.
    """
    content = msgspec.json.encode({"card": card(now)})
    try:
        answer = call(http, node, HELLO, content, now)
    except Unreachable as away:
        _object(node, away.sentence, is_news=False)
        return False
    if answer.status != 200:
        is_suspended = answer.said.get("code") == "suspended"
        said = f"{SUSPENDED_ABOVE}：{answer.sentence}" if is_suspended else answer.sentence
        _object(node, said, is_news=True)
        return False
    try:
        _keep(node, card_of(answer.said.get("card")), now)
    except CallRefused as refused:
        _object(node, refused.message, is_news=True)
        return False
    Node.objects.filter(pk=node.pk).update(needs_hello=False)
    note_move(node, answer.said.get("move"), now)
    lines = Line.objects.filter(node=node, direction=Line.Direction.OUT)
    lines.filter(state=Line.State.DEAD).update(state=Line.State.OPEN, attempts=0, next_at=None)
    lines.filter(next_at__isnull=False).update(next_at=None)
    return True


@transaction.atomic
def _keep(node: Node, told: Card, now: datetime) -> None:
    learn_keys(node, told.keys, now)
    address = node.url
    note_card(node, told, now)
    # The parent's address is the one that was given here, whatever it says of itself.
    node.url = address if node.relation == Node.Relation.PARENT else node.url
    ours = standard_now()
    agrees = not told.standard or not ours or told.standard == ours
    node.state = Node.State.ACTIVE if agrees else Node.State.DEGRADED
    node.objection = (
        ""
        if agrees
        else _("数据标准版本不同：本平台 {ours}，对方 {theirs}。").format(
            ours=ours, theirs=told.standard[:60]
        )
    )
    node.save(update_fields=["url", "state", "objection"])


@transaction.atomic
def _object(node: Node, sentence: str, *, is_news: bool) -> None:
    sentence = sentence[:300]
    if is_news and node.objection != sentence:
        tell(
            Audience(permission=MANAGE_NODES, region_path=own_region().path),
            kind="federation",
            text=_("与“{name}”握手没有成功：{why}").format(name=node.name, why=sentence),
            url=reverse("node", args=[node.public_id]),
            about=node.code,
        )
    Node.objects.filter(pk=node.pk).update(objection=sentence)
    node.objection = sentence
