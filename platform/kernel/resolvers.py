"""How a post on something this floor does not know becomes a reach.

A post holds a bare UUID of an enterprise, project or participation; the app above that owns the table
registers here how the UUID opens the map. The same for permissions granted on one project (guardian).
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from uuid import UUID

from kernel.scoping import Reach

Grant = tuple[frozenset[str], Reach]

_enterprise: list[Callable[[UUID], Reach]] = []
_grants: list[Callable[[int], Iterable[Grant]]] = []
# Of things that lie somewhere: public ids below some paths (as a subquery), and the path of one of them.
_below: dict[str, Callable[[frozenset[str]], Any]] = {}
_place: dict[str, Callable[[UUID], str]] = {}


def register_enterprise(resolve: Callable[[UUID], Reach]) -> None:
    """Say what a post on an enterprise opens."""
    _enterprise.append(resolve)


def register_grants(grants: Callable[[int], Iterable[Grant]]) -> None:
    """Say what a user (by primary key) holds beyond posts: pairs of permissions and reach."""
    _grants.append(grants)


def enterprise_reach(public_id: UUID) -> Reach:
    """All that a post on this enterprise opens."""
    found = Reach()
    for resolve in _enterprise:
        found |= resolve(public_id)
    return found


def grants_of(user_pk: int) -> list[Grant]:
    """Every grant beyond posts."""
    return [grant for grants in _grants for grant in grants(user_pk)]


def register_places(kind: str, below: Callable[[frozenset[str]], Any], place: Callable[[UUID], str]) -> None:
    """Say where things of a kind (project, participation) lie on the map.

    `below` gives the public ids of those at or below some region paths, as a subquery; `place` the path of
    one of them, "" where there is none.
    """
    _below[kind], _place[kind] = below, place


def keys_below(paths: frozenset[str]) -> Mapping[str, Any]:
    """For each kind that lies somewhere: the public ids at or below `paths`, to be used as a subquery."""
    return {kind: below(paths) for kind, below in _below.items()}


def place_of(kind: str, public_id: UUID) -> str:
    """The region path of one thing; "" for a kind that lies nowhere in particular, or an unknown id."""
    return _place[kind](public_id) if kind in _place else ""
