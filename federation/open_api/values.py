"""Single values as vendors write them: numbers in quotes, misspelt keys, three ways to say "nothing".

Every reader takes what JSON gave and returns a Python value, or raises Unreadable with the rest of the
sentence that follows the field's name. Instants are read in UTC+8.
"""

import base64
import binascii
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
LARGEST_WHOLE = 2**31 - 1  # clients hold whole numbers in 32 signed bits
EARLIEST_YEAR, LATEST_YEAR = 1900, 2199
IMAGE_TYPES = "格式无效,目前仅支持:jpg,jpeg,png,jpeg"

# Spellings that differ by more than case: key in lower case → our field in lower case.
_MISSPELT = {"legamanprotitle": "legalmanprotitle", "trainingaddres": "trainingaddress"}
_DATA_PREFIX = re.compile(r"^data:[\w./+-]+;base64,", re.IGNORECASE)
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
_MAGIC = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
_INSTANTS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M:%S.%f", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M")
_DAYS = ("%Y-%m-%d", *_INSTANTS)


class Unreadable(ValueError):
    """A value is not of its field's kind; the text completes the sentence after the field's name."""


def is_empty(value: Any) -> bool:
    """Empty text, null and a missing key mean the same."""
    return value is None or (isinstance(value, str) and not value.strip())


def by_field(given: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """The values of the known fields under their right names; unknown keys are dropped, case ignored."""
    known = {name.lower(): name for name in names}
    found: dict[str, Any] = {}
    for key, value in given.items():
        lowered = key.lower()
        name = known.get(_MISSPELT.get(lowered, lowered))
        if name is not None and not is_empty(value) and name not in found:
            found[name] = value
    return found


def text(value: Any) -> str:
    """One line or several; numbers become their digits."""
    if isinstance(value, (dict, list)):
        raise Unreadable("格式不正确!应为文本")
    clean = str(value).strip()
    if _UNSTORABLE.search(clean):
        raise Unreadable("格式不正确!含有无法存储的字符")
    return clean


def whole(value: Any) -> int:
    """A whole number of at most 32 signed bits; true and false count as 1 and 0."""
    if isinstance(value, bool):
        return int(value)
    number = decimal(value)
    if number != number.to_integral_value():
        raise Unreadable("格式不正确!应为整数")
    if abs(number) > LARGEST_WHOLE:
        raise Unreadable("值超出范围或无效!")
    return int(number)


def flag(value: Any) -> bool:
    """Yes or no, written 1 or 0."""
    if (number := whole(value)) not in (0, 1):
        raise Unreadable("格式不正确!应为1(是)或0(否)")
    return bool(number)


def decimal(value: Any) -> Decimal:
    """A plain decimal number; no exponent, at most 18 digits before the point."""
    try:
        number = Decimal(text(value))
    except InvalidOperation as error:
        raise Unreadable("格式不正确!应为数字") from error
    if not number.is_finite() or number.adjusted() > 17 or number.adjusted() < -18:
        raise Unreadable("值超出范围或无效!")
    return number


def exact(before: int, after: int) -> Callable[[Any], Decimal]:
    """A reader of numbers with so many digits before the point and after it, which are not negative."""

    def read(value: Any) -> Decimal:
        number = decimal(value)
        if number < 0:
            raise Unreadable("值超出范围或无效!不能为负数")
        if number.adjusted() >= before or number != number.quantize(Decimal(1).scaleb(-after)):
            raise Unreadable(f"值超出范围或无效!整数部分最多{before}位,小数最多{after}位")
        return number.quantize(Decimal(1).scaleb(-after))

    return read


money = exact(14, 2)


def _parsed(value: Any, formats: tuple[str, ...], example: str) -> datetime:
    given = text(value)
    for form in formats:
        try:
            read = datetime.strptime(given, form).replace(tzinfo=SHANGHAI)
        except ValueError:
            continue
        if EARLIEST_YEAR <= read.year <= LATEST_YEAR:
            return read
    raise Unreadable(f"格式不正确!应为{example}")


def day(value: Any) -> date:
    """A date; a time of day behind it is ignored, as some clients send one."""
    return _parsed(value, _DAYS, "yyyy-MM-dd").date()


def month(value: Any) -> date:
    """The first day of a month; a whole date is taken for its month."""
    return _parsed(value, ("%Y-%m", *_DAYS), "yyyy-MM").date().replace(day=1)


def moment(value: Any) -> datetime:
    """An instant; a date alone means its first minute."""
    return _parsed(value, _DAYS, "yyyy-MM-dd HH:mm:ss")


def instant(value: Any) -> datetime:
    """An instant to the second or finer."""
    return _parsed(value, _INSTANTS, "yyyy-MM-dd HH:mm:ss")


def code(value: Any, known: Mapping[str, str]) -> str | None:
    """The code of a dictionary that `value` means; leading zeros may be missing or too many.

    None if there is no such code, or more than one.
    """
    given = text(value)
    if given in known:
        return given
    bare = given.lstrip("0")
    same = [item for item in known if bare and item.lstrip("0") == bare]
    return same[0] if len(same) == 1 else None


def attachment(value: Any) -> bytes:
    """A file in base64, bare or behind a data: prefix."""
    try:
        return base64.b64decode(re.sub(r"\s", "", _DATA_PREFIX.sub("", text(value))), validate=True)
    except (binascii.Error, ValueError) as error:
        raise Unreadable("格式无效,应为base64文本") from error


def image(value: Any) -> bytes:
    """A JPEG or PNG picture in base64; the type is read from the picture itself."""
    try:
        picture = attachment(value)
    except Unreadable as error:
        raise Unreadable(IMAGE_TYPES) from error
    if not picture.startswith(_MAGIC):
        raise Unreadable(IMAGE_TYPES)
    return picture
