"""Who is still on the roster of a participation or a team: a question that the storey of people answers."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from kernel.scoping import Actor
from projects.models import Participation, Team


@dataclass(frozen=True, slots=True)
class Occupants:
    """How many have not left, and some of their names, as far as the asker may see them."""

    number: int
    names: tuple[str, ...] = ()


Count = Callable[[Actor, Participation | Team, date], Occupants]
_counts: list[Count] = []


def register(count: Count) -> None:
    """Say who is still there; called from an app's `ready()`, so twice is once."""
    if count not in _counts:
        _counts.append(count)


def occupants(actor: Actor, of: Participation | Team, day: date) -> Occupants:
    """Everybody of `of` who has entered and not exited by `day`."""
    found = [count(actor, of, day) for count in _counts]
    names = tuple(name for one in found for name in one.names)
    return Occupants(sum(one.number for one in found), names)
