"""`POST /api/v1/punches/`: what is accepted, what is turned away and in which words, and the receipts."""

import gzip
import json
import re
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from attendance.batches import instant, unpacked
from attendance.models import Device, Inbox, Punch, PunchReceipt
from attendance.services import settle_step
from federation.ingest.signing import sign
from federation.models import Credential, RefusedCall
from federation.sandboxes import GATE
from federation.services import issue_credential, open_sandbox
from standards.models import RuleParameter
from standards.selectors import forget
from tests.federation.conftest import HERE
from tests.support import people
from tests.support.punch_client import PATH, Signer, body_of
from tests.support.traces import fingerprint

DEVICE = "南门进口"
NUMBER = people.id_number(7)


@pytest.fixture
def gate(here) -> Device:
    return Device.objects.create(project=here.project, channel=DEVICE)


@pytest.fixture
def signer(here, gate) -> Signer:
    return Signer(HERE, here.credential.key)


def punch(**changed: Any) -> dict[str, Any]:
    at = datetime.now(UTC).replace(microsecond=0).isoformat()
    given = {"seq": 1, "at": at, "direction": "in", "id_number": NUMBER, **changed}
    return {name: value for name, value in given.items() if value is not ...}


def send(signer: Signer, body: bytes, **headers: str) -> Any:
    return Client().post(
        PATH, data=body, content_type="application/json", headers={**signer.headers(body), **headers}
    )


def look_up(signer: Signer, receipt: str) -> Any:
    path = f"/api/v1/punch-receipts/{receipt}/"
    return Client().get(path, headers=signer.headers(method="GET", path=path))


def set_parameter(key: str, value: object) -> None:
    RuleParameter.objects.filter(key=key).update(value=value)
    forget()


def test_the_documents_own_example_signs_as_the_platform_does():
    text = (Path(settings.BASE_DIR) / "docs" / "punch-interface.md").read_text(encoding="utf-8")
    example = re.search(r"```python\n(.*?)```", text, re.DOTALL)
    assert example is not None
    names: dict[str, Any] = {}
    exec(example.group(1), names)
    vector = json.loads(re.search(r"```json vector\n(.*?)```", text, re.DOTALL).group(1))  # type: ignore[union-attr]
    given = (vector["secret"], "POST", PATH, vector["timestamp"], vector["nonce"], vector["body"].encode())
    assert names["sign"](*given) == vector["signature"] == sign(*given)


def test_a_call_is_answered_with_a_receipt_once_it_lies_sealed_in_the_inbox(signer, gate):
    at = datetime.now(UTC).replace(microsecond=0)
    answer = send(
        signer, body_of(DEVICE, punch(at=at.isoformat(), unknown="x"), punch(seq="a-2", direction=None))
    )
    assert (answer.status_code, answer.headers["Content-Type"]) == (202, "application/json")
    said = answer.json()
    assert (said["accepted"], said["rejected"]) == (2, [])
    receipt = PunchReceipt.all_rows.get()
    assert (str(receipt.public_id), receipt.source, receipt.settled_at) == (
        said["receipt"],
        str(gate.public_id),
        None,
    )
    inbox = Inbox.objects.get()
    assert NUMBER.encode() not in bytes(inbox.content)
    (batch,) = unpacked(bytes(inbox.content))
    assert (batch.project, batch.origin, batch.receipt) == (
        gate.project_id,
        Punch.Origin.GATE,
        receipt.public_id.bytes,
    )
    assert [(row.token, row.direction, row.number, row.channel, row.mark) for row in batch.rows] == [
        ("1", "in", NUMBER, DEVICE, 0),
        ("a-2", "", NUMBER, DEVICE, 1),
    ]
    assert instant(batch.rows[0].at) == at


def test_a_compressed_body_is_signed_as_it_is_sent(signer):
    body = gzip.compress(body_of(DEVICE, punch()))
    assert send(signer, body, **{"Content-Encoding": "gzip"}).json()["accepted"] == 1


WRONG_ROWS: list[tuple[dict[str, Any], str]] = [
    ({"at": "2026-11-26T07:30:00"}, "at 应为带时区的时间"),
    ({"at": 1_795_651_200}, "at 应为带时区的时间"),
    ({"at": ...}, "at 应为带时区的时间"),
    ({"at": "1900-01-01T00:00:00+08:00"}, "at 早于"),
    ({"at": "2199-01-01T00:00:00+08:00"}, "at 晚于平台当前时间"),
    ({"direction": "01"}, "direction 只能是"),
    ({"direction": 1}, "direction 只能是"),
    ({"id_number": ...}, "须提供其中一个"),
    ({"engagement": str(uuid4())}, "须提供其中一个"),
    ({"id_number": "4201060000"}, "id_number 应为 18 位"),
    ({"id_number": 42}, "id_number 应为 18 位"),
    ({"id_number": "１" * 18}, "id_number 应为 18 位"),
    ({"id_number": ..., "engagement": "7"}, "engagement 应为用工记录的 public_id"),
    ({"seq": -1}, "seq 是设备自己的流水号"),
    ({"seq": 1.5}, "seq 是设备自己的流水号"),
    ({"seq": True}, "seq 是设备自己的流水号"),
    ({"seq": ""}, "seq 是设备自己的流水号"),
    ({"seq": "x" * 65}, "seq 是设备自己的流水号"),
    ({"seq": "a\0b"}, "seq 是设备自己的流水号"),
    ({"seq": 2**63}, "seq 是设备自己的流水号"),
]


def test_each_row_of_wrong_shape_is_named_and_the_others_are_kept(signer):
    rows = [punch(**changed) for changed, _sentence in WRONG_ROWS]
    answer = send(signer, body_of(DEVICE, *rows, punch(seq=99))).json()
    assert answer["accepted"] == 1
    assert [row["index"] for row in answer["rejected"]] == list(range(len(rows)))
    for row, (_changed, sentence) in zip(answer["rejected"], WRONG_ROWS, strict=True):
        assert sentence in row["sentence"]
    assert NUMBER not in json.dumps(answer)
    (batch,) = unpacked(bytes(Inbox.objects.get().content))
    assert [(row.token, row.mark) for row in batch.rows] == [("99", len(rows))]


def test_a_row_that_is_no_object_is_named_too(signer):
    body = body_of(DEVICE, punch()).replace(b'"punches": [', b'"punches": [7, ')
    answer = send(signer, body).json()
    assert answer["accepted"] == 1
    assert answer["rejected"] == [{"index": 0, "seq": None, "sentence": "每条打卡应为一个 JSON 对象。"}]


def test_a_call_without_one_good_row_has_a_receipt_that_is_settled_as_it_comes(signer):
    answer = send(signer, body_of(DEVICE, punch(direction="x"))).json()
    assert (answer["accepted"], Inbox.objects.exists()) == (0, False)
    told = look_up(signer, answer["receipt"]).json()
    assert (told["state"], told["added"], len(told["rejected"])) == ("settled", 0, 1)


BOMB = gzip.compress(b" " * (8 * 1024 * 1024))
WHOLE: list[tuple[bytes, dict[str, str], int, str]] = [
    (b"", {}, 400, "bad_json"),
    (b"{", {}, 400, "bad_json"),
    (b"\xff\xfe", {}, 400, "bad_json"),
    (b"[" * 100_000, {}, 400, "bad_json"),
    (b"[]", {}, 422, "bad_body"),
    (b"{}", {}, 422, "bad_device"),
    (b'{"device": 7, "punches": []}', {}, 422, "bad_device"),
    (b'{"device": "x"}', {}, 422, "bad_punches"),
    (b'{"device": "x", "punches": {}}', {}, 422, "bad_punches"),
    (body_of(DEVICE), {}, 422, "no_punches"),
    (body_of("北门", punch()), {}, 422, "unknown_device"),
    (b" " * (1025 * 1024), {}, 413, "too_large"),
    (BOMB, {"Content-Encoding": "gzip"}, 413, "too_large"),
    (b"no gzip", {"Content-Encoding": "gzip"}, 400, "bad_gzip"),
    (BOMB[:100], {"Content-Encoding": "gzip"}, 400, "bad_gzip"),
    (body_of(DEVICE, punch()), {"Content-Encoding": "br"}, 415, "bad_encoding"),
]


def test_a_fault_of_the_whole_is_a_problem_and_leaves_nothing(signer):
    before = fingerprint()
    for body, headers, status, code in WHOLE:
        answer = send(signer, body, **headers)
        assert (answer.status_code, answer.json()["code"]) == (status, code), body[:40]
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert re.search(r"[\u4e00-\u9fff]", answer.json()["detail"])
    assert fingerprint() == before


SIGNING: list[tuple[dict[str, str], int, str]] = [
    ({"X-Key": ""}, 401, "not_signed"),
    ({"X-Key": "nobody"}, 401, "unknown_key"),
    ({"X-Timestamp": "2026-11-26"}, 401, "bad_timestamp"),
    ({"X-Timestamp": "1"}, 401, "bad_signature"),
    ({"X-Nonce": "有"}, 401, "bad_nonce"),
    ({"X-Nonce": "n" * 65}, 401, "bad_nonce"),
    ({"X-Signature": "abc"}, 401, "bad_signature"),
    ({"X-Signature": "0" * 64}, 401, "bad_signature"),
]


def test_a_call_that_is_not_signed_rightly_is_turned_away_and_leaves_nothing(signer):
    before = fingerprint()
    for changed, status, code in SIGNING:
        signer.changed = changed
        answer = send(signer, body_of(DEVICE, punch()))
        assert (answer.status_code, answer.json()["code"]) == (status, code), changed
    assert fingerprint() == before


def test_a_wrong_clock_is_told_the_right_time(signer):
    signer.clock = -700
    answer = send(signer, body_of(DEVICE, punch())).json()
    assert answer["code"] == "bad_timestamp"
    told = int(re.search(r"\d{10}", answer["detail"]).group())  # type: ignore[union-attr]
    assert abs(told - time.time()) < 10


def test_an_address_outside_the_list_is_refused_and_the_reason_can_be_found(signer, here):
    here.credential.allowed_addresses = ["203.0.113.0/24"]
    here.credential.save()
    assert send(signer, body_of(DEVICE, punch())).json()["code"] == "bad_address"
    noted = RefusedCall.all_rows.get()
    assert (noted.method, noted.code, noted.address) == ("POST /api/v1/punches/", 403, "127.0.0.1")


def test_the_same_call_again_gets_its_first_receipt_and_other_bytes_are_refused(signer):
    body = body_of(DEVICE, punch(), punch(direction="x"))
    signer.changed = signer.headers(body)
    first, again = send(signer, body), send(signer, body)
    assert (again.status_code, again.content) == (202, first.content)
    other = body_of(DEVICE, punch(seq=2))
    signer.changed = {
        name: value for name, value in signer.changed.items() if name in ("X-Timestamp", "X-Nonce")
    }
    signer.changed["X-Signature"] = sign(
        signer.secret, "POST", PATH, int(signer.changed["X-Timestamp"]), signer.changed["X-Nonce"], other
    )
    assert (send(signer, other).status_code, PunchReceipt.all_rows.count()) == (409, 1)
    assert Inbox.objects.count() == 1


def test_more_rows_than_a_call_may_have_are_refused(signer):
    set_parameter("punches.rows_per_call", 2)
    answer = send(signer, body_of(DEVICE, *[punch(seq=n) for n in range(3)]))
    assert (answer.status_code, "每次最多 2 条，本次 3 条" in answer.json()["detail"]) == (422, True)
    assert send(signer, body_of(DEVICE, *[punch(seq=n) for n in range(2)])).status_code == 202


def test_calls_above_the_rate_are_told_when_to_come_back(signer):
    set_parameter("punches.calls_per_minute", 0)
    answer = send(signer, body_of(DEVICE, punch()))
    assert (answer.status_code, int(answer.headers["Retry-After"]) > 0) == (429, True)


def test_a_replaced_and_a_revoked_secret_sign_no_more(signer, here):
    body = body_of(DEVICE, punch())
    for _time in range(2):
        issue_credential(actor=None, project_code=HERE)
    assert send(signer, body).json()["code"] == "bad_signature"
    newest = Credential.all_rows.latest("id")
    fresh = Signer(HERE, newest.key)
    assert send(fresh, body).status_code == 202
    Credential.all_rows.update(revoked_at=timezone.now())
    assert send(fresh, body).json()["code"] == "unknown_key"


def test_another_projects_device_is_not_found_and_an_enterprises_key_reaches_its_own(
    signer, gate, here, elsewhere
):
    foreign = Device.objects.create(project=elsewhere.project, channel=DEVICE)
    assert send(signer, body_of(str(foreign.public_id), punch())).json()["code"] == "unknown_device"
    key = Credential.objects.create(
        appid="firm", enterprise=here.project.contractor, secret="0123456789abcdef0123456789abcdef"
    )
    firm = Signer("firm", key.key)
    assert send(firm, body_of(str(gate.public_id).upper(), punch())).status_code == 202
    assert send(firm, body_of(str(foreign.public_id), punch())).json()["code"] == "unknown_device"
    assert send(firm, body_of(DEVICE, punch())).json()["code"] == "unknown_device"


def test_a_receipt_tells_what_became_of_the_call_to_its_own_key_and_to_no_other(signer, elsewhere):
    answer = send(signer, body_of(DEVICE, punch(seq=7), punch(seq=7, direction="out"))).json()
    assert look_up(signer, answer["receipt"]).json()["state"] == "pending"
    assert settle_step(timezone.now()) == 1
    told = look_up(signer, answer["receipt"]).json()
    assert (told["state"], told["added"] + told["repeated"]) == ("settled", 2)
    assert {row["index"] for row in told["unmatched"]} == {0, 1}
    assert "该人员未在本项目登记" in told["unmatched"][0]["sentence"]
    other = Signer(elsewhere.credential.appid, elsewhere.credential.key)
    assert look_up(other, answer["receipt"]).status_code == 404
    assert look_up(Signer(HERE, "wrong"), answer["receipt"]).status_code == 401
    unsigned = Client().get(f"/api/v1/punch-receipts/{answer['receipt']}/")
    assert unsigned.status_code == 401
    assert "X-Signature" in unsigned.json()["detail"] and "Bearer" in unsigned.json()["detail"]


def test_a_signed_read_reads_once(signer):
    answer = send(signer, body_of(DEVICE, punch())).json()
    path = f"/api/v1/punch-receipts/{answer['receipt']}/"
    headers = signer.headers(method="GET", path=path)
    assert [Client().get(path, headers=headers).status_code for _time in range(2)] == [200, 409]


def test_a_sandbox_takes_the_punches_of_invented_people_alone(db):
    sandbox, secret = open_sandbox(vendor="测试厂商", address="203.0.113.9", now=timezone.now())
    held_by_somebody = "42010619900307" + "0000"
    rows = [punch(seq=1), punch(seq=2, id_number=held_by_somebody)]
    answer = send(Signer(sandbox.appid, secret), body_of(GATE, *rows)).json()
    assert (answer["accepted"], [row["index"] for row in answer["rejected"]]) == (1, [1])
    assert "只收虚构人员" in answer["rejected"][0]["sentence"]


def test_punches_sent_twice_under_new_nonces_are_counted_once(signer):
    body = body_of(DEVICE, punch(at=(timezone.now() - timedelta(minutes=5)).isoformat()))
    receipts = [send(signer, body).json()["receipt"] for _time in range(2)]
    settle_step(timezone.now())
    assert [look_up(signer, receipt).json()["added"] for receipt in receipts] == [1, 0]
    assert Punch.all_rows.count() == 1
