"""One VAR_DIR: its locks, its folders, who runs it, and what a killed run left behind in it."""

from __future__ import annotations

import json
import os
import signal
from dataclasses import dataclass
from pathlib import Path

from tools import processes, unprivileged
from tools.errors import CannotGoOn
from tools.locks import FileLock


@dataclass(frozen=True)
class Running:
    """The `./dev up` that runs here just now."""

    pid: int
    url: str


class Installation:
    """The folder of one installation. Who runs servers here holds `lock`; who uses them shares `users`."""

    def __init__(self, var: Path) -> None:
        self.var = var
        self.run = var / "run"
        self.lock = FileLock(self.run / "services.lock")
        self.users = FileLock(self.run / "users.lock")
        self.secrets_file = var / "secrets.json"

    def make(self) -> None:
        """Make the data folder: others may pass through it (PostgreSQL's user must), but not look around."""
        try:
            unprivileged.make_folder(self.var)
        except OSError as error:
            raise CannotGoOn(
                f"VAR_DIR {self.var} cannot be written ({error}): set it to another folder."
            ) from error

    def homes(self) -> list[Path]:
        """Where data may lie: here, and where the database went when its user could not come here."""
        return [self.var, unprivileged.system_home_of(self.var)]

    def end_leftovers(self) -> int:
        """End what a killed run left behind; how many processes that was. Only under `lock`."""
        ours = processes.belonging_to(self.var, self.working_folders())
        self._shut_down_postgres(set(ours))
        processes.end(pid for pid in ours if processes.is_alive(pid))
        for file in self.run.glob("*.pid"):
            file.unlink()
        return len(ours)

    def working_folders(self) -> list[Path]:
        """Where only our servers work."""
        return [home / name for home in self.homes() for name in ("pg", "pg.new", "redis")]

    def _shut_down_postgres(self, ours: set[int]) -> None:
        """By its own fast way, for SIGTERM would wait for its clients."""
        leaders = [processes.read_pid(home / "pg" / "postmaster.pid") for home in self.homes()]
        known = [pid for pid in leaders if pid in ours]
        for pid in known:
            os.kill(pid, signal.SIGINT)
        processes.wait_for_end(known, 15.0)

    def announce(self, url: str) -> None:
        """Say for other commands that this process runs here."""
        self.run.mkdir(parents=True, exist_ok=True)
        (self.run / "up.json").write_text(json.dumps({"pid": os.getpid(), "url": url}))

    def running_up(self) -> Running | None:
        """The `./dev up` that holds this folder, if one does."""
        file = self.run / "up.json"
        if not self.lock.is_taken() or not file.exists():
            return None
        try:
            running = Running(**json.loads(file.read_text()))
        except ValueError:
            return None
        return running if running.pid == self.lock.holder() else None
