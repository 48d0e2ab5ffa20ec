"""The doors in the event loop, as the server runs them: with a writer and a connection of its own."""

import asyncio
import base64
import io
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import psycopg2
import pytest
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.utils import timezone
from PIL import Image

from attendance.batches import unpacked
from attendance.models import Device, Inbox, PunchReceipt
from attendance.services import settle_step
from config.bridge import Bridge
from config.middleware import CallerAddress
from federation.ingest import connection as writers
from federation.ingest.doors import Doors
from federation.ingest.writer import Writer
from federation.models import AcceptedRequest, Credential
from federation.services import issue_credential
from tests.federation.conftest import HERE
from tests.support import people
from tests.support.asgi import Reply, ask
from tests.support.punch_client import PATH, Signer, body_of
from tests.support.vendor import Vendor

pytestmark = pytest.mark.django_db(transaction=True)
DEVICE, NUMBER = "南门进口", people.id_number(7)
Use = Callable[[Doors], Awaitable[Any]]


@pytest.fixture
def signer(here) -> Signer:
    Device.objects.create(project=here.project, channel=DEVICE)
    return Signer(HERE, here.credential.key)


def run(use: Use, *, connect: Callable[[], Any] = writers.connect, depth: int = 10_000) -> Any:
    """Open the doors, let `use` call at them, close them in order."""

    async def whole() -> Any:
        bridge = Bridge(get_wsgi_application(), threads=2)
        doors = Doors(bridge, Writer(connect, depth), CallerAddress())
        try:
            return await use(doors)
        finally:
            await doors.stop()
            await asyncio.get_running_loop().run_in_executor(None, bridge.close)

    return asyncio.run(whole())


def body(*seqs: int) -> bytes:
    at = datetime.now(UTC).isoformat()
    return body_of(DEVICE, *[{"seq": n, "at": at, "direction": "in", "id_number": NUMBER} for n in seqs])


async def send(doors: Doors, signer: Signer, sent: bytes) -> Reply:
    return await ask(doors, PATH, sent, headers=signer.headers(sent))


def said(reply: Reply) -> Any:
    return json.loads(reply.body)


def test_calls_that_come_together_are_written_together_and_each_gets_its_own_receipt(signer):
    async def use(doors: Doors) -> list[Reply]:
        await send(doors, signer, body(0))
        return await asyncio.gather(*[send(doors, signer, body(n, n + 100)) for n in range(1, 41)])

    replies = run(use)
    assert {reply.status for reply in replies} == {202}
    assert len({said(reply)["receipt"] for reply in replies}) == 40
    assert PunchReceipt.all_rows.count() == 41
    batches = [batch for row in Inbox.objects.all() for batch in unpacked(bytes(row.content))]
    assert sum(len(batch.rows) for batch in batches) == 81
    assert Inbox.objects.count() < 41
    settle_step(timezone.now())
    assert not PunchReceipt.all_rows.filter(settled_at=None).exists()


def test_the_same_call_from_two_connections_at_once_is_accepted_once(signer):
    sent = body(1)
    signer.changed = signer.headers(sent)

    async def use(doors: Doors) -> list[Reply]:
        return await asyncio.gather(*[send(doors, signer, sent) for _time in range(8)])

    replies = run(use)
    assert {reply.status for reply in replies} == {202}
    assert len({reply.body for reply in replies}) == 1
    assert (PunchReceipt.all_rows.count(), Inbox.objects.count()) == (1, 1)


def test_a_full_queue_turns_callers_away_at_once_and_keeps_what_it_holds(signer):
    async def use(doors: Doors) -> list[Reply]:
        await send(doors, signer, body(0))
        return await asyncio.gather(*[send(doors, signer, body(n)) for n in range(1, 31)])

    replies = run(use, depth=30)
    full = [reply for reply in replies if reply.status == 503]
    assert full
    assert {said(reply)["code"] for reply in full} == {"queue_full"}
    assert all(int(reply.headers["retry-after"]) > 0 for reply in full)
    accepted = sum(reply.status == 202 for reply in replies)
    assert PunchReceipt.all_rows.count() == accepted + 1


def test_without_a_database_nothing_is_acknowledged_and_it_heals_by_itself(signer):
    is_away = True

    def connect() -> Any:
        if is_away:  # a port at which nobody listens: the driver's own words
            return psycopg2.connect(host="127.0.0.1", port=1, dbname="x", connect_timeout=1)
        return writers.connect()

    async def use(doors: Doors) -> tuple[list[Reply], Reply]:
        nonlocal is_away
        sent = body(1)
        signer.changed = signer.headers(sent)
        away = [await send(doors, signer, sent) for _time in range(2)]
        is_away = False
        await asyncio.sleep(0.5)
        return away, await send(doors, signer, sent)

    away, healed = run(use, connect=connect)
    assert [(reply.status, said(reply)["code"]) for reply in away] == [(503, "database_away")] * 2
    assert int(away[0].headers["retry-after"]) > 0
    assert (healed.status, PunchReceipt.all_rows.count()) == (202, 1)


def test_a_connection_that_the_server_ended_is_opened_again_without_a_word(signer):
    def end_writers() -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = 'ingest' AND datname = current_database()"
            )
        connection.close()

    async def use(doors: Doors) -> list[Reply]:
        first = await send(doors, signer, body(1))
        await asyncio.get_running_loop().run_in_executor(None, end_writers)
        return [first, await send(doors, signer, body(2))]

    assert [reply.status for reply in run(use)] == [202, 202]
    assert PunchReceipt.all_rows.count() == 2


def test_a_revoked_secret_writes_nothing_however_well_it_is_remembered(signer, here):
    def revoke() -> None:
        Credential.all_rows.filter(pk=here.credential.pk).update(revoked_at=timezone.now())
        connection.close()

    async def use(doors: Doors) -> list[Reply]:
        first = await send(doors, signer, body(1))
        await asyncio.get_running_loop().run_in_executor(None, revoke)
        return [first, await send(doors, signer, body(2))]

    first, second = run(use)
    assert (first.status, second.status, said(second)["code"]) == (202, 401, "unknown_key")
    assert PunchReceipt.all_rows.count() == 1


def test_a_new_secret_signs_at_once(signer, here):
    def issue() -> Signer:
        fresh = issue_credential(actor=None, project_code=HERE)
        connection.close()
        return Signer(HERE, fresh.key)

    async def use(doors: Doors) -> list[int]:
        statuses = [(await send(doors, signer, body(1))).status]
        fresh = await asyncio.get_running_loop().run_in_executor(None, issue)
        await asyncio.sleep(1.0)  # a wrong signature has the memory read again once a second at most
        statuses.append((await send(doors, fresh, body(2))).status)
        return [*statuses, (await send(doors, signer, body(3))).status]

    assert run(use) == [202, 202, 202]


def test_what_waits_when_the_server_stops_is_written_and_answered(signer):
    async def use(doors: Doors) -> list[Reply]:
        await send(doors, signer, body(0))
        calls = [asyncio.ensure_future(send(doors, signer, body(n))) for n in range(1, 21)]
        await asyncio.sleep(0.01)
        await doors.stop()
        return await asyncio.gather(*calls)

    replies = run(use)
    accepted = [reply for reply in replies if reply.status == 202]
    assert {reply.status for reply in replies} <= {202, 503}
    assert PunchReceipt.all_rows.count() == len(accepted) + 1


def test_a_body_beyond_the_limit_is_read_away_and_refused(signer):
    sent = b" " * (1025 * 1024)
    reply = run(lambda doors: send(doors, signer, sent))
    assert (reply.status, said(reply)["code"]) == (413, "too_large")


# --- WorkerAttendance.Add -----------------------------------------------------------------------------------


def attendance(vendor: Vendor, **row: Any) -> dict[str, str]:
    given = {
        "idCardType": "01",
        "idCardNumber": vendor.api.encrypted(NUMBER),
        "date": timezone.localtime().strftime("%Y-%m-%d %H:%M:%S"),
        "direction": "01",
        "channel": "南门 & 进口=1",
        **row,
    }
    data = {"projectCode": HERE, "teamSysNo": 1500000777, "dataList": [given]}
    return vendor.api.signed("WorkerAttendance.Add", data, at=timezone.now())


async def post(doors: Doors, form: dict[str, str]) -> Any:
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Content-Encoding": "UTF-8"}
    return said(await ask(doors, "/open.api", urlencode(form).encode(), headers=headers))


def _picture() -> str:
    held = io.BytesIO()
    Image.new("RGB", (8, 8)).save(held, "JPEG")
    return base64.b64encode(held.getvalue()).decode()


FORMS: list[tuple[str, dict[str, Any]]] = [
    ("usual", {}),
    ("with an empty picture", {"image": ""}),
    ("with a picture", {"image": _picture()}),
    ("of another spelling", {"Direction": "02", "direction": None}),
    ("with a field we do not know", {"remark": "x"}),
]


def test_every_call_is_accepted_by_the_fast_door_or_by_the_slow_one_and_ends_alike(here):
    forms = [attendance(here, **row) for _name, row in FORMS]

    async def use(doors: Doors) -> list[Any]:
        return [await post(doors, form) for form in forms]

    replies = run(use)
    assert [reply["code"] for reply in replies] == [0] * len(FORMS), replies
    stored = [json.loads(request.body) for request in AcceptedRequest.all_rows.order_by("id")]
    assert [row["dataList"][0].get("channel") for row in stored] == ["南门 & 进口=1"] * len(FORMS)
    settle_step(timezone.now())
    results = {request.result for request in AcceptedRequest.all_rows.all()}
    assert len(results) == 1
    assert results.pop().startswith("[dataList][0][idCardNumber]该人员未在本项目登记")


def test_what_the_fast_door_will_not_take_is_refused_in_the_slow_doors_words(here):
    good = attendance(here)

    async def use(doors: Doors) -> list[Any]:
        first = await post(doors, good)
        replay = await post(doors, good)
        forged = await post(doors, {**good, "nonce": "other"})
        stranger = await post(doors, {**good, "appid": "nobody"})
        query = await post(doors, here.api.signed("CheckSign.Query", "{}", at=timezone.now()))
        return [first, replay, forged, stranger, query]

    first, replay, forged, stranger, query = run(use)
    assert [reply["code"] for reply in (first, replay, forged, stranger, query)] == [0, -1, -2, -1, 0]
    assert first["data"]["requestSerialCode"] in replay["message"]
    assert first["data"]["requestSerialCode"].startswith("workerattendance-add-")
    assert forged["message"].startswith("签名校验错误!")
    assert AcceptedRequest.all_rows.count() == 1


def test_punches_wait_for_an_earlier_write_of_their_appid_and_lanes_do_not_wait_for_punches(here):
    answer = here.send("Team.Add", {"projectCode": HERE})
    assert answer["code"] == 0
    assert here.send("WorkerAttendance.Add", {"projectCode": HERE})["code"] == 0
    assert settle_step(here.now) == 0
    AcceptedRequest.all_rows.filter(method="Team.Add").update(
        state=AcceptedRequest.State.FAILED, finished_at=here.now
    )
    assert settle_step(here.now) == 1
    request = AcceptedRequest.all_rows.get(method="WorkerAttendance.Add")
    assert (request.state, "[teamSysNo]不能为空!" in request.result) == (AcceptedRequest.State.FAILED, True)
