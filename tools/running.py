"""Run a program for the person at the terminal: their Ctrl-C is its affair, our SIGTERM is passed on."""

from __future__ import annotations

import signal
import subprocess

from tools.paths import ROOT


def in_foreground(command: list[str], env: dict[str, str]) -> int:
    """Run and wait; the answer is an exit code as shells count (128 + signal)."""
    process = subprocess.Popen(command, cwd=ROOT, env=env)

    def pass_on(number: int, _frame: object) -> None:
        process.send_signal(number)

    before = {
        signal.SIGINT: signal.signal(signal.SIGINT, signal.SIG_IGN),
        signal.SIGTERM: signal.signal(signal.SIGTERM, pass_on),
    }
    try:
        code = process.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return code if code >= 0 else 128 - code
