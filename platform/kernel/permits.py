"""May this actor do this act, on this row? Asked first in every service."""

from kernel.errors import NotFound, NotPermitted
from kernel.scoping import Actor, ScopedModel


def require(actor: Actor, permission: str, on: ScopedModel | None = None) -> None:
    """Let the act pass or refuse it.

    Raises NotPermitted when no post of `actor` carries `permission`, and NotFound when `on` lies outside
    the posts that do: whoever may not see a row must not learn that it exists.
    """
    if not actor.may(permission):
        raise NotPermitted
    if on is not None and not type(on).objects.visible_to(actor, permission).filter(pk=on.pk).exists():
        raise NotFound
