"""Workbooks (.xlsx), read as a stream: no row is held longer than it takes to hand it on.

Source: ECMA-376, SpreadsheetML.
"""

import re
from array import array
from collections.abc import Iterator
from typing import IO, Any, Final

from django.utils.translation import gettext as _

from kernel.tables.parts import (
    ERROR,
    FORMULA,
    LONGEST_CELL,
    Limits,
    Line,
    UnreadableTable,
    moment_text,
    number_text,
)
from kernel.tables.xml import Archive, damaged, local, parser_of

_BOOK: Final = "xl/workbook.xml"
_ROWS: Final = 1_048_576
_COLUMNS: Final = 16_384
_REF: Final = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_MERGE: Final = re.compile(
    rb'<(?:\w+:)?mergeCell\b[^>]{0,200}?ref="([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})"'
)
_OVERLAP: Final = 400
_MOST_MERGES: Final = 20_000
_MOST_STYLES: Final = 65_536
# Formats of days among those that have no text of their own, Chinese ones too (ECMA-376, 18.8.30).
_DAY_FORMATS: Final = frozenset([*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)])
_QUOTED: Final = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.')
_OF_DAYS: Final = re.compile(r"[ymdhs年月日]", re.IGNORECASE)


class Texts:
    """The strings that cells share, in one block of bytes: a tenth of what so many objects would take."""

    def __init__(self) -> None:
        self._block, self._ends = bytearray(), array("Q")

    def add(self, text: str) -> None:
        self._block += text.encode("utf-8", "replace")
        self._ends.append(len(self._block))

    def __getitem__(self, number: int) -> str:
        begins = self._ends[number - 1] if number else 0
        return self._block[begins : self._ends[number]].decode()

    def __len__(self) -> int:
        return len(self._ends)


class Workbook:
    """One workbook."""

    def __init__(self, file: IO[bytes], limits: Limits) -> None:
        self._limits = limits
        self._archive = Archive(file, limits.unpacked_bytes)
        if _BOOK not in self._archive.names:
            raise _other(self._archive.names)
        self._since_1904 = False
        self._parts = self._sheets()
        self._texts: Texts | None = None
        self._days: frozenset[int] = frozenset()

    @property
    def sheets(self) -> list[str]:
        return list(self._parts)

    def rows(self, sheet: str) -> Iterator[Line]:
        """Each row that says something, with what a merged cell says repeated in the rows it covers.

        Raises UnreadableTable.
        """
        if self._texts is None:
            self._texts, self._days = self._shared(), self._day_styles()
        part = self._parts[sheet]
        reader = _SheetReader(self._texts, self._days, self._limits.columns, since_1904=self._since_1904)
        merges = _Merges(self._archive.pieces(part))
        for _step in self._archive.parsed(part, reader.parser):
            for number, cells in reader.taken():
                merged = merges.fill(number, cells)
                yield Line(number, cells, merged)

    def _sheets(self) -> dict[str, str]:
        """Visible sheets by name, with the part that holds each. Raises UnreadableTable."""
        targets: dict[str, str] = {}
        found: dict[str, str] = {}

        def of_links(name: str, given: dict[str, str]) -> None:
            if local(name) == "Relationship":
                targets[given.get("Id", "")] = given.get("Target", "")

        def of_book(name: str, given: dict[str, str]) -> None:
            kind = local(name)
            if kind == "workbookPr":
                self._since_1904 = given.get("date1904", "0") in ("1", "true")
            elif kind == "sheet" and given.get("state", "visible") == "visible":
                link = next((value for key, value in given.items() if local(key) == "id" and ":" in key), "")
                target = targets.get(link, "")
                part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
                if part in self._archive.names:
                    found[given.get("name", "")] = part

        links = "xl/_rels/workbook.xml.rels"
        if links in self._archive.names:
            self._archive.read(links, of_links)
        self._archive.read(_BOOK, of_book)
        return found

    def _shared(self) -> Texts:
        """The strings that cells share. Raises UnreadableTable."""
        texts, part = Texts(), "xl/sharedStrings.xml"
        if part not in self._archive.names:
            return texts
        parser = parser_of()
        said: list[str] = []
        is_text, in_sound = [False], [False]

        def begin(name: str, _given: dict[str, str]) -> None:
            kind = local(name)
            if kind == "si":
                said.clear()
            elif kind == "rPh":  # how a name is pronounced
                in_sound[0] = True
            is_text[0] = kind == "t" and not in_sound[0]

        def end(name: str) -> None:
            kind = local(name)
            if kind == "si":
                texts.add("".join(said)[:LONGEST_CELL])
            elif kind == "rPh":
                in_sound[0] = False
            is_text[0] = False

        def says(text: str) -> None:
            if is_text[0] and len(said) < LONGEST_CELL:
                said.append(text[:LONGEST_CELL])

        parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = begin, end, says
        for _step in self._archive.parsed(part, parser):
            pass
        return texts

    def _day_styles(self) -> frozenset[int]:
        """Which styles of cells show a number as a day. Raises UnreadableTable."""
        part = "xl/styles.xml"
        if part not in self._archive.names:
            return frozenset()
        own: set[str] = set()
        found: list[int] = []
        state = {"in": False, "number": 0}

        def begin(name: str, given: dict[str, str]) -> None:
            kind = local(name)
            if kind == "numFmt" and _OF_DAYS.search(_QUOTED.sub("", given.get("formatCode", ""))):
                own.add(given.get("numFmtId", ""))
            elif kind in ("cellXfs", "cellStyleXfs"):
                state["in"] = kind == "cellXfs"
            elif kind == "xf" and state["in"]:
                format_id = given.get("numFmtId", "")
                is_day = format_id in own or (format_id.isdecimal() and int(format_id[:6]) in _DAY_FORMATS)
                if is_day and state["number"] < _MOST_STYLES:
                    found.append(state["number"])
                state["number"] += 1

        self._archive.read(part, begin)
        return frozenset(found)


class _SheetReader:
    """Turns the events of one sheet's XML into rows of text."""

    def __init__(self, texts: Texts, days: frozenset[int], columns: int, *, since_1904: bool) -> None:
        self._texts, self._days, self._columns, self._since_1904 = texts, days, columns, since_1904
        self._done: list[tuple[int, list[str]]] = []
        self._row, self._cells = 0, list[str]()
        self._column, self._kind, self._style, self._has_formula = -1, "", "", False
        self._in_value, self._said = False, list[str]()
        self._names: dict[str, str] = {}
        self.parser = parser_of()
        self.parser.StartElementHandler = self._begin
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._says

    def taken(self) -> Iterator[tuple[int, list[str]]]:
        """The rows that are whole by now."""
        done, self._done = self._done, []
        return iter(done)

    def _local(self, name: str) -> str:
        known = self._names.get(name)
        if known is None:
            known = local(name)
            if len(self._names) < 1000:
                self._names[name] = known
        return known

    def _begin(self, name: str, given: dict[str, Any]) -> None:
        kind = self._local(name)
        if kind == "c":
            self._begin_cell(given)
        elif kind in ("v", "t"):
            self._in_value = True
        elif kind == "f":
            self._has_formula = True
        elif kind == "row":
            stated = given.get("r", "")
            number = int(stated) if stated.isdecimal() and len(stated) < 8 else 0
            self._row = number if self._row < number <= _ROWS else self._row + 1
            self._cells, self._column = [], -1
        elif kind == "rPh":
            self._kind = "sound"

    def _begin_cell(self, given: dict[str, Any]) -> None:
        found = _REF.fullmatch(given.get("r", ""))
        column = column_of(found[1]) if found else self._column + 1
        self._column = column if column < _COLUMNS else self._column + 1
        self._kind, self._style = given.get("t", "n"), given.get("s", "")
        self._has_formula = self._in_value = False
        self._said = []

    def _says(self, text: str) -> None:
        if self._in_value and len(self._said) < LONGEST_CELL:
            self._said.append(text)

    def _end(self, name: str) -> None:
        kind = self._local(name)
        if kind == "c":
            if 0 <= self._column < self._columns and (text := self._text()):
                self._cells.extend([""] * (self._column + 1 - len(self._cells)))
                self._cells[self._column] = text
        elif kind in ("v", "t"):
            self._in_value = False
        elif kind == "row" and self._cells:
            self._done.append((self._row, self._cells))
            self._cells = []

    def _text(self) -> str:
        said = "".join(self._said)
        if self._has_formula and not said:
            return FORMULA
        if self._kind == "s":
            # A reference to a string that is not there is no cell.
            number = int(said) if said.isdecimal() and len(said) < 10 else -1
            return self._texts[number].strip() if 0 <= number < len(self._texts) else ""
        if self._kind == "n":
            return self._number(said.strip())
        if self._kind == "b":
            return "是" if said.strip() in ("1", "true") else "否" if said.strip() else ""
        if self._kind == "e":
            return ERROR
        return said.strip()[:LONGEST_CELL]

    def _number(self, said: str) -> str:
        if not said:
            return ""
        try:
            value = float(said)
        except ValueError:
            return said[:LONGEST_CELL]
        if self._style.isdecimal() and len(self._style) < 7 and int(self._style) in self._days:
            return moment_text(value, since_1904=self._since_1904)
        return number_text(value)


class _Merges:
    """The merged cells of a sheet that reach over several rows, which say what they say in each of them."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._beginning: dict[int, list[tuple[int, int]]] = {}
        self._open: dict[int, tuple[int, str]] = {}
        before, number = b"", 0
        for piece in pieces:
            text = before + piece
            ends = 0
            for found in _MERGE.finditer(text):
                ends = found.end()
                first, last, column = int(found[2]), int(found[4]), column_of(found[1].decode())
                if last > first and number < _MOST_MERGES:
                    self._beginning.setdefault(first, []).append((column, last))
                    number += 1
            before = text[max(ends, len(text) - _OVERLAP) :]

    def fill(self, row: int, cells: list[str]) -> frozenset[int]:
        """Repeat in an empty cell what the merge over it says; which columns were filled so."""
        filled = []
        for column, (last, text) in list(self._open.items()):
            if row > last:
                del self._open[column]
            elif column >= len(cells) or not cells[column]:
                cells.extend([""] * (column + 1 - len(cells)))
                cells[column] = text
                filled.append(column)
        for column, last in self._beginning.pop(row, ()):
            if column < len(cells) and cells[column]:
                self._open[column] = (last, cells[column])
        return frozenset(filled)


def column_of(letters: str) -> int:
    """A → 0, Z → 25, AA → 26."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _other(names: frozenset[str]) -> UnreadableTable:
    """What is said of an archive that is no such workbook."""
    if "xl/workbook.bin" in names:
        return UnreadableTable(_("这是二进制工作簿（.xlsb），平台读不了。请用 Excel 另存为 .xlsx 再上传。"))
    if "content.xml" in names:
        return UnreadableTable(_("这是 OpenDocument 表格（.ods），平台读不了。请另存为 .xlsx 再上传。"))
    if any(name.startswith("word/") for name in names):
        return UnreadableTable(_("这是 Word 文档，不是表格。请把内容填进模板（.xlsx）再上传。"))
    if not names:
        return damaged()
    return UnreadableTable(_("这是压缩包，不是工作簿。请先解压，再上传里面的 .xlsx 文件。"))
