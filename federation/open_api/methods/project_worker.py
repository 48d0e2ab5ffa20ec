"""ProjectWorker 项目人员: who is registered for work on the project."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from federation.open_api import shapes, values
from federation.open_api.calls import Call, Outcome, done
from federation.open_api.common import (
    CORP_CODE,
    CORP_CODE_SOUGHT,
    CORP_NAME,
    CORP_NAME_SOUGHT,
    IMAGE,
    PAGE,
    PROJECT_CODE,
    TEAM_NUMBER,
    TEAM_SOUGHT,
    as_instant,
    document_fields,
    filtered,
    local_day,
    page_of,
)
from federation.open_api.dictionaries import (
    BANK,
    EDUCATION,
    MARITAL_STATUS,
    POLITICAL_STATUS,
    TRADE,
    WORKER_KIND,
)
from federation.open_api.dispatcher import query, write
from federation.open_api.roster import all_or_nothing, team_of_enterprise
from federation.open_api.schema import Field, Limit
from kernel.errors import DomainError
from projects.models import Team
from standards.selectors import codes
from workers import errors, services
from workers.models import Contract, Engagement, Presence
from workers.services import PersonFacts, WorkFacts, identity_index

CARD_IMAGE = Limit("open_api.card_image_kilobytes")

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
    Field("manageType", "管理岗位", most=10),
)


@write(
    "ProjectWorker.Add",
    "新增项目人员",
    permission="workers.enrol",
    fields=(
        PROJECT_CODE,
        CORP_CODE,
        CORP_NAME,
        TEAM_NUMBER,
        Field("teamName", "班组名称", required=True, most=100),
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
    all_or_nothing(call.values["workerList"], lambda row: _enrol(call, team, row), _wording)
    return done()


def _enrol(call: Call, team: Team, row: Mapping[str, Any]) -> None:
    services.enrol(
        actor=call.actor,
        project=call.own_project,
        team=team,
        person=PersonFacts(
            name=row["workerName"],
            number=row["idCardNumber"],
            id_type=row["idCardType"],
            nation=_nation(row["nation"]),
        ),
        work=_work(row),
        today=local_day(call.now),
    )


def _work(row: Mapping[str, Any]) -> WorkFacts:
    return WorkFacts(
        is_team_leader=row["isTeamLeader"],
        kind=row["workRole"],
        trade=row["workType"],
        phone=row["cellPhone"],
        address=row["address"],
        photo=row["headImage"],
        card_number=row.get("payRollBankCardNumber", ""),
        bank_code=row.get("payRollTopBankCode", ""),
        bank_name=row.get("payRollBankName", ""),
        gate_card=row.get("cardNumber", ""),
        education=row.get("cultureLevelType", ""),
        political_status=row.get("politicsType", ""),
        issuing_authority=row["grantOrg"],
    )


def _nation(given: str) -> str:
    """The word on the identity card without 族; some clients send the code of GB/T 3304."""
    return codes("nation").get(given.zfill(2)) or given.removesuffix("族") or given


def _wording(index: int, row: Mapping[str, Any], refused: DomainError) -> str:
    path = f"[workerList][{index}]"
    match refused:
        case errors.AlreadyEngaged():
            return f"项目中已存在身份证为：{refused.masked_number}的工人!"
        case errors.IdentityNameDiffers():
            return f"{path}[workerName]{refused.message}"
        case errors.BadIdentity():
            return f"{path}[idCardNumber]格式不正确!{refused.message}"
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
        "entryTime",
        "exitTime",
        "cardNumber",
        "payRollBankCardNumber",
        "payRollBankName",
        "payRollTopBankCode",
        "hasContract",
        "cellPhone",
        "address",
        "grantOrg",
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
    if number := call.values.get("idCardNumber"):
        id_type = call.values.get("idCardType", "01")
        rows = rows.filter(person__id_type=id_type, person__id_index=identity_index(id_type, number))
    return page_of(call, _with_facts(rows), _row)


def _with_facts(rows: "QuerySet[Engagement]") -> "QuerySet[Engagement]":
    last = Presence.all_rows.filter(engagement=OuterRef("pk")).order_by("-entered_on", "-id")
    signed = Contract.all_rows.filter(engagement=OuterRef("pk"), ended_on=None)
    return (
        rows.select_related("person", "team", "participation__enterprise", "project")
        .annotate(
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
        "entryTime": as_instant(engagement.entered_on),
        "exitTime": as_instant(engagement.exited_on),
        "cardNumber": engagement.gate_card,
        "payRollBankCardNumber": call.sealed(engagement.card_number),
        "payRollBankName": engagement.bank_name,
        "payRollTopBankCode": engagement.bank_code,
        "hasContract": int(engagement.has_contract),
        "cellPhone": engagement.phone,
        "address": engagement.address,
        "grantOrg": engagement.issuing_authority,
    }
