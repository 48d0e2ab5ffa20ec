"""PostgreSQL and Redis for one VAR_DIR: each its given URL, or else our own server started here."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from tools import progress, roles
from tools.children import Child
from tools.errors import CannotGoOn
from tools.installation import Installation
from tools.postgres import SUPERUSER, Postgres
from tools.postgres import ask as ask_postgres
from tools.redis_server import RedisServer
from tools.redis_server import ask as ask_redis
from tools.variables import kept_secrets, node_settings

# Made once per VAR_DIR; a value in the environment goes before.
KEYS = ("SECRET_KEY", "FIELD_KEYS", "INDEX_KEY")
# A demo on this machine: plain HTTP, synthetic people.
DEMO = {"HTTPS_ONLY": "0", "SYNTHETIC_PEOPLE": "1"}
# A cell sends counters to the hub; one that stays away must not fill the disk with what waits for it.
OF_A_CELL = {"wal_level": "logical", "max_slot_wal_keep_size": "20GB"}


class Services:
    """The servers of one VAR_DIR, and the environment in which the platform finds them."""

    def __init__(
        self,
        var: Path,
        *,
        given: Mapping[str, str] = os.environ,
        durable: bool = True,
        postgres_settings: Mapping[str, str] | None = None,
    ) -> None:
        self.installation = Installation(var)
        self.installation.make()
        self.var, self.given = var, given
        self.running: list[Child] = []
        self._started_here = False
        self._is_new = not self.installation.secrets_file.exists()
        self.secrets = kept_secrets(self.installation.secrets_file)
        self.postgres: Postgres | None = None
        if not given.get("DATABASE_URL"):
            instance, password = self.secrets["instance"], self.secrets["superuser_password"]
            settings = {**(OF_A_CELL if given.get("CELL") else {}), **(postgres_settings or {})}
            self.postgres = Postgres(
                var, instance=instance, password=password, durable=durable, settings=settings
            )
        self.redis: RedisServer | None = None
        if not given.get("REDIS_URL"):
            self.redis = RedisServer(var, password=self.secrets["redis_password"], durable=durable)

    def start(self) -> None:
        """Start what is ours, side by side; the installation's lock must be held."""
        self.installation.end_leftovers()
        self._ask_given()
        if self._is_new:
            # A queue of before names rows that nobody can read any more.
            shutil.rmtree(self.var / "redis", ignore_errors=True)
        children = {server: server.child() for server in (self.redis, self.postgres) if server}
        for server, child in children.items():
            server.prepare()
            self.running.append(child)
            child.start()
        for server, child in children.items():
            server.wait_until_ready(child)
        if self.postgres:
            self._ensure_roles(self.postgres)

    def _ask_given(self) -> None:
        """Say at once when a server that was named does not answer. Raises CannotGoOn."""
        questions = ((self.postgres, "DATABASE_URL", ask_postgres), (self.redis, "REDIS_URL", ask_redis))
        for ours, name, ask in questions:
            fault = None if ours else ask(self.given[name])
            if fault:
                raise CannotGoOn(f"{name} is set, but nothing there answers as it should: {fault}")

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

    def environment(self) -> dict[str, str]:
        """All that a process of the platform needs to know."""
        given = {**node_settings(self.var), **{name: value for name, value in self.given.items() if value}}
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
        elif self.given.get("MIGRATION_DATABASE_URL"):
            addresses["APP_DATABASE_ROLE"] = urlsplit(self.given["DATABASE_URL"]).username or ""
        if self.redis:
            addresses["REDIS_URL"] = self.redis.url()
        return addresses

    def join(self) -> None:
        """Use the servers of a running `./dev up`, or start our own until `leave`."""
        self._started_here = self.installation.lock.try_hold()
        if self._started_here:
            self._start_or_clean_up()
        else:
            self._find_running()
        self.installation.users.hold(seconds=60, shared=True)

    def _start_or_clean_up(self) -> None:
        try:
            self.start()
        except BaseException:
            self.stop()
            self.installation.lock.let_go()
            raise

    def _find_running(self) -> None:
        """Learn the ports of the servers that another process runs here, and wait until they answer."""
        for server in (self.postgres, self.redis):
            if server:
                server.find_running()

    def leave(self) -> None:
        """Stop what `join` started, once nobody else uses it."""
        self.installation.users.let_go()
        if not self._started_here:
            return
        self.installation.users.hold(
            seconds=3600, on_wait=lambda _: progress.say("waiting for others who use these servers …")
        )
        self.stop()
        self.installation.users.let_go()
        self.installation.lock.let_go()
