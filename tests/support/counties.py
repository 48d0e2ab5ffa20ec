"""武昌 and 仙桃 with one of everything, and a nonsense word in every text of each.

武昌 (420106) lies below 武汉; 仙桃 (429004) lies directly below the province and is its own unit. Whoever
reads as one of them must never meet the other's word, in any byte that is answered. One firm and one
person (王五) work in both, one after the other: whoever sees them here must not see them there.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from accounts.actors import UserActor
from accounts.models import User
from attendance.models import AttendanceDay, Device, ProjectDay, Punch
from attendance.services import PunchFacts, receive_punches, recount
from federation.models import AcceptedRequest, Credential
from kernel.store import keep
from projects.models import Enterprise, Participation, Permit, Project, Team
from regions.models import Region
from tests.support import people, records
from tests.support.actors import EVERYONE, account, give_post
from workers.models import (
    Contract,
    Engagement,
    IdentityCheck,
    KeyPostAssignment,
    Person,
    Presence,
    Training,
)
from workers.services import identity_index

WUCHANG_WORD, XIANTAO_WORD = "卮昤", "齉龘"

# Who works in both counties: a firm of this title, and 王五 of its team.
SHARED = "shared"
SHARED_ORDER = 301

ROLES = (
    "province_regulator",
    "city_regulator",
    "county_regulator",
    "standards_administrator",
    "platform_administrator",
    "contractor_manager",
    "labour_clerk",
    "subcontractor_clerk",
    "owner",
    "supervisor",
)


@dataclass
class Worker:
    """One person at work, with all that hangs on it."""

    person: Person
    engagement: Engagement
    presence: Presence
    contract: Contract
    training: Training
    identity_check: IdentityCheck
    key_post: KeyPostAssignment | None = None


@dataclass
class County:
    """One of everything. `word` stands in every text; `numbers` are the figures that must not travel."""

    word: str
    region: Region
    city: Region
    now: datetime
    firms: dict[str, Enterprise] = field(default_factory=dict)
    participations: dict[str, Participation] = field(default_factory=dict)
    teams: dict[str, Team] = field(default_factory=dict)
    workers: dict[str, Worker] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    project: Project = None  # type: ignore[assignment]  # filled by _county, as are those below
    permit: Permit = None  # type: ignore[assignment]
    device: Device = None  # type: ignore[assignment]
    punch: Punch = None  # type: ignore[assignment]
    stranger_punch: Punch = None  # type: ignore[assignment]
    day: AttendanceDay = None  # type: ignore[assignment]
    project_day: ProjectDay = None  # type: ignore[assignment]
    credential: Credential = None  # type: ignore[assignment]
    request: AcceptedRequest = None  # type: ignore[assignment]
    photo: str = ""

    @property
    def today(self) -> date:
        return records.site_day(self.now)

    @property
    def worker(self) -> Worker:
        """张三, whom the general contractor employs."""
        return self.workers["contractor"]

    def actor(self, role: str) -> UserActor:
        """The county's holder of a role, with the posts of this instant."""
        return UserActor.of(self.users[role])

    def traces(self) -> list[str]:
        """What betrays this county: its word, codes, numbers and the public ids of its rows."""
        found = [self.word, self.project.code, self.permit.number, str(self.teams["contractor"].number)]
        for title, firm in self.firms.items():
            found += [firm.uscc, str(firm.public_id)] if title != SHARED else []
        for title, worker in self.workers.items():
            person = worker.person
            found += [person.id_number, str(person.public_id)] if title != SHARED else []
            found += [str(worker.engagement.public_id), worker.engagement.phone or ""]
        found += [str(row.public_id) for row in (self.project, self.permit, self.device, self.punch)]
        return [trace for trace in found if trace]


@dataclass
class TwoCounties:
    wuchang: County
    xiantao: County

    def __iter__(self) -> Iterator[County]:
        return iter((self.wuchang, self.xiantao))

    def other(self, county: County) -> County:
        return self.xiantao if county is self.wuchang else self.wuchang


def two_counties(now: datetime | None = None) -> TwoCounties:
    """Both counties, written into the database and counted."""
    now = now or timezone.now()
    return TwoCounties(wuchang(now), xiantao(now))


def wuchang(now: datetime | None = None) -> County:
    """武昌 alone, with one of everything."""
    return _county("420106", "420100", WUCHANG_WORD, order=100, now=now or timezone.now())


def xiantao(now: datetime | None = None) -> County:
    """仙桃 alone, with one of everything; the same regulator serves as its city."""
    return _county("429004", "429004", XIANTAO_WORD, order=200, now=now or timezone.now())


def _county(code: str, city: str, word: str, *, order: int, now: datetime) -> County:
    county = County(word=word, region=records.region(code), city=records.region(city), now=now)
    _project(county, order)
    _people(county, order)
    _gate(county, order)
    _vendor(county)
    _users(county)
    recount(now)
    county.project_day = ProjectDay.all_rows.get(project=county.project, day=county.today)
    return county


_FIRMS = {
    "contractor": ("总包", records.CONTRACTOR),
    "subcontractor": ("劳务", records.SUBCONTRACTOR),
    "owner": ("置业", records.OWNER),
    "supervisor": ("监理", records.SUPERVISOR),
}


def _shared_firm() -> Enterprise:
    code = people.credit_code(SHARED_ORDER)
    known = Enterprise.all_rows.filter(uscc=code).first()
    return known or records.enterprise(SHARED_ORDER, "两地劳务有限公司")


def _project(county: County, order: int) -> None:
    word, code = county.word, f"{county.region.code}202601010{order}"
    for step, title in enumerate(_FIRMS):
        county.firms[title] = records.enterprise(order + step, f"{word}{_FIRMS[title][0]}有限公司")
    county.firms[SHARED] = _shared_firm()
    county.project = records.project(
        code,
        county.region,
        county.firms["contractor"],
        name=f"{word}家园一期",
        owner_name=county.firms["owner"].name,
        address=f"{word}大道{order}号",
        category="01",
    )
    county.permit = records.permit(county.project, f"{word}{code}01", works_name=f"{word}家园一期工程")
    for title, firm in county.firms.items():
        kind = _FIRMS[title][1] if title in _FIRMS else records.SUBCONTRACTOR
        county.participations[title] = records.participation(
            county.project, firm, kind, manager_name=f"赵{word}"
        )
    for step, title in enumerate(("contractor", "subcontractor", SHARED)):
        county.teams[title] = records.team(
            county.participations[title],
            1_400_000_000 + order + step,
            name=f"{word}{title}班",
            responsible_name=f"钱{word}",
            remark=f"{word}备注",
        )


def _people(county: County, order: int) -> None:
    county.photo = keep(f"photograph of {county.word}".encode())
    division = 420011 if county.word == WUCHANG_WORD else 420029
    day = county.today
    for step, title in enumerate(("contractor", "subcontractor")):
        number = people.id_number(order + 2 * step + 1, division=division)
        who = records.person(number, ("张三", "李四")[step] + county.word)
        county.workers[title] = _worker(county, title, who, order + step, day - timedelta(days=20))
    # 王五 was in 武昌 first and in 仙桃 afterwards, and has left both.
    began = day - timedelta(days=18 if county.word == WUCHANG_WORD else 12)
    county.workers[SHARED] = _worker(
        county, SHARED, _shared_person(), order + 2, began, began + timedelta(days=4)
    )
    county.worker.key_post = records.key_post(county.worker.engagement, "01", day - timedelta(days=20))


def _shared_person() -> Person:
    number = people.id_number(SHARED_ORDER)
    known = Person.all_rows.filter(id_index=identity_index("01", number)).first()
    return known or records.person(number, "王五")


def _worker(
    county: County, title: str, who: Person, order: int, since: date, until: date | None = None
) -> Worker:
    word = county.word
    work = records.engagement(
        who,
        county.teams[title],
        phone=people.phone(order),
        address=f"{word}新村{order}栋",
        photo=county.photo,
        card_number=people.card(order),
        bank_code="102",
        bank_name=f"{word}支行",
        gate_card=f"{word}{order}",
        issuing_authority=f"{word}分局",
    )
    scan = keep(f"scan of {word} {order}".encode())
    return Worker(
        person=who,
        engagement=work,
        presence=records.presence(work, since, until, entered_by=f"{word}录入", entry_voucher=scan),
        contract=records.contract(work, since, scan=scan),
        training=records.training(work, since, trainer=f"孙{word}"),
        identity_check=records.identity_check(work, checked_by=f"{word}读卡器"),
    )


def _gate(county: County, order: int) -> None:
    """张三 and 李四 pass, and a stranger does; also yesterday. 王五 passed while he was here."""
    word, day = county.word, county.today
    channel = f"{word}南门"
    county.device = records.device(county.project, channel, serial=f"{word}-{order}")
    stranger = people.id_number(order + 51)
    at = min(county.now, records.instant_of(day, 240)) - timedelta(seconds=1)
    at = max(at, records.instant_of(day))
    workers = county.workers
    passing = [workers[title].person.id_number for title in ("contractor", "subcontractor")] + [stranger]
    passages = [
        (number, when + timedelta(microseconds=step))
        for when in (records.instant_of(day - timedelta(days=1), 240), at)
        for step, number in enumerate(passing)
    ]
    earlier = records.instant_of(workers[SHARED].presence.entered_on, 240)
    passages.append((workers[SHARED].person.id_number, earlier))
    facts = [
        PunchFacts(
            number=number,
            occurred_at=when,
            direction="in",
            channel=channel,
            photo=county.photo,
            pass_method="001",
        )
        for number, when in passages
    ]
    receive_punches(
        actor=EVERYONE, project=county.project, origin=Punch.Origin.OPEN_API, punches=facts, now=county.now
    )
    rows = Punch.all_rows.filter(project=county.project).order_by("-occurred_at")
    county.punch = rows.filter(subject__person=county.worker.person)[0]
    county.stranger_punch = rows.filter(subject__person=None)[0]
    county.day = AttendanceDay.all_rows.get(engagement=county.worker.engagement, day=day)


def _vendor(county: County) -> None:
    """A vendor's access and one write of it that was accepted."""
    county.credential = Credential.objects.create(
        appid=county.project.code,
        project=county.project,
        secret=f"{county.word}-secret",
        created_by=f"{county.word}管理员",
    )
    county.request = AcceptedRequest.objects.create(
        serial=f"S{county.project.code}",
        appid=county.project.code,
        credential=county.credential,
        project=county.project,
        method="Team.Add",
        timestamp="20261122080000",
        nonce=f"n{county.project.code}",
        body=f'{{"teamName": "{county.word}"}}',
        state=AcceptedRequest.State.FAILED,
        result=f"班组{county.word}已存在",
        accepted_at=county.now,
        finished_at=county.now,
    )


def _users(county: County) -> None:
    project, of = county.project, county.region
    scopes: dict[str, dict[str, Any]] = {
        "province_regulator": {"region": records.region("420000")},
        "city_regulator": {"region": county.city},
        "county_regulator": {"region": of},
        "standards_administrator": {"region": of},
        "platform_administrator": {"region": of},
        "contractor_manager": {"enterprise": county.firms["contractor"].public_id},
        "labour_clerk": {"project": project.public_id},
        "subcontractor_clerk": {"participation": county.participations["subcontractor"].public_id},
        "owner": {"enterprise": county.firms["owner"].public_id},
        "supervisor": {"project": project.public_id},
    }
    for role in ROLES:
        user = account(f"{role}-{of.code}", display_name=f"周{county.word}")
        give_post(user, role, scope_name=county.word, document=f"{county.word}函", **scopes[role])
        county.users[role] = user
