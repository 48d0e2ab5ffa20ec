"""What was read of a record, as it travels: files as base64, numbers encrypted, codes as theirs.

The same table of fields from which our own server reads says here what is encrypted, what is a picture and
which dictionary a code belongs to.
"""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO
from typing import Any

from PIL import Image, UnidentifiedImageError

from federation.models import Upstream
from federation.open_api import values
from federation.open_api.dispatcher import method
from federation.open_api.fieldcipher import encrypt
from federation.open_api.schema import Field, Limit
from federation.upstream.items import Item, Number
from kernel.store import fetch
from standards.selectors import parameter

Codes = Mapping[tuple[str, str], str]
# Base64 writes three bytes as four signs; whether the limit counts the picture or the text, nobody says.
OF_TEXT = 0.74
_QUALITIES, _SIDES = (85, 70, 55, 40), (1200, 800, 600, 400, 240)


@dataclass(frozen=True)
class Pen:
    """With what a call is written: the secret, the numbers of teams over there, the others' codes."""

    secret: str
    project_code: str
    numbers: Mapping[str, str]
    codes: Codes
    # For a check: files stay where they are.
    keeps_addresses: bool = False

    def __repr__(self) -> str:
        return "<Pen>"


def codes_of(upstream: Upstream) -> dict[tuple[str, str], str]:
    """The lines of the dictionaries in which the other platform differs."""
    return {(key, ours): theirs for key, ours, theirs in upstream.codes}


def data_of(
    name: str, rows: str, items: Sequence[Item], pen: Pen, more: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The data of one call that carries `items`; without a list it carries one, flat."""
    facts: dict[str, Any] = {**items[0].outer, **(more or {})}
    if rows:
        facts[rows] = [item.row for item in items]
    else:
        facts |= items[0].row
    if pen.project_code:
        facts["projectCode"] = pen.project_code
    return written(method(name).fields, facts, pen)


def written(fields: Sequence[Field], facts: Mapping[str, Any], pen: Pen) -> dict[str, Any]:
    """The facts that these fields name, as they travel."""
    given = values.by_field(facts, [item.name for item in fields])
    return {item.name: _value(item, given[item.name], pen) for item in fields if item.name in given}


def _value(item: Field, value: Any, pen: Pen) -> Any:
    if item.rows:
        return [written(item.rows, row, pen) for row in value]
    if item.holds_a_file:
        return {"file": str(value)} if pen.keeps_addresses else _file(item, str(value))
    if isinstance(value, Number):
        return int(pen.numbers[value.team])
    if item.dictionary is not None:
        value = pen.codes.get((item.dictionary.key, str(value)), value)
    if isinstance(value, Decimal):
        value = f"{value:f}"
    return encrypt(str(value), pen.secret) if item.encrypted else value


def _file(item: Field, address: str) -> str:
    content = fetch(address)
    if item.kind is values.image and (most := _most_bytes(item)) and len(content) > most:
        content = smaller(content, most)
    return base64.b64encode(content).decode()


def _most_bytes(item: Field) -> int:
    """How large a picture may be, that its text too stays below the limit; 0 for no limit."""
    if item.most is None:
        return 0
    most = item.most if isinstance(item.most, int) else _limit(item.most)
    return int(most * 1024 * OF_TEXT)


def _limit(limit: Limit) -> int:
    value = parameter(limit.key)
    return int(value[limit.part] if limit.part else value)


def smaller(content: bytes, most: int) -> bytes:
    """A picture within `most` bytes, as good as fits; what is no picture comes back as it is."""
    try:
        picture = Image.open(BytesIO(content)).convert("RGB")
    except (UnidentifiedImageError, OSError):
        return content
    best = content
    for side in _SIDES:
        picture.thumbnail((side, side))
        for quality in _QUALITIES:
            held = BytesIO()
            picture.save(held, "JPEG", quality=quality)
            best = held.getvalue()
            if len(best) <= most:
                return best
    return best


def rows_at_most(name: str, rows: str) -> int:
    """How many rows one call of a method may carry."""
    if not rows:
        return 1
    of = next(item for item in method(name).fields if item.name == rows)
    if of.most is None:
        return 1
    return of.most if isinstance(of.most, int) else _limit(of.most)
