"""`./dev manage …`: Django's command line with the database and Redis of this VAR_DIR."""

from __future__ import annotations

from tools import platform_processes, running
from tools.paths import PYTHON, var_dir
from tools.services import Services
from tools.variables import load_dotenv

# These change tables or rights, which the web's role may not.
OWNERS_COMMANDS = {
    "migrate",
    "flush",
    "loaddata",
    "grant_app_role",
    "load_reference_data",
    "demo",
    "createcachetable",
    "cell",
}
# These look at code only, and need not wait for a database.
WITHOUT_SERVICES = {"help", "--help", "--version", "version", "check", "spectacular"}


def main(arguments: list[str]) -> int:
    """Use the servers of a running `up`; without one, start them for this command and stop them after it."""
    load_dotenv()
    services = Services(var_dir())
    word = arguments[0] if arguments else "help"
    env = {"AS_DATABASE_OWNER": "1"} if word in OWNERS_COMMANDS else {}
    if word not in WITHOUT_SERVICES:
        services.join()
    try:
        environment = platform_processes.environment({**services.environment(), **env})
        return running.in_foreground([str(PYTHON), "manage.py", *arguments], environment)
    finally:
        services.leave()
