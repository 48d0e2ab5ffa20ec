"""The processes of the platform itself: web, settler, Celery worker and beat."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from tools.children import Child
from tools.paths import PYTHON, ROOT, VENV

# Each web process has an event loop for the punches' doors, a writer, and Django's threads (WEB_THREADS).
WEB_PROCESSES, WORKER_PROCESSES = 2, 2


def web(var: Path, env: dict[str, str], port: int, processes: int = WEB_PROCESSES) -> Child:
    """granian serving ASGI; a process of its own that dies is put back by granian."""
    command = [
        str(VENV / "bin" / "granian"),
        "--interface",
        "asgi",
        "--loop",
        "uvloop",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
    ]
    command += ["--workers", str(processes), "--no-ws"]
    command += ["--respawn-failed-workers", "--workers-kill-timeout", "5", "config.asgi:application"]
    return Child("web", command, var, env, ROOT)


def settler(var: Path, env: dict[str, str]) -> Child:
    """The one process that turns accepted punches into days. SIGTERM lets the running step end."""
    return Child("settler", [str(PYTHON), "manage.py", "settle"], var, env, ROOT, signal.SIGTERM, 10.0)


def worker(var: Path, env: dict[str, str]) -> Child:
    """Celery's worker. SIGTERM lets a running task end; one that takes too long is killed and comes back."""
    command = [
        *_celery(),
        "worker",
        "--concurrency",
        str(WORKER_PROCESSES),
        "--without-gossip",
        "--without-mingle",
    ]
    return Child("worker", [*command, "--loglevel", "INFO"], var, env, ROOT, signal.SIGTERM, 10.0)


def beat(var: Path, env: dict[str, str]) -> Child:
    """Celery's clock; its memory of last runs lies beside the pid files."""
    schedule = var / "run" / "beat-schedule"
    return Child("beat", [*_celery(), "beat", "--schedule", str(schedule), "--pidfile="], var, env, ROOT)


def _celery() -> list[str]:
    return [str(VENV / "bin" / "celery"), "--quiet", "--workdir", str(ROOT), "-A", "config"]


def environment(given: dict[str, str]) -> dict[str, str]:
    """What every process of the platform shares, whoever starts it."""
    path = os.pathsep.join((str(ROOT), str(ROOT / "platform")))
    return {**given, "PYTHONPATH": path, "PYTHONUNBUFFERED": "1", "DJANGO_SETTINGS_MODULE": "config.settings"}
