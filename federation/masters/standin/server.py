"""The stand-in over HTTP: pages and counts as docs/four-databases.md says, and faults when it is told to."""

import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from federation.masters.standin.store import OBJECTS, Store, Unknown

# What it can be told to do wrong, for the next so many pages of an object.
FAULTS = {
    "slow": "answers after `seconds`",
    "error": "answers 500",
    "cut": "ends the connection in the middle of an answer",
    "garbled": "answers something that is no JSON",
    "repeat": "gives the page before once more",
    "missing": "leaves a page out and says so by what it follows",
    "shuffle": "gives the records of a page in another order",
    "hole": "leaves one record out and says nothing",
}
LONGEST_PAGE = 5000


@dataclass(slots=True)
class Fault:
    """One fault and for how many more pages it holds."""

    name: str
    times: int
    seconds: float = 1.0


class Source:
    """The store with what it does wrong at the moment."""

    def __init__(self, store: Store, token: str = "", refill: Callable[[], None] = lambda: None) -> None:
        self.store, self.token, self._refill = store, token, refill
        self._faults: dict[str, Fault] = {}
        self._lock = threading.Lock()

    def set_fault(self, kind: str, name: str, times: int, seconds: float) -> None:
        """From now on the next `times` pages of an object are wrong. Raises Unknown."""
        if name not in FAULTS or kind not in OBJECTS:
            raise Unknown(name)
        with self._lock:
            self._faults[kind] = Fault(name, times, seconds)

    def clear(self) -> None:
        """Be good again."""
        with self._lock:
            self._faults.clear()

    def reset(self) -> None:
        """Be as on the first day: a log that begins anew, as after a restore from a backup."""
        self.clear()
        self.store.empty()
        self._refill()

    def fault_of(self, kind: str) -> Fault | None:
        """The fault of this page, used up by asking."""
        with self._lock:
            fault = self._faults.get(kind)
            if fault is None or fault.times <= 0:
                return None
            fault.times -= 1
            return Fault(fault.name, fault.times, fault.seconds)

    def page(self, kind: str, after: int, limit: int, fault: str = "") -> dict[str, Any]:
        """One page, right or wrong."""
        start = after
        if fault == "missing":
            skipped = self.store.after(kind, after, limit)
            start = skipped[-1]["sequence"] if skipped else after
        elif fault == "repeat":
            start = max(after - limit, 0)
        records = self.store.after(kind, start, limit)
        head = self.store.head(kind)
        last = records[-1]["sequence"] if records else start
        if fault == "shuffle":
            records.reverse()
        elif fault == "hole" and len(records) > 1:
            del records[len(records) // 2]
        return {"object": kind, "follows": start, "head": head, "is_last": last >= head, "records": records}


def server_of(source: Source, port: int, host: str = "127.0.0.1") -> ThreadingHTTPServer:
    """A server that answers for `source`; port 0 takes any free one."""

    class Handler(_Handler):
        of = source

    found = ThreadingHTTPServer((host, port), Handler)
    found.daemon_threads = True
    return found


class _Handler(BaseHTTPRequestHandler):
    """GET /v1/OBJECT, GET /v1/OBJECT/census, POST /admin/…; every call with the token."""

    of: Source
    protocol_version = "HTTP/1.1"
    # Small answers leave at once.
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        steps = [step for step in address.path.split("/") if step]
        if steps == ["healthz"]:
            return self._say(200, {"ok": True})
        if self._is_stranger():
            return self._say(401, {"error": "token"})
        if len(steps) < 2 or steps[0] != "v1" or steps[1] not in OBJECTS:
            return self._say(404, {"error": "unknown"})
        if steps[2:] == ["census"]:
            return self._say(200, self.of.store.census(steps[1]))
        return self._page(steps[1], dict(parse_qsl(address.query)))

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self._is_stranger():
            return self._say(401, {"error": "token"})
        try:
            answer = self._told(self.path.removeprefix("/admin/").strip("/"), json.loads(body or b"{}"))
        except (Unknown, KeyError, TypeError, ValueError) as fault:
            return self._say(400, {"error": repr(fault)})
        return self._say(200, answer)

    def _told(self, act: str, said: Mapping[str, Any]) -> dict[str, Any]:
        store = self.of.store
        if act == "faults":
            times, seconds = int(said.get("times", 1)), float(said.get("seconds", 1))
            self.of.set_fault(said["object"], said["fault"], times, seconds)
            return {"ok": True}
        if act == "clear":
            self.of.clear()
            return {"ok": True}
        if act == "reset":
            self.of.reset()
            return {"ok": True}
        if act == "forget":
            store.forget(said["object"], said["id"])
            return {"ok": True}
        if act == "put":
            return {"sequence": store.put(said["object"], said["id"], said["data"])}
        if act == "change":
            return {"sequence": store.change(said["object"], said["id"], said["fields"])}
        if act == "withdraw":
            return {"sequence": store.withdraw(said["object"], said["id"])}
        raise Unknown(act)

    def _page(self, kind: str, query: Mapping[str, str]) -> None:
        try:
            after, limit = int(query.get("after", 0)), int(query.get("limit", 500))
        except ValueError:
            return self._say(400, {"error": "after and limit are numbers"})
        fault = self.of.fault_of(kind)
        name = fault.name if fault else ""
        if fault and name == "slow":
            time.sleep(fault.seconds)
        if name == "error":
            return self._say(500, {"error": "told to"})
        if name == "garbled":
            return self._send(200, b"<html>502 Bad Gateway</html>")
        page = self.of.page(kind, after, min(max(limit, 1), LONGEST_PAGE), name)
        return self._say(200, page, is_cut=name == "cut")

    def _is_stranger(self) -> bool:
        wanted = self.of.token
        return bool(wanted) and self.headers.get("Authorization") != f"Bearer {wanted}"

    def _say(self, status: int, body: Mapping[str, Any], *, is_cut: bool = False) -> None:
        self._send(status, json.dumps(body, ensure_ascii=False).encode(), is_cut=is_cut)

    def _send(self, status: int, body: bytes, *, is_cut: bool = False) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if is_cut else body)
        if is_cut:
            self.close_connection = True

    def log_message(self, *_args: Any) -> None:
        """Say nothing: whoever started it reads its one line."""
