"""The rates by which places are compared, with the parameter below which a place is marked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from attendance.selectors.figures import Figures, Share
from attendance.web.places import dashboard_url
from regions.models import Region
from standards.selectors import parameter
from web import maps, words


@dataclass(frozen=True, slots=True)
class Measure:
    """A rate to compare by: its name, its share of Figures, its threshold's parameter, its colour steps."""

    key: str
    label: str
    share: str
    low_key: str
    step: float
    column: str

    def of(self, figures: Figures) -> float | None:
        share: Share = getattr(figures, self.share)
        return share.rate

    def low(self, region: Region | None, day: date) -> float:
        return float(parameter(self.low_key, region, day))


MEASURES = {
    measure.key: measure
    for measure in (
        Measure("on_post", "到岗率", "on_post", "on_post.low", 0.05, "on_post_rate"),
        Measure("attendance", "出勤率", "attendance", "attendance_rate.low", 0.1, "attendance_rate"),
        Measure("contract", "合同签订率", "contract", "contract_rate.low", 0.01, "contract_rate"),
        Measure("training", "培训率", "training", "training_rate.low", 0.01, "training_rate"),
    )
}


@dataclass(frozen=True, slots=True)
class Row:
    """A place in the ranking. `rate` is the measure; `is_low` only where the parameter is passed."""

    number: int
    region: Region
    url: str
    figures: Figures
    rate: float | None
    is_low: bool


@dataclass(frozen=True, slots=True)
class Step:
    level: str
    label: str


@dataclass(frozen=True, slots=True)
class UnitMap:
    """A map ready to draw, with its legend."""

    label: str
    width: int
    height: int
    places: list[maps.Place]
    legend: list[Step]
    approval: str

    @property
    def has_small(self) -> bool:
        return any(place.small for place in self.places)


def ranking(measure: Measure, parts: Sequence[tuple[Region, Figures]], day: date) -> list[Row]:
    """Places by the measure, the lowest first; places without data last."""

    def worst_first(part: tuple[Region, Figures]) -> tuple[bool, float, str]:
        rate = measure.of(part[1])
        return (rate is None, rate or 0.0, part[0].code)

    rows = []
    for number, (region, figures) in enumerate(sorted(parts, key=worst_first), 1):
        rate = measure.of(figures)
        is_low = rate is not None and rate < measure.low(region, day)
        rows.append(Row(number, region, dashboard_url(region), figures, rate, is_low))
    return rows


def unit_map(of: Region, measure: Measure, rows: Sequence[Row], day: date) -> UnitMap | None:
    """The map of a region's parts, coloured by the measure; None where the source has no such map."""
    outline = maps.outline(of.code)
    if outline is None:
        return None
    low = measure.low(of, day)
    drawn = [row for row in rows if row.region.code in outline.shapes]
    places = [
        maps.Place(
            outline.shapes[row.region.code],
            row.region.name,
            words.percent(row.rate).rstrip("%") if row.rate is not None else "无数据",
            "low" if row.is_low else _level(row.rate, low, measure.step),
            row.url,
            row.number,
        )
        for row in drawn
    ]
    # Red edges are drawn last, so that no neighbour covers them.
    places.sort(key=lambda place: place.level == "low")
    label = f"{of.name}各地{measure.label}分级图，数值同旁边的表"
    legend = _legend(low, measure.step, {place.level for place in places})
    return UnitMap(label, maps.WIDTH + 8, outline.height + 8, places, legend, maps.approval())


def _level(rate: float | None, low: float, step: float) -> str:
    if rate is None:
        return "0"
    return str(min(5, 2 + int((rate - low) / step + 1e-9)))


def _legend(low: float, step: float, used: set[str]) -> list[Step]:
    bounds = [f"{(low + step * index) * 100:.0f}" for index in range(4)]
    steps = [
        Step("5", f"{bounds[3]} 以上"),
        Step("4", f"{bounds[2]}–{bounds[3]}"),
        Step("3", f"{bounds[1]}–{bounds[2]}"),
        Step("2", f"{bounds[0]}–{bounds[1]}"),
        Step("low", f"低于 {bounds[0]}%，红边"),
    ]
    return [*steps, *([Step("0", "无数据")] if "0" in used else [])]
