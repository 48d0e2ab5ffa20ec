"""The load generator: one process, one epoll loop, requests prepared before the clock starts.

    python -m tools.bench._load    (a JSON order on standard input, a JSON result on standard output)

It reads no more of an answer than its status and length, and costs some 10 µs a call, so that the two cores
are left to server and database. A connection that the server closes after its answer is opened again.
"""

from __future__ import annotations

import json
import re
import select
import socket
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tools.bench._requests import Stream, json_call, open_api_call

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding: *chunked", re.IGNORECASE)
_CLOSES = re.compile(rb"\r\nconnection: *close", re.IGNORECASE)
READ = 256 * 1024
GRACE_SECONDS = 30.0
Address = tuple[str, int]


@dataclass
class Result:
    """What came of a run."""

    statuses: Counter[int] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    broken: int = 0


class Connection:
    """One keep-alive connection, closed loop: the next request leaves when the last is answered."""

    def __init__(self, address: Address, poll: select.epoll) -> None:
        self.address, self.poll = address, poll
        self.socket: socket.socket | None = None
        self.waiting = b""
        self.received = b""
        self.began = 0.0

    def send(self, request: bytes) -> None:
        if self.socket is None:
            self.socket = socket.create_connection(self.address, timeout=GRACE_SECONDS)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.socket.setblocking(False)
            self.poll.register(self.socket.fileno(), select.EPOLLIN)
        self.received, self.began = b"", time.perf_counter()
        self._push(request)

    def _push(self, rest: bytes) -> None:
        if self.socket is None:
            return
        try:
            sent = self.socket.send(rest)
        except BlockingIOError:
            sent = 0
        had, self.waiting = self.waiting, rest[sent:]
        if self.waiting or had:
            wanted = select.EPOLLIN | (select.EPOLLOUT if self.waiting else 0)
            self.poll.modify(self.socket.fileno(), wanted)

    def go_on(self, event: int) -> bytes | None:
        """The whole answer once it is there; b"" when the connection broke before."""
        if event & select.EPOLLOUT and self.waiting:
            self._push(self.waiting)
        if not event & (select.EPOLLIN | select.EPOLLHUP | select.EPOLLERR) or self.socket is None:
            return None
        try:
            part = self.socket.recv(READ)
        except BlockingIOError:
            return None
        except OSError:
            part = b""
        self.received += part
        whole = _is_whole(self.received, closed=not part)
        if not part or (whole and _CLOSES.search(self.received)):
            self.close()
        return self.received if whole else (None if part else b"")

    def close(self) -> None:
        if self.socket is not None:
            self.poll.unregister(self.socket.fileno())
            self.socket.close()
            self.socket, self.waiting = None, b""


def _is_whole(received: bytes, *, closed: bool) -> bool:
    head, gap, body = received.partition(b"\r\n\r\n")
    if not gap:
        return False
    if found := _LENGTH.search(head):
        return len(body) >= int(found[1])
    return body.endswith(b"0\r\n\r\n") if _CHUNKED.search(head) else closed


def run(address: Address, requests: list[bytes], connections: int, seconds: float) -> tuple[Result, float]:
    """Send until the requests or the seconds are over, and wait for the answers under way."""
    poll, result = select.epoll(), Result()
    idle = [Connection(address, poll) for _number in range(connections)]
    at_work: dict[int, Connection] = {}
    waiting: Iterator[bytes] = iter(requests)
    began = time.perf_counter()
    until, last = began + seconds, began
    for one in idle:
        _next(one, waiting, at_work)
    while at_work and time.perf_counter() < until + GRACE_SECONDS:
        for number, event in poll.poll(1.0):
            one = at_work[number]
            answer = one.go_on(event)
            if answer is None:
                continue
            del at_work[number]
            last = time.perf_counter()
            _note(result, answer, last - one.began)
            if last < until:
                _next(one, waiting, at_work)
    for one in idle:
        one.close()
    return result, last - began


def _next(one: Connection, waiting: Iterator[bytes], at_work: dict[int, Connection]) -> None:
    request = next(waiting, None)
    if request is None:
        return
    one.send(request)
    if one.socket is not None:
        at_work[one.socket.fileno()] = one


def _note(result: Result, answer: bytes, seconds: float) -> None:
    if not answer:
        result.broken += 1
        return
    status = int(answer[9:12])
    result.statuses[status] += 1
    result.seconds.append(seconds)
    # `/open.api` answers 200 to refusals as well.
    refused = status == 200 and b'"code":0,' not in answer
    if (status >= 300 or refused) and len(result.wrong) < 3:
        result.wrong.append(answer[:600].decode("utf-8", "replace"))
    if refused:
        result.statuses[200] -= 1
        result.statuses[-1] += 1


def paced(address: Address, requests: list[bytes], rate: float, connections: int) -> tuple[Result, float]:
    """An open loop: requests leave at a fixed pace; a late answer counts from when it should have left."""
    poll, result = select.epoll(), Result()
    idle = [Connection(address, poll) for _number in range(connections)]
    at_work: dict[int, Connection] = {}
    began = time.perf_counter()
    due = iter([(began + order / rate, request) for order, request in enumerate(requests)])
    upcoming = next(due, None)
    while upcoming or at_work:
        now = time.perf_counter()
        while upcoming and upcoming[0] <= now and idle:
            one = idle.pop()
            one.send(upcoming[1])
            one.began = upcoming[0]
            if one.socket is not None:
                at_work[one.socket.fileno()] = one
            upcoming = next(due, None)
        rest = max(0.0, upcoming[0] - time.perf_counter()) if upcoming and idle else 1.0
        for number, event in poll.poll(min(rest, 1.0)):
            answer = at_work[number].go_on(event)
            if answer is None:
                continue
            one = at_work.pop(number)
            _note(result, answer, time.perf_counter() - one.began)
            idle.append(one)
        if time.perf_counter() > began + len(requests) / rate + GRACE_SECONDS:
            break
    return result, time.perf_counter() - began


def main() -> int:
    """Carry out one order: prepare, say `ready`, wait for a line, run, print the result."""
    order: dict[str, Any] = json.loads(sys.stdin.readline())
    access = json.loads(Path(order["access"]).read_text(encoding="utf-8"))
    if wanted := set(order.get("projects", ())):
        access = [one for one in access if one["project"] in wanted]
    sizes = {name: order[name] for name in ("seed", "calls", "rows")}
    stream = Stream(access, **sizes, in_turn=order.get("in_turn", False))
    make = open_api_call if order["path"] == "/open.api" else json_call(order["path"])
    requests = [make(project, rows) for project, rows in stream]
    print("ready", flush=True)
    sys.stdin.readline()
    address = ("127.0.0.1", order["port"])
    if rate := order.get("rate"):
        result, seconds = paced(address, requests, rate, order["connections"])
    else:
        result, seconds = run(address, requests, order["connections"], order["seconds"])
    times = sorted(result.seconds) or [0.0]
    done = sum(number for status, number in result.statuses.items() if 200 <= status < 300)
    found = {
        "accepted": done * order["rows"],
        "calls": done,
        "seconds": seconds,
        "rate": done * order["rows"] / seconds if seconds else 0.0,
        "p50": times[len(times) // 2],
        "p99": times[int(len(times) * 0.99)],
        "statuses": dict(result.statuses),
        "broken": result.broken,
        "wrong": result.wrong,
        "ran_out": done >= order["calls"],
    }
    print(json.dumps(found), flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
