"""A county moves from its parent's platform to its own, and back: two nodes, two databases, one wire."""

import gzip
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from accounts.actors import UserActor
from accounts.models import User
from attendance.models import Device, Punch
from attendance.services import PunchFacts, receive_punches
from federation.models import (
    ChangeProposal,
    Copied,
    Frozen,
    Move,
    Node,
    ProposalAnswer,
    RecordResult,
    SentEnvelope,
)
from federation.selectors.corrections import corrections_waiting
from federation.selectors.nodes import own_region
from federation.services import (
    abort_migration,
    answer_correction,
    ask_correction,
    begin_migration,
    invite_node,
    join_parent,
    mark_corrected,
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
from federation.services.sealing import BODY_CONTEXT
from federation.services.sending import push
from federation.travel import incoming
from federation.travel.catalogue import KINDS
from federation.travel.digests import entries
from federation.travel.kinds import rows_of
from federation.travel.messages import Message, Sender
from federation.travel.moved import Side, changing
from federation.travel.punch_tree import PunchTree
from federation.travel.trees import COMPARED, PUNCHES
from federation.wire import envelopes
from kernel.cipher import unseal_bytes
from kernel.errors import DomainError, HeldElsewhere
from kernel.frozen import BeingMoved
from kernel.ids import new_id
from projects.models import Enterprise, Participation, Project, Team
from projects.services import add_team
from regions.models import Region
from tests.support import people
from tests.support.actors import EVERYONE, account, give_post
from tests.support.counties import wuchang, xiantao
from tests.support.nodes import county, node, unseal
from tests.support.two_nodes import Cut, Pair, pair, settle
from tests.support.watching import watched
from workers.models import Person, PersonAlias

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
            _node, code = invite_node(actor=EVERYONE, code="wcq", name="武昌区", kind="county", region=region)
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
        move = Move.objects.select_related("node__region").latest("pk")
        done = carry_on(move, http=two.http(), now=timezone.now())
    with two.at(two.parent):
        _alone()
        count_moves(timezone.now())
    return done


def _carry(two: Pair, until: str, most: int = 150) -> Move:
    """Steps until both are in that state, and the child has nothing more to do at once."""
    for _number in range(most):
        done = _step(two)
        with two.at(two.parent):
            move = Move.objects.latest("pk")
        with two.at(two.child):
            below = Move.objects.latest("pk")
        if move.state == below.state == until and not done:
            return move
    raise AssertionError(f"{move.state}: {below.state} {below.trouble} {below.sums} {below.other_sums}")


def _held(node: Node, owner: str) -> dict[str, dict[str, int]]:
    """All rows of an owner as they are compared, and all punches of 武昌."""
    peer = node.code if node.relation == "parent" else ""
    found = {
        kind: {str(one.key): one.value for one in entries(kind, origins=[owner], peer=peer)}
        for kind in COMPARED[:-1]
    }
    path = own_region().path if peer or node.region is None else node.region.path
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
        switch_migration(actor=EVERYONE, move=Move.objects.latest("pk"))
    _carry(two, "done")


def _team(name: str) -> Team:
    """A team more, as a clerk forms it in 武昌 at the node where one is."""
    part = Participation.all_rows.filter(project__region__code="420106").earliest("pk")
    return add_team(actor=EVERYONE, participation=part, name=name)


def _gate(at: datetime) -> None:
    """Somebody passes a gate of 武昌 that calls the node where one is."""
    project = Project.all_rows.filter(region__code="420106").earliest("pk")
    facts = PunchFacts(
        number=people.id_number(901),
        occurred_at=at,
        direction="in",
        channel="",
        photo="",
        pass_method="001",
    )
    receive_punches(
        actor=EVERYONE, project=project, origin=Punch.Origin.OPEN_API, punches=[facts], now=timezone.now()
    )
    settle()


def _passes(at: datetime) -> int:
    return Punch.all_rows.filter(occurred_at=at).count()


def _page(two: Pair, username: str, address: str) -> str:
    """A page of the parent's administrator, without its tags."""
    with two.at(two.parent):
        user = User.objects.filter(username=username).first()
        if user is None:
            user = account(username, "省平台管理员")
            give_post(user, "platform_administrator", region=Region.objects.get(code="420000"))
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        answer = client.get(address)
    assert answer.status_code == 200
    return re.sub(r"<[^>]+>", " ", answer.content.decode())


def _count(kinds: dict[str, Any]) -> dict[str, int]:
    return {kind: len(rows) for kind, rows in kinds.items() if rows}


def _once(fate: str, step: str, after: int = 0) -> Callable[[str, bytes], str]:
    """One call of a move's step does not go well, the others do."""
    seen: list[str] = []

    def judge(act: str, body: bytes) -> str:
        if act == "move" and json.loads(gzip.decompress(body))["step"] == step:
            seen.append(step)
            return fate if len(seen) == after + 1 else ""
        return ""

    return judge


def _kinds_sent(after: int) -> set[str]:
    """The kinds of the records in envelopes that were sealed after this one."""
    bodies = SentEnvelope.objects.filter(pk__gt=after).values_list("body", flat=True)
    opened = [unseal_bytes(bytes(body), context=BODY_CONTEXT) for body in bodies if body]
    return {one.kind for content in opened for one in envelopes.unpack(content, 2**24).messages}


def test_requests_about_rows_that_change_hands_wait_at_their_new_owner(two: Pair) -> None:
    _exchange(two)
    with two.at(two.child):
        project = Project.all_rows.filter(region__code="420106", origin="hb").earliest("pk")
        user = account("asking")
        give_post(user, "county_regulator", region=Region.objects.get(code="420106"))
        asking = UserActor.of(user)
        said: dict[str, Any] = {"kind": "project", "row": project, "reason": "图纸", "now": NOW}
        asked, words = (
            ask_correction(actor=asking, field=field, wish="12000", **said) for field in ("building_area", "")
        )
    _exchange(two)
    with two.at(two.parent):
        user = account("answering")
        give_post(user, "province_regulator", region=Region.objects.get(code="420000"))
        wish = ChangeProposal.all_rows.get(public_id=words.public_id)
        answer_correction(actor=UserActor.of(user), proposal=wish, accepts=True, answer="", now=NOW)
    _exchange(two)
    _begin(two)
    _carry(two, "ready")
    _switch(two)
    keys = [asked.public_id, words.public_id]
    for one in (two.parent, two.child):
        with two.at(one):
            rows = ChangeProposal.all_rows.filter(public_id__in=keys).order_by("pk")
            assert [(row.owner, row.state) for row in rows] == [("wcq", "asked"), ("wcq", "accepted")]
            assert ProposalAnswer.objects.get(proposal=rows[1]).origin == "wcq"
            waiting = corrections_waiting(EVERYONE).filter(public_id__in=keys)
            assert waiting.count() == (2 if one is two.child else 0)
    with two.at(two.child):
        mark_corrected(
            actor=EVERYONE, proposal=ChangeProposal.all_rows.get(public_id=words.public_id), now=NOW
        )
    _exchange(two)
    with two.at(two.parent):
        assert ChangeProposal.all_rows.get(public_id=words.public_id).state == "done"
    with two.at(two.child):
        assert not RecordResult.objects.exclude(became="applied").exists()


def test_a_county_moves_to_its_own_platform_and_back_with_equal_counts_and_digests(two: Pair) -> None:
    _exchange(two)
    with two.at(two.parent):
        kinds = {name: kind for name, kind in KINDS.items() if kind.goes_up}
        side = Side("hb", Region.objects.get(code="420106").path, "", is_all=False)
        moving = {name: changing(kind, side) for name, kind in kinds.items() if kind in side.kinds}
        before = {
            name: rows_of(kinds[name].model).filter(where, kinds[name].when).count()
            for name, where in moving.items()
        }
        person = Person.all_rows.filter(engagements__project__region__code="429004")
        shared = person.filter(engagements__project__region__code="420106").distinct().get().public_id
    move = _begin(two)

    # While it lasts nobody writes 武昌's records at the parent; the others' are, and the gates go on.
    at = NOW - timedelta(minutes=3)
    with two.at(two.parent):
        with pytest.raises(BeingMoved, match="正在迁往自建平台，迁移期间暂停办理该地区的业务"):
            _team("迁移中的班组")
        Team.all_rows.filter(participation__project__region__code="429004").update(remark="照常")
        _gate(at)
    # The child's process dies between two pages, and an answer is lost.
    two.on_call = _once("killed", "page", after=9)
    with pytest.raises(Cut):
        _carry(two, "ready")
    two.on_call = _once("lost", "page", after=4)
    _carry(two, "ready")
    text = _page(two, "province-platform", f"/nodes/moves/{move.public_id}/")
    assert "两边数量和摘要一致" in text and "不同" not in text
    with two.at(two.parent):
        gates = Device.all_rows.filter(project__region__code="420106", retired_at=None)
        assert f"{gates.count()} 台，切换后须改连新平台" in text and gates.exists()
        # Who works on 武昌's sites stands there too, for accounts do not travel.
        assert "劳资专管员" in text
    with two.at(two.parent):
        assert not Node.objects.filter(mode=OUT, relation="child").exists()
        sent = SentEnvelope.objects.latest("pk").pk
    two.on_call = _once("lost", "switch")
    _switch(two)

    above, below = _both(two, "wcq")
    assert above == below
    found = _count({kind: rows for kind, rows in above.items() if kind in before})
    assert found == {kind: number for kind, number in before.items() if number}
    assert len(found) > 35 and above[PUNCHES]
    with two.at(two.parent):
        assert Node.objects.get(code="wcq").mode == OUT
        assert PersonAlias.objects.filter(person__public_id=shared, node="wcq").count() == 1
        team = Team.all_rows.filter(origin="wcq").earliest("pk")
        with pytest.raises(HeldElsewhere):
            team.save()
        # A gate that still calls the parent: its punch follows.
        late = NOW - timedelta(minutes=2)
        _gate(late)
    _step(two)
    with two.at(two.child):
        settle()
        assert (_passes(at), _passes(late)) == (1, 1)
        assert PersonAlias.objects.get(public_id=shared).person.origin == "wcq"
        Team.all_rows.get(public_id=team.public_id).save()
        fresh = _team("迁移后的班组").public_id
        already = sum(SentEnvelope.objects.values_list("messages", flat=True))
    _exchange(two)
    with two.at(two.child):
        # Nothing but what was written since goes up.
        assert sum(SentEnvelope.objects.values_list("messages", flat=True)) - already == 2
        assert not RecordResult.objects.exclude(became="applied").exists()
    with two.at(two.parent):
        assert Team.all_rows.get(public_id=fresh).origin == "wcq"
        # Of what moved nothing is sent down again; what is known of the firms there is told with their sites.
        assert _kinds_sent(after=sent) <= {
            "enterprise",
            "qualification",
            "manager",
            "master_record",
            "master_change",
        }

    # And back again.
    _begin(two)
    with two.at(two.child), pytest.raises(BeingMoved, match="正在转为由“hb平台”托管"):
        _team("又在迁移")
    _exchange(two)
    _carry(two, "ready")
    owned, theirs = _both(two, "wcq")
    assert owned == theirs
    _switch(two)
    with two.at(two.parent):
        assert Node.objects.get(code="wcq").mode == BACK
        assert not rows_of(Team).filter(origin="wcq").exists()
        assert not Copied.objects.filter(node="wcq").exists()
        again = {
            name: rows_of(kinds[name].model).filter(where, kinds[name].when).count()
            for name, where in moving.items()
        }
        assert again == {**before, "team": before["team"] + 1}
        _team("迁回后的班组")
    with two.at(two.child):
        assert not rows_of(Team).filter(origin="wcq").exists()
        with pytest.raises(BeingMoved, match="本平台已转为托管"):
            _team("只读")
        # Gates that still call it are taken, and go up as before.
        last = NOW - timedelta(minutes=1)
        _gate(last)
    _exchange(two)
    with two.at(two.parent):
        assert _passes(last) == 1


def test_a_move_is_given_up_on_either_side_and_nothing_has_changed(two: Pair) -> None:
    _exchange(two)
    owned = {name: kind for name, kind in KINDS.items() if kind.goes_up and kind.whose == "origin"}

    def owners() -> dict[str, list[str]]:
        return {
            name: list(rows_of(kind.model).order_by("pk").values_list("origin", flat=True))
            for name, kind in owned.items()
        }

    with two.at(two.parent):
        gone = _team("之后删除的班组").public_id
        before = owners()
    move = _begin(two)
    for _number in range(18):
        _step(two)
    with two.at(two.parent):
        abort_migration(actor=EVERYONE, move=move)
        assert owners() == before and not Frozen.objects.exists()
        _team("放弃后的班组").delete()
    _step(two)
    with two.at(two.child):
        assert Move.objects.get().state == "aborted"
        assert Team.all_rows.get(public_id=gone).origin == "hb"
    # Begun once more, and given up below: the parent hears of it with the next call.
    _begin(two)
    with two.at(two.child):
        abort_migration(actor=EVERYONE, move=Move.objects.get(ended_at=None))
    _step(two)
    with two.at(two.parent):
        assert set(Move.objects.values_list("state", flat=True)) == {"aborted"}
        assert owners() == before and not Frozen.objects.exists()
        with pytest.raises(DomainError, match="还不一致"):
            switch_migration(actor=EVERYONE, move=Move.objects.latest("pk"))
        with pytest.raises(DomainError, match="不能再放弃"):
            abort_migration(actor=EVERYONE, move=Move.objects.latest("pk"))

        Team.all_rows.get(public_id=gone).delete()
    # What came before is still there below, one row too many: both differ, and count again when it is gone.
    _begin(two)
    above = _carry(two, "ready")
    assert above.round == 1 and above.sums == above.other_sums
    with two.at(two.child):
        assert not Team.all_rows.filter(public_id=gone).exists()


def test_every_table_that_moves_is_guarded_while_it_does(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, array_agg(t.tgname::text ORDER BY t.tgname) FROM pg_trigger t"
            " JOIN pg_class c ON c.oid = t.tgrelid WHERE t.tgname LIKE 'stays%' GROUP BY c.relname"
        )
        found = dict(cursor.fetchall())
    side = Side("hb", "420000/", "", is_all=False)
    names = {kind.name for kind in side.kinds}
    assert set(found) == {one.table for one in watched() if one.kind in names}
    assert set(map(tuple, found.values())) == {("stays", "stays_added", "stays_gone")}


def test_within_a_branch_its_parent_says_whose_a_row_is_and_echoes_change_nothing(db: None) -> None:
    stamp = NOW.isoformat()
    row = {
        "uscc": "91420100MA4KTEST0X", "name": "卮昤建设有限公司", "source": "reported", "created_at": stamp,
        "updated_at": stamp,
    }  # fmt: skip
    first = Message("enterprise", new_id(), 1, "whs", "put", stamp, row)
    moved = replace(first, origin="wcq", at=timezone.now().isoformat())
    city = county(origins=("whs", "wcq"), code="whs")
    assert [incoming.apply_batch("records-0", [one], city)[0].became for one in (first, moved)] == [
        "applied", "applied",
    ]  # fmt: skip
    assert Enterprise.all_rows.get().origin == "wcq"
    # An envelope from before the move, dispatched to the county once more.
    with node("wcq"):
        above = Sender("hb", ("",), (), frozenset({"*"}), unseal)
        (echo,) = incoming.apply_batch("dispatch", [replace(moved, origin="hb")], above)
    assert echo.became == "same" and Enterprise.all_rows.get().origin == "wcq"
