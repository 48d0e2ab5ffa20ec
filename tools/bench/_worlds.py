"""The measured provinces as databases of one durable server: made once, kept, copied for each run."""

from __future__ import annotations

import hashlib
import json
import subprocess
from contextlib import closing
from pathlib import Path
from time import time
from typing import Any

import psycopg2

from tools import platform_processes, progress
from tools.errors import CannotGoOn
from tools.paths import PYTHON, ROOT, var_dir
from tools.postgres import SUPERUSER
from tools.services import Services

# Feasibility's server: much WAL between checkpoints, so that none falls into a measurement by chance.
SETTINGS = {"max_wal_size": "8GB", "checkpoint_timeout": "30min"}
OLDEST_DAYS = 5
MILLION = 1_000_000
# Of the caller's node; the measured one has its own.
FOREIGN = ("DATABASE_URL", "MIGRATION_DATABASE_URL", "REDIS_URL", "SECRET_KEY", "FIELD_KEYS", "INDEX_KEY")
SOURCES = ("tools/bench/_world", "tools/bench/_typical")


class Worlds:
    """PostgreSQL and Redis of the measurements, and the databases in them."""

    def __init__(self, given: dict[str, str], *, workers: int, projects: int) -> None:
        kept = {name: value for name, value in given.items() if name not in FOREIGN}
        self.services = Services(var_dir() / "bench-ingest", given=kept, postgres_settings=SETTINGS)
        if not self.services.installation.lock.try_hold():
            raise CannotGoOn("Another measurement is using these servers; wait until it has ended.")
        self.workers, self.projects = workers, projects

    def start(self) -> None:
        with progress.step("durable PostgreSQL and Redis"):
            self.services.start()
        self.services.var.joinpath("static").mkdir(exist_ok=True)

    def stop(self) -> None:
        self.services.stop()
        self.services.installation.lock.let_go()

    @property
    def var(self) -> Path:
        return self.services.var

    def url(self, database: str) -> str:
        """The address of a database as the superuser of this server, who may load in bulk."""
        postgres = self.services.postgres
        if postgres is None:
            raise CannotGoOn("A measurement brings its own PostgreSQL.")
        return postgres.url(SUPERUSER, postgres.password, database)

    def environment(self, database: str, *, owner: bool = False) -> dict[str, str]:
        """What the platform's processes need to live on one of the databases."""
        found = {**self.services.environment(), "LOG_LEVEL": "ERROR"}
        found["MIGRATION_DATABASE_URL"] = self.url(database)
        app = found["DATABASE_URL"].rpartition("/")[0]
        found["DATABASE_URL"] = self.url(database) if owner else f"{app}/{database}"
        return platform_processes.environment(found)

    def ask(self, database: str, statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """One statement as superuser, outside a transaction."""
        address = self.url(database).replace("postgres://", "postgresql://")
        with closing(psycopg2.connect(address)) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(statement, parameters or None)
                return cursor.fetchall() if cursor.description else []

    def step(self, database: str, *words: str, module: str = "tools.bench._world") -> Any:
        """One step of making a world, in a process of its own."""
        command = [str(PYTHON), "-m", module, *words]
        env = self.environment(database, owner=True)
        done = subprocess.run(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True, check=False)
        if done.returncode:
            raise CannotGoOn(f"The world to measure could not be made: {' '.join(words)} failed.")
        return json.loads(done.stdout.splitlines()[-1])

    def ensure(self, millions: float) -> str:
        """The kept database with so many million punches; made where it is missing, old or of other code."""
        people, name = "bench_people", f"bench_{millions:g}m".replace(".", "_")
        if not self._is_current(people):
            with progress.step(f"{self.workers:,} people on {self.projects:,} projects"):
                self._fresh(people)
                self.step(people, "people", str(self.workers), str(self.projects))
                self._mark(people)
        if not self._is_current(name):
            with progress.step(f"{millions:g} million punches, their days and counters"):
                self.copy(people, name)
                self.step(name, "current")
                self.step(name, "punches", str(round(millions * MILLION)))
                self.step(name, "tables", module="tools.bench._typical")
                self._mark(name)
        self._bring_up_to_date(name)
        return name

    def _bring_up_to_date(self, name: str) -> None:
        """What the present code asks of a kept world: its migrations, parameters and rights."""
        with progress.step(f"{name} brought up to date"):
            self.step(name, "current")

    def copy(self, source: str, name: str) -> None:
        """A database with the content of another, whatever had that name before."""
        self._fresh(name, f"TEMPLATE {source} STRATEGY FILE_COPY")

    def _fresh(self, name: str, how: str = "TEMPLATE template0") -> None:
        self.ask("postgres", f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        self.ask("postgres", f"CREATE DATABASE {name} {how}")

    def drop(self, name: str) -> None:
        self.ask("postgres", f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def _is_current(self, name: str) -> bool:
        found = self.ask(
            "postgres",
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s",
            name,
        )
        kind, _space, made = (found[0][0] if found and found[0][0] else " 0").partition(" ")
        return kind == self._kind() and time() - float(made) < OLDEST_DAYS * 86_400

    def _mark(self, name: str) -> None:
        """Written last, so that a world whose making was interrupted is made again."""
        self.ask("postgres", f"COMMENT ON DATABASE {name} IS %s", f"{self._kind()} {time():.0f}")

    def _kind(self) -> str:
        """What a world depends on: how it is written, and its size."""
        digest = hashlib.sha256(f"{self.workers} {self.projects}".encode())
        for pattern in SOURCES:
            for folder in sorted(ROOT.glob(pattern)):
                for file in sorted(folder.rglob("*.py")):
                    digest.update(file.read_bytes())
        return digest.hexdigest()[:16]
