"""Plain functions that write one record each, with sensible values for what a test does not care about."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from attendance.models import CorrectionRequest, Device
from attendance.rules import day_of, window
from federation.models import AgreementVersion, GatewayLog, Partner, PartnerKey, SharingAgreement
from integrity.models import (
    AnswerFile,
    NoticeAnswer,
    NoticeEvent,
    NoticeItem,
    NoticeReading,
    NoticeReply,
    PersonCredit,
    SupervisionNotice,
)
from integrity.rules import end_of, number_of
from kernel.cipher import keyring
from kernel.ids import new_id
from ledgers import rules as ledger_rules
from ledgers.models import Ledger
from payroll.models import PayrollBatch, PayrollFile, PayrollRow
from projects.models import Enterprise, OwnerTerms, Participation, Permit, Project, Team, TeamFile
from regions.models import Region
from tests.support import people
from workers.models import (
    CareerCode,
    CareerReading,
    Certificate,
    CollectionPoint,
    Contract,
    ContractFile,
    Engagement,
    EngagementEvent,
    EntryReview,
    IdentityCheck,
    IdentityCorrection,
    KeyPostAssignment,
    Particulars,
    Person,
    Presence,
    Settlement,
    TemporaryLeave,
    Training,
    TrainingFile,
    TrainingSession,
    WorkQuantity,
)
from workers.services import identity_index, phone_index

# National dictionary 7.6: kinds of participation.
CONTRACTOR, SUBCONTRACTOR, SUPERVISOR, OWNER = "009", "001", "007", "008"
CUTOFF_HOUR = 4


def site_day(now: datetime | None = None) -> date:
    """The attendance day that is running."""
    return day_of(now or timezone.now(), CUTOFF_HOUR)


def instant_of(day: date, minutes: int = 0) -> datetime:
    """`minutes` after the attendance day has begun."""
    return window(day, CUTOFF_HOUR)[0] + timedelta(minutes=minutes)


def region(code: str) -> Region:
    """A division of Hubei by its code, such as 420106 (武昌)."""
    return Region.objects.get(code=code)


def enterprise(order: int, name: str = "", **fields: Any) -> Enterprise:
    """Invented firm number `order`."""
    return Enterprise.objects.create(
        uscc=people.credit_code(order), name=name or f"第{order}建筑有限公司", **fields
    )


def project(code: str, of: Region, contractor: Enterprise, name: str = "", **fields: Any) -> Project:
    """A project in progress, with no permit and nobody taking part yet."""
    fields.setdefault("starts_on", site_day() - timedelta(days=60))
    return Project.objects.create(
        code=code, region=of, contractor=contractor, name=name or f"{of.name}项目{code[-2:]}", **fields
    )


def permit(of: Project, number: str, **fields: Any) -> Permit:
    """A construction permit of the project."""
    fields.setdefault("issued_on", site_day() - timedelta(days=60))
    fields.setdefault("amount", Decimal("1000000.00"))
    return Permit.objects.create(project=of, number=number, **fields)


def participation(of: Project, firm: Enterprise, kind: str = CONTRACTOR, **fields: Any) -> Participation:
    """A firm taking part in the project."""
    fields.setdefault("entered_on", of.starts_on)
    return Participation.objects.create(project=of, enterprise=firm, kind=kind, **fields)


def team(of: Participation, number: int, name: str = "木工班组", **fields: Any) -> Team:
    """A team of a participation, with its ten-digit number."""
    return Team.objects.create(participation=of, number=number, name=name, **fields)


def person(number: str, name: str = "张三", **fields: Any) -> Person:
    """A person by identity number."""
    fields.setdefault("sex", "男")
    fields.setdefault("born_on", people.BORN_ON)
    return Person.objects.create(
        name=name, id_number=number, id_index=identity_index("01", number), nation="汉", **fields
    )


def engagement(who: Person, of: Team, **fields: Any) -> Engagement:
    """A person's work in a team."""
    if card := fields.get("card_number"):
        fields.setdefault("card_index", keyring().blind_index("card", card))
    if phone := fields.get("phone"):
        fields.setdefault("phone_index", phone_index(phone))
    fields.setdefault("trade", "010")
    return Engagement.objects.create(
        person=who, project=of.participation.project, participation=of.participation, team=of, **fields
    )


def presence(of: Engagement, entered_on: date, exited_on: date | None = None, **fields: Any) -> Presence:
    """Reported presence, both days included."""
    return Presence.objects.create(
        engagement=of, person=of.person, entered_on=entered_on, exited_on=exited_on, **fields
    )


def contract(of: Engagement, starts_on: date, ends_on: date | None = None, **fields: Any) -> Contract:
    """A labour contract."""
    return Contract.objects.create(engagement=of, starts_on=starts_on, ends_on=ends_on, **fields)


def training(of: Engagement, held_on: date, **fields: Any) -> Training:
    """A passed basic safety training, valid for a year."""
    fields.setdefault("kind", "003001")
    fields.setdefault("valid_to", held_on + timedelta(days=365))
    return Training.objects.create(engagement=of, held_on=held_on, hours=Decimal("4.0"), **fields)


def key_post(of: Engagement, post: str, starts_on: date) -> KeyPostAssignment:
    """A key post held from a day on."""
    return KeyPostAssignment.objects.create(engagement=of, post=post, starts_on=starts_on)


def identity_check(of: Engagement, checked_by: str = "读卡器", **fields: Any) -> IdentityCheck:
    """An identity established by the card's chip."""
    fields = {"method": "chip", "result": "match", "checked_at": timezone.now(), **fields}
    return IdentityCheck.objects.create(engagement=of, checked_by=checked_by, **fields)


def leave(of: Presence, left_on: date, returned_on: date | None = None, **fields: Any) -> TemporaryLeave:
    """A temporary leave within a presence."""
    return TemporaryLeave.objects.create(presence=of, left_on=left_on, returned_on=returned_on, **fields)


def settlement(of: Presence, **fields: Any) -> Settlement:
    """Wages paid in full after an exit."""
    fields.setdefault("outcome", "settled")
    return Settlement.objects.create(presence=of, **fields)


def review(of: Engagement, outcome: str = "approved", **fields: Any) -> EntryReview:
    """Permission to enter, asked for by one and given by another."""
    if outcome == "approved":
        fields.setdefault("snapshot", {"day": site_day().isoformat()})
        fields.setdefault("decided_at", timezone.now())
        fields.setdefault("decided_by_key", "approver")
    fields.setdefault("submitted_by_key", "clerk")
    return EntryReview.objects.create(engagement=of, outcome=outcome, **fields)


def event(of: Engagement, act: str, happened_on: date, **fields: Any) -> EngagementEvent:
    """One act in the life of an engagement."""
    fields.setdefault("batch", new_id())
    fields.setdefault("actor_key", "clerk")
    return EngagementEvent.objects.create(engagement=of, act=act, happened_on=happened_on, **fields)


def identity_correction(of: Engagement, *, number: str, name: str, corrected_by: str) -> IdentityCorrection:
    """A number and name that were put right."""
    return IdentityCorrection.objects.create(
        engagement=of,
        name_before=name,
        number_before=number,
        is_number_changed=True,
        reason="登记时看错一位",
        corrected_by=corrected_by,
    )


def device(of: Project, channel: str, **fields: Any) -> Device:
    """A gate of the project."""
    return Device.objects.create(project=of, channel=channel, **fields)


def notice(
    of: Project, to: Participation, sequence: int, *, at: datetime, days: int = 3, **fields: Any
) -> SupervisionNotice:
    """A supervision notice issued at an instant and running `days` days; delivered unless told otherwise."""
    issued_on = site_day(at)
    given: dict[str, Any] = {
        "state": "delivered",
        "number": number_of(of.code, issued_on.year, sequence),
        "year": issued_on.year,
        "sequence": sequence,
        "issued_at": at,
        "issued_by": "监理",
        "delivery_due_at": at + timedelta(hours=24),
        "delivered_at": at,
        "deadline_at": end_of(issued_on + timedelta(days=days)),
        "length_days": days,
        "moved_at": at,
        "found_on": issued_on,
        "drafted_by": "somebody",
    }
    return SupervisionNotice.objects.create(project=of, addressee=to, **{**given, **fields})


def draft_notice(of: Project, to: Participation, by: str, on: date) -> SupervisionNotice:
    """A notice that its author has not issued yet."""
    return SupervisionNotice.objects.create(project=of, addressee=to, drafted_by=by, found_on=on)


def notice_item(of: SupervisionNotice, who: Engagement, **fields: Any) -> NoticeItem:
    """An item about one person without a contract."""
    fields.setdefault("title", "未签合同进场 1 人")
    return NoticeItem.objects.create(
        notice=of,
        position=1,
        gap="uncontracted",
        clause="鄂建文〔2019〕27号 一（八）",
        measure="签订合同",
        facts={"number": 1, "engagements": [str(who.public_id)]},
        **fields,
    )


def notice_event(of: SupervisionNotice, at: datetime, by: str = "监理") -> NoticeEvent:
    """The step of issuing."""
    return NoticeEvent.objects.create(
        notice=of, at=at, act="issue", from_state="draft", to_state="issued", by=by, by_key="somebody"
    )


def notice_reading(of: SupervisionNotice, at: datetime, by: str = "劳资专管员") -> NoticeReading:
    """The addressee has opened it."""
    return NoticeReading.objects.create(notice=of, side="addressee", at=at, by=by, last_at=at)


def notice_reply(of: NoticeItem, at: datetime, text: str, photo: str) -> NoticeReply:
    """An answer to a notice of one item, with a photograph if there is one."""
    reply = NoticeReply.objects.create(notice=of.notice, round=1, at=at, by="劳资专管员")
    answer = NoticeAnswer.objects.create(reply=reply, item=of, text=text)
    if photo:
        AnswerFile.objects.create(answer=answer, address=photo, media="image", name=f"{text}.jpg")
    return reply


def correction(of: Engagement, day: date | None, **fields: Any) -> CorrectionRequest:
    """A request that somebody else made for this worker, and that waits."""
    fields.setdefault("wrong", "other")
    fields.setdefault("note", "闸机没有反应")
    fields.setdefault("state", "submitted")
    fields.setdefault("asked_by", "班组长")
    fields.setdefault("asked_by_key", "asker")
    fields.setdefault("asked_at", timezone.now())
    return CorrectionRequest.objects.create(engagement=of, day=day, **fields)


def particulars(of: Engagement, **fields: Any) -> Particulars:
    """What a vendor reported beyond the core."""
    fields.setdefault("illness", "0")
    return Particulars.objects.create(engagement=of, **fields)


def certificate(of: Person, number: str, **fields: Any) -> Certificate:
    """A certificate of special operation."""
    fields.setdefault("issued_on", site_day() - timedelta(days=90))
    fields.setdefault("kind", "80")
    index = keyring().blind_index("certificate", number)
    return Certificate.objects.create(person=of, number=number, number_index=index, **fields)


def collection_point(of: Project, name: str, **fields: Any) -> CollectionPoint:
    """Where identities are taken on a site."""
    fields.setdefault("location", "大门内")
    fields.setdefault("equipment", "读卡器")
    fields.setdefault("operator", "劳资专管员")
    return CollectionPoint.objects.create(project=of, name=name, **fields)


def contract_file(of: Contract, address: str, name: str, position: int = 0) -> ContractFile:
    """A scan of a contract."""
    return ContractFile.objects.create(contract=of, address=address, name=name, position=position)


def team_file(of: Team, address: str, name: str) -> TeamFile:
    """A scan of a team's entry."""
    return TeamFile.objects.create(team=of, occasion="entry", position=0, address=address, name=name)


def training_session(of: Project, name: str, address: str) -> tuple[TrainingSession, TrainingFile]:
    """A training of the whole project, with its list of signatures."""
    session = TrainingSession.objects.create(
        project=of,
        kind="003001",
        name=name,
        held_on=site_day() - timedelta(days=5),
        hours=Decimal("4.0"),
        digest=name.encode(),
    )
    return session, TrainingFile.objects.create(session=session, position=0, name=name, address=address)


def payroll_batch(of: Team, word: str, address: str) -> tuple[PayrollBatch, PayrollFile]:
    """The wages of a team for last month, reported with a scan; rows are added apart."""
    month = (timezone.localdate().replace(day=1) - timedelta(days=1)).replace(day=1)
    batch = PayrollBatch.objects.create(
        number=f"{word}{of.number}",
        project_id=of.participation.project_id,
        participation=of.participation,
        team=of,
        month=month,
        digest=str(of.number).encode(),
        reported_at=timezone.now(),
        reported_by=word,
    )
    return batch, PayrollFile.objects.create(batch=batch, position=0, name=word, address=address)


def payroll_row(of: PayrollBatch, who: Engagement, order: int, word: str) -> PayrollRow:
    """What one person was paid in a batch."""
    card = people.card(order)
    return PayrollRow.objects.create(
        batch=of,
        position=order,
        engagement=who,
        days=22,
        gross_pay=Decimal("7000.00"),
        net_pay=Decimal("6800.00"),
        paid_on=site_day() - timedelta(days=3),
        card_number=card,
        card_index=keyring().blind_index("card", card),
        bank_code="102",
        bank_name=word,
        paying_card_number=card,
        paying_card_index=keyring().blind_index("card", card),
        paying_bank_code="105",
        paying_bank_name=word,
        external_number=f"{word}{order}",
    )


def person_credit(of: Engagement, region: Region, word: str, **fields: Any) -> PersonCredit:
    """A good record that the county's authority decided."""
    day = site_day() - timedelta(days=9)
    fields.setdefault("record_kind", "good")
    fields.setdefault("behaviour", "101")
    return PersonCredit.objects.create(
        person=of.person,
        engagement=of,
        region=region,
        content=f"{word}拾金不昧",
        authority=f"{word}住建局",
        document=f"{word}文",
        decided_on=day,
        valid_from=day,
        entered_by=word,
        **fields,
    )


def terms(of: Project, edition: int, state: str, word: str, **fields: Any) -> OwnerTerms:
    """Contract terms that the contractor has stated, with every item."""
    given: dict[str, Any] = {
        "measurement_days": 30,
        "pay_cycle_days": 30,
        "pay_day": 15,
        "labour_share": Decimal("18.50"),
        "duties": f"{word}负责实名登记",
        "safety_cost": Decimal("260000.00"),
        "is_free_for_workers": True,
        "stated_side": "contractor",
        "stated_at": timezone.now(),
        "stated_by": f"{word}总包",
        "stated_by_key": "somebody",
    }
    if state == "confirmed":
        given |= {
            "answered_at": timezone.now(),
            "answered_by": f"{word}业主",
            "answered_by_key": "somebody else",
        }
    return OwnerTerms.objects.create(project=of, edition=edition, state=state, **{**given, **fields})


def quantity(of: Team, item: str, who: Engagement | None = None, **fields: Any) -> WorkQuantity:
    """Completed work of yesterday that waits to be accepted."""
    day = site_day() - timedelta(days=1)
    given: dict[str, Any] = {
        "first_on": day,
        "last_on": day,
        "amount": Decimal("12.500"),
        "unit": "81",
        "grade": "2",
        "entered_at": timezone.now(),
        "entered_by": "分包劳资专管员",
        "entered_by_key": "somebody",
    }
    return WorkQuantity.objects.create(
        project_id=of.participation.project_id,
        participation=of.participation,
        team=of,
        engagement=who,
        item=item,
        **{**given, **fields},
    )


def career_code(of: Person, secret: str, figures: str = "123456", **fields: Any) -> CareerCode:
    """A code that the worker shows now."""
    now = timezone.now()
    given: dict[str, Any] = {"opened_at": now, "expires_at": now + timedelta(minutes=5)}
    return CareerCode.objects.create(
        person=of,
        digest=keyring().blind_index("career_code", secret),
        figures_digest=keyring().blind_index("career_figures", f"{figures}|{of.id_number[-4:]}"),
        **{**given, **fields},
    )


def career_reading(of: CareerCode, project: Project, reader: str, **fields: Any) -> CareerReading:
    """That a site may read the career behind a used code."""
    now = timezone.now()
    given: dict[str, Any] = {"read_at": now, "expires_at": now + timedelta(hours=1), "reader_key": "somebody"}
    return CareerReading.objects.create(code=of, project=project, reader=reader, **{**given, **fields})


def ledger(of: Participation, month: date, people: list[dict[str, Any]], word: str, **fields: Any) -> Ledger:
    """A month's ledger that waits for its verdict, of rows as they stand in a content."""
    content = ledger_rules.canonical(
        {"format": ledger_rules.FORMAT, "month": f"{month:%Y-%m}", "people": people, "word": word}
    )
    given: dict[str, Any] = {
        "due_on": ledger_rules.due_on(month, 5),
        "is_late": False,
        "filed_at": timezone.now(),
        "filed_by": f"{word}分包",
        "filed_by_key": "somebody",
    }
    return Ledger.objects.create(
        project_id=of.project_id,
        participation=of,
        month=month,
        content=content.decode(),
        digest=ledger_rules.digest(content),
        people=len(people),
        incomplete=0,
        days=sum(one["days"] for one in people),
        **{**given, **fields},
    )


def ledger_row(of: Engagement, **fields: Any) -> dict[str, Any]:
    """One person as a ledger holds them."""
    row = {
        "engagement": str(of.public_id),
        "name": of.person.name,
        "number": of.person.masked_number,
        "kind": of.kind,
        "trade": of.trade,
        "team": of.team.name,
        "is_team_leader": of.is_team_leader,
        "posts": [],
        "presences": [["2026-10-01", None]],
        "contract": ["labour", "2026-10-01", None],
        "training": ["003001", "2026-10-01", "2027-10-01"],
        "days": 20,
        "wages": None,
        "missing": [],
    }
    return {**row, **fields}


def partner(name: str, **fields: Any) -> Partner:
    """A bank that receives data."""
    fields = {
        "sort": "bank",
        "bank_code": "102",
        "contact_name": "钱一",
        "contact_phone": "027-68870000",
    } | fields
    return Partner.objects.create(name=name, entered_by="省平台管理员", **fields)


def agreement(
    of: Partner, number: str, terms: dict[str, Any], *, approved: bool = True, **fields: Any
) -> AgreementVersion:
    """An agreement with one version, in force for a year unless told otherwise."""
    today = timezone.localdate()
    held = SharingAgreement.objects.create(partner=of, number=number, title=f"{of.name}数据共享")
    approval = {"state": "approved", "approved_key": "another", "approved_by": "省监管员"}
    kept = {
        "purpose": "核对农民工工资发放",
        "legal_basis": "保障农民工工资支付条例 第四十九条",
        "valid_from": today - timedelta(days=30),
        "valid_to": today + timedelta(days=300),
        "calls_per_minute": 60,
        "rows_per_day": 1000,
        "drafters": ["drafter"],
        "drafted_by": "省平台管理员",
        **(approval | {"approved_at": timezone.now()} if approved else {}),
    }
    return AgreementVersion.objects.create(agreement=held, ordinal=1, terms=terms, **(kept | fields))


def sharing(fields: Sequence[str], bases: dict[str, str] | None = None, **filters: Any) -> dict[str, Any]:
    """The terms of one object."""
    return {"fields": list(fields), "bases": bases or {}, "filters": filters}


def handed_out(
    version: AgreementVersion, key: PartnerKey, works: Sequence[Engagement], at: datetime
) -> GatewayLog:
    """A call that was answered."""
    return GatewayLog.objects.create(
        at=at,
        partner=key.partner,
        key=key,
        version=version,
        shared="persons-at-work",
        fields=["id", "name"],
        rows=len(works),
        works=[one.public_id for one in works],
        address="203.0.113.7",
    )
