"""Export of 100,000 people in the background: seconds (median of three), and memory at 10,000 and 100,000."""

from __future__ import annotations

import json
import statistics
import subprocess

from tools import progress, testing
from tools.paths import PYTHON, ROOT

LIMIT_SECONDS = 60.0
# The process may grow by what a larger table costs its planner and caches, not by its rows.
LIMIT_GROWTH = 1.15
RUNS = 3


def main(arguments: list[str]) -> int:
    """Measure on a throw-away database; arguments: [rows]. 1 when a limit is passed."""
    rows = int(arguments[0]) if arguments else 100_000
    services = testing.take_a_seat()
    try:
        with progress.step("throw-away PostgreSQL and Redis"):
            services.start()
        environment = {**testing.environment_of(services), "SYNTHETIC_PEOPLE": "1", "LOG_LEVEL": "ERROR"}
        base, _slash, _name = environment["DATABASE_URL"].rpartition("/")
        _say(environment, "database")
        environment["DATABASE_URL"] = f"{base}/bench_export"
        with progress.step(f"{rows:,} people"):
            _say(environment, "people", str(rows))
        return _report(environment, rows)
    finally:
        services.stop()


def _report(environment: dict[str, str], rows: int) -> int:
    print(f"{'format':<8}{'rows':>9}{'seconds':>10}{'CPU s':>8}{'rows/s':>9}{'peak MB':>9}{'file MB':>9}")
    passed = True
    for kind in ("xlsx", "csv"):
        peaks = {}
        for number in (rows // 10, rows):
            runs = [_say(environment, "export", kind, str(number)) for _run in range(RUNS)]
            seconds = statistics.median(run["seconds"] for run in runs)
            peaks[number] = statistics.median(run["peak_mb"] for run in runs)
            cpu = statistics.median(run["cpu"] for run in runs)
            size = runs[0]["bytes"] / 1e6
            pace = number / seconds
            print(
                f"{kind:<8}{number:>9,}{seconds:>10.1f}{cpu:>8.1f}{pace:>9,.0f}{peaks[number]:>9.0f}{size:>9.1f}"
            )
        growth = peaks[rows] / peaks[rows // 10]
        passed = passed and seconds < LIMIT_SECONDS and growth < LIMIT_GROWTH
        print(f"{kind}: {rows:,} rows in {seconds:.1f} s (limit {LIMIT_SECONDS:.0f} s), memory x{growth:.2f}")
    return int(not passed)


def _say(environment: dict[str, str], *words: str) -> dict[str, float]:
    """One step in a process of its own; what it printed."""
    command = [str(PYTHON), "-m", "tools.bench._export", *words]
    done = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found
