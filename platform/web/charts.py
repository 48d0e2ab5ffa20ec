"""Charts drawn on the server as SVG: they need no script, print well and weigh a few hundred bytes.

A chart is plain figures here; `templates/web/charts/` draws it and the style sheet colours it.
The axis starts at zero and each chart carries its own table ("看数据").
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, log10

from web import words

_STEPS = (1, 2, 2.5, 5, 10)
# Two names at the line's end closer than this many per cent of the height would overlap.
_NAME_GAP = 9


@dataclass(frozen=True, slots=True)
class Series:
    """A line: its name, one value per day (None where there is no data) and how values read."""

    name: str
    values: Sequence[float | None]
    main: bool = False
    percent: bool = False

    def shown(self, value: float | None) -> str:
        """A value as people read it."""
        if value is None:
            return words.NO_DATA
        return words.percent(value) if self.percent else words.exact(round(value))


@dataclass(frozen=True, slots=True)
class Line:
    """A series on the canvas. Positions are per cent of width and height, measured from the top left."""

    series: Series
    pieces: list[str]
    end_y: float
    name_y: float
    end_x: float
    last: str


@dataclass(frozen=True, slots=True)
class Tick:
    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Slot:
    """One day's column: what the pointer shows there, and the row of the chart's table."""

    x: float
    left: float
    width: float
    label: str
    values: list[str]
    text_anchor: str


@dataclass(frozen=True, slots=True)
class LineChart:
    """A line chart ready to draw."""

    label: str
    lines: list[Line]
    rows: list[Tick]
    days: list[Tick]
    slots: list[Slot]

    @property
    def names(self) -> list[str]:
        return [line.series.name for line in self.lines]

    @property
    def empty(self) -> bool:
        return not any(line.pieces for line in self.lines)


def line_chart(label: str, days: Sequence[str], series: Sequence[Series]) -> LineChart:
    """Lay out `series` over `days`; gaps in the data stay gaps in the line."""
    top = _top(series)
    lines = [_line(one, top) for one in series]
    return LineChart(
        label=label,
        lines=_apart(lines),
        rows=[Tick(100 - 25 * step, _axis(top * step / 4, series)) for step in range(5)],
        days=_day_ticks(days),
        slots=[_slot(index, days, series) for index in range(len(days))],
    )


def _top(series: Sequence[Series]) -> float:
    """The axis' end: a round number divisible by four that no value exceeds; 100 % for rates."""
    if series and series[0].percent:
        return 1.0
    greatest = max((value for one in series for value in one.values if value is not None), default=0)
    if greatest <= 4:
        return 4.0
    quarter = greatest / 4
    scale = 10 ** int(log10(quarter))
    step = next(step for step in _STEPS if step * scale >= quarter)
    return 4.0 * (ceil(step * scale) if scale == 1 else step * scale)


def _axis(value: float, series: Sequence[Series]) -> str:
    return f"{value:.0%}" if series and series[0].percent else words.figure(round(value))


def _line(one: Series, top: float) -> Line:
    points = [None if value is None else 100 - 100 * value / top for value in one.values]
    last = max((index for index, y in enumerate(points) if y is not None), default=0)
    end_y = points[last] if points and points[last] is not None else 100.0
    end_x = _x(last, len(points))
    shown = one.shown(one.values[last]) if one.values else words.NO_DATA
    return Line(one, _pieces(points), round(end_y or 0.0, 2), round(end_y or 0.0, 2), end_x, shown)


def _pieces(points: Sequence[float | None]) -> list[str]:
    """The polylines between gaps; x counts days, y is per cent from the top."""
    pieces: list[list[str]] = [[]]
    for index, y in enumerate(points):
        if y is None:
            pieces.append([])
        else:
            pieces[-1].append(f"{_x(index, len(points))},{y:.2f}")
    return [" ".join(piece if len(piece) > 1 else piece * 2) for piece in pieces if piece]


def _apart(lines: list[Line]) -> list[Line]:
    """Move the names at the lines' ends apart so that none covers another."""
    placed: list[Line] = []
    for line in sorted(lines, key=lambda one: one.end_y):
        floor = placed[-1].name_y + _NAME_GAP if placed else 0.0
        placed.append(
            Line(line.series, line.pieces, line.end_y, max(line.end_y, floor), line.end_x, line.last)
        )
    return sorted(placed, key=lambda one: one.series.main)


def _x(index: int, count: int) -> float:
    return round(100 * index / (count - 1), 3) if count > 1 else 50.0


def _day_ticks(days: Sequence[str]) -> list[Tick]:
    """A label a week, the last one always: counted back from today."""
    last = len(days) - 1
    return [Tick(_x(index, len(days)), days[index]) for index in range(last, -1, -7)][::-1]


def _slot(index: int, days: Sequence[str], series: Sequence[Series]) -> Slot:
    width = 100 / max(len(days) - 1, 1)
    x = _x(index, len(days))
    anchor = "start" if x < 20 else "end" if x > 80 else "middle"
    values = [one.shown(one.values[index]) for one in series]
    return Slot(x, round(x - width / 2, 3), round(width, 3), days[index], values, anchor)
