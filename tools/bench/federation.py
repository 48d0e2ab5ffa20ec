"""Between nodes: a city's backlog until the province has it, and punches from birth to the province.

    ./dev bench federation [--workers 20000] [--punches 400000] [--seconds 60]

Four nodes with clusters of their own on this machine, as `./dev federation up` makes them. While the city's
worker and beat are at rest a backlog is written there in bulk; then they go on, and the clock runs until the
province has given its last receipt (durable), and until all of it is applied and concluded there (settled).
"""

from __future__ import annotations

import argparse
import hashlib
import hmac
import json
import os
import shutil
import signal
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import httpx

from tools import ports, progress
from tools.errors import CannotGoOn
from tools.federation.node import Node, children_of
from tools.federation.plan import NODES, folder_of
from tools.federation.whole import Federation
from tools.paths import var_dir

DOOR = "/api/v1/punches/"
CITY, PROVINCE = "whs", "hb"
SETTLED_WITHIN = 1_200.0
PER_CALL = 10
SETTINGS = {"shared_buffers": "256MB", "max_wal_size": "4GB", "checkpoint_timeout": "30min"}
_SENT = """
    SELECT coalesce(sum(e.messages), 0), extract(epoch FROM max(e.accepted_at)),
        count(*) FILTER (WHERE e.accepted_at IS NULL)
    FROM federation_sentenvelope e JOIN federation_line l ON l.id = e.line_id JOIN federation_node n
        ON n.id = l.node_id
    WHERE n.code = 'hb' AND e.sealed_at >= to_timestamp({since}) AND l.stream {which}
"""
_UNSEALED = """
    SELECT (SELECT count(*) FROM outbox_change WHERE shard <> 100 AND position IS NULL)
        + (SELECT count(*) FROM outbox_change c JOIN federation_line l ON l.stream = 'records-' || c.shard
            JOIN federation_node n ON n.id = l.node_id AND n.code = 'hb' WHERE c.position > l.position)
        + (SELECT count(*) FROM attendance_punchrun r JOIN federation_line l ON l.stream = 'punches'
            JOIN federation_node n ON n.id = l.node_id AND n.code = 'hb'
            WHERE r.position IS NULL OR r.position > l.position)
"""
_UNSETTLED = """
    SELECT (SELECT count(*) FROM federation_receivedenvelope WHERE state = 'received')
        + (SELECT count(*) FROM attendance_inbox) + (SELECT count(*) FROM attendance_dirtyday)
"""
_NEW_PUNCHES = "SELECT count(*) FROM attendance_punch WHERE received_at >= to_timestamp({since})"


def main(arguments: list[str]) -> int:
    """Measure, print as it goes, and the figures as one JSON object in the last line."""
    options = _parser().parse_args(arguments)
    var = var_dir() / "bench-federation"
    for plan in NODES:
        shutil.rmtree(folder_of(var, plan), ignore_errors=True)
    var.mkdir(parents=True, exist_ok=True)
    whole = Federation(
        var, ports.pick(f"{var} nodes"), settings=SETTINGS, variables=lambda _plan: {"LOG_LEVEL": "ERROR"},
        has_world=False,
    )  # fmt: skip
    over = threading.Event()
    try:
        whole.start()
        threading.Thread(target=_watch, args=(whole, over), daemon=True).start()
        figures = Bench(whole, options).run()
    finally:
        over.set()
        whole.stop()
    print(json.dumps({"bench": "federation", **figures}, ensure_ascii=False))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./dev bench federation", description=__doc__)
    parser.add_argument("--workers", type=int, default=20_000, help="people of the city's backlog (20,000)")
    parser.add_argument("--projects", type=int, default=100)
    parser.add_argument("--punches", type=int, default=400_000, help="punches of its backlog (400,000)")
    parser.add_argument("--rate", type=int, default=200, help="punches a second, from birth on (200)")
    parser.add_argument("--seconds", type=int, default=60, help="of that (60)")
    return parser


def _watch(whole: Federation, over: threading.Event) -> None:
    while not over.wait(0.5):
        whole.look()


class Bench:
    """The phases in their order, and what they gave."""

    def __init__(self, whole: Federation, options: argparse.Namespace) -> None:
        self.whole, self.options = whole, options
        self.city, self.province = whole.nodes[CITY], whole.nodes[PROVINCE]

    def run(self) -> dict[str, Any]:
        """All figures."""
        load = os.getloadavg()[0]
        print(f"load {load:.1f} on {os.cpu_count()} processors", flush=True)
        records = self._backlog(
            "people", "<> 'punches'", workers=self.options.workers, projects=self.options.projects
        )
        punches = self._backlog("punches", "= 'punches'", punches=self.options.punches)
        held = self._count(self.city)
        live = self._live()
        return {
            "load": round(load, 1),
            "records_per_s": round(records["number"] / records["durable"]),
            "records": records["number"],
            "records_settled_s": round(records["settled"], 1),
            "punches_per_s": round(held / punches["durable"]),
            "punches": held,
            "punches_settled_s": round(punches["settled"], 1),
            **live,
            **self._agreed(),
        }

    @contextmanager
    def _at_rest(self) -> Iterator[None]:
        """The city's worker and beat stopped between two statements, as when it is busy elsewhere."""
        pids = [pid for part in ("beat", "worker") if (pid := self.city.pid(part))]
        pids += [child for pid in pids for child in children_of(pid)]
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in reversed(pids):
                os.kill(pid, signal.SIGCONT)

    def _backlog(self, what: str, which: str, **size: Any) -> dict[str, float]:
        """Write it, let go, and wait: seconds until durable, and from then until settled."""
        with progress.step(f"a backlog of {what} at the city"), self._at_rest():
            self.city.step("backlog", as_administrator=True, what=what, **size)
        began = time.time()
        number, last = self._durable(began, which)
        settled = self._settled()
        found = {"number": float(number), "durable": last - began, "settled": max(0.0, settled - last)}
        print(
            f"  {what}: durable after {last - began:.1f} s, settled {found['settled']:.1f} s later",
            flush=True,
        )
        return found

    def _durable(self, began: float, which: str) -> tuple[int, float]:
        deadline = time.monotonic() + SETTLED_WITHIN
        while time.monotonic() < deadline:
            waiting = int(self.city.ask(_UNSEALED)[0][0])
            number, last, open_ones = self.city.ask(_SENT.format(since=began, which=which))[0]
            if number and not waiting and not open_ones:
                return int(number), float(last)
            time.sleep(0.5)
        raise CannotGoOn(f"The backlog was not at the province within {SETTLED_WITHIN:.0f} s.")

    def _settled(self) -> float:
        deadline = time.monotonic() + SETTLED_WITHIN
        while time.monotonic() < deadline:
            if not self.province.ask(_UNSETTLED)[0][0]:
                return time.time()
            time.sleep(0.5)
        raise CannotGoOn(f"The province had not applied everything within {SETTLED_WITHIN:.0f} s.")

    def _live(self) -> dict[str, float]:
        """Punches at a steady pace at the city's door; how long each takes to be counted at the province."""
        file = self.city.var / "access.json"
        self.city.step("access", file=str(file))
        sender = Sender(self.city.url, json.loads(file.read_text(encoding="utf-8")), self.options)
        since = time.time()
        arrived: list[tuple[float, int]] = []
        sender.start()
        deadline = time.monotonic() + self.options.seconds + 120
        while time.monotonic() < deadline:
            number = int(self.province.ask(_NEW_PUNCHES.format(since=since))[0][0])
            arrived.append((time.time(), number))
            if not sender.is_alive() and number >= len(sender.births):
                break
            time.sleep(0.2)
        lags = _lags(sender.births, arrived)
        return {
            "live_rate": round(len(sender.births) / self.options.seconds, 1),
            "birth_to_province_p50_s": round(statistics.median(lags), 2) if lags else -1,
            "birth_to_province_p95_s": round(sorted(lags)[int(len(lags) * 0.95)], 2) if lags else -1,
            "live_refused": len(sender.refused),
        }

    def _count(self, node: Node) -> int:
        return int(node.ask("SELECT count(*) FROM attendance_punch")[0][0])

    def _agreed(self) -> dict[str, Any]:
        """Whether both hold the same, by count and by digest."""
        with progress.step("digests of both"):
            self._durable_or_quiet()
            self._settled()
            today = datetime.now(UTC).date()
            asked = {
                "origins": self.city.step("branch")["origins"],
                "regions": ["420000/420100/"],
                "first": str(today - timedelta(days=30)),
                "last": str(today + timedelta(days=1)),
            }
            ours = self.city.step("digests", peer=PROVINCE, **asked)
            theirs = self.province.step("digests", peer="", **asked)
        city, province = self._count(self.city), self._count(self.province)
        return {
            "lost": max(0, city - province),
            "doubled": max(0, province - city),
            "digests_equal": ours == theirs,
            "differing": sorted(name for name in ours if ours[name] != theirs[name]),
        }

    def _durable_or_quiet(self) -> None:
        deadline = time.monotonic() + 120.0
        while int(self.city.ask(_UNSEALED)[0][0]) and time.monotonic() < deadline:
            time.sleep(0.5)


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
