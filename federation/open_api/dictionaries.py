"""The dictionaries that fields of the interface refer to: our code list's key, and its name in answers."""

from typing import NamedTuple


class Dictionary(NamedTuple):
    """A code list of the standard, as error texts name it."""

    key: str
    title: str
