"""Links that do not keep up, and records that were refused, on the home page of the node's operators."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.urls import reverse

from federation.models import Node
from federation.models.nodes import SUSPENDED_ABOVE
from federation.node_words import since
from federation.selectors.node_health import Health, healths, held_number
from federation.selectors.nodes import MANAGE_NODES, governs, nodes
from federation.selectors.reconciliation import standings
from kernel.scoping import Actor
from standards.selectors import parameter
from web import words
from web.waiting import Waiting, register

LEVELS = ("red", "amber")


def waiting(actor: Actor, day: date, now: datetime) -> Iterator[Waiting]:
    """What of the exchange waits for whoever governs this node; nothing for anybody else."""
    if not actor.may(MANAGE_NODES) or not governs(actor):
        return
    found = healths(actor, now)
    for node in nodes(actor).filter(pk__in=[pk for pk, one in found.items() if one.level in LEVELS]):
        health = found[node.pk]
        yield Waiting(
            level=health.level,
            since=since(health.oldest_at, now) or "现在",
            what=f"平台连接：{health.words}",
            fact=_fact(node, health),
            place=node.name,
            place_url=reverse("node", args=[node.public_id]),
            act="查看",
            url=reverse("node", args=[node.public_id]),
        )
    yield from _differing(actor, now)
    if number := held_number(actor):
        yield Waiting(
            level="amber",
            since="待处理",
            what="上报被拒的记录",
            fact=f"{words.exact(number)} 条，需更正、重报或说明",
            place="节点",
            place_url=reverse("nodes"),
            act="去处理",
            url=f"{reverse('held_records')}?standing=ours",
        )


def _fact(node: Node, health: Health) -> str:
    """Why the parent has suspended us, in its words; else how much waits."""
    if node.is_refused_above:
        return node.objection.removeprefix(SUSPENDED_ABOVE).lstrip("：") or "请联系上级平台管理员"
    return f"积压 {words.exact(health.waiting)} 条" if health.waiting else "请查看数据流"


def _differing(actor: Actor, now: datetime) -> Iterator[Waiting]:
    """Differences of comparisons; red when one has stood for days. Source: AL-33."""
    found = {pk: one for pk, one in standings(actor).items() if one.open}
    long_ago = now - timedelta(days=int(parameter("federation.difference_days"))) if found else now
    for node in nodes(actor).filter(pk__in=found):
        one = found[node.pk]
        yield Waiting(
            level="red" if one.since and one.since <= long_ago else "amber",
            since=since(one.since, now) or "现在",
            what="对账差异未解决",
            fact=f"{words.exact(one.open)} 条",
            place=node.name,
            place_url=reverse("node", args=[node.public_id]),
            act="去处理",
            url=reverse("differences"),
            days=(now - one.since).days if one.since else 0,
        )


def watch() -> None:
    """Tell the home page."""
    register("federation.nodes", waiting)
