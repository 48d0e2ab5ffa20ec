"""Which processes are ours, and how to end them: by folder and by a mark in their environment, never by name.

A process belongs to an installation when it was started with the mark `DEV_CHILD_OF=<VAR_DIR>`, or is a
server that works in one of that installation's data folders: PostgreSQL and Redis overwrite their environment
with their title.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path

MARK = "DEV_CHILD_OF"
# A person's shell may stand in a data folder too.
SERVERS = ("postgres", "redis-server")
PROC = Path("/proc")


def is_alive(pid: int) -> bool:
    """Whether a process of this number exists and is more than a corpse waiting to be collected."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return _state(pid) != "Z"


def _state(pid: int) -> str:
    try:
        return (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return ""


def belonging_to(var: Path, folders: Iterable[Path]) -> list[int]:
    """The living processes of the installation at `var`, whoever is their parent now."""
    own = {os.getpid(), os.getppid()}
    if sys.platform == "linux":
        homes = {str(folder) for folder in folders}
        mark = f"{MARK}={var}".encode()
        numbers = (int(entry.name) for entry in PROC.iterdir() if entry.name.isdigit())
        return sorted(pid for pid in numbers if pid not in own and _is_ours(pid, mark, homes))
    return sorted(pid for pid in _listed_by_ps(var, folders) if pid not in own)


def _is_ours(pid: int, mark: bytes, homes: set[str]) -> bool:
    """Look at the folder it works in and the environment it was given; foreigners' show neither."""
    entry = PROC / str(pid)
    try:
        at_home = os.readlink(entry / "cwd").removesuffix(" (deleted)") in homes
        if at_home and (entry / "comm").read_text().strip() in SERVERS:
            return _state(pid) != "Z"
        return mark in (entry / "environ").read_bytes().split(b"\0") and _state(pid) != "Z"
    except OSError:
        return False


def _listed_by_ps(var: Path, folders: Iterable[Path]) -> list[int]:
    """Without /proc (macOS): `ps` shows the environment of one's own processes and a server's folder."""
    listing = subprocess.run(
        ["ps", "-axEww", "-o", "pid=,command="], capture_output=True, text=True, errors="replace", check=False
    ).stdout
    marks = [f"{MARK}={var} ", *(f" {folder} " for folder in folders)]
    rows = [line.strip().partition(" ") for line in listing.splitlines()]
    return [int(pid) for pid, _, command in rows if any(mark in f" {command} " for mark in marks)]


def end(pids: Iterable[int], *, gently: float = 8.0) -> None:
    """Ask with SIGTERM, wait, then insist with SIGKILL; return when all are gone.

    PostgreSQL reads SIGTERM as "wait for all clients", so it should be stopped by its own manager before.
    """
    remaining = [pid for pid in pids if _signal(pid, signal.SIGTERM)]
    remaining = wait_for_end(remaining, gently)
    for pid in remaining:
        _signal(pid, signal.SIGKILL)
    wait_for_end(remaining, 5.0)


def _signal(pid: int, number: int) -> bool:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return False
    return True


def wait_for_end(pids: Iterable[int], seconds: float) -> list[int]:
    """Wait until the processes are gone; answers those that are not."""
    deadline = time.monotonic() + seconds
    remaining = [pid for pid in pids if is_alive(pid)]
    while remaining and time.monotonic() < deadline:
        time.sleep(0.05)
        remaining = [pid for pid in remaining if is_alive(pid)]
    return remaining


def write_pid(path: Path, pid: int) -> None:
    """Leave a true pid for scripts; never a half-written one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".pid.new")
    fresh.write_text(f"{pid}\n")
    fresh.replace(path)


def read_pid(path: Path) -> int | None:
    """The pid in the file when that process is alive, else nothing: a stale file is no process."""
    try:
        pid = int(path.read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return None
    return pid if is_alive(pid) else None
