"""The impact check of a draft at a million records: seconds beside reading the same rows and judging nothing.

./dev bench impact [--records 1000000] [--runs 3]
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess

from tools import progress, testing
from tools.paths import PYTHON, ROOT

# The figure: a draft is held against a million records within a minute.
LIMIT_SECONDS, MILLION = 60.0, 1_000_000
LIMIT_PEAK_MB = 400.0


def main(arguments: list[str]) -> int:
    """Measure on a throw-away database; 1 when a limit is passed."""
    parser = argparse.ArgumentParser(prog="./dev bench impact")
    parser.add_argument("--records", type=int, default=MILLION, help="people at work (1,000,000)")
    parser.add_argument("--runs", type=int, default=3, help="each step so many times, medians (3)")
    options = parser.parse_args(arguments)
    services = testing.take_a_seat()
    try:
        with progress.step("throw-away PostgreSQL and Redis"):
            services.start()
        environment = {**testing.environment_of(services), "SYNTHETIC_PEOPLE": "1", "LOG_LEVEL": "ERROR"}
        base, _slash, _name = environment["DATABASE_URL"].rpartition("/")
        _say(environment, "database")
        environment["DATABASE_URL"] = f"{base}/bench_impact"
        with progress.step(f"{options.records:,} people at work"):
            _say(environment, "world", str(options.records))
        return _report(environment, options.records, options.runs)
    finally:
        services.stop()


def _report(environment: dict[str, str], records: int, runs: int) -> int:
    """Both steps in turn, so that a load of the machine falls on both."""
    rounds = [(_say(environment, "read"), _say(environment, "check")) for _run in range(runs)]
    read = statistics.median(one["seconds"] for one, _check in rounds)
    check = statistics.median(one["seconds"] for _read, one in rounds)
    found = {
        "records": records,
        "count_seconds": round(statistics.median(one["count"] for one, _check in rounds), 2),
        "read_seconds": round(read, 2),
        "check_seconds": round(check, 2),
        "check_cpu_seconds": round(statistics.median(one["cpu"] for _read, one in rounds), 2),
        "check_vs_read": round(check / read, 2),
        "peak_mb": round(max(one["peak_mb"] for _read, one in rounds)),
        "failing_records": int(rounds[0][1]["failing"]),
        "failing_projects": int(rounds[0][1]["projects"]),
    }
    print(json.dumps(found))
    allowed = LIMIT_SECONDS * max(records / MILLION, 1)
    return int(check > allowed or found["peak_mb"] > LIMIT_PEAK_MB)


def _say(environment: dict[str, str], *words: str) -> dict[str, float]:
    """One step in a process of its own; what it printed."""
    command = [str(PYTHON), "-m", "tools.bench._impact", *words]
    done = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found
