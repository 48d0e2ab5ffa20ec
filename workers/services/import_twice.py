"""One person in several rows of a roster: told at each row that may be the wrong one."""

from collections.abc import Mapping
from itertools import islice
from typing import Final

from django.db.models import F, Min, Window

from kernel.text import compact
from workers.models import RosterFault, RosterImport, RosterRow

Outcome = RosterRow.Outcome
# A row of these is still to be written, or to be mended first.
OPEN: Final = (Outcome.NEW, Outcome.CHANGED, Outcome.SAME, Outcome.FAULTY)
TWICE: Final = "twice_in_file"
_TWICE = "与第 {line} 行是同一个证件号码，一个人在表里只能有一行。请删去多余的行，或对照证件改正号码。"
_TWO_NAMES = "与第 {line} 行是同一个证件号码，姓名却不同。请对照证件，改正填错的号码，或删去多余的行。"
_TOGETHER = 500


def tell_twice(roster: RosterImport) -> None:
    """Say of each person who stands in several rows where the first is; judged over the whole file.

    Where the rows bear different names, any of them may be the wrong one: then the first is told as well.
    """
    told = RosterFault.objects.filter(roster=roster, cause=TWICE)
    before = set(told.values_list("row", flat=True))
    told.delete()
    first = Window(Min("line"), partition_by=[F("person_index")])
    again = roster.rows.exclude(person_index=None).annotate(first=first).filter(line__gt=F("first"))
    rows = again.filter(outcome__in=OPEN).order_by("line").values_list("pk", "first")
    found = rows.iterator(chunk_size=_TOGETHER)
    now: set[int] = set()
    while chunk := dict(islice(found, _TOGETHER)):
        faults = [one for one in _twice(roster, chunk) if one.row_id not in now]
        RosterFault.objects.bulk_create(faults)
        now |= {one.row_id for one in faults}
    roster.rows.filter(pk__in=now).update(outcome=Outcome.FAULTY)
    _free(roster, before - now)


def _twice(roster: RosterImport, again: Mapping[int, int]) -> list[RosterFault]:
    """The faults of rows that come again, and of the first rows whose name is another; row → first line."""
    later = roster.rows.filter(pk__in=again).order_by("line")
    known = set(later.filter(faults__cause="identity_name_differs").values_list("pk", flat=True))
    firsts = {row.line: row for row in roster.rows.filter(line__in=set(again.values()))}
    found: dict[int, RosterFault] = {}
    for row in later:
        first = firsts[again[row.pk]]
        is_other = _name_of(row) != _name_of(first)
        found[row.pk] = _told_twice(row, first.line, is_other)
        # Whom the file on record contradicts is the wrong one; what is written is not judged any more.
        if is_other and row.pk not in known and first.outcome in OPEN:
            found.setdefault(first.pk, _told_twice(first, row.line, is_other))
    return list(found.values())


def _name_of(row: RosterRow) -> str:
    return compact(row.said.get("name", ""))


def _told_twice(row: RosterRow, line: int, is_other: bool) -> RosterFault:
    told = _TWO_NAMES if is_other else _TWICE
    return RosterFault(
        roster_id=row.roster_id, row=row, column="id_number", cause=TWICE, sentence=told.format(line=line)
    )


def _free(roster: RosterImport, keys: set[int]) -> None:
    """Rows that were twice in the file and are so no more come to what they come to."""
    rows = roster.rows.filter(pk__in=keys, outcome=Outcome.FAULTY).exclude(faults__isnull=False)
    rows.filter(engagement=None).update(outcome=Outcome.NEW)
    rows.exclude(engagement=None).filter(changes=[]).update(outcome=Outcome.SAME)
    rows.exclude(engagement=None).exclude(changes=[]).update(outcome=Outcome.CHANGED)
