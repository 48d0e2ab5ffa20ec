"""Comparisons with the parent: planned in steps, carried out one by one, taken up again where they stopped.

Only the child works: it asks, opens the branches that differ, waits until what was on its way has arrived,
looks once more, and tells its parent what was found.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

import httpx
import msgspec
import structlog
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from federation.models import Node, ReconciliationCount, ReconciliationRun
from federation.selectors.nodes import own_region, require_governing
from federation.services import differences
from federation.services.comparing import Ask, Busy, Question, Told, differing, put_question
from federation.services.exchanging import parent
from federation.services.transport import Unreachable, client
from federation.travel import kept_punches, trees
from federation.travel.digests import born_by_day, days_changed_since
from federation.travel.trees import ALL, COMPARED, PUNCHES, Branch, Children, branch_of, children, summed
from kernel.errors import DomainError
from kernel.scoping import Actor
from standards.selectors import parameter

log = structlog.get_logger(__name__)
Run = ReconciliationRun
Asks = Sequence[Ask]
# How many rows and their digest: at the child, at the parent.
Sums = tuple[tuple[int, str], tuple[int, str]]
_HOLD: Final = timedelta(minutes=5)
_GIVEN_UP: Final = 40
# Seconds of digesting our own days, well within what a task of the worker may take; the next goes on.
_AT_A_TIME: Final = 120.0
_ASKS_AT_ONCE: Final = 64
_FEW: Final = 300
_SMALL_DAY: Final = 5_000
_MOST_DAYS: Final = 60
_NONE: Final = (0, "0" * 32)
# What of the past is compared each night, so that all of it is within so many nights.
_TURN: Final = 28


@transaction.atomic
def start_reconciliation(*, actor: Actor, node: Node, now: datetime | None = None) -> Run:
    """Compare everything with the parent, from the rows themselves. Raises NotPermitted, DomainError."""
    require_governing(actor)
    require_asked_here(node)
    if Run.objects.filter(node=node, state__in=(Run.State.RUNNING, Run.State.CHECKING)).exists():
        raise DomainError(
            _("与“{name}”的对账正在进行，请等它完成。").format(name=node.name), code="is_running"
        )
    at = now or timezone.now()
    run = _made(node, Run.Scope.WHOLE, at.astimezone(UTC).date(), actor.label, at)
    record(actor, "federation.reconciliation_started", node, code=node.code)
    return run


def require_asked_here(node: Node) -> None:
    """Raises DomainError for a neighbour that asks us, instead of being asked."""
    if node.relation != Node.Relation.PARENT:
        raise DomainError(
            _("对账由下级平台发起：“{name}”的管理员在它的平台上点“立即对账”，结果两边都能看到。").format(
                name=node.name
            ),
            code="not_asked_here",
        )


def start_nightly(now: datetime) -> Run | None:
    """The night's comparison with the parent, once a night; None where there is no parent, or it was made."""
    node = parent()
    day = now.astimezone(UTC).date() - timedelta(days=1)
    if node is None or Run.objects.filter(node=node, scope=Run.Scope.NIGHT, day=day).exists():
        return None
    with transaction.atomic():
        return _made(node, Run.Scope.NIGHT, day, "", now)


def _made(node: Node, scope: str, day: date, by: str, now: datetime) -> Run:
    branch = branch_of(node, own_region().path)
    plan = _whole if scope == Run.Scope.WHOLE else _of_a_night
    todo = _bundled(plan(branch, day))
    steps = [[msgspec.to_builtins(ask) for ask in asks] for asks in todo]
    return Run.objects.create(
        node=node, scope=scope, day=day, started_by=by[:120], started_at=now, todo=steps, steps=len(steps)
    )


def _whole(branch: Branch, day: date) -> Iterator[tuple[Ask, int]]:
    """Everything up to a day, in windows of about as many rows as one answer can bear."""
    most = int(parameter("federation.compare_rows"))
    for kind in COMPARED[:-1]:
        first, number = "", 0
        for on, born in sorted(born_by_day(kind, branch.origins).items()):
            if number and number + born > most and on <= day:
                yield Ask(kind, first, str(on - timedelta(days=1))), number
                first, number = str(on), 0
            number += born
        yield Ask(kind, first, str(day)), number
    yield from _punches(day)


def _of_a_night(branch: Branch, day: date) -> Iterator[tuple[Ask, int]]:
    """Yesterday, the days of whatever changed since, and one part in 28 of the past; of punches all days."""
    since = datetime.combine(day, datetime.min.time(), UTC)
    for kind in COMPARED[:-1]:
        born = born_by_day(kind, branch.origins)
        changed = days_changed_since(kind, branch.origins, since)
        turn = {on for on in born if on.toordinal() % _TURN == day.toordinal() % _TURN}
        for on in sorted({day, *turn, *sorted(changed)[-_MOST_DAYS:]}):
            if on <= day:
                yield Ask(kind, str(on), str(on)), born.get(on, 0)
        if not born:
            yield Ask(kind, "", str(day)), 0
    yield from _punches(day)


def _punches(day: date) -> Iterator[tuple[Ask, int]]:
    first = kept_punches.first_day() or day
    yield Ask(PUNCHES, str(min(first, day)), str(day)), int(parameter("federation.compare_rows"))


def _bundled(plan: Iterator[tuple[Ask, int]]) -> list[list[Ask]]:
    """Small branches of several kinds are asked for together."""
    most = int(parameter("federation.compare_rows"))
    steps: list[list[Ask]] = []
    held = 0
    for ask, rows in plan:
        if not steps or held + rows > most or len(steps[-1]) >= _ASKS_AT_ONCE:
            steps.append([])
            held = 0
        steps[-1].append(ask)
        held += rows
    return steps


def reconcile(now: datetime | None = None, *, seconds: float = 20.0) -> int:
    """Carry on what is to be compared, for a while; how many steps were done."""
    began = timezone.now()
    node = parent()
    if node is None:
        return 0
    done = 0
    with client() as http:
        while (timezone.now() - began).total_seconds() < seconds:
            # What has to wait is not due yet, so that nobody is found here in the next turn.
            run = _taken(node, now or timezone.now())
            if run is None:
                return done
            done += carry_on(run, http=http, now=now)
        return done


def _taken(node: Node, now: datetime) -> Run | None:
    """A comparison to work at, for this process alone."""
    free = Q(held_until=None) | Q(held_until__lte=now)
    due = Q(next_at=None) | Q(next_at__lte=now)
    rows = Run.objects.filter(free, due, node=node, state__in=(Run.State.RUNNING, Run.State.CHECKING))
    run = rows.order_by("started_at").select_related("node").first()
    if run is None or not Run.objects.filter(free, pk=run.pk).update(held_until=now + _HOLD):
        return None
    return run


def carry_on(run: Run, *, http: httpx.Client, now: datetime | None = None) -> bool:
    """One step of a comparison; whether it was done. A parent that is away or computes is asked later."""
    at = now or timezone.now()
    Run.objects.filter(pk=run.pk).update(attempts=F("attempts") + 1)
    link = Link(run, http, lambda: now or timezone.now())
    try:
        if run.state == Run.State.CHECKING:
            return _check(run, link, at)
        asks = msgspec.convert(run.todo[0], list[Ask]) if run.todo else []
        for found in _freshened(link.branch, asks, run):
            log.debug("federation.digested", day=str(found))
        sums = _compare(link, asks)
        _stepped(run, sums, at)
    except Busy:
        # It has computed for seconds before it said so, and goes on when it is asked: there is no pause.
        _later(run, at, 0.0, "")
        return False
    except Unreachable as away:
        _later(run, at, min(300.0, 5.0 * 2 ** min(run.attempts, 6)), away.sentence)
        return False
    return True


def _freshened(branch: Branch, asks: Asks, run: Run) -> Iterator[date]:
    """Our own kept digests; the lease is renewed after each day. Raises Busy to go on in another task."""
    began = time.monotonic()
    for ask in asks:
        first, last = ask.span
        if trees.is_freshening(ask) and first and last and not branch.enterprise:
            is_anew = run.scope == Run.Scope.WHOLE
            for day in kept_punches.freshen(branch.peer, first, last, run.started_at, anew=is_anew):
                Run.objects.filter(pk=run.pk).update(held_until=timezone.now() + _HOLD)
                yield day
                if time.monotonic() - began > _AT_A_TIME:
                    raise Busy


def _later(run: Run, now: datetime, seconds: float, trouble: str) -> None:
    """Try again; what was asked for too often in vain is given up until the next night."""
    is_over = bool(trouble) and run.attempts >= _GIVEN_UP
    Run.objects.filter(pk=run.pk).update(
        held_until=None,
        next_at=now + timedelta(seconds=seconds),
        trouble=trouble[:300],
        # A parent that computes is no failure.
        attempts=F("attempts") - (0 if trouble else 1),
        state=Run.State.FAILED if is_over else run.state,
        finished_at=now if is_over else None,
    )


@dataclass
class Link:
    """The parent while a comparison asks it: questions and bytes are counted as they go."""

    run: Run
    http: httpx.Client
    clock: Callable[[], datetime]

    @property
    def branch(self) -> Branch:
        return branch_of(self.run.node, own_region().path)

    def ask(self, asks: Asks, tell: Told | None = None) -> Sequence[Children]:
        """The parent's digests of these branches. Raises Unreachable, Busy."""
        run = self.run
        question = Question(
            run.public_id, run.scope, str(run.day), run.scope == Run.Scope.WHOLE, list(asks), tell
        )
        reply, sent, got = put_question(self.http, run.node, question, self.clock())
        run.questions, run.bytes_out, run.bytes_in = (
            run.questions + 1, run.bytes_out + sent, run.bytes_in + got,
        )  # fmt: skip
        Run.objects.filter(pk=run.pk).update(
            questions=run.questions, bytes_out=run.bytes_out, bytes_in=run.bytes_in
        )
        differences.note_wanted(run.node, reply.wanted, self.clock())
        return reply.answers


def _compare(link: Link, asks: Asks) -> dict[str, Sums]:
    """Open whatever differs, level by level, down to the rows."""
    sums: dict[str, Sums] = {}
    is_first = True
    found: list[differences.Found] = []
    most = int(parameter("federation.most_differences"))
    level = list(asks)
    while level and len(found) <= most:
        below: list[Ask] = []
        for start in range(0, len(level), _ASKS_AT_ONCE):
            some = level[start : start + _ASKS_AT_ONCE]
            for ask, theirs in zip(some, link.ask(some), strict=True):
                mine = children(ask, link.branch)
                if is_first:
                    _add(sums, ask.kind, mine, theirs)
                for name in differing(mine, theirs):
                    deeper = _child(ask, name, mine, theirs)
                    if deeper is None:
                        found.append(differences.Found(ask, name, mine.get(name), theirs.get(name)))
                    else:
                        below.append(deeper)
        level, is_first = below, False
    if len(found) > most or level:
        trouble = _("差异过多，只列出前 {most} 条；修复后请再对账。").format(most=most)
        Run.objects.filter(pk=link.run.pk).update(trouble=trouble)
    differences.keep_found(link.run, found[:most], link.clock())
    return sums


def _child(ask: Ask, name: str, mine: Children, theirs: Children) -> Ask | None:
    """The branch of a child; None for a row."""
    number = max(one[name][0] for one in (mine, theirs) if name in one)
    if ask.day is None:
        return Ask(ask.kind, day=name, group=ALL if number <= _SMALL_DAY else "")
    if ask.project is None:
        if not ask.group:
            return Ask(ask.kind, day=ask.day, group=name)
        return Ask(ask.kind, day=ask.day, project=name, bucket=ALL if number <= _FEW else "")
    return None if ask.bucket else Ask(ask.kind, day=ask.day, project=ask.project, bucket=name)


def _add(sums: dict[str, Sums], kind: str, mine: Children, theirs: Children) -> None:
    below, above = sums.get(kind, (_NONE, _NONE))
    sums[kind] = (summed([below, *mine.values()]), summed([above, *theirs.values()]))


def _count(run: Run, sums: dict[str, Sums]) -> None:
    """Add what a whole step compared to the run's sums."""
    for kind, (mine, theirs) in sums.items():
        row, _is_new = ReconciliationCount.objects.get_or_create(run=run, kind=kind)
        row.below, row.digest_below = summed([(row.below, row.digest_below), mine])
        row.above, row.digest_above = summed([(row.above, row.digest_above), theirs])
        row.save()


@transaction.atomic
def _stepped(run: Run, sums: dict[str, Sums], now: datetime) -> None:
    """A step is done, with its counts; one that was cut off before is done again from its beginning."""
    _count(run, sums)
    run.todo = run.todo[1:]
    run.done += 1
    run.state = Run.State.RUNNING if run.todo else Run.State.CHECKING
    run.attempts, run.held_until, run.next_at = 0, None, None
    if not run.todo and differences.has_suspects(run):
        run.next_at = now + timedelta(seconds=float(parameter("federation.settle_seconds")))
    run.save(update_fields=["todo", "done", "state", "attempts", "held_until", "next_at"])


def _check(run: Run, link: Link, now: datetime) -> bool:
    """Look at every difference once more, when what was on its way has arrived; then tell and close."""
    if not differences.is_settled(run, now):
        _later(run, now, 5.0, "")
        return False
    differences.look_again(run.node, link.ask, link.branch, now)
    run.state = Run.State.DONE
    run.finished_at = now
    link.ask([], differences.told(run, str(run.state)))
    Run.objects.filter(pk=run.pk).update(
        state=run.state, finished_at=now, told_at=now, held_until=None, next_at=None, attempts=0,
    )  # fmt: skip
    log.info("federation.reconciled", node=run.node.code, questions=run.questions, received=run.bytes_in)
    return True


def follow_up(now: datetime | None = None) -> int:
    """Between comparisons: send again what the parent wants, look at what was sent, tell how it stands."""
    at = now or timezone.now()
    node = parent()
    run = Run.objects.filter(node=node, state=Run.State.DONE).first() if node else None
    if node is None or run is None or not differences.is_anything_open(node):
        return 0
    with client() as http:
        return follow(run, http=http, now=at)


def follow(run: Run, *, http: httpx.Client, now: datetime) -> int:
    """The same over a given client; how many differences were looked at."""
    link = Link(run, http, lambda: now)
    try:
        link.ask([])
        sent = differences.send_wanted(run.node, now)
        looked = differences.look_again(run.node, link.ask, link.branch, now, only_sent=True)
        if sent or looked:
            link.ask([], differences.told(run, str(run.state)))
    except (Unreachable, Busy):
        return 0
    return looked
