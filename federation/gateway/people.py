"""What may be shared of people at work: presence, engagements, attendance, training."""

from attendance.models import AttendanceDay
from federation.gateway.kinds import Field, Shared, by_key, number_masked, opened, phone_masked
from standards.spec import OPEN, PERSONAL, SEALED
from workers.models import Engagement, Presence, Training

NUMBER = "420001199001010016"  # of nobody: no office has this division
PERSON, WORK = "0198c2a4-0000-7000-8000-000000000001", "0198c2a4-0000-7000-8000-000000000002"


def of_person(path: str) -> list[Field]:
    """The fields of the person at the end of a path that ends with “__”."""
    return [
        Field("person", "人员标识", f"{path}public_id", PERSON, PERSONAL, "同一人不变；不是证件号码", "id"),
        Field("name", "姓名", f"{path}name", "张三", PERSONAL, "按身份证件"),
        Field("sex", "性别", f"{path}sex", "男", PERSONAL, "男或女"),
        Field(
            "birth_year", "出生年份", f"{path}born_on", 1990, PERSONAL, "不含月日", "integer",
            read=lambda day: day.year,
        ),
        Field("id_type", "证件类型", f"{path}id_type", "01", means="按代码表", code_list="identity_document"),
        Field(
            "id_number_masked", "证件号码（遮盖）", f"{path}id_number", "4200**********0016", PERSONAL,
            "只留前四位和后四位", read=number_masked,
        ),
        Field(
            "id_number", "证件号码", f"{path}id_number", NUMBER, SEALED,
            "完整号码；须逐项写明依据，每次读取记入审计", read=opened("person.id_number"),
        ),
    ]  # fmt: skip


def of_site(path: str) -> list[Field]:
    """The fields of the site of the engagement at the end of a path ("" or ending with “__”)."""
    return [
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
        Field("team_number", "班组编号", f"{path}team__number", 1500000001, kind="integer"),
        Field("team_name", "班组名称", f"{path}team__name", "木工一班"),
    ]  # fmt: skip


def of_site_filters(path: str) -> dict[str, str]:
    """What narrows rows by their site."""
    return {
        "projects": f"{path}project__code",
        "enterprises": f"{path}participation__enterprise__uscc",
        "statuses": f"{path}project__status",
    }


def of_work(path: str) -> list[Field]:
    """The fields of the engagement itself."""
    return [
        Field("worker_kind", "工人类型", f"{path}kind", "20", means="按代码表", code_list="worker_kind"),
        Field("trade", "工种", f"{path}trade", "020", means="按代码表", code_list="trade"),
        Field("is_team_leader", "是否班组长", f"{path}is_team_leader", False, kind="truth"),
        Field(
            "phone_masked", "手机号码（遮盖）", f"{path}phone", "138****0000", PERSONAL, "只留前三位和后四位",
            read=phone_masked,
        ),
        Field(
            "phone", "手机号码", f"{path}phone", "13800000000", SEALED,
            "完整号码；须逐项写明依据，每次读取记入审计", read=opened("engagement.phone"),
        ),
    ]  # fmt: skip


def _row(column: str = "public_id") -> Field:
    return Field("id", "记录标识", column, WORK, OPEN, "同一条记录不变；增量更新时按它覆盖", "id")


def _engagement(column: str) -> Field:
    return Field("engagement", "用工标识", column, WORK, PERSONAL, "一人在一个项目上的一段用工", "id")


PRESENT = Shared(
    "persons-at-work",
    "在册人员（进退场）",
    "谁从哪一天起在哪个项目、由哪个单位用工，哪一天退场；一次进退场一条。",
    Presence,
    by_key(
        _row(),
        _engagement("engagement__public_id"),
        *of_person("engagement__person__"),
        *of_site("engagement__"),
        *of_work("engagement__"),
        Field("entered_on", "进场日期", "entered_on", "2026-03-02", kind="day"),
        Field("exited_on", "退场日期", "exited_on", None, means="未退场为 null", kind="day"),
    ),
    {
        **of_site_filters("engagement__"),
        "from": "entered_on",
        "to": "entered_on",
        "on_site": "exited_on",
    },
    works="engagement__public_id",
)

ENGAGED = Shared(
    "engagements",
    "用工",
    "一人在一个项目上的一段用工：单位、班组、工种和工资卡。",
    Engagement,
    by_key(
        _row(),
        *of_person("person__"),
        *of_site(""),
        *of_work(""),
        Field("bank_code", "工资卡开户银行", "bank_code", "102", means="按代码表", code_list="bank"),
        Field("bank_name", "工资卡开户支行", "bank_name", "某某银行某某支行"),
        Field(
            "card_number", "工资卡号", "card_number", "6200990000000000000", SEALED,
            "完整卡号；须逐项写明依据，每次读取记入审计", read=opened("engagement.card"),
        ),
        Field("ended_at", "用工结束时间", "ended_at", None, means="未结束为 null", kind="instant"),
    ),
    {**of_site_filters(""), "banks": "bank_code", "on_site": "ended_at"},
    works="public_id",
)  # fmt: skip

ATTENDED = Shared(
    "attendance-days",
    "出勤日",
    "一人在一个项目上的一天：首末次打卡和次数。考勤日从 04:00 到次日 04:00。没有打卡的日子没有记录。",
    AttendanceDay,
    by_key(
        _engagement("engagement__public_id"),
        Field("day", "考勤日", "day", "2026-11-22", kind="day"),
        *of_person("engagement__person__"),
        *of_site("engagement__"),
        Field("first_at", "首次打卡", "first_at", "2026-11-22T07:41:00+08:00", kind="instant"),
        Field("last_at", "末次打卡", "last_at", "2026-11-22T17:32:00+08:00", kind="instant"),
        Field("punches", "打卡次数", "punches", 2, kind="integer"),
        Field("is_corrected", "是否含更正", "is_corrected", False, kind="truth"),
    ),
    {**of_site_filters("engagement__"), "from": "day", "to": "day"},
    works="engagement__public_id",
    moved="computed_at",
)

TRAINED = Shared(
    "training",
    "安全培训",
    "一人的一次培训：类别、日期、学时、是否合格、有效期。",
    Training,
    by_key(
        _row(),
        _engagement("engagement__public_id"),
        *of_person("engagement__person__"),
        *of_site("engagement__"),
        Field("kind", "培训类别", "kind", "001001", means="按代码表", code_list="training_type"),
        Field("held_on", "培训日期", "held_on", "2026-03-01", kind="day"),
        Field("valid_to", "有效期至", "valid_to", "2027-02-28", kind="day"),
        Field("hours", "学时", "hours", "24.0", kind="amount"),
        Field("is_passed", "是否合格", "is_passed", True, kind="truth"),
        Field("withdrawn_at", "撤回时间", "withdrawn_at", None, means="有值的应当作废", kind="instant"),
    ),
    {**of_site_filters("engagement__"), "from": "held_on", "to": "held_on"},
    works="engagement__public_id",
)
