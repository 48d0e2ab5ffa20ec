"""Carrying out what was accepted: once, in order, whatever dies in between.

Calls of one appid form a lane and are carried out in the order they were accepted, so that an entry sent
right after its worker finds that worker. Lanes run side by side. Punches are in no lane: the settler takes
those before which nothing of their appid is pending (`ingest.source`). The lock of the oldest pending row is
the lane's lock: whoever holds it looks again before leaving, so nobody's request is left behind.
"""

import json
from dataclasses import replace
from datetime import datetime, timedelta

import structlog
from django.db import IntegrityError, InterfaceError, OperationalError, transaction
from django.db.models import Min, Q, QuerySet

from federation.actors import CredentialActor
from federation.models import AcceptedRequest
from federation.open_api import schema
from federation.open_api.calls import Call, Failed, Outcome
from federation.open_api.dispatcher import method, settled_methods
from federation.open_api.elements import findings_of
from kernel.errors import DomainError

log = structlog.get_logger(__name__)

State = AcceptedRequest.State
MOST_ATTEMPTS = 8
AT_A_TIME = 200
RESTING = timedelta(seconds=3)  # how long the queue has before the sweep looks after a request
RETRIED = (OperationalError, InterfaceError, IntegrityError)
GAVE_UP = "Internal Error:平台多次处理未成功,已停止重试。请稍后重新提交;若仍失败,请联系平台并提供请求编号"
OUR_FAULT = "Internal Error:平台处理出错,未写入任何数据。请联系平台并提供请求编号"


def _requests() -> "QuerySet[AcceptedRequest]":
    return AcceptedRequest.objects.unscoped(because="the worker carries out everybody's accepted requests")


def _pending() -> "QuerySet[AcceptedRequest]":
    """What waits in lanes."""
    return _requests().filter(state=State.PENDING).exclude(method__in=settled_methods())


def drain(appid: str, now: datetime) -> int:
    """Carry out the pending requests of one appid in order; returns how many were finished here.

    Stops when another process is at the lane, or after a share, so that other lanes get their turn.
    """
    finished = 0
    while finished < AT_A_TIME:
        oldest = _pending().filter(appid=appid).order_by("id").values_list("pk", flat=True).first()
        if oldest is None:
            break
        if carry_out(oldest, now):
            finished += 1
        elif _pending().filter(pk=oldest).exists():
            break  # locked: whoever holds it goes on with this lane
    return finished


def carry_out(request_pk: int, now: datetime) -> bool:
    """Carry out one accepted request, act and result in one transaction; True if it was finished here.

    A request that is finished or in other hands is left alone. Raises database errors: the sweep tries again.
    """
    if not _begin(request_pk, now):
        return False
    with transaction.atomic():
        request = _locked(request_pk)
        if request is None:
            return False
        outcome = _outcome(request)
        _finish(request, outcome, now)
    log.info("open_api.carried_out", serial=request.serial, done=outcome.is_done)
    return True


def _locked(request_pk: int) -> AcceptedRequest | None:
    rows = _pending().select_for_update(of=("self",), skip_locked=True).filter(pk=request_pk)
    return rows.select_related(
        "credential__project__region", "credential__enterprise", "project__region"
    ).first()


def _begin(request_pk: int, now: datetime) -> bool:
    """Count the attempt before it starts, so that a request which kills its worker ends all the same."""
    with transaction.atomic():
        request = _locked(request_pk)
        if request is None:
            return False
        if request.attempts >= MOST_ATTEMPTS:
            _finish(request, Outcome(False, GAVE_UP), now)
            log.error("open_api.gave_up", serial=request.serial)
            return False
        request.attempts += 1
        request.tried_at = now
        request.save(update_fields=["attempts", "tried_at"])
    return True


def _outcome(request: AcceptedRequest) -> Outcome:
    try:
        with transaction.atomic():
            return _acted(request)
    except Failed as refused:
        return Outcome(False, str(refused), findings=refused.findings)
    except DomainError as refused:
        return Outcome(False, refused.message, findings=findings_of(refused))
    except RETRIED:
        raise
    except Exception:
        # A fault of ours must not come back for ever: it is written down here and the vendor is told.
        log.exception("open_api.failed", serial=request.serial)
        return Outcome(False, OUR_FAULT)


def _acted(request: AcceptedRequest) -> Outcome:
    wanted = method(request.method)
    data = json.loads(request.body or "{}")
    actor = CredentialActor(request.credential).at(request.project)
    call = Call(wanted, request.credential, actor, request.project, data, request.accepted_at)
    reading = schema.read(wanted.fields, data, call.context)
    if reading.outer_faults or (reading.faults and not wanted.by_row):
        raise Failed(schema.sentence(reading.faults))
    return wanted.act(replace(call, reading=reading))


def _finish(request: AcceptedRequest, outcome: Outcome, now: datetime) -> None:
    request.state = State.DONE if outcome.is_done else State.FAILED
    request.result = outcome.result
    request.findings = list(outcome.findings) or None
    request.finished_at = now
    request.project = request.project or outcome.project
    request.save(update_fields=["state", "result", "findings", "finished_at", "project"])


def unfinished_lanes(now: datetime) -> list[str]:
    """The appids whose oldest pending request is due: at once at first, then after 2, 4, 8 … seconds."""
    waiting = _pending().filter(accepted_at__lt=now - RESTING)
    due = Q(tried_at=None)
    for attempts in range(1, MOST_ATTEMPTS + 1):
        due |= Q(attempts=attempts, tried_at__lt=now - timedelta(seconds=min(60, 2**attempts)))
    heads = waiting.values("appid").annotate(head=Min("pk")).values("head")
    return list(_requests().filter(due, pk__in=heads).values_list("appid", flat=True))
