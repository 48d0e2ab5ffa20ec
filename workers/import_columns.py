"""The columns of a roster brought as a file: one definition for template, reading, page and errors."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from kernel.text import compact
from projects.models import Project
from standards.effective import Standard, standard_of
from standards.selectors import codes, parameter, told_apart
from standards.spec import CODE, DATE, FILE, NUMBER, PERSONAL_KINDS, PHOTO, WORKER, YES_NO, ElementSpec
from workers.import_cells import Named
from workers.models import Contract

NO_CONTRACT: Final = "none"
# Headings that the platform itself writes beside the data and does not read.
ERRORS_HEADING: Final = "错误（改好后重新上传，本列不用删）"
_UNREAD: Final = frozenset({"错误", "序号", "备注"})
YES_OR_NO: Final = {"1": "是", "0": "否"}


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its fact, heading, other headings in use, kind of value, and how it is explained."""

    code: str
    heading: str
    kind: str
    rule: str
    example: str
    is_required: bool = False
    longest: int = 200
    code_list: str = ""
    also: tuple[str, ...] = ()
    places: int = 0
    width: int = 14
    # What may be chosen, where the standard says; and whether it asks beyond the platform's own columns.
    offered: Mapping[str, str] | None = None
    is_added: bool = False
    is_sealed: bool = False

    @property
    def is_personal(self) -> bool:
        """A number that is shown masked and never suggested."""
        return self.is_sealed or self.kind in ("id_number", "phone", "card")


_PERSON: Final = (
    Column(
        "name",
        "姓名",
        "name",
        "与证件一致；少数民族姓名用间隔号“·”。",
        "测试工人甲",
        is_required=True,
        longest=50,
        also=("工人姓名", "人员姓名", "名字"),
        width=12,
    ),
    Column(
        "id_number",
        "身份证号",
        "id_number",
        "18 位（旧号码 15 位），末位可以是 X。本列已设为文本。",
        "420011199001010016",
        is_required=True,
        longest=40,
        also=("证件号码", "身份证号码", "身份证", "证件号", "公民身份号码"),
        width=24,
    ),
    Column(
        "phone",
        "手机号",
        "phone",
        "11 位。登录验证码和工资确认发到这个号码。",
        "10900000001",
        is_required=True,
        longest=40,
        also=("手机", "手机号码", "联系电话", "电话"),
        width=16,
    ),
)
_WORK: Final = (
    Column(
        "team",
        "班组",
        "team",
        "已经登记的班组的名称，从列表中选。",
        "钢筋班组",
        is_required=True,
        also=("所属班组", "班组名称"),
        width=18,
    ),
    Column(
        "trade",
        "工种",
        "code",
        "从列表中选；也可填代码。",
        "钢筋工",
        is_required=True,
        code_list="trade",
        also=("工种名称", "岗位工种"),
    ),
    Column(
        "is_team_leader",
        "班组长",
        "yes_no",
        "是班组长填“是”，否则不填。",
        "否",
        also=("是否班组长",),
        width=10,
    ),
    Column("education", "文化程度", "code", "从列表中选。", "初中", code_list="education", also=("学历",)),
    Column("political_status", "政治面貌", "code", "从列表中选。", "群众", code_list="political_status"),
    Column(
        "address", "住址", "text", "最多 200 个字。", "某县某镇某村 1 号", also=("家庭住址", "地址"), width=28
    ),
    Column(
        "card_number",
        "工资卡号",
        "card",
        "12 至 19 位，本人名下。本列已设为文本。",
        "",
        longest=60,
        also=("银行卡号", "工资卡", "银行账号"),
        width=24,
    ),
    Column(
        "bank_code",
        "开户银行",
        "code",
        "从列表中选。",
        "中国建设银行",
        code_list="bank",
        also=("银行",),
        width=20,
    ),
    Column(
        "bank_name", "支行名称", "text", "最多 100 个字。", "", longest=100, also=("开户行名称",), width=20
    ),
)
_PAPERS: Final = (
    Column(
        "contract_kind",
        "合同类型",
        "contract_kind",
        "劳动合同或用工书面协议；还没有签的不填，后面几列也不填。",
        "劳动合同",
        also=("合同种类",),
        width=16,
    ),
    Column(
        "contract_starts_on",
        "合同开始日期",
        "day",
        "写成 2026-04-04 这样。",
        "2026-04-04",
        also=("合同起始日期",),
    ),
    Column(
        "contract_ends_on",
        "合同结束日期",
        "day",
        "以完成一定工作任务为期限的，不填。",
        "2027-04-03",
        also=("合同终止日期", "合同截止日期"),
    ),
    Column("wage_form", "计酬方式", "wage_form", "按日、按月、按小时或计件，从列表中选。", "按日"),
    Column(
        "unit_price",
        "单价（元）",
        "number",
        "只填数字，最多两位小数。",
        "280",
        places=2,
        also=("单价", "工资标准"),
    ),
    Column(
        "training_on",
        "安全教育日期",
        "day",
        "还没有教育的，本列和后两列都不填。",
        "2026-04-03",
        also=("教育日期", "培训日期"),
    ),
    Column(
        "training_hours",
        "学时",
        "number",
        "按教育记录，只填数字。",
        "8",
        places=1,
        also=("培训学时",),
        width=8,
    ),
    Column(
        "training_kind", "教育类型", "training_kind", "不填按入场安全教育。", "", also=("培训类型",), width=20
    ),
    Column("entered_on", "进场日期", "day", "已经进场的填实际日期，否则不填。", "2026-04-04"),
)


def columns(project: Project, on: date) -> tuple[Column, ...]:
    """The columns of a roster of the project on a day, as the standard in force there asks."""
    standard = standard_of(project.region, on)
    elements = {one.code: one for one in standard.elements(WORKER)}
    own = [_demanded(one, elements.get(one.code), standard) for one in (*_PERSON, *_WORK)]
    known = {one.code for one in own}
    added = [
        _added(one, standard)
        for one in elements.values()
        if one.code not in known and one.kind != PHOTO and (one.is_extra or one.is_asked_on(FILE))
    ]
    # What must be filled in stands before what may be.
    added.sort(key=lambda one: not one.is_required)
    return (*own, *added, *_PAPERS)


_KINDS: Final = {CODE: "code", YES_NO: "yes_no", DATE: "day", NUMBER: "any_number"}


def _demanded(column: Column, element: ElementSpec | None, standard: Standard) -> Column:
    """One of the platform's columns as strictly as the standard asks for it."""
    if element is None:
        return column
    is_text = column.kind == "text"
    return replace(
        column,
        is_required=column.is_required or element.is_asked_on(FILE),
        longest=min(column.longest, element.most or column.longest) if is_text else column.longest,
        also=(*column.also, element.name),
        offered=standard.offered(element) if column.kind == "code" else None,
    )


def _added(element: ElementSpec, standard: Standard) -> Column:
    """A column for an element that the standard adds."""
    return Column(
        code=element.code,
        heading=f"{element.name}（{element.unit}）" if element.unit else element.name,
        kind=_KINDS.get(element.kind, "number_text" if element.kind in PERSONAL_KINDS else "text"),
        rule=element.help or f"按《{element.version.title}》填写。",
        example=element.example if element.kind != CODE else "",
        is_required=element.is_asked_on(FILE),
        longest=element.most or 200,
        offered=standard.offered(element) if element.kind == CODE else None,
        is_added=True,
        is_sealed=element.is_sealed,
    )


@dataclass(frozen=True, slots=True)
class TeamChoice:
    """A team by its key: what the list offers, and what else may be written for it."""

    key: str
    label: str
    names: tuple[str, ...]


def lists(of: Sequence[Column], teams: Iterable[TeamChoice]) -> dict[str, Named]:
    """What may be written in each column that offers a list."""
    found: dict[str, Named] = {}
    for column in of:
        if column.kind == "code":
            known = codes(column.code_list) if column.offered is None else column.offered
            found[column.code] = Named.of(dict(told_apart(known)), known)
        elif column.kind == "yes_no":
            found[column.code] = Named.of(YES_OR_NO, YES_OR_NO)
        elif column.kind == "team":
            rows = list(teams)
            names = [(team.key, name) for team in rows for name in team.names]
            found[column.code] = Named.of({team.key: team.label for team in rows}, names)
        elif (own := _OWN_LISTS.get(column.kind)) is not None:
            given = own()
            found[column.code] = Named.of(given, given)
    return found


def _contract_kinds() -> dict[str, str]:
    return {**{str(value): str(label) for value, label in Contract.Kind.choices}, NO_CONTRACT: "还没有签订"}


def _wage_forms() -> dict[str, str]:
    return {str(value): str(label) for value, label in Contract.WageForm.choices}


def training_kinds() -> dict[str, str]:
    """The kinds of training that open the gate, in the order of the parameter."""
    known = codes("training_type")
    return {kind: known[kind] for kind in parameter("training.basic_types") if kind in known}


_OWN_LISTS = {
    "contract_kind": _contract_kinds,
    "wage_form": _wage_forms,
    "training_kind": training_kinds,
}


def heading_word(text: str) -> str:
    """A heading as it is compared: 身份证号*, 身份证号（必填） and 身 份 证 号 are one."""
    word = compact(text).replace("（", "(").replace("）", ")").rstrip("*＊:：").lstrip("*＊")
    for end in ("(必填)", "(选填)", "(文本)"):
        word = word.removesuffix(end)
    return word.replace("(元)", "")


def column_places(
    of: Sequence[Column], headings: Sequence[str]
) -> tuple[dict[str, int], list[str], list[str]]:
    """Where each known column stands in a row of headings; those nobody knows; those that come twice."""
    words: dict[str, str] = {}
    for column in of:
        for heading in (column.heading, *column.also):
            words.setdefault(heading_word(heading), column.code)
    places: dict[str, int] = {}
    unknown, twice = [], []
    for place, heading in enumerate(headings):
        word = heading_word(heading)
        code = words.get(word)
        if code is None:
            if word and not word.startswith(tuple(_UNREAD)):
                unknown.append(heading)
        elif code in places:
            twice.append(heading)
        else:
            places[code] = place
    return places, unknown, twice
