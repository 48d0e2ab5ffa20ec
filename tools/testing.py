"""`./dev test`: all that running all tests needs, then pytest with the arguments given."""

from __future__ import annotations

import os
from collections.abc import Mapping

from tools import browser, environment, platform_processes, progress, running
from tools.errors import CannotGoOn
from tools.paths import PYTHON, var_dir
from tools.postgres import SUPERUSER
from tools.services import Services

# So many test runs may use one checkout at the same time.
SEATS = 9
PROCESSES = 2
# Of a running node or a person's .env; the tests' servers and keys are their own.
FOREIGN = ("DATABASE_URL", "MIGRATION_DATABASE_URL", "REDIS_URL", "SECRET_KEY", "FIELD_KEYS", "INDEX_KEY")


def main(arguments: list[str]) -> int:
    """Bring what is missing, start throw-away servers, run; pytest's exit code is ours."""
    environment.ensure_front_end()
    mutating = "--mutate-scope" in arguments
    with_browser = "--no-browser" not in arguments and not mutating
    rest = [word for word in arguments if word not in ("--no-browser", "--mutate-scope")]
    own = {"CHROMIUM_PATH": browser.find()} if with_browser else {}
    services = take_a_seat()
    try:
        with progress.step("throw-away PostgreSQL and Redis"):
            services.start()
        # Static files are not collected for tests; each request would warn that the folder is missing.
        (services.var / "static").mkdir(exist_ok=True)
        env = {**environment_of(services), **own}
        if mutating:
            return running.in_foreground([str(PYTHON), "-m", "tools.mutate_scope", *rest], env)
        return running.in_foreground(pytest_command(rest, with_browser=with_browser), env)
    finally:
        services.stop()
        services.installation.lock.let_go()


def take_a_seat() -> Services:
    """The first test folder below VAR_DIR that nobody uses; what a killed run left in it is ended."""
    for number in range(1, SEATS + 1):
        services = Services(var_dir() / f"test-{number}", given=_given(), durable=False)
        if services.installation.lock.try_hold():
            return services
    raise CannotGoOn(f"{SEATS} test runs are using {var_dir()} already.")


def _given() -> Mapping[str, str]:
    """The environment without a node's variables; TEST_DATABASE_URL, TEST_REDIS_URL replace our servers."""
    kept = {name: value for name, value in os.environ.items() if name not in FOREIGN}
    for ours, theirs in (("DATABASE_URL", "TEST_DATABASE_URL"), ("REDIS_URL", "TEST_REDIS_URL")):
        if os.environ.get(theirs):
            kept[ours] = os.environ[theirs]
    return kept


def environment_of(services: Services) -> dict[str, str]:
    """Tests make and drop databases, so they come as the superuser of a server that holds nothing else."""
    env = platform_processes.environment(services.environment())
    if services.postgres:
        env["DATABASE_URL"] = services.postgres.url(SUPERUSER, services.postgres.password, "postgres")
        env.pop("MIGRATION_DATABASE_URL", None)
    return env


def pytest_command(arguments: list[str], *, with_browser: bool) -> list[str]:
    """pytest in two processes by files, unless the person says otherwise."""
    command = [str(PYTHON), "-m", "pytest"]
    if not any(word == "-n" or word.startswith(("-n", "--numprocesses", "--pdb")) for word in arguments):
        command += ["-n", str(PROCESSES), "--dist", "loadfile"]
    if with_browser:
        return [*command, *arguments]
    return [*command, *_without_browser(arguments)]


def _without_browser(arguments: list[str]) -> list[str]:
    """Narrow the person's own `-m` expression instead of replacing it."""
    if "-m" in arguments[:-1]:
        at = arguments.index("-m") + 1
        return [*arguments[:at], f"({arguments[at]}) and not browser", *arguments[at + 1 :]]
    return [*arguments, "-m", "not browser"]
