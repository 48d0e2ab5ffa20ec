"""A child's part in a move: it takes everything over or drains its lines, counts, and has rows change hands.

Each step is kept when it is done; a process that dies is followed by another, which repeats one step.
"""

from datetime import datetime, timedelta
from typing import Any, Final

import httpx
import structlog
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from attendance.models import Inbox
from audit.services import record
from federation.carriers import carriers
from federation.models import Line, Move, Node, SentEnvelope
from federation.selectors.nodes import own_region
from federation.services.applying import opener
from federation.services.exchanging import parent
from federation.services.move_calls import Answered, Asked, ask_parent
from federation.services.moving import (
    HELD,
    end,
    is_quiet,
    last_day,
    new_owner,
    side_of,
)
from federation.services.transport import Unreachable, client
from federation.travel import moved
from federation.travel.moved import PUNCHES
from federation.wire import streams
from standards.selectors import parameter

log = structlog.get_logger(__name__)
State, Mode = Move.State, Node.Mode
_SECONDS: Final = 20.0
_PAUSE: Final = timedelta(seconds=3)
_LONG_PAUSE: Final = timedelta(seconds=30)


def carry_moves(now: datetime | None = None) -> int:
    """Carry on what is to be moved, for a while; how many steps were done."""
    node = parent()
    if node is None or not _due(node, now or timezone.now()).exists():
        return 0
    began, done = timezone.now(), 0
    with client() as http:
        while (timezone.now() - began).total_seconds() < _SECONDS:
            at = now or timezone.now()
            move = _due(node, at).first()
            if move is None or not carry_on(move, http=http, now=at):
                break
            done += 1
    return done


def _due(node: Node, now: datetime) -> Any:
    """Moves to work at: under way, given up without the parent having heard, or with punches to come."""
    follows = timedelta(days=int(parameter("federation.follow_days")))
    rest = Q(state=State.DONE, to=Mode.SELF_BUILT, ended_at__gt=now - follows) | Q(
        state=State.ABORTED, cursor__untold=True
    )
    free = Q(held_until=None) | Q(held_until__lte=now) | Q(held_until__gt=now + HELD)
    time = Q(next_at=None) | Q(next_at__lte=now) | Q(next_at__gt=now + HELD)
    rows = Move.objects.filter(Q(ended_at=None) | rest, free, time, node=node)
    return rows.select_related("node__region").order_by("-begun_at")


def carry_on(move: Move, *, http: httpx.Client, now: datetime) -> bool:
    """One step; whether another may follow at once. A parent that is away is asked again later."""
    free = Q(held_until=None) | Q(held_until__lte=now) | Q(held_until__gt=now + HELD)
    if not Move.objects.filter(free, pk=move.pk).update(held_until=now + HELD):
        return False
    try:
        is_done = _Step(move, http, now).go()
        pause = None if is_done else now + (_PAUSE if move.is_open else _LONG_PAUSE)
        Move.objects.filter(pk=move.pk).update(next_at=pause, seen_at=now)
    except Unreachable as away:
        Move.objects.filter(pk=move.pk).update(trouble=away.sentence[:300], next_at=now + _LONG_PAUSE)
        return False
    finally:
        Move.objects.filter(pk=move.pk).update(held_until=None)
    return is_done


class _Step:
    """One move in the hands of one process."""

    def __init__(self, move: Move, http: httpx.Client, now: datetime) -> None:
        self.move, self.http, self.now = move, http, now
        self.is_out = move.to == Mode.SELF_BUILT
        self.side = side_of(move)

    def go(self) -> bool:
        """What is to be done next; whether something was."""
        steps = {
            State.BEGUN: self._begin,
            State.FILLING: self._fill if self.is_out else self._drain,
            State.COUNTING: self._count,
            State.READY: self._wait,
            State.SWITCHING: self._switch,
            State.DONE: self._follow,
            State.ABORTED: self._tell_aborted,
        }
        return steps[State(self.move.state)]()

    def _ask(self, step: str, **more: Any) -> Answered:
        move = self.move
        asked = Asked(
            move.public_id, step, move.state, round=move.round, taken=move.taken, trouble=move.trouble, **more
        )
        return ask_parent(self.http, move.node, asked, self.now)

    def _set(self, state: str, **more: Any) -> None:
        self.move.state = state
        for name, value in more.items():
            setattr(self.move, name, value)
        # What somebody here has given up meanwhile stays so.
        Move.objects.filter(pk=self.move.pk, ended_at=None).update(state=state, **more)

    def _is_over(self, said: Answered) -> bool:
        """Whether the parent has given up; then so do we."""
        if said.state != State.ABORTED:
            return False
        with transaction.atomic():
            end(self.move, State.ABORTED, self.move.node.name, self.now)
            record(
                None, "federation.migration_aborted", self.move.node, place=own_region().path,
                code=self.move.node.code,
            )  # fmt: skip
        return True

    def _begin(self) -> bool:
        said = self._ask("look")
        if self._is_over(said):
            return False
        if said.state == State.BEGUN or (not self.is_out and not is_quiet(self.move)):
            return False
        if self.is_out and not self._has_dispatched(said):
            self._set(State.BEGUN, trouble=_("正在等上级下发的企业、项目和标准处理完。"))
            return False
        self._set(State.FILLING, trouble="", cursor={})
        return True

    def _has_dispatched(self, said: Answered) -> bool:
        epoch, seq = said.dispatch
        rows = Line.objects.filter(node=self.move.node, direction=Line.Direction.IN)
        line = rows.filter(stream=streams.DISPATCH).first()
        return epoch > 0 and line is not None and (line.epoch, line.settled_seq) >= (epoch, seq)

    def _fill(self) -> bool:
        """Take the next page; where it ended is kept in the same transaction as its rows."""
        cursor = dict(self.move.cursor)
        kinds = cursor.get("kinds") or moved.handed_kinds(self.side)
        name = cursor.get("kind") or kinds[0]
        after = cursor.get("punches", "") if name == PUNCHES else cursor.get("after", "")
        said = self._ask("page", kind=name, after=after)
        if self._is_over(said):
            return False
        found = moved.Page(said.rows, said.after, said.is_last, said.names)
        with transaction.atomic():
            number, trouble = moved.take(found, self.side, self.move.node.code, opener())
            if name == PUNCHES:
                cursor["punches"] = said.after
            self._turn(cursor, kinds, name, said, number, trouble)
        return True

    def _turn(
        self, cursor: dict[str, Any], kinds: list[str], name: str, said: Answered, number: int, trouble: str
    ) -> None:
        """Go on behind the page: within its kind, to the next kind, or to the counting."""
        more = {"taken": self.move.taken + number, "trouble": trouble or self.move.trouble}
        if not said.is_last:
            since = cursor.get("since") or self.now.isoformat()
            self._set(
                State.FILLING, cursor={**cursor, "kind": name, "after": said.after, "since": since}, **more
            )
            return
        since = parse_datetime(cursor.get("since") or self.now.isoformat())
        if self.move.round and name != PUNCHES and since is not None:
            moved.drop_left_over(name, self.side, since)
        rest = kinds[kinds.index(name) + 1 :]
        kept = {"punches": cursor.get("punches", "")}
        if rest:
            self._set(State.FILLING, cursor={**kept, "kinds": kinds, "kind": rest[0]}, **more)
        else:
            last = Inbox.objects.order_by("-pk").values_list("pk", flat=True).first()
            self._set(State.COUNTING, cursor={**kept, "inbox": last or 0}, sums={}, **more)

    def _drain(self) -> bool:
        """Wait until the parent has applied all that we have told it."""
        if self._is_over(self._ask("look")):
            return False
        if waiting := self._under_way():
            self._set(
                State.FILLING, trouble=_("还有 {number} 条没有送达或处理完，正在等。").format(number=waiting)
            )
            return False
        self._set(State.COUNTING, trouble="", sums={}, cursor={})
        return True

    def _under_way(self) -> int:
        node, count = self.move.node, carriers().waiting
        sent = SentEnvelope.objects.filter(line__node=node, line__direction=Line.Direction.OUT)
        waiting = sent.filter(state__in=(SentEnvelope.State.SEALED, SentEnvelope.State.ACCEPTED))
        number = sum(waiting.values_list("messages", flat=True))
        lines = Line.objects.filter(node=node, direction=Line.Direction.OUT)
        return number + sum(
            count(line.stream, line.position, node.code).number for line in lines if count is not None
        )

    def _count(self) -> bool:
        """Count what is here, kind by kind; then compare with the parent's counts."""
        if Inbox.objects.filter(pk__lte=self.move.cursor.get("inbox", 0)).exists():
            return False  # punches of the last page are not settled yet
        missing = [name for name in self.side.compared if name not in self.move.sums]
        if missing:
            found = moved.total(missing[0], self.side, last_day(self.move), self.now)
            self._set(State.COUNTING, sums={**self.move.sums, missing[0]: found})
            return True
        mine = {kind: (int(number), str(digest)) for kind, (number, digest) in self.move.sums.items()}
        said = self._ask("count", sums=mine)
        if self._is_over(said) or said.busy:
            return False
        if said.state in (State.READY, State.SWITCHING):
            self._set(State.READY, trouble="", other_sums=dict(said.sums) or self.move.other_sums)
            return True
        return self._differs(mine, dict(said.sums))

    def _differs(self, mine: dict[str, tuple[int, str]], theirs: dict[str, tuple[int, str]]) -> bool:
        """Take once more whatever differs, or wait for what was refused to be mended; then count again."""
        kinds = [name for name in self.side.compared if mine.get(name) != theirs.get(name)]
        trouble = _("核对不一致的有 {number} 类，详见下表。").format(number=len(kinds))
        why = self.move.trouble
        kept = {"punches": "" if PUNCHES in kinds else self.move.cursor.get("punches", "")}
        self._set(
            State.FILLING,
            round=self.move.round + 1,
            sums=mine,
            other_sums=theirs,
            trouble=f"{trouble}{why}"[:300] if why and why not in trouble else trouble,
            cursor={**kept, "kinds": kinds},
        )
        return False

    def _wait(self) -> bool:
        """Until somebody switches, what the gates go on telling the parent is taken."""
        said = self._ask("look")
        if self._is_over(said):
            return False
        if said.state == State.SWITCHING:
            self._set(State.SWITCHING)
            return True
        if said.state in (State.FILLING, State.COUNTING):
            self._set(State.COUNTING, sums={}, round=self.move.round + 1)
            return True
        return self.is_out and self._take_punches()

    def _take_punches(self) -> bool:
        """The next punches that came to the parent; whether more follow."""
        cursor = dict(self.move.cursor)
        said = self._ask("page", kind=PUNCHES, after=cursor.get("punches", ""))
        if not said.rows:
            return False
        with transaction.atomic():
            moved.take(
                moved.Page(said.rows, said.after, said.is_last), self.side, self.move.node.code, opener()
            )
            cursor["punches"] = said.after
            self.move.cursor = cursor
            Move.objects.filter(pk=self.move.pk).update(cursor=cursor)
        return not said.is_last

    def _switch(self) -> bool:
        """The parent first, then we: between the two nobody owns the rows, and nobody can write them."""
        if self.is_out and self._take_punches():
            return True
        said = self._ask("switch")
        if self._is_over(said):
            return False
        if said.state != State.DONE:
            self._set(State.COUNTING, sums={}, round=self.move.round + 1)
            return True
        with transaction.atomic():
            number = moved.change_hands(
                self.side, to=new_owner(self.move), neighbour=self.move.node.code, is_ours=self.is_out,
                now=self.now,
            )  # fmt: skip
            end(self.move, State.DONE, self.move.node.name, self.now)
            record(
                None, "federation.migration_ended", self.move.node, place=own_region().path,
                code=self.move.node.code, to=self.move.to, number=sum(number.values()),
            )  # fmt: skip
        log.info("federation.moved", to=self.move.to)
        return True

    def _follow(self) -> bool:
        """Punches of gates that were not turned to this platform yet."""
        return self._take_punches()

    def _tell_aborted(self) -> bool:
        self._ask("abort")
        Move.objects.filter(pk=self.move.pk).update(cursor={})
        return False
