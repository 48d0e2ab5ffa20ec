"""Server time and weight of every page and read of the demo world, or of one ten times its size.

    ./dev bench pages [--scale 10] [--requests 40]

Pages are found by following links from each demo account's home, so that a new one is measured as soon as
somebody can reach it. Another scale has a world of its own beneath VAR_DIR, kept for the next time.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from tools import platform_processes, progress, running
from tools.errors import CannotGoOn
from tools.paths import PYTHON, var_dir
from tools.services import Services
from tools.variables import load_dotenv

# What a new world needs before it can be asked, in this order.
PREPARATION = (
    ["migrate", "--noinput", "-v0"],
    ["grant_app_role"],
    ["load_reference_data"],
    ["collectstatic", "--noinput", "-v0"],
)


def main(arguments: list[str]) -> int:
    """Measure in a process of its own with the servers of this world; 1 when a limit is passed."""
    options = _parser().parse_args(arguments)
    load_dotenv()
    services = Services(_home_of(options.scale))
    services.join()
    try:
        environment = platform_processes.environment({**services.environment(), "LOG_LEVEL": "CRITICAL"})
        if options.scale != 1:
            _prepare(environment, options.scale)
        command = [str(PYTHON), "-m", "tools.bench._pages", str(options.requests)]
        return running.in_foreground(command, environment)
    finally:
        services.leave()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./dev bench pages")
    parser.add_argument("--scale", type=float, default=1, help="people as a multiple of the demo world's (1)")
    parser.add_argument("--requests", type=int, default=40, help="measured requests for each page (40)")
    return parser


def _home_of(scale: float) -> Path:
    return var_dir() if scale == 1 else var_dir() / f"bench-x{scale:g}"


def _prepare(environment: dict[str, str], scale: float) -> None:
    """Bring the world of this scale to the present code and day. Raises CannotGoOn."""
    owner = {**environment, "AS_DATABASE_OWNER": "1"}
    progress.say(f"the demo world × {scale:g} …")
    for command in (*PREPARATION, ["demo", "--scale", f"{scale:g}"], ["shell", "-v0", "-c", _STATISTICS]):
        if running.in_foreground([str(PYTHON), "manage.py", *command], owner):
            raise CannotGoOn(f"The world to measure could not be made: manage.py {command[0]} failed.")


# Without them the first minutes of a new world are planned as if every table were empty.
_STATISTICS = "from django.db import connection; connection.cursor().execute('ANALYZE')"
