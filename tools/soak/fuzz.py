"""Nearly right calls of vendors, to every method and the punch interface: no fault of ours, no half a batch.

    ./dev soak fuzz [--calls 50000] [--seed N]

Each call is undone before the next. Fields, types, lengths, order, encodings and signatures are changed.
"""

from __future__ import annotations

import argparse
import random

from tools import testing

WHERE = "tests/federation/test_fuzz.py"


def main(arguments: list[str]) -> int:
    """Make the calls, in parts, and print how many were answered how; pytest's exit code is ours."""
    parser = argparse.ArgumentParser(prog="./dev soak fuzz")
    parser.add_argument("--calls", type=int, default=50_000, help="calls in all (50,000)")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    options = parser.parse_args(arguments)
    print(f"seed {options.seed}", flush=True)
    sizes = ["--calls", str(options.calls), "--from-seed", str(options.seed)]
    quiet = ["-n2", "-rP", "--show-capture=stdout", "--no-browser"]
    return testing.main([WHERE, *quiet, *sizes])
