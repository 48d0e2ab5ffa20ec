"""Rosters: seconds of checking 500 and 5,000 rows and of writing 5,000 (medians of three), and memory."""

from __future__ import annotations

import json
import statistics
import subprocess

from tools import progress, testing
from tools.paths import PYTHON, ROOT

# What is measured, with how many rows, and the most seconds it may take.
LIMITS = {("check", 500): 3.0, ("check", 5_000): 15.0, ("save", 5_000): 20.0}
LARGE, SMALL = 50_000, 500
# The process may grow by what the file itself holds in common (its strings), not by its rows.
LIMIT_GROWTH = 1.25
RUNS = 3


def main(arguments: list[str]) -> int:
    """Measure on a throw-away database; arguments: [runs]. 1 when a limit is passed."""
    runs = int(arguments[0]) if arguments else RUNS
    services = testing.take_a_seat()
    try:
        with progress.step("throw-away PostgreSQL and Redis"):
            services.start()
        environment = {**testing.environment_of(services), "SYNTHETIC_PEOPLE": "1", "LOG_LEVEL": "ERROR"}
        base, _slash, _name = environment["DATABASE_URL"].rpartition("/")
        _say(environment, "database")
        environment["DATABASE_URL"] = f"{base}/bench_import"
        with progress.step("a project without anybody"):
            _say(environment, "project")
        return _report(environment, runs)
    finally:
        services.stop()


def _report(environment: dict[str, str], runs: int) -> int:
    passed = True
    print(f"{'step':<8}{'rows':>8}{'seconds':>10}{'limit':>8}{'peak MB':>9}{'file KB':>9}")
    for (step, rows), limit in LIMITS.items():
        found = [_say(environment, step, str(rows)) for _run in range(runs)]
        seconds = statistics.median(one["seconds"] for one in found)
        peak = statistics.median(one["peak_mb"] for one in found)
        print(f"{step:<8}{rows:>8,}{seconds:>10.2f}{limit:>8.0f}{peak:>9.0f}{found[0]['bytes'] / 1e3:>9.0f}")
        passed = passed and seconds < limit
    peaks = {rows: _say(environment, "check", str(rows))["peak_mb"] for rows in (SMALL, LARGE)}
    growth = peaks[LARGE] / peaks[SMALL]
    small, large = (f"{peaks[rows]:.0f} MB at {rows:,} rows" for rows in (SMALL, LARGE))
    print(f"memory: {small}, {large}: x{growth:.2f}")
    return int(not (passed and growth < LIMIT_GROWTH))


def _say(environment: dict[str, str], *words: str) -> dict[str, float]:
    """One step in a process of its own; what it printed."""
    command = [str(PYTHON), "-m", "tools.bench._import", *words]
    done = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found
