"""The processes under measurement on one database: the platform as `./dev up` runs it, and the typical."""

from __future__ import annotations

import os
import signal
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError, URLError

from tools import platform_processes, ports
from tools.bench._worlds import Worlds
from tools.children import Child
from tools.errors import CannotGoOn
from tools.paths import PYTHON, ROOT

TYPICAL_WORKERS = 2
PATIENCE_SECONDS = 60.0
SETTLED_SECONDS = 900.0
_WAITING = (
    "SELECT EXISTS (SELECT 1 FROM attendance_inbox) OR EXISTS (SELECT 1 FROM attendance_dirtyday)"
    " OR EXISTS (SELECT 1 FROM federation_acceptedrequest WHERE state = 0)"
)


class Stack:
    """Web, settler, worker and beat of the platform, and gunicorn with the typical service."""

    def __init__(self, worlds: Worlds, database: str) -> None:
        self.worlds, self.database = worlds, database
        self.var = worlds.var
        self.env = worlds.environment(database)
        self.port, self.typical_port = (ports.pick(f"{self.var} {name}") for name in ("web", "typical"))
        build = platform_processes
        self.web = build.web(self.var, self.env, self.port)
        self.settler = build.settler(self.var, self.env)
        worker, beat = build.worker(self.var, self.env), build.beat(self.var, self.env)
        self.children = [self.web, self.settler, worker, beat, self._typical()]

    def _typical(self) -> Child:
        command = [str(PYTHON), "-m", "gunicorn", "--workers", str(TYPICAL_WORKERS), "--log-level", "error"]
        command += ["--bind", f"127.0.0.1:{self.typical_port}", "tools.bench._typical.wsgi:application"]
        env = {**self.env, "DJANGO_SETTINGS_MODULE": "tools.bench._typical.settings"}
        return Child("typical", command, self.var, env, ROOT)

    @contextmanager
    def running(self) -> Iterator[Stack]:
        """All of them, answering."""
        try:
            for child in self.children:
                child.start()
            self._wait(f"http://127.0.0.1:{self.port}/healthz")
            self._wait(f"http://127.0.0.1:{self.typical_port}/")
            yield self
        finally:
            for child in self.children:
                child.ask_to_stop()
            for child in self.children:
                child.stop()

    def _wait(self, url: str) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            if _answers(url):
                return
            time.sleep(0.2)
        raise CannotGoOn(f"Nothing answers at {url}; see the logs in {self.var / 'log'}.")

    def settled(self, within: float = SETTLED_SECONDS) -> float:
        """Wait until nothing accepted is unsettled and no counter is out of date; the instant of that."""
        deadline = time.monotonic() + within
        while time.monotonic() < deadline:
            if not self.worlds.ask(self.database, _WAITING)[0][0]:
                return time.perf_counter()
            time.sleep(0.2)
        raise CannotGoOn(f"The settler did not come to an end within {within:.0f} s.")

    @contextmanager
    def settler_at_rest(self) -> Iterator[None]:
        """The settler stopped between two of its transactions' statements, as when it is busy elsewhere."""
        process = self.settler.process
        if process is None:
            raise CannotGoOn("The settler is not running.")
        process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            process.send_signal(signal.SIGCONT)

    def web_memory(self) -> list[int]:
        """Resident kilobytes of each serving process, largest first."""
        if self.web.process is None:
            return []
        found = [_resident(pid) for pid in _descendants(self.web.process.pid)]
        # granian's master serves nothing and stays small.
        return sorted(found, reverse=True)[: platform_processes.WEB_PROCESSES]


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=3):  # noqa: S310  # our own loopback address
            return True
    except HTTPError as answered:
        return answered.code < 500
    except (URLError, OSError):
        return False


def _descendants(pid: int) -> list[int]:
    try:
        children = [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []
    return [*children, *(further for child in children for further in _descendants(child))]


def _resident(pid: int) -> int:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE") // 1024
