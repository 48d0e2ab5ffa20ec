"""`./dev up`: all a node needs, from an empty checkout to a page that answers, watched until stopped."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import time
from pathlib import Path

from tools import environment, health, platform_processes, ports, progress
from tools.children import Child
from tools.errors import CannotGoOn
from tools.installation import Installation
from tools.paths import PYTHON, ROOT, var_dir
from tools.processes import MARK
from tools.services import Services
from tools.supervisor import TICK_SECONDS, Supervisor
from tools.variables import load_dotenv

READY_SECONDS = 120.0


class Stopped(BaseException):
    """Somebody asked us to stop (Ctrl-C, SIGTERM, SIGHUP)."""


def main(arguments: list[str]) -> int:
    """Start, say READY, watch; stop everything that was started here, and nothing else."""
    options = _parser().parse_args(arguments)
    load_dotenv()
    listen_for_stop()
    began = float(os.environ.pop("DEV_BEGAN", time.time()))
    services = Services(var_dir())
    supervisor = Supervisor(_say)
    try:
        _take_over(services.installation)
        url = _start(services, supervisor, options.port)
        print(f"\nREADY {url}  ({time.time() - began:.1f} s)", flush=True)
        _show_accounts(services.var)
        while True:
            supervisor.look()
            time.sleep(TICK_SECONDS)
    except Stopped:
        print("\nstopping …", flush=True)
        return 0
    finally:
        ignore_further_requests()
        supervisor.stop()
        services.stop()
        services.installation.lock.let_go()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./dev up", description="Start everything and watch over it.")
    parser.add_argument("--port", type=int, default=8000, help="of the web pages (8000)")
    return parser


def listen_for_stop() -> None:
    def stop(_number: int, _frame: object) -> None:
        raise Stopped

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)


def ignore_further_requests() -> None:
    """While we stop, a second Ctrl-C must not leave half of it running."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


def _say(sentence: str) -> None:
    progress.say(f"{time.strftime('%H:%M:%S')} {sentence}")


def _take_over(installation: Installation) -> None:
    """One `up` per VAR_DIR; a short `./dev manage` that runs the servers just now is waited for."""
    if installation.lock.try_hold():
        return
    if running := installation.running_up():
        raise CannotGoOn(
            f"Already running at {running.url} (process {running.pid}). Stop it with ./dev down, or "
            "start another one beside it with a VAR_DIR and a --port of its own."
        )
    installation.lock.hold(
        seconds=600, on_wait=lambda pid: _say(f"waiting for process {pid}, which is at work here")
    )


def _start(services: Services, supervisor: Supervisor, port: int) -> str:
    """All steps from servers to a healthy answer; the web's address."""
    url = f"http://127.0.0.1:{port}"
    services.installation.end_leftovers()
    if not ports.is_free(port):
        raise CannotGoOn(f"Port {port} is taken by another program: choose one with --port.")
    services.installation.announce(url)
    environment.ensure_front_end()
    with progress.step("PostgreSQL and Redis"):
        services.start()
    for child in services.running:
        supervisor.watch(child, stage=0)
    env = platform_processes.environment(services.environment())
    _prepare(env)
    with progress.step("web, settler, worker and beat"):
        _start_platform(services.var, env, port, supervisor)
        _wait_until_healthy(url, supervisor)
    return url


def _prepare(env: dict[str, str]) -> None:
    """Migrate and load in a process of its own, as the owner of the database."""
    process = subprocess.Popen(
        [PYTHON, "-m", "tools.prepare"],
        cwd=ROOT,
        env={**env, "AS_DATABASE_OWNER": "1", MARK: env["VAR_DIR"]},
        stdin=subprocess.DEVNULL,
    )
    try:
        code = process.wait()
    except BaseException:
        process.terminate()
        process.wait()
        raise
    if code:
        raise CannotGoOn("The database could not be prepared; what failed is named above.")


def _start_platform(var: Path, env: dict[str, str], port: int, supervisor: Supervisor) -> None:
    children: list[Child] = [
        platform_processes.worker(var, env),
        platform_processes.beat(var, env),
        platform_processes.settler(var, env),
        platform_processes.web(var, env, port),
    ]
    for child in children:
        supervisor.watch(child, stage=1)
        child.start()


def _wait_until_healthy(url: str, supervisor: Supervisor) -> None:
    """Return when every part answers; say which one does not when it takes too long."""
    deadline = time.monotonic() + READY_SECONDS
    while (trouble := health.trouble(url)) is not None:
        supervisor.look()
        if time.monotonic() > deadline:
            raise CannotGoOn(
                f"Not healthy after {READY_SECONDS:.0f} s: {trouble}\n"
                f"The logs lie in {var_dir()}/log; web.log ends:\n"
                f"{progress.tail(var_dir() / 'log' / 'web.log')}"
            )
        time.sleep(0.1)


def _show_accounts(var: Path) -> None:
    """The demo accounts, as the platform listed them while it was prepared."""
    file = var / "run" / "accounts.txt"
    if file.exists():
        print(file.read_text(encoding="utf-8"), end="", flush=True)
