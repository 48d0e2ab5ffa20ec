"""Faults between and within nodes: each is begun, lasts a while, and is over; what a seed picks."""

from __future__ import annotations

import random
import shutil
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psycopg2
import redis

from tools.errors import CannotGoOn
from tools.federation.node import PARTS, Node
from tools.federation.whole import Federation
from tools.soak._link import WAYS, Link

# Where a full disk is felt first: what is stored before anybody is answered.
_TABLES = (
    *("federation_receivedenvelope", "federation_sentenvelope", "attendance_inbox", "attendance_punch"),
    *("outbox_change", "attendance_punchrun", "workers_engagement"),
)
_FULL = """
    CREATE OR REPLACE FUNCTION soak_disk_full() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100';
    END $$
"""
# Minutes by which a clock is wrong: beyond what reads between nodes allow.
_MINUTES = (-75, -20, 20, 75)


@dataclass
class Log:
    """What happened, in seconds since the beginning: events, and samples of how far the stream has come."""

    began: float = field(default_factory=time.monotonic)
    events: list[tuple[float, str, str]] = field(default_factory=list)
    samples: list[tuple[float, dict[str, int]]] = field(default_factory=list)

    def note(self, kind: str, what: str) -> None:
        """One event, told to whoever watches too."""
        self.events.append((round(time.monotonic() - self.began, 1), kind, what))
        print(f"  {time.strftime('%H:%M:%S')} {kind}: {what}", flush=True)


class Faults:
    """The faults of one run. `held` keeps the supervisors away from a node that is stopped on purpose."""

    def __init__(
        self, whole: Federation, links: Mapping[str, Link], seed: int, log: Log, clocks: Mapping[str, Path]
    ) -> None:
        self.whole, self.links, self.log, self.clocks = whole, links, log, clocks
        self.chance = random.Random(f"{seed} faults")
        self.counted: Counter[str] = Counter()
        self.held = threading.RLock()
        self.backups: dict[str, Path] = {}
        self._kinds: dict[str, tuple[int, Callable[[], None]]] = {
            "kill": (8, self._kill),
            "link": (8, self._disturb),
            "flush": (2, self._flush),
            "disk": (3, self._fill),
            "clock": (3, self._clock),
        }

    def one(self) -> None:
        """One fault, from beginning to end."""
        kinds, weights = list(self._kinds), [weight for weight, _act in self._kinds.values()]
        self._kinds[self.chance.choices(kinds, weights)[0]][1]()

    def _any(self) -> Node:
        return self.chance.choice(list(self.whole.nodes.values()))

    def _count(self, kind: str, what: str) -> None:
        self.counted[kind] += 1
        self.log.note(kind, what)

    def _kill(self) -> None:
        node, part = self._any(), self.chance.choice(PARTS)
        try:
            node.kill_part(part)
        except ProcessLookupError:
            return self._disturb()  # it has not come back yet
        self._count("kill", f"{node.plan.code} {part}")
        return None

    def _disturb(self) -> None:
        code, way = self.chance.choice(list(self.links)), self.chance.choice(WAYS)
        link = self.links[code]
        self._count(way, f"{code} → {self.whole.nodes[code].plan.parent}")
        link.way = way
        time.sleep(self.chance.uniform(2.0, 6.0))
        link.mend()

    def _flush(self) -> None:
        node = self._any()
        if node.services.redis is None:
            return
        try:
            with redis.Redis.from_url(node.services.redis.url(), socket_timeout=3) as client:
                client.flushall()
        except redis.RedisError:
            return  # it was killed a moment ago, which is as good
        self._count("flush", f"{node.plan.code} Redis")

    def _fill(self) -> None:
        """Every insert into some tables fails as on a full disk."""
        node = self._any()
        tables = self.chance.sample(_TABLES, 3)
        if not self._ask(node, _FULL, *(_blocked(table) for table in tables)):
            return
        self._count("disk", f"{node.plan.code} {', '.join(tables)}")
        time.sleep(self.chance.uniform(2.0, 6.0))
        self._free(node)

    def _free(self, node: Node) -> None:
        while not self._ask(node, "DROP FUNCTION IF EXISTS soak_disk_full() CASCADE"):
            time.sleep(0.5)

    def _ask(self, node: Node, *statements: str) -> bool:
        """As the machine's own administrator; whether it was done."""
        try:
            node.ask(*statements)
        except psycopg2.Error:
            return False  # it was killed a moment ago, or somebody holds the table
        return True

    def _clock(self) -> None:
        """A clock jumps, and after a while jumps back; the vendors' own server keeps time."""
        code = self.chance.choice([code for code, node in self.whole.nodes.items() if code in self.clocks])
        minutes = self.chance.choice(_MINUTES)
        self._count("clock", f"{code} {minutes:+d} min")
        self.clocks[code].write_text(str(minutes * 60))
        time.sleep(self.chance.uniform(3.0, 8.0))
        self.clocks[code].write_text("0")

    def back_up(self, code: str) -> None:
        """Yesterday's backup of a node: a copy of its cluster."""
        node = self.whole.nodes[code]
        with self.held:
            node.stop()
            data = _data(node)
            aside = data.with_name("pg.yesterday")
            shutil.rmtree(aside, ignore_errors=True)
            subprocess.run(["cp", "-a", str(data), str(aside)], check=True)
            self.backups[code] = aside
            self._start(node)
        self.log.note("backup", code)

    def restore(self, code: str) -> None:
        """The node as it was at its backup."""
        node = self.whole.nodes[code]
        with self.held:
            node.stop()
            data = _data(node)
            shutil.rmtree(data)
            self.backups.pop(code).rename(data)
            self._start(node)
        self._count("restore", code)

    def _start(self, node: Node) -> None:
        node.start_servers()
        node.start_platform()

    def calm(self) -> None:
        """Nothing is disturbed any more."""
        for link in self.links.values():
            link.mend()
        for file in self.clocks.values():
            file.write_text("0")
        for node in self.whole.nodes.values():
            self._free(node)


def _blocked(table: str) -> str:
    return (
        f"CREATE OR REPLACE TRIGGER soak_disk_full BEFORE INSERT ON {table}"
        " FOR EACH STATEMENT EXECUTE FUNCTION soak_disk_full()"
    )


def _data(node: Node) -> Path:
    postgres = node.services.postgres
    if postgres is None:
        raise CannotGoOn("A soak brings its own servers: unset DATABASE_URL.")
    return postgres.data
