"""Outlines of the second-level units and counties, drawn as SVG links.

The source is a setting: a department puts its own approved GeoJSON there (`MAP_SOURCE`) and names the
approval (`MAP_APPROVAL_NUMBER`); until then each map says that it is a sketch.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import cos, hypot, radians
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders

WIDTH = 392
# Points nearer than this to the straight line between their neighbours are left out, in map pixels.
_TOLERANCE = 0.35
Point = tuple[float, float]
# Where a label stands best, as longitude and latitude; elsewhere the widest place in the shape is taken.
_LABELS: dict[str, Point] = {
    "420100": (114.36, 30.58), "420200": (115.08, 29.90), "420300": (110.35, 32.45),
    "420500": (111.10, 30.72), "420600": (111.85, 31.95), "420700": (114.79, 30.30),
    "420800": (112.45, 31.10), "420900": (113.86, 31.02), "421000": (112.30, 29.98),
    "421100": (115.45, 31.02), "421200": (114.10, 29.66), "421300": (113.35, 31.75),
    "422800": (109.50, 30.12), "429004": (113.40, 30.25), "429005": (112.78, 30.38),
    "429006": (113.10, 30.66), "429021": (110.48, 31.58),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shape:
    """One region's outline in map pixels, with a place for its label and its area in square pixels."""

    code: str
    path: str
    x: float
    y: float
    area: float
    width: float


@dataclass(frozen=True, slots=True)
class Outline:
    """The shapes of one region's parts."""

    height: int
    shapes: dict[str, Shape]


@dataclass(frozen=True, slots=True)
class Place:
    """A shape with what is shown on it. `level` is the colour step: 0 no data, 1–5, or "low"."""

    shape: Shape
    name: str
    value: str
    level: str
    url: str
    number: int

    @property
    def small(self) -> bool:
        """Too small for its name: it carries the table's number instead."""
        return self.shape.width < 46 or self.shape.area < 1000

    @property
    def first_line_y(self) -> float:
        """Where the label's first line stands, so that all its lines are centred on the place."""
        return round(self.shape.y + 4 - 7 * (len(self.words) - 1), 1)

    @property
    def words(self) -> list[str]:
        """The label's lines; a long name is broken at a natural place."""
        if self.small:
            return [str(self.number)]
        name = self.name.replace("土家族苗族", "土家族\n苗族")
        return [*name.split("\n"), self.value]


def approval() -> str:
    """The line under a map: its approval number, or that it has none."""
    number = settings.MAP_APPROVAL_NUMBER
    return f"审图号：{number}" if number else "示意图，非标准地图，未附审图号"


def outline(code: str) -> Outline | None:
    """The outline of the parts of region `code`, or None where the source has no map of it."""
    file = _file("hubei.json" if code == "420000" else f"{code}.json")
    return _outline(str(file), file.stat().st_mtime_ns) if file else None


def _file(name: str) -> Path | None:
    source = Path(settings.MAP_SOURCE) / name
    if source.is_absolute():
        return source if source.is_file() else None
    found = finders.find(str(source))
    return Path(found) if isinstance(found, str) else None


@lru_cache(maxsize=64)
def _outline(path: str, _changed: int) -> Outline:
    features = json.loads(Path(path).read_text(encoding="utf-8"))["features"]
    regions = {str(one["properties"]["code"]): list(_rings(one["geometry"])) for one in features}
    to_pixels, height = _projection([ring for rings in regions.values() for ring in rings])
    shapes = {}
    for code, rings in regions.items():
        label = to_pixels(_LABELS[code]) if code in _LABELS else None
        shapes[code] = _shape(code, [[to_pixels(point) for point in ring] for ring in rings], label)
    return Outline(height, shapes)


def _rings(geometry: Mapping[str, Any]) -> Iterator[Sequence[Point]]:
    """The outer rings; holes are left out, for a neighbour's shape fills them."""
    parts = geometry["coordinates"]
    for polygon in [parts] if geometry["type"] == "Polygon" else parts:
        yield [(point[0], point[1]) for point in polygon[0]]


def _projection(rings: list[Sequence[Point]]):  # type: ignore[no-untyped-def]  # a closure of one line
    """Equal steps east and north at the map's middle latitude, fitted to the width."""
    lons = [lon for ring in rings for lon, _ in ring]
    lats = [lat for ring in rings for _, lat in ring]
    west, north = min(lons), max(lats)
    squeeze = cos(radians((north + min(lats)) / 2))
    scale = WIDTH / ((max(lons) - west) * squeeze)
    height = round((north - min(lats)) * scale)
    return lambda p: ((p[0] - west) * squeeze * scale, (north - p[1]) * scale), height


def _shape(code: str, rings: list[list[Point]], label: Point | None) -> Shape:
    largest = max(rings, key=_area)
    kept = [_thinned(ring) for ring in rings if _area(ring) > 2 or ring is largest]
    x, y = label or _middle(largest)
    left, right = min(p[0] for p in largest), max(p[0] for p in largest)
    path = "".join("M" + "L".join(f"{px:.1f},{py:.1f}" for px, py in ring) + "Z" for ring in kept)
    return Shape(code, path, round(x, 1), round(y, 1), _area(largest), right - left)


def _area(ring: Sequence[Point]) -> float:
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, [*ring[1:], ring[0]], strict=True))) / 2


def _middle(ring: Sequence[Point]) -> Point:
    """The middle of the widest horizontal span near the ring's centre: inside even for bent shapes."""
    ys = [y for _, y in ring]
    best = (0.0, ring[0])
    for step in range(6, 15):
        y = min(ys) + (max(ys) - min(ys)) * step / 20
        crossings = sorted(_crossings(ring, y))
        for left, right in zip(crossings[::2], crossings[1::2], strict=False):
            weight = (right - left) * (1 - abs(step - 10) / 20)
            best = max(best, (weight, ((left + right) / 2, y)))
    return best[1]


def _crossings(ring: Sequence[Point], y: float) -> Iterator[float]:
    for (ax, ay), (bx, by) in zip(ring, [*ring[1:], ring[0]], strict=True):
        if (ay > y) != (by > y):
            yield ax + (y - ay) * (bx - ax) / (by - ay)


def _thinned(ring: list[Point]) -> list[Point]:
    """Douglas and Peucker's thinning, on each half of the ring."""
    half = len(ring) // 2
    kept = [*_simplify(ring[: half + 1])[:-1], *_simplify(ring[half:])]
    return kept if len(kept) > 3 else ring


def _simplify(points: list[Point]) -> list[Point]:
    keep = {0, len(points) - 1}
    spans = [(0, len(points) - 1)]
    while spans:
        first, last = spans.pop()
        far, index = max(
            ((_distance(points[i], points[first], points[last]), i) for i in range(first + 1, last)),
            default=(0.0, 0),
        )
        if far > _TOLERANCE:
            keep.add(index)
            spans += [(first, index), (index, last)]
    return [points[i] for i in sorted(keep)]


def _distance(point: Point, start: Point, end: Point) -> float:
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = hypot(dx, dy)
    if not length:
        return hypot(point[0] - start[0], point[1] - start[1])
    return abs(dy * (point[0] - start[0]) - dx * (point[1] - start[1])) / length
