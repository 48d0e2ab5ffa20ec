"""Our own PostgreSQL: a cluster made once, started as a child, reached over loopback with passwords."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

from tools import binaries, ports, processes, progress, unprivileged
from tools.children import Child
from tools.errors import CannotGoOn
from tools.variables import write_privately

SUPERUSER = "postgres"
MEBIBYTE = 1024 * 1024
LARGEST_BUFFER = 2048
PATIENCE_SECONDS = 60.0


class Postgres:
    """The cluster of one VAR_DIR. `durable` is false only for the throw-away one of the tests.

    `settings` go before our own, for a measurement.
    """

    def __init__(
        self,
        var: Path,
        *,
        instance: str,
        password: str,
        durable: bool,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        self.var, self.instance, self.password, self.durable = var, instance, password, durable
        self.settings = dict(settings or {})
        self.home = unprivileged.home_of(var)
        self.data = self.home / "pg"
        self.programs = unprivileged.runnable_postgres(binaries.postgres_bin())
        self.port = 0

    def prepare(self) -> None:
        """Make the cluster at the first start. Interrupted at any point, the next start begins it again."""
        unprivileged.make_folder(self.home)
        if self.data.exists() and self._instance_of_data() != self.instance:
            self._put_aside()
        if not self.data.exists():
            self._initdb()

    def _instance_of_data(self) -> str:
        mark = self.data / "instance"
        return mark.read_text().strip() if mark.exists() else ""

    def _put_aside(self) -> None:
        """The keys of this data went with their VAR_DIR, so none can read it; still, it is kept."""
        aside = self.home / f"pg-without-keys-{time.strftime('%Y%m%d-%H%M%S')}"
        self.data.rename(aside)
        progress.say(f"the database in {self.data} belongs to other keys; it now lies in {aside.name}")

    def _initdb(self) -> None:
        fresh = self.home / "pg.new"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700, exist_ok=True)
        unprivileged.give(fresh)
        password = self.home / ".superuser"
        write_privately(password, self.password)
        unprivileged.give(password)
        command = [
            str(self.programs / "initdb"),
            "-D",
            str(fresh),
            "-U",
            SUPERUSER,
            "--pwfile",
            str(password),
        ]
        command += ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8", "--data-checksums"]
        self._run_initdb(command if self.durable else [*command, "--no-sync"])
        password.unlink()
        (fresh / "instance").write_text(self.instance)
        unprivileged.give(fresh / "instance")
        fresh.rename(self.data)

    def _run_initdb(self, command: list[str]) -> None:
        made = subprocess.run(
            command,
            capture_output=True,
            text=True,
            cwd="/",
            env={**_plain(), processes.MARK: str(self.var)},
            check=False,
            **unprivileged.run_as(),
        )
        if made.returncode and "C.UTF-8" in made.stderr:
            # macOS knows this locale by another name.
            return self._run_initdb([part.replace("C.UTF-8", "C") for part in command])
        if made.returncode:
            raise CannotGoOn(f"initdb failed:\n{made.stdout}{made.stderr}")
        return None

    def child(self) -> Child:
        """The server as a process to start and watch."""
        self.port = ports.remembered(self.var / "run" / "ports.json", "postgres")
        options = {
            "port": self.port,
            "listen_addresses": ports.HOST,
            "unix_socket_directories": "",
            "shared_buffers": f"{_shared_buffers(self.durable)}MB",
            "max_wal_size": "4GB",
            "wal_compression": "pglz",
            "max_connections": 100,
            "timezone": "UTC",
            "log_timezone": "UTC",
            # A refused row must not appear in the log: it may hold a person's name.
            "log_error_verbosity": "terse",
            "log_min_error_statement": "panic",
            **(
                {}
                if self.durable
                else {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
            ),
            **self.settings,
        }
        command = [str(self.programs / "postgres"), "-D", str(self.data)]
        command += [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        return Child(
            "postgres", command, self.var, _plain(), self.data, signal.SIGINT, 20.0, unprivileged.run_as()
        )

    def find_running(self) -> None:
        """Use the server that another process of this VAR_DIR runs."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not self._is_running():
            if time.monotonic() > deadline:
                raise CannotGoOn(f"The PostgreSQL of {self.var} should be running, but does not answer.")
            time.sleep(0.2)

    def _is_running(self) -> bool:
        file = self.var / "run" / "ports.json"
        if file.exists():
            self.port = ports.recorded(file, "postgres")
        return bool(self.port) and self._answers()

    def url(self, role: str, password: str, database: str) -> str:
        """An address for Django."""
        return f"postgres://{role}:{password}@{ports.HOST}:{self.port}/{database}"

    def wait_until_ready(self, child: Child) -> None:
        """Return when it takes connections; a start that fails at once (old shared memory) is repeated."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not self._answers():
            if child.has_died():
                child.sweep()
                time.sleep(0.3)
                child.start()
            if time.monotonic() > deadline:
                raise CannotGoOn(f"PostgreSQL does not start ({child.log}):\n{progress.tail(child.log)}")
            time.sleep(0.05)

    def _answers(self) -> bool:
        return ask(self.url(SUPERUSER, self.password, "postgres")) is None


def ask(url: str) -> str | None:
    """Why no connection comes about at this address, or nothing when one does."""
    import psycopg2

    try:
        # Settings know this scheme by several names, libpq only by its own.
        psycopg2.connect(f"postgresql://{url.partition('://')[2]}", connect_timeout=3).close()
    except psycopg2.OperationalError as fault:
        return str(fault).strip()
    return None


def _plain() -> dict[str, str]:
    """The environment of a server: no variable of ours, and above all no PG* one."""
    return {name: os.environ[name] for name in ("PATH", "LANG", "TZ") if name in os.environ}


def _shared_buffers(durable: bool) -> int:
    """A quarter of the memory up to 2 GB; little for the tests' server (MiB)."""
    if not durable:
        return 128
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // MEBIBYTE
    return max(32, min(memory // 4, LARGEST_BUFFER))
