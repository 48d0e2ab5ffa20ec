"""A text as a square of dots that a camera reads, drawn as one path: no script, no style, no image."""

from dataclasses import dataclass

import segno

# The quiet margin that readers ask for, in dots.
_MARGIN = 4


@dataclass(frozen=True, slots=True)
class Picture:
    """`size` is the side of the whole square in dots, `path` the dark dots, row by row."""

    size: int
    path: str


def picture(text: str) -> Picture:
    """The QR code of a text, with a quarter of it spare for scratched screens."""
    rows = [list(row) for row in segno.make_qr(text, error="q").matrix]
    size = len(rows) + 2 * _MARGIN
    return Picture(size, "".join(_row(row, at) for at, row in enumerate(rows, _MARGIN)))


def _row(dots: list[int], at: int) -> str:
    """The runs of dark dots of one row."""
    runs, start = [], None
    for place, dot in enumerate([*dots, 0]):
        if dot and start is None:
            start = place
        elif not dot and start is not None:
            runs.append(f"M{start + _MARGIN} {at}h{place - start}v1h-{place - start}z")
            start = None
    return "".join(runs)
