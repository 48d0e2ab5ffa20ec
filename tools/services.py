"""PostgreSQL and Redis for one VAR_DIR: each its given URL, or else our own server started here."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import urlsplit

from tools import processes, roles, unprivileged
from tools.children import Child
from tools.errors import CannotGoOn
from tools.locks import FileLock
from tools.postgres import SUPERUSER, Postgres
from tools.redis_server import RedisServer
from tools.variables import kept_secrets

# Made once per VAR_DIR; a value in the environment goes before.
KEYS = ("SECRET_KEY", "FIELD_KEYS", "INDEX_KEY")
# A demo on this machine: plain HTTP, synthetic people.
DEMO = {"HTTPS_ONLY": "0", "SYNTHETIC_PEOPLE": "1"}


class Services:
    """The servers of one VAR_DIR, and the environment in which the platform finds them."""

    def __init__(self, var: Path, *, durable: bool = True) -> None:
        self.var = var
        self.running: list[Child] = []
        # Who runs servers here holds `lock`; who uses them shares `users`, so that they stay.
        self.lock = FileLock(var / "run" / "services.lock")
        self.users = FileLock(var / "run" / "users.lock")
        _make_var(var)
        self.secrets = kept_secrets(var / "secrets.json")
        password = self.secrets["superuser_password"]
        self.postgres: Postgres | None = None
        if not os.environ.get("DATABASE_URL"):
            instance = self.secrets["instance"]
            self.postgres = Postgres(var, instance=instance, password=password, durable=durable)
        self.redis: RedisServer | None = None
        if not os.environ.get("REDIS_URL"):
            self.redis = RedisServer(var, password=self.secrets["redis_password"], durable=durable)

    def start(self) -> None:
        """Start what is ours, side by side; `lock` must be held."""
        self.end_leftovers()
        children = {server: server.child() for server in (self.redis, self.postgres) if server}
        for server, child in children.items():
            server.prepare()
            self.running.append(child)
            child.start()
        for server, child in children.items():
            server.wait_until_ready(child)
        if self.postgres:
            self._ensure_roles(self.postgres)

    def _ensure_roles(self, postgres: Postgres) -> None:
        roles.ensure(
            postgres.url(SUPERUSER, postgres.password, "postgres"),
            owner_password=self.secrets["owner_password"],
            app_password=self.secrets["app_password"],
        )

    def stop(self) -> None:
        """Stop what we started, and wait until it is gone."""
        for child in self.running:
            child.ask_to_stop()
        for child in self.running:
            child.stop()
        self.running.clear()

    def folders(self) -> list[Path]:
        """The folders in which only our servers work."""
        return [
            home / name
            for home in (self.var, unprivileged.home_of(self.var))
            for name in ("pg", "pg.new", "redis")
        ]

    def end_leftovers(self) -> None:
        """End what a run that was killed left behind in this VAR_DIR, and drop its pid files."""
        if self.postgres:
            self.postgres.stop_leftover()
        left = processes.belonging_to(self.var, self.folders())
        if left:
            processes.end(left)
        for file in (self.var / "run").glob("*.pid"):
            file.unlink()

    def environment(self) -> dict[str, str]:
        """All that a process of the platform needs to know."""
        given = {name: value for name, value in os.environ.items() if value}
        made = {name: self.secrets[name] for name in KEYS}
        return {**DEMO, **made, **given, **self._addresses(), "VAR_DIR": str(self.var)}

    def _addresses(self) -> dict[str, str]:
        addresses = {}
        if self.postgres:
            secrets = self.secrets
            owner = self.postgres.url(roles.OWNER, secrets["owner_password"], roles.DATABASE)
            addresses["MIGRATION_DATABASE_URL"] = owner
            addresses["DATABASE_URL"] = self.postgres.url(roles.APP, secrets["app_password"], roles.DATABASE)
            addresses["APP_DATABASE_ROLE"] = roles.APP
        elif os.environ.get("MIGRATION_DATABASE_URL"):
            addresses["APP_DATABASE_ROLE"] = urlsplit(os.environ["DATABASE_URL"]).username or ""
        if self.redis:
            addresses["REDIS_URL"] = self.redis.url()
        return addresses

    def join(self) -> None:
        """Use the servers of a running `./dev up`, or start our own until `leave`."""
        self._started_here = self.lock.try_hold()
        if self._started_here:
            self.start()
        else:
            self._find_running()
        self.users.hold(seconds=60, shared=True)

    def _find_running(self) -> None:
        """Learn the ports of the servers that another process runs here, and wait until they answer."""
        for server in filter(None, (self.postgres, self.redis)):
            server.find_running()

    def leave(self) -> None:
        """Stop what `join` started, once nobody else uses it."""
        self.users.let_go()
        if not self._started_here:
            return
        self.users.hold(seconds=3600, on_wait=lambda _: print("  waiting for others who use these servers …"))
        self.stop()
        self.users.let_go()
        self.lock.let_go()


def _make_var(var: Path) -> None:
    """The data folder: others may pass through it (PostgreSQL's user must), but not look around."""
    try:
        unprivileged.make_folder(var)
    except OSError as error:
        raise CannotGoOn(
            f"VAR_DIR {var} cannot be made or written ({error}): set VAR_DIR to another folder."
        ) from error
