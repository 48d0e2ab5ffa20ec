"""kill -9 of web, settler, worker, PostgreSQL and Redis amid punches through both doors: each is there once.

    ./dev soak ingest [--kills 20] [--seed N]

Afterwards every acknowledged row is there once, the unacknowledged ones were sent again, and days and
counters equal a recount from the raw punches.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import tempfile
import time
from pathlib import Path

from tools import ports
from tools.soak._punching import PATIENCE, Ledger, Puncher
from tools.soak._reaper import Reaper
from tools.testbed import Node

PROJECT = "420106202601010101"
VICTIMS = ("web", "settler", "worker", "postgres", "redis")
VENDORS, CREW = 3, 25
# The stream goes on for so long after the last kill.
AFTERWARDS = 5.0
COUNT = "from tools.soak._recount import main; main({file!r})"


def main(arguments: list[str]) -> int:
    """Run, count, print the verdict as JSON; 0 if nothing was lost, doubled or concluded wrongly."""
    options = _parser().parse_args(arguments)
    folder = Path(options.var or tempfile.mkdtemp(prefix="soak-ingest-"))
    print(f"ingest: seed {options.seed}, {options.kills} kills, data in {folder}", flush=True)
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o711)
    node = Node(folder / "node", ports.pick(f"{folder} web"))
    node.start()
    try:
        node.wait_until_ready(options.ready_within)
        verdict = _run(node, folder / "ledger.json", options.seed, options.kills)
    finally:
        node.stop()
        if not options.keep:
            node.destroy()
            shutil.rmtree(folder, ignore_errors=True)
    print(json.dumps(verdict, ensure_ascii=False))
    return 0 if _is_clean(verdict, options.kills) else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./dev soak ingest", description=__doc__)
    parser.add_argument("--kills", type=int, default=20, help="kills in all (20)")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--ready-within", type=float, default=300.0, help="seconds that the start may take")
    parser.add_argument("--var", help="folder for the node's data (a temporary one)")
    parser.add_argument("--keep", action="store_true", help="keep the data for a look")
    return parser


def _run(node: Node, file: Path, seed: int, kills: int) -> dict[str, object]:
    access = json.loads(node.manage("open_api_credential", PROJECT).strip().splitlines()[-1])
    ledger, over = Ledger(), [float("inf")]
    vendors = [
        Puncher(number, access, node.url, seed, ledger, lambda: time.monotonic() < over[0])
        for number in range(VENDORS)
    ]
    for vendor in vendors:
        vendor.hire(CREW)
    reaper = Reaper(node, seed, VICTIMS, lambda killed: killed < kills)
    for thread in (*vendors, reaper):
        thread.start()
    reaper.join()
    over[0] = time.monotonic() + AFTERWARDS
    for vendor in vendors:
        vendor.join(AFTERWARDS + 3 * PATIENCE)
    troubles = [f"{vendor.name} gave up" for vendor in vendors if not vendor.came_home]
    counted = _counted(node, file, ledger)
    return {
        "seed": seed,
        "kills": dict(reaper.killed),
        **counted,
        "resent": ledger.resent,
        "troubles": troubles + ledger.refused[:5],
    }


def _counted(node: Node, file: Path, ledger: Ledger) -> dict[str, int]:
    """The node's own answer, once everything accepted is settled."""
    owed = {"project": PROJECT, "sequences": ledger.sequences, "passages": ledger.passages}
    file.write_text(json.dumps(owed), encoding="utf-8")
    until = time.monotonic() + PATIENCE
    while True:
        said = node.manage("shell", "-v0", "-c", COUNT.format(file=str(file)))
        found: dict[str, int] = json.loads(said.strip().splitlines()[-1])
        if not found["unsettled"] or time.monotonic() > until:
            return found


def _is_clean(verdict: dict[str, object], kills: int) -> bool:
    wrong = ("lost", "doubled", "unsettled", "wrong_days", "wrong_counters", "troubles")
    killed = verdict["kills"]
    return (
        not any(verdict[name] for name in wrong)
        and bool(verdict["acknowledged"])
        and isinstance(killed, dict)
        and len(killed) == min(kills, len(VICTIMS))
    )
