"""The demo world as plain data: the same seed and day give the same world, before anything is written."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from random import Random
from uuid import UUID

from attendance.demo import firms, people
from attendance.demo.firms import Firm
from attendance.demo.ids import born
from attendance.demo.people import Calendar, Worker
from attendance.demo.script import SITES, UTILITIES, Site
from attendance.rules import window
from workers.synthetic import SyntheticPerson
from workers.synthetic import people as synthetic_people

WORKERS = 3_000
OWNER, CONTRACTOR, SUPERVISOR, LABOUR, SPECIALIST = "008", "009", "007", "006", "001"
_TRADES = {
    "01": (
        ("钢筋班组", "020"), ("木工班组", "050"), ("混凝土班组", "040"), ("架子班组", "030"),
        ("砌筑班组", "010"), ("抹灰班组", "191"), ("杂工班组", "390"),
    ),
    "02": (
        ("管道班组", "415"), ("路面班组", "413"), ("土方机械班组", "151"), ("钢筋班组", "020"),
        ("混凝土班组", "040"), ("杂工班组", "390"),
    ),
}  # fmt: skip
_SPECIAL_TEAM = {
    "示例机电安装有限公司": ("机电安装班组", "100"),
    "测试消防工程有限公司": ("消防安装班组", "435"),
    "示例幕墙装饰有限公司": ("幕墙班组", "211"),
    "测试地基基础工程有限公司": ("桩基班组", "160"),
    "示例防水保温工程有限公司": ("防水班组", "230"),
    "测试管道非开挖工程有限公司": ("顶管班组", "411"),
}


@dataclass(slots=True)
class Team:
    """A team of the plan; `participation` counts within its site."""

    public_id: UUID
    participation: int
    name: str
    trade: str = "900"
    is_management: bool = False
    leader: str = ""


@dataclass(slots=True)
class Participation:
    """A firm at a site."""

    public_id: UUID
    firm: Firm
    kind: str


@dataclass(slots=True)
class Stranger:
    """Somebody whom the gate sees and nobody has enrolled."""

    who: SyntheticPerson
    since: date

    def __repr__(self) -> str:
        return "<Stranger>"


@dataclass(slots=True)
class SitePlan:
    """One project of the demo world with everybody on it."""

    number: int
    site: Site
    code: str
    public_id: UUID
    permit_id: UUID
    calendar: Calendar
    issued_on: date
    participations: list[Participation] = field(default_factory=list)
    teams: list[Team] = field(default_factory=list)
    people: list[Worker] = field(default_factory=list)
    strangers: list[Stranger] = field(default_factory=list)
    devices: list[UUID] = field(default_factory=list)

    @property
    def base(self) -> date:
        return self.calendar.base


@dataclass(slots=True)
class World:
    """The plan of the whole province."""

    seed: int
    base: date
    firms: dict[str, Firm]
    sites: list[SitePlan]


def plan(seed: int, base: date, scale: float = 1.0) -> World:
    """The world of a seed as it stands on the day `base`, with 3,000 × `scale` workers."""
    numbers = _shared_out(seed, round(WORKERS * scale))
    names = synthetic_people(Random(f"{seed}/people"), today=base)
    known = firms.all_firms(seed, _morning(base - timedelta(days=500)))
    codes: set[str] = set()
    sites = [
        _site(seed, number, site, base, known, names, codes, numbers[number])
        for number, site in enumerate(SITES)
    ]
    _lend(sites)
    return World(seed, base, known, sites)


def _shared_out(seed: int, workers: int) -> list[int]:
    """How many of the workers each site has: by weight, three at least, exact in sum."""
    rng = Random(f"{seed}/numbers")
    weights = [site.weight * rng.uniform(0.8, 1.2) for site in SITES]
    spare = max(0, workers - 3 * len(SITES))
    exact = [spare * weight / sum(weights) for weight in weights]
    numbers = [3 + int(share) for share in exact]
    by_rest = sorted(range(len(SITES)), key=lambda n: exact[n] % 1, reverse=True)
    for number in by_rest[: max(0, workers - sum(numbers))]:
        numbers[number] += 1
    return numbers


def _morning(day: date) -> datetime:
    return window(day, 8)[0]


def _site(
    seed: int,
    number: int,
    site: Site,
    base: date,
    known: dict[str, Firm],
    names: Iterator[SyntheticPerson],
    codes: set[str],
    workers: int,
) -> SitePlan:
    rng = Random(f"{seed}/site/{number}")
    issued_on, calendar = _calendar(rng, site, base)
    code = site.code or _code(site.county, issued_on, codes)
    codes.add(code)
    at = _morning(issued_on)
    planned = SitePlan(number, site, code, born(rng, at), born(rng, at), calendar, issued_on)
    planned.devices = [born(rng, at) for _gate in range(site.gates)]
    _firms_at(rng, planned, known, workers)
    labour = [
        (index, team.trade)
        for index, team in enumerate(planned.teams)
        if planned.participations[team.participation].kind in (LABOUR, SPECIALIST)
    ]
    planned.people = people.managers(rng, site, calendar, names, (0, 1, 2))
    planned.people += people.workers(rng, site, calendar, names, labour, workers)
    for one in planned.people:
        if one.is_leader or one.post in ("01", "06"):
            planned.teams[one.team].leader = planned.teams[one.team].leader or one.who.name
    planned.strangers = [
        Stranger(next(names), base - timedelta(days=rng.randint(0, 9))) for _one in range(site.strangers)
    ]
    return planned


def _calendar(rng: Random, site: Site, base: date) -> tuple[date, Calendar]:
    """When the permit was issued, when work began, and when it ended, if it has."""
    age = rng.randint(70, 430) if site.started_days is None else site.started_days
    if site.code:
        opened_on = min(date(2026, 1, 8), base - timedelta(days=60))
        issued_on = min(date(2026, 1, 1), opened_on)
    else:
        opened_on = base - timedelta(days=age)
        issued_on = opened_on - timedelta(days=rng.randint(4, 12))
    ended_on = base - timedelta(days=site.ended_days) if site.ended_days else None
    return issued_on, Calendar(base, opened_on, ended_on)


def _code(county: str, issued_on: date, taken: set[str]) -> str:
    for order in range(1, 100):
        code = f"{county}{issued_on:%Y%m%d}{order:02d}01"
        if code not in taken:
            return code
    raise ValueError(f"a hundred permits in {county} on one day")


def _firms_at(rng: Random, planned: SitePlan, known: dict[str, Firm], workers: int) -> None:
    """Who takes part, and the teams they bring: one for about fifteen workers."""
    category = planned.site.category
    builder = rng.choice(firms.ROADS if category == UTILITIES else firms.BUILDING)
    at = _morning(planned.issued_on)

    def joins(name: str, kind: str) -> int:
        planned.participations.append(Participation(born(rng, at), known[name], kind))
        return len(planned.participations) - 1

    def brings(participation: int, name: str, trade: str = "900") -> None:
        planned.teams.append(Team(born(rng, at), participation, name, trade, trade == "900"))

    brings(joins(builder, CONTRACTOR), "项目管理部")
    brings(joins(rng.choice(firms.SUPERVISION), SUPERVISOR), "项目监理部")
    brings(joins(rng.choice(firms.OWNERS), OWNER), "建设单位项目部")
    labour = [joins(name, LABOUR) for name in rng.sample(firms.LABOUR, 2 if workers > 60 else 1)]
    for order, (name, trade) in enumerate(_TRADES[category][: max(2, min(6, workers // 15))]):
        brings(labour[order % len(labour)], name, trade)
    if rng.random() < 0.6:
        special = rng.choice(firms.SPECIAL)
        brings(joins(special, SPECIALIST), *_SPECIAL_TEAM[special])


def _lend(sites: list[SitePlan]) -> None:
    """One worker present on two sites at once: the same person, a second engagement."""
    by_name = {planned.site.name: planned for planned in sites}
    for planned in sites:
        if not planned.site.lends_worker_to:
            continue
        borrower = by_name[planned.site.lends_worker_to]
        own = next(one for one in planned.people if one.kind == people.WORKER and one.exited_on is None)
        place = next(i for i, one in enumerate(borrower.people) if one.kind == people.WORKER)
        hired = borrower.people[place]
        later = max(hired.entered_on, own.entered_on + timedelta(days=1))
        borrower.people[place] = replace(
            hired, who=own.who, person_id=own.person_id, entered_on=later, exited_on=None, is_lent=True
        )
