"""武昌 and 仙桃 with one of everything, and a nonsense word in every text of each.

武昌 (420106) lies below 武汉; 仙桃 (429004) lies directly below the province and is its own unit. Whoever
reads as one of them must never meet the other's word, in any byte that is answered. One firm and one
person (王五) work in both, one after the other: whoever sees them here must not see them there.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from io import StringIO
from typing import Any

from axes.models import AccessAttempt
from django.conf import settings
from django.utils import timezone

from accounts.actors import UserActor
from accounts.models import User
from attendance.models import (
    AttendanceDay,
    CorrectionRequest,
    Device,
    GatePass,
    ProjectDay,
    Punch,
    PunchReceipt,
)
from attendance.services import PunchFacts, receive_punches, recheck, recount
from federation.models import (
    AcceptedRequest,
    AgreementVersion,
    ChangeProposal,
    ConformanceRun,
    Credential,
    ManagerRegistration,
    MasterRecord,
    Partner,
    PartnerKey,
    RefusedCall,
    Upstream,
    UpstreamCall,
    UpstreamProject,
    UpstreamRecord,
)
from federation.work import OUR_FAULT
from integrity.models import AnswerFile, CreditRecord, PersonCredit, SupervisionNotice
from kernel.store import keep
from ledgers.models import Ledger
from ledgers.rules import month_before
from payroll.models import PayrollBatch, PayrollFile, PayrollRow
from projects.models import (
    AccountCode,
    Enterprise,
    EnterpriseParticulars,
    OwnerTerms,
    Participation,
    Permit,
    PermitUpload,
    Project,
    ProjectParticulars,
    Qualification,
    RefusedRecord,
    ReportedPermit,
    Team,
    TeamFile,
    WageAccount,
)
from projects.permit_facts import PermitFacts
from projects.permit_file import COLUMNS
from projects.services import issue_project_account, keep_permit_file
from regions.models import Region
from standards.models import RuleParameter
from tests.support import people, records
from tests.support.actors import EVERYONE, account, give_post, worker_account
from tests.support.mastered import hold_a_copy, own_by_master
from tests.support.papers import write_papers
from tests.support.stated import state_everything
from web.models import Message
from workers.models import (
    CareerCode,
    CareerReading,
    Certificate,
    CollectionPoint,
    Contract,
    ContractFile,
    ContractPaper,
    ContractTemplate,
    Engagement,
    EngagementEvent,
    EntryReview,
    IdentityCheck,
    IdentityCorrection,
    KeyPostAssignment,
    Particulars,
    Person,
    PolicyDocument,
    Presence,
    RosterFault,
    RosterImport,
    SessionAttendance,
    Settlement,
    TemporaryLeave,
    Training,
    TrainingFile,
    TrainingSession,
    WorkQuantity,
)
from workers.services import carry_on, identity_index, keep_roster_file

WUCHANG_WORD, XIANTAO_WORD = "卮昤", "齉龘"

# Who works in both counties: a firm of this title, and 王五 of its team.
SHARED = "shared"
SHARED_ORDER = 301
_NAMES = {"contractor": "张三", "subcontractor": "李四", SHARED: "王五", "gap": "赵六"}
STAFF = tuple(_NAMES)

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
    contract: Contract | None
    training: Training | None
    identity_check: IdentityCheck | None
    key_post: KeyPostAssignment | None = None
    correction: CorrectionRequest | None = None
    leave: TemporaryLeave | None = None
    settlement: Settlement | None = None
    review: EntryReview | None = None
    event: EngagementEvent | None = None
    identity_correction: IdentityCorrection | None = None
    particulars: Particulars | None = None
    contract_file: ContractFile | None = None
    certificate: Certificate | None = None
    wages: PayrollRow | None = None
    credit: PersonCredit | None = None
    gate_pass: GatePass | None = None
    quantity: WorkQuantity | None = None
    career_codes: list[CareerCode] = field(default_factory=list)
    reading: CareerReading | None = None


@dataclass
class County:
    """One of everything. `word` stands in every text; `numbers` are the figures that must not travel."""

    word: str
    region: Region
    city: Region
    order: int
    now: datetime
    firms: dict[str, Enterprise] = field(default_factory=dict)
    participations: dict[str, Participation] = field(default_factory=dict)
    teams: dict[str, Team] = field(default_factory=dict)
    workers: dict[str, Worker] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    project: Project = None  # type: ignore[assignment]  # filled by _county, as are those below
    permit: Permit = None  # type: ignore[assignment]
    code: AccountCode = None  # type: ignore[assignment]
    upload: PermitUpload = None  # type: ignore[assignment]
    roster: RosterImport = None  # type: ignore[assignment]
    devices: list[Device] = field(default_factory=list)
    stranger_punch: Punch = None  # type: ignore[assignment]
    credential: Credential = None  # type: ignore[assignment]
    request: AcceptedRequest = None  # type: ignore[assignment]
    notices: dict[str, SupervisionNotice] = field(default_factory=dict)
    broken_request: AcceptedRequest = None  # type: ignore[assignment]
    refused_call: RefusedCall = None  # type: ignore[assignment]
    refused_record: RefusedRecord = None  # type: ignore[assignment]
    punch_receipt: PunchReceipt = None  # type: ignore[assignment]
    conformance_run: ConformanceRun = None  # type: ignore[assignment]
    upstream: Upstream = None  # type: ignore[assignment]
    told_project: UpstreamProject = None  # type: ignore[assignment]
    told_call: UpstreamCall = None  # type: ignore[assignment]
    told_records: dict[str, UpstreamRecord] = field(default_factory=dict)
    retired_device: Device = None  # type: ignore[assignment]
    closed_user: User = None  # type: ignore[assignment]
    locked_user: User = None  # type: ignore[assignment]
    parameter: RuleParameter = None  # type: ignore[assignment]
    point: CollectionPoint = None  # type: ignore[assignment]
    session: TrainingSession = None  # type: ignore[assignment]
    session_file: TrainingFile = None  # type: ignore[assignment]
    template: ContractTemplate = None  # type: ignore[assignment]
    papers: dict[str, ContractPaper] = field(default_factory=dict)
    sessions: dict[str, TrainingSession] = field(default_factory=dict)
    attendance: dict[str, SessionAttendance] = field(default_factory=dict)
    policies: dict[str, PolicyDocument] = field(default_factory=dict)
    team_files: dict[str, TeamFile] = field(default_factory=dict)
    payrolls: dict[str, PayrollBatch] = field(default_factory=dict)
    payroll_files: dict[str, PayrollFile] = field(default_factory=dict)
    told: list[EnterpriseParticulars] = field(default_factory=list)
    particulars: ProjectParticulars = None  # type: ignore[assignment]
    reported_permit: ReportedPermit = None  # type: ignore[assignment]
    wage_accounts: dict[str, WageAccount] = field(default_factory=dict)
    qualifications: dict[str, Qualification] = field(default_factory=dict)
    credit: dict[str, CreditRecord] = field(default_factory=dict)
    terms: dict[str, OwnerTerms] = field(default_factory=dict)
    quantities: dict[str, WorkQuantity] = field(default_factory=dict)
    ledgers: dict[str, Ledger] = field(default_factory=dict)
    managers: dict[str, ManagerRegistration] = field(default_factory=dict)
    master_record: MasterRecord = None  # type: ignore[assignment]
    proposal: ChangeProposal = None  # type: ignore[assignment]
    declined: ChangeProposal = None  # type: ignore[assignment]
    # A copy of another node's record, and a request about a record of this node.
    copy: Any = None
    copy_wish: ChangeProposal = None  # type: ignore[assignment]
    partner: Partner = None  # type: ignore[assignment]
    partner_key: PartnerKey = None  # type: ignore[assignment]
    agreement: AgreementVersion = None  # type: ignore[assignment]
    photo: str = ""
    hero: str = "contractor"

    @property
    def today(self) -> date:
        return records.site_day(self.now)

    @property
    def worker(self) -> Worker:
        """张三, whom the general contractor employs, unless a test turns to somebody else."""
        return self.workers[self.hero]

    def contract_of(self, title: str = "") -> Contract:
        """The contract of 张三, or of somebody else who has one."""
        found = self.workers[title or self.hero].contract
        assert found is not None
        return found

    def training_of(self, title: str = "") -> Training:
        """The training of 张三, or of somebody else who has one."""
        found = self.workers[title or self.hero].training
        assert found is not None
        return found

    @property
    def correction(self) -> CorrectionRequest:
        """What 张三 says of yesterday."""
        assert self.worker.correction is not None
        return self.worker.correction

    @property
    def device(self) -> Device:
        return self.devices[0]

    @property
    def punch(self) -> Punch:
        """The newest of 张三."""
        rows = Punch.all_rows.filter(project=self.project, subject__person=self.worker.person)
        return rows.order_by("-occurred_at")[0]

    @property
    def answer_file(self) -> AnswerFile:
        """The photograph of the one answer to a notice."""
        return AnswerFile.all_rows.get(answer__reply__notice__project=self.project)

    @property
    def day(self) -> AttendanceDay:
        return AttendanceDay.all_rows.get(engagement=self.worker.engagement, day=self.today)

    @property
    def project_day(self) -> ProjectDay:
        return ProjectDay.all_rows.get(project=self.project, day=self.today)

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
            found += [str(worker.correction.public_id)] if worker.correction else []
        found += [str(row.public_id) for row in (self.project, self.permit, *self.devices)]
        found += [name for row in self.notices.values() for name in (str(row.public_id), row.number)]
        found += [str(row.public_id) for row in (self.code, self.upload, self.session, self.point)]
        found += [str(self.roster.public_id)] if self.roster else []
        found += [str(row.public_id) for row in self.payrolls.values()]
        found += [name for row in self.papers.values() for name in (str(row.public_id), row.number)]
        found += [str(row.public_id) for row in (*self.sessions.values(), *self.policies.values())]
        found += [str(row.public_id) for row in (*self.terms.values(), *self.quantities.values())]
        found += [trace for row in self.ledgers.values() for trace in (str(row.public_id), row.digest)]
        mastered = (self.proposal, self.declined, self.copy_wish, self.master_record)
        found += [str(row.public_id) for row in (*mastered, *self.managers.values())]
        found += [str(row.public_id) for row in Punch.all_rows.filter(project=self.project)]
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


def wuchang(now: datetime | None = None, staff: tuple[str, ...] = STAFF) -> County:
    """武昌 alone, with one of everything and the people of the firms named in `staff`."""
    return _county("420106", "420100", WUCHANG_WORD, 100, now or timezone.now(), staff)


def xiantao(now: datetime | None = None, staff: tuple[str, ...] = STAFF) -> County:
    """仙桃 alone, with one of everything; the same regulator serves as its city."""
    return _county("429004", "429004", XIANTAO_WORD, 200, now or timezone.now(), staff)


def _county(code: str, city: str, word: str, order: int, now: datetime, staff: tuple[str, ...]) -> County:
    county = County(word, records.region(code), records.region(city), order, now)
    county.photo = keep(f"photograph of {word}".encode())
    _project(county)
    _gate(county)
    _vendor(county)
    _users(county)
    _permits(county)
    _reports(county)
    state_everything(county)
    own_by_master(county)
    for title in staff:
        employ(county, title)
    _sharing(county)
    _notices(county)
    _roster_file(county)
    write_papers(county)
    _of_the_site(county)
    hold_a_copy(county)
    _upward(county)
    recount(now)
    recheck(now)
    for worker in county.workers.values():
        worker.gate_pass = GatePass.all_rows.filter(engagement=worker.engagement).first()
    return county


_FIRMS = {
    "contractor": ("总包", records.CONTRACTOR),
    "subcontractor": ("劳务", records.SUBCONTRACTOR),
    "owner": ("置业", records.OWNER),
    "supervisor": ("监理", records.SUPERVISOR),
}


def _reports(county: County) -> None:
    """What a vendor reported of the project: scans of teams, a training, wages of last month."""
    word = county.word
    scan = keep(f"report of {word}".encode())
    county.session, county.session_file = records.training_session(county.project, f"{word}安全教育", scan)
    for title, team in county.teams.items():
        county.team_files[title] = records.team_file(team, scan, f"{word}进场表")
        county.payrolls[title], county.payroll_files[title] = records.payroll_batch(team, word, scan)


def _reported(county: County, title: str) -> None:
    """What a vendor and an authority stated of one person."""
    worker, word = county.workers[title], county.word
    work, order = worker.engagement, county.order + 1 + 2 * list(_NAMES).index(title)
    scan = keep(f"report of {word}".encode())
    worker.particulars = records.particulars(
        work, specialty=f"{word}特长", urgent_name=f"{word}家属", card_front=scan, card_back=scan
    )
    if worker.contract:
        worker.contract_file = records.contract_file(worker.contract, scan, f"{word}末页")
        worker.wages = records.payroll_row(county.payrolls[title], work, order, word)
    if title != SHARED:
        worker.certificate = records.certificate(
            work.person, f"{word}C{order:09d}", issuer=f"{word}厅", scan=scan
        )
        worker.credit = records.person_credit(work, county.region, word)


def _shared_firm() -> Enterprise:
    code = people.credit_code(SHARED_ORDER)
    known = Enterprise.all_rows.filter(uscc=code).first()
    return known or records.enterprise(SHARED_ORDER, "两地劳务有限公司")


def _project(county: County) -> None:
    order = county.order
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
    county.point = records.collection_point(
        county.project, f"{word}提取点", location=f"{word}门内", operator=f"吴{word}"
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


def permit_table(*rows: PermitFacts) -> str:
    """Permits as the file that a county brings."""
    text = StringIO()
    table = csv.writer(text)
    table.writerow([column.heading for column in COLUMNS])
    for row in rows:
        cells = [getattr(row, column.fact) for column in COLUMNS]
        table.writerow([cell.code if isinstance(cell, Region) else cell for cell in cells])
    return text.getvalue()


def _permits(county: County) -> None:
    """A code for the project's account that waits to be claimed, and a file between dry run and writing."""
    regulator = county.actor("county_regulator")
    county.code, _text = issue_project_account(actor=regulator, permit=county.permit, now=county.now)
    contractor = county.firms["contractor"]
    facts = PermitFacts(
        project_code=county.project.code,
        project_name=county.project.name,
        region=county.region,
        permit_number=f"{county.permit.number}-3",
        issued_on=county.today - timedelta(days=1),
        contractor_uscc=contractor.uscc,
        contractor_name=contractor.name,
    )
    county.upload = keep_permit_file(
        actor=regulator,
        region=county.region,
        name=f"{county.word}.csv",
        content=permit_table(facts).encode(),
        now=county.now,
    )


def roster_table(county: County) -> str:
    """People as the contractor's file: two to take on, 张三 with another phone, and three mistakes."""
    word, order, team = county.word, county.order + 60, county.teams["contractor"].name
    right = people.id_number(order + 6)
    wrong = right[:-1] + ("0" if right[-1] != "0" else "1")
    rows = [
        ["姓名", "身份证号", "手机号", "班组", "工种", "文化程度"],
        [f"冯{word}", people.id_number(order), people.phone(order), team, "010", ""],
        [f"陈{word}", people.id_number(order + 2), people.phone(order + 2), team, "010", ""],
        [f"褚{word}", wrong, "109", team, "010", ""],
        [f"卫{word}", people.id_number(order + 4), people.phone(order + 4), team, f"{word}工", ""],
    ]
    if who := county.workers.get("contractor"):
        rows.append([who.person.name, who.person.id_number, people.phone(order + 8), team, "010", ""])
    text = StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()


def _roster_file(county: County) -> None:
    """A roster that the contractor's manager brought, between dry run and writing."""
    content = roster_table(county).encode()
    county.roster = keep_roster_file(
        actor=county.actor("contractor_manager"),
        project=county.project,
        name=f"{county.word}花名册.csv",
        pieces=[content],
        size=len(content),
        now=county.now,
    )
    carry_on(county.roster.pk, lambda: county.now)
    county.roster.refresh_from_db()
    assert county.roster.state == RosterImport.State.CHECKED, county.roster.problem
    # What the manager is told of it is no part of the world.
    Message.objects.filter(kind="imports").delete()


def roster_cell(county: County, cause: str) -> str:
    """The input for the cell of the county's roster that has this fault."""
    fault = RosterFault.objects.filter(roster=county.roster, cause=cause).first()
    assert fault is not None
    return f"cell-{fault.row_id}"


def employ(county: County, title: str) -> None:
    """The people of one firm come to work, and pass the gate today and yesterday.

    张三 (contractor) is project manager; 赵六 (gap) of the same team has neither contract nor training;
    李四 is the subcontractor's; 王五 was in 武昌 first and in 仙桃 afterwards, and has left both.
    """
    since, until = county.today - timedelta(days=20), None
    if title == SHARED:
        since = county.today - timedelta(days=18 if county.word == WUCHANG_WORD else 12)
        until = since + timedelta(days=4)
    worker = county.workers[title] = _worker(county, title, since, until)
    if title == "contractor":
        worker.key_post = records.key_post(worker.engagement, "01", since)
        county.users["worker"] = worker_account(
            worker.person.public_id, f"worker-{county.region.code}", worker.person.name
        )
    if title in ("contractor", "subcontractor"):
        worker.correction = _correction(county, worker.engagement)
        _career(county, title)
    _roster(county, worker, since, until)
    _reported(county, title)
    if title != "gap":
        _pass_gate(county, worker.person.id_number, since if until else None)


def _correction(county: County, work: Engagement) -> CorrectionRequest:
    return records.correction(
        work,
        county.today - timedelta(days=1),
        note=f"{county.word}门没有反应",
        photo=county.photo,
        photo_name=f"{county.word}.jpg",
        asked_by=f"吴{county.word}",
    )


def _roster(county: County, worker: Worker, since: date, until: date | None) -> None:
    """A day at home long ago, permission where papers are, wages after an exit, and one event of each."""
    work, word = worker.engagement, county.word
    day = since + timedelta(days=1)
    worker.leave = records.leave(worker.presence, day, day + timedelta(days=1), reason=f"{word}家中有事")
    worker.event = records.event(work, "enter", since, actor_label=f"周{word}", reason=f"{word}补录")
    if worker.contract:
        ended = county.now if until else None
        worker.review = records.review(work, submitted_by=f"周{word}", decided_by=f"周{word}", ended_at=ended)
    if until:
        worker.settlement = records.settlement(worker.presence, note=f"{word}现金", confirmed_by=f"周{word}")


def _person(county: County, title: str, order: int) -> Person:
    division = 420011 if county.word == WUCHANG_WORD else 420029
    if title == SHARED:
        return _shared_person()
    return records.person(people.id_number(order, division=division), _NAMES[title] + county.word)


def _shared_person() -> Person:
    number = people.id_number(SHARED_ORDER)
    known = Person.all_rows.filter(id_index=identity_index("01", number)).first()
    return known or records.person(number, "王五")


def _worker(county: County, title: str, since: date, until: date | None) -> Worker:
    word, order = county.word, county.order + 1 + 2 * list(_NAMES).index(title)
    scan = keep(f"scan of {word} {order}".encode())
    work = records.engagement(
        _person(county, title, order),
        county.teams["contractor" if title == "gap" else title],
        phone=people.phone(order),
        address=f"{word}新村{order}栋",
        photo=county.photo,
        card_number=people.card(order),
        bank_code="102",
        bank_name=f"{word}支行",
        gate_card=f"{word}{order}",
        issuing_authority=f"{word}分局",
    )
    has_papers = title != "gap"
    return Worker(
        person=work.person,
        engagement=work,
        presence=records.presence(
            work,
            since,
            until,
            entered_by=f"{word}录入",
            entry_voucher=scan,
            exit_voucher=scan if until else "",
        ),
        contract=records.contract(work, since, scan=scan, recorded_by=f"{word}签") if has_papers else None,
        training=records.training(work, since, trainer=f"孙{word}", evidence=scan) if has_papers else None,
        identity_correction=records.identity_correction(
            work, number=people.id_number(order + 70), name=f"误{word}", corrected_by=f"{word}更正"
        )
        if has_papers
        else None,
        identity_check=records.identity_check(work, checked_by=f"{word}读卡器", point=county.point)
        if has_papers
        else None,
    )


def _gate(county: County) -> None:
    """A gate that a stranger passes, and another that has been silent for five days."""
    word, order = county.word, county.order
    county.devices = [
        records.device(county.project, f"{word}南门", serial=f"{word}-{order}"),
        records.device(
            county.project, f"{word}北门", last_contact_at=county.now - timedelta(days=5), serial=f"{word}-2"
        ),
        records.device(county.project, f"{word}旧门", retired_at=county.now, serial=f"{word}-3"),
    ]
    county.retired_device = county.devices[-1]
    _pass_gate(county, people.id_number(order + 51))
    strangers = Punch.all_rows.filter(project=county.project, subject__person=None)
    county.stranger_punch = strangers.order_by("-occurred_at")[0]


def _pass_gate(county: County, number: str, only_on: date | None = None) -> None:
    """In through the south gate, at eight of today and of yesterday, or at eight of one day."""
    day = county.today
    at_eight = 240 + int(number[-4:-1]) % 60
    latest = max(county.now - timedelta(seconds=int(number[-4:-1]) % 60), records.instant_of(day))
    times = [min(records.instant_of(day, at_eight), latest), records.instant_of(day - timedelta(1), at_eight)]
    facts = [
        PunchFacts(
            number=number,
            occurred_at=at,
            direction="in",
            channel=county.device.channel,
            photo=county.photo,
            pass_method="001",
        )
        for at in ([records.instant_of(only_on, at_eight)] if only_on else times)
    ]
    receive_punches(
        actor=EVERYONE, project=county.project, origin=Punch.Origin.OPEN_API, punches=facts, now=county.now
    )


def _vendor(county: County) -> None:
    """A vendor's access and one write of it that was accepted."""
    county.credential = Credential.objects.create(
        appid=county.project.code,
        project=county.project,
        secret=f"{county.word}-secret",
        holder=f"{county.word}科技公司",
        created_by=f"{county.word}管理员",
    )
    county.request = _failed_request(county, "S", f"班组{county.word}已存在")
    county.broken_request = _failed_request(county, "T", f"{OUR_FAULT}{county.word}")
    county.conformance_run = ConformanceRun.objects.create(
        appid="990000202611000001",
        vendor="江汉智能门禁",
        client="闸机网关",
        begun_at=county.now,
        ends_at=county.now + timedelta(hours=24),
        needed=16,
    )
    county.refused_record = RefusedRecord.objects.create(
        request_id=f"req-{county.region.code}",
        project=county.project,
        object_key="worker",
        channel="api",
        said_by=f"{county.word}的系统",
        findings=[
            {
                "element": "skill_grade", "rule": "code", "severity": "block",
                "message": "没有这个代码。",
                "remedy": "请从代码表中选择。", "layer": "provincial", "version": "hubei-2026",
                "version_id": "",
                "until": None, "value": f"{county.word}级",
            }
        ],
        refused_at=timezone.now(),
    )  # fmt: skip
    county.refused_call = RefusedCall.objects.create(
        appid=county.project.code,
        project=county.project,
        method="Team.Add",
        code=-2,
        sentence=f"签名校验错误!{county.word}",
        minute=county.now.replace(second=0, microsecond=0),
        last_at=county.now,
    )
    county.punch_receipt = _receipt(county)


def _upward(county: County) -> None:
    """A platform above that the county reports to: one record was refused there, one waits for it."""
    word, now = county.word, county.now
    county.upstream = Upstream.objects.create(
        name=f"{word}上级平台",
        url=f"https://{county.region.code}.invalid/open.api",
        region=county.region,
        since=county.today - timedelta(days=30),
        codes=[["trade", "501", county.region.code]],
    )
    county.told_project = UpstreamProject.objects.create(
        upstream=county.upstream,
        project=county.project,
        remote_code=f"U{county.project.code}",
        appid=f"U{county.project.code}",
        secret=f"{word}-secret-of-the-platform-above",
        trouble=f"签名校验错误!{word}",
        retry_at=now,
    )
    county.told_call = UpstreamCall.objects.create(
        access=county.told_project,
        method="ProjectWorker.Add",
        serial=f"U{county.region.code}",
        state=UpstreamCall.State.REFUSED,
        sentence=f"[headImage]不能为空!{word}",
        made_at=now,
        next_at=now,
        finished_at=now,
    )
    if not county.workers:
        return
    worker = next(iter(county.workers.values())).engagement
    for kind, needs, state in (("worker", [], "refused"), ("entry", [f"worker:{worker.public_id}"], "held")):
        county.told_records[kind] = UpstreamRecord.objects.create(
            access=county.told_project,
            kind=kind,
            key=worker.public_id,
            name=f"{kind}:{worker.public_id}",
            label=f"{word}班组",
            state=state,
            wanted=b"0" * 32,
            needs=needs,
            sentence=f"[headImage]不能为空!{word}" if state == "refused" else "",
            since=now,
            next_at=now,
        )


def _receipt(county: County) -> PunchReceipt:
    """A call of the punch interface, one of whose rows counts for nobody yet."""
    unmatched = [{"mark": 0, "seq": "7", "sentence": f"该人员未在本项目登记{county.word}"}]
    return PunchReceipt.objects.create(
        appid=county.project.code,
        timestamp=int(county.now.timestamp()),
        nonce=county.word,
        digest=b"0" * 32,
        project=county.project,
        source=str(county.device.public_id),
        accepted=2,
        accepted_at=county.now,
        settled_at=county.now,
        result={"added": 2, "repeated": 0, "unmatched": unmatched, "refused": []},
    )


def _failed_request(county: County, letter: str, result: str) -> AcceptedRequest:
    return AcceptedRequest.objects.create(
        serial=f"{letter}{county.project.code}",
        appid=county.project.code,
        credential=county.credential,
        project=county.project,
        method="Team.Add",
        timestamp="20261122080000",
        nonce=f"{letter}{county.project.code}",
        body=f'{{"teamName": "{county.word}"}}',
        state=AcceptedRequest.State.FAILED,
        result=result,
        accepted_at=county.now,
        finished_at=county.now,
    )


def _notices(county: County) -> None:
    """Notices of the supervisor: to the contractor two drafts, one just issued, two answered and one late.

    And one to the subcontractor. Each names a person of the firm it goes to.
    """
    project, parties, word = county.project, county.participations, county.word
    author = str(county.users["supervisor"].public_id)
    for name, by in (("draft", author), ("spare", "somebody else")):
        county.notices[name] = records.draft_notice(project, parties["contractor"], by, county.today)
    given: dict[str, tuple[str, timedelta, dict[str, Any]]] = {
        "issued": ("contractor", timedelta(hours=1), {"state": "issued", "delivered_at": None}),
        "replied": ("contractor", timedelta(hours=5), {"state": "replied"}),
        "answered": ("contractor", timedelta(hours=4), {"state": "replied"}),
        "late": ("contractor", timedelta(days=6), {}),
        "subcontractor": ("subcontractor", timedelta(hours=3), {}),
    }
    for sequence, (name, (to, ago, fields)) in enumerate(given.items(), start=1):
        at = county.now - ago
        county.notices[name] = records.notice(
            project,
            parties[to],
            sequence,
            at=at,
            issued_by=f"吴{word}",
            supervisor_name=f"{word}监理",
            copied_to=f"{word}置业",
            **fields,
        )
    for name, notice in county.notices.items():
        title = "subcontractor" if name == "subcontractor" else "gap"
        who = county.workers.get(title) or next(iter(county.workers.values()), None)
        if who is None:
            continue  # a county without anybody has notices about nobody
        item = records.notice_item(notice, who.engagement, fact=f"{word}核查")
        if notice.issued_at:
            records.notice_event(notice, notice.issued_at, by=f"吴{word}")
        if notice.delivered_at:
            records.notice_reading(notice, county.now - timedelta(hours=2), by=f"郑{word}")
        if notice.state == "replied":
            photo = county.photo if name == "replied" else ""
            records.notice_reply(item, county.now - timedelta(hours=1), f"{word}已补签", photo)


def _sharing(county: County) -> None:
    """A bank that receives who works here, under a draft of an agreement; one call was answered before."""
    county.partner = records.partner(f"{county.word}银行")
    terms = {"persons-at-work": records.sharing(["id", "name"], regions=[county.region.code])}
    county.agreement = records.agreement(county.partner, f"协议{county.word}", terms, approved=False)
    county.partner_key = PartnerKey.objects.create(
        partner=county.partner,
        digest=county.word,
        hint="abcd",
        allowed_addresses=["203.0.113.7"],
        issued_by=f"{county.word}管理员",
    )
    works = [worker.engagement for worker in county.workers.values()]
    records.handed_out(county.agreement, county.partner_key, works, county.now)


def secret_of(county: County) -> str:
    """What 张三's open code says: its picture's secret."""
    return f"{'C' if county.word == WUCHANG_WORD else 'D'}{'A' * 25}"


def _of_the_site(county: County) -> None:
    """Contract terms in force and waiting, work of teams, and last month's ledgers of the subcontractors."""
    word, project = county.word, county.project
    county.terms["confirmed"] = records.terms(
        project, 1, "confirmed", word, contract_file=county.photo, no_charge_file=county.photo
    )
    county.terms["stated"] = records.terms(project, 2, "stated", word)
    for title, team in county.teams.items():
        county.quantities[title] = records.quantity(team, f"{word}{title}砌筑")
    month = month_before(timezone.localdate(county.now))
    for title in ("subcontractor", SHARED):
        worker = county.workers.get(title)
        people = [records.ledger_row(worker.engagement)] if worker else []
        county.ledgers[title] = records.ledger(
            county.participations[title], month, people, word, due_on=month + timedelta(days=40)
        )


def _career(county: County, title: str) -> None:
    """张三 and 李四 each show one code now, and have shown one to the site's clerk."""
    worker, site = county.workers[title], county.project
    of = county.participations["subcontractor"] if title == "subcontractor" else None
    secret = secret_of(county)[::-1] if title == "subcontractor" else secret_of(county)
    used = records.career_code(
        worker.person, f"{secret}used", opened_at=county.now - timedelta(minutes=9), used_at=county.now
    )
    worker.career_codes = [used, records.career_code(worker.person, secret)]
    worker.reading = records.career_reading(used, site, f"周{county.word}", participation=of)
    team = county.teams[title]
    worker.quantity = records.quantity(team, f"{county.word}抹灰", worker.engagement, state="accepted")
    county.quantities[f"{title} person"] = worker.quantity


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
    county.closed_user = account(f"closed-{of.code}", display_name=f"吴{county.word}", is_active=False)
    county.locked_user = account(f"locked-{of.code}", display_name=f"郑{county.word}")
    for user in (county.closed_user, county.locked_user):
        give_post(user, "labour_clerk", project=project.public_id, scope_name=county.word)
    AccessAttempt.objects.create(
        username=county.locked_user.username,
        failures_since_start=settings.AXES_FAILURE_LIMIT,
        get_data="",
        post_data="",
    )
    county.parameter = RuleParameter.objects.create(
        key="key_post.vacant_days",
        region=of,
        value=9,
        unit="天",
        name="关键岗位空缺预警",
        document="通知",
        valid_from=timezone.localdate() + timedelta(days=30),
    )
