"""Identifiers of the demo world: the same seed gives the same ones."""

from datetime import datetime
from random import Random
from uuid import UUID

_VERSION, _VARIANT = 0x7 << 76, 0b10 << 62


def born(rng: Random, at: datetime) -> UUID:
    """An identifier of the form UUIDv7 for something born at an instant (RFC 9562, 5.7)."""
    milliseconds = int(at.timestamp() * 1000)
    return UUID(
        int=milliseconds << 80 | _VERSION | rng.getrandbits(12) << 64 | _VARIANT | rng.getrandbits(62)
    )
