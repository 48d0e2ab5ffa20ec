"""ProjectWorker 项目人员: who is registered for work on the project."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from federation.open_api import shapes, values
from federation.open_api.calls import Call, Failed, Outcome, done
from federation.open_api.common import (
    CARD_IMAGE,
    CORP_CODE,
    CORP_CODE_SOUGHT,
    CORP_NAME,
    CORP_NAME_SOUGHT,
    IMAGE,
    PAGE,
    PROJECT_CODE,
    TEAM_NUMBER,
    TEAM_SOUGHT,
    as_day,
    as_instant,
    document_fields,
    filtered,
    for_person,
    local_day,
    page_of,
)
from federation.open_api.dictionaries import (
    BANK,
    EDUCATION,
    MANAGEMENT_POST,
    MARITAL_STATUS,
    POLITICAL_STATUS,
    TRADE,
    WORKER_KIND,
)
from federation.open_api.dispatcher import query, write
from federation.open_api.elements import EXTRAS, WIRE, opened, sentences, warned
from federation.open_api.pictures import address_of
from federation.open_api.roster import (
    all_or_nothing,
    engagements_of,
    require_each_once,
    require_known,
    stranger,
    team_of_enterprise,
)
from federation.open_api.schema import Field, Limit
from kernel.errors import DomainError
from kernel.text import compact
from projects.models import Team
from standards.errors import BreaksStandard
from standards.selectors import codes
from standards.spec import OPEN_API
from standards.spec import WORKER as WORKER_RECORD
from workers import errors, services
from workers.models import Contract, Engagement, Particulars, Presence
from workers.services import OwnFacts, ParticularFacts, PersonFacts, WorkFacts
from workers.services.standard import standard_at

WORKER = (
    Field("workerName", "工人姓名", required=True, most=50, check=shapes.person_name),
    Field("isTeamLeader", "是否班组长", values.flag, required=True),
    *document_fields(required=True),
    Field("workType", "当前工种", dictionary=TRADE, required=True),
    Field("workRole", "工人类型", dictionary=WORKER_KIND, required=True),
    Field("issueCardDate", "发卡时间", values.day),
    Field("issueCardPic", "办卡采集相片", values.image, most=IMAGE),
    Field("cardNumber", "考勤卡号", most=30),
    Field("payRollBankCardNumber", "发放工资银行卡号", encrypted=True, most=30, check=shapes.bank_card),
    Field("payRollBankName", "发放工资银行名称", most=50),
    Field("payRollTopBankName", "发放工资总行名称", most=100),
    Field("bankLinkNumber", "工资卡银行联号", most=30),
    Field("payRollTopBankCode", "工资卡银行代码", dictionary=BANK),
    Field("hasBuyInsurance", "是否购买工伤或意外伤害保险", values.flag),
    Field("nation", "民族", required=True, most=10, check=shapes.nation),
    Field("address", "住址", required=True, most=200),
    Field("headImage", "头像", values.image, required=True, most=IMAGE),
    Field("politicsType", "政治面貌", dictionary=POLITICAL_STATUS),
    Field("joinedTime", "加入工会时间", values.day),
    Field("cellPhone", "手机号码", required=True, most=20, check=shapes.phone),
    Field("cultureLevelType", "文化程度", dictionary=EDUCATION),
    Field("specialty", "特长", most=200),
    Field("hasBadMedicalHistory", "是否有重大病史", values.flag),
    Field("urgentLinkMan", "紧急联系人", most=50),
    Field("urgentLinkManPhone", "紧急联系电话", most=50),
    Field("workDate", "开始工作日期", values.day),
    Field("maritalStatus", "婚姻状况", dictionary=MARITAL_STATUS),
    Field("grantOrg", "发证机关", required=True, most=60),
    Field("positiveIDCardImage", "证件正面照", values.image, most=CARD_IMAGE),
    Field("negativeIDCardImage", "证件反面照", values.image, most=CARD_IMAGE),
    Field("startDate", "证件有效期开始", values.day),
    Field("expiryDate", "证件有效期结束", values.day),
    Field("manageType", "管理岗位", dictionary=MANAGEMENT_POST),
    EXTRAS,
)
OUTER = (
    PROJECT_CODE,
    CORP_CODE,
    CORP_NAME,
    TEAM_NUMBER,
    Field("teamName", "班组名称", required=True, most=100),
)
# Who is meant, and what an update cannot leave out; all else stays as it is where it is not sent.
_NAMED = {"idCardType", "idCardNumber"}
CHANGES = tuple(item if item.name in _NAMED else replace(item, required=False) for item in WORKER)
MANAGER, MANAGERS_TRADE = "10", "900"


@write(
    "ProjectWorker.Add",
    "新增项目人员",
    permission="workers.enrol",
    fields=(
        *OUTER,
        Field(
            "workerList",
            "人员列表",
            required=True,
            rows=WORKER,
            most=Limit("open_api.rows", "ProjectWorker.Add"),
        ),
    ),
)
def add(call: Call) -> Outcome:
    """Register up to five people, all or none; whoever is there already is named by a masked number."""
    team = team_of_enterprise(call)
    rows = call.values["workerList"]
    _require_consistent(rows)
    told: list[dict[str, Any]] = []
    all_or_nothing(rows, lambda row: told.extend(_enrol(call, team, row)), _wording)
    return done(findings=told)


def _enrol(call: Call, team: Team, row: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Register one person; returns what the standard warns of."""
    engagement = services.enrol(
        actor=call.actor,
        project=call.own_project,
        team=team,
        person=_person(row),
        work=WorkFacts(**_own(row), more=_particulars(row), extras=_extras(call, row)),
        today=local_day(call.now),
        channel=OPEN_API,
    )
    return warned(engagement.findings, call.values["workerList"].index(row))


def _extras(call: Call, row: Mapping[str, Any]) -> dict[str, Any]:
    """What the row says beyond the national fields, as the standard of the place knows it."""
    standard = standard_at(call.own_project, local_day(call.now))
    return opened(standard, WORKER_RECORD, row.get("extras", {}), call.credential.key)


def _person(row: Mapping[str, Any]) -> PersonFacts:
    return PersonFacts(
        name=row["workerName"],
        number=row["idCardNumber"],
        id_type=row["idCardType"],
        nation=_nation(row["nation"]),
    )


@write(
    "ProjectWorker.Update",
    "修改项目人员",
    permission="workers.enrol",
    fields=(
        *OUTER,
        Field(
            "workerList",
            "人员列表",
            rows=CHANGES,
            most=Limit("open_api.rows", "ProjectWorker.Add"),
        ),
        # One client's habit is a flat object, another's a list; whichever comes is read.
        *(replace(item, required=False) for item in CHANGES),
    ),
)
def update(call: Call) -> Outcome:
    """Change what belongs to people's work here, all rows or none; who somebody is does not change so."""
    team = team_of_enterprise(call)
    rows, is_flat = _changes(call)
    require_each_once(rows, "workerList")
    engaged = engagements_of(call, rows)
    require_known(rows, engaged, stranger)
    told: list[dict[str, Any]] = []
    all_or_nothing(
        rows,
        lambda row: told.extend(_change(call, team, engaged[row["idCardNumber"]], row)),
        lambda index, row, refused: _wording(index, row, refused, is_flat=is_flat),
    )
    return done(findings=told)


def _changes(call: Call) -> tuple[list[Mapping[str, Any]], bool]:
    """The rows of an update, whether it came flat or as a list. Raises Failed."""
    if rows := call.values.get("workerList"):
        return rows, False
    row = {item.name: call.values[item.name] for item in CHANGES if item.name in call.values}
    if missing := [f"[{name}]不能为空!" for name in sorted(_NAMED, reverse=True) if name not in row]:
        raise Failed(";".join(missing))
    return [row], True


def _change(call: Call, team: Team, engagement: Engagement, row: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Change one person's work; returns what the standard warns of."""
    _require_same(engagement, row)
    if engagement.team_id != team.pk:
        today = local_day(call.now)
        services.change_team(actor=call.actor, engagement=engagement, team=team, on=today, today=today)
    changed = services.edit_engagement(
        actor=call.actor,
        engagement=engagement,
        facts=OwnFacts(**_own(row), more=_particulars(row), extras=_extras(call, row) or None),
        as_reported=True,
        channel=OPEN_API,
        today=local_day(call.now),
    )
    return warned(changed.findings)


def _require_same(engagement: Engagement, row: Mapping[str, Any]) -> None:
    """A name that differs from the card's is corrected by the authority, never by a vendor."""
    if row.get("workerName", engagement.person.name) != engagement.person.name:
        raise errors.IdentityNameDiffers


def _require_consistent(rows: Sequence[Mapping[str, Any]]) -> None:
    """Managers have the managers' trade, and nobody else has. Raises Failed."""
    troubles = []
    for index, row in enumerate(rows):
        is_manager = row["workRole"] == MANAGER
        if "manageType" in row and is_manager is not (row["workType"] == MANAGERS_TRADE):
            text = "与workRole不符!管理人员(10)的工种为900,建筑工人(20)不能用900"
            troubles.append(f"[workerList][{index}][workType]{text}")
    if troubles:
        raise Failed(";".join(troubles))


# Our fact → the interface's field. What was not sent is not said.
OWN = {
    fact.name: WIRE[WORKER_RECORD][fact.name] for fact in fields(OwnFacts) if fact.name in WIRE[WORKER_RECORD]
}
MORE = {fact.name: WIRE[WORKER_RECORD][fact.name] for fact in fields(ParticularFacts)}


def _own(row: Mapping[str, Any]) -> dict[str, Any]:
    said = {fact: row[name] for fact, name in OWN.items() if name in row}
    if card := said.get("card_number"):
        said["card_number"] = compact(card)
    return said


def _particulars(row: Mapping[str, Any]) -> ParticularFacts:
    said = {fact: row[name] for fact, name in MORE.items() if name in row}
    if "hasBadMedicalHistory" in row:
        said["illness"] = "1" if row["hasBadMedicalHistory"] else "0"
    return ParticularFacts(**said)


def _nation(given: str) -> str:
    """The word on the identity card without 族; some clients send the code of GB/T 3304."""
    return codes("nation").get(given.zfill(2)) or given.removesuffix("族") or given


def _wording(index: int, row: Mapping[str, Any], refused: DomainError, *, is_flat: bool = False) -> str:
    path = "" if is_flat else f"[workerList][{index}]"
    match refused:
        case errors.AlreadyEngaged():
            return f"项目中已存在身份证为：{refused.masked_number}的工人!"
        case errors.IdentityNameDiffers():
            return f"{path}[workerName]{refused.message}"
        case errors.BadIdentity():
            return f"{path}[idCardNumber]格式不正确!{refused.message}"
        case errors.BadPaper():
            return f"{path}[expiryDate]不能早于证件有效期开始[startDate]!"
        case BreaksStandard():
            return sentences(refused, WORKER_RECORD, path)
    return refused.message


@query(
    "ProjectWorker.Query",
    "查询项目人员",
    permission="workers.view",
    fields=(
        *PAGE,
        PROJECT_CODE,
        CORP_CODE_SOUGHT,
        CORP_NAME_SOUGHT,
        TEAM_SOUGHT,
        *document_fields(required=False),
    ),
    answers=(
        "projectCode",
        "corpCode",
        "corpName",
        "teamSysNo",
        "teamName",
        "workerName",
        "isTeamLeader",
        "idCardType",
        "idCardNumber",
        "workType",
        "workRole",
        "nation",
        "gender",
        "birthday",
        "entryTime",
        "exitTime",
        "entryAttachmentUrl",
        "exitAttachmentUrl",
        "cardNumber",
        "payRollBankCardNumber",
        "payRollBankName",
        "payRollTopBankCode",
        "hasContract",
        "cellPhone",
        "address",
        "grantOrg",
        "politicsType",
        "cultureLevelType",
        "headImage",
        "issueCardDate",
        "issueCardPicUrl",
        "payRollTopBankName",
        "bankLinkNumber",
        "hasBuyInsurance",
        "joinedTime",
        "specialty",
        "hasBadMedicalHistory",
        "urgentLinkMan",
        "urgentLinkManPhone",
        "workDate",
        "maritalStatus",
        "positiveIDCardImageUrl",
        "negativeIDCardImageUrl",
        "startDate",
        "expiryDate",
        "manageType",
    ),
)
def workers(call: Call) -> dict[str, Any]:
    """The people of the project, numbers and cards encrypted for the caller."""
    rows = Engagement.objects.visible_to(call.actor)
    rows = filtered(
        call,
        rows,
        team__number="teamSysNo",
        participation__enterprise__uscc="corpCode",
        participation__enterprise__name="corpName",
    )
    rows = for_person(call, rows)
    return page_of(call, _with_facts(rows), _row, prepare=_with_presences)


def _with_presences(_call: Call, found: list[Any]) -> list[Any]:
    """The last presences of a page of people, read at once: their vouchers are answered."""
    last = Presence.all_rows.in_bulk({one.last_presence for one in found if one.last_presence})
    for one in found:
        one.presence = last.get(one.last_presence)
    return found


def _with_facts(rows: "QuerySet[Engagement]") -> "QuerySet[Engagement]":
    last = Presence.all_rows.filter(engagement=OuterRef("pk")).order_by("-entered_on", "-id")
    signed = Contract.all_rows.filter(engagement=OuterRef("pk"), ended_on=None)
    return (
        rows.select_related("person", "team", "participation__enterprise", "project", "particulars")
        .annotate(
            last_presence=Subquery(last.values("pk")[:1]),
            entered_on=Subquery(last.values("entered_on")[:1]),
            exited_on=Subquery(last.values("exited_on")[:1]),
            has_contract=Exists(signed),
        )
        .order_by("id")
    )


def _row(call: Call, engagement: Any) -> dict[str, Any]:
    person, team = engagement.person, engagement.team
    return {
        "projectCode": engagement.project.code,
        "corpCode": engagement.participation.enterprise.uscc,
        "corpName": engagement.participation.enterprise.name,
        "teamSysNo": team.number,
        "teamName": team.name,
        "workerName": person.name,
        "isTeamLeader": int(engagement.is_team_leader),
        "idCardType": person.id_type,
        "idCardNumber": call.sealed(person.id_number),
        "workType": engagement.trade,
        "workRole": int(engagement.kind) if engagement.kind.isdigit() else engagement.kind,
        "nation": person.nation,
        "gender": person.sex,
        "birthday": as_day(person.born_on),
        "entryTime": as_instant(engagement.entered_on),
        "exitTime": as_instant(engagement.exited_on),
        "entryAttachmentUrl": address_of(call, "entryVoucher", engagement.presence),
        "exitAttachmentUrl": address_of(call, "exitVoucher", engagement.presence),
        "cardNumber": engagement.gate_card,
        "payRollBankCardNumber": call.sealed(engagement.card_number),
        "payRollBankName": engagement.bank_name,
        "payRollTopBankCode": engagement.bank_code,
        "hasContract": int(engagement.has_contract),
        "cellPhone": engagement.phone,
        "address": engagement.address,
        "grantOrg": engagement.issuing_authority,
        "politicsType": engagement.political_status,
        "cultureLevelType": engagement.education,
        "headImage": address_of(call, "headImage", engagement),
        **particulars_of(call, getattr(engagement, "particulars", None)),
    }


def particulars_of(call: Call, kept: Particulars | None) -> dict[str, Any]:
    """What was reported beyond the core, as answers name it."""
    if kept is None:
        return {}
    return {
        "issueCardDate": as_day(kept.gate_card_issued_on),
        "issueCardPicUrl": address_of(call, "issueCardPic", kept),
        "payRollTopBankName": kept.bank_head_name,
        "bankLinkNumber": kept.bank_link_number,
        "hasBuyInsurance": None if kept.is_insured is None else int(kept.is_insured),
        "joinedTime": as_day(kept.union_joined_on),
        "specialty": kept.specialty,
        "hasBadMedicalHistory": None if kept.illness is None else int(kept.illness),
        "urgentLinkMan": kept.urgent_name,
        "urgentLinkManPhone": kept.urgent_phone,
        "workDate": as_day(kept.started_work_on),
        "maritalStatus": kept.marital_status,
        "positiveIDCardImageUrl": address_of(call, "positiveIDCardImage", kept),
        "negativeIDCardImageUrl": address_of(call, "negativeIDCardImage", kept),
        "startDate": as_day(kept.document_valid_from),
        "expiryDate": as_day(kept.document_valid_to),
        "manageType": kept.management_post,
    }
