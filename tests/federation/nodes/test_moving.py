"""A county moves from its parent's platform to its own, and back: two nodes, two databases, one wire."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from federation.models import Move, Node
from federation.selectors.nodes import own_region
from federation.services import (
    begin_migration,
    invite_node,
    join_parent,
    register_hosted,
    switch_migration,
)
from federation.services.applying import apply_all, retry_waiting
from federation.services.dispatching import fetch
from federation.services.handshake import say_hello
from federation.services.move_answers import count_moves
from federation.services.move_steps import carry_on
from federation.services.newcomers import tell_newcomers
from federation.services.outcomes import ask_results
from federation.services.sending import push
from federation.travel.digests import entries
from federation.travel.punch_tree import PunchTree
from federation.travel.trees import COMPARED, PUNCHES
from regions.models import Region
from tests.support.actors import EVERYONE
from tests.support.counties import wuchang, xiantao
from tests.support.two_nodes import Pair, pair, settle

pytestmark = pytest.mark.django_db(transaction=True)
NOW = timezone.now()
OUT, BACK = "self_built", "hosted"


@pytest.fixture
def two(transactional_db: None) -> Iterator[Pair]:
    """The province with 武昌 and 仙桃 in it, and a fresh platform of 武昌 that has joined."""
    with pair(("hb", "province", "420000"), ("wcq", "county", "420106")) as found:
        with found.at(found.parent), transaction.atomic():
            wuchang(NOW)
            xiantao(NOW)
            region = Region.objects.get(code="420106")
            register_hosted(actor=EVERYONE, code="wcq", name="武昌区", region=region)
            _node, code = invite_node(
                actor=EVERYONE, code="wcq", name="武昌区", kind="county", region=region
            )
        with found.at(found.child):
            join_parent(actor=EVERYONE, url="https://hb.example", invitation=code, http=found.http())
        yield found


def _alone() -> None:
    """Transactions of other tests' databases on the same server are none of these nodes' business."""
    Node.objects.filter(told_after__isnull=False).update(told_after=0)
    Move.objects.filter(frozen_after__isnull=False).update(frozen_after=0)


def _exchange(two: Pair) -> None:
    """Some rounds of both: hello, up, down, results, applied."""
    for _round in range(4):
        with two.at(two.parent):
            _alone()
            tell_newcomers(timezone.now())
        with two.at(two.child):
            _alone()
            node, http = Node.objects.get(relation="parent"), two.http()
            tell_newcomers(timezone.now())
            say_hello(http, node, timezone.now())
            node.refresh_from_db()
            push(node, http=http)
            fetch(node, http=http)
            apply_all(timezone.now())
            retry_waiting(timezone.now())
            ask_results(node, http=http)
        with two.at(two.parent):
            apply_all(timezone.now())
            settle()


def _step(two: Pair) -> bool:
    """One step of the child, and of the parent that counts."""
    with two.at(two.child):
        settle()
        _alone()
        move = Move.objects.select_related("node__region").first()
        done = carry_on(move, http=two.http(), now=timezone.now())
    with two.at(two.parent):
        _alone()
        count_moves(timezone.now())
    return done


def _carry(two: Pair, until: str, most: int = 150) -> Move:
    """Steps until the parent's move is in that state, and the child has nothing more to do at once."""
    for _number in range(most):
        done = _step(two)
        with two.at(two.parent):
            move = Move.objects.first()
        if move.state == until and not done:
            return move
        with two.at(two.child):
            below = Move.objects.first()
        if below.round and below.sums and below.other_sums and below.state == "filling":
            break
    with two.at(two.child):
        below = Move.objects.first()
    mine, theirs = below.sums, below.other_sums
    differs = {k: (v, theirs.get(k)) for k, v in mine.items() if list(v) != list(theirs.get(k, ()))}
    if "punches" in differs:
        from federation.services.moving import side_of
        for at in (two.child, two.parent):
            with two.at(at):
                side = side_of(Move.objects.first())
                from federation.travel.trees import Branch, children, Ask
                from attendance.models import Device
                print(at.code, side, Punch.all_rows.count(), list(Device.all_rows.values_list("origin", "project__region__path")))
                print(children(Ask("punches", "2026-08-01", "2026-11-26"), Branch(frozenset({side.owner}), (side.path,), "", side.peer)))
                print(children(Ask("punches", day="2026-11-25", group="*"), Branch(frozenset({side.owner}), (side.path,), "", side.peer)))
    for k in differs:
        if k != "punches":
            from federation.services.moving import side_of; from federation.travel.moved import changing
            from federation.travel.catalogue import KINDS
            from federation.travel.digests import canonical, Renamed
            from federation.travel.reading import snapshots_where
            for at in (two.child, two.parent):
                with two.at(at):
                    side = side_of(Move.objects.first())
                    rows = snapshots_where(KINDS[k], changing(KINDS[k], side), side.owner)
                    for one in canonical(KINDS[k], rows, Renamed(side.peer or "-")):
                        print(at.code, k, one)
    raise AssertionError(f"{move.state} {below.state} {below.trouble} {below.cursor} {differs}")


def _held(node: Node, owner: str) -> dict[str, dict[str, int]]:
    """All rows of an owner as they are compared, and all punches of 武昌."""
    peer = node.code if node.relation == "parent" else ""
    found = {
        kind: {str(one.key): one.value for one in entries(kind, origins=[owner], peer=peer)}
        for kind in COMPARED[:-1]
    }
    path = own_region().path if peer else node.region.path
    days = PunchTree(regions=(path,), peer=peer).days(
        (NOW - timedelta(days=90)).date(), (NOW + timedelta(days=1)).date()
    )
    found[PUNCHES] = {day: one.value for day, one in days.items()}
    return found


def _both(two: Pair, owner: str) -> tuple[Any, Any]:
    with two.at(two.parent):
        above = _held(Node.objects.select_related("region").get(relation="child"), owner)
    with two.at(two.child):
        below = _held(Node.objects.get(relation="parent"), owner)
    return above, below


def _begin(two: Pair) -> Move:
    with two.at(two.parent):
        move = begin_migration(actor=EVERYONE, node=Node.objects.get(relation="child"))
    with two.at(two.child):
        say_hello(two.http(), Node.objects.get(relation="parent"), timezone.now())
    return move


def _switch(two: Pair) -> None:
    with two.at(two.parent):
        switch_migration(actor=EVERYONE, move=Move.objects.first())
    _carry(two, "done")


def test_smoke(two: Pair) -> None:
    _exchange(two)
    _begin(two)
    _carry(two, "ready")
    _switch(two)
    above, below = _both(two, "wcq")
    assert above == below
    assert {k: len(v) for k, v in above.items()} == {}
