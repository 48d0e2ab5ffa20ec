"""节点: this platform among the province's, the health of its links, and one neighbour with its lines."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from federation.models import Line, Move, Node
from federation.node_words import (
    LINE_STATES,
    MOVE_STATES,
    kind_in_words,
    move_in_words,
    node_state,
    seconds,
    since,
    stream_in_words,
)
from federation.selectors.moves import moves_of
from federation.selectors.node_health import Health, healths, held_number
from federation.selectors.nodes import (
    MANAGE_NODES,
    held_records,
    keys_of,
    lines_of,
    node,
    nodes,
    passing_of,
    refused_envelopes,
)
from federation.selectors.reconciliation import standings
from federation.services.forgetting import why_it_stays
from federation.services.inviting import BELOW
from federation.services.moving import direction
from kernel.errors import NotFound
from kernel.scoping import Actor
from web import slips, words
from web.navigation import Crumb
from web.pages import Page

_DAY = timedelta(days=1)
Relation = Node.Relation


@dataclass(frozen=True, slots=True)
class Row:
    """A node as the tree shows it."""

    node: Node
    depth: int
    kind: str
    state: tuple[str, str]
    health: Health | None
    oldest: str = ""
    speed: str = ""
    files: int = 0

    @property
    def indent(self) -> str:
        """How far it stands in below its platform."""
        return "　　" * (self.depth - 1)


def crumbs(*tail: Crumb) -> list[Crumb]:
    """节点 › …"""
    return [Crumb("节点", reverse("nodes") if tail else ""), *tail]


def _row(row: Node, depth: int, found: dict[int, Health], now: datetime) -> Row:
    health = found.get(row.pk) if row.mode == Node.Mode.SELF_BUILT else None
    return Row(
        row,
        depth,
        kind_in_words(row),
        node_state(row),
        health,
        since(health.oldest_at, now) if health else "",
        seconds(health.p95) if health and health.p95 is not None else "",
        health.files_in + health.files_out if health else 0,
    )


def tree(rows: Iterable[Node], found: dict[int, Health], now: datetime) -> list[Row]:
    """The parent, this node, its children, and below each those that are reached through it."""
    every = list(rows)
    of = {relation: [row for row in every if row.relation == relation] for relation in Relation.values}
    drawn = [_row(row, 0, found, now) for row in of[Relation.PARENT]]
    depth = len(drawn)
    drawn += [_row(row, depth, found, now) for row in of[Relation.SELF]]
    for child in of[Relation.CHILD]:
        drawn.append(_row(child, depth + 1, found, now))
        behind = [row for row in of[Relation.BELOW] if row.via_id == child.pk]
        drawn += [_row(row, depth + 1 + steps, found, now) for row, steps in _behind(child, behind)]
    return drawn


def _behind(child: Node, rows: Iterable[Node]) -> Iterator[tuple[Node, int]]:
    """Those that are reached through a child, each right below its own; how many steps below the child."""
    left = {row.code: row for row in rows}

    def under(code: str, steps: int) -> Iterator[tuple[Node, int]]:
        for row in [row for row in left.values() if row.under == code]:
            if left.pop(row.code, None) is not None:
                yield row, steps
                yield from under(row.code, steps + 1)

    yield from under(child.code, 1)
    # Under one that is not known here, or in a circle as no honest child tells it.
    while left:
        first = next((one for one in left.values() if one.under not in left), next(iter(left.values())))
        yield left.pop(first.code), 1
        yield from under(first.code, 2)


class Nodes(Page):
    """The tree of nodes with the health of each link."""

    permission = MANAGE_NODES
    section = "nodes"
    template_name = "federation/nodes.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        now = timezone.now()
        rows = list(nodes(self.actor))
        found = healths(self.actor, now)
        has_parent = any(row.relation == Relation.PARENT for row in rows)
        return self.show(
            {
                "title": "节点",
                "crumbs": crumbs(),
                "as_of": now,
                "rows": tree(rows, found, now),
                "alone": not any(row.relation in (Relation.PARENT, Relation.CHILD) for row in rows),
                "own_name": settings.NODE_NAME,
                "own_code": settings.NODE_ID,
                "may_invite": bool(BELOW.get(settings.NODE_KIND, ())),
                "may_host": settings.NODE_KIND in (Node.Kind.PROVINCE, Node.Kind.CITY),
                "may_join": not has_parent and settings.NODE_KIND != Node.Kind.PROVINCE,
                "held": held_number(self.actor),
                "open": held_records(self.actor).count(),
                "differing": sum(one.open for one in standings(self.actor).values()),
                "refused": refused_envelopes(self.actor).filter(last_at__gt=now - _DAY).count(),
            }
        )


class OneNode(Page):
    """A node: who it is, its keys, its lines and what may be done about them."""

    permission = MANAGE_NODES
    section = "nodes"
    template_name = "federation/node.html"

    def get(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        row, now = node(self.actor, public_id), timezone.now()
        health = healths(self.actor, now).get(row.pk)
        last_move = moves_of(self.actor, row).first()
        is_neighbour = row.relation in (Relation.PARENT, Relation.CHILD)
        keys = list(keys_of(self.actor, row))
        agreement = standings(self.actor).get(row.pk) if is_neighbour else None
        # Who uses this platform and has no keys speaks no protocol; who has joined is compared with.
        is_hosted = row.mode == Node.Mode.HOSTED
        return self.show(
            {
                "title": row.name,
                "crumbs": crumbs(Crumb(row.name)),
                "as_of": now,
                "node": row,
                "kind": kind_in_words(row),
                "relation": Relation(row.relation).label,
                "mode": Node.Mode(row.mode).label,
                "state": node_state(row),
                "health": health if row.mode == Node.Mode.SELF_BUILT else None,
                "oldest": since(health.oldest_at, now) if health else "",
                "files_since": since(health.files_since, now) if health else "",
                "speeds": [seconds(one) for one in (health.p50, health.p95, health.p99)] if health else [],
                "keys": [(key, _key_state(key, now)) for key in keys],
                "lines": _lines(self.actor, row, now) if is_neighbour else [],
                "is_self": row.relation == Relation.SELF,
                "agreement": agreement,
                "has_link": row.relation != Relation.BELOW and (bool(keys) or not is_hosted),
                "is_compared": is_neighbour and (agreement is not None or (bool(keys) and not is_hosted)),
                "may_reconcile": row.relation == Relation.PARENT and row.may_exchange,
                "may_suspend": is_neighbour and row.may_exchange and row.mode == Node.Mode.SELF_BUILT,
                "may_resume": is_neighbour and row.state == Node.State.SUSPENDED,
                "may_forget": not why_it_stays(row),
                "may_invite_again": row.relation == Relation.CHILD
                and row.state in (Node.State.INVITED, Node.State.SUSPENDED),
                "move_to": _move_to(row, bool(last_move and last_move.is_open)),
                "last_move": last_move,
                "last_move_state": MOVE_STATES[Move.State(last_move.state)] if last_move else ("", ""),
                "may_invite_own": row.mode == Node.Mode.HOSTED
                and row.relation == Relation.CHILD
                and not row.keys.exists(),
            }
        )


def _move_to(row: Node, is_moving: bool) -> str:
    """The button by which the county's move begins; "" where there is none."""
    is_place = row.relation == Relation.CHILD and row.kind in (Node.Kind.CITY, Node.Kind.COUNTY)
    if is_moving or not is_place or not row.may_exchange or not row.keys.exists():
        return ""
    return move_in_words(row, direction(row))


def _lines(actor: Actor, row: Node, now: datetime) -> list[dict[str, Any]]:
    return [_line(actor, line, now) for line in lines_of(actor, row)]


def _key_state(key: Any, now: datetime) -> tuple[str, str]:
    if not key.is_valid(now):
        return "grey", "已到期" if key.valid_until and key.valid_until <= now else "未生效"
    if key.valid_until:
        return "amber", f"用到 {words.moment(key.valid_until)}"
    return "green", "有效"


def _line(actor: Actor, line: Line, now: datetime) -> dict[str, Any]:
    """A line as the record shows it: direction, numbers, state and what is the matter."""
    asked = passing_of(actor, line) if line.state == Line.State.STUCK else None
    is_out = line.direction == Line.Direction.OUT
    return {
        "line": line,
        "name": stream_in_words(line.stream),
        "direction": "发出" if is_out else "收到",
        "state": LINE_STATES[Line.State(line.state)],
        "behind": line.seq - line.settled_seq,
        "behind_words": "未签收" if is_out else "未处理",
        "since": since(line.trouble_since, now),
        "may_restart": line.state != Line.State.OPEN,
        "may_pass": line.state == Line.State.STUCK and asked is None,
        "asked": asked if line.state == Line.State.STUCK else None,
        "by_me": asked is not None and asked.passing_asked_by == actor.key,
    }


class Invited(Page):
    """An invitation for whoever has just made it."""

    permission = MANAGE_NODES
    section = "nodes"
    template_name = "federation/invitation.html"

    def get(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        row = node(self.actor, public_id)
        slip = slips.shown(request, str(public_id))
        if slip is None:
            return redirect("node", public_id=public_id)
        last = row.invitations.first()
        if last is None:
            raise NotFound
        return self.show(
            {
                "title": "邀请码",
                "crumbs": crumbs(Crumb(row.name), Crumb("邀请码")),
                "node": row,
                "slip": slip,
                "expires_at": last.expires_at,
                "address": settings.PUBLIC_URL or request.build_absolute_uri("/").rstrip("/"),
            }
        )

    def post(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        """It has been handed over."""
        node(self.actor, public_id)
        slips.put_away(request, str(public_id))
        return redirect("node", public_id=public_id)
