"""Text tables (CSV): UTF-8 or GBK or what Excel calls Unicode text, with whatever sign parts the cells."""

import codecs
import csv
import io
from collections.abc import Iterator
from typing import BinaryIO, Final

from django.utils.translation import gettext as _

from kernel.tables.parts import LONGEST_CELL, Limits, Line, UnreadableTable

_PIECE: Final = 64 * 1024
_SIGNS: Final = ",\t;|"
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Spreadsheets keep their row and cell limits; a text table that has more is something else.
_LONGEST_FIELD: Final = 131_072


class TextTable:
    """One text table; it has a single sheet without a name."""

    def __init__(self, file: BinaryIO, limits: Limits) -> None:
        self._file, self._limits = file, limits
        self._encoding = _encoding_of(file)

    @property
    def sheets(self) -> list[str]:
        return [""]

    def rows(self, sheet: str) -> Iterator[Line]:
        """Each row with the line on which it ends. Raises UnreadableTable."""
        self._file.seek(0)
        text = io.TextIOWrapper(self._file, self._encoding, newline="")
        try:
            first = text.readline(_LONGEST_FIELD)
            text.seek(0)
            reader = csv.reader(_without_nul(text), delimiter=_sign_of(first))
            for cells in reader:
                found = [_as_meant(cell) for cell in cells[: self._limits.columns]]
                if any(found):
                    yield Line(reader.line_num, found)
        except csv.Error as fault:
            told = _(
                "第 {line} 行不是合格的 CSV（引号没有成对，或一格太长）。请用表格软件另存为 .xlsx 再上传。"
            )
            raise UnreadableTable(told.format(line=reader.line_num + 1)) from fault
        except UnicodeError as fault:
            raise _no_text() from fault
        finally:
            # Whoever stops early may have closed the file by now.
            if not self._file.closed:
                text.detach()


def _encoding_of(file: BinaryIO) -> str:
    """How the text is written. Raises UnreadableTable for what is no text."""
    file.seek(0)
    head = file.read(_PIECE)
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name
    if b"\0" in head:
        raise UnreadableTable(
            _("这个文件不是表格，打不开。请上传 Excel 工作簿（.xlsx、.xls）或 CSV，改扩展名不起作用。")
        )
    for name in ("utf-8", "gb18030"):
        if _decodes(file, name):
            return name
    raise _no_text()


def _no_text() -> UnreadableTable:
    return UnreadableTable(
        _("文件的编码不是 UTF-8 或 GBK，中文读不出来。请用表格软件另存为 Excel 工作簿（.xlsx）再上传。")
    )


def _decodes(file: BinaryIO, encoding: str) -> bool:
    file.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        while piece := file.read(_PIECE):
            decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _without_nul(lines: io.TextIOWrapper) -> Iterator[str]:
    return (line.replace("\0", "") for line in lines)


def _sign_of(first: str) -> str:
    """What parts the cells: the commonest of the usual signs in the first line."""
    return max(_SIGNS, key=first.count)


def _as_meant(cell: str) -> str:
    """A cell without the tricks by which people keep figures: ="420…" and '420…."""
    text = cell.strip()[:LONGEST_CELL]
    if text.startswith('="') and text.endswith('"'):
        return text[2:-1]
    return text.removeprefix("'")
