"""Our own Redis: append-only file, no eviction, loopback with a password."""

from __future__ import annotations

import os
import time
from pathlib import Path

from tools import binaries, ports, progress
from tools.children import Child
from tools.errors import CannotGoOn
from tools.variables import write_privately

PATIENCE_SECONDS = 20.0


class RedisServer:
    """The Redis of one VAR_DIR. The queue may be lost at any time; it is kept all the same."""

    def __init__(self, var: Path, *, password: str, durable: bool) -> None:
        self.var, self.password, self.durable = var, password, durable
        self.data = var / "redis"
        self.configuration = self.data / "redis.conf"
        self.program = binaries.redis_server()
        self.port = 0

    def prepare(self) -> None:
        """Make the folder and write the configuration, which holds the password, for its owner only."""
        self.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        options = {
            "bind": ports.HOST,
            "port": self.port,
            "dir": f'"{self.data}"',
            "requirepass": self.password,
            "appendonly": "yes" if self.durable else "no",
            "appendfsync": "everysec",
            "save": '""',
            "maxmemory-policy": "noeviction",
        }
        write_privately(self.configuration, "".join(f"{name} {value}\n" for name, value in options.items()))

    def child(self) -> Child:
        """The server as a process to start and watch."""
        self.port = ports.remembered(self.var / "run" / "ports.json", "redis")
        env = {"PATH": os.environ.get("PATH", os.defpath)}
        return Child("redis", [str(self.program), str(self.configuration)], self.var, env, self.data)

    def find_running(self) -> None:
        """Use the server that another process of this VAR_DIR runs."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not self._is_running():
            if time.monotonic() > deadline:
                raise CannotGoOn(f"The Redis of {self.var} should be running, but does not answer.")
            time.sleep(0.2)

    def _is_running(self) -> bool:
        file = self.var / "run" / "ports.json"
        if file.exists():
            self.port = ports.recorded(file, "redis")
        return bool(self.port) and self._answers()

    def url(self, number: int = 0) -> str:
        """An address for Django and Celery."""
        return f"redis://:{self.password}@{ports.HOST}:{self.port}/{number}"

    def wait_until_ready(self, child: Child) -> None:
        """Return when it answers PING and has loaded its file."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not self._answers():
            if child.has_died() or time.monotonic() > deadline:
                raise CannotGoOn(f"Redis does not start ({child.log}):\n{progress.tail(child.log)}")
            time.sleep(0.05)

    def _answers(self) -> bool:
        return ask(self.url()) is None


def ask(url: str) -> str | None:
    """Why nothing answers PING at this address, or nothing when something does."""
    import redis

    from kernel.sentinel import client

    try:
        with client(url, socket_timeout=2, socket_connect_timeout=3) as asked:
            asked.ping()
    except (redis.RedisError, ValueError) as fault:
        return str(fault)
    return None
