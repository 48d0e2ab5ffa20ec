"""A process that we start and answer for: its command, its log, its true pid file, how it is told to stop."""

from __future__ import annotations

import os
import signal
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tools import processes

LARGEST_LOG = 20 * 1024 * 1024


@dataclass
class Child:
    """One long-running program. It leads its own process group, so that Ctrl-C reaches only us."""

    name: str
    command: list[str]
    var: Path
    env: dict[str, str]
    cwd: Path
    stop_signal: signal.Signals = signal.SIGTERM
    patience: float = 8.0
    run_as: dict[str, Any] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    @property
    def pid_file(self) -> Path:
        return self.var / "run" / f"{self.name}.pid"

    @property
    def log(self) -> Path:
        return self.var / "log" / f"{self.name}.log"

    def start(self) -> None:
        """Start it and write its pid; its words are added to its log."""
        for folder in (self.log.parent, self.pid_file.parent):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._turn_over_log()
        with self.log.open("ab") as words:
            self.process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=words,
                stderr=words,
                cwd=self.cwd,
                env={**self.env, processes.MARK: str(self.var)},
                start_new_session=True,
                umask=0o077,
                **self.run_as,
            )
        processes.write_pid(self.pid_file, self.process.pid)

    def _turn_over_log(self) -> None:
        """Keep the log of before beside a new one when it has grown large."""
        if self.log.exists() and self.log.stat().st_size > LARGEST_LOG:
            self.log.replace(self.log.with_suffix(".log.1"))

    def has_died(self) -> bool:
        """Whether it was started and is no longer there."""
        return self.process is not None and self.process.poll() is not None

    def ask_to_stop(self) -> None:
        """Send the signal that ends it in order; does not wait."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(self.stop_signal)

    def stop(self) -> None:
        """Ask, wait, insist; afterwards nothing of its process group is left."""
        if self.process is None:
            return
        self.ask_to_stop()
        try:
            self.process.wait(timeout=self.patience)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.sweep()
        self.pid_file.unlink(missing_ok=True)
        self.process = None

    def sweep(self) -> None:
        """End what the dead leader of the group left behind."""
        if self.process is None:
            return
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            # Nothing is left (macOS says so with the second one).
            return
