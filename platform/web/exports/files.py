"""Writing rows into a workbook or a text table as they come: memory does not grow with them.

Who took the list away, when, why and from where stands on its first line, in the head of every printed page
and on a sheet of its own. Text is written as text: no identity number turns into 4.2E+17, and nothing that
somebody typed is ever run as a formula.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, Protocol

import xlsxwriter

from web.cells import Cell

# A sheet has 1,048,576 rows; the first two are the mark and the headings.
SHEET_ROWS: Final = 1_000_000
_WIDEST: Final = 40
_FORMULA_SIGNS: Final = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")  # fmt: skip
_LONGEST_CELL: Final = 32_767
_LONGEST_HEADER: Final = 200


@dataclass(frozen=True, slots=True)
class Mark:
    """The watermark: one line that says who, when, why and from where; and the same as pairs."""

    line: str
    pairs: Sequence[tuple[str, str]]


class Sink(Protocol):
    """Whatever takes bytes as they come."""

    def write(self, content: bytes, /) -> int: ...
    def flush(self) -> None: ...


class Writer(Protocol):
    """Takes the rows of one list, then its end."""

    def add(self, cells: Sequence[Cell]) -> None: ...
    def finish(self, rows: int) -> None: ...


def writer(kind: str, sink: Sink, headings: Sequence[str], mark: Mark, title: str, room: Path) -> Writer:
    """The writer of a format. `room`: a folder for the workbook's unfinished sheets."""
    if kind == "csv":
        return CsvWriter(sink, headings, mark)
    return XlsxWriter(sink, headings, mark, title, room)


def ending(rows: int) -> str:
    """The last line of every file: whoever finds it knows that nothing is missing."""
    return f"共 {rows:,} 行，到此为止，无删减"


class CsvWriter:
    """UTF-8 with a byte order mark, which spreadsheet programs in China need to read Chinese."""

    def __init__(self, sink: Sink, headings: Sequence[str], mark: Mark) -> None:
        self._sink, self._buffer = sink, io.StringIO(newline="")
        self._csv = csv.writer(self._buffer)
        sink.write("\ufeff".encode())
        self._put([mark.line])
        self._put(headings)

    def add(self, cells: Sequence[Cell]) -> None:
        self._put([_as_text(cell) for cell in cells])

    def finish(self, rows: int) -> None:
        self._put([ending(rows)])

    def _put(self, cells: Iterable[Any]) -> None:
        self._csv.writerow([harmless(str(cell)) if isinstance(cell, str) else cell for cell in cells])
        self._sink.write(self._buffer.getvalue().encode())
        self._buffer.seek(0)
        self._buffer.truncate()


class XlsxWriter:
    """A workbook, written row by row; beyond a million rows it goes on in another sheet."""

    def __init__(self, sink: Sink, headings: Sequence[str], mark: Mark, title: str, room: Path) -> None:
        self._book = xlsxwriter.Workbook(
            sink,
            {
                "constant_memory": True,
                "tmpdir": str(room),
                "strings_to_formulas": False,
                "strings_to_numbers": False,
                "strings_to_urls": False,
                "use_zip64": True,
            },
        )
        self._book.set_properties({"title": title, "comments": mark.line[:_LONGEST_HEADER]})
        self._headings, self._mark, self._title = headings, mark, title
        shapes = {int: "#,##0", float: "0.0%", Decimal: "#,##0.00", date: "yyyy-mm-dd", time: "hh:mm"}
        self._shapes = {kind: self._book.add_format({"num_format": shape}) for kind, shape in shapes.items()}
        self._shapes[datetime] = self._book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self._bold = self._book.add_format({"bold": True, "bottom": 1})
        self._soft = self._book.add_format({"font_color": "#5d6875", "italic": True})
        self._sheets = 0
        self._begin_sheet()

    def _begin_sheet(self) -> None:
        self._sheets += 1
        self._sheet = self._book.add_worksheet(f"名单{self._sheets}" if self._sheets > 1 else "名单")
        sheet = self._sheet
        for column, heading in enumerate(self._headings):
            sheet.set_column(column, column, min(_WIDEST, max(12, 2 * len(heading) + 4)))
        sheet.write_string(0, 0, self._mark.line, self._soft)
        for column, heading in enumerate(self._headings):
            sheet.write_string(1, column, heading, self._bold)
        sheet.freeze_panes(2, 1)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0, 1)
        # An ampersand begins a code in heads of printed pages.
        shown = self._mark.line[:_LONGEST_HEADER].replace("&", "＆")
        sheet.set_header(f"&L{shown}")
        sheet.set_footer("&L导出自湖北省建筑工人管理服务信息平台&R第 &P / &N 页")
        self._row = 2

    def add(self, cells: Sequence[Cell]) -> None:
        if self._row >= SHEET_ROWS + 2:
            self._begin_sheet()
        sheet, row = self._sheet, self._row
        for column, cell in enumerate(cells):
            if isinstance(cell, str):
                if cell:
                    sheet.write_string(row, column, cell[:_LONGEST_CELL])
            elif isinstance(cell, (datetime, date, time)):
                sheet.write_datetime(row, column, cell, self._shapes[type(cell)])
            elif cell is not None:
                sheet.write_number(row, column, cell, self._shapes[type(cell)])
        self._row += 1

    def finish(self, rows: int) -> None:
        about = self._book.add_worksheet("导出说明")
        about.set_column(0, 0, 14)
        about.set_column(1, 1, 90)
        for row, (label, value) in enumerate([*self._mark.pairs, ("行数", ending(rows))]):
            about.write_string(row, 0, label, self._bold)
            about.write_string(row, 1, value)
        self._book.close()


def _as_text(cell: Cell) -> Any:
    """A cell for a text table: rates in per cent, days and times as the pages write them."""
    if isinstance(cell, float):
        return f"{cell * 100:.1f}%"
    if isinstance(cell, datetime):
        return cell.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(cell, time):
        return cell.strftime("%H:%M")
    return "" if cell is None else cell if isinstance(cell, (int, str)) else str(cell)


def harmless(text: str) -> str:
    """Text that no spreadsheet program takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA_SIGNS) else text
