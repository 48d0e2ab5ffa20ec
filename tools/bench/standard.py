"""The compiled standard: finding it, judging one record by it, compiling it anew; medians on the demo world.

./dev bench standard [--times 2000]
"""

from __future__ import annotations

import argparse

from tools import platform_processes, running
from tools.bench.pages import PREPARATION
from tools.errors import CannotGoOn
from tools.paths import PYTHON, var_dir
from tools.services import Services
from tools.variables import load_dotenv


def main(arguments: list[str]) -> int:
    """Measure in a process of its own with the servers of this world; 1 when a limit is passed."""
    parser = argparse.ArgumentParser(prog="./dev bench standard")
    parser.add_argument("--times", type=int, default=2000, help="measured look-ups (2000)")
    options = parser.parse_args(arguments)
    load_dotenv()
    services = Services(var_dir())
    services.join()
    try:
        environment = platform_processes.environment({**services.environment(), "LOG_LEVEL": "CRITICAL"})
        owner = {**environment, "AS_DATABASE_OWNER": "1"}
        for command in PREPARATION[:-1]:
            if running.in_foreground([str(PYTHON), "manage.py", *command], owner):
                raise CannotGoOn(f"The world to measure could not be made: manage.py {command[0]} failed.")
        return running.in_foreground(
            [str(PYTHON), "-m", "tools.bench._standard", str(options.times)], environment
        )
    finally:
        services.leave()
