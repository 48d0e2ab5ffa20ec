"""How the cells of a list are drawn: what a column needs is found out once, not in each of its cells.

The meaning is django-tables2's own: a value by its accessor (the label of a choice), the column's dash where
there is none, else what `render_NAME` or the column makes of it. Decision 78.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any

import django_tables2 as tables
from django.core.exceptions import ObjectDoesNotExist
from django.utils.formats import localize
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import is_aware, localtime
from django_tables2.columns import BoundColumn
from django_tables2.rows import BoundRow
from django_tables2.utils import Accessor, signature

Draw = Callable[[Any], Any]
# What a column may ask for to be drawn here; whoever asks for more is drawn by the library.
_GIVEN = frozenset({"value", "record", "table"})


def rows(
    table: tables.Table, records: Iterable[Any], labels: dict[str, str] | None = None
) -> Iterator[SafeString]:
    """The cells of each record as HTML; `labels`, by column, say on a phone's card what a cell is."""
    cells = [(_opening(column, labels or {}), _drawer(table, column)) for column in table.columns]
    for record in records:
        yield mark_safe(  # noqa: S308  # each part is escaped
            "".join(f"{opening}{_as_text(draw(record))}</td>" for opening, draw in cells)
        )


def _opening(column: BoundColumn, labels: dict[str, str]) -> str:
    kind, label = column.attrs["td"].get("class", ""), labels.get(column.name, "")
    return "".join(
        (
            "<td",
            format_html(' class="{}"', kind) if kind else "",
            format_html(' data-label="{}"', label) if label else "",
            ">",
        )
    )


def _as_text(value: Any) -> str:
    """What `{{ value }}` shows in a template."""
    if isinstance(value, str):
        return conditional_escape(value)
    if isinstance(value, datetime) and is_aware(value):
        value = localtime(value)
    return conditional_escape(localize(value))


def _drawer(table: tables.Table, column: BoundColumn) -> Draw:
    asked, takes_all = signature(column.render)
    if takes_all or column.link or not _GIVEN.issuperset(asked):
        return lambda record: BoundRow(record, table).get_cell(column.name)
    read, render = _reader(table, column.accessor), _renderer(table, column.render, asked)
    empty, default = column.column.empty_values, column.default

    def draw(record: Any) -> Any:
        value = read(record)
        return default if value in empty else render(value, record)

    return draw


def _renderer(
    table: tables.Table, render: Callable[..., Any], asked: tuple[str, ...]
) -> Callable[[Any, Any], Any]:
    if asked == ("value",):
        return lambda value, _record: render(value=value)
    if asked == ("record",):
        return lambda _value, record: render(record=record)

    def by_name(value: Any, record: Any) -> Any:
        given = {"value": value, "record": record, "table": table}
        return render(**{name: given[name] for name in asked})

    return by_name


def _reader(table: tables.Table, accessor: Accessor) -> Draw:
    """How a row's value is found; None where a step on the way is empty."""
    model, steps = getattr(table.data, "model", None), accessor.bits
    if model is None:
        return lambda record: accessor.resolve(record, quiet=True)
    field = accessor.get_field(model)
    if field is not None and field.name == steps[-1] and getattr(field, "choices", None):
        steps = (*steps[:-1], f"get_{steps[-1]}_display")

    def read(record: Any) -> Any:
        found = record
        try:
            for step in steps:
                found = getattr(found, step)
                if callable(found) and not getattr(found, "do_not_call_in_templates", False):
                    found = found()
                if found is None:
                    return None
        except (AttributeError, ObjectDoesNotExist):
            return None
        return found

    return read
