"""Addresses of rows, for lists that show hundreds: a route is resolved once, not in each row."""

from functools import lru_cache
from uuid import UUID

from django.urls import get_script_prefix, reverse

_ANY = UUID(int=0)


def row_address(route: str, public_id: UUID, *before: object) -> str:
    """What `reverse(route, args=[*before, public_id])` answers, for a route that ends in a row's id."""
    begin, end = _around(route, before, get_script_prefix())
    return f"{begin}{public_id}{end}"


@lru_cache(maxsize=256)
def _around(route: str, before: tuple[object, ...], _prefix: str) -> tuple[str, str]:
    begin, _id, end = reverse(route, args=[*before, _ANY]).rpartition(str(_ANY))
    return begin, end
