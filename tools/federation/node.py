"""One node of several on this machine: its own servers, keys and processes in a folder of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg2

from tools import health, platform_processes, ports, processes, progress, roles
from tools.children import Child
from tools.errors import CannotGoOn
from tools.federation.plan import Plan
from tools.paths import PYTHON, ROOT
from tools.postgres import SUPERUSER
from tools.processes import MARK
from tools.services import Services
from tools.supervisor import TICK_SECONDS, Supervisor
from tools.variables import write_privately

# Of whoever starts us; each node has its own.
_OWN = (
    *("DATABASE_URL", "MIGRATION_DATABASE_URL", "REDIS_URL", "APP_DATABASE_ROLE", "TEST_DATABASE_NAME"),
    *("SECRET_KEY", "FIELD_KEYS", "INDEX_KEY", "VAR_DIR", "DJANGO_SETTINGS_MODULE", "PYTHONPATH"),
    *("AS_DATABASE_OWNER", "STATIC_STORAGE", "DEV_BEGAN", "PORT", "PUBLIC_URL", MARK),
    *("NODE_ID", "NODE_NAME", "NODE_KIND", "NODE_REGION", "NODE_ENTERPRISE", "TEAM_NUMBER_START"),
    "COOKIE_SUFFIX",
)
# Four clusters share the machine; none needs a quarter of its memory.
SETTINGS = {"shared_buffers": "96MB", "max_connections": "60"}
WEB_PROCESSES = 1
PATIENCE_SECONDS = 180.0
PARTS = ("web", "settler", "worker", "beat", "postgres", "redis")


class Node:
    """A node of the plan: made, started, asked, stopped. One process holds it at a time.

    `settings` are PostgreSQL's, `variables` the platform's; `first_path`: where Python looks first.
    """

    def __init__(
        self,
        var: Path,
        plan: Plan,
        port: int,
        *,
        settings: Mapping[str, str] | None = None,
        variables: Mapping[str, str] | None = None,
        first_path: str = "",
    ) -> None:
        self.var, self.plan, self.port, self.first_path = var, plan, port, first_path
        self.url = f"http://127.0.0.1:{port}"
        given = {name: value for name, value in os.environ.items() if name not in _OWN}
        self.services = Services(
            var, given={**given, **(variables or {})}, postgres_settings={**SETTINGS, **(settings or {})}
        )
        self.supervisor = Supervisor(
            lambda said: progress.say(f"{time.strftime('%H:%M:%S')} {plan.code} {said}")
        )

    def write_settings(self, more: Mapping[str, str]) -> None:
        """Leave in its folder what makes it this node, so that `./dev manage` finds it too."""
        write_privately(
            self.var / "node.json", json.dumps({**self.plan.settings(self.url), **more}, indent=2)
        )

    def start_servers(self) -> None:
        """Its PostgreSQL and Redis, as new or as they were. Raises CannotGoOn."""
        lock = self.services.installation.lock
        if not lock.try_hold():
            raise CannotGoOn(f"Process {lock.holder()} already runs {self.plan.name} in {self.var}.")
        self.services.installation.end_leftovers()
        if not ports.is_free(self.port):
            raise CannotGoOn(f"Port {self.port} is taken by another program: choose others with --port.")
        self.services.installation.announce(self.url)
        self.services.start()
        for child in self.services.running:
            self.supervisor.watch(child, stage=0)

    def environment(self) -> dict[str, str]:
        """What its processes need to know."""
        found = platform_processes.environment(self.services.environment())
        paths = [self.first_path, found["PYTHONPATH"]] if self.first_path else [found["PYTHONPATH"]]
        return {**found, "PYTHONPATH": os.pathsep.join(paths)}

    def preparing(self) -> subprocess.Popen[bytes]:
        """Its tables and reference data, in a process that is on its way."""
        env = self.environment()
        (self.var / "log").mkdir(mode=0o700, exist_ok=True)
        with (self.var / "log" / "prepare.log").open("wb") as words:
            return subprocess.Popen(
                [PYTHON, "-m", "tools.prepare"],
                cwd=ROOT,
                env={**env, "AS_DATABASE_OWNER": "1", MARK: env["VAR_DIR"]},
                stdin=subprocess.DEVNULL,
                stdout=words,
                stderr=words,
            )

    def start_platform(self) -> None:
        """Web, settler, worker and beat."""
        env = self.environment()
        children: list[Child] = [
            platform_processes.worker(self.var, env),
            platform_processes.beat(self.var, env),
            platform_processes.settler(self.var, env),
            platform_processes.web(self.var, env, self.port, WEB_PROCESSES),
        ]
        for child in children:
            self.supervisor.watch(child, stage=1)
            child.start()

    def wait_until_healthy(self) -> None:
        """Raises CannotGoOn with the end of its log."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while (trouble := health.trouble(self.url)) is not None:
            self.supervisor.look()
            if time.monotonic() > deadline:
                words = progress.tail(self.var / "log" / "web.log")
                raise CannotGoOn(f"{self.plan.name} is not healthy: {trouble}\n{words}")
            time.sleep(0.2)

    def step(
        self,
        name: str,
        /,
        *,
        as_administrator: bool = False,
        while_waiting: Callable[[], None] | None = None,
        **facts: Any,
    ) -> Any:
        """One step of `tools.federation._inside` in a process of this node; what it answers."""
        env = {**self.environment(), MARK: str(self.var)}
        if as_administrator:
            env["DATABASE_URL"] = self.address()
        with tempfile.TemporaryFile("w+", encoding="utf-8") as asked:
            json.dump(facts, asked)
            asked.seek(0)
            process = subprocess.Popen(
                [PYTHON, "-m", "tools.federation._inside", name],
                cwd=ROOT,
                env=env,
                stdin=asked,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
        try:
            said, complained = _heard(process, while_waiting)
        except BaseException:
            process.terminate()
            raise
        if process.returncode:
            raise CannotGoOn(f"{self.plan.name}: {name} failed:\n{said[-2000:]}{complained[-3000:]}")
        return json.loads(said.splitlines()[-1])

    def address(self) -> str:
        """Its database as the machine's administrator reaches it."""
        postgres = self.services.postgres
        if postgres is None:
            raise CannotGoOn("Each of several nodes brings its own PostgreSQL: unset DATABASE_URL.")
        return postgres.url(SUPERUSER, postgres.password, roles.DATABASE)

    def ask(self, *statements: str) -> list[tuple[Any, ...]]:
        """Statements in one transaction as administrator; the rows of the last. Raises psycopg2.Error."""
        address = self.address().replace("postgres://", "postgresql://")
        with (
            closing(psycopg2.connect(address, connect_timeout=3)) as connection,
            connection,
            connection.cursor() as cursor,
        ):
            cursor.execute("SET LOCAL lock_timeout = '5s'")
            for statement in statements:
                cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def pid(self, part: str) -> int | None:
        """The living main process of a part, by its file."""
        return processes.read_pid(self.var / "run" / f"{part}.pid")

    def kill_part(self, part: str) -> None:
        """kill -9 of a part and, except PostgreSQL's, of its children. Raises ProcessLookupError."""
        pid = self.pid(part)
        if pid is None:
            raise ProcessLookupError(part)
        below = [] if part == "postgres" else children_of(pid)
        os.kill(pid, signal.SIGKILL)
        for child in below:
            try:
                os.kill(child, signal.SIGKILL)
            except ProcessLookupError:
                continue

    def stop(self) -> None:
        """Stop what was started, and let others have the folder."""
        self.supervisor.stop()
        self.services.stop()
        self.services.installation.lock.let_go()


def children_of(pid: int) -> list[int]:
    """The processes that a process has started and that live."""
    try:
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:  # another system, or it has just ended
        return []


def _heard(process: subprocess.Popen[str], while_waiting: Callable[[], None] | None) -> tuple[str, str]:
    """All that a process says; whoever waits for it looks after other things meanwhile."""
    while True:
        try:
            return process.communicate(timeout=TICK_SECONDS if while_waiting else None)
        except subprocess.TimeoutExpired:
            if while_waiting:
                while_waiting()
