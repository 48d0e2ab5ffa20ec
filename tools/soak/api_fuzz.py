"""Calls of the REST API that its schema makes up: no fault of ours, no answer outside the schema.

    ./dev soak api-fuzz [--calls 5000] [--seed N]

Each call is undone before the next, so that no act takes the ground from under those after it.
"""

from __future__ import annotations

import argparse
import random

from tools import testing

WHERE = "tests/api/test_against_the_schema.py"


def main(arguments: list[str]) -> int:
    """Make the calls in one process and print how many were answered how; pytest's exit code is ours."""
    parser = argparse.ArgumentParser(prog="./dev soak api-fuzz")
    parser.add_argument("--calls", type=int, default=5000, help="calls in all (5000)")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    options = parser.parse_args(arguments)
    print(f"seed {options.seed}", flush=True)
    sizes = ["--calls", str(options.calls), "--from-seed", str(options.seed)]
    return testing.main([WHERE, "-n0", "-rP", "--show-capture=stdout", "--no-browser", *sizes])
