"""A streaming replica of a running test server, made and started here."""

import subprocess
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg2

from tools import ports, roles, unprivileged
from tools.postgres import SUPERUSER, Postgres

PATIENCE = 120.0


class Standby:
    """A copy that follows `primary`; gone with `stop`."""

    def __init__(self, primary: Postgres, folder: Path) -> None:
        self.port = ports.pick(str(folder))
        folder.mkdir(mode=0o700)
        unprivileged.give(folder)
        quiet: dict[str, Any] = {"env": {"PATH": "/usr/bin:/bin"}, "cwd": "/", **unprivileged.run_as()}
        source = primary.url(SUPERUSER, primary.password, "postgres").replace("postgres:", "postgresql:", 1)
        copy = [str(primary.programs / "pg_basebackup"), "--pgdata", str(folder), "--write-recovery-conf"]
        copy += ["--checkpoint=fast", "--no-sync", "--dbname", source]
        subprocess.run(copy, check=True, capture_output=True, **quiet)
        options = {
            "port": self.port,
            "listen_addresses": ports.HOST,
            "unix_socket_directories": "",
            "shared_buffers": "32MB",
        }
        command = [str(primary.programs / "postgres"), "-D", str(folder)]
        command += [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        nowhere = subprocess.DEVNULL
        self.process = subprocess.Popen(command, stdin=nowhere, stdout=nowhere, stderr=nowhere, **quiet)
        self.url = f"postgres://{SUPERUSER}:{primary.password}@{ports.HOST}:{self.port}/{roles.DATABASE}"
        self._wait()

    def _wait(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                with closing(psycopg2.connect(self.url.replace("postgres:", "postgresql:", 1))):
                    return
            except psycopg2.OperationalError:
                if time.monotonic() > deadline:
                    raise
            time.sleep(0.1)

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()
