"""What a file is, by its bytes and never by its name; and opening it as what it is."""

import io
from collections.abc import Iterator
from typing import BinaryIO, Final, Protocol

from django.utils.translation import gettext as _

from kernel.tables.delimited import TextTable
from kernel.tables.old import OldBook
from kernel.tables.parts import Limits, Line, UnreadableTable
from kernel.tables.xlsx import Workbook

_HEAD: Final = 4096
_OLD: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# Streams of a workbook with a password lie in an old container under this name.
_LOCKED: Final = "EncryptedPackage".encode("utf-16-le")
_OTHERS: Final = (
    (b"%PDF", "PDF 文件"),
    (b"\x89PNG", "图片"),
    (b"\xff\xd8\xff", "图片"),
    (b"GIF8", "图片"),
    (b"Rar!", "压缩包"),
    (b"7z\xbc\xaf", "压缩包"),
    (b"\x1f\x8b", "压缩包"),
    (b"{\\rtf", "Word 文档"),
)
_WEB: Final = (b"<!doctype", b"<html", b"<?xml", b"<table", b"<meta", b"mime-version")


class Table(Protocol):
    """A file that holds tables: the names of its visible sheets, and the rows of one."""

    @property
    def sheets(self) -> list[str]: ...

    def rows(self, sheet: str) -> Iterator[Line]:
        """The rows that say something, in order. Raises UnreadableTable."""
        ...


def open_table(source: io.RawIOBase | BinaryIO, limits: Limits) -> Table:
    """The table in a file. `source` can be read here and there. Raises UnreadableTable."""
    file = io.BufferedReader(source) if isinstance(source, io.RawIOBase) else source
    head = file.read(_HEAD)
    file.seek(0)
    if not head.strip():
        raise UnreadableTable(_("文件是空的。请下载模板，每行填一个人，保存后再上传。"))
    if head.startswith(b"PK"):
        return Workbook(file, limits)  # type: ignore[arg-type]  # a buffered reader is one
    if head.startswith(_OLD):
        return _old(file, limits)  # type: ignore[arg-type]  # as above
    _refuse_others(head)
    return TextTable(file, limits)  # type: ignore[arg-type]  # as above


def _old(file: BinaryIO, limits: Limits) -> Table:
    content = file.read()
    if _LOCKED in content:
        raise UnreadableTable(_("工作簿设有打开密码，平台读不到内容。请在表格软件里去掉密码，另存后再上传。"))
    return OldBook(content, limits)


def _refuse_others(head: bytes) -> None:
    found = next((kind for start, kind in _OTHERS if head.startswith(start)), "")
    if not found and head.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_WEB):
        found = "网页或 XML 文件（有的软件把它命名为 .xls）"
    if found:
        told = _("这是{kind}，不是表格。请用表格软件打开后另存为 Excel 工作簿（.xlsx），或下载模板填写。")
        raise UnreadableTable(told.format(kind=found))
