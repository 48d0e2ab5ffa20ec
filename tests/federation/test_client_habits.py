"""Requests written as each known client writes them are accepted: one row per habit, one real call each.

The keys in brackets are the clients of the interface's specification (section 0).
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus, urlencode

import pytest
from django.test import Client

from attendance.models import Punch
from attendance.services import settle_step
from federation.handbook.examples import PICTURE
from federation.masked import HIDDEN, masked_body
from federation.models import AcceptedRequest
from federation.open_api import signature
from tests.federation.conftest import HERE, NOW, TODAY
from tests.federation.vectors import VECTORS
from tests.support.vendor import Vendor

pytestmark = pytest.mark.django_db
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def vendor(here: Vendor, monkeypatch) -> Vendor:
    """The vendor of the project, with the platform's clock standing still."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    here.now = NOW
    return here


def tight(data: Any, *, in_order: bool = False) -> str:
    """JSON as most clients write it, without blanks."""
    return json.dumps(data, separators=(",", ":"), ensure_ascii=False, sort_keys=in_order)


def signed(vendor: Vendor, method: str, data: Any, **others: str) -> dict[str, str]:
    text = data if isinstance(data, str) else tight(data)
    return vendor.api.signed(method, text, at=NOW, **others)


def posted(body: str | bytes, kind: str = FORM, path: str = "/open.api", **headers: str) -> dict[str, Any]:
    """The envelope, through HTTP and everything before our view."""
    content = body.encode() if isinstance(body, str) else body
    answer = Client().generic("POST", path, content, content_type=kind, headers=headers or None)
    assert answer.status_code == 200
    return answer.json()


def ordered(form: dict[str, str], names: list[str]) -> str:
    return urlencode({name: form[name] for name in names})


def by_hand(form: dict[str, str], encode: Callable[[str], str] = quote_plus) -> str:
    """A body in which only `data` and `sign` are encoded."""
    return "&".join(f"{name}={encode(form[name]) if name == 'data' else form[name]}" for name in form)


TRANSPORT: dict[str, Callable[[dict[str, str]], dict[str, Any]]] = {
    "parameters in the order of the document [XN, FF, LC]": lambda form: posted(urlencode(form)),
    "parameters sorted by name [HZ-PY, FJ-NODE]": lambda form: posted(ordered(form, sorted(form))),
    "parameters backwards, sign first": lambda form: posted(ordered(form, sorted(form, reverse=True))),
    "charset behind the type [XN, FF, WEDS, LC]": lambda form: posted(
        urlencode(form), f"{FORM}; charset=UTF-8"
    ),
    "charset in small letters and quotes": lambda form: posted(urlencode(form), f'{FORM};charset="utf-8"'),
    "Content-Encoding: UTF-8, which is no compression [XN, FF, LC]": lambda form: posted(
        urlencode(form), **{"Content-Encoding": "UTF-8"}
    ),
    "an empty query behind the address [HZ-PY]": lambda form: posted(urlencode(form), path="/open.api?"),
    "only data percent-encoded [JH]": lambda form: posted(by_hand(form)),
    "blanks as %20 [FJ-NODE]": lambda form: posted(urlencode(form, quote_via=quote)),
    "the signature in capitals": lambda form: posted(urlencode({**form, "sign": form["sign"].upper()})),
    "the secret sent along, unsigned [HZ-PY]": lambda form: posted(
        urlencode({**form, "appsecret": "0123456789abcdef0123456789abcdef"})
    ),
    "no content type at all": lambda form: posted(urlencode(form), ""),
}


@pytest.mark.parametrize("habit", TRANSPORT)
def test_a_habit_of_transport_is_accepted(habit, vendor):
    form = signed(vendor, "Team.Query", {"projectCode": HERE, "pageIndex": 0, "pageSize": 50})
    answer = TRANSPORT[habit](form)
    assert (answer["code"], answer["message"]) == (0, "成功")
    assert [row["teamName"] for row in answer["data"]["rows"]] == ["木工班"]


NONCES = {
    "a UUID without dashes [XN, WEDS]": "6f3b1c7e9a2d4f508b6c1d2e3f4a5b6c",
    "a UUID with dashes [APEX]": "6f3b1c7e-9a2d-4f50-8b6c-1d2e3f4a5b6c",
    "twenty characters [FF]": "a1B2c3D4e5F6g7H8i9J0",
    "one digit [JH, FJ-NODE, HZ-PY]": "7",
    "six digits [HZ-PY]": "482913",
}


@pytest.mark.parametrize("habit", NONCES)
def test_a_habit_of_nonces_is_accepted(habit, vendor):
    form = signed(vendor, "CheckSign.Query", "{}", nonce=NONCES[habit])
    assert posted(urlencode(form))["code"] == 0


TEXTS = {
    "blanks behind separators and \\u escapes [HZ-PY]": lambda data: json.dumps(data, ensure_ascii=True),
    "\\u003d for = [LC, Gson]": lambda data: tight(data).replace("=", "\\u003d"),
    "keys in another order [XN, fastjson]": lambda data: tight(data, in_order=True),
    "many lines": lambda data: json.dumps(data, ensure_ascii=False, indent=4),
}


@pytest.mark.parametrize("habit", TEXTS)
def test_a_habit_of_json_is_signed_as_it_was_sent(habit, vendor):
    data = {"projectCode": HERE, "teamName": "木工班", "remark": "a=b&c=d"}
    answer = posted(urlencode(signed(vendor, "Team.Query", TEXTS[habit](data))))
    assert answer["data"]["totalCount"] == 1


def test_a_version_of_1_1_and_a_method_in_small_letters_are_taken(vendor):
    assert posted(urlencode(signed(vendor, "CheckSign.Query", "{}", version="1.1")))["code"] == 0
    assert posted(urlencode(signed(vendor, "checksign.query", "{}")))["code"] == 0


def test_an_unknown_parameter_is_signed_in_its_place(vendor):
    assert posted(urlencode(signed(vendor, "CheckSign.Query", "{}", iscompany="1")))["code"] == 0


def test_a_signature_of_the_enterprise_is_optional_and_signed_like_the_rest(vendor):
    vendor.credential.corp_key = "corp-key-of-nobody"
    vendor.credential.save()
    form = signed(vendor, "CheckSign.Query", "{}")
    form["corpsign"] = vendor.api.encrypted(f"corp-key-of-nobody{form['timestamp']}")
    form["sign"] = signature.sign(form, vendor.credential.key)
    assert posted(urlencode(form))["code"] == 0
    assert posted(urlencode(signed(vendor, "CheckSign.Query", "{}")))["code"] == 0


PAGES: dict[str, tuple[dict[str, Any], int]] = {
    "from 0 [XN, HZ-CS, most of HZ-PY]": ({"pageIndex": 0, "pageSize": 50}, 1),
    "from 0, as texts [XN]": ({"pageIndex": "0", "pageSize": "50"}, 1),
    "from 1, which is the second page [some FF]": ({"pageIndex": 1, "pageSize": 50}, 0),
    "without paging": ({}, 1),
    "empty texts for numbers [HZ-PY]": ({"pageIndex": "", "teamSysNo": ""}, 1),
    "zero for a team that is not known [WEDS]": ({"teamName": None, "corpCode": ""}, 1),
    "keys in other letter case": ({"PAGEINDEX": 0, "PageSize": 10, "TeamName": "木工班"}, 1),
    "more rows than a page holds": ({"pageSize": 5000}, 1),
}


@pytest.mark.parametrize("habit", PAGES)
def test_a_habit_of_paging_is_answered(habit, vendor):
    asked, rows = PAGES[habit]
    answer = posted(urlencode(signed(vendor, "Team.Query", {"projectCode": HERE, **asked})))["data"]
    assert len(answer["rows"]) == rows
    assert answer["totalCount"] == 1


def _enrolled(vendor: Vendor) -> str:
    """One worker on site; the encrypted number."""
    (one,) = vendor.gate.people(1)
    assert vendor.write("ProjectWorker.Add", vendor.gate.enrolment([one]))[0] == 20
    assert vendor.write("WorkerEntryExit.Add", vendor.gate.entry([one], TODAY))[0] == 20
    return vendor.api.encrypted(one.number)


def wrapped(text: str) -> str:
    """Base64 as old Java encoders break it."""
    return "\r\n".join(text[start : start + 10] for start in range(0, len(text), 10))


ROWS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "as documented": lambda row: row,
    "idCardType 1 [FF]": lambda row: {**row, "idCardType": "1"},
    "idCardType as a number": lambda row: {**row, "idCardType": 1},
    "direction as a number [APEX]": lambda row: {**row, "direction": 1},
    "direction without its zero": lambda row: {**row, "direction": "1"},
    "milliseconds [WEDS]": lambda row: {**row, "date": row["date"] + ".123"},
    "a T between date and time": lambda row: {**row, "date": row["date"].replace(" ", "T")},
    "base64 broken into lines [old Java]": lambda row: {**row, "idCardNumber": wrapped(row["idCardNumber"])},
    "IdCardNumber and idCardtype": lambda row: {
        **{key: value for key, value in row.items() if key not in ("idCardNumber", "idCardType")},
        "IdCardNumber": row["idCardNumber"],
        "idCardtype": row["idCardType"],
    },
    "places of zero [WEDS]": lambda row: {**row, "lng": 0, "lat": 0, "image": ""},
    "places as texts [XN]": lambda row: {**row, "lng": "114.305", "lat": "30.59"},
    "an unknown key": lambda row: {**row, "deviceName": "1号机", "temperature": 36.5},
    "a picture behind data: [XN, FF]": lambda row: {
        **row,
        "image": f"data:image/png;base64,{PICTURE}",
    },
}


@pytest.mark.parametrize("habit", ROWS)
def test_a_habit_of_attendance_rows_counts(habit, vendor):
    number = _enrolled(vendor)
    row = {"idCardType": "01", "idCardNumber": number, "date": "2026-11-22 07:31:08", "direction": "01"}
    data = {"projectCode": HERE, "teamSysNo": str(vendor.gate.team), "dataList": [ROWS[habit](row)]}
    answer = posted(urlencode(signed(vendor, "WorkerAttendance.Add", data)))
    assert answer["code"] == 0
    settle_step(NOW)
    request = AcceptedRequest.all_rows.get(serial=answer["data"]["requestSerialCode"])
    assert (request.state, request.result) == (20, "{}")
    assert Punch.all_rows.get().direction == Punch.Direction.IN


DATES = {
    "a date": "2026-11-20",
    "a date with time [XN]": "2026-11-20 08:00:00",
    "a date with the time of midnight [FF]": "2026-11-20 00:00:00",
}


@pytest.mark.parametrize("habit", DATES)
def test_a_habit_of_dates_is_read(habit, vendor):
    (one,) = vendor.gate.people(1)
    assert vendor.write("ProjectWorker.Add", vendor.gate.enrolment([one]))[0] == 20
    data = vendor.gate.entry([one], TODAY)
    data["workerList"][0]["date"] = DATES[habit]
    assert vendor.write("WorkerEntryExit.Add", data) == (20, "{}")


def test_a_secret_inside_data_is_neither_kept_nor_shown(vendor):
    """[HZ-CS] puts it there as ApiPass, [HZ-PY] beside it as appsecret."""
    secret = vendor.credential.key
    data = {"projectCode": HERE, "ApiPass": secret, "appsecret": secret, "corpName": "x"}
    form = {**signed(vendor, "Team.Add", data), "appsecret": secret}
    answer = posted(urlencode(form))
    kept = AcceptedRequest.all_rows.get(serial=answer["data"]["requestSerialCode"])
    assert secret not in kept.body
    assert "ApiPass" not in kept.body
    shown = masked_body(json.dumps({"workerList": [{"idCardNumber": "x"}]}))
    assert HIDDEN in shown


def test_an_uncoded_plus_is_a_blank_and_the_signature_rightly_fails(vendor):
    data = {"projectCode": HERE, "idCardNumber": "a+b="}
    form = signed(vendor, "ProjectWorker.Query", data)
    assert posted(by_hand(form, encode=lambda text: text.replace("&", "%26")))["code"] == -2


def test_every_verdict_group_of_the_vectors_is_tried():
    """Each list of vectors is asked for by name in a test."""
    tests = "".join(file.read_text(encoding="utf-8") for file in Path(__file__).parent.glob("test_*.py"))
    groups = {name for name, rows in VECTORS.items() if isinstance(rows, list)}
    used = {name for name in groups if f'group("{name}")' in tests or f'["{name}"]' in tests}
    assert len(groups) > 8
    assert groups - used == set()
