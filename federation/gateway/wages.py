"""What may be shared of wages: batches and rows. A bank sees its own accounts alone."""

from federation.gateway.kinds import Field, Shared, by_key, card_masked, opened
from federation.gateway.people import WORK, of_person
from payroll.models import PayrollBatch, PayrollRow
from standards.spec import OPEN, PERSONAL, SEALED


def _of_batch(path: str) -> list[Field]:
    return [
        Field("batch_number", "工资单编号", f"{path}number", "GZ202610-0001"),
        Field("month", "工资月份", f"{path}month", "2026-10-01", means="当月第一天", kind="day"),
        Field("project_code", "项目编码", f"{path}project__code", "420001202601010101", OPEN),
        Field("project_name", "项目名称", f"{path}project__name", "某某家园一期", OPEN),
        Field(
            "region_code", "项目所在地", f"{path}project__region__code", "420106", OPEN, "GB/T 2260 六位编码"
        ),
        Field(
            "enterprise_uscc", "用人单位统一社会信用代码", f"{path}participation__enterprise__uscc",
            "914200990000000XX0", OPEN,
        ),
        Field(
            "enterprise_name", "用人单位", f"{path}participation__enterprise__name", "某某劳务公司", OPEN
        ),
        Field("team_name", "班组名称", f"{path}team__name", "木工一班"),
    ]  # fmt: skip


def _filters(path: str) -> dict[str, str]:
    return {
        "projects": f"{path}project__code",
        "enterprises": f"{path}participation__enterprise__uscc",
        "statuses": f"{path}project__status",
    }


BATCHES = Shared(
    "payroll-batches",
    "工资批次",
    "一个班组一个月的工资单。",
    PayrollBatch,
    by_key(
        Field("id", "记录标识", "public_id", WORK, OPEN, "同一条记录不变", "id"),
        *_of_batch(""),
        Field("reported_at", "上报时间", "reported_at", "2026-11-05T10:00:00+08:00", kind="instant"),
    ),
    {**_filters(""), "from": "month", "to": "month"},
)

ROWS = Shared(
    "payroll-rows",
    "工资明细",
    "一人在一张工资单上的应发、实发和发放账户。",
    PayrollRow,
    by_key(
        Field("id", "记录标识", "public_id", WORK, OPEN, "同一条记录不变", "id"),
        *_of_batch("batch__"),
        *of_person("engagement__person__"),
        Field("days", "出勤天数", "days", 22, kind="integer"),
        Field("hours", "工时", "hours", "176.00", kind="amount"),
        Field("gross_pay", "应发（元）", "gross_pay", "8000.00", PERSONAL, kind="amount"),
        Field("net_pay", "实发（元）", "net_pay", "7800.00", PERSONAL, kind="amount"),
        Field("is_back_pay", "是否补发", "is_back_pay", False, kind="truth"),
        Field("paid_on", "发放日期", "paid_on", "2026-11-10", kind="day"),
        Field("bank_code", "工资卡开户银行", "bank_code", "102", means="按代码表", code_list="bank"),
        Field(
            "card_masked", "工资卡号（遮盖）", "card_number", "**** 0000", PERSONAL, "只留后四位",
            read=card_masked("payroll_row.card"),
        ),
        Field(
            "card_number", "工资卡号", "card_number", "6200990000000000000", SEALED,
            "完整卡号；须逐项写明依据，每次读取记入审计", read=opened("payroll_row.card"),
        ),
        Field("paying_bank_code", "代发银行", "paying_bank_code", "102", means="按代码表", code_list="bank"),
        Field(
            "paying_account", "代发账号", "paying_card_number", "4200990000000000", SEALED,
            "完整账号；须逐项写明依据，每次读取记入审计", read=opened("payroll_row.paying_card"),
        ),
    ),
    {
        **_filters("batch__"),
        "from": "paid_on",
        "to": "paid_on",
        "banks": "bank_code",
        "paying_banks": "paying_bank_code",
    },
    works="engagement__public_id",
)  # fmt: skip
