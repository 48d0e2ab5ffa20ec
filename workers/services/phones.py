"""Telephone numbers: sealed on the engagement, with a blind index beside them by which a worker is found.

Whoever writes a phone writes both through `phone_columns` or `set_phone`, so that the two cannot part.
"""

import re
from typing import Final

from django.db import transaction

from kernel.cipher import keyring
from kernel.text import compact
from workers.models import Engagement

COUNTRY: Final = re.compile(r"^(\+|00)?86(?=1\d{10}$)")


def stored_phone(text: str) -> str:
    """A phone as it is kept: half-width, without blanks, hyphens and the country's prefix."""
    figures = compact(text).replace("-", "").replace("(", "").replace(")", "")
    return COUNTRY.sub("", figures)


def phone_index(text: str) -> bytes:
    """The blind index of a phone; equal phones have equal indexes on this node."""
    return keyring().blind_index("phone", stored_phone(text))


def phone_columns(text: str) -> dict[str, str | bytes | None]:
    """The two columns that a phone fills; both are empty where there is none."""
    phone = stored_phone(text)
    return {"phone": phone or None, "phone_index": phone_index(phone) if phone else None}


def set_phone(engagement: Engagement, text: str) -> list[str]:
    """Put a phone on the row, which the caller saves; returns the columns to save."""
    columns = phone_columns(text)
    for name, value in columns.items():
        setattr(engagement, name, value)
    return list(columns)


@transaction.atomic
def fill_phone_indexes(batch: int = 500) -> int:
    """Give the next rows that were written without one their index; how many. Again changes nothing."""
    waiting = Engagement.all_rows.filter(phone__isnull=False, phone_index=None).order_by("pk")
    rows = list(waiting.select_for_update(of=("self",), skip_locked=True)[:batch])
    for row in rows:
        row.phone_index = phone_index(row.phone or "")
    Engagement.all_rows.bulk_update(rows, ["phone_index"])
    return len(rows)
