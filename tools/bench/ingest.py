"""Acceptance and settling of punches, as ratios to a typical DRF service and to plain COPY in one run.

    ./dev bench ingest [--millions 20] [--seconds 6] [--rounds 3] [--quick]

Brings its own durable PostgreSQL (fsync and synchronous_commit on) with a province of 300,000 people on
5,000 projects, kept beneath VAR_DIR; the platform's processes as `./dev up` starts them; the typical service.
The load generator (tools/bench/_load.py) is a process of its own on the same machine.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
from collections.abc import Iterator
from contextlib import contextmanager

from tools import progress
from tools.bench._ingest import FULL, INSERT, JSON_DOOR, OPEN_API, Measured, ratio, rounds
from tools.bench._reading import latency_while_read, seconds_to_the_dashboards
from tools.bench._stack import Stack
from tools.bench._worlds import Worlds

RUN = "bench_run"
# Settled and typical are compared with the same bodies.
SETTLED_ROWS = 50
KEY_CALLS = 8
READ_RATE, READ_SECONDS, PROBE_RATE = 20.0, 30.0, 200.0
WANTED = {
    "json_50_vs_drf": ">= 10",
    "json_1_vs_drf": ">= 10",
    "json_500_vs_copy": ">= 0.3",
    "open_api_20_vs_json_20": ">= 0.333",
    "settled_vs_full_typical_20m": ">= 3",
    "settled_vs_insert_typical_20m": ">= 1.5",
    "settled_20m_vs_1m": ">= 0.8",
    "web_memory_after_vs_before": "< 1.2",
    "p99_100_rows_while_read_ms": "< 500",
    "dashboards_after_seconds": "< 5",
}


def main(arguments: list[str]) -> int:
    """Measure, print the table and as the last line the ratios as JSON."""
    options = _parser().parse_args(arguments)
    worlds = Worlds(dict(os.environ), workers=options.workers, projects=options.projects)
    worlds.start()
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors", flush=True)
    try:
        bench = Bench(worlds, options)
        bench.accepted_and_small()
        bench.large()
    finally:
        worlds.drop(RUN)
        worlds.stop()
    bench.print_table()
    print(json.dumps({"bench": "ingest", "ratios": bench.ratios}))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./dev bench ingest")
    parser.add_argument("--millions", type=float, default=20, help="punches already there, in millions (20)")
    parser.add_argument("--small", type=float, default=1, help="and in the small world (1)")
    parser.add_argument("--workers", type=int, default=300_000)
    parser.add_argument("--projects", type=int, default=5_000)
    parser.add_argument("--seconds", type=float, default=6, help="of each run (6)")
    parser.add_argument("--rounds", type=int, default=3, help="interleaved rounds; the median counts (3)")
    parser.add_argument("--settle", type=int, default=500_000, help="rows of a run to settle (500,000)")
    return parser


class Bench:
    """The runs in their order, and what they gave."""

    def __init__(self, worlds: Worlds, options: argparse.Namespace) -> None:
        self.worlds, self.options = worlds, options
        self.ratios: dict[str, float] = {}
        self.rates: dict[str, list[float]] = {}
        self.notes: list[str] = []
        self.access = worlds.var / "access.json"

    @contextmanager
    def _measured(self, millions: float) -> Iterator[Measured]:
        """A copy of the kept world under the whole stack; the run's rows never reach the kept one."""
        kept = self.worlds.ensure(millions)
        with progress.step(f"a copy of the world with {millions:g} million punches"):
            self.worlds.copy(kept, RUN)
            self.worlds.step(RUN, "access", str(self.access))
        with Stack(self.worlds, RUN).running() as stack:
            measured = Measured(stack, self.access, self.options.seconds)
            self._warm(measured)
            yield measured

    def _warm(self, measured: Measured) -> None:
        """Caches, connections and plans are there before anything is counted, on both sides."""
        print("  warming up", flush=True)
        # A key's first call in each process reads it from the database: at the peak all have been there.
        everybody = self.options.projects * KEY_CALLS
        measured.load(JSON_DOOR, 1, everybody, seconds=600.0, in_turn=True)
        for path, rows in ((JSON_DOOR, 50), (OPEN_API, 20), (INSERT, 50), (FULL, 50)):
            measured.load(path, rows, seconds=2.0)
        measured.stack.settled()

    def accepted_and_small(self) -> None:
        """What is accepted, and the settling rate of a small world."""
        with self._measured(self.options.small) as measured:
            self.rates |= rounds(
                self.options.rounds,
                {
                    "COPY, one connection, unindexed": measured.copied,
                    "accepted, 500 a body": lambda: measured.accepted(JSON_DOOR, 500),
                    "typical insert, 50 a body": lambda: measured.accepted(INSERT, 50),
                    "accepted, 50 a body": lambda: measured.accepted(JSON_DOOR, 50),
                    "accepted, 50, while settling": lambda: measured.accepted(
                        JSON_DOOR, 50, while_settling=True
                    ),
                    "typical insert, 1 a body": lambda: measured.accepted(INSERT, 1),
                    "accepted, 1 a body": lambda: measured.accepted(JSON_DOOR, 1),
                    "accepted, 1, while settling": lambda: measured.accepted(
                        JSON_DOOR, 1, while_settling=True
                    ),
                    "accepted, 20 a body": lambda: measured.accepted(JSON_DOOR, 20),
                    "WorkerAttendance.Add, 20 a call": lambda: measured.accepted(OPEN_API, 20),
                    "settled, small world": lambda: measured.settled(SETTLED_ROWS, self.options.settle),
                },
            )
        pairs = {
            "json_50_vs_drf": ("accepted, 50 a body", "typical insert, 50 a body"),
            "json_1_vs_drf": ("accepted, 1 a body", "typical insert, 1 a body"),
            "json_50_vs_drf_while_settling": ("accepted, 50, while settling", "typical insert, 50 a body"),
            "json_1_vs_drf_while_settling": ("accepted, 1, while settling", "typical insert, 1 a body"),
            "json_500_vs_copy": ("accepted, 500 a body", "COPY, one connection, unindexed"),
            "open_api_20_vs_json_20": ("WorkerAttendance.Add, 20 a call", "accepted, 20 a body"),
        }
        self._relate(pairs)

    def large(self) -> None:
        """The same settling with many punches there, its typicals, and how it feels to whoever waits."""
        with self._measured(self.options.millions) as measured:
            memory = measured.stack.web_memory()
            self.rates |= rounds(
                self.options.rounds,
                {
                    "typical insert, large world": lambda: measured.accepted(INSERT, SETTLED_ROWS),
                    "typical full, large world": lambda: measured.accepted(FULL, SETTLED_ROWS),
                    "settled, large world": lambda: measured.settled(SETTLED_ROWS, self.options.settle),
                },
            )
            self._memory(memory, measured)
            self._readers(measured)
        pairs = {
            "settled_vs_full_typical_20m": ("settled, large world", "typical full, large world"),
            "settled_vs_insert_typical_20m": ("settled, large world", "typical insert, large world"),
            "settled_20m_vs_1m": ("settled, large world", "settled, small world"),
        }
        self._relate(pairs)

    def _relate(self, pairs: dict[str, tuple[str, str]]) -> None:
        for name, (ours, theirs) in pairs.items():
            self.ratios[name] = round(ratio(self.rates, ours, theirs), 3)

    def _memory(self, before: list[int], measured: Measured) -> None:
        """Growth of the serving processes since the warm-up, made comparable to a million punches."""
        after = measured.stack.web_memory()
        punches = self.options.settle * self.options.rounds
        growth = sum(after) / sum(before)
        self.ratios["web_memory_after_vs_before"] = round(growth, 3)
        self.notes.append(
            f"web processes {before} kB before, {after} kB after {punches:,} punches more (x{growth:.2f})"
        )

    def _readers(self, measured: Measured) -> None:
        sessions = self.worlds.step(RUN, "sessions")
        found = latency_while_read(measured, sessions, rate=READ_RATE, seconds=READ_SECONDS)
        access = json.loads(self.access.read_text(encoding="utf-8"))
        lags = seconds_to_the_dashboards(measured, access, rate=PROBE_RATE)
        self.ratios["p99_100_rows_while_read_ms"] = round(found["p99"] * 1000, 1)
        self.ratios["dashboards_after_seconds"] = round(max(lags), 2)
        self.notes.append(
            f"100-row calls, {READ_RATE:g} a second, while {len(sessions)} regulators read {found['pages']}"
            f" pages (p95 {found['page_p95'] * 1000:.0f} ms): p50 {found['p50'] * 1000:.1f} ms,"
            f" p99 {found['p99'] * 1000:.1f} ms"
        )
        self.notes.append(
            f"a punch is on the dashboards after {statistics.median(lags):.2f} s (median of {len(lags)}"
            f" at {PROBE_RATE:g} punches a second), at most {max(lags):.2f} s"
        )

    def print_table(self) -> None:
        """All rates, the notes and the ratios."""
        print(f"\n{'rows a second':<36}{'median':>12}  rounds")
        for name, rates in self.rates.items():
            print(
                f"{name:<36}{statistics.median(rates):>12,.0f}  {', '.join(f'{rate:,.0f}' for rate in rates)}"
            )
        print(*self.notes, sep="\n")
        for name, value in self.ratios.items():
            wanted = f"  (wanted {WANTED[name]})" if name in WANTED else ""
            print(f"{name:<36}{value:>12}{wanted}")
