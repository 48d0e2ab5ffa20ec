"""The measuring half of `./dev bench ingest`: each figure from one kind of run."""

from __future__ import annotations

import json
import statistics
import subprocess
import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tools.bench._copy import rows_per_second
from tools.bench._stack import Stack
from tools.errors import CannotGoOn
from tools.paths import PYTHON, ROOT

JSON_DOOR, OPEN_API = "/api/v1/punches/", "/open.api"
INSERT, FULL = "/typical/insert/", "/typical/full/"
CONNECTIONS = {1: 128, 20: 32, 50: 32, 100: 8, 500: 16}
# More calls than any server here answers in a second, by rows a call: what is prepared before each run.
PREPARED_PER_SECOND = {1: 20_000, 20: 4_500, 50: 3_000, 100: 1_500, 500: 700}
Found = dict[str, Any]


@dataclass
class Load:
    """A load generator that has prepared its requests and waits for the word."""

    process: subprocess.Popen[str]

    def go(self) -> None:
        if self.process.stdin:
            self.process.stdin.write("go\n")
            self.process.stdin.flush()

    def result(self) -> Found:
        if self.process.stdout is None:
            raise CannotGoOn("The load generator has no output.")
        found: Found = json.loads(self.process.stdout.readline())
        self.process.wait()
        return found


@dataclass
class Measured:
    """One world's stack, the load on it, and what was found so far."""

    stack: Stack
    access: Path
    seconds: float
    seed: int = 1
    lines: list[str] = field(default_factory=list)

    def prepare(self, path: str, rows: int, calls: int | None = None, **more: Any) -> Load:
        """A load generator with its signed requests ready."""
        self.seed += 1
        order = {
            "access": str(self.access),
            "path": path,
            "port": self.stack.typical_port if path.startswith("/typical") else self.stack.port,
            "rows": rows,
            "calls": calls or int(self._pace(path, rows) * self.seconds),
            "connections": CONNECTIONS[rows],
            "seconds": self.seconds,
            "seed": self.seed,
            **more,
        }
        command = [str(PYTHON), "-m", "tools.bench._load"]
        process = subprocess.Popen(
            command, cwd=ROOT, env=self.stack.env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        if process.stdin is None or process.stdout is None:
            raise CannotGoOn("The load generator does not start.")
        process.stdin.write(json.dumps(order) + "\n")
        process.stdin.flush()
        if process.stdout.readline().strip() != "ready":
            raise CannotGoOn("The load generator could not prepare its requests.")
        return Load(process)

    def load(self, path: str, rows: int, calls: int | None = None, **more: Any) -> Found:
        """One closed-loop run; a refusal is no figure. Raises CannotGoOn."""
        load = self.prepare(path, rows, calls, **more)
        load.go()
        found = load.result()
        self.say(f"{path} {rows} a call", found)
        if not found["accepted"] or found["wrong"] or found["broken"]:
            raise CannotGoOn(f"{path}: {found['statuses']}, {found['broken']} broken, {found['wrong']}")
        return found

    def _pace(self, path: str, rows: int) -> float:
        return PREPARED_PER_SECOND[rows] / (8 if path.startswith("/typical") else 1)

    def say(self, name: str, found: Found) -> None:
        out = " (all that was prepared)" if found["ran_out"] else ""
        print(
            f"    {name:<34}{found['rate']:>10,.0f} rows/s {found['calls']:>8,} calls"
            f"  p50 {found['p50'] * 1000:>7.1f} ms  p99 {found['p99'] * 1000:>7.1f} ms{out}",
            flush=True,
        )

    def accepted(self, path: str, rows: int, *, while_settling: bool = False) -> float:
        """Rows accepted a second by a settler at rest, or one at work beside it.

        Afterwards the settler catches up, so that it disturbs no other run.
        """
        # Of large bodies a shorter run tells as much, and leaves less to settle.
        seconds = self.seconds / 2 if rows == 500 else self.seconds
        with nullcontext() if while_settling else self.stack.settler_at_rest():
            rate = float(self.load(path, rows, seconds=seconds)["rate"])
        self.stack.settled()
        return rate

    def copied(self) -> float:
        """Rows a second of the plain COPY."""
        rate = rows_per_second(self.stack.worlds.url(self.stack.database))
        print(f"    {'COPY, unindexed':<34}{rate:>10,.0f} rows/s", flush=True)
        return rate

    def settled(self, rows: int, total: int) -> float:
        """Rows a second from the first request until days and counters of all of them are right."""
        load = self.prepare(JSON_DOOR, rows, total // rows, seconds=600.0)
        began = time.perf_counter()
        load.go()
        found = load.result()
        self.say(f"{JSON_DOOR} {rows} a call, to settle", found)
        if found["accepted"] < total - rows:
            raise CannotGoOn(f"Only {found['accepted']} of {total} rows were accepted: {found['wrong']}")
        rate = float(found["accepted"] / (self.stack.settled() - began))
        print(f"    {'settled, end to end':<34}{rate:>10,.0f} rows/s", flush=True)
        return rate


def rounds(number: int, steps: dict[str, Callable[[], float]]) -> dict[str, list[float]]:
    """Each step once a round, in turn, so that what disturbs the machine disturbs all of them alike."""
    found: dict[str, list[float]] = {name: [] for name in steps}
    for order in range(number):
        print(f"  round {order + 1} of {number}", flush=True)
        for name, step in steps.items():
            found[name].append(step())
    return found


def ratio(found: dict[str, list[float]], ours: str, theirs: str) -> float:
    """The median of each round's own ratio."""
    return statistics.median(mine / other for mine, other in zip(found[ours], found[theirs], strict=True))
