"""What lies between a child and its parent in a soak: a relay that cuts, delays, doubles, reorders.

The child calls the relay instead of its parent. Calls are signed end to end, so a relay can only do what a
bad network does: lose a call, lose its answer, bring it late, twice, or after a later one.
"""

from __future__ import annotations

import http.client
import random
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PATIENCE = 30.0
# Headers that belong to one hop.
_HOP = {"connection", "keep-alive", "transfer-encoding", "host", "content-length", "te", "upgrade"}
WAYS = ("cut", "lose_answers", "delay", "double", "reorder")


@dataclass(frozen=True)
class _Call:
    """A request as it came, to be sent on once, twice or later."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class _Answer:
    status: int
    headers: list[tuple[str, str]]
    body: bytes


@dataclass
class Link:
    """One relay. `way` is what it does to calls just now; "" passes them on."""

    port: int
    target: int
    chance: random.Random
    way: str = ""
    counted: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._held: list[_Call] = []
        self._lock = threading.RLock()
        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), _handler(self))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, name=f"link-{self.port}", daemon=True).start()

    @property
    def url(self) -> str:
        """Where the child finds its parent."""
        return f"http://127.0.0.1:{self.port}"

    def close(self) -> None:
        """Stop relaying."""
        self._server.shutdown()
        self._server.server_close()

    def mend(self) -> None:
        """Pass on as usual, and bring what was held back: late, and after what came later."""
        self.way = ""
        with self._lock:
            held, self._held = self._held, []
        for call in held:
            self._note("brought late")
            self._send(call)

    def answer(self, call: _Call) -> _Answer | None:
        """What the child gets for a call; None where the line breaks."""
        ways: dict[str, Callable[[_Call], _Answer | None]] = {
            "cut": self._cut,
            "lose_answers": self._lose,
            "delay": self._delay,
            "double": self._double,
            "reorder": self._hold,
        }
        return ways.get(self.way, self._send)(call)

    def _cut(self, _call: _Call) -> None:
        self._note("cut")

    def _lose(self, call: _Call) -> None:
        """The parent hears the call; the child never learns that."""
        self._note("answer lost")
        self._send(call)

    def _delay(self, call: _Call) -> _Answer | None:
        self._note("delayed")
        time.sleep(self.chance.uniform(0.2, 2.0))
        return self._send(call)

    def _double(self, call: _Call) -> _Answer | None:
        """The very same call twice; the child gets either answer."""
        self._note("doubled")
        first = self._send(call)
        second = self._send(call)
        return self.chance.choice((first, second))

    def _hold(self, call: _Call) -> None:
        """Keep every second call back until the link is mended; the child takes its line for cut."""
        with self._lock:
            if self.chance.random() < 0.5 and len(self._held) < 20:
                self._held.append(call)
                self._note("held back")
                return
        self._note("cut")

    def _note(self, what: str) -> None:
        with self._lock:
            self.counted[what] = self.counted.get(what, 0) + 1

    def _send(self, call: _Call) -> _Answer | None:
        connection = http.client.HTTPConnection("127.0.0.1", self.target, timeout=PATIENCE)
        try:
            connection.request("POST", call.path, call.body, call.headers)
            found = connection.getresponse()
            kept = [(name, value) for name, value in found.getheaders() if name.lower() not in _HOP]
            return _Answer(found.status, kept, found.read())
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()


def _handler(link: Link) -> type[BaseHTTPRequestHandler]:
    class Relay(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:  # the name is the library's
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            kept = {name: value for name, value in self.headers.items() if name.lower() not in _HOP}
            answer = link.answer(_Call(self.path, kept, body))
            if answer is None:
                self.close_connection = True
                return
            self.send_response_only(answer.status)
            for name, value in answer.headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body)))
            # Who was killed meanwhile hears no answer.
            with suppress(BrokenPipeError, ConnectionResetError):
                self.end_headers()
                self.wfile.write(answer.body)

        def log_message(self, *_words: object) -> None:
            """Say nothing: the soak keeps its own log."""

    return Relay
