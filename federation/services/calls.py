"""Entering vendors' calls in their tables, and handing accepted writes to the worker."""

import json
from collections.abc import Mapping
from datetime import datetime

import structlog
from celery import current_app
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import F
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

from federation.models import AcceptedRequest, AnsweredQuery, Credential, RefusedCall
from federation.open_api import form
from federation.open_api.admission import POLL
from federation.open_api.calls import Call
from federation.open_api.errors import Refusal, bad_request
from federation.open_api.files import lifted
from federation.open_api.values import SHANGHAI, Unreadable, whole
from federation.selectors import accepted_before
from kernel.masking import redact
from kernel.text import shortened
from regions.models import Region

log = structlog.get_logger(__name__)

AWAY = (KombuError, RedisError, OSError)
MOST_REFUSALS_APART = 60
CARRY_OUT = "federation.tasks.carry_out"
DRAIN_LANE = "federation.tasks.drain_lane"
# How the punch interface is named where methods of the national one are.
PUNCHES = "POST /api/v1/punches/"
RECEIPTS = "GET /api/v1/punch-receipts/"
GATE_LISTS = "GET /api/v1/gates/"


def note_query(call: Call, transport: Mapping[str, str]) -> None:
    """Enter a query, so that it is answered once. Raises Refusal (-1) for a replay."""
    try:
        with transaction.atomic():
            AnsweredQuery.objects.create(
                appid=call.credential.appid,
                timestamp=transport["timestamp"],
                nonce=transport["nonce"],
                method=call.method.name,
                is_poll=call.method.name == POLL,
                page_index=_page_asked(call),
                answered_at=call.now,
            )
    except IntegrityError as error:
        raise bad_request("nonce重复!同一timestamp与nonce的查询已答复,请更换nonce并重新签名") from error


def note_signed_read(appid: str, timestamp: str, nonce: str, now: datetime, method: str) -> None:
    """Enter a signed read, so that its nonce reads once. Raises IntegrityError for a replay."""
    AnsweredQuery.objects.create(
        appid=appid, timestamp=timestamp, nonce=nonce, method=method, is_poll=True, answered_at=now
    )


def _page_asked(call: Call) -> int | None:
    """The page a query names, as far as it can be read; whether it is a right one is judged later."""
    try:
        return whole(call.data["pageIndex"])
    except (KeyError, Unreadable):
        return None


def note_refusal(body: bytes, refusal: Refusal, *, address: str, now: datetime) -> None:
    """Remember that a call under a known appid was turned away, and why; of strangers nothing is kept."""
    try:
        params = form.parameters(body)
    except Refusal:
        return
    appid = params.get("appid", "")[:64].replace("\0", "")
    method = params.get("method", "")[:60].replace("\0", "")
    _note(appid, method, int(refusal.code), refusal.message, address, now)


def note_refused_punches(appid: str, status: int, sentence: str, *, address: str, now: datetime) -> None:
    """The same for a call of the punch interface; its code is the status of HTTP."""
    _note(appid[:64].replace("\0", ""), PUNCHES, status, sentence, address, now)


def _note(appid: str, method: str, code: int, sentence: str, address: str, now: datetime) -> None:
    known = Credential.objects.unscoped(because="a refused call names its appid, not who it is")
    held_by = known.filter(appid=appid).values_list("project", "enterprise", "project__region__kind").first()
    if held_by is None:
        return
    rows = RefusedCall.objects.unscoped(because="refusals of one minute are counted in one row")
    minute = now.replace(second=0, microsecond=0)
    # A vendor that practises sees each refusal, so that a self-test misses none; a flood is counted still.
    if (
        held_by[2] == Region.Kind.SANDBOX
        and rows.filter(appid=appid, minute__gte=minute).count() < MOST_REFUSALS_APART
    ):
        minute = now
    row, is_new = rows.get_or_create(
        appid=appid,
        minute=minute,
        method=method,
        code=code,
        defaults={
            "project_id": held_by[0],
            "enterprise_id": held_by[1],
            "sentence": shortened(redact(sentence).replace("\0", ""), 300),
            "address": address[:45],
            "last_at": now,
        },
    )
    if not is_new:
        rows.filter(pk=row.pk).update(number=F("number") + 1, last_at=now)


def accept(call: Call, transport: Mapping[str, str]) -> AcceptedRequest:
    """Enter a write in the table and hand it to the worker; from here on it cannot be lost.

    Raises Refusal (-1) for a replay, naming the serial code of the first.
    """
    body = json.dumps(lifted(call.method.fields, call.data, call.context))
    try:
        with transaction.atomic():
            request = _entered(call, transport, body)
            if not call.method.settled:
                transaction.on_commit(lambda: send(request.pk), robust=True)
    except IntegrityError as error:
        raise _already_accepted(call, transport) from error
    return request


def send(request_pk: int) -> None:
    """Ask the worker to carry out one accepted request; while Redis is away the sweep will find it."""
    try:
        current_app.send_task(CARRY_OUT, [request_pk])
    except AWAY as error:
        log.warning("open_api.not_queued", request=request_pk, why=type(error).__name__)


def send_lane(appid: str) -> None:
    """Ask the worker to carry out whatever is pending of one appid."""
    current_app.send_task(DRAIN_LANE, [appid], expires=30)


def _entered(call: Call, transport: Mapping[str, str], body: str) -> AcceptedRequest:
    number = _next_number()
    return AcceptedRequest.objects.create(
        pk=number,
        serial=serial(call.method.serial_prefix, call.now, number),
        appid=call.credential.appid,
        credential=call.credential,
        project=call.project,
        method=call.method.name,
        timestamp=transport["timestamp"],
        nonce=transport["nonce"],
        body=body,
        accepted_at=call.now,
    )


def serial(prefix: str, now: datetime, number: int) -> str:
    """The acknowledgement a vendor polls with: `team-add-2019031411-1-0262`."""
    return f"{prefix}-{now.astimezone(SHANGHAI):%Y%m%d%H}-{settings.NODE_ID}-{number:04d}".lower()


def _next_number() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('federation_acceptedrequest', 'id'))")
        return int(cursor.fetchone()[0])


def _already_accepted(call: Call, transport: Mapping[str, str]) -> Exception:
    first = accepted_before(call.credential.appid, transport["timestamp"], transport["nonce"])
    code = first.serial if first else ""
    return bad_request(
        f"nonce重复!同一timestamp与nonce的请求已受理,编号{code},请用AsyncHandleResult.Query查询结果;"
        "如为新请求,请更换nonce并重新签名"
    )
