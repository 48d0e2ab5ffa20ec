"""How comparisons, differences and kinds of records are said."""

from federation.models import ReconciliationDiff, ReconciliationRun
from web import words

_State, _Sort = ReconciliationDiff.State, ReconciliationDiff.Sort
RUN_STATES = {
    ReconciliationRun.State.RUNNING: ("blue", "比对中"),
    ReconciliationRun.State.CHECKING: ("blue", "等在途记录入库后复核"),
    ReconciliationRun.State.DONE: ("green", "已完成"),
    ReconciliationRun.State.FAILED: ("red", "没有完成"),
}
DIFF_STATES = {
    _State.SUSPECT: ("blue", "核对中"),
    _State.OPEN: ("red", "待处理"),
    _State.SENT: ("blue", "已重发，待核对"),
    _State.REPAIRED: ("green", "已一致"),
    _State.EXPLAINED: ("grey", "已说明"),
}
SORTS = {
    _Sort.MISSING_ABOVE: "上级缺少",
    _Sort.MISSING_BELOW: "下级缺少，上级多出",
    _Sort.DIFFERENT: "两边内容不同",
}
# What mends each sort, from the owner's side.
REMEDIES = {
    _Sort.MISSING_ABOVE: "重发：下级把这条记录按现状再报一次。",
    _Sort.MISSING_BELOW: "重发：下级没有这条记录，报送作废，上级的副本随之删除。"
    "下级刚从备份恢复、记录是在下级丢失的，不要重发，由下级从上级取回。",
    _Sort.DIFFERENT: "重发：下级把这条记录按现状再报一次，以下级（所有者）为准。",
}
KINDS = {
    "enterprise": "企业", "project": "项目", "permit": "施工许可证", "project_particulars": "项目补充信息",
    "reported_permit": "上报的许可证", "participation": "参建单位", "enterprise_particulars": "企业补充信息",
    "qualification": "企业资质", "terms": "建设单位条款", "wage_account": "工资专户", "team": "班组",
    "team_file": "班组附件", "policy": "制度文件", "collection_point": "采集点", "device": "考勤设备",
    "person": "人员", "engagement": "用工", "particulars": "用工补充信息", "certificate": "证书",
    "identity_correction": "身份更正", "presence": "进退场", "leave": "临时离场", "settlement": "结算",
    "event": "用工经过", "review": "进场审核", "key_post": "关键岗位", "contract_template": "合同范本",
    "contract": "合同", "contract_file": "合同附件", "contract_paper": "合同文本",
    "training_session": "培训场次", "training_file": "培训附件", "training": "培训",
    "session_attendance": "培训签到", "quantity": "工程量", "correction": "考勤补正",
    "payroll_batch": "工资表", "payroll_row": "工资明细", "payroll_file": "工资附件", "ledger": "台账",
    "notice": "监理通知单", "credit": "诚信记录", "person_credit": "人员诚信记录", "punches": "打卡",
    "standard": "数据标准", "code_list": "代码表", "parameter": "参数", "grant": "扩展授权",
    "manager": "注册管理人员",
    "master_record": "总库来源", "master_change": "总库变更",
    "proposal": "更正申请", "proposal_answer": "更正答复",
}  # fmt: skip


def kind_said(kind: str) -> str:
    """A kind of record by its name."""
    return KINDS.get(kind, kind)


def record_said(missing: str) -> str:
    """A record that is not there, named as kind:key: 企业 01a2…"""
    kind, _colon, key = missing.partition(":")
    return f"{kind_said(kind)} {key}".strip()


def size_said(number: int) -> str:
    """Bytes as people read them."""
    return f"{number / 1024:.1f} KB" if number < 1024 * 1024 else f"{number / 1024 / 1024:.1f} MB"


def difference_said(row: ReconciliationDiff) -> str:
    """One difference in a line: 人员 上级缺少."""
    return f"{kind_said(row.kind)}：{SORTS.get(_Sort(row.sort), row.sort)}"


def counted(number: int) -> str:
    """A count with its separators."""
    return words.exact(number)
