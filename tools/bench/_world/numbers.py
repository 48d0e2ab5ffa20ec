"""Identity numbers that no office ever issued, one for each ordinal; the load generator derives them too."""

from __future__ import annotations

from datetime import date, timedelta

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_FIRST_BIRTH = date(1975, 1, 1)


def birth(ordinal: int) -> date:
    """The day of birth in the number of this ordinal."""
    return _FIRST_BIRTH + timedelta(days=ordinal // 99_000)


def number(ordinal: int) -> str:
    """The citizen's number of this ordinal, in a division that does not exist (420001-420099)."""
    place, serial = 420_001 + ordinal % 99, ordinal // 99 % 1000
    body = f"{place}{birth(ordinal):%Y%m%d}{serial:03d}"
    total = sum(int(sign) * weight for sign, weight in zip(body, _WEIGHTS, strict=True))
    return body + "10X98765432"[total % 11]
