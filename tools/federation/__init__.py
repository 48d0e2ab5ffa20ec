"""`./dev federation up|down|status`: province, city, county and enterprise as nodes on one machine."""

from __future__ import annotations

import argparse
import os
import time
from pathlib import Path

from tools import down, health, progress
from tools.federation.plan import NODES, PROJECT, folder_of, stand_in_exists
from tools.federation.whole import Federation
from tools.installation import Installation
from tools.paths import var_dir
from tools.supervisor import TICK_SECONDS
from tools.up import Stopped, ignore_further_requests, listen_for_stop
from tools.variables import load_dotenv


def main(arguments: list[str]) -> int:
    """Run one of the three words."""
    options = _parser().parse_args(arguments)
    load_dotenv()
    var = folder()
    if options.word == "down":
        return _down(var)
    if options.word == "status":
        return _status(var)
    return _up(var, options.port)


def folder() -> Path:
    """Where all nodes of this VAR_DIR lie."""
    return var_dir() / "federation"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./dev federation", description="Several nodes on one machine.")
    parser.add_argument("word", choices=("up", "down", "status"), nargs="?", default="up")
    parser.add_argument("--port", type=int, default=8100, help="of the first node; the others follow (8100)")
    return parser


def _up(var: Path, port: int) -> int:
    """Start all, say READY, watch; stop everything that was started here, and nothing else."""
    listen_for_stop()
    began = float(os.environ.pop("DEV_BEGAN", time.time()))
    own = Installation(var)
    own.make()
    if not own.lock.try_hold():
        progress.say(
            f"Process {own.lock.holder()} already runs these nodes; stop it with ./dev federation down."
        )
        return 1
    own.announce(f"http://127.0.0.1:{port}")
    whole = Federation(var, port)
    try:
        whole.start()
        print(f"\nREADY {whole.top.url}  ({time.time() - began:.1f} s)", flush=True)
        _show(whole)
        while True:
            whole.look()
            time.sleep(TICK_SECONDS)
    except Stopped:
        print("\nstopping …", flush=True)
        return 0
    finally:
        ignore_further_requests()
        whole.stop()
        own.lock.let_go()


def _show(whole: Federation) -> None:
    """Where each node is, who signs in there, and how to speak to one from a terminal."""
    for node in whole.nodes.values():
        print(f"\n  {node.url}  {node.plan.name}（{node.plan.code}）")
        for one in node.plan.accounts:
            print(f"      {one.username:<12}{one.name}  {one.role}")
    if whole.stand_in:
        print(f"\n  http://127.0.0.1:{whole.port + len(whole.nodes)}  四库一平台的替身")
    password = os.environ.get("DEMO_PASSWORD", "demo-2019-27")
    print(f"\n  密码都是 {password}；项目 {PROJECT}")
    print(f"  一个节点的命令行：VAR_DIR={whole.var}/whs ./dev manage …", flush=True)


def _down(var: Path) -> int:
    """Stop the running one, or what a killed one left behind in any node's folder."""
    if not var.exists():
        print(f"Nothing runs in {var}: there is no such folder.")
        return 0
    own = Installation(var)
    down.stop(own)
    for plan in NODES:
        one = Installation(folder_of(var, plan))
        if one.var.exists() and one.lock.try_hold():
            one.end_leftovers()
            one.lock.let_go()
    own.lock.let_go()
    return 0


def _status(var: Path) -> int:
    """Each node in a line: where it is, and whether all its parts answer; 1 where one does not."""
    wrong = 0
    for plan in NODES:
        running = Installation(folder_of(var, plan)).running_up() if var.exists() else None
        trouble = health.trouble(running.url) if running else "not running"
        wrong += trouble is not None
        print(f"{plan.code:<10}{running.url if running else '-':<26}{trouble or 'healthy'}  {plan.name}")
    if not stand_in_exists():
        print("四库一平台的替身：本版本没有")
    return 1 if wrong else 0
