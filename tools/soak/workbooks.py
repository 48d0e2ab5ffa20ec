"""Changed workbooks, each brought, checked and written: no fault of ours, no hang, no row by half.

    ./dev soak workbooks [--count 10000] [--seed N]

Cells, structure and bytes are changed. Each import is undone before the next.
"""

from __future__ import annotations

import argparse
import random

from tools import testing

WHERE = "tests/workers/test_workbooks.py"


def main(arguments: list[str]) -> int:
    """Bring them in one process and print how many came to what; pytest's exit code is ours."""
    parser = argparse.ArgumentParser(prog="./dev soak workbooks")
    parser.add_argument("--count", type=int, default=10_000, help="workbooks in all (10,000)")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    options = parser.parse_args(arguments)
    print(f"seed {options.seed}", flush=True)
    sizes = ["--calls", str(options.count), "--from-seed", str(options.seed)]
    quiet = ["-n0", "-rP", "--show-capture=stdout", "--no-browser"]
    return testing.main([WHERE, *quiet, *sizes])
