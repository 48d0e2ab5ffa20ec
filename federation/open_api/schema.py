"""What a method takes: one table of fields, from which validation, decryption and redaction follow.

The sentences are wire texts: vendors compare them letter by letter, so they are never translated.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from functools import cached_property
from typing import Any, NamedTuple

from federation.open_api import values
from federation.open_api.dictionaries import Dictionary
from federation.open_api.fieldcipher import Undecryptable, decrypt
from federation.open_api.practice import only_invented
from federation.open_api.values import Unreadable

Codes = Callable[[str], Mapping[str, str]]
Parameters = Callable[[str], Any]
# Given a value and what reading depends on: the rest of a sentence, or None if all is well.
Check = Callable[[Any, "Context"], str | None]
UNDECRYPTABLE = "格式不正确!无法用appsecret解密,请按AES-256-CBC(PKCS7填充,base64)加密后再传"


class Latest(Enum):
    """How far into the future a date may lie, with the sentence for one that lies further."""

    TODAY = "不能大于当天!"
    NOW = "最晚为当前时间!"


class Limit(NamedTuple):
    """A limit that a rule parameter sets; `part` picks one entry of a parameter that is a table."""

    key: str
    part: str | None = None


@dataclass(frozen=True, slots=True)
class Context:
    """What reading depends on: the secret that signed, the time, the dictionaries and parameters in force."""

    secret: str
    now: datetime
    codes: Codes
    parameters: Parameters
    # In a vendor's sandbox only invented people and firms are taken, and on no account real ones.
    is_practice: bool = False

    def limit(self, most: "int | Limit | None") -> int | None:
        """The limit in force, or None where there is none."""
        if not isinstance(most, Limit):
            return most
        value = self.parameters(most.key)
        return int(value[most.part] if most.part else value)


@dataclass(frozen=True)
class Field:
    """One field of a method.

    `most` counts characters of a text, kilobytes of a file, rows of a list.
    """

    name: str
    label: str
    kind: Callable[[Any], Any] = values.text
    required: bool = False
    encrypted: bool = False
    dictionary: Dictionary | None = None
    most: int | Limit | None = None
    latest: Latest | None = None
    check: Check | None = None
    rows: tuple["Field", ...] = ()
    # Some clients send 0 for a number they do not have.
    zero_is_nothing: bool = False

    @property
    def holds_a_file(self) -> bool:
        return self.kind in (values.image, values.attachment)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with one field, named as vendors' programs look for it."""

    path: str
    text: str
    row: int | None = None

    def __str__(self) -> str:
        return f"{self.path}{self.text}"


@dataclass(frozen=True)
class Reading:
    """What a call said: values by field name (empty ones absent), and every fault found."""

    values: dict[str, Any] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    @cached_property
    def faulty_rows(self) -> set[int]:
        """Indexes of list rows with a fault of their own."""
        return {fault.row for fault in self.faults if fault.row is not None}

    @property
    def outer_faults(self) -> list[Fault]:
        """Faults that concern the call as a whole."""
        return [fault for fault in self.faults if fault.row is None]


def sentence(faults: list[Fault]) -> str:
    """All faults in one text; vendors' programs split it at the semicolon."""
    return ";".join(str(fault) for fault in faults)


def canonical(fields: tuple[Field, ...], given: Mapping[str, Any]) -> dict[str, Any]:
    """`given` with right names and nothing unknown in it, values untouched. A secret sent along drops out."""
    found = values.by_field(given, [item.name for item in fields])
    for item in fields:
        if item.rows and isinstance(found.get(item.name), list):
            found[item.name] = [
                canonical(item.rows, row) if isinstance(row, dict) else row for row in found[item.name]
            ]
    return found


def read(fields: tuple[Field, ...], given: Mapping[str, Any], context: Context) -> Reading:
    """Everything `given` says, and all that is wrong with it, so that one correction suffices."""
    return _read(fields, given, context, path="", row=None)


def _read(
    fields: tuple[Field, ...], given: Mapping[str, Any], context: Context, *, path: str, row: int | None
) -> Reading:
    found = values.by_field(given, [item.name for item in fields])
    reading = Reading()
    for item in fields:
        here = f"{path}[{item.name}]"
        if item.name not in found or found[item.name] == [] or _is_nothing(item, found[item.name]):
            if item.required:
                reading.faults.append(Fault(here, "不能为空!", row))
        elif item.rows:
            _read_rows(item, found[item.name], context, reading, path=here, row=row)
        else:
            _read_value(item, found[item.name], context, reading, path=here, row=row)
    return reading


def _is_nothing(item: Field, value: Any) -> bool:
    return item.zero_is_nothing and str(value).strip().strip("0") in ("", ".")


def _read_value(
    item: Field, value: Any, context: Context, reading: Reading, *, path: str, row: int | None
) -> None:
    try:
        read_value = _value(item, value, context)
        if not values.is_empty(read_value):
            reading.values[item.name] = read_value
        elif item.required:
            raise Unreadable("不能为空!")  # the ciphertext of an empty text
    except Unreadable as error:
        reading.faults.append(Fault(path, str(error), row))


def _read_rows(
    item: Field, given: Any, context: Context, reading: Reading, *, path: str, row: int | None
) -> None:
    if not isinstance(given, list):
        reading.faults.append(Fault(path, "格式不正确!应为列表", row))
        return
    most = context.limit(item.most)
    if most is not None and len(given) > most:
        text = f"每次最多{most}条,本次{len(given)}条,请分批上传!"
        reading.faults.append(Fault(path, text, row))
        return
    rows = reading.values.setdefault(item.name, [])
    for index, entry in enumerate(given):
        outermost = index if row is None else row
        here = f"{path}[{index}]"
        if not isinstance(entry, dict):
            reading.faults.append(Fault(here, "格式不正确!应为对象", outermost))
            rows.append({})
            continue
        inner = _read(item.rows, entry, context, path=here, row=outermost)
        rows.append(inner.values)
        reading.faults.extend(inner.faults)


def _value(item: Field, given: Any, context: Context) -> Any:
    if item.holds_a_file:
        return stored_file(given) if isinstance(given, dict) else file_content(item, given, context)
    if item.encrypted:
        given = _decrypted(given, context)
    if item.dictionary is not None:
        given = _code(item.dictionary, given, context)
    value = item.kind(given)
    most = context.limit(item.most)
    if isinstance(value, str) and most is not None and len(value) > most:
        raise Unreadable(f"长度超过限制{most}!")
    _check_time(item, value, context)
    if item.check is not None and (wrong := item.check(value, context)):
        raise Unreadable(wrong)
    if context.is_practice and (wrong := only_invented(item.name, value)):
        raise Unreadable(wrong)
    return value


def _decrypted(given: Any, context: Context) -> str:
    try:
        return decrypt(values.text(given), context.secret)
    except Undecryptable as error:
        raise Unreadable(UNDECRYPTABLE) from error


def _code(dictionary: Dictionary, given: Any, context: Context) -> str:
    code = values.code(given, context.codes(dictionary.key))
    if code is None:
        raise Unreadable(f"参数值不正确,请参见{dictionary.title}字典表!")
    return code


def _check_time(item: Field, value: Any, context: Context) -> None:
    if item.latest is None or not isinstance(value, date):
        return
    now = context.now.astimezone(values.SHANGHAI)
    whole_day = item.latest is Latest.TODAY or not isinstance(value, datetime)
    given = value.date() if whole_day and isinstance(value, datetime) else value
    if given > (now.date() if whole_day else now):  # type: ignore[operator]  # both days or both instants
        raise Unreadable(item.latest.value)


def file_content(item: Field, given: Any, context: Context) -> bytes:
    """The bytes of a picture or scan as it came. Raises Unreadable."""
    content: bytes = item.kind(given)
    most = context.limit(item.most)
    if most is not None and len(content) > most * 1024:
        raise Unreadable(f"大小超过限制{size_in_words(most)}!")
    return content


def stored_file(mark: Mapping[str, str]) -> str:
    """The store's address of a file, from what acceptance put in its place. Raises Unreadable."""
    if "fault" in mark:
        raise Unreadable(mark["fault"])
    return mark["file"]


def size_in_words(kilobytes: int) -> str:
    """50KB, 1MB: as the platform's texts write sizes."""
    return f"{kilobytes // 1024}MB" if kilobytes % 1024 == 0 else f"{kilobytes}KB"
