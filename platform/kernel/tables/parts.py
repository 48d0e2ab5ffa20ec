"""What every kind of table is made of, and how a cell becomes text."""

import math
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Final

from kernel.errors import DomainError

# A cell's text is cut here: nothing that belongs into a register is longer.
LONGEST_CELL: Final = 2000
# What a formula without a result, and a result that is an error, read as.
FORMULA: Final = "=…"
ERROR: Final = "#错误"
# A float keeps fifteen figures; beyond them a spreadsheet has lost some.
_EXACT: Final = 1e15


class UnreadableTable(DomainError):
    """The file as a whole cannot be read as a table; the sentence says why and what to do."""

    code = "unreadable_table"

    def __init__(self, message: str) -> None:
        super().__init__(message, field="file")


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is read: what a workbook may unpack to, and how many columns count."""

    unpacked_bytes: int
    columns: int = 200


@dataclass(frozen=True, slots=True)
class Line:
    """A row that says something: its number in the file, its cells, and which of them come from a merge."""

    number: int
    cells: list[str]
    merged: frozenset[int] = field(default_factory=frozenset)


def number_text(value: float) -> str:
    """A number as it should have been typed; one that has lost figures shows that it has: 4.2E+17."""
    if not math.isfinite(value):
        return ERROR
    if abs(value) >= _EXACT:
        return f"{value:.14E}"
    return str(int(value)) if value == int(value) else repr(value)


def moment_text(days: float, *, since_1904: bool = False) -> str:
    """A spreadsheet's day number as 2026-04-04, with a time where it has one; a number where it is no day."""
    first = datetime(1904, 1, 1) if since_1904 else datetime(1899, 12, 30)  # noqa: DTZ001  # a day, no instant
    if not 0 < days < 2_958_466:  # the year 9999
        return number_text(days)
    return object_text(first + timedelta(seconds=round(days * 86_400)))


def object_text(value: object) -> str:
    """A cell that was read as an object: a day, a time, a number, yes or no, or text."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        is_day = (value.hour, value.minute, value.second) == (0, 0, 0)
        return value.date().isoformat() if is_day else value.isoformat(" ", "seconds")
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, (int, float)):
        return number_text(value)
    return "" if value is None else str(value)[:LONGEST_CELL]
