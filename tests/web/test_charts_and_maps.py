"""Charts and maps as figures: axes from zero, gaps stay gaps, every unit has its outline."""

import pytest

from web import charts, maps

DAYS = [f"11-{day:02}" for day in range(1, 31)]


def _chart(*values, percent=False):
    return charts.line_chart("测试", DAYS[: len(values)], [charts.Series("出勤", values, True, percent)])


def test_an_axis_starts_at_zero_and_ends_at_a_round_number_above_every_value():
    chart = _chart(2993, 1684, 3332)
    assert [tick.label for tick in chart.rows] == ["0", "1,000", "2,000", "3,000", "4,000"]


def test_small_counts_get_whole_steps():
    assert [tick.label for tick in _chart(0, 3, 7).rows] == ["0", "2", "4", "6", "8"]


def test_rates_are_drawn_against_one_hundred_per_cent():
    assert [tick.label for tick in _chart(0.5, percent=True).rows] == ["0%", "25%", "50%", "75%", "100%"]


def test_a_day_without_data_is_a_gap_in_the_line_and_no_zero():
    chart = _chart(10, 20, None, 30, 40)
    assert len(chart.lines[0].pieces) == 2
    assert chart.slots[2].values == ["无数据"]


def test_a_chart_without_any_data_says_so():
    assert _chart(None, None).empty
    assert not _chart(0).empty


def test_names_at_the_end_of_close_lines_do_not_cover_each_other():
    lines = [charts.Series("在场", [100, 100]), charts.Series("出勤", [100, 99], main=True)]
    first, second = charts.line_chart("测试", DAYS[:2], lines).lines
    assert abs(first.name_y - second.name_y) >= 9


def test_the_last_day_always_has_its_label():
    assert _chart(*range(30)).days[-1].label == "11-30"


def test_the_province_is_drawn_with_all_seventeen_units():
    outline = maps.outline("420000")
    assert outline is not None
    assert len(outline.shapes) == 17
    assert {"429004", "429005", "429006", "429021"} <= set(outline.shapes)
    assert all(
        0 <= shape.x <= maps.WIDTH and 0 <= shape.y <= outline.height for shape in outline.shapes.values()
    )


def test_a_city_is_drawn_by_county_and_a_county_not_at_all():
    outline = maps.outline("420100")
    assert outline is not None
    assert "420106" in outline.shapes
    assert maps.outline("420106") is None


@pytest.mark.parametrize(
    ("number", "line"),
    [("", "示意图，非标准地图，未附审图号"), ("鄂S(2026)001号", "审图号：鄂S(2026)001号")],
)
def test_a_map_says_its_approval_number_or_that_it_has_none(settings, number, line):
    settings.MAP_APPROVAL_NUMBER = number
    assert maps.approval() == line
