"""From a file to rows by column: which sheet, where its headings are, and what was noticed on the way."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Final

from django.utils.translation import gettext as _

from kernel.masking import redact
from kernel.streams import Kept
from kernel.tables import Limits, Line, Table, UnreadableTable, open_table
from kernel.text import shortened
from standards.selectors import parameter
from workers.import_cells import plain
from workers.import_columns import Column, column_places

# Above the headings there may be a title and a line or two of explanation.
_TITLE_LINES: Final = 10
_FEWEST_KNOWN: Final = 2
_NAMED: Final = 8


class TooManyRows(UnreadableTable):
    """More rows than one import takes; it is refused, not cut."""

    def __init__(self, most: int) -> None:
        told = _("表里超过 {most} 行，一次最多导入 {most} 行，没有检查。请按班组分成几个文件导入。")
        super().__init__(told.format(most=f"{most:,}"))


@dataclass(slots=True)
class Roster:
    """A file's rows by column code, one after another, and what was noticed; `notes` is whole at the end."""

    rows: Iterator[tuple[int, dict[str, str]]]
    sheet: str
    unknown: list[str]
    merged: int = 0
    skipped: int = 0
    last_line: int = 0
    number: int = 0
    absent: list[str] = field(default_factory=list)

    @property
    def notes(self) -> list[str]:
        """What whoever brought the file should know, in sentences."""
        found = []
        if self.sheet:
            found.append(_("读的是工作表“{name}”。").format(name=_told(self.sheet, 31)))
        if self.skipped:
            found.append(_("{number} 个空行已略过。").format(number=f"{self.skipped:,}"))
        if self.merged:
            found.append(
                _("{number} 行里有合并单元格，已按合并区第一格的内容读入，请核对。").format(
                    number=f"{self.merged:,}"
                )
            )
        if self.unknown:
            names = "、".join(_told(one, 12) for one in self.unknown[:_NAMED])
            more = "等" if len(self.unknown) > _NAMED else ""
            found.append(_("这些列不认识，没有读：{names}{more}。").format(names=names, more=more))
        return found


def read_roster(file: Kept, of: Sequence[Column]) -> Roster:
    """The roster in a kept file, which stays open while its rows are read.

    Raises UnreadableTable, also half-way through its rows.
    """
    limits = Limits(unpacked_bytes=int(parameter("imports.unpacked_megabytes")) * 1024 * 1024)
    return _roster(open_table(file, limits), of)


def _roster(table: Table, of: Sequence[Column]) -> Roster:
    """The first sheet that has the headings; none says what is missing in the likeliest one."""
    best: tuple[int, str, list[str]] = (-1, "", [column.heading for column in of if column.is_required])
    for sheet in table.sheets:
        lines = table.rows(sheet)
        places, unknown, twice, seen = _headings(lines, of)
        missing = [column.heading for column in of if column.is_required and column.code not in places]
        if twice:
            _refuse_twice(sheet, twice)
        if not missing:
            found = Roster(iter(()), sheet, unknown, last_line=seen)
            found.rows = _by_column(found, lines, places)
            return found
        if len(places) > best[0]:
            best = (len(places), sheet, missing)
    raise _missing(table, *best)


def _headings(
    lines: Iterator[Line], of: Sequence[Column]
) -> tuple[dict[str, int], list[str], list[str], int]:
    """Where the columns are, by the first line that names some of them, and the number of that line."""
    seen = 0
    for _step, line in zip(range(_TITLE_LINES), lines, strict=False):
        seen = line.number
        places, unknown, twice = column_places(of, line.cells)
        if len(places) >= _FEWEST_KNOWN:
            return places, unknown, twice, seen
    return {}, [], [], seen


def _by_column(
    found: Roster, lines: Iterator[Line], places: dict[str, int]
) -> Iterator[tuple[int, dict[str, str]]]:
    most = int(parameter("imports.rows"))
    for line in lines:
        cells = {
            code: line.cells[place]
            for code, place in places.items()
            if place < len(line.cells) and line.cells[place]
        }
        if not cells or _only_merged(cells, places, line):
            continue
        found.skipped += max(0, line.number - found.last_line - 1)
        found.last_line = line.number
        found.merged += bool(line.merged & set(places.values()))
        found.number += 1
        if found.number > most:
            raise TooManyRows(most)
        yield line.number, cells
    if not found.number:
        raise UnreadableTable(_("表里只有列名，没有一行人员。请在列名下面每行填一个人，保存后再上传。"))


def _only_merged(cells: dict[str, str], places: dict[str, int], line: Line) -> bool:
    """Whether a row says nothing of its own: all of it comes from merges that reach over it."""
    return all(places[code] in line.merged for code in cells)


def _told(text: str, most: int) -> str:
    """A heading or a sheet's name as it may stand in a sentence, whatever somebody wrote into it."""
    return shortened(redact(plain(text)), most)


def _refuse_twice(sheet: str, twice: Sequence[str]) -> None:
    told = _("{sheet}里“{names}”这一列出现了两次，不知道以哪一列为准。请删去多余的列，再上传。")
    where = _("工作表“{name}”").format(name=_told(sheet, 31)) if sheet else _("表")
    names = "、".join(dict.fromkeys(_told(one, 12) for one in twice))
    raise UnreadableTable(told.format(sheet=where, names=names))


def _missing(table: Table, known: int, sheet: str, missing: Sequence[str]) -> UnreadableTable:
    """What is said where no sheet is a roster."""
    names = "、".join(missing)
    if known <= 0:
        which = "、".join(_told(one, 31) for one in list(chain(table.sheets))[:_NAMED] if one)
        where = _("工作表：{names}。").format(names=which) if which else ""
        told = _("在文件里没有找到花名册的列名（{names}）。{where}请下载模板，把内容填进“人员”表，再上传。")
        return UnreadableTable(told.format(names=names, where=where))
    where = _("工作表“{name}”").format(name=_told(sheet, 31)) if sheet else _("表里")
    told = _("{where}缺少必填的列：{names}。请在列名那一行补上（模板里有），再上传。")
    return UnreadableTable(told.format(where=where, names=names))
