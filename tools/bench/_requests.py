"""Signed requests prepared before the clock starts, each with rows and a nonce of its own."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from time import time
from typing import Any
from urllib.parse import quote_plus

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from tools.bench._world.numbers import number

CHINA = timezone(timedelta(hours=8))
# The rows of a run lie in a time of their own within the last day, later than those of the run before, and in
# its order: as a morning's peak brings them.
SPREAD_SECONDS, RUNS_A_DAY = 1500, 40
DIRECTIONS = ("in", "out")
Project = dict[str, Any]
Maker = Callable[[Project, list[tuple[int, str, float, str, int]]], bytes]


class Stream:
    """Rows of one run: its projects at random or in turn, their people at random, time going on."""

    def __init__(
        self, access: list[Project], *, seed: int, calls: int, rows: int, in_turn: bool = False
    ) -> None:
        self.in_turn = in_turn
        self.access, self.chance, self.rows, self.calls = access, random.Random(seed), rows, calls
        self.clock = time() - (RUNS_A_DAY - seed % RUNS_A_DAY) * SPREAD_SECONDS
        self.step = SPREAD_SECONDS / max(1, calls * rows)
        # No run may repeat another's sequence numbers.
        self.sequence = int(time() * 1000) * 1_000 % 10**12

    def __iter__(self) -> Iterator[tuple[Project, list[tuple[int, str, float, str, int]]]]:
        """(project, rows of (ordinal of the number, engagement, instant, direction, sequence))."""
        for call in range(self.calls):
            project = (
                self.access[call % len(self.access)] if self.in_turn else self.chance.choice(self.access)
            )
            yield project, [self._row(project) for _row in range(self.rows)]

    def _row(self, project: Project) -> tuple[int, str, float, str, int]:
        ordinal, engagement = self.chance.choice(project["people"])
        self.clock += self.step
        self.sequence += 1
        return ordinal, engagement, self.clock, DIRECTIONS[self.sequence % 2], self.sequence


def json_call(path: str) -> Maker:
    """Requests of the JSON door, or of a typical service that takes the same."""

    def make(project: Project, rows: list[tuple[int, str, float, str, int]]) -> bytes:
        punches = ",".join(
            f'{{"seq":{sequence},"at":"{_instant(at)}","direction":"{direction}","engagement":"{engagement}"}}'
            for _ordinal, engagement, at, direction, sequence in rows
        )
        body = f'{{"device":"{project["device"]}","punches":[{punches}]}}'.encode()
        timestamp, nonce = str(int(time())), f"{rows[0][4]}-{project['appid'][-6:]}"
        text = "\n".join(("POST", path, timestamp, nonce, hashlib.sha256(body).hexdigest()))
        signature = hmac.new(project["secret"].encode(), text.encode(), hashlib.sha256).hexdigest()
        headers = (
            f"X-Key: {project['appid']}\r\nX-Timestamp: {timestamp}\r\n"
            f"X-Nonce: {nonce}\r\nX-Signature: {signature}\r\n"
        )
        return _post(path, "application/json", headers, body)

    return make


def _instant(at: float) -> str:
    """RFC 3339 with Beijing's offset, to the millisecond."""
    return datetime.fromtimestamp(at, CHINA).isoformat(timespec="milliseconds")


def open_api_call(project: Project, rows: list[tuple[int, str, float, str, int]]) -> bytes:
    """WorkerAttendance.Add: numbers encrypted field by field, the form signed."""
    secret = project["secret"]
    listed = [
        {
            "idCardType": "01",
            "idCardNumber": _encrypted(number(ordinal), secret),
            "date": f"{datetime.fromtimestamp(at, CHINA):%Y-%m-%d %H:%M:%S}",
            "direction": "01" if direction == "in" else "02",
            "channel": "1号闸机",
            "attendType": "001",
        }
        for ordinal, _engagement, at, direction, _sequence in rows
    ]
    data = {"projectCode": project["appid"], "teamSysNo": project["team"], "dataList": listed}
    form = {
        "method": "WorkerAttendance.Add",
        "version": "1.0",
        "appid": project["appid"],
        "format": "json",
        "timestamp": f"{datetime.now(UTC).astimezone(CHINA):%Y%m%d%H%M%S}",
        "nonce": str(rows[0][4]),
        "data": json.dumps(data, ensure_ascii=False, separators=(",", ":")),
    }
    base = "&".join(f"{name}={form[name]}" for name in sorted(form)) + f"&appsecret={secret}"
    form["sign"] = hashlib.sha256(base.lower().encode()).hexdigest()
    body = "&".join(f"{name}={quote_plus(value)}" for name, value in form.items()).encode()
    return _post("/open.api", "application/x-www-form-urlencoded", "", body)


def _encrypted(text: str, secret: str) -> str:
    padded = text.encode() + bytes([16 - len(text) % 16]) * (16 - len(text) % 16)
    aes = Cipher(algorithms.AES256(secret.encode()), modes.CBC(secret[:16].encode())).encryptor()
    return base64.b64encode(aes.update(padded) + aes.finalize()).decode("ascii")


def _post(path: str, kind: str, headers: str, body: bytes) -> bytes:
    return (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {kind}\r\n{headers}"
        f"Content-Length: {len(body)}\r\n\r\n"
    ).encode() + body
