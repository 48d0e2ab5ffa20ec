"""What waits for a person beyond the gaps of the day: each capability says what of its own waits.

Storeys above the home page register here, for the home page may not know them.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from kernel.scoping import Actor

_ORDER = {"red": 0, "amber": 1, "blue": 2}


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing that waits: how pressing (red, amber, blue), since when in words, what, where, next act.

    `days` orders things of one level, the longest first.
    """

    level: str
    since: str
    what: str
    fact: str
    place: str
    place_url: str
    act: str
    url: str
    days: int = 0

    @property
    def rank(self) -> tuple[int, int, str]:
        return (_ORDER.get(self.level, 3), -self.days, self.what)


Finder = Callable[[Actor, date, datetime], Iterable[Waiting]]
_finders: dict[str, Finder] = {}


def register(name: str, find: Finder) -> None:
    """Add what a capability finds waiting; called from an app's `ready()`, so twice is once.

    `find` asks a fixed number of questions, and none at all for whoever has nothing to do with it.
    """
    _finders[name] = find


def waiting_for(actor: Actor, day: date, now: datetime) -> list[Waiting]:
    """All that waits for `actor`, the most pressing first."""
    found = [one for find in _finders.values() for one in find(actor, day, now)]
    return sorted(found, key=lambda one: one.rank)
