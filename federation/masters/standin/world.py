"""What the stand-in holds when it starts: invented enterprises, projects, permits, managers and credit.

The same seed gives the same world. Credit codes are of a registration office that does not exist (420099),
identity numbers of divisions that do not exist.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

from federation.masters.standin.store import Store
from federation.simulator.people import GIVEN, SURNAMES, corp_code, id_check_sign

Record = tuple[str, dict[str, Any]]
# Far beyond the numbers that tests and the demo give their own firms.
FIRST_FIRM = 40_000_000
_KINDS = ("建筑工程", "建设集团", "市政工程", "装饰工程", "劳务")
_PLACES = ("江汉", "荆楚", "长江", "楚天", "东湖", "鄂西", "汉水", "武陵", "大别", "清江")
_WORKS = ("家园", "广场", "学校", "医院", "道路改造", "综合楼", "产业园", "安置房")
_BEGIN = date(2026, 1, 5)


@dataclass(frozen=True, slots=True)
class Size:
    """How much of everything there is."""

    enterprises: int = 200
    projects: int = 40
    managers: int = 80
    credit: int = 20


def fill(store: Store, size: Size, seed: int, counties: list[str]) -> None:
    """Write the whole world into an empty store."""
    firms = list(enterprises(size.enterprises, seed))
    store.fill("enterprises", firms)
    works = list(projects(size.projects, seed, firms, counties))
    store.fill("projects", works)
    store.fill("permits", permits(works))
    store.fill("managers", managers(size.managers, seed, firms, works))
    store.fill("credit", credit(size.credit, seed, firms))


def counties_of(table: Path) -> list[str]:
    """The codes of the counties, by the platform's public table of divisions."""
    with table.open(encoding="utf-8-sig", newline="") as rows:
        return [row["code"] for row in csv.DictReader(rows) if row["is_county"] == "1"]


def enterprises(number: int, seed: int) -> Iterator[Record]:
    """Enterprises with one qualification each."""
    chance = Random(seed)
    for order in range(1, number + 1):
        place, kind = chance.choice(_PLACES), chance.choice(_KINDS)
        paper = {
            "kind": "3",
            "number": f"D342{order:08d}",
            "status": "001",
            "trade": "",
            "level": "3-77" if chance.random() < 0.3 else "3-78",
            "approved_on": str(_BEGIN - timedelta(days=chance.randrange(1500))),
        }
        yield (
            f"QY{order:09d}",
            {
                "uscc": corp_code(FIRST_FIRM + order),
                "name": f"湖北{place}第{order}{kind}有限公司",
                "qualifications": [paper],
            },
        )


def projects(number: int, seed: int, firms: list[Record], counties: list[str]) -> Iterator[Record]:
    """Projects over all counties, each with contractor, owner and supervisor."""
    chance = Random(seed + 1)
    for order in range(1, number + 1 if firms else 1):
        county, begun = chance.choice(counties), _BEGIN + timedelta(days=chance.randrange(200))
        contractor, owner, supervisor = (chance.choice(firms)[1] for _ in range(3))
        yield (
            f"XM{order:09d}",
            {
                "code": f"{county}{begun:%y%m%d}{order:06d}",
                "name": f"{chance.choice(_PLACES)}{chance.choice(_WORKS)}{order}号工程",
                "region": county,
                "contractor": _named(contractor),
                "owner": _named(owner),
                "supervisor": _named(supervisor),
                "category": "01",
                "address": f"建设大道{order}号",
                "building_area": f"{chance.randrange(2_000, 200_000)}.00",
                "investment": f"{chance.randrange(500, 90_000)}.000000",
                "starts_on": str(begun),
                "completes_on": str(begun + timedelta(days=700)),
            },
        )


def permits(works: list[Record]) -> Iterator[Record]:
    """One permit for each project."""
    for order, (_key, work) in enumerate(works, start=1):
        yield (
            f"XK{order:09d}",
            {
                "number": f"{work['code']}-01",
                "project_code": work["code"],
                "works_name": f"{work['name']}一标段",
                "issued_on": work["starts_on"],
                "amount": f"{order * 1_000_000}.00",
            },
        )


def managers(number: int, seed: int, firms: list[Record], works: list[Record]) -> Iterator[Record]:
    """Registered builders, some of them named for a project."""
    chance = Random(seed + 2)
    for order in range(1, number + 1 if firms else 1):
        birth = date(1970, 1, 1) + timedelta(days=chance.randrange(9000))
        body = f"{chance.randint(420001, 420099)}{birth:%Y%m%d}{chance.randrange(1000):03d}"
        yield (
            f"RY{order:09d}",
            {
                "number": f"鄂1422026{order:08d}",
                "name": chance.choice(SURNAMES) + chance.choice(GIVEN),
                "uscc": chance.choice(firms)[1]["uscc"],
                "id_number": body + id_check_sign(body),
                "project_code": chance.choice(works)[1]["code"] if works and order % 2 else "",
                "post": "01",
                "certificate": f"00{order:08d}",
                "speciality": "建筑工程",
                "grade": "一级" if order % 3 else "二级",
                "valid_from": str(_BEGIN - timedelta(days=400)),
                "valid_to": str(_BEGIN + timedelta(days=700)),
            },
        )


def credit(number: int, seed: int, firms: list[Record]) -> Iterator[Record]:
    """Good and adverse records by turns, decided by the province."""
    chance = Random(seed + 3)
    for order in range(1, number + 1 if firms else 1):
        good = bool(order % 2)
        decided = _BEGIN + timedelta(days=chance.randrange(250))
        yield (
            f"XY{order:09d}",
            {
                "uscc": chance.choice(firms)[1]["uscc"],
                "region": "420000",
                "kind": "good" if good else "bad",
                "behaviour": "001",
                "content": "省级优质工程" if good else "资质动态核查不合格",
                "authority": "湖北省住房和城乡建设厅",
                "document": f"鄂建信〔2026〕{order}号",
                "decided_on": str(decided),
                "valid_from": str(decided),
                "valid_to": str(decided + timedelta(days=365)),
            },
        )


def _named(firm: dict[str, Any]) -> dict[str, str]:
    return {"uscc": firm["uscc"], "name": firm["name"]}
