"""What the server's event loop hands to Django's threads arrives there as any web server would send it."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIHandler

from config.bridge import Bridge
from tests.support.asgi import Reply, ask


def asked(wsgi: Any, *args: Any, **kwargs: Any) -> Reply:
    async def whole() -> Reply:
        bridge = Bridge(wsgi, threads=2)
        try:
            return await ask(bridge, *args, **kwargs)
        finally:
            await asyncio.get_running_loop().run_in_executor(None, bridge.close)

    return asyncio.run(whole())


def echo(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """Answers with what it was sent."""
    sent = environ["wsgi.input"].read()
    start_response("200 OK", [("Content-Type", "text/plain"), ("X-Read", str(len(sent)))])
    return [
        f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}?{environ['QUERY_STRING']}".encode(),
        sent[:9],
    ]


@pytest.mark.parametrize("size", [0, 9, 300 * 1024, 5 * 1024 * 1024])
@pytest.mark.parametrize("headers", [{}, {"Transfer-Encoding": "chunked"}])
def test_a_body_of_any_size_arrives_whole(size, headers):
    reply = asked(echo, "/a/?b=1", b"x" * size, headers=headers)
    assert (reply.status, reply.headers["x-read"]) == (200, str(size))
    assert reply.body == b"POST /a/?b=1" + b"x" * min(size, 9)


def test_an_answer_in_pieces_is_streamed_and_closed_in_its_thread():
    closed = []

    class Pieces:
        def __iter__(self) -> Iterator[bytes]:
            yield from (b"one", b"two", b"three")

        def close(self) -> None:
            closed.append(True)

    def pieces(_environ: dict[str, Any], start_response: Any) -> Pieces:
        start_response("200 OK", [])
        return Pieces()

    reply = asked(pieces, "/", method="GET")
    assert (reply.body, reply.pieces, closed) == (b"onetwothree", 3, [True])


def test_a_head_has_no_body_and_a_header_cannot_pose_as_anothers():
    seen = {}

    def look(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        seen.update(environ)
        start_response("200 OK", [("Content-Length", "4")])
        return [b"body"]

    headers = {"X_Forwarded_For": "1.2.3.4", "X-Forwarded-For": "5.6.7.8", "Cookie": "a=1"}
    reply = asked(look, "/武昌/", method="HEAD", headers=headers)
    assert (reply.body, reply.headers["content-length"]) == (b"", "4")
    assert (seen["HTTP_X_FORWARDED_FOR"], seen["HTTP_COOKIE"]) == ("5.6.7.8", "a=1")
    assert (seen["REMOTE_ADDR"], seen["PATH_INFO"].encode("latin1").decode()) == ("203.0.113.7", "/武昌/")


def test_requests_beyond_what_may_wait_are_told_when_to_come_back():
    async def whole() -> list[Reply]:
        bridge = Bridge(echo, threads=1, waiting=1)
        try:
            return await asyncio.gather(*[ask(bridge, "/", b"x") for _time in range(6)])
        finally:
            await asyncio.get_running_loop().run_in_executor(None, bridge.close)

    replies = asyncio.run(whole())
    assert sorted({reply.status for reply in replies}) == [200, 503]
    assert all(reply.headers["retry-after"] for reply in replies if reply.status == 503)


@pytest.mark.django_db(transaction=True)
def test_django_answers_behind_it_and_refuses_thirty_megabytes_with_413():
    reply = asked(WSGIHandler(), "/open.api", b"data=" + b"x" * (30 * 1024 * 1024))
    assert (reply.status, "请求体超过20MB".encode() in reply.body) == (413, True)
