"""Tell a waiting person what is happening and for how long: one line a step, a sign of life in long ones."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SIGN_OF_LIFE_SECONDS = 5.0


def say(words: str) -> None:
    """A line for the person who waits; never on standard output, where results go."""
    print(f"  {words}", file=sys.stderr, flush=True)


@contextmanager
def step(title: str) -> Iterator[None]:
    """Print the step when it begins, and its seconds when it is done."""
    print(f"  {title} …", end="", file=sys.stderr, flush=True)
    began = time.monotonic()
    try:
        yield
    except BaseException:
        print(" failed", file=sys.stderr, flush=True)
        raise
    print(f" {time.monotonic() - began:.1f} s", file=sys.stderr, flush=True)


def run_long(
    command: list[str], *, log: Path, env: dict[str, str] | None = None, cwd: Path | None = None
) -> int:
    """Run a command that may take minutes: its words go to `log`, a dot every five seconds to the person."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as words:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=words, stderr=subprocess.STDOUT, env=env, cwd=cwd
        )
    try:
        return _wait_with_dots(process)
    except BaseException:
        process.terminate()
        process.wait()
        raise


def _wait_with_dots(process: subprocess.Popen[bytes]) -> int:
    while True:
        try:
            return process.wait(timeout=SIGN_OF_LIFE_SECONDS)
        except subprocess.TimeoutExpired:
            print(".", end="", file=sys.stderr, flush=True)


def tail(path: Path, lines: int = 15) -> str:
    """The last lines of a log, for an error message."""
    if not path.exists():
        return ""
    return "\n".join(path.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])
