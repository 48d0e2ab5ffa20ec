"""What another node is called in a sentence: told by whoever knows the neighbours."""

from collections.abc import Callable
from typing import Final

from django.utils.translation import gettext as _

# A node's name by its code; None where it is not known.
Name = Callable[[str], str | None]
_knowing: Final[list[Name]] = []


def register(name: Name) -> None:
    """Say who knows. Twice is once."""
    _knowing[:] = [name]


def called(code: str) -> str:
    """A node as a sentence calls it: by its name, or by its code."""
    for name in _knowing:
        if found := name(code):
            return _("“{name}”").format(name=found)
    return _("“{code}”平台").format(code=code)
