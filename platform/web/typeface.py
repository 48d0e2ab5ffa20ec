"""The Chinese face that ships with the pages, put together for paper: just the signs that a sheet shows.

The web font lies in about a hundred pieces by range (see tools/frontend.py). A PDF must carry one face, so
the outlines of the signs it needs are gathered from their pieces; nothing of the system is asked for.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.filterPen import DecomposingFilterPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont

REGULAR, BOLD = 400, 600
UNITS = 1000
FAMILY = "Noto Sans SC"
# Stands where the face has no outline: visible, and never mistaken for a character that was meant.
MISSING = "〓"
_RULE = re.compile(r"url\((\S+?)\) format.*?unicode-range:([^}]+)\}")
_ALWAYS = " \u00a0\u3000？" + MISSING


class FaceMissing(RuntimeError):
    """The front-end files were not fetched: `./dev` or the image's build brings them."""


def covered(text: str, weight: int = REGULAR) -> str:
    """`text` with signs that the face does not have replaced by a visible mark."""
    known = _pieces(weight)
    return "".join(sign if sign in "\n\t" or ord(sign) in known else MISSING for sign in text)


def face(text: Iterable[str], weight: int = REGULAR) -> bytes:
    """A TrueType face with every sign of `text`. Raises FaceMissing."""
    wanted = sorted({ord(sign) for sign in [*"".join(text), *_ALWAYS] if ord(sign) in _pieces(weight)})
    names = {code: f"u{code:05X}" for code in wanted}
    outlines: dict[str, Any] = {".notdef": TTGlyphPen(None).glyph()}
    advances: dict[str, tuple[int, int]] = {".notdef": (UNITS, 0)}
    for code, name in names.items():
        outlines[name], advances[name] = _outline(_pieces(weight)[code], code)
    return _written(names, outlines, advances, weight)


def _written(
    names: dict[int, str], outlines: dict[str, Any], advances: dict[str, tuple[int, int]], weight: int
) -> bytes:
    builder = FontBuilder(unitsPerEm=UNITS, isTTF=True)
    builder.setupGlyphOrder(list(outlines))
    builder.setupCharacterMap(names)
    builder.setupGlyf(outlines)
    builder.setupHorizontalMetrics(advances)
    builder.setupHorizontalHeader(ascent=880, descent=-120)
    style = "Regular" if weight == REGULAR else "SemiBold"
    ps_name = f"{FAMILY.replace(' ', '')}-{style}"
    builder.setupNameTable({"familyName": FAMILY, "styleName": style, "psName": ps_name})
    builder.setupOS2(fsType=0, usWeightClass=weight, sTypoAscender=880, sTypoDescender=-120)
    builder.setupPost()
    written = BytesIO()
    builder.save(written)
    return written.getvalue()


@lru_cache(maxsize=4)
def _pieces(weight: int) -> dict[int, Path]:
    """Which piece has which sign."""
    found = finders.find(f"vendor/fonts/noto-sans-sc-{weight}.css")
    if not found:
        raise FaceMissing(f"vendor/fonts/noto-sans-sc-{weight}.css")
    sheet = Path(str(found))
    pieces: dict[int, Path] = {}
    for name, ranges in _RULE.findall(sheet.read_text(encoding="utf-8")):
        for one in ranges.split(","):
            first, _dash, last = one.strip().upper().removeprefix("U+").partition("-")
            for code in range(int(first, 16), int(last or first, 16) + 1):
                pieces.setdefault(code, sheet.with_name(name))
    return pieces


@lru_cache(maxsize=8192)
def _outline(piece: Path, code: int) -> tuple[Any, tuple[int, int]]:
    """The outline of a sign, without references to other glyphs, and its advance."""
    font, signs, glyphs = _opened(piece)
    name = signs.get(code, ".notdef")
    pen = TTGlyphPen(None)
    glyphs[name].draw(DecomposingFilterPen(pen, glyphs))
    return pen.glyph(), font["hmtx"][name]


@lru_cache(maxsize=32)
def _opened(piece: Path) -> tuple[TTFont, dict[int, str], Any]:
    """A piece as it is read; few are kept open, for each weighs more in memory than on the disk."""
    font = TTFont(BytesIO(piece.read_bytes()))
    if font["head"].unitsPerEm != UNITS:
        raise FaceMissing(f"{piece.name}: {font['head'].unitsPerEm} units to the em")
    return font, font.getBestCmap(), font.getGlyphSet()
