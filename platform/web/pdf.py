"""Papers as PDF, in the Chinese face that ships with the pages: parts with their own page numbers.

One file may hold many papers; each counts its own pages, so that every sheet says to which it belongs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from threading import Lock
from typing import Any
from xml.sax.saxutils import escape

from django.http import HttpResponse
from django.utils.http import content_disposition_header
from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing
from reportlab.lib import colors
from reportlab.lib.enums import TA_CENTER
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, KeepTogether, PageBreak, Paragraph, SimpleDocTemplate, Spacer, Table

from web import typeface

FACE, BOLD = "house", "house-bold"
_MARGIN = 22 * mm
_MIDDLE = ("VALIGN", (0, 0), (-1, -1), "MIDDLE")
# The library keeps one table of faces for the process: one paper is pressed at a time.
_PRESS = Lock()


def _style(name: str, size: float, leading: float, **more: Any) -> ParagraphStyle:
    return ParagraphStyle(name, fontName=FACE, fontSize=size, leading=leading, wordWrap="CJK", **more)


STYLES = {
    "text": _style("text", 10.5, 18, firstLineIndent=21, spaceAfter=2),
    "plain": _style("plain", 10.5, 18),
    "small": _style("small", 8.5, 13, textColor=colors.HexColor("#555555")),
    "cell": _style("cell", 9.5, 14),
    "name": ParagraphStyle("name", fontName=BOLD, fontSize=14, leading=22),
    "title": ParagraphStyle(
        "title", fontName=BOLD, fontSize=18, leading=28, alignment=TA_CENTER, spaceAfter=6
    ),
    "heading": ParagraphStyle(
        "heading", fontName=BOLD, fontSize=11, leading=20, spaceBefore=6, keepWithNext=1
    ),
    "centre": _style("centre", 10.5, 18, alignment=TA_CENTER),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph; `values` of its placeholders stand underlined, and whatever they contain is only text."""

    text: str
    style: str = "text"
    values: dict[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: rows of texts, widths in millimetres; the first `heads` rows repeat on every sheet."""

    rows: Sequence[Sequence[str]]
    widths: Sequence[float]
    heads: int = 0
    height: float = 0


@dataclass(frozen=True, slots=True)
class Code:
    """A square code with the sentence that says where it leads."""

    address: str
    words: str


@dataclass(frozen=True, slots=True)
class Card:
    """What is cut out and worn: a square code beside a few lines, the first in bold."""

    address: str
    lines: Sequence[str]


@dataclass(frozen=True, slots=True)
class Cards:
    """Cards, two in a row."""

    cards: Sequence[Card]


@dataclass(frozen=True, slots=True)
class Gap:
    millimetres: float


@dataclass(frozen=True, slots=True)
class Together:
    """What stays on one sheet."""

    parts: Sequence["Piece"]


Piece = Line | Grid | Code | Cards | Gap | Together


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper: its pieces, its foot, and a word across each sheet that is not to be signed yet."""

    pieces: Sequence[Piece]
    foot: str
    across: str = ""


def press(papers: Sequence[Paper], *, title: str, is_landscape: bool = False) -> bytes:
    """The papers in one file, each with “第 x 页 共 y 页” of its own. Raises FaceMissing."""
    size = landscape(A4) if is_landscape else A4
    written = BytesIO()
    with _PRESS:
        _register(papers)
        document = SimpleDocTemplate(
            written, pagesize=size, leftMargin=_MARGIN, rightMargin=_MARGIN, topMargin=18 * mm,
            bottomMargin=18 * mm, title=title, author="湖北省建筑工人管理服务信息平台", invariant=1,
        )  # fmt: skip
        document.build(list(_flow(papers)), canvasmaker=partial(_Numbered, papers=papers))
    return written.getvalue()


def answer(content: bytes, name: str) -> HttpResponse:
    """A pressed file for the reader's PDF viewer; no cache keeps it."""
    found = HttpResponse(content, content_type="application/pdf")
    found["Content-Disposition"] = content_disposition_header(False, f"{name}.pdf") or ""
    found["Cache-Control"] = "no-store"
    return found


def _register(papers: Sequence[Paper]) -> None:
    """The two weights with just the signs of these papers."""
    signs = "".join(_signs(papers)) + "第页共0123456789 "
    for name, weight in ((FACE, typeface.REGULAR), (BOLD, typeface.BOLD)):
        # The first face of a name would stay: this paper needs other signs than the one before.
        if name in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.getFont(name).unregister()
        pdfmetrics.registerFont(TTFont(name, BytesIO(typeface.face(signs, weight))))


def _signs(papers: Sequence[Paper]) -> Any:
    for paper in papers:
        yield from (paper.foot, paper.across)
        yield from _of_pieces(paper.pieces)


def _of_pieces(pieces: Sequence[Piece]) -> Any:
    for piece in pieces:
        if isinstance(piece, Line):
            yield from (piece.text, *(piece.values or {}).values())
        elif isinstance(piece, Grid):
            yield from (cell for row in piece.rows for cell in row)
        elif isinstance(piece, Code):
            yield piece.words
        elif isinstance(piece, Cards):
            yield from (line for card in piece.cards for line in card.lines)
        elif isinstance(piece, Together):
            yield from _of_pieces(piece.parts)


def _flow(papers: Sequence[Paper]) -> Any:
    for number, paper in enumerate(papers):
        if number:
            yield PageBreak()
        yield _Mark(number)
        yield from (_drawn(piece) for piece in paper.pieces)


def _drawn(piece: Piece) -> Flowable:
    if isinstance(piece, Gap):
        return Spacer(1, piece.millimetres * mm)
    if isinstance(piece, Together):
        return KeepTogether([_drawn(one) for one in piece.parts])
    if isinstance(piece, Code):
        return _square(piece)
    if isinstance(piece, Grid):
        return _table(piece)
    if isinstance(piece, Cards):
        return _cards(piece)
    return Paragraph(_marked(piece), STYLES[piece.style])


def _marked(line: Line) -> str:
    """The text with its values underlined; whatever was typed is text and never markup."""
    found = _text(line.text)
    for name, value in (line.values or {}).items():
        shown = _text(value) or "&nbsp;" * 8
        found = found.replace("{" + name + "}", f"<u>&nbsp;{shown}&nbsp;</u>")
    return found.replace("\n", "<br/>")


def _text(words: str) -> str:
    """Words as text of a paragraph; the wide blanks that keep places apart stay as wide."""
    return escape(typeface.covered(words)).replace("\u3000", "&nbsp;" * 3)


def _table(grid: Grid) -> Table:
    cells = [[Paragraph(_text(cell), STYLES["cell"]) for cell in row] for row in grid.rows]
    heights = None
    if grid.height:
        heights = [None if row < grid.heads else grid.height * mm for row in range(len(grid.rows))]
    return Table(
        cells, [width * mm for width in grid.widths], heights, repeatRows=grid.heads,
        style=[
            ("GRID", (0, 0), (-1, -1), 0.5, colors.black),
            _MIDDLE,
            ("BACKGROUND", (0, 0), (-1, grid.heads - 1), colors.HexColor("#f2f2f2")) if grid.heads else
            _MIDDLE,
        ],
    )  # fmt: skip


def _qr(address: str, side: float) -> Drawing:
    drawing = Drawing(side, side)
    drawing.add(QrCodeWidget(address, barLevel="M", barBorder=1, barWidth=side, barHeight=side))
    return drawing


def _cards(piece: Cards) -> Table:
    cells = [_card(one) for one in piece.cards]
    pairs = [cells[place : place + 2] for place in range(0, len(cells), 2)]
    if len(pairs[-1]) == 1:
        pairs[-1].append("")
    box = colors.HexColor("#888888")
    return Table(pairs, [83 * mm, 83 * mm], 42 * mm, style=[("GRID", (0, 0), (-1, -1), 0.5, box), _MIDDLE])


def _card(card: Card) -> Table:
    first, *rest = (_text(line) for line in card.lines)
    words = [Paragraph(first, STYLES["name"]), *(Paragraph(line, STYLES["cell"]) for line in rest)]
    return Table([[_qr(card.address, 32 * mm), words]], [35 * mm, 44 * mm], style=[_MIDDLE])


def _square(code: Code) -> Table:
    drawing = _qr(code.address, 24 * mm)
    words = Paragraph(_text(code.words), STYLES["small"])
    return Table([[drawing, words]], [28 * mm, 120 * mm], style=[_MIDDLE], hAlign="LEFT")


class _Mark(Flowable):
    """Where a paper begins."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number
        self.width = self.height = 0

    def draw(self) -> None:
        self.canv.paper = self.number


class _Numbered(Canvas):
    """A canvas that knows, when all is drawn, how many sheets each paper has."""

    def __init__(self, *args: Any, papers: Sequence[Paper], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.papers, self.paper = papers, 0
        self.sheets: list[dict[str, Any]] = []

    def showPage(self) -> None:  # noqa: N802  # the library's name
        self.sheets.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        """Draw the feet, now that the sheets are counted."""
        numbers = [sheet["paper"] for sheet in self.sheets]
        for place, sheet in enumerate(self.sheets):
            own = sheet["paper"]
            self.__dict__.update(sheet)
            self._foot(self.papers[own], place - numbers.index(own) + 1, numbers.count(own))
            super().showPage()
        super().save()

    def _foot(self, paper: Paper, page: int, pages: int) -> None:
        width, height = self._pagesize
        self.setFont(FACE, 8.5)
        self.drawString(_MARGIN, 10 * mm, typeface.covered(paper.foot))
        self.drawRightString(width - _MARGIN, 10 * mm, f"第 {page} 页 共 {pages} 页")
        if paper.across:
            self.saveState()
            self.translate(width / 2, height / 2)
            self.rotate(45)
            self.setFillColor(colors.HexColor("#dddddd"), alpha=0.5)
            self.setFont(BOLD, 60)
            self.drawCentredString(0, 0, paper.across)
            self.restoreState()
