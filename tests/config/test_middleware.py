"""Whose address calls; what a caller is told while the database is away."""

import pytest
from django.db import OperationalError
from django.http import HttpResponse
from django.test import RequestFactory, override_settings

from config.middleware import ClientAddressMiddleware, DatabaseAwayMiddleware


def address_seen(remote: str, forwarded: str) -> str:
    request = RequestFactory().get("/", REMOTE_ADDR=remote, HTTP_X_FORWARDED_FOR=forwarded)
    ClientAddressMiddleware(lambda _request: HttpResponse())(request)
    return request.META["REMOTE_ADDR"]


@override_settings(TRUSTED_PROXIES=["10.0.0.0/8"])
def test_a_trusted_proxy_passes_the_callers_address_on():
    assert address_seen("10.1.2.3", "203.0.113.9, 198.51.100.7") == "198.51.100.7"


@override_settings(TRUSTED_PROXIES=["10.0.0.0/8"])
def test_a_forwarded_address_from_anybody_else_is_ignored():
    assert address_seen("192.0.2.1", "203.0.113.9") == "192.0.2.1"


@override_settings(TRUSTED_PROXIES=[])
def test_without_trusted_proxies_the_header_means_nothing():
    assert address_seen("10.1.2.3", "203.0.113.9") == "10.1.2.3"


@pytest.mark.parametrize(
    ("path", "words"),
    [("/", "平台暂时连接不上数据库"), ("/api/v1/projects/", "database_away"), ("/open.api", "没有写入")],
)
def test_the_database_away_is_said_in_words_with_a_time_to_come_back(path, words):
    def broken(_request):
        raise OperationalError("server closed the connection")

    answer = DatabaseAwayMiddleware(broken)(RequestFactory().get(path))
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert words in answer.content.decode()


def test_a_body_that_is_too_large_is_refused_in_words(client, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    answer = client.post("/api/v1/tokens/", data="x" * 200, content_type="application/json")
    assert answer.status_code == 413
    assert "超过" in answer.content.decode()


@pytest.mark.django_db
def test_what_a_program_did_wrong_is_said_with_the_remedy(client):
    broken = client.post("/api/v1/tokens/", data="{", content_type="application/json")
    assert (broken.status_code, "不是有效的 JSON" in broken.json()["detail"]) == (400, True)
    nobody = client.get("/api/v1/projects/")
    assert (nobody.status_code, "/api/v1/tokens/" in nobody.json()["detail"]) == (401, True)
