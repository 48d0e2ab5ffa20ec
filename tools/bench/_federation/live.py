"""Punches at a steady pace at the city's door: how long each takes until it is counted at the province."""

from __future__ import annotations

import argparse
import hashlib
import hmac
import json
import statistics
import threading
import time
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

import httpx

from tools.bench._federation.both import Both

DOOR = "/api/v1/punches/"
PER_CALL = 10
ARRIVAL_SECONDS = 120
# Names rise with the instant of birth; by another column each look would read all punches of the backlog.
_NEW_PUNCHES = "SELECT count(*) FROM attendance_punch WHERE public_id >= '{first}'"


def measure(both: Both) -> dict[str, Any]:
    """Born at the door of the city, one thread of vendors; the province is looked at five times a second."""
    both.ensure_people()
    options = both.options
    file = both.city.var / "access.json"
    both.city.step("access", file=str(file))
    sender = Sender(both.city.url, json.loads(file.read_text(encoding="utf-8")), options)
    first = UUID(int=int(time.time() * 1000) << 80)
    arrived: list[tuple[float, int]] = []
    sender.start()
    deadline = time.monotonic() + options.seconds + ARRIVAL_SECONDS
    while time.monotonic() < deadline:
        number = int(both.province.ask(_NEW_PUNCHES.format(first=first))[0][0])
        arrived.append((time.time(), number))
        if not sender.is_alive() and number >= len(sender.births):
            break
        time.sleep(0.2)
    lags = _lags(sender.births, arrived)
    return {
        "live_rate": round(len(sender.births) / options.seconds, 1),
        "birth_to_province_p50_s": round(statistics.median(lags), 2) if lags else -1,
        "birth_to_province_p95_s": round(sorted(lags)[int(len(lags) * 0.95)], 2) if lags else -1,
        "live_refused": len(sender.refused),
    }


def _lags(births: list[float], arrived: list[tuple[float, int]]) -> list[float]:
    """Seconds from the k-th birth to the first look that found k there."""
    found: list[float] = []
    looks = iter(arrived)
    at, number = next(looks, (0.0, 0))
    for order, birth in enumerate(sorted(births), 1):
        while number < order:
            step = next(looks, None)
            if step is None:
                return found
            at, number = step
        found.append(at - birth)
    return found


class Sender(threading.Thread):
    """Vendors that send punches at a steady pace, whatever the platform does meanwhile."""

    def __init__(self, url: str, projects: list[dict[str, Any]], options: argparse.Namespace) -> None:
        super().__init__(name="sender", daemon=True)
        self.projects, self.rate, self.seconds = projects, options.rate, options.seconds
        self.http = httpx.Client(base_url=url, timeout=30.0, trust_env=False)
        self.births: list[float] = []
        self.refused: list[str] = []

    def run(self) -> None:
        began, calls = time.time(), self.rate * self.seconds // PER_CALL
        for order, sequence in zip(range(calls), count(10**12, PER_CALL), strict=False):
            time.sleep(max(0.0, began + order * PER_CALL / self.rate - time.time()))
            self._send(self.projects[order % len(self.projects)], sequence)

    def _send(self, project: dict[str, Any], sequence: int) -> None:
        at = datetime.now(UTC)
        people = [
            project["people"][(sequence + step) % len(project["people"])][1] for step in range(PER_CALL)
        ]
        rows = [
            {
                "seq": sequence + step,
                "at": (at - timedelta(milliseconds=step)).isoformat(timespec="milliseconds"),
                "direction": "in",
                "engagement": person,
            }
            for step, person in enumerate(people)
        ]
        body = json.dumps({"device": project["device"], "punches": rows}).encode()
        stamp, nonce = str(int(time.time())), f"bench-{sequence}-{project['appid'][-6:]}"
        text = "\n".join(("POST", DOOR, stamp, nonce, hashlib.sha256(body).hexdigest()))
        signature = hmac.new(project["secret"].encode(), text.encode(), hashlib.sha256).hexdigest()
        headers = {
            "Content-Type": "application/json", "X-Key": project["appid"], "X-Timestamp": stamp,
            "X-Nonce": nonce, "X-Signature": signature,
        }  # fmt: skip
        born = time.time()
        answer = self.http.post(DOOR, content=body, headers=headers)
        if answer.status_code in (200, 202) and not answer.json()["rejected"]:
            self.births += [born] * PER_CALL
        else:
            self.refused.append(f"{answer.status_code} {answer.text[:200]}")
