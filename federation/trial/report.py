"""What a trial asks for, step by step, and what has been seen of it."""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec

# What comes of a body in which something else stands than was described.
MISSHAPEN: Final = (
    KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError, msgspec.ValidationError,
)  # fmt: skip
SHOWN: Final = "shown"
FAILED: Final = "failed"
NOT_YET: Final = "not_yet"
_MARKS: Final = {SHOWN: "通过", FAILED: "未通过", NOT_YET: "未出现"}


class Refuted(Exception):
    """A step was done otherwise than the protocol says; `sentence` tells how."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def expect(holds: object, sentence: str) -> None:
    """Raises Refuted unless it holds."""
    if not holds:
        raise Refuted(sentence)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to show; an optional one is told, but does not decide."""

    key: str
    title: str
    how: str
    is_optional: bool = False


class Report:
    """What became of each step. A fault stays, whatever is done well afterwards: once was too often."""

    def __init__(self, steps: Sequence[Step]) -> None:
        self.steps = tuple(steps)
        self._found: dict[str, tuple[str, str]] = {}
        self._lock = threading.Lock()

    def passed(self, key: str, sentence: str = "") -> None:
        """A step was shown."""
        with self._lock:
            if self._state(key) != FAILED:
                self._found[key] = (SHOWN, sentence or self._found.get(key, ("", ""))[1])

    def failed(self, key: str, sentence: str) -> None:
        """A step was done wrong; the first sentence stays."""
        with self._lock:
            if self._state(key) != FAILED:
                self._found[key] = (FAILED, sentence)

    def state(self, key: str) -> str:
        """How a step stands."""
        with self._lock:
            return self._state(key)

    def _state(self, key: str) -> str:
        return self._found.get(key, (NOT_YET, ""))[0]

    @property
    def is_passed(self) -> bool:
        """Whether all that is needed was shown and nothing was done wrong."""
        states = {step: self.state(step.key) for step in self.steps}
        return FAILED not in states.values() and all(
            state == SHOWN or step.is_optional for step, state in states.items()
        )

    def lines(self) -> Iterator[str]:
        """One line for each step, and what to do where it was not shown."""
        for number, step in enumerate(self.steps, 1):
            state, sentence = self._found.get(step.key, (NOT_YET, ""))
            optional = "（选做）" if step.is_optional else ""
            said = sentence if state == FAILED else (sentence if state == SHOWN else step.how)
            yield f"{number:2d}. {_MARKS[state]}  {step.title}{optional}" + (f"：{said}" if said else "")

    def as_data(self) -> dict[str, Any]:
        """The same for a program."""
        return {
            "passed": self.is_passed,
            "steps": [
                {
                    "key": step.key,
                    "state": self.state(step.key),
                    "is_optional": step.is_optional,
                    "sentence": self._found.get(step.key, ("", ""))[1],
                }
                for step in self.steps
            ],
        }
