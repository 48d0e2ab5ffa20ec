"""Kill `./dev up` with -9 at random moments; the next start must recover by itself.

    ./dev soak up-kill [--seed N] [--rounds N] [--from-scratch] [--port 8170]

Each round kills a start after a random time, sometimes with some of its servers too, and starts again: READY
must come, every part must live and answer, and an orderly stop must leave nothing behind. With --from-scratch
the rounds begin in a fresh clone without environment, so that pip, npm and initdb are hit as well.
"""

from __future__ import annotations

import argparse
import random
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from tools import health
from tools.paths import ROOT
from tools.testbed import Node

PARTS = ("postgres", "redis", "worker", "beat", "settler", "web")
# A start in a made environment takes about eight seconds, one in a fresh clone about forty.
LONGEST_WAIT, LONGEST_WAIT_FROM_SCRATCH = 12.0, 45.0


def main(arguments: list[str]) -> int:
    """Run the rounds; 1 at the first start that did not recover."""
    options = _parser().parse_args(arguments)
    print(f"seed {options.seed}", flush=True)
    chance = random.Random(options.seed)
    folder = Path(tempfile.mkdtemp(prefix="up-kill-"))
    folder.chmod(0o711)
    checkout = _clone(folder) if options.from_scratch else ROOT
    node = Node(folder / "var", options.port, checkout=checkout)
    try:
        failures = sum(not _round(node, chance, number, options) for number in range(1, options.rounds + 1))
    finally:
        node.destroy()
        shutil.rmtree(folder, ignore_errors=True)
    print(f"{options.rounds - failures} of {options.rounds} rounds recovered")
    return 1 if failures else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./dev soak up-kill")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--port", type=int, default=8170)
    parser.add_argument("--from-scratch", action="store_true")
    return parser


def _clone(folder: Path) -> Path:
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(folder / "clone")], check=True)
    return folder / "clone"


def _round(node: Node, chance: random.Random, number: int, options: argparse.Namespace) -> bool:
    """One start, one kill, one start that must succeed, one orderly stop."""
    if options.from_scratch:
        _forget_what_was_made(node, chance)
    wait = chance.uniform(0.05, LONGEST_WAIT_FROM_SCRATCH if options.from_scratch else LONGEST_WAIT)
    node.start()
    time.sleep(wait)
    killed = _kill(node, chance)
    words = f"round {number}: killed after {wait:.1f} s ({', '.join(killed)})"
    fault = _recover(node)
    print(f"{words}: {fault or 'recovered'}", flush=True)
    return fault is None


def _forget_what_was_made(node: Node, chance: random.Random) -> None:
    """With even odds each, the environment, the front-end files and the data are to be made again."""
    vendor = node.checkout / "platform" / "web" / "static" / "vendor"
    for folder in (node.checkout / ".venv", vendor):
        if chance.random() < 0.5:
            shutil.rmtree(folder, ignore_errors=True)
    if chance.random() < 0.5:
        node.destroy()


def _kill(node: Node, chance: random.Random) -> list[str]:
    """Kill the watcher, and with even odds each of the parts that are there."""
    node.kill()
    killed = ["up"]
    for part in PARTS:
        if chance.random() < 0.5 and node.pid(part):
            node.kill_part(part)
            killed.append(part)
    return killed


def _recover(node: Node) -> str | None:
    """Start again and stop in order; what was wrong, or nothing."""
    node.start()
    try:
        seconds = node.wait_until_ready(300.0)
    except (TimeoutError, ChildProcessError) as fault:
        return str(fault)
    trouble = health.trouble(node.url) or _wrong_parts(node)
    code = node.stop()
    left = node.left()
    if trouble or code or left:
        return f"trouble {trouble}, exit code {code}, left behind {left}"
    print(f"  READY again after {seconds:.1f} s")
    return None


def _wrong_parts(node: Node) -> str | None:
    missing = [part for part in PARTS if node.pid(part) is None]
    return f"no living {', '.join(missing)}" if missing else None
