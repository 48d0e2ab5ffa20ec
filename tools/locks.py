"""Locks between processes. The kernel lets go of them when their holder dies, also by kill -9."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable
from pathlib import Path

from tools.errors import CannotGoOn


class FileLock:
    """An flock on a file of its own; who holds it exclusively writes the pid inside, for messages."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: int | None = None

    def try_hold(self, *, shared: bool = False) -> bool:
        """Take the lock if it is free; otherwise answer no at once."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return False
        if not shared:
            os.ftruncate(handle, 0)
            os.pwrite(handle, str(os.getpid()).encode(), 0)
        self._file = handle
        return True

    def hold(
        self, *, seconds: float, shared: bool = False, on_wait: Callable[[int], None] | None = None
    ) -> None:
        """Wait for the lock; `on_wait` hears once who has it. Raises CannotGoOn when it stays taken."""
        deadline = time.monotonic() + seconds
        told = False
        while not self.try_hold(shared=shared):
            if on_wait and not told:
                on_wait(self.holder())
                told = True
            if time.monotonic() > deadline:
                raise CannotGoOn(f"Process {self.holder()} still holds {self.path} after {seconds:.0f} s.")
            time.sleep(0.1)

    def let_go(self) -> None:
        """Release; the file stays, since removing it would let two holders in."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def is_taken(self) -> bool:
        """Whether somebody else holds it exclusively just now."""
        if self._file is not None:
            return False
        if not self.path.exists() or self.try_hold(shared=True):
            self.let_go()
            return False
        return True

    def holder(self) -> int:
        """The pid that the last exclusive holder wrote, or 0."""
        try:
            return int(self.path.read_text() or 0)
        except (OSError, ValueError):
            return 0
