"""The workbook of a roster: empty as a template, or with rows and what is wrong with each."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import IO, Any, Final

import xlsxwriter

from workers.import_cells import Named
from workers.import_columns import ERRORS_HEADING, Column

SHEET, HELP, LISTS = "人员", "填写说明", "选项"
_LONGEST_CELL: Final = 32_767
# Drop-downs are laid over so many empty rows.
_ROWS_OFFERED: Final = 5_000
_MOST_IN_A_TIP: Final = 255
_ERRORS_WIDTH: Final = 60
_KINDS: Final = {"id_number", "phone", "card"}


class RosterBook:
    """Writes one workbook row by row: memory does not grow with its rows."""

    def __init__(
        self, file: IO[bytes], columns: Sequence[Column], lists: Mapping[str, Named], room: Path, title: str
    ) -> None:
        self._columns, self._lists = columns, lists
        self._book = xlsxwriter.Workbook(
            file,
            {
                "constant_memory": True,
                "tmpdir": str(room),
                "strings_to_formulas": False,
                "strings_to_numbers": False,
                "strings_to_urls": False,
            },
        )
        self._book.set_properties({"title": title})
        self._text = self._book.add_format({"num_format": 49})
        self._must = self._book.add_format(
            {"bold": True, "num_format": 49, "bg_color": "#1a5296", "font_color": "#ffffff", "border": 1}
        )
        self._may = self._book.add_format(
            {"bold": True, "num_format": 49, "bg_color": "#dbe7f5", "font_color": "#16324f", "border": 1}
        )
        self._wrong = self._book.add_format(
            {"num_format": 49, "bg_color": "#fbe3e1", "font_color": "#9c1c13"}
        )
        self._wrap = self._book.add_format({"text_wrap": True, "valign": "top"})
        self._bold = self._book.add_format({"bold": True, "bottom": 1})
        self._sheet: Any = self._book.add_worksheet(SHEET)
        self._row = 0

    def begin(self, *, with_errors: bool) -> None:
        """The headings, frozen, with drop-downs and tips below them."""
        sheet = self._sheet
        places = len(self._columns) + with_errors
        for place, column in enumerate(self._columns):
            # The whole column is text, so that no number loses a figure whoever types into it.
            sheet.set_column(place, place, column.width, self._text)
        if with_errors:
            sheet.set_column(places - 1, places - 1, _ERRORS_WIDTH, self._text)
        for place, column in enumerate(self._columns):
            sheet.write_string(0, place, column.heading, self._must if column.is_required else self._may)
        if with_errors:
            sheet.write_string(0, places - 1, ERRORS_HEADING, self._wrong)
        sheet.freeze_panes(1, 2)
        self._offer()
        self._row = 1

    def add(self, cells: Mapping[str, str], wrong: Iterable[str] = (), errors: str = "") -> None:
        """One row; the cells that are wrong are marked, and the last one says why."""
        marked = set(wrong)
        for place, column in enumerate(self._columns):
            text, shape = cells.get(column.code, ""), self._wrong if column.code in marked else self._text
            if text or column.code in marked:
                self._sheet.write_string(self._row, place, text[:_LONGEST_CELL], shape)
        if errors:
            self._sheet.write_string(self._row, len(self._columns), errors[:_LONGEST_CELL], self._wrong)
        self._row += 1

    def finish(self, about: Sequence[str]) -> None:
        """The sheet that explains each column, the hidden one with the lists, and the end."""
        self._explain(about)
        self._keep_lists()
        self._book.close()

    def _offer(self) -> None:
        rows = max(_ROWS_OFFERED, 1)
        for place, column in enumerate(self._columns):
            tip = {
                "input_title": column.heading[:32],
                "input_message": column.rule[:_MOST_IN_A_TIP],
                "ignore_blank": True,
            }
            named = self._lists.get(column.code)
            if named is not None and named.labels:
                letter = xlsxwriter.utility.xl_col_to_name(self._list_place(column.code))
                tip |= {
                    "validate": "list",
                    "source": f"={LISTS}!${letter}$1:${letter}${len(named.labels)}",
                    # A warning, not a stop: what a list lacks can still be mended on the page.
                    "error_type": "warning",
                    "error_title": column.heading[:32],
                    "error_message": "列表里没有这一项，导入时会要求改。",
                }
            else:
                tip["validate"] = "any"
            self._sheet.data_validation(1, place, rows, place, tip)

    def _list_place(self, code: str) -> int:
        return list(self._lists).index(code)

    def _keep_lists(self) -> None:
        sheet = self._book.add_worksheet(LISTS)
        labels = [list(named.labels.values()) for named in self._lists.values()]
        for row in range(max(map(len, labels), default=0)):
            for place, names in enumerate(labels):
                if row < len(names):
                    sheet.write_string(row, place, names[row])
        sheet.hide()

    def _explain(self, about: Sequence[str]) -> None:
        sheet = self._book.add_worksheet(HELP)
        for place, width in enumerate((18, 10, 56, 24)):
            sheet.set_column(place, place, width)
        row = 0
        for line in about:
            sheet.write_string(row, 0, line)
            row += 1
        for place, heading in enumerate(("列名", "必填", "怎么填", "例")):
            sheet.write_string(row + 1, place, heading, self._bold)
        for step, column in enumerate(self._columns, start=row + 2):
            must = "必填" if column.is_required else "选填"
            for place, text in enumerate((column.heading, must, column.rule, column.example)):
                sheet.write_string(step, place, text, self._wrap)
