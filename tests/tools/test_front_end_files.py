"""The front-end files: fetched once for a lock, whole or not at all, with the map's shapes decoded."""

import json
import re
from pathlib import Path

import pytest

from tools import frontend, node

UNITS = {"420100", "420200", "420300", "420500", "420600", "420700", "420800", "420900", "421000"}
UNITS |= {"421100", "421200", "421300", "422800", "429004", "429005", "429006", "429021"}


def test_packed_coordinates_become_degrees() -> None:
    # Two points: offset (1024, 2048)/1024, then +1 and -1 of 1/1024 degree, zigzagged into characters.
    geometry = {"type": "Polygon", "coordinates": ["@@BA"], "encodeOffsets": [[1024, 2048]]}
    assert frontend.decode(geometry) == {
        "type": "Polygon",
        "coordinates": [[[1.0, 2.0], [1.001, 1.999]]],
    }


def test_a_folder_without_the_present_stamp_is_not_current(tmp_path: Path) -> None:
    assert not frontend.is_current(tmp_path)
    (tmp_path / frontend.STAMP).write_text("of an older lock")
    assert not frontend.is_current(tmp_path)
    (tmp_path / frontend.STAMP).write_text(frontend.wanted_stamp())
    assert frontend.is_current(tmp_path)


def test_a_copy_that_was_killed_half_way_is_made_again_whole(tmp_path: Path) -> None:
    folder = tmp_path / "vendor"
    for leftover in (".vendor.new", ".vendor.old"):
        (tmp_path / leftover).mkdir()
        (tmp_path / leftover / "half.js").write_text("half")
    if not frontend.MODULES.exists():
        node.install_packages()
    frontend.build(folder)
    assert [path.name for path in tmp_path.iterdir()] == ["vendor"]
    assert frontend.is_current(folder)
    assert not (folder / "half.js").exists()


@pytest.mark.parametrize("name", ["htmx.min.js", "LICENCES.txt"])
def test_the_vendor_folder_holds_what_pages_load(name: str) -> None:
    assert (frontend.VENDOR / name).stat().st_size > 1000


def test_no_file_asks_for_a_source_map_that_is_not_there() -> None:
    files = [path for path in frontend.VENDOR.iterdir() if path.suffix in (".js", ".css")]
    assert [path.name for path in files if "sourceMappingURL=" in path.read_text(encoding="utf-8")] == []


def test_the_map_of_the_province_has_its_seventeen_units_with_codes() -> None:
    features = json.loads((frontend.VENDOR / "maps" / "hubei.json").read_text(encoding="utf-8"))["features"]
    assert {feature["properties"]["code"] for feature in features} == UNITS


def test_every_font_piece_that_the_style_sheet_names_is_there() -> None:
    for weight in frontend.FONT_WEIGHTS:
        css = (frontend.VENDOR / "fonts" / f"noto-sans-sc-{weight}.css").read_text()
        named = re.findall(r"url\((\S+?)\)", css)
        assert len(named) > 90
        assert [name for name in named if not (frontend.VENDOR / "fonts" / name).exists()] == []
