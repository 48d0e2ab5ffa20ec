"""The wording of contracts: what may stand in braces, what a wording must say, and our own plain text.

No Django here. The texts name where each clause comes from; a project may reword them, but not leave out
what the law asks a contract to say. Source: 劳动合同法 第十七条; 国务院令第724号 第六条、第二十八条;
建市〔2019〕18号 第八条（建市〔2022〕59号修正）.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

LABOUR, AGREEMENT = "labour", "agreement"


@dataclass(frozen=True, slots=True)
class Clause:
    """A numbered part of a contract: heading, text with placeholders, and the rule that it comes from."""

    heading: str
    text: str
    source: str = ""


# The closed list: what may stand in braces, and what is put there.
PLACEHOLDERS = {
    "甲方名称": "用人单位的名称",
    "乙方姓名": "工人的姓名",
    "项目名称": "工程项目的名称",
    "项目地址": "工程项目的地址",
    "总承包企业": "施工总承包企业的名称",
    "班组": "所在班组",
    "工种": "工种名称",
    "工作内容": "从工种带出，可改",
    "工作地点": "从项目地址带出，可改",
    "合同期限": "固定期限写起止日期，否则写以完成任务为期限",
    "开始日期": "合同开始的日期",
    "结束日期": "合同结束的日期，没有的写“工作任务完成时”",
    "计酬方式": "按日、按月、按小时或计件",
    "工资标准": "单价和单位，例如 280.00 元/日",
    "发薪日": "每月发薪的日期",
}
# What a contract has to say, whatever a project rewords. Source: 劳动合同法 第十七条; 724 号 第六条.
REQUIRED = ("合同期限", "工作内容", "工作地点", "工资标准", "发薪日")
_IN_BRACES = re.compile(r"\{([^{}]*)\}")

_PAY = "国务院令第724号 第十一条、第十三条、第三十一条"
_TERM = "劳动合同法 第十七条"

_COMMON = (
    Clause(
        "劳动报酬",
        "计酬方式为{计酬方式}，工资标准为{工资标准}，不低于工程所在地最低工资标准。工资以货币形式支付，每月{发薪日}前"
        "支付上一周期的工资，由施工总承包单位{总承包企业}通过农民工工资专用账户直接支付到乙方本人的银行账户，"
        "不以实物或有价证券代替。甲方按月编制考勤和工资支付表，经乙方本人签字或在平台确认后支付，并向乙方提供工资清单。",
        _PAY,
    ),
    Clause(
        "实名制管理",
        "甲方为乙方办理实名制登记。乙方进出施工现场按登记的识别方式考勤，考勤是计算工资的依据。甲方和总承包单位"
        "只为用工管理的目的使用乙方的个人信息，乙方可以查阅、更正自己的信息。",
        "建市〔2019〕18号 第七条、第十一条；个人信息保护法 第十三条、第四十五条",
    ),
)

LABOUR_TEXT = (
    Clause("合同期限", "本合同的期限为：{合同期限}。试用期：无。", _TERM),
    Clause(
        "工作内容和工作地点",
        "乙方在{项目名称}从事{工种}工作，所在班组为{班组}，工作内容为：{工作内容}。工作地点为：{工作地点}。"
        "需要变更工作内容或工作地点的，由双方书面协商一致。",
        _TERM,
    ),
    Clause(
        "工作时间和休息休假",
        "甲方执行国家关于工作时间和休息休假的规定，每周至少保证乙方休息一日。因施工需要延长工作时间的，与乙方协商，"
        "并依法支付加班工资或安排补休。",
        "劳动法 第三十六条、第三十八条、第四十一条、第四十四条",
    ),
    _COMMON[0],
    Clause(
        "社会保险",
        "甲方依法为乙方参加社会保险；按工程项目参加工伤保险的，乙方自进入施工现场之日起纳入保障。乙方发生工伤的，"
        "甲方依法申报工伤认定。",
        "社会保险法 第三十三条、第五十八条；工伤保险条例 第十七条；人社部发〔2014〕103号",
    ),
    Clause(
        "劳动保护、劳动条件和职业危害防护",
        "甲方在乙方上岗前进行基本安全培训和安全技术交底，无偿提供合格的安全防护用具和服装，如实告知危险岗位的操作规程、"
        "违章操作的危害和职业危害因素。乙方遵守安全操作规程，有权拒绝违章指挥和强令冒险作业。",
        "安全生产法 第四十四条、第四十五条、第五十四条；建设工程安全生产管理条例 第三十二条",
    ),
    _COMMON[1],
    Clause(
        "合同的变更、解除和终止",
        "经双方协商一致，可以书面变更或解除本合同。乙方提前三十日以书面形式通知甲方，可以解除本合同；甲方未及时足额"
        "支付劳动报酬的，乙方可以立即解除。合同解除或终止时，甲方一次结清乙方的工资；依法应当支付经济补偿的，按规定支付。",
        "劳动合同法 第三十五条、第三十七条、第三十八条、第四十六条、第五十条；工资支付暂行规定 第九条",
    ),
    Clause(
        "争议处理",
        "因履行本合同发生争议的，双方可以协商，也可以向调解组织申请调解，或向劳动争议仲裁委员会申请仲裁。"
        "乙方可以向人力资源社会保障部门、住房城乡建设部门投诉举报拖欠工资的行为。",
        "劳动争议调解仲裁法 第五条；国务院令第724号 第十条",
    ),
    Clause(
        "其他",
        "本合同一式两份，甲乙双方各执一份，自双方签字或盖章之日起生效，签字页扫描件上传湖北省建筑工人管理服务信息平台。"
        "本合同未约定的，按法律法规执行。",
        "劳动合同法 第十六条",
    ),
)

AGREEMENT_TEXT = (
    Clause(
        "用工性质和期限",
        "双方不符合建立劳动关系的情形，依法订立本用工书面协议。本协议的期限为：{合同期限}。",
        "建市〔2019〕18号 第八条（建市〔2022〕59号修正）",
    ),
    Clause(
        "工作内容和工作地点",
        "乙方在{项目名称}从事{工种}工作，所在班组为{班组}，工作内容为：{工作内容}。工作地点为：{工作地点}。",
        "国务院令第724号 第六条",
    ),
    _COMMON[0],
    Clause(
        "安全和职业健康",
        "乙方进场作业前接受基本安全培训。甲方对乙方进行安全技术交底，无偿提供合格的安全防护用具；按工程项目为乙方参加"
        "工伤保险或意外伤害保险。乙方遵守安全操作规程，有权拒绝违章指挥和强令冒险作业。",
        "安全生产法 第四十四条、第四十五条、第五十四条；建筑法 第四十八条；人社部发〔2014〕103号",
    ),
    Clause(
        "作息",
        "甲方合理安排作业时间，保证乙方必要的休息；高温、恶劣天气按规定停工或调整作业时间。",
        "防暑降温措施管理办法 第八条",
    ),
    _COMMON[1],
    Clause(
        "变更、解除和结算",
        "经双方协商一致，可以书面变更或解除本协议。任何一方解除本协议，应当提前告知对方；协议终止时，甲方一次结清"
        "乙方的报酬。",
        "民法典 第五百四十三条、第五百六十二条；国务院令第724号 第六条",
    ),
    Clause(
        "争议处理",
        "因履行本协议发生争议的，双方可以协商或申请调解，也可以依法申请仲裁或提起诉讼。乙方可以向人力资源社会保障部门、"
        "住房城乡建设部门投诉举报拖欠工资的行为。",
        "国务院令第724号 第十条",
    ),
    Clause(
        "其他",
        "本协议一式两份，甲乙双方各执一份，自双方签字或盖章之日起生效，签字页扫描件上传湖北省建筑工人管理服务信息平台。",
        "建市〔2019〕18号 第八条（建市〔2022〕59号修正）",
    ),
)

# What somebody of a trade does, where the clerk writes nothing else.
DUTIES = {
    "010": "砌筑、勾缝等砌体施工",
    "020": "钢筋加工、绑扎和安装",
    "030": "脚手架搭设、维护和拆除",
    "040": "混凝土浇筑、振捣和养护",
    "050": "模板制作、安装和拆除",
    "110": "管道安装和试压",
    "130": "施工现场电气线路、设备的安装和维护",
    "190": "装饰装修施工",
    "230": "防水层施工和修补",
    "240": "木作制作和安装",
    "270": "焊接和切割作业",
    "390": "材料搬运、清理等辅助作业",
}

DEFAULTS: dict[str, Sequence[Clause]] = {LABOUR: LABOUR_TEXT, AGREEMENT: AGREEMENT_TEXT}


def default_text(kind: str) -> list[Clause]:
    """The plain text of a kind that comes with the platform."""
    return list(DEFAULTS[kind])


def placeholders_in(clauses: Sequence[Clause]) -> list[str]:
    """What stands in braces, each once, in order."""
    found = [name for one in clauses for name in _IN_BRACES.findall(one.heading + one.text)]
    return list(dict.fromkeys(found))


def unknown_placeholders(clauses: Sequence[Clause]) -> list[str]:
    """What stands in braces and is none of the list."""
    return [name for name in placeholders_in(clauses) if name not in PLACEHOLDERS]


def missing_placeholders(clauses: Sequence[Clause]) -> list[str]:
    """What a contract has to say and these do not."""
    found = placeholders_in(clauses)
    return [name for name in REQUIRED if name not in found]


def has_loose_braces(clauses: Sequence[Clause]) -> bool:
    """Whether a brace stands without its other half."""
    return any(sign in _IN_BRACES.sub("", one.heading + one.text) for one in clauses for sign in "{}")


_DIGITS = "零一二三四五六七八九"


def numeral(number: int) -> str:
    """1 to 99 as clauses are counted: 一, 十, 二十三."""
    tens, ones = divmod(number, 10)
    head = "" if not tens else ("十" if tens == 1 else f"{_DIGITS[tens]}十")
    return head + (_DIGITS[ones] if ones else "")
