"""`POST /open.api` as HTTP: every header habit is taken, every answer is an envelope."""

from io import BytesIO
from urllib.parse import urlencode

import pytest
from django.urls import reverse
from django.utils import timezone

from federation.models import AcceptedRequest
from tests.federation.conftest import HERE

FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def signed(here):
    """The form of a call signed just now."""

    def form(method="CheckSign.Query", data="{}", **others):
        return here.api.signed(method, data, at=timezone.now(), **others)

    return form


def post(client, body, content_type=FORM, path="/open.api", **headers):
    if isinstance(body, dict):
        body = urlencode(body)
    return client.post(path, data=body, content_type=content_type, headers=headers)


def test_the_door_has_the_name_vendors_know():
    assert reverse("open_api") == "/open.api"


@pytest.mark.parametrize("content_type", [FORM, f"{FORM}; charset=UTF-8", "application/json", ""])
@pytest.mark.parametrize("headers", [{}, {"Content-Encoding": "UTF-8"}])
def test_all_header_habits_of_clients_are_taken(client, signed, content_type, headers):
    answer = post(client, signed(), content_type, **headers)
    assert (answer.status_code, answer.json()["code"]) == (200, 0)
    assert answer["Content-Type"] == "application/json; charset=utf-8"


def test_a_path_with_an_empty_query_is_the_same_door(client, signed):
    assert post(client, signed(), path="/open.api?").json()["code"] == 0


def test_a_body_written_by_hand_in_any_order_is_taken(client, signed):
    form = signed("Team.Query", f'{{"projectCode":"{HERE}"}}')
    encoded = {**form, "data": urlencode({"": form["data"]})[1:]}
    body = "&".join(f"{name}={encoded[name]}" for name in sorted(encoded, reverse=True))
    assert post(client, body).json()["code"] == 0


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"a=1&a=2", b"<xml/>", b"appid=%00"])
def test_an_unreadable_body_is_answered_with_an_envelope(client, here, body):
    answer = post(client, body)
    assert (answer.status_code, answer.json()["code"]) == (200, -1)
    assert answer.json()["message"].startswith("请求参数无效:")


def test_another_method_of_http_is_answered_with_what_to_do(client, here):
    answer = client.get("/open.api")
    assert (answer.status_code, answer.json()["code"]) == (200, -1)
    assert "POST" in answer.json()["message"]


def test_no_csrf_token_is_asked_of_a_system(signed):
    from django.test import Client

    assert post(Client(enforce_csrf_checks=True), signed()).json()["code"] == 0


def test_a_body_of_thirty_megabytes_is_refused_with_413_and_nothing_is_kept(client, here):
    answer = post(client, b"data=" + b"x" * (30 * 1024 * 1024))
    assert answer.status_code == 413
    assert answer.json()["code"] == -1
    assert "请求体超过20MB" in answer.json()["message"]
    assert not AcceptedRequest.all_rows.exists()


def test_a_body_sent_in_chunks_is_taken_and_refused_alike(client, signed):
    def in_chunks(body: bytes):
        return client.generic(
            "POST", "/open.api", HTTP_TRANSFER_ENCODING="chunked", **{"wsgi.input": BytesIO(body)}
        )

    assert in_chunks(urlencode(signed()).encode()).json()["code"] == 0
    assert in_chunks(b"x" * (21 * 1024 * 1024)).status_code == 413


def test_the_largest_legal_body_is_taken(client, signed):
    padding = "x" * (19 * 1024 * 1024)
    answer = post(client, signed("Team.Query", f'{{"projectCode":"{HERE}","remark":"{padding}"}}'))
    assert (answer.status_code, answer.json()["code"]) == (200, 0)


def test_a_fault_of_ours_is_an_envelope_too(client, signed, monkeypatch):
    from federation.open_api import view

    def breaks(*_args, **_kwargs):
        raise ZeroDivisionError

    monkeypatch.setattr(view, "answered", breaks)
    answer = post(client, signed())
    assert (answer.status_code, answer.json()["code"]) == (200, 9999)
    assert answer.json()["message"].startswith("Internal Error")


def test_the_database_away_is_503_with_a_time_to_come_back(client, signed, monkeypatch):
    from django.db import OperationalError

    from federation.open_api import view

    def away(*_args, **_kwargs):
        raise OperationalError("server closed the connection")

    monkeypatch.setattr(view, "answered", away)
    answer = post(client, signed())
    assert answer.status_code == 503
    assert int(answer["Retry-After"]) > 0
    assert answer.json()["data"] is None


def test_a_write_through_the_door_is_acknowledged(client, signed):
    answer = post(client, signed("Team.Add", f'{{"projectCode":"{HERE}"}}')).json()
    assert answer["data"]["requestSerialCode"].startswith("team-add-")
