"""A city and its province while they are measured: how far the lines have come, and whether both agree."""

from __future__ import annotations

import argparse
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from tools import progress
from tools.errors import CannotGoOn
from tools.federation.node import Node, children_of
from tools.federation.whole import Federation

T = TypeVar("T")
CITY, PROVINCE = "whs", "hb"
CITY_REGION = "420000/420100/"
PATIENCE = 1_800.0
# Where digests are compared: more days than any phase writes.
DAYS = 90
# People enough to pass gates, where nobody measures them.
FEW_WORKERS = 3_000
_SENT = """
    SELECT coalesce(sum(e.messages), 0), extract(epoch FROM max(e.accepted_at)),
        count(*) FILTER (WHERE e.accepted_at IS NULL)
    FROM federation_sentenvelope e JOIN federation_line l ON l.id = e.line_id JOIN federation_node n
        ON n.id = l.node_id
    WHERE n.code = 'hb' AND e.sealed_at >= to_timestamp({since}) AND l.stream {which}
"""
_UNSEALED = """
    SELECT (SELECT count(*) FROM outbox_change WHERE shard <> 100 AND position IS NULL)
        + (SELECT count(*) FROM outbox_change c JOIN federation_line l ON l.stream = 'records-' || c.shard
            JOIN federation_node n ON n.id = l.node_id AND n.code = 'hb' WHERE c.position > l.position)
        + (SELECT count(*) FROM attendance_punchrun r JOIN federation_line l ON l.stream = 'punches'
            JOIN federation_node n ON n.id = l.node_id AND n.code = 'hb'
            WHERE r.position IS NULL OR r.position > l.position)
"""
_UNSETTLED = """
    SELECT (SELECT count(*) FROM federation_receivedenvelope WHERE state = 'received')
        + (SELECT count(*) FROM attendance_inbox) + (SELECT count(*) FROM attendance_dirtyday)
        + (SELECT count(*) FROM federation_recordresult r JOIN federation_line l ON l.id = r.line_id
            WHERE l.direction = 'in' AND r.became = 'waits' AND r.resolved_at IS NULL)
"""
_PUNCHES = "SELECT count(*) FROM attendance_punch"
_PEOPLE = "SELECT count(*) FROM workers_engagement"


class Both:
    """The two nodes that are measured, and the size of what is asked of them."""

    def __init__(self, whole: Federation, options: argparse.Namespace) -> None:
        self.whole, self.options = whole, options
        self.city, self.province = whole.nodes[CITY], whole.nodes[PROVINCE]

    def punches(self, node: Node) -> int:
        """How many a node has."""
        return int(node.ask(_PUNCHES)[0][0])

    @contextmanager
    def at_rest(self) -> Iterator[None]:
        """The city's worker and beat stopped between two statements, as when it is busy elsewhere."""
        pids = [pid for part in ("beat", "worker") if (pid := self.city.pid(part))]
        pids += [child for pid in pids for child in children_of(pid)]
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in reversed(pids):
                os.kill(pid, signal.SIGCONT)

    def ensure_people(self) -> None:
        """Projects and people whose gates are passed, known at both, where no phase before wrote them."""
        if self.city.ask(_PEOPLE)[0][0]:
            return
        began = time.time()
        size = {"workers": min(self.options.workers, FEW_WORKERS), "projects": self.options.projects}
        with progress.step("projects and people at both"):
            self.city.step("backlog", as_administrator=True, what="people", **size)
            self.durable(began, "<> 'punches'")
            self.settled()

    def durable(self, began: float, which: str) -> tuple[int, float]:
        """Wait until the province has all that was sealed since; how many messages, and when."""

        def looked() -> tuple[int, float] | None:
            waiting = int(self.city.ask(_UNSEALED)[0][0])
            number, last, open_ones = self.city.ask(_SENT.format(since=began, which=which))[0]
            return (int(number), float(last)) if number and not waiting and not open_ones else None

        return wait_for("the backlog at the province", looked)

    def settled(self) -> float:
        """Wait until the province has applied and concluded everything; when."""
        return wait_for(
            "the end of applying at the province",
            lambda: None if self.province.ask(_UNSETTLED)[0][0] else time.time(),
        )

    def agreed(self) -> dict[str, Any]:
        """Whether both hold the same, by count and by digest."""
        with progress.step("digests of both"):
            wait_for("the end of sealing", lambda: None if self.city.ask(_UNSEALED)[0][0] else True)
            self.settled()
            today = datetime.now(UTC).date()
            asked = {
                "origins": self.city.step("branch")["origins"],
                "regions": [CITY_REGION],
                "first": str(today - timedelta(days=DAYS)),
                "last": str(today + timedelta(days=1)),
            }
            ours = self.city.step("digests", peer=PROVINCE, **asked)
            theirs = self.province.step("digests", peer="", **asked)
        city, province = self.punches(self.city), self.punches(self.province)
        return {
            "lost": max(0, city - province),
            "doubled": max(0, province - city),
            "digests_equal": ours == theirs,
            "differing": sorted(name for name in ours if ours[name] != theirs[name]),
        }


def wait_for(what: str, looked: Callable[[], T | None], pause: float = 0.5) -> T:
    """Look until something is there. Raises CannotGoOn when it does not come."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        found = looked()
        if found is not None:
            return found
        time.sleep(pause)
    raise CannotGoOn(f"Waited {PATIENCE:.0f} s in vain for {what}.")
