"""A vendor that sends punches through both doors, each batch until it is acknowledged."""

from __future__ import annotations

import hashlib
import hmac
import json
import random
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx

from federation.simulator.gate import Gate
from federation.simulator.people import Worker
from federation.simulator.wire import CHINA, OpenApi, VendorError

JSON_DOOR = "/api/v1/punches/"
CHANNEL = "1号闸机"
PATIENCE = 150.0
ACCEPTED = (200, 202)
BUSY = (429, 502, 503, 504)
# Seconds between a vendor's calls: the vendors share a key, whose calls a minute a quick machine would pass.
PAUSE = 0.25
# The passages begin so long before now that no run reaches the present: a punch of the future is refused.
EARLIER = timedelta(days=20)


@dataclass
class Ledger:
    """What the platform acknowledged: rows by the device's sequence, and rows of the national interface."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    sequences: list[tuple[str, str]] = field(default_factory=list)
    passages: list[tuple[str, str, str]] = field(default_factory=list)
    resent: int = 0
    refused: list[str] = field(default_factory=list)


class Puncher(threading.Thread):
    """One vendor's machine at one project."""

    def __init__(
        self,
        number: int,
        access: dict[str, str],
        url: str,
        seed: int,
        ledger: Ledger,
        goes_on: Callable[[], bool],
    ) -> None:
        super().__init__(name=f"vendor-{number}", daemon=True)
        self.api = OpenApi(url, access["appid"], access["secret"], patience=PATIENCE)
        self.gate = Gate(self.api, access["appid"], chance=random.Random(f"{seed} {number}"))
        self.chance = random.Random(f"{seed} {number} pace")
        self.http = httpx.Client(base_url=url, timeout=30.0, trust_env=False)
        self.ledger, self.goes_on = ledger, goes_on
        self.crew: list[Worker] = []
        # Every passage has an instant and a sequence of its own, so that equal ones can only be doubles.
        self.clock = _morning() + timedelta(seconds=number)
        self.sequence = (int(time.time()) * 100 + number) * 1_000_000
        self.came_home = False

    def hire(self, count: int) -> None:
        """A crew on site, before anything is killed."""
        self.gate.open()
        self.crew = list(self.gate.people(count))
        for start in range(0, count, 5):
            self._carry_out("ProjectWorker.Add", self.gate.enrolment(self.crew[start : start + 5]))
        self._carry_out("WorkerEntryExit.Add", self.gate.entry(self.crew, self.clock.date()))
        # The gate's first punch is how the platform learns its name.
        self._carry_out("WorkerAttendance.Add", self.gate.passage(self.crew[:1], "01", self._tick()))

    def _carry_out(self, method: str, data: dict[str, Any]) -> None:
        status, result = self.api.outcome(self.api.write(method, data), within=PATIENCE)
        if status != 20:
            raise VendorError(f"{method}: {result}")

    def run(self) -> None:
        while self.goes_on():
            crew = self.chance.sample(self.crew, self.chance.randint(1, 20))
            (self._by_json if self.chance.random() < 0.6 else self._by_open_api)(crew)
            time.sleep(PAUSE)
        self.came_home = True

    def _tick(self) -> datetime:
        """The next passage's instant; now and then the night is over, and sometimes an old one comes late."""
        self.clock += timedelta(seconds=self.chance.choice((3, 33, 63)))
        return self.clock - (timedelta(seconds=1501) if self.chance.random() < 0.1 else timedelta())

    def _by_json(self, crew: list[Worker]) -> None:
        punches = []
        for one in crew:
            self.sequence += 1
            at = self._tick().isoformat()
            direction = self.chance.choice(("in", "out"))
            punches.append({"seq": self.sequence, "at": at, "direction": direction, "id_number": one.number})
        body = json.dumps({"device": CHANNEL, "punches": punches}).encode()
        if self._sent(body):
            with self.ledger.lock:
                self.ledger.sequences += [(str(row["seq"]), str(row["at"])) for row in punches]

    def _sent(self, body: bytes) -> bool:
        """Send until acknowledged: the very same request, or the same rows signed anew."""
        until, headers = time.monotonic() + PATIENCE, self._signed(body)
        while time.monotonic() < until:
            try:
                answer = self.http.post(JSON_DOOR, content=body, headers=headers)
                if answer.status_code in ACCEPTED:
                    self.ledger.refused += [str(one)[:300] for one in answer.json()["rejected"]]
                    return True
                if answer.status_code not in BUSY:
                    self.ledger.refused.append(f"{answer.status_code} {answer.text[:300]}")
                    return False
            except httpx.TransportError:
                self.ledger.resent += 1
            time.sleep(0.3)
            headers = headers if self.chance.random() < 0.5 else self._signed(body)
        self.ledger.refused.append("no answer within patience")
        return False

    def _signed(self, body: bytes) -> dict[str, str]:
        timestamp, nonce = str(int(time.time())), secrets.token_hex(16)
        text = "\n".join(("POST", JSON_DOOR, timestamp, nonce, hashlib.sha256(body).hexdigest()))
        signature = hmac.new(self.api.secret.encode(), text.encode(), hashlib.sha256).hexdigest()
        return {
            "Content-Type": "application/json",
            "X-Key": self.api.appid,
            "X-Timestamp": timestamp,
            "X-Nonce": nonce,
            "X-Signature": signature,
        }

    def _by_open_api(self, crew: list[Worker]) -> None:
        at, direction = self._tick(), self.chance.choice(("01", "02"))
        self.api.write("WorkerAttendance.Add", self.gate.passage(crew, direction, at))
        rows = [(one.number, at.isoformat(), direction) for one in crew]
        with self.ledger.lock:
            self.ledger.passages += rows


def _morning() -> datetime:
    """Early on the first day of the passages, so that none lies before the entry."""
    day = (datetime.now(CHINA) - EARLIER).date()
    return datetime(day.year, day.month, day.day, 5, tzinfo=CHINA)
