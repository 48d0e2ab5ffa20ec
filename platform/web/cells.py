"""What stands in a cell once it leaves the page: values with a type, not marks for the eye."""

from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from html import unescape
from operator import attrgetter
from typing import Any

import django_tables2 as tables
from django.utils import timezone
from django.utils.html import strip_tags
from django_tables2.rows import BoundRow

# A share between 0 and 1 is a float, money a Decimal, a count an int; everything else is text.
Cell = str | int | float | Decimal | date | datetime | time | None
Reader = Callable[[Any], Cell]
_PLAIN = (str, int, float, Decimal, date, time)


def readers(table: tables.Table) -> list[tuple[str, Reader]]:
    """The shown columns of a table: each one's heading, and how it is read from a row.

    A table says how by `file_NAME(record)`; a plain column is its accessor's value; whatever else the page
    draws is written in the words that it shows.
    """
    return [
        (str(column.header), _reader(table, column.name))
        for column in table.columns
        if not column.column.exclude_from_export
    ]


def wall_clock(instant: datetime | None) -> datetime | None:
    """An instant as workbooks want it: the clock on the wall in Hubei, without a zone."""
    return None if instant is None else timezone.localtime(instant).replace(tzinfo=None, microsecond=0)


def _reader(table: tables.Table, name: str) -> Reader:
    own: Reader | None = getattr(table, f"file_{name}", None)
    if own is not None:
        return own
    column = table.columns[name].column
    if type(column) is tables.Column and not hasattr(table, f"render_{name}"):
        return _value_of(str(table.columns[name].accessor))
    return lambda record: _as_shown(BoundRow(record, table), name)


def _value_of(accessor: str) -> Reader:
    read = attrgetter(accessor.replace("__", "."))

    def value(record: Any) -> Cell:
        try:
            found = read(record)
        except AttributeError:  # a step on the way is empty
            return None
        if isinstance(found, datetime):
            return wall_clock(found)
        if isinstance(found, bool):
            return "是" if found else "否"
        return found if found is None or isinstance(found, _PLAIN) else str(found)

    return value


def _as_shown(row: BoundRow, name: str) -> str:
    return " ".join(unescape(strip_tags(str(row.get_cell(name)))).split())
