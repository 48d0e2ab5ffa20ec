"""ProjectSubContractor 参建单位: enterprises that take part in the project."""

from datetime import date
from typing import Any

from django.db.models import Prefetch

from federation.open_api import values
from federation.open_api.calls import Call, Failed, Outcome, done
from federation.open_api.common import (
    CORP_CODE,
    CORP_CODE_SOUGHT,
    CORP_NAME_SOUGHT,
    PAGE,
    PROJECT_CODE,
    as_instant,
    local_day,
    page_of,
)
from federation.open_api.dictionaries import BANK, PARTICIPATION_KIND
from federation.open_api.dispatcher import query, write
from federation.open_api.facts import any_document, contact, document_of, firm_fault, firm_of
from federation.open_api.schema import Field, Latest, Limit
from federation.open_api.shapes import bank_card, person_name
from projects import errors, services
from projects.models import Participation, WageAccount
from projects.statements import AccountFacts, ManagerFacts

BANKS = Field(
    "bankInfos",
    "发放工资的银行",
    most=Limit("open_api.bank_accounts"),
    rows=(
        Field("bankCode", "银行代码", dictionary=BANK, required=True),
        Field("bankName", "银行支行名称", required=True, most=50),
        Field("bankNumber", "银行卡号", required=True, encrypted=True, most=30, check=bank_card),
        Field("bankLinkNumber", "银行联号", most=30),
    ),
)


def _fields(*, required: bool) -> tuple[Field, ...]:
    return (
        PROJECT_CODE,
        CORP_CODE,
        # One client's tests leave the name of a participant empty; it is asked for where the code tells none.
        Field("corpName", "企业名称", most=200),
        Field("corpType", "参建类型", dictionary=PARTICIPATION_KIND, required=required),
        Field("entryTime", "进场时间", values.moment, latest=Latest.NOW),
        Field("exitTime", "退场时间", values.moment, latest=Latest.NOW),
        BANKS,
        Field("pmName", "项目经理姓名", most=50, check=person_name),
        Field("pmPhone", "项目经理电话", most=50, check=contact),
        *any_document("pm", "项目经理"),
    )


@write(
    "ProjectSubContractor.Add",
    "新增参建单位",
    permission="projects.manage_participation",
    fields=_fields(required=True),
)
def add(call: Call) -> Outcome:
    """Name one more participant. The same one again fails in the words by which clients recognise it."""
    given = call.values
    entered, left = _days(call)
    if "corpName" not in given:
        raise Failed("参建单位已存在" if _found(call) else "[corpName]不能为空!")
    manager, accounts = _manager(call), _accounts(call)
    try:
        row = services.add_participation(
            actor=call.actor,
            project=call.own_project,
            uscc=given["corpCode"],
            name=given["corpName"],
            kind=given["corpType"],
            entered_on=entered,
            exited_on=left,
            manager_name=given.get("pmName", ""),
            today=local_day(call.now),
        )
    except errors.AlreadyParticipates as refused:
        raise Failed("参建单位已存在") from refused
    except (errors.BadCreditCode, errors.NameDiffers) as refused:
        raise firm_fault(refused, "corp") from refused
    services.state_party(actor=call.actor, participation=row, manager=manager, accounts=accounts)
    return done()


@write(
    "ProjectSubContractor.Update",
    "更新参建单位",
    permission="projects.manage_participation",
    fields=_fields(required=False),
)
def update(call: Call) -> Outcome:
    """State a participant anew; what is left out or empty stays, a list of accounts is the whole list."""
    given = call.values
    entered, left = _days(call)
    row = _found(call)
    if row is None:
        code = firm_of(given, "corpCode")
        raise Failed(
            f"[corpCode]值超出范围或无效!{code}不是本项目的参建单位,请先用ProjectSubContractor.Add登记"
        )
    if given.get("corpName", row.enterprise.name) != row.enterprise.name:
        raise Failed(f"[corpName]与统一社会信用代码不符!该代码登记的名称为{row.enterprise.name}")
    manager, accounts = _manager(call), _accounts(call)
    try:
        _edit(call, row, entered)
        _end(call, row, left)
    except errors.BadPeriod as refused:
        field = "entryTime" if refused.field == "entered_on" else "exitTime"
        raise Failed(f"[{field}]{refused.message}") from refused
    except errors.TheContractorStays as refused:
        raise Failed(f"[corpType]{refused.message}") from refused
    services.state_party(actor=call.actor, participation=row, manager=manager, accounts=accounts)
    return done()


def _found(call: Call) -> Participation | None:
    """The participation of the enterprise that the call names, on the call's project."""
    rows = Participation.objects.visible_to(call.actor).select_related("enterprise", "project__region")
    return rows.filter(project=call.own_project, enterprise__uscc=firm_of(call.values, "corpCode")).first()


def _days(call: Call) -> tuple[date | None, date | None]:
    """When the participant came and left. Raises Failed."""
    entered, left = call.values.get("entryTime"), call.values.get("exitTime")
    if entered and left and left < entered:
        raise Failed("[exitTime]不能早于进场时间[entryTime],请核对后重新上传!")
    return local_day(entered) if entered else None, local_day(left) if left else None


def _edit(call: Call, row: Participation, entered: date | None) -> None:
    kind, entered = call.values.get("corpType", row.kind), entered or row.entered_on
    if (kind, entered) == (row.kind, row.entered_on):
        return
    services.edit_participation(
        actor=call.actor,
        participation=row,
        kind=kind,
        entered_on=entered,
        manager_name=row.manager_name,
        today=local_day(call.now),
    )


def _end(call: Call, row: Participation, left: date | None) -> None:
    if left is not None and left != row.exited_on:
        services.end_participation(actor=call.actor, participation=row, on=left, today=local_day(call.now))


def _manager(call: Call) -> ManagerFacts:
    """The project manager as stated. Raises Failed."""
    kind, number = document_of(call, "pm")
    return ManagerFacts(call.values.get("pmName"), call.values.get("pmPhone"), kind, number)


def _accounts(call: Call) -> list[AccountFacts] | None:
    """The accounts as stated; None where the call says nothing of them."""
    rows = call.values.get("bankInfos")
    if not rows:
        return None
    return [
        AccountFacts(row["bankCode"], row["bankName"], row["bankNumber"], row.get("bankLinkNumber", ""))
        for row in rows
    ]


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
        "bankInfos",
        "pmName",
        "pmPhone",
        "pmIDCardType",
        "pmIDCardNumber",
    ),
)
def participations(call: Call) -> dict[str, Any]:
    """Who takes part in the project."""
    rows = Participation.objects.visible_to(call.actor).select_related("enterprise", "project")
    if code := firm_of(call.values, "corpCode"):
        rows = rows.filter(enterprise__uscc=code)
    if name := call.values.get("corpName"):
        rows = rows.filter(enterprise__name=name)
    accounts = WageAccount.objects.visible_to(call.actor).filter(ended_at=None).order_by("pk")
    held = Prefetch("wage_accounts", accounts, to_attr="accounts")
    return page_of(call, rows.prefetch_related(held).order_by("id"), _row)


def _row(call: Call, one: Any) -> dict[str, Any]:
    return {
        "projectCode": one.project.code,
        "corpCode": one.enterprise.uscc,
        "corpName": one.enterprise.name,
        "corpType": one.kind,
        "entryTime": as_instant(one.entered_on),
        "exitTime": as_instant(one.exited_on),
        "bankInfos": [_account(call, account) for account in one.accounts] or "",
        "pmName": one.manager_name,
        "pmPhone": one.manager_phone,
        "pmIDCardType": one.manager_id_type,
        "pmIDCardNumber": call.sealed(one.manager_id_number),
    }


def _account(call: Call, account: WageAccount) -> dict[str, Any]:
    return {
        "bankCode": account.bank_code,
        "bankName": account.branch,
        "bankNumber": call.sealed(account.number),
        "bankLinkNumber": account.link_number,
    }
