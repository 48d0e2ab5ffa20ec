"""The faults of a roster by cause, as its page shows them: first rows of each, equal mistakes together."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, F, Min, Window
from django.db.models.functions import RowNumber

from kernel.scoping import Actor
from workers.import_columns import Column
from workers.import_words import cause_words, shown
from workers.models import RosterFault, RosterImport, RosterRow
from workers.selectors import roster_faults, roster_rows
from workers.services.import_judging import Judge
from workers.web.import_forms import field_name

# So many causes, rows of each, and different mistakes of each stand on the page; the rest is a click away.
_GROUPS, _ROWS, _SAME = 20, 3, 8


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a group: where it stands, whose it is, what the cell says, and the input for it."""

    row: RosterRow
    name: str
    given: str
    sentence: str
    field_name: str


@dataclass(frozen=True, slots=True)
class Same:
    """Rows whose cells make the same mistake, to be mended together; `first` was probably meant."""

    sample: int
    given: str
    number: int
    first: str


@dataclass(slots=True)
class Group:
    """Faults of one cause under one heading."""

    column: Column | None
    code: str
    cause: str
    words: str
    number: int
    advice: str
    options: Mapping[str, str] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    same: list[Same] = field(default_factory=list)

    @property
    def key(self) -> str:
        """By which the group is told from the others on the page."""
        return f"{self.code}-{self.cause}"

    @property
    def is_choice(self) -> bool:
        """Whether equal mistakes are shown together, with a list to choose from."""
        return bool(self.same)

    @property
    def takes_one(self) -> bool:
        """Whether one value may be written into all its cells."""
        return bool(self.column) and not self.is_choice and self.number > 1 and self.column_is_common

    @property
    def column_is_common(self) -> bool:
        return self.column is not None and not self.column.is_personal and self.column.kind != "name"


def groups_of(actor: Actor, roster: RosterImport, judge: Judge) -> list[Group]:
    """The commonest causes with their first rows; four questions whatever the number of faults."""
    faults = roster_faults(actor, roster).order_by()
    counted = faults.values("column", "cause").annotate(
        number=Count("row", distinct=True), sentence=Min("sentence")
    )
    found = {
        (one["column"], one["cause"]): _group(judge, one)
        for one in counted.order_by("-number", "column", "cause")[:_GROUPS]
    }
    _add_same(actor, roster, judge, found, faults)
    _add_lines(found, faults)
    return list(found.values())


def _group(judge: Judge, one: Mapping[str, Any]) -> Group:
    column, named = judge.by_code.get(one["column"]), judge.lists.get(one["column"])
    return Group(
        column=column,
        code=one["column"],
        cause=one["cause"],
        words=cause_words(column, one["cause"], one["sentence"]),
        number=one["number"],
        advice=column.rule if column else "",
        options=named.labels if named else {},
    )


def _add_same(
    actor: Actor, roster: RosterImport, judge: Judge, found: dict[tuple[str, str], Group], faults: Any
) -> None:
    """Where a list was missed: each different mistake once, with what was probably meant."""
    wanted = faults.filter(cause="not_in_list").exclude(given_index=None)
    counted = list(
        wanted.values("column", "given_index")
        .annotate(number=Count("row"), sample=Min("row"))
        .order_by("-number", "sample")[: _GROUPS * _SAME]
    )
    rows = {
        row.pk: row for row in roster_rows(actor, roster).filter(pk__in=[one["sample"] for one in counted])
    }
    for one in counted:
        group, named = found.get((one["column"], "not_in_list")), judge.lists.get(one["column"])
        if group is not None and named is not None and len(group.same) < _SAME:
            given = rows[one["sample"]].said.get(one["column"], "")
            group.same.append(Same(one["sample"], given[:40], one["number"], named.nearest(given)))


def _add_lines(found: dict[tuple[str, str], Group], faults: Any) -> None:
    numbered = faults.annotate(
        place=Window(RowNumber(), partition_by=[F("column"), F("cause")], order_by=[F("row__line"), F("pk")])
    ).filter(place__lte=_ROWS)
    for fault in numbered.select_related("row").order_by("row__line", "pk"):
        group = found.get((fault.column, fault.cause))
        if group is not None and not group.is_choice:
            group.lines.append(line_of(fault, group.column))


def line_of(fault: RosterFault, column: Column | None) -> Line:
    """A fault as its page shows it; numbers of people are covered."""
    said = fault.row.said
    given = shown(column, said.get(fault.column, ""))[:60]
    return Line(fault.row, said.get("name", "")[:20], given, fault.sentence, field_name(fault.row))
