"""pip and npm at work in this checkout: one at a time, and none left over from a start that was killed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from tools import processes, progress
from tools.locks import FileLock
from tools.paths import ROOT

# Of the checkout, whatever VAR_DIR says: two runs must not install at the same time.
LOCK = FileLock(ROOT / ".dev.lock")
PATIENCE_SECONDS = 900.0


@contextmanager
def alone() -> Iterator[None]:
    """Hold the checkout's lock, after ending an orphaned pip or npm that would write into our work."""
    LOCK.hold(
        seconds=PATIENCE_SECONDS,
        on_wait=lambda pid: progress.say(f"waiting for process {pid}, which installs …"),
    )
    try:
        processes.end(processes.belonging_to(ROOT, []))
        yield
    finally:
        LOCK.let_go()


def environment() -> dict[str, str]:
    """What an installer gets: a mark to be known by, and no PYTHONPATH, which pip must not see."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return {**kept, processes.MARK: str(ROOT)}
