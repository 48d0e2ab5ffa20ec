"""The identifiers that rows carry when they travel between nodes."""

import os
import time
from uuid import UUID

from uuid6 import uuid7


def new_id() -> UUID:
    """A fresh identifier that sorts by the moment it was made, unique on every node (UUIDv7, RFC 9562)."""
    return UUID(int=uuid7().int)


def new_ids(number: int) -> list[str]:
    """Many fresh identifiers at once, as text, in rising order: for rows that are written in bulk."""
    head = f"{time.time_ns() // 1_000_000:012x}"
    noise = os.urandom(6 * number).hex()
    # After the millisecond: 26 bits that count, with version and variant among them, and 48 bits of chance.
    start = f"{head[:8]}-{head[8:]}-7"
    return [
        f"{start}{at >> 14 & 0xFFF:03x}-{0x8000 | at & 0x3FFF:04x}-{noise[12 * at : 12 * at + 12]}"
        for at in range(number)
    ]
