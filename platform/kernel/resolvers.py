"""How a post on something this floor does not know becomes a reach.

A post holds a bare UUID of an enterprise, project or participation; the app above that owns the table
registers here how the UUID opens the map. The same for permissions granted on one project (guardian).
"""

from collections.abc import Callable, Iterable
from uuid import UUID

from kernel.scoping import Reach

Grant = tuple[frozenset[str], Reach]

_enterprise: list[Callable[[UUID], Reach]] = []
_grants: list[Callable[[int], Iterable[Grant]]] = []


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
