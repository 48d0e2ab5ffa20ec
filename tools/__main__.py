"""`./dev COMMAND`: find the command, see to its environment, run it, and say failures in a sentence."""

from __future__ import annotations

import io
import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module

from tools import environment
from tools.errors import CannotGoOn


@dataclass(frozen=True)
class Command:
    """One word after `./dev`: where it lives, and which locks it needs (none: any Python will do)."""

    module: str
    locks: tuple[str, ...]
    help: str

    def run(self, arguments: list[str]) -> int:
        main: Callable[[list[str]], int] = import_module(self.module).main
        return main(arguments)


RUN = ("requirements", "requirements-embedded")
TEST = (*RUN, "requirements-dev")
COMMANDS = {
    "up": Command("tools.up", RUN, "[--port 8000]  start everything and watch over it until Ctrl-C"),
    "down": Command("tools.down", (), "stop what a running `up` of this VAR_DIR started"),
    "federation": Command(
        "tools.federation",
        RUN,
        "up|down|status [--port 8100]  a province, a city, a county and an enterprise",
    ),
    "reset": Command("tools.reset", (), "[--yes]  stop, then delete this VAR_DIR's data"),
    "manage": Command("tools.manage", RUN, "COMMAND ...  Django's command line, with database and Redis"),
    "test": Command(
        "tools.testing", TEST, "[pytest arguments] [--no-browser] [--mutate-scope]  run the tests"
    ),
    "check": Command("tools.check", TEST, "ruff, mypy, import contracts, migrations, OpenAPI, deploy check"),
    "bench": Command("tools.bench", TEST, "NAME ...  measure; without a name, list what can be measured"),
    "soak": Command("tools.soak", TEST, "NAME ...  long runs from a seed; without a name, list them"),
    "cells": Command("tools.cells", RUN, "up|down|status  two cells and a hub, as the platform grows by"),
    "lock": Command("tools.lock", (), "[--upgrade]  write the requirement and npm locks again"),
    "frontend": Command(
        "tools.frontend", ("requirements",), "fetch the front-end files (part of up and test)"
    ),
}


def main(arguments: list[str]) -> int:
    """Run one command; its exit code is ours."""
    word = arguments[0] if arguments else "help"
    if word in ("help", "-h", "--help"):
        return show_help()
    command = COMMANDS.get(word)
    if command is None:
        print(f"./dev has no command {word!r}.", file=sys.stderr)
        show_help(sys.stderr)
        return 2
    # Survives the change into .venv, so that READY tells the whole time.
    os.environ.setdefault("DEV_BEGAN", str(time.time()))
    if command.locks:
        environment.ensure(command.locks, rest=arguments)
    return command.run(arguments[1:])


def _leave_in_order(number: int, _frame: object) -> None:
    """On SIGTERM run every `finally` on the way out, so that no pip, npm or server is left behind."""
    raise SystemExit(128 + number)


def show_help(stream=None) -> int:
    """List the commands."""
    width = max(map(len, COMMANDS))
    print("usage: ./dev COMMAND [arguments]\n", file=stream)
    for name, command in COMMANDS.items():
        print(f"  {name:<{width}}  {command.help}", file=stream)
    print("\nData lies in ./var, or in VAR_DIR. Variables are listed in .env.example.", file=stream)
    return 0


if __name__ == "__main__":
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A terminal without UTF-8 must not end a start for the sake of a sign.
            stream.reconfigure(errors="replace")
    signal.signal(signal.SIGTERM, _leave_in_order)
    try:
        code = main(sys.argv[1:])
    except CannotGoOn as sentence:
        print(f"\n{sentence}", file=sys.stderr)
        code = 1
    except PermissionError as refusal:
        print(f"\nNo right to use {refusal.filename}: another user made it, perhaps root.", file=sys.stderr)
        print("Give the checkout to yourself, or set VAR_DIR to a folder of your own.", file=sys.stderr)
        code = 1
    except KeyboardInterrupt:
        print(file=sys.stderr)
        code = 130
    except BrokenPipeError:
        # The reader (`| head`) has gone; Python must not complain about that when it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 1
    sys.exit(code)
