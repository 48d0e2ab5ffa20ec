"""Between nodes: a backlog until the province has it, punches from birth on, comparing, and master data.

    ./dev bench federation [--only backlog live reconcile masters] [--workers 20000] [--punches 400000]
        [--seconds 60] [--reconcile 10000000] [--masters 100000]

Four nodes with clusters of their own on this machine, as `./dev federation up` makes them, anew each time.
Records and punches of a backlog are durable when the province has given its last receipt, and settled when
all of it is applied and concluded there.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tools import ports
from tools.bench._federation import backlog, live, masters, reconcile
from tools.bench._federation.both import Both
from tools.federation.plan import NODES, folder_of
from tools.federation.whole import Federation
from tools.installation import Installation
from tools.paths import var_dir

SETTINGS = {"shared_buffers": "256MB", "max_wal_size": "4GB", "checkpoint_timeout": "30min"}
# In the order in which they are done: masters last, since what they bring goes down to the other nodes.
PHASES: dict[str, Callable[[Both], dict[str, Any]]] = {
    "backlog": backlog.measure,
    "live": live.measure,
    "reconcile": reconcile.measure,
    "masters": masters.measure,
}


def main(arguments: list[str]) -> int:
    """Measure, print as it goes, and the figures as one JSON object in the last line."""
    options = _parser().parse_args(arguments)
    var = var_dir() / "bench-federation"
    _clear(var)
    var.mkdir(parents=True, exist_ok=True)
    whole = Federation(
        var,
        ports.pick(f"{var} nodes", number=len(NODES) + 1),
        plans=NODES[: options.nodes],
        settings=SETTINGS,
        variables=lambda _plan: {"LOG_LEVEL": "ERROR"},
        has_world=False,
    )
    over = threading.Event()
    try:
        whole.start()
        threading.Thread(target=_watch, args=(whole, over), daemon=True).start()
        figures = _measured(Both(whole, options))
    finally:
        over.set()
        whole.stop()
    _clear(var)
    print(json.dumps({"bench": "federation", **figures}, ensure_ascii=False))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="./dev bench federation",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--only", nargs="+", choices=tuple(PHASES), default=list(PHASES), metavar="PHASE")
    parser.add_argument("--nodes", type=int, choices=(2, 3, 4), default=4, help="from the province down (4)")
    parser.add_argument("--workers", type=int, default=20_000, help="people of the city's backlog (20,000)")
    parser.add_argument("--projects", type=int, default=300, help="their projects (300)")
    parser.add_argument("--punches", type=int, default=400_000, help="punches of its backlog (400,000)")
    parser.add_argument("--rate", type=int, default=200, help="punches a second, from birth on (200)")
    parser.add_argument("--seconds", type=int, default=60, help="of that (60)")
    parser.add_argument("--reconcile", type=int, default=10_000_000, help="punches to compare (10,000,000)")
    parser.add_argument("--masters", type=int, default=100_000, help="enterprises to pull (100,000)")
    return parser


def _clear(var: Path) -> None:
    """Every run begins from nothing but the template; the nodes of one that failed are left to look at."""
    for plan in NODES:
        for home in Installation(folder_of(var, plan)).homes():
            shutil.rmtree(home, ignore_errors=True)
    (var / "four-databases.sqlite").unlink(missing_ok=True)


def _watch(whole: Federation, over: threading.Event) -> None:
    while not over.wait(0.5):
        whole.look()


def _measured(both: Both) -> dict[str, Any]:
    """The chosen phases, and whether city and province hold the same after those between them."""
    figures: dict[str, Any] = {"load": round(os.getloadavg()[0], 1)}
    print(f"load {figures['load']} on {os.cpu_count()} processors", flush=True)
    for name, measure in PHASES.items():
        if name in both.options.only:
            found = measure(both)
            figures |= found
            print(f"  {name}: {json.dumps(found)}", flush=True)
        if name == "reconcile":
            figures |= both.agreed()
    return figures
