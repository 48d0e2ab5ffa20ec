"""A file that came with a record: its name as sent, and where the store keeps it."""

from typing import NamedTuple


class NamedFile(NamedTuple):
    """`address` is the store's; the name is what the sender called it."""

    name: str
    address: str
