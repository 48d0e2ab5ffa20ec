"""Acts on vendors' access: issuing and revoking secrets, entering calls in their tables."""

import json
import secrets
from collections.abc import Mapping
from datetime import datetime

import structlog
from celery import current_app
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

from audit.services import record
from federation.models import AcceptedRequest, AnsweredQuery, Credential
from federation.open_api.admission import POLL
from federation.open_api.calls import Call
from federation.open_api.errors import bad_request
from federation.open_api.files import lifted
from federation.open_api.values import SHANGHAI
from federation.selectors import accepted_before
from kernel.errors import NotFound
from kernel.permits import require
from kernel.scoping import Actor
from projects.models import Project

log = structlog.get_logger(__name__)

AWAY = (KombuError, RedisError, OSError)
CARRY_OUT = "federation.tasks.carry_out"
DRAIN_LANE = "federation.tasks.drain_lane"
SECRET_BYTES = 16  # 32 hexadecimal characters: key and start value of the field cipher


@transaction.atomic
def issue_credential(*, actor: Actor | None, project_code: str) -> Credential:
    """Give the vendor of a project one more secret; the two newest stay valid.

    The appid is the project's code. `actor` is None for the operator at the machine.
    Raises NotPermitted, NotFound.
    """
    project = Project.all_rows.filter(code=project_code).first()
    if project is None:
        raise NotFound(f"没有编码为“{project_code}”的项目，请核对项目编码，或先由县区登记施工许可证。")
    if actor is not None:
        require(actor, "federation.manage_credentials", on=project)
    newest = Credential.all_rows.filter(appid=project.code).order_by("-id").first()
    credential = Credential.objects.create(
        appid=project.code,
        project=project,
        secret=secrets.token_hex(SECRET_BYTES),
        corp_key=newest.corp_key if newest else None,
        allowed_addresses=newest.allowed_addresses if newest else [],
        window_minutes=newest.window_minutes if newest else None,
        created_by=actor.label if actor else "操作员",
    )
    record(actor, "federation.credential_issued", credential)
    return credential


def note_query(call: Call, transport: Mapping[str, str]) -> None:
    """Enter a query, so that it is answered once. Raises Refusal (-1) for a replay."""
    try:
        with transaction.atomic():
            AnsweredQuery.objects.create(
                appid=call.credential.appid,
                timestamp=transport["timestamp"],
                nonce=transport["nonce"],
                is_poll=call.method.name == POLL,
                answered_at=call.now,
            )
    except IntegrityError as error:
        raise bad_request("nonce重复!同一timestamp与nonce的查询已答复,请更换nonce并重新签名") from error


def accept(call: Call, transport: Mapping[str, str]) -> AcceptedRequest:
    """Enter a write in the table and hand it to the worker; from here on it cannot be lost.

    Raises Refusal (-1) for a replay, naming the serial code of the first.
    """
    body = json.dumps(lifted(call.method.fields, call.data, call.context))
    try:
        with transaction.atomic():
            request = _entered(call, transport, body)
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
