"""The relay of the soak does what a bad network does, and nothing else."""

import http.client
import random
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from tools import ports
from tools.soak._link import Link


class _Parent(BaseHTTPRequestHandler):
    heard: list[bytes] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.heard.append(body)
        self.send_response(200)
        self.send_header("X-Node-Signature", self.headers["X-Node-Signature"] + "!")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_words: object) -> None:
        """Say nothing."""


@pytest.fixture
def link() -> Iterator[Link]:
    _Parent.heard = []
    server = HTTPServer(("127.0.0.1", 0), _Parent)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    found = Link(ports.pick("relay under test"), server.server_port, random.Random(1))
    yield found
    found.close()
    server.shutdown()
    server.server_close()


def _call(link: Link, body: bytes) -> tuple[bytes, str] | None:
    connection = http.client.HTTPConnection("127.0.0.1", link.port, timeout=5)
    try:
        connection.request("POST", "/federation/v1/envelopes", body, {"X-Node-Signature": "signed"})
        answer = connection.getresponse()
        return answer.read(), answer.headers["X-Node-Signature"]
    except http.client.RemoteDisconnected:
        return None
    finally:
        connection.close()


def test_a_call_and_its_answer_pass_unchanged(link: Link) -> None:
    assert _call(link, b"one") == (b"one", "signed!")


@pytest.mark.parametrize(
    ("way", "heard", "answered"),
    [("cut", 0, False), ("lose_answers", 1, False), ("double", 2, True)],
)
def test_a_cut_link_loses_calls_or_answers_and_a_doubling_one_brings_them_twice(
    link: Link, way: str, heard: int, answered: bool
) -> None:
    link.way = way
    assert (_call(link, b"one") is not None) is answered
    assert _Parent.heard == [b"one"] * heard
    link.mend()
    assert _call(link, b"two") is not None


def test_what_is_held_back_comes_after_what_came_later(link: Link) -> None:
    link.way = "reorder"
    for number in range(8):
        assert _call(link, f"held {number}".encode()) is None
    assert _Parent.heard == []
    link.way = ""
    _call(link, b"later")
    link.mend()
    assert _Parent.heard[0] == b"later"
    assert len(_Parent.heard) > 1
