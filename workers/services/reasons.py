"""Reasons that people write for acts on record: long enough to mean something, and free of numbers."""

import re

from kernel.text import compact
from workers.errors import WhyHoldsNumber, WhyMissing

_LEAST, _MOST = 4, 200
# A phone has eleven figures; document numbers and cards have more.
_NUMBER = re.compile(r"[0-9]{11}")


def checked_reason(text: str) -> str:
    """The reason as it is kept. Raises WhyMissing, WhyHoldsNumber."""
    tidy = text.strip()
    if len(tidy) < _LEAST:
        raise WhyMissing
    if _NUMBER.search(compact(tidy)):
        raise WhyHoldsNumber
    return tidy[:_MOST]
