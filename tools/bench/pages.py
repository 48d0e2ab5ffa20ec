"""Server time of every main page on the demo world: median and p95 of N requests, by account."""

from __future__ import annotations

from tools import platform_processes, running
from tools.paths import PYTHON, var_dir
from tools.services import Services
from tools.variables import load_dotenv


def main(arguments: list[str]) -> int:
    """Measure in a process of its own with the servers of this VAR_DIR; arguments: [requests per page]."""
    load_dotenv()
    services = Services(var_dir())
    services.join()
    try:
        environment = platform_processes.environment({**services.environment(), "LOG_LEVEL": "ERROR"})
        return running.in_foreground([str(PYTHON), "-m", "tools.bench._pages", *arguments], environment)
    finally:
        services.leave()
