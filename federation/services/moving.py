"""Moving a city or county between this platform and its own: what its operators do, and what freezes.

The parent's operator begins, looks at both sides' counts, and switches; either side's may give up before.
The child carries it on (services.move_steps), the parent answers (services.move_answers).
"""

from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from federation.models import Frozen, Move, Node
from federation.selectors.nodes import own_region, require_governing
from federation.travel.kinds import rows_of
from federation.travel.moved import Side
from kernel.errors import DomainError
from kernel.models import this_node
from kernel.scoping import Actor
from outbox import capture
from projects.models import Project

State, Mode, Relation = Move.State, Node.Mode, Node.Relation
HELD: Final = timedelta(minutes=5)


@transaction.atomic
def begin_migration(*, actor: Actor, node: Node, now: datetime | None = None) -> Move:
    """Begin to move a city or county from this platform to its own, or back, whichever way it is not.

    From now on nobody writes its records at the platform that owns them; punches go on being taken.
    Raises NotPermitted; DomainError for a node that has not joined, holds others below it, or moves already.
    """
    require_governing(actor)
    node = Node.objects.select_for_update(of=("self",)).select_related("region").get(pk=node.pk)
    to = direction(node)
    require_movable(node, to)
    move = Move.objects.create(node=node, to=to, begun_by=actor.label[:120], begun_at=now or timezone.now())
    Node.objects.filter(pk=node.pk).update(moving_to=to, moving_since=move.begun_at)
    if to == Mode.SELF_BUILT:
        freeze(node, _("“{name}”正在迁往自建平台").format(name=node.name), move.begun_at)
    record(actor, "federation.migration_begun", node, place=path_of(node), code=node.code, to=to)
    return move


def direction(node: Node) -> str:
    """Which way a node would move: to a platform of its own while its rows are kept here, else back."""
    if node.mode == Mode.HOSTED:
        return Mode.SELF_BUILT
    own = {"region__path__startswith": path_of(node), "origin": this_node(), "source": "reported"}
    has_ours = bool(path_of(node)) and rows_of(Project).filter(**own).exists()
    return Mode.SELF_BUILT if has_ours else Mode.HOSTED


def path_of(node: Node) -> str:
    """The path of the county's region."""
    return node.region.path if node.region else ""


def require_movable(node: Node, to: str) -> None:
    """Raises DomainError where a move of this county cannot begin."""
    if node.relation != Relation.CHILD or node.kind not in (Node.Kind.CITY, Node.Kind.COUNTY):
        raise DomainError(
            _("“{name}”不是本平台的下级市县，不能迁移。").format(name=node.name), code="bad_mode"
        )
    if not node.may_exchange or not node.keys.exists():
        raise DomainError(
            _(
                "“{name}”的自建平台还没有接入，没有地方可迁。请先点“邀请其自建平台接入”，接入并握手后再迁移。"
            ).format(name=node.name),
            code="not_connected",
        )
    if Move.objects.filter(node=node, ended_at=None).exists():
        raise DomainError(_("“{name}”正在迁移，请等它完成。").format(name=node.name), code="is_moving")
    if to == Mode.HOSTED and Node.objects.filter(via=node).exists():
        raise DomainError(
            _("“{name}”下面还接着别的平台，转为托管后它们没有上级。请先让它们改接本平台。").format(
                name=node.name
            ),
            code="has_below",
        )


def freeze(node: Node, why: str, now: datetime) -> None:
    """Let nobody write in the county's place, with a sentence that says why and what to do."""
    sentence = _("{why}，迁移期间暂停办理该地区的业务，打卡照常接收。请待迁移完成后再办理。").format(why=why)
    put_frozen(path_of(node), sentence, now)


def put_frozen(path: str, sentence: str, now: datetime) -> None:
    """Freeze a place, or say another sentence where it is frozen."""
    Frozen.objects.update_or_create(path=path, defaults={"sentence": sentence[:300], "since": now})


def is_quiet(move: Move) -> bool:
    """Whether every transaction has ended that may have written before the place was frozen."""
    if move.frozen_after is None:
        # Counted in a transaction of its own, after the one that froze the place.
        move.frozen_after = capture.running_now()
        move.save(update_fields=["frozen_after"])
        return False
    return capture.settled_since(move.frozen_after)


def side_of(move: Move) -> Side:
    """Whose rows change hands, as this side sees them."""
    node = move.node
    is_parent_here = node.relation == Relation.CHILD
    above, below = (this_node(), node.code) if is_parent_here else (node.code, this_node())
    is_out = move.to == Mode.SELF_BUILT
    return Side(
        owner=above if is_out else below,
        path=path_of(node) if is_parent_here else own_region().path,
        peer="" if is_parent_here else node.code,
        is_all=not is_out,
    )


def new_owner(move: Move) -> str:
    """Who owns the rows afterwards."""
    is_parent_here = move.node.relation == Relation.CHILD
    above, below = (this_node(), move.node.code) if is_parent_here else (move.node.code, this_node())
    return below if move.to == Mode.SELF_BUILT else above


def last_day(move: Move) -> date:
    """Up to which day (UTC) punches are compared: the gates go on, so that later ones are on their way."""
    return move.begun_at.astimezone(UTC).date() - timedelta(days=1)


@transaction.atomic
def switch_migration(*, actor: Actor, move: Move) -> Move:
    """Let the rows change hands, for both sides count the same. Raises NotPermitted, DomainError."""
    require_governing(actor)
    move = _locked(move)
    require_ready(move)
    move.state, move.switched_by = State.SWITCHING, actor.label[:120]
    move.save(update_fields=["state", "switched_by"])
    record(actor, "federation.migration_switched", move.node, place=path_of(move.node), code=move.node.code)
    return move


def require_ready(move: Move) -> None:
    """Raises DomainError for a move that cannot be switched now."""
    if move.state != State.READY or move.node.relation != Relation.CHILD:
        raise DomainError(
            _("两边数量和摘要还不一致，或已经切换，不能切换。请在迁移页面查看进度。"), code="not_ready"
        )


@transaction.atomic
def abort_migration(*, actor: Actor, move: Move, now: datetime | None = None) -> Move:
    """Give up a move: everything stays whose it was, and may be written again.

    Raises NotPermitted; DomainError once it is over, and at the child once it has asked to switch, for the
    parent may have done so already.
    """
    require_governing(actor)
    move = _locked(move)
    is_child_here = move.node.relation == Relation.PARENT
    if not move.is_open or (is_child_here and move.state == State.SWITCHING):
        raise DomainError(
            _("迁移已经完成、已放弃，或正在切换，不能再放弃。需要改回的，请在完成后再迁移一次。"),
            code="not_open",
        )
    end(move, State.ABORTED, actor.label, now or timezone.now())
    if is_child_here:
        # The parent is told with the next call.
        Move.objects.filter(pk=move.pk).update(cursor={"untold": True})
    record(actor, "federation.migration_aborted", move.node, place=path_of(move.node), code=move.node.code)
    return move


def _locked(move: Move) -> Move:
    rows = Move.objects.select_for_update(of=("self",)).select_related("node__region")
    return rows.get(pk=move.pk)


def end(move: Move, state: str, by: str, now: datetime) -> None:
    """Write down that a move is over, and let its place be written again where this side froze it."""
    move.state, move.ended_at, move.ended_by, move.trouble = state, now, by[:120], ""
    move.save(update_fields=["state", "ended_at", "ended_by", "trouble"])
    is_parent_here = move.node.relation == Relation.CHILD
    is_owner_here = is_parent_here is (move.to == Mode.SELF_BUILT)
    path = path_of(move.node) if is_parent_here else own_region().path
    if is_owner_here or state == State.DONE:
        Frozen.objects.filter(path=path).delete()
    if state == State.DONE:
        _settle_mode(move, is_parent_here=is_parent_here, path=path, now=now)
    Node.objects.filter(pk=move.node_id).update(moving_to="", moving_since=None)


def _settle_mode(move: Move, *, is_parent_here: bool, path: str, now: datetime) -> None:
    """How the county works from now on; its own platform is only read while it is hosted."""
    own = Node.objects.filter(relation=Relation.SELF)
    rows = Node.objects.filter(pk=move.node_id) if is_parent_here else own
    rows.update(mode=move.to)
    if move.to == Mode.HOSTED and not is_parent_here:
        sentence = _(
            "本平台已转为托管，数据由“{name}”管理，本平台只供查阅。请在该平台办理；要改回自建，请联系该平台管理员。"
        ).format(name=move.node.name)
        put_frozen(path, sentence, now)


def open_move(node: Node) -> dict[str, Any] | None:
    """What a child is told at a handshake of a move that was begun for it."""
    move = Move.objects.filter(node=node, ended_at=None).first()
    if move is None:
        return None
    return {"id": str(move.public_id), "to": move.to, "at": move.begun_at.isoformat(), "by": move.begun_by}
