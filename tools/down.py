"""`./dev down`: stop the `./dev up` of this VAR_DIR, or what a killed one left running. Nothing else."""

from __future__ import annotations

import os
import signal

from tools.errors import CannotGoOn
from tools.installation import Installation
from tools.paths import var_dir
from tools.variables import load_dotenv

PATIENCE_SECONDS = 60.0


def main(_arguments: list[str]) -> int:
    """Stop, and say what was found."""
    load_dotenv()
    installation = Installation(var_dir())
    if not installation.var.exists():
        print(f"Nothing runs in {installation.var}: there is no such folder.")
        return 0
    stop(installation)
    installation.lock.let_go()
    return 0


def stop(installation: Installation) -> None:
    """Stop what runs, and keep the lock, so that nothing starts until the caller lets go of it."""
    running = installation.running_up()
    if running:
        print(f"stopping process {running.pid} ({running.url}) …", flush=True)
        os.kill(running.pid, signal.SIGTERM)
    elif installation.lock.is_taken():
        raise CannotGoOn(
            f"No `./dev up` runs here; process {installation.lock.holder()} uses the servers just now."
        )
    installation.lock.hold(seconds=PATIENCE_SECONDS)
    left = installation.end_leftovers()
    if running:
        print("stopped")
    else:
        print(f"ended {left} processes of a start that was killed" if left else "nothing was running here")
