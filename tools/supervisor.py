"""Watch over children: what dies is started again, sooner the longer it had lived."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from tools.children import Child

TICK_SECONDS = 0.2
FIRST_PAUSE, LONGEST_PAUSE = 0.3, 30.0
# Who lived this long is taken for healthy, and its next death starts from the first pause again.
HEALTHY_SECONDS = 60.0


@dataclass
class Watched:
    """One child with its history."""

    child: Child
    started_at: float
    stage: int
    pause: float = FIRST_PAUSE
    due_at: float | None = None


class Supervisor:
    """Keeps children running until `stop` is called. `clock` counts seconds and never goes back."""

    def __init__(self, say: Callable[[str], None], clock: Callable[[], float] = time.monotonic) -> None:
        self.say, self.clock = say, clock
        self.watched: list[Watched] = []

    def watch(self, child: Child, *, stage: int) -> None:
        """Take over a child; those of a later stage need those of an earlier one, and stop before them."""
        self.watched.append(Watched(child, self.clock(), stage))

    def look(self) -> None:
        """One glance at all of them: note the dead, start again those whose pause is over."""
        now = self.clock()
        for one in self.watched:
            if one.due_at is None and one.child.has_died():
                self._note_death(one, now)
            elif one.due_at is not None and now >= one.due_at:
                self._start_again(one, now)

    def _note_death(self, one: Watched, now: float) -> None:
        if now - one.started_at >= HEALTHY_SECONDS:
            one.pause = FIRST_PAUSE
        one.due_at = now + one.pause
        code = one.child.process.returncode if one.child.process else None
        self.say(f"{one.child.name} ended ({describe(code)}); starting it again in {one.pause:.1f} s")
        one.child.sweep()
        one.pause = min(one.pause * 2, LONGEST_PAUSE)

    def _start_again(self, one: Watched, now: float) -> None:
        one.child.start()
        one.started_at, one.due_at = now, None

    def stop(self) -> None:
        """Stop all, stage by stage from the last to the first, those of one stage side by side."""
        for stage in sorted({one.stage for one in self.watched}, reverse=True):
            children = [one.child for one in self.watched if one.stage == stage]
            for child in children:
                child.ask_to_stop()
            for child in children:
                child.stop()
        self.watched.clear()


def describe(code: int | None) -> str:
    """An exit code in words."""
    if code is None:
        return "unknown"
    return f"signal {-code}" if code < 0 else f"exit code {code}"
