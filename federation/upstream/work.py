"""The errands of reporting upward, in short steps that survive dying at any place.

A step is: compare a project that changed, ask for a result that is due, send a call whose sender died, or
make and send the next one. Between two steps everything that counts stands in the tables.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from federation.models import Upstream, UpstreamCall, UpstreamProject, UpstreamRecord
from federation.upstream import passages, sending, settling, verdicts
from federation.upstream.client import Away, Client, Connect, Stamp
from federation.upstream.comparing import compare
from kernel.scoping import Reach
from projects.models import Project
from standards.selectors import parameter

log = structlog.get_logger(__name__)
State, Call = UpstreamRecord.State, UpstreamCall.State
POLL = "AsyncHandleResult.Query"
MOST_STEPS = 40
# How long a process keeps a project to itself after its last step; longer than any answer is waited for.
BUSY = timedelta(minutes=2)
DONE, FAILED = 20, 10
_BECAUSE = "the node reports for everybody; nobody reads"


def active() -> "QuerySet[Upstream]":
    """The upstreams that are reported to."""
    return Upstream.objects.unscoped(because=_BECAUSE).filter(state=Upstream.State.ACTIVE)


def _accesses() -> "QuerySet[UpstreamProject]":
    rows = UpstreamProject.objects.unscoped(because=_BECAUSE)
    return rows.filter(ended_at=None, upstream__state=Upstream.State.ACTIVE)


def due(now: datetime) -> list[int]:
    """The projects for which there is something to do now, those that waited longest first."""
    queued = UpstreamRecord.all_rows.filter(access=OuterRef("pk"), state=State.QUEUED, next_at__lte=now)
    calls = UpstreamCall.all_rows.filter(access=OuterRef("pk"), state__in=UpstreamCall.OPEN, next_at__lte=now)
    changed = Q(is_marked=True) & (Q(compared_at=None) | Q(compared_at__lte=now - _between_looks()))
    rows = _accesses().filter(Q(retry_at=None) | Q(retry_at__lte=now), _is_free(now))
    rows = rows.filter(changed | Exists(queued) | Exists(calls))
    return list(rows.order_by("updated_at", "pk").values_list("pk", flat=True))


def _between_looks() -> timedelta:
    return timedelta(seconds=float(parameter("upstream.compare_seconds")))


def look(now: datetime) -> int:
    """Take up new projects and the newest punches of every active upstream; returns how many punches."""
    looked_at = 0
    for key in active().values_list("pk", flat=True):
        with transaction.atomic():
            upstream = active().select_for_update(of=("self",), skip_locked=True).filter(pk=key).first()
            if upstream is not None:
                take_up(upstream)
                looked_at += passages.take_tail(upstream, now)
    return looked_at


def take_up(upstream: Upstream) -> int:
    """Give each project of the region its place, where the upstream takes all; returns how many are new."""
    if upstream.takes != Upstream.Takes.ALL:
        return 0
    known = upstream.projects.values("project")
    rows = Project.objects.within(_region(upstream)).exclude(pk__in=known)
    fresh = [UpstreamProject(upstream=upstream, project=row) for row in rows[:500]]
    UpstreamProject.objects.bulk_create(fresh, ignore_conflicts=True)
    return len(fresh)


def _region(upstream: Upstream) -> Reach:
    return Reach(region_paths=frozenset({upstream.region.path}))


def run(access_pk: int, clock: Callable[[], datetime], connect: Connect, most: int = MOST_STEPS) -> int:
    """Do what is due for one project, a step after another; returns how many steps were done.

    Stops at the first trouble, which says itself when it is tried again.
    """
    access = _claimed(access_pk, clock())
    if access is None:
        return 0
    client, steps = connect(access), 0
    try:
        if access.is_marked and _may_look(access, clock()):
            compare(access, clock())
        while steps < most and not _rests(access, clock()) and (call := _next(access, clock())):
            steps += 1
            if not _step(access, call, client, clock()):
                break
            _accesses().filter(pk=access_pk).update(busy_until=clock() + BUSY)
            access.refresh_from_db(fields=["remote_code", "trouble", "failures", "retry_at"])
    finally:
        client.close()
        _accesses().filter(pk=access_pk).update(busy_until=None)
    return steps


@transaction.atomic
def _claimed(access_pk: int, now: datetime) -> UpstreamProject | None:
    """The project for this process alone, for a while; None if it rests or another is at it."""
    rows = _accesses().filter(Q(retry_at=None) | Q(retry_at__lte=now), _is_free(now), pk=access_pk)
    rows = rows.select_related("upstream__region", "project__region")
    found = rows.select_for_update(of=("self",), no_key=True, skip_locked=True).first()
    if found is not None:
        found.busy_until = now + BUSY
        found.save(update_fields=["busy_until", "updated_at"])
    return found


def _is_free(now: datetime) -> Q:
    return Q(busy_until=None) | Q(busy_until__lte=now)


def _rests(access: UpstreamProject, now: datetime) -> bool:
    return access.retry_at is not None and access.retry_at > now


def _may_look(access: UpstreamProject, now: datetime) -> bool:
    return access.compared_at is None or access.compared_at <= now - _between_looks()


def _next(access: UpstreamProject, now: datetime) -> UpstreamCall | None:
    """What comes first: results, then calls whose sender died, then a new call."""
    for state in (Call.WAITING, Call.SENDING):
        call = access.calls.filter(state=state, next_at__lte=now).order_by("next_at", "pk").first()
        if call is not None:
            return call
    return sending.next_call(access, now)


def _step(access: UpstreamProject, call: UpstreamCall, client: Client, now: datetime) -> bool:
    """One call over the network; False if the other platform did not answer."""
    if call.state == Call.WAITING:
        return _ask(access, call, client, now)
    oldest = now - timedelta(minutes=float(parameter("upstream.resend_minutes")))
    if call.sent_at and call.sent_at < oldest:
        settling.lost(access, call, now)
        return True
    return sending.send(access, call, client, now)


def _ask(access: UpstreamProject, call: UpstreamCall, client: Client, now: datetime) -> bool:
    """Ask what became of a call."""
    try:
        answer = client.call(POLL, {"requestSerialCode": call.serial}, Stamp.fresh(now))
    except Away as away:
        settling.away(access, call, str(away), now)
        return False
    if not answer.is_taken:
        fault = verdicts.fault_of(answer)
        if fault is verdicts.Fault.DATA:
            settling.lost(access, call, now)  # the serial is unknown there: what it carried is told again
        elif fault is not verdicts.Fault.REPEATED:
            rest = timedelta(seconds=float(parameter("upstream.too_often_seconds")))
            settling.trouble(access, verdicts.clean(answer.message), now, rest)
        return True
    state = _state(answer.data.get("status"))
    result = str(answer.data.get("result") or "")
    if state == DONE:
        settling.done(access, call, result, now)
    elif state == FAILED:
        settling.failed(access, call, result, now)
    else:
        settling.pending(access, call, now)
    return True


def _state(status: object) -> int:
    try:
        return int(str(status))
    except ValueError:
        return 0


def forget(now: datetime) -> int:
    """Drop finished calls older than `upstream.call_days`; returns how many."""
    oldest = now - timedelta(days=float(parameter("upstream.call_days")))
    return UpstreamCall.all_rows.filter(finished_at__lt=oldest).delete()[0]


def mark(projects: Iterable[int] | None = None) -> int:
    """Note that something of these projects (None: of all) has changed; returns how many are reported."""
    rows = _accesses().filter(is_marked=False)
    if projects is not None:
        rows = rows.filter(project__in=list(projects))
    return rows.update(is_marked=True)
