"""`./dev cells up|down|status`: two cells and a hub on one machine, as the platform grows past one.

Each is a whole node in a folder of its own below VAR_DIR/cells. The cells begin with the same demo world, as
after a split, and each counts its own divisions; the hub begins empty and shows the sums that they send.
"""

from __future__ import annotations

import argparse
import json
import signal
import time

from tools import progress
from tools.cells.layout import Layout
from tools.errors import CannotGoOn
from tools.paths import var_dir
from tools.supervisor import TICK_SECONDS
from tools.up import Stopped
from tools.variables import load_dotenv

FIRST_PORT = 8200


def main(arguments: list[str]) -> int:
    """Carry out one of the three words."""
    options = _parser().parse_args(arguments)
    load_dotenv()
    layout = Layout(var_dir() / "cells", options.port)
    return {"up": _up, "down": _down, "status": _status}[options.word](layout)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./dev cells", description=__doc__)
    parser.add_argument("word", choices=("up", "down", "status"))
    parser.add_argument(
        "--port", type=int, default=FIRST_PORT, help="of the hub; the cells have the next two"
    )
    return parser


def _up(layout: Layout) -> int:
    """Start all three, lay the lines, and watch until stopped."""

    def stop(_number: int, _frame: object) -> None:
        raise Stopped

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    try:
        layout.start()
        layout.join()
        for node in layout.nodes.values():
            progress.say(f"{node.name}  {node.url}  {node.divisions}")
        print(f"READY {layout.hub.url}", flush=True)
        while all(node.lives() for node in layout.nodes.values()):
            time.sleep(TICK_SECONDS)
        raise CannotGoOn(f"a node has ended; its words are beside its folder in {layout.folder}")
    except Stopped:
        return 0
    finally:
        layout.stop()


def _down(layout: Layout) -> int:
    for node in layout.nodes.values():
        print(f"{node.name}: {node.down()}")
    return 0


def _status(layout: Layout) -> int:
    """What each node says of its lines; 1 when a line does not run."""
    found = {name: node.status() for name, node in layout.nodes.items() if node.is_made()}
    print(json.dumps(found, ensure_ascii=False, indent=2))
    lines = found.get("hub", {}).get("lines", [])
    return 0 if len(lines) == len(layout.cells) and all(line["running"] for line in lines) else 1
