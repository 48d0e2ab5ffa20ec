"""Which columns a list shows: as its address says, else as its reader left it, else all of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

import django_tables2 as tables
from django.http import QueryDict

ASKED_BY = "cols"


@dataclass(frozen=True, slots=True)
class Choice:
    """One column in the menu. `is_fixed`: the first one names the row and always stays."""

    name: str
    label: str
    is_shown: bool
    is_fixed: bool


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of one list for one reader. `unknown`: names in the address that no column has."""

    choices: Sequence[Choice]
    unknown: Sequence[str] = field(default=())

    @classmethod
    def of(cls, table: type[tables.Table], query: QueryDict, remembered: Sequence[str] = ()) -> Self:
        """The columns that an address asks for; without any, the remembered ones."""
        labels = _labels(table)
        asked = _asked(query)
        names = asked or list(remembered)
        known = {name for name in names if name in labels}
        first = next(iter(labels), "")
        choices = [
            Choice(name, label, name == first or not known or name in known, name == first)
            for name, label in labels.items()
        ]
        return cls(choices, [name for name in asked if name not in labels])

    @property
    def shown(self) -> list[str]:
        return [one.name for one in self.choices if one.is_shown]

    @property
    def hidden(self) -> list[str]:
        return [one.name for one in self.choices if not one.is_shown]

    @property
    def query(self) -> str:
        """What an address says to show these again; nothing where all are shown."""
        return ",".join(self.shown) if self.hidden else ""


def named(table: type[tables.Table], names: Iterable[str]) -> list[str]:
    """Those of `names` that are columns of the table, in its order; nothing where that is all of them."""
    labels, wanted = _labels(table), set(names)
    first = next(iter(labels), "")
    chosen = [name for name in labels if name in wanted or name == first]
    return [] if len(chosen) == len(labels) else chosen


def _asked(query: QueryDict) -> list[str]:
    parts = [part.strip() for value in query.getlist(ASKED_BY) for part in value.split(",")]
    return [part[:40] for part in dict.fromkeys(parts) if part][:60]


def _labels(table: type[tables.Table]) -> dict[str, str]:
    """The columns that hold data, by name. Ticks and buttons of a row are none."""
    meta: Any = table._meta
    return {
        name: str(column.verbose_name or name)
        for name, column in table.base_columns.items()  # type: ignore[attr-defined]  # of the metaclass
        if name not in (meta.exclude or ()) and not column.exclude_from_export
    }
