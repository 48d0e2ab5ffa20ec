"""Reading the XML parts of a workbook piece by piece, within a limit of what they unpack to."""

import zlib
from collections.abc import Callable, Iterator
from typing import IO, Final
from xml.parsers import expat
from zipfile import BadZipFile, ZipFile

from django.utils.translation import gettext as _

from kernel.tables.parts import UnreadableTable

_PIECE: Final = 64 * 1024
# What a damaged or hostile archive makes its reader raise.
BROKEN: Final = (
    BadZipFile,
    zlib.error,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    RuntimeError,
    UnicodeError,
    ValueError,
    expat.ExpatError,
)
# The list of an archive's parts is read whole, before anything else.
_LONGEST_LIST: Final = 1024 * 1024
_ENDING: Final = 22 + 65_535
Begin = Callable[[str, dict[str, str]], None]


class TooMuch(UnreadableTable):
    """The file unpacks to more than any roster holds."""

    def __init__(self, most: int) -> None:
        told = _(
            "文件解压后超过 {most} MB，没有再读下去。"
            "请删去工作簿里的图片、多余的工作表和成片的空行，或分几次导入。"
        )
        super().__init__(told.format(most=most // 1048576))


def damaged() -> UnreadableTable:
    """What is said of an archive that does not open."""
    return UnreadableTable(
        _("工作簿已损坏，或不是 Excel 工作簿，打不开。请用表格软件打开、另存为 .xlsx 后再上传。")
    )


class Archive:
    """A workbook's archive; all its parts together unpack to no more than the limit."""

    def __init__(self, file: IO[bytes], most: int) -> None:
        _require_short_list(file)
        try:
            self._zip = ZipFile(file)
            self.names = frozenset(self._zip.namelist())
        except BROKEN:
            raise damaged() from None
        self._left = self._most = most

    def pieces(self, name: str) -> Iterator[bytes]:
        """A part of the workbook, piece by piece. Raises UnreadableTable."""
        try:
            with self._zip.open(name) as part:
                while piece := part.read(_PIECE):
                    self._left -= len(piece)
                    if self._left < 0:
                        raise TooMuch(self._most)
                    yield piece
        except BROKEN:
            raise damaged() from None

    def read(self, name: str, begin: Begin) -> None:
        """Tell `begin` of every element of a part, with its attributes. Raises UnreadableTable."""
        parser = parser_of()
        parser.StartElementHandler = begin
        for _piece in self.parsed(name, parser):
            pass

    def parsed(self, name: str, parser: expat.XMLParserType) -> Iterator[None]:
        """Feed a part to a parser; pauses after every piece. Raises UnreadableTable."""
        for piece in self.pieces(name):
            try:
                parser.Parse(piece, False)
            except BROKEN:
                raise damaged() from None
            yield None
        try:
            parser.Parse(b"", True)
        except BROKEN:
            raise damaged() from None
        yield None


def parser_of() -> expat.XMLParserType:
    """A parser that follows no reference out of the file and expands none of its own."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse
    return parser


def _refuse(*_declared: object) -> None:
    raise ValueError("a workbook declares no document type")


def local(name: str) -> str:
    """An element's or attribute's name without its prefix."""
    return name.rpartition(":")[2]


def _require_short_list(file: IO[bytes]) -> None:
    """Raises UnreadableTable where the list of parts alone would fill the memory."""
    size = file.seek(0, 2)
    file.seek(max(0, size - _ENDING))
    ending = file.read()
    file.seek(0)
    at = ending.rfind(b"PK\x05\x06")
    if at < 0 or len(ending) < at + 22:
        raise damaged()
    length = int.from_bytes(ending[at + 12 : at + 16], "little")
    if length > _LONGEST_LIST or b"PK\x06\x07" in ending[max(0, at - 20) : at]:
        raise damaged()
