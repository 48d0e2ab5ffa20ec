"""The identifiers that rows carry when they travel between nodes."""

from uuid import UUID

from uuid6 import uuid7


def new_id() -> UUID:
    """A fresh identifier that sorts by the moment it was made, unique on every node (UUIDv7, RFC 9562)."""
    return UUID(int=uuid7().int)
