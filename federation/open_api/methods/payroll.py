"""Payroll 工资: what the people of a team were paid for a month."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import Prefetch

from federation.open_api import shapes, values
from federation.open_api.calls import Call, Failed, Outcome, done
from federation.open_api.common import (
    CORP_CODE,
    CORP_NAME,
    PAGE,
    PROJECT_CODE,
    TEAM_NUMBER,
    TEAM_SOUGHT,
    as_day,
    as_number,
    attachments,
    document_fields,
    filtered,
    for_person,
    local_day,
    named_files,
    page_of,
)
from federation.open_api.dictionaries import BANK
from federation.open_api.dispatcher import query, write
from federation.open_api.errors import bad_request
from federation.open_api.pictures import attachments_of
from federation.open_api.roster import participation_of, people_of, require_known, team_of_enterprise
from federation.open_api.schema import Context, Field, Limit
from kernel.masking import mask_id_number
from kernel.text import compact
from payroll import errors, services
from payroll.models import PayrollFile, PayrollRow
from payroll.services import Account, Payslip
from workers.models import Engagement

MOST_DAYS = 31


def _has_come(month: date, context: Context) -> str | None:
    return None if month <= local_day(context.now) else "不能大于今天!"


def _was_paid(day: date, context: Context) -> str | None:
    return None if day <= local_day(context.now) else "发放日期不能大于今天"


def _of_a_month(days: int, _context: Context) -> str | None:
    return None if 0 <= days <= MOST_DAYS else f"值超出范围或无效!应在0与{MOST_DAYS}之间"


def _card(name: str, label: str) -> Field:
    return Field(name, label, required=True, encrypted=True, most=30, check=shapes.bank_card)


DETAIL = (
    *document_fields(required=True),
    Field("days", "出勤天数", values.whole, check=_of_a_month),
    Field("workHours", "总工时", values.exact(3, 2)),
    _card("payRollBankCardNumber", "工人工资卡号"),
    Field("payRollBankCode", "工资卡银行代码", dictionary=BANK, required=True),
    Field("payRollBankName", "工资卡开户行", required=True, most=50),
    _card("payBankCardNumber", "工资代发银行卡号"),
    Field("payBankCode", "代发银行代码", dictionary=BANK, required=True),
    Field("payBankName", "代发银行开户行", required=True, most=50),
    Field("totalPayAmount", "应发金额", values.money, required=True),
    Field("actualAmount", "实发金额", values.money, required=True),
    Field("isBackPay", "是否为补发", values.flag, required=True),
    Field("balanceDate", "发放日期", values.day, required=True, check=_was_paid),
    Field("backPayMonth", "补发月份", values.month),
    Field("thirdPayRollCode", "第三方工资单编号", required=True, most=50),
)


@write(
    "Payroll.Add",
    "上传工资",
    permission="payroll.report",
    fields=(
        PROJECT_CODE,
        CORP_CODE,
        CORP_NAME,
        TEAM_NUMBER,
        Field("payMonth", "发放工资的月份", values.month, required=True, check=_has_come),
        attachments("attachments", "工资单附件", most=Limit("open_api.attachments", "Payroll")),
        Field(
            "detailList",
            "工资单详情",
            required=True,
            rows=DETAIL,
            most=Limit("open_api.rows", "Payroll.Add"),
        ),
    ),
    answers=("payrollCode",),
)
def add(call: Call) -> Outcome:
    """Keep the wages of a team for a month, all rows or none; the same report again is the same payroll."""
    team, rows = team_of_enterprise(call), call.values["detailList"]
    known = people_of(call, rows)
    require_known(rows, known, _not_paid_here)
    _require_months(rows)
    try:
        batch = services.report_payroll(
            actor=call.actor,
            team=team,
            month=call.values["payMonth"],
            payslips=[_payslip(row, known[row["idCardNumber"]]) for row in rows],
            files=named_files(call.values.get("attachments")),
            now=call.now,
            today=local_day(call.now),
        )
    except (errors.OtherEmployer, errors.PayslipKnown, errors.BadPayroll) as refused:
        raise Failed(_wording(refused)) from refused
    return done([{"payrollCode": batch.number}])


def _not_paid_here(row: Mapping[str, Any]) -> str:
    who = f"没有找到证件类型为{row['idCardType']},证件号码为{mask_id_number(row['idCardNumber'])}的工人信息"
    return f"{who},不允许上传该工人的工资发放信息!请先用ProjectWorker.Add登记该工人"


def _require_months(rows: list[Mapping[str, Any]]) -> None:
    """Back pay says for which month. Raises Failed."""
    if missing := [n for n, row in enumerate(rows) if row["isBackPay"] and "backPayMonth" not in row]:
        raise Failed(";".join(f"[detailList][{n}][backPayMonth]不能为空!" for n in missing))


def _payslip(row: Mapping[str, Any], engagement: Engagement) -> Payslip:
    return Payslip(
        engagement=engagement,
        gross_pay=row["totalPayAmount"],
        net_pay=row["actualAmount"],
        paid_on=row["balanceDate"],
        card=Account(compact(row["payRollBankCardNumber"]), row["payRollBankCode"], row["payRollBankName"]),
        paying=Account(compact(row["payBankCardNumber"]), row["payBankCode"], row["payBankName"]),
        external_number=row["thirdPayRollCode"],
        days=row.get("days"),
        hours=row.get("workHours"),
        back_pay_month=row["backPayMonth"] if row["isBackPay"] else None,
    )


# Our field → the interface's.
_FIELDS = {
    "people": "idCardNumber",
    "external_number": "thirdPayRollCode",
    "paid_on": "balanceDate",
    "gross_pay": "totalPayAmount",
    "back_pay_month": "backPayMonth",
}


def _wording(refused: errors.OtherEmployer | errors.PayslipKnown | errors.BadPayroll) -> str:
    if refused.row is None:
        return f"[payMonth]{refused.message}"
    return f"[detailList][{refused.row}][{_FIELDS[refused.field or 'people']}]{refused.message}"


@query(
    "Payroll.Query",
    "查询工资",
    permission="payroll.view",
    fields=(
        *PAGE,
        PROJECT_CODE,
        Field("payMonth", "发放工资的月份", values.month, required=True),
        CORP_CODE,
        CORP_NAME,
        TEAM_SOUGHT,
        Field("payrollCode", "工资编号", most=32),
        *document_fields(required=False),
    ),
    answers=(
        "projectCode",
        "corpCode",
        "corpName",
        "teamSysNo",
        "payMonth",
        "attachments",
        "detailList",
        "pageIndex",
        "pageSize",
        "pageCount",
        "totalCount",
    ),
    one_object=True,
)
def wages(call: Call) -> dict[str, Any]:
    """One object: a month's wages of an enterprise on the project, `detailList` being the page asked for."""
    try:
        participation = participation_of(call)
    except Failed as refused:
        raise bad_request(str(refused)) from refused
    rows = PayrollRow.objects.visible_to(call.actor).filter(
        batch__participation=participation, batch__month=call.values["payMonth"]
    )
    rows = filtered(call, rows, batch__team__number="teamSysNo", batch__number="payrollCode")
    rows = for_person(call, rows, "engagement__person").select_related("engagement__person", "batch__team")
    files = Prefetch("batch__files", PayrollFile.objects.visible_to(call.actor))
    found: list[PayrollRow] = []

    def seen(_call: Call, rows_of_page: list[PayrollRow]) -> list[PayrollRow]:
        found.extend(rows_of_page)
        return rows_of_page

    ordered = rows.prefetch_related(files).order_by("batch", "position")
    page = page_of(call, ordered, _row, prepare=seen)
    batches = {row.batch_id: row.batch for row in found}
    teams = {batch.team.number for batch in batches.values()}
    return {
        "projectCode": participation.project.code,
        "corpCode": participation.enterprise.uscc,
        "corpName": participation.enterprise.name,
        "teamSysNo": teams.pop() if len(teams) == 1 else call.values.get("teamSysNo"),
        "payMonth": f"{call.values['payMonth']:%Y-%m}",
        "attachments": [
            one for batch in batches.values() for one in attachments_of(call, "payroll", batch.files.all())
        ],
        "detailList": page["rows"],
        **{name: page[name] for name in ("pageIndex", "pageSize", "pageCount", "totalCount")},
    }


def _row(call: Call, row: PayrollRow) -> dict[str, Any]:
    person, batch = row.engagement.person, row.batch
    return {
        "payrollCode": batch.number,
        "teamSysNo": batch.team.number,
        "teamName": batch.team.name,
        "workerName": person.name,
        "idCardType": person.id_type,
        "idCardNumber": call.sealed(person.id_number),
        "days": row.days,
        "workHours": as_number(row.hours),
        "payRollBankCardNumber": call.sealed(row.card_number),
        "payRollBankCode": row.bank_code,
        "payRollBankName": row.bank_name,
        "payBankCardNumber": call.sealed(row.paying_card_number),
        "payBankCode": row.paying_bank_code,
        "payBankName": row.paying_bank_name,
        "totalPayAmount": as_number(row.gross_pay),
        "actualAmount": as_number(row.net_pay),
        "isBackPay": int(row.is_back_pay),
        "balanceDate": as_day(row.paid_on),
        "backPayMonth": f"{row.back_pay_month:%Y-%m}" if row.back_pay_month else None,
        "thirdPayRollCode": row.external_number,
    }
