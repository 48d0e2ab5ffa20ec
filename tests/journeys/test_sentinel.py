"""Redis behind sentinels for real: the master killed with -9, and cache and queue go on with the next one."""

import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache.backends.redis import RedisCache
from kombu import Connection
from redis.exceptions import RedisError

from kernel.sentinel import Sentinels, broker, cache, client
from tools import binaries, ports

pytestmark = pytest.mark.journey
PATIENCE = 120.0
MASTER = "platform"
PASSWORD = "a-password-of-the-test"


class Servers:
    """A master, a replica and three sentinels, each a process of its own in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.ports: dict[str, int] = {}
        for name in ("master", "replica", "s1", "s2", "s3"):
            self.ports[name] = ports.pick(f"{folder} {name}", taken=self.ports.values())
        secret = f"requirepass {PASSWORD}\nmasterauth {PASSWORD}\n"
        self._start("master", secret)
        self._start("replica", f"{secret}replicaof 127.0.0.1 {self.ports['master']}\n")
        for name in ("s1", "s2", "s3"):
            self._start(
                name,
                f"sentinel monitor {MASTER} 127.0.0.1 {self.ports['master']} 2\n"
                f"sentinel auth-pass {MASTER} {PASSWORD}\n"
                f"sentinel down-after-milliseconds {MASTER} 3000\n"
                f"sentinel failover-timeout {MASTER} 3000\n",
                "--sentinel",
            )

    def _start(self, name: str, settings: str, *options: str) -> None:
        home = self.folder / name
        home.mkdir()
        file = home / "redis.conf"
        file.write_text(f'port {self.ports[name]}\nbind 127.0.0.1\ndir "{home}"\nsave ""\n{settings}')
        self.processes[name] = subprocess.Popen(
            [binaries.redis_server(), str(file), *options],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    @property
    def url(self) -> str:
        places = ",".join(f"127.0.0.1:{self.ports[name]}" for name in ("s1", "s2", "s3"))
        return f"sentinel://:{PASSWORD}@{places}/{MASTER}/0"

    def stop(self) -> None:
        for process in self.processes.values():
            process.kill()
            process.wait()


@pytest.fixture(scope="module")
def servers() -> Iterator[Servers]:
    with tempfile.TemporaryDirectory(prefix="sentinel-") as folder:
        running = Servers(Path(folder))
        try:
            yield running
        finally:
            running.stop()


def soon(ask: Callable[[], Any]) -> Any:
    """What `ask` answers once it neither fails nor says no; the last failure at the end of patience."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            if answer := ask():
                return answer
        except (RedisError, OSError):
            if time.monotonic() > deadline:
                raise
        assert time.monotonic() < deadline, "never"
        time.sleep(0.1)


def published(url: str, word: str) -> bool:
    """Put a message in a queue as Celery would."""
    address, options = broker(url)
    with Connection(address, transport_options=options) as connection:
        connection.SimpleQueue("growth").put(word)
    return True


def taken(url: str) -> str:
    address, options = broker(url)
    with Connection(address, transport_options=options) as connection:
        message = connection.SimpleQueue("growth").get(timeout=60)
        message.ack()
        return str(message.payload)


def test_cache_and_queue_go_on_after_kill_9_of_the_master(servers: Servers) -> None:
    settings = cache(servers.url)
    kept = RedisCache(settings["LOCATION"], {"OPTIONS": settings["OPTIONS"]})
    known = Sentinels.of(servers.url).ask()
    # Sentinels must know each other and the replica before a master may be lost.
    soon(lambda: known.discover_slaves(MASTER))
    soon(lambda: len(known.sentinels[0].execute_command("SENTINEL", "SENTINELS", MASTER)) == 2)
    kept.set("before", "1", 600)
    assert published(servers.url, "before")
    # Answered for the writes of its own connection only: a write of it comes after the two above.
    with client(servers.url).client() as one:
        one.set("last", "1", 600)
        assert one.execute_command("WAIT", 1, 60_000) == 1
    first = known.discover_master(MASTER)

    os.kill(servers.processes["master"].pid, signal.SIGKILL)
    servers.processes["master"].wait()

    assert soon(lambda: kept.get("before")) == "1"
    assert soon(lambda: known.discover_master(MASTER) != first)
    soon(lambda: kept.add("after", "2", 600))
    assert kept.get("after") == "2"
    assert soon(lambda: published(servers.url, "after"))
    assert [taken(servers.url), taken(servers.url)] == ["before", "after"]
