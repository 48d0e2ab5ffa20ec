"""How a gap reads on a page, in a notice and in a message: sentences, never codes."""

from collections.abc import Callable
from datetime import date

from integrity.selectors import gaps
from integrity.selectors.gaps import Gap
from standards.selectors import code_name
from web import words

NAMES = {
    gaps.UNCONTRACTED: "未签合同进场",
    gaps.UNTRAINED: "未培训进场",
    gaps.UNMATCHED: "对不上人的打卡",
    gaps.ABSENT: "关键岗位连续缺勤",
    gaps.VACANT: "关键岗位空缺",
    gaps.SILENT_DEVICE: "考勤设备失联",
    gaps.SILENT_SITE: "全场没有打卡",
}
# What a check that found nothing says.
SETTLED = {
    gaps.UNCONTRACTED: "在场人员都签有劳动合同或用工书面协议",
    gaps.UNTRAINED: "在场人员的基本安全培训都在有效期内",
    gaps.UNMATCHED: "今日打卡都对得上人",
    gaps.ABSENT: "关键岗位没有连续缺勤",
    gaps.VACANT: "必须配备的关键岗位都有人",
    gaps.SILENT_DEVICE: "考勤设备都在线",
    gaps.SILENT_SITE: "现场每天都有打卡",
}


def name(gap: Gap) -> str:
    """What it is, without how many: 未签合同进场, 项目经理连续缺勤."""
    return f"{code_name('key_post', gap.subject)}连续缺勤" if gap.kind == gaps.ABSENT else NAMES[gap.kind]


def number(gap: Gap) -> str:
    """How many, in words: 6 人, 第 5 天, 4 次."""
    if gap.kind in (gaps.ABSENT, gaps.SILENT_SITE):
        return f"第 {gap.days} 天"
    unit = {gaps.VACANT: "个", gaps.UNMATCHED: "次", gaps.SILENT_DEVICE: "台"}.get(gap.kind, "人")
    return f"{words.exact(gap.number)} {unit}"


def title(gap: Gap) -> str:
    """The gap as an item of a notice: 未签合同进场 6 人."""
    if gap.kind in (gaps.ABSENT, gaps.SILENT_SITE):
        return f"{name(gap)} {gap.days} 天"
    return f"{name(gap)} {number(gap)}"


def fact(gap: Gap) -> str:
    """Since when, measured by what, and which posts or gates."""
    return _FACTS[gap.kind](gap)


def _paper(gap: Gap) -> str:
    since = f"最早自 {words.day(gap.since)} 起，" + (f"已 {gap.days} 天" if gap.days else "当天新增")
    lapsed = {gaps.UNCONTRACTED: "合同已到期", gaps.UNTRAINED: "培训已过有效期"}[gap.kind]
    return since + (f"；其中 {words.exact(gap.lapsed)} 人{lapsed}" if gap.lapsed else "")


def _absent(gap: Gap) -> str:
    last = f"最近到岗 {words.day(gap.since)}" if gap.since else "上任以来没有到岗"
    return f"{last}，连续 {gap.limit} 天即告警"


def _vacant(gap: Gap) -> str:
    return "、".join(code_name("key_post", post) for post in gap.names)


def _unmatched(gap: Gap) -> str:
    where = "、".join(gap.names)
    return f"{where}，{words.moment(gap.at)} 起" if where else f"{words.moment(gap.at)} 起"


def _silent_device(gap: Gap) -> str:
    return f"{'、'.join(gap.names)}，最早的一台 {words.moment(gap.at)} 起没有联系，限 {gap.limit} 小时"


def _silent_site(gap: Gap) -> str:
    last = f"最近一次 {words.day(gap.since)}" if gap.since else "开通以来没有打卡"
    return f"{last}，超过 {gap.limit} 天须核实"


_FACTS: dict[str, Callable[[Gap], str]] = {
    gaps.UNCONTRACTED: _paper,
    gaps.UNTRAINED: _paper,
    gaps.UNMATCHED: _unmatched,
    gaps.ABSENT: _absent,
    gaps.VACANT: _vacant,
    gaps.SILENT_DEVICE: _silent_device,
    gaps.SILENT_SITE: _silent_site,
}

STATES = {
    "draft": ("grey", "草稿"),
    "issued": ("blue", "已签发，待签收"),
    "delivered": ("amber", "待回复"),
    "replied": ("blue", "已回复，待复查"),
    "under_review": ("blue", "复查中"),
    "returned": ("amber", "已退回，待再次回复"),
    "extended": ("amber", "已延期，待回复"),
    "overdue": ("red", "逾期未整改"),
    "escalated": ("red", "已上报"),
    "taken_up": ("red", "主管部门已受理"),
    "closed": ("green", "已闭合"),
}
SIDES = {"addressee": "施工单位", "supervisor": "监理单位", "owner": "建设单位", "regulator": "主管部门"}
ACTS = {
    "issue": "签发",
    "deliver": "送达",
    "reply": "回复",
    "review": "开始复查",
    "accept": "接受，闭合",
    "give_back": "退回",
    "extend": "延期",
    "lapse": "逾期",
    "escalate": "上报",
    "take_up": "受理",
}


def until(day: date) -> str:
    """A deadline: 2026-11-25（周三）24:00."""
    return f"{day}（周{'一二三四五六日'[day.weekday()]}）24:00"
