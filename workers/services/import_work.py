"""Reading and writing rosters in the background: once, by whoever holds the lease, whatever dies in between.

A worker takes the lease and says every second that it lives. One that dies says nothing more; then the lease
ends and the next one goes on: a reading begins again, a writing goes on with the rows that are not written.
Rows are judged as their owner may act *now*.
"""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from typing import TypeVar
from uuid import UUID, uuid4

import structlog
from django.db import connection, transaction
from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.actors import UserActor
from audit.services import record
from kernel import locks
from kernel.errors import DomainError, NotFound, NotPermitted
from kernel.permits import require
from kernel.scoping import Actor
from kernel.streams import Kept, discard
from standards.selectors import parameter
from web.messages import Audience, tell
from workers.models import RosterImport, RosterRow
from workers.services.edits import edit_engagement
from workers.services.enrolling import enrol_many
from workers.services.import_acts import MAY, Mode, Outcome, State, judge_rows, keep_faults
from workers.services.import_judging import Fault, Judge, Judged, own_facts
from workers.services.import_reading import read_roster
from workers.services.import_twice import tell_twice
from workers.services.standard import FILE
from workers.services.standing import site_day

log = structlog.get_logger(__name__)
T = TypeVar("T")

Clock = Callable[[], datetime]
_CHUNK = 250
_BEAT_SECONDS = 1.0
# Advisory locks of the node live in one number space; this one is held while a lease is given.
_MOVING = (State.CHECKING, State.SAVING)
_WAITING = (State.TO_CHECK, State.TO_SAVE)
_GAVE_UP = _("平台多次尝试都没有做完，已停止，已写入的行不受影响。请重新上传；仍不成功请联系平台管理员。")
_NO_POST = _("您的岗位已变动或到期，不能再在这个项目登记人员，导入已停止。已写入的行不受影响。")


class Gone(Exception):
    """The import was thrown away, or the lease is another's: stop."""


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to go on with one import, until the heartbeat stops."""

    roster: RosterImport
    token: UUID

    def beat(self, done: int, now: datetime, **more: int) -> None:
        """Say that the worker lives and how far it is. Raises Gone."""
        rows = RosterImport.objects.filter(pk=self.roster.pk, lease=self.token, state__in=_MOVING)
        if not rows.update(heartbeat_at=now, rows_done=done, **more):
            raise Gone


class Refused(Exception):
    """All or nothing was asked for, and a row cannot be written: what was written is undone."""


def carry_on(roster_pk: int, clock: Clock, actor: Actor | None = None) -> bool:
    """Read or write one import; True if it came to an end here. Safe to call twice.

    `actor`: who acts where the import has no account behind it (tests).
    """
    lease = take_lease(roster_pk, clock())
    if lease is None:
        return False
    try:
        who = actor or _owner(lease.roster, clock())
        require(who, MAY, on=lease.roster.project)
        if lease.roster.state == State.CHECKING:
            _check(lease, who, clock)
        else:
            import_roster(actor=who, lease=lease, clock=clock)
    except Gone:
        return False
    except DomainError as refused:
        no_post = isinstance(refused, (NotPermitted, NotFound))
        _fail(lease, str(_NO_POST) if no_post else refused.message, clock())
    return True


def _owner(roster: RosterImport, now: datetime) -> Actor:
    if roster.owner is None:
        raise NotPermitted
    return UserActor.of(roster.owner, now)


@transaction.atomic
def take_lease(roster_pk: int, now: datetime) -> Lease | None:
    """The lease of a waiting import, or of one whose worker is silent; None while others are at work."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, 0)", [locks.IMPORT_LEASE])
    silent = _silent(now)
    if RosterImport.objects.filter(state__in=_MOVING).exclude(silent).count() >= parameter("imports.at_once"):
        return None
    rows = RosterImport.objects.select_for_update(of=("self",), skip_locked=True)
    rows = rows.select_related("owner", "project__region")
    roster = rows.filter(Q(state__in=_WAITING) | silent, pk=roster_pk).first()
    return None if roster is None else _leased(roster, now)


def _leased(roster: RosterImport, now: datetime) -> Lease | None:
    lease = Lease(roster, uuid4())
    roster.attempts += 1
    roster.lease, roster.heartbeat_at, roster.started_at = lease.token, now, now
    if roster.state in (State.TO_CHECK, State.CHECKING):
        roster.state, roster.rows_number, roster.rows_done = State.CHECKING, 0, 0
    else:
        roster.state = State.SAVING
    roster.save()
    if roster.attempts > parameter("imports.most_attempts"):
        _fail(lease, str(_GAVE_UP), now)
        return None
    return lease


class _Pulse:
    """Beats for a lease once a second."""

    def __init__(self, lease: Lease, clock: Clock) -> None:
        self._lease, self._clock, self._beaten = lease, clock, time.monotonic()

    def tick(self, done: int) -> None:
        """Raises Gone."""
        if time.monotonic() - self._beaten >= _BEAT_SECONDS:
            self._lease.beat(done, self._clock())
            self._beaten = time.monotonic()


def _check(lease: Lease, actor: Actor, clock: Clock) -> None:
    """Read the whole file and keep every row with its faults. Raises Gone, UnreadableTable."""
    roster = lease.roster
    roster.rows.all().delete()
    judge = Judge(actor, roster.project, site_day(roster.project))
    pulse, number = _Pulse(lease, clock), 0
    with Kept(roster.address) as file:
        found = read_roster(file, judge.columns)
        for chunk in _chunks(found.rows):
            with transaction.atomic():
                judge_rows(roster, judge, [_row(roster, line, cells) for line, cells in chunk])
            number += len(chunk)
            pulse.tick(number)
    with transaction.atomic():
        lease.beat(number, clock())
        tell_twice(roster)
        _checked(lease, actor, number, found.notes, clock())


def _row(roster: RosterImport, line: int, cells: dict[str, str]) -> RosterRow:
    return RosterRow(roster=roster, line=line, cells=json.dumps(cells, ensure_ascii=False))


def _checked(lease: Lease, actor: Actor, number: int, notes: list[str], now: datetime) -> None:
    roster = lease.roster
    roster.state, roster.lease, roster.rows_number, roster.rows_done = State.CHECKED, None, number, number
    roster.notes, roster.checked_at, roster.finished_at = notes, now, now
    roster.attempts = 0
    _let_go(roster)
    roster.save()
    outcomes = _by_outcome(roster)
    # Looking so many up is one line of the trail: how many, and how many were known under another name.
    differs = roster.faults.filter(cause="identity_name_differs").count()
    record(
        actor,
        "workers.roster_checked",
        roster.project,
        roster=str(roster.public_id),
        rows=number,
        faulty=outcomes.get(Outcome.FAULTY, 0),
        other_name=differs,
    )
    good = outcomes.get(Outcome.NEW, 0) + outcomes.get(Outcome.CHANGED, 0)
    _tell(
        roster,
        _("“{name}”检查完毕：{good} 行可以导入，{bad} 行要改。还没有写入任何数据。").format(
            name=roster.name, good=f"{good:,}", bad=f"{outcomes.get(Outcome.FAULTY, 0):,}"
        ),
    )


def import_roster(*, actor: Actor, lease: Lease, clock: Clock) -> RosterImport:
    """Write the good rows of an import: chunk by chunk, or all in one transaction and none if one is refused.

    Each row is judged anew, for others may have registered somebody since the dry run. Taking people on
    follows the rules of enrolment, changes those of editing. A row that is written says so in the
    transaction that writes it, so that going on after a death doubles nothing.
    Raises NotPermitted, NotFound, ProjectFinished, Gone. Source: product 4.2 K2.
    """
    require(actor, MAY, on=lease.roster.project)
    if lease.roster.owner_key != actor.key:
        raise NotFound
    if lease.roster.mode == Mode.WHOLE:
        _save_whole(actor, lease, clock)
    else:
        _save_rows(actor, lease, clock)
    _saved(lease, actor, clock())
    return lease.roster


def _save_rows(actor: Actor, lease: Lease, clock: Clock) -> None:
    roster, done = lease.roster, lease.roster.rows_done
    judge = Judge(actor, roster.project, site_day(roster.project))
    while rows := list(_to_write(roster)[:_CHUNK]):
        with transaction.atomic():
            lease.beat(done, clock())
            _write(actor, judge, roster, rows, clock())
            done += len(rows)
            lease.beat(done, clock())


def _save_whole(actor: Actor, lease: Lease, clock: Clock) -> None:
    """Everything or nothing; the lease's row is held meanwhile, so that nobody else begins."""
    roster = lease.roster
    judge = Judge(actor, roster.project, site_day(roster.project))
    refused: list[RosterRow] = []
    try:
        with transaction.atomic():
            lease.beat(0, clock())
            while rows := list(_to_write(roster)[:_CHUNK]):
                refused += _write(actor, judge, roster, rows, clock())
                if refused:
                    raise Refused
    except Refused:
        _note_refused(roster, judge, refused)


def _note_refused(roster: RosterImport, judge: Judge, refused: list[RosterRow]) -> None:
    """Nothing was written; the rows that were in the way now say why."""
    with transaction.atomic():
        rows = list(roster.rows.filter(pk__in=[row.pk for row in refused]))
        judge_rows(roster, judge, rows)
        told = _(
            "检查之后，别处的登记有了变化：{number} 行现在不能登记，所以一行也没有写入。请改好后再导入。"
        )
        roster.problem = told.format(number=len(refused))


def _to_write(roster: RosterImport) -> QuerySet[RosterRow]:
    return roster.rows.filter(outcome__in=(Outcome.NEW, Outcome.CHANGED)).order_by("line")


def _write(
    actor: Actor, judge: Judge, roster: RosterImport, rows: list[RosterRow], now: datetime
) -> list[RosterRow]:
    """Write a chunk of rows within the caller's transaction; those that cannot be written."""
    found = judge.judge([row.said for row in rows])
    pairs = list(zip(rows, found, strict=True))
    fresh = [(row, one, one.taking) for row, one in pairs if one.taking and one.outcome == Outcome.NEW]
    takings = [taking for _row, _one, taking in fresh]
    enrolled = enrol_many(
        actor=actor, project=roster.project, takings=takings, today=judge.today, channel=FILE
    )
    for place, refusal in enrolled.refused.items():
        one = fresh[place][1]
        one.outcome = Outcome.FAULTY
        one.faults.append(Fault(refusal.field or "name", refusal.code, refusal.message))
    for place, work in enrolled.done.items():
        fresh[place][1].outcome, fresh[place][1].engagement = Outcome.WRITTEN, work
    for row, one in pairs:
        if one.outcome == Outcome.CHANGED:
            _update(actor, one, judge.today)
        row.outcome, row.changes, row.engagement = one.outcome, one.changes, one.engagement
    RosterRow.objects.bulk_update(rows, ["outcome", "changes", "engagement"], batch_size=_CHUNK)
    keep_faults(roster, pairs)
    return [row for row in rows if row.outcome == Outcome.FAULTY]


def _update(actor: Actor, one: Judged, today: date) -> None:
    """Change what reads otherwise of somebody on the roster."""
    facts, work = own_facts(one), one.engagement
    if facts is not None and work is not None:
        edit_engagement(actor=actor, engagement=work, facts=facts, channel=FILE, today=today)
        one.outcome = Outcome.UPDATED


def _saved(lease: Lease, actor: Actor, now: datetime) -> None:
    roster = lease.roster
    outcomes = _by_outcome(roster)
    written, updated = outcomes.get(Outcome.WRITTEN, 0), outcomes.get(Outcome.UPDATED, 0)
    with transaction.atomic():
        state = State.CHECKED if roster.problem else State.SAVED
        mine = RosterImport.objects.filter(pk=roster.pk, lease=lease.token)
        if not mine.update(state=state, lease=None, finished_at=now, problem=roster.problem, attempts=0):
            raise Gone
        if roster.problem:
            _tell(roster, roster.problem)
            return
        record(
            actor,
            "workers.roster_saved",
            roster.project,
            roster=str(roster.public_id),
            written=written,
            updated=updated,
        )
        _tell(
            roster,
            _("“{name}”导入完毕：登记 {written} 人，更新 {updated} 人，{bad} 行要改。").format(
                name=roster.name,
                written=f"{written:,}",
                updated=f"{updated:,}",
                bad=f"{outcomes.get(Outcome.FAULTY, 0):,}",
            ),
        )
    log.info("imports.saved", roster=roster.pk, written=written, updated=updated)


@transaction.atomic
def _fail(lease: Lease, why: str, now: datetime) -> None:
    roster = lease.roster
    # What was read is kept: rows that were written are on the roster, and the others can still be.
    state = State.FAILED if roster.state == State.CHECKING else State.CHECKED
    mine = RosterImport.objects.filter(pk=roster.pk, lease=lease.token)
    if mine.update(state=state, problem=why[:600], finished_at=now, lease=None, attempts=0):
        if state == State.FAILED:
            roster.rows.all().delete()
            _let_go(roster)
        record(None, "workers.roster_failed", roster.project, roster=str(roster.public_id))
        _tell(roster, _("“{name}”没有导入成：{why}").format(name=roster.name, why=why))


def _let_go(roster: RosterImport) -> None:
    """The file is not needed once it was read: what it said stands in the rows, sealed.

    Its address stays, so that what a death left behind is deleted with the rows.
    """
    transaction.on_commit(lambda: discard(roster.address), robust=True)


def _by_outcome(roster: RosterImport) -> dict[str, int]:
    counted = roster.rows.order_by().values_list("outcome").annotate(number=Count("pk"))
    return dict(counted)


def _tell(roster: RosterImport, text: str) -> None:
    if roster.owner is None:
        return
    url = reverse("roster_import", args=[roster.public_id])
    tell(Audience(users=[roster.owner]), kind="imports", text=text, url=url, about=str(roster.public_id))


def unfinished(now: datetime) -> list[int]:
    """The imports that the queue lost or a dead worker left behind, oldest first."""
    waiting = Q(state__in=_WAITING, created_at__lt=now - timedelta(seconds=2))
    alive = RosterImport.objects.filter(state__in=_MOVING).exclude(_silent(now)).count()
    free = max(0, parameter("imports.at_once") - alive)
    found = RosterImport.objects.filter(waiting | _silent(now)).order_by("created_at", "pk")
    return list(found.values_list("pk", flat=True)[:free])


def _silent(now: datetime) -> Q:
    return Q(state__in=_MOVING, heartbeat_at__lt=now - timedelta(seconds=parameter("imports.lease_seconds")))


def _chunks(rows: Iterator[T]) -> Iterator[list[T]]:
    while chunk := list(islice(rows, _CHUNK)):
        yield chunk
