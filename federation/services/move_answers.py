"""A parent's part in a move: it hands rows over, counts its own, and lets them change hands."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec
import structlog
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from audit.services import record
from federation.models import Line, Move, Node, SentEnvelope
from federation.services.admitting import Caller
from federation.services.move_calls import Answered, Asked, asked_in, packed
from federation.services.moving import (
    HELD,
    end,
    is_quiet,
    last_day,
    new_owner,
    path_of,
    side_of,
)
from federation.services.refusals_of_calls import CallRefused
from federation.services.sealing import recipient
from federation.travel import moved
from federation.wire import envelopes, streams
from outbox import capture
from outbox.models import ChangeLine

log = structlog.get_logger(__name__)
State = Move.State


def answer_move(caller: Caller, content: bytes, now: datetime) -> bytes:
    """What a parent answers a child that moves. Raises CallRefused for what is no such call."""
    asked = _asked(caller, content)
    rows = Move.objects.select_related("node__region")
    move = rows.filter(public_id=asked.move, node=caller.node).first()
    if move is None or caller.node.relation != Node.Relation.CHILD:
        return packed(Answered(State.ABORTED))
    _note(move, asked, now)
    if asked.step == "page":
        return packed(_page(move, asked, now))
    if asked.step == "abort" and move.is_open:
        _abort(move, now)
    elif asked.step == "count" and move.state in (State.FILLING, State.COUNTING, State.READY):
        return packed(_count(move, asked))
    elif asked.step == "switch" and move.state == State.SWITCHING:
        _switch(move, now)
    elif move.state == State.BEGUN:
        _begin(move)
    move.refresh_from_db()
    return packed(Answered(move.state, _dispatch(move)))


def _asked(caller: Caller, content: bytes) -> Asked:
    try:
        return asked_in(content)
    except (envelopes.Malformed, envelopes.TooLarge, msgspec.MsgspecError, RecursionError):
        raise CallRefused(
            "malformed", 400, _("迁移请求的格式不对，没有处理。请对照协议文档。"), node=caller.node
        ) from None


def _note(move: Move, asked: Asked, now: datetime) -> None:
    """Keep how far the child is, for this side's page."""
    move.seen_at = now
    if move.is_open:
        move.taken, move.trouble = max(move.taken, asked.taken), asked.trouble[:300]
    move.save(update_fields=["seen_at", "taken", "trouble"])


@transaction.atomic
def _begin(move: Move) -> None:
    """Go on once nobody can be writing any more; of a move back here the child sees to that."""
    if move.to == Node.Mode.SELF_BUILT:
        # A newcomer is told of what stood before anything else.
        if not is_quiet(move) or Node.objects.filter(pk=move.node_id, told_after__isnull=False).exists():
            return
        capture.give_change_positions(capture.DISPATCH)
        last = ChangeLine.objects.filter(shard=capture.DISPATCH).values_list("last", flat=True).first()
        move.frozen_position = last or 0
    move.state = State.FILLING
    move.save(update_fields=["state", "frozen_position"])


def _dispatch(move: Move) -> tuple[int, int]:
    """The envelope with the last of what was dispatched before; (0, 0) while it is not even sealed."""
    line = Line.objects.filter(node=move.node, direction=Line.Direction.OUT, stream=streams.DISPATCH).first()
    if move.state == State.BEGUN or line is None or line.position < move.frozen_position:
        return 0, 0
    sent = SentEnvelope.objects.filter(line=line, epoch=line.epoch, first_position__lt=move.frozen_position)
    last = sent.order_by("-seq").values_list("seq", flat=True).first()
    return line.epoch, last or 0


def _page(move: Move, asked: Asked, now: datetime) -> Answered:
    """Rows to take; punches also after the end, until the gates have been turned to the new platform."""
    is_following = move.state == State.DONE and asked.kind == moved.PUNCHES
    is_open = move.is_open and move.state != State.BEGUN
    if move.to != Node.Mode.SELF_BUILT or not (is_open or is_following):
        return Answered(move.state)
    try:
        found = moved.page(asked.kind, asked.after, side_of(move), recipient(move.node, now), now)
    except (KeyError, ValueError) as wrong:
        raise CallRefused(
            "malformed", 400, _("所问的对象或位置不对，没有处理。请对照协议文档。"), node=move.node
        ) from wrong
    return Answered(
        move.state, _dispatch(move), found.messages, found.after, is_last=found.is_last, names=found.names
    )


@transaction.atomic
def _count(move: Move, asked: Asked) -> Answered:
    """Both sides' counts; a further round is counted anew."""
    move = Move.objects.select_for_update(of=("self",)).select_related("node__region").get(pk=move.pk)
    if asked.round > move.round or move.state == State.FILLING:
        move.round, move.sums = asked.round, {}
    move.state, move.other_sums = State.COUNTING, msgspec.to_builtins(asked.sums)
    _judge(move)
    move.save(update_fields=["round", "sums", "state", "other_sums"])
    is_busy = not _is_counted(move)
    return Answered(move.state, busy=is_busy, sums={} if is_busy else _sums(move.sums))


def _is_counted(move: Move) -> bool:
    return set(move.sums) >= set(side_of(move).compared)


def _sums(said: Mapping[str, Any]) -> dict[str, tuple[int, str]]:
    return {kind: (int(number), str(digest)) for kind, (number, digest) in said.items()}


def _judge(move: Move) -> None:
    """Ready once both have counted everything and found the same."""
    if _is_counted(move) and _sums(move.sums) == _sums(move.other_sums):
        move.state = State.READY


def count_moves(now: datetime) -> int:
    """Count what changes hands, kind by kind, for moves that ask for it; how many kinds were counted.

    Each is kept at once, so that a process that dies loses one of them.
    """
    done = 0
    rows = Move.objects.filter(state=State.COUNTING, node__relation=Node.Relation.CHILD)
    for move in rows.select_related("node__region"):
        free = Q(held_until=None) | Q(held_until__lte=now) | Q(held_until__gt=now + HELD)
        if Move.objects.filter(free, pk=move.pk).update(held_until=now + HELD):
            try:
                done += sum(_counted(move, name, now) for name in side_of(move).compared)
            finally:
                Move.objects.filter(pk=move.pk).update(held_until=None)
    return done


def _counted(move: Move, name: str, now: datetime) -> bool:
    if name in move.sums:
        return False
    found = moved.total(name, side_of(move), last_day(move), now)
    move.sums[name] = found
    # Of another round meanwhile: what was counted is not kept.
    same = Move.objects.filter(pk=move.pk, round=move.round, state=State.COUNTING)
    return bool(same.update(sums=move.sums, held_until=now + HELD + timedelta(minutes=1)))


@transaction.atomic
def _switch(move: Move, now: datetime) -> None:
    """Let the rows change hands, unless their number is not that which both sides have agreed on."""
    move = Move.objects.select_for_update(of=("self",)).select_related("node__region").get(pk=move.pk)
    if move.state != State.SWITCHING:
        return
    is_ours = move.to == Node.Mode.HOSTED
    number: dict[str, int] = {}
    try:
        with transaction.atomic():
            number = moved.change_hands(
                side_of(move), to=new_owner(move), neighbour=move.node.code, is_ours=is_ours, now=now
            )
            if any(move.sums[kind][0] != found for kind, found in number.items()):
                raise _Differs
    except _Differs:
        move.state, move.sums, move.other_sums = State.COUNTING, {}, {}
        move.trouble = _("核对后又有记录变化，没有切换，正在重新核对。")
        move.save(update_fields=["state", "sums", "other_sums", "trouble"])
        log.warning("federation.move_differs", node=move.node.code)
        return
    end(move, State.DONE, move.switched_by, now)
    record(
        None, "federation.migration_ended", move.node, place=path_of(move.node), code=move.node.code,
        to=move.to, number=sum(number.values()),
    )  # fmt: skip


class _Differs(Exception):
    """Another number changed hands than both sides had counted: nothing did."""


@transaction.atomic
def _abort(move: Move, now: datetime) -> None:
    end(move, State.ABORTED, _("下级平台"), now)
    record(None, "federation.migration_aborted", move.node, place=path_of(move.node), code=move.node.code)
