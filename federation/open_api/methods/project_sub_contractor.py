"""ProjectSubContractor 参建单位: enterprises that take part in the project."""

from typing import Any

from federation.open_api import values
from federation.open_api.calls import Call, Failed, Outcome, done
from federation.open_api.common import (
    CORP_CODE,
    CORP_CODE_SOUGHT,
    CORP_NAME,
    CORP_NAME_SOUGHT,
    PAGE,
    PROJECT_CODE,
    as_instant,
    filtered,
    local_day,
    number_field,
    page_of,
)
from federation.open_api.dictionaries import BANK, IDENTITY_DOCUMENT, PARTICIPATION_KIND
from federation.open_api.dispatcher import query, write
from federation.open_api.schema import Field, Latest
from projects import errors, services
from projects.models import Participation

BANKS = Field(
    "bankInfos",
    "发放工资的银行",
    rows=(
        Field("bankCode", "银行代码", dictionary=BANK, required=True),
        Field("bankName", "银行支行名称", required=True, most=50),
        Field("bankNumber", "银行卡号", required=True, encrypted=True, most=30),
        Field("bankLinkNumber", "银行联号", most=30),
    ),
)


@write(
    "ProjectSubContractor.Add",
    "新增参建单位",
    permission="projects.manage_participation",
    fields=(
        PROJECT_CODE,
        CORP_CODE,
        CORP_NAME,
        Field("corpType", "参建类型", dictionary=PARTICIPATION_KIND, required=True),
        Field("entryTime", "进场时间", values.moment, latest=Latest.NOW),
        Field("exitTime", "退场时间", values.moment, latest=Latest.NOW),
        BANKS,
        Field("pmName", "项目经理姓名", most=50),
        Field("pmPhone", "项目经理电话", most=50),
        Field("pmIDCardType", "项目经理证件类型", dictionary=IDENTITY_DOCUMENT),
        number_field("pmIDCardNumber", "项目经理证件号码"),
    ),
)
def add(call: Call) -> Outcome:
    """Name one more participant. The same one again fails in the words by which clients recognise it."""
    given = call.values
    entered, left = given.get("entryTime"), given.get("exitTime")
    if entered and left and left < entered:
        raise Failed("[exitTime]不能早于进场时间[entryTime],请核对后重新上传!")
    try:
        services.add_participation(
            actor=call.actor,
            project=call.own_project,
            uscc=given["corpCode"],
            name=given["corpName"],
            kind=given["corpType"],
            entered_on=local_day(entered) if entered else None,
            exited_on=local_day(left) if left else None,
            manager_name=given.get("pmName", ""),
            today=local_day(call.now),
        )
    except errors.AlreadyParticipates as refused:
        raise Failed("参建单位已存在") from refused
    except errors.BadCreditCode as refused:
        raise Failed(f"[corpCode]格式不正确!{refused.message}") from refused
    except errors.NameDiffers as refused:
        raise Failed(f"[corpName]与统一社会信用代码不符!{refused.message}") from refused
    return done()


@query(
    "ProjectSubContractor.Query",
    "查询参建单位",
    permission="projects.view",
    fields=(*PAGE, PROJECT_CODE, CORP_CODE_SOUGHT, CORP_NAME_SOUGHT),
    answers=(
        "projectCode",
        "corpCode",
        "corpName",
        "corpType",
        "entryTime",
        "exitTime",
        "pmName",
    ),
)
def participations(call: Call) -> dict[str, Any]:
    """Who takes part in the project."""
    rows = filtered(
        call,
        Participation.objects.visible_to(call.actor),
        enterprise__uscc="corpCode",
        enterprise__name="corpName",
    )
    return page_of(call, rows.select_related("enterprise", "project").order_by("id"), _row)


def _row(_call: Call, participation: Participation) -> dict[str, Any]:
    return {
        "projectCode": participation.project.code,
        "corpCode": participation.enterprise.uscc,
        "corpName": participation.enterprise.name,
        "corpType": participation.kind,
        "entryTime": as_instant(participation.entered_on),
        "exitTime": as_instant(participation.exited_on),
        "pmName": participation.manager_name,
    }
