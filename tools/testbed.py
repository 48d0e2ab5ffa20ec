"""A real `./dev up` as a process to start, kill and stop: for soak runs and journey tests."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from pathlib import Path

from tools import processes
from tools.installation import Installation
from tools.paths import ROOT

# Of the caller; the node under test has its own.
OWN = (
    *("DATABASE_URL", "MIGRATION_DATABASE_URL", "REDIS_URL", "APP_DATABASE_ROLE", "TEST_DATABASE_NAME"),
    *("SECRET_KEY", "FIELD_KEYS", "INDEX_KEY", "VAR_DIR", "DJANGO_SETTINGS_MODULE", "PYTHONPATH"),
    *("AS_DATABASE_OWNER", "STATIC_STORAGE", "DEV_BEGAN", processes.MARK),
)
READY = re.compile(r"^READY (http://\S+)", re.MULTILINE)


class Node:
    """One node in a folder of its own."""

    def __init__(self, var: Path, port: int, *, checkout: Path = ROOT, **variables: str) -> None:
        self.var, self.port, self.checkout = var.resolve(), port, checkout
        self.url = f"http://127.0.0.1:{port}"
        kept = {name: value for name, value in os.environ.items() if name not in OWN}
        self.env = {**kept, "VAR_DIR": str(self.var), **variables}
        self.words = self.var.with_name(f"{self.var.name}.up.log")
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Begin `./dev up`; does not wait."""
        with self.words.open("wb") as words:
            self.process = subprocess.Popen(
                ["./dev", "up", "--port", str(self.port)],
                cwd=self.checkout,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=words,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def wait_until_ready(self, seconds: float = 600.0) -> float:
        """Seconds until READY was printed. Raises TimeoutError or ChildProcessError with what it said."""
        began = time.monotonic()
        while not READY.search(self.said()):
            if self.process is None or self.process.poll() is not None:
                raise ChildProcessError(f"./dev up ended before READY:\n{self.said()}")
            if time.monotonic() - began > seconds:
                raise TimeoutError(f"./dev up was not READY in {seconds:.0f} s:\n{self.said()}")
            time.sleep(0.05)
        return time.monotonic() - began

    def said(self) -> str:
        """All that it has printed since its last start."""
        return self.words.read_text(encoding="utf-8", errors="replace") if self.words.exists() else ""

    def pid(self, part: str) -> int | None:
        """The living main process of a part (postgres, redis, worker, beat, settler, web), by its file."""
        return processes.read_pid(self.var / "run" / f"{part}.pid")

    def kill_part(self, part: str) -> int:
        """kill -9 of one part's main process; answers its pid."""
        pid = self.pid(part)
        if pid is None:
            raise ProcessLookupError(f"{part} is not running")
        os.kill(pid, signal.SIGKILL)
        return pid

    def kill(self) -> None:
        """kill -9 of `./dev up` itself; what it had started is left to itself."""
        if self.process:
            self.process.kill()
            self.process.wait()

    def stop(self, seconds: float = 180.0) -> int:
        """SIGTERM, as a service manager does; the exit code."""
        if self.process is None:
            raise ProcessLookupError("it was not started")
        self.process.terminate()
        return self.process.wait(timeout=seconds)

    def left(self) -> list[int]:
        """The processes of this node that are alive, whoever started them."""
        installation = Installation(self.var)
        return processes.belonging_to(self.var, installation.working_folders())

    def manage(self, *arguments: str, seconds: float = 120.0, typed: str = "") -> str:
        """`./dev manage …` for this node, `typed` as its standard input; what it printed."""
        return subprocess.run(
            ["./dev", "manage", *arguments],
            cwd=self.checkout,
            env=self.env,
            input=typed,
            stdout=subprocess.PIPE,
            text=True,
            timeout=seconds,
            check=True,
        ).stdout

    def destroy(self) -> None:
        """Stop whatever runs and delete the data."""
        subprocess.run(
            ["./dev", "reset", "--yes"], cwd=self.checkout, env=self.env, capture_output=True, check=False
        )
        self.words.unlink(missing_ok=True)
