"""kill -9 of one part of a running node after another, at moments that a seed picks."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from tools.testbed import Node


class Reaper(threading.Thread):
    """Kills while `goes_on` says so; every victim has its turn before the first has its second."""

    def __init__(self, node: Node, seed: int, victims: Sequence[str], goes_on: Callable[[int], bool]) -> None:
        super().__init__(name="reaper", daemon=True)
        self.node, self.victims, self.goes_on = node, victims, goes_on
        self.chance = random.Random(f"{seed} reaper")
        self.killed: Counter[str] = Counter()

    def run(self) -> None:
        order: list[str] = []
        while self.goes_on(self.killed.total()):
            time.sleep(self.chance.uniform(2.5, 6.0))
            order = order or self.chance.sample(self.victims, len(self.victims))
            try:
                self._kill(order[-1])
            except ProcessLookupError:
                continue  # it has not come back yet
            victim = order.pop()
            self.killed[victim] += 1
            print(f"  {time.strftime('%H:%M:%S')} kill -9 {victim}", flush=True)

    def _kill(self, victim: str) -> None:
        """The main process with its children, as a machine's memory killer would take them."""
        pid = self.node.pid(victim)
        if pid is None:
            raise ProcessLookupError(victim)
        # PostgreSQL's own children end with it.
        children = [int(child) for child in _children(pid)] if victim != "postgres" else []
        self.node.kill_part(victim)
        for child in children:
            try:
                os.kill(child, signal.SIGKILL)
            except ProcessLookupError:
                continue


def _children(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:  # another system, or it has just ended
        return []
