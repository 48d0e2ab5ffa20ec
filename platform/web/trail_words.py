"""The audit trail in words: what was done, to what; and who can say more of an object by its key.

Apps above register how their objects are named and how a person is found among them, for the trail stands
below them. A test walks every `record(…)` of the source and asks that its action stands here.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from audit.models import AuditEvent
from kernel.scoping import Actor

ACTIONS: dict[str, str] = {
    "accounts.account_opened": "开通账号",
    "accounts.post_granted": "授予岗位",
    "accounts.post_ended": "终止岗位",
    "accounts.post_end_changed": "改岗位截止日期",
    "accounts.password_reset": "重置密码",
    "accounts.password_changed": "修改密码",
    "accounts.unlocked": "解除锁定",
    "accounts.deactivated": "停用账号",
    "accounts.reactivated": "恢复账号",
    "accounts.signed_in": "登录",
    "accounts.signed_out": "退出登录",
    "accounts.sign_in_failed": "登录失败",
    "accounts.sign_in_locked": "登录锁定",
    "accounts.token_given": "签发接口令牌",
    "accounts.token_ended": "作废接口令牌",
    "accounts.code_sent": "发送登录验证码",
    "accounts.worker_signed_in": "工人登录",
    "accounts.worker_code_spent": "使用工人登录验证码",
    "standards.parameter_set": "设置参数",
    "standards.parameter_taken_back": "撤回未生效的参数",
    "standards.version_begun": "起草数据标准版本",
    "standards.version_edited": "修改数据标准草案",
    "standards.impact_checked": "检查数据标准草案的影响",
    "standards.version_checked": "检查数据标准草案",
    "standards.version_submitted": "提交数据标准评审",
    "standards.version_accepted": "数据标准评审通过",
    "standards.version_returned": "退回数据标准",
    "standards.version_published": "发布数据标准",
    "standards.version_contradicted": "市州标准与新版省标准冲突",
    "standards.version_withdrawn": "作废数据标准草案",
    "standards.extension_granted": "授权市州扩展数据标准",
    "standards.extension_withdrawn": "收回市州扩展授权",
    "standards.code_mapped": "设置代码的国家对照",
    "projects.permit_received": "登记施工许可证",
    "projects.permit_file_kept": "上传施工许可证表格",
    "projects.permit_file_received": "导入施工许可证表格",
    "projects.account_issued": "签发项目账号",
    "projects.account_claimed": "领取项目账号",
    "projects.account_withdrawn": "收回项目账号",
    "projects.claim_opened": "打开项目账号领取页",
    "projects.claim_failed": "项目账号领取失败",
    "projects.claim_locked": "项目账号领取锁定",
    "projects.participation_added": "登记参建单位",
    "projects.participation_edited": "修改参建单位",
    "projects.enterprise_stated": "上报企业信息",
    "projects.qualification_recorded": "登记企业资质",
    "projects.project_reported": "上报新项目",
    "projects.project_restated": "更新项目信息",
    "projects.party_stated": "上报参建单位的项目经理和工资账户",
    "federation.node_invited": "邀请下级平台",
    "federation.node_joined": "下级平台接入",
    "federation.parent_joined": "接入上级平台",
    "federation.node_suspended": "停用相连平台",
    "federation.node_resumed": "恢复相连平台",
    "federation.node_forgotten": "移除经下级平台接入的节点",
    "federation.node_hosted": "登记使用本平台的市县",
    "federation.node_key_rotated": "轮换节点密钥",
    "federation.migration_begun": "开始平台迁移",
    "federation.migration_switched": "平台迁移切换归属",
    "federation.migration_aborted": "放弃平台迁移",
    "federation.migration_ended": "平台迁移完成",
    "federation.line_restarted": "恢复数据流",
    "federation.record_requeued": "重新报送记录",
    "federation.record_put_aside": "拒收的记录不再列为待处理",
    "federation.waiver_asked": "申请不再上报记录",
    "federation.waiver_approved": "同意不再上报记录",
    "federation.waiver_declined": "不同意不再上报记录",
    "federation.correction_asked": "提出更正申请",
    "federation.correction_made": "更正申请标为已更正",
    "federation.reconciliation_started": "发起对账",
    "federation.difference_explained": "说明对账差异",
    "federation.differences_sent": "重发有差异的记录",
    "federation.rows_taken_back": "从上级取回记录",
    "federation.statement_made": "生成月度对账单",
    "federation.upstream_added": "登记上级平台",
    "federation.upstream_edited": "修改上级平台",
    "federation.upstream_paused": "暂停向上级平台上报",
    "federation.upstream_resumed": "恢复向上级平台上报",
    "federation.upstream_project_chosen": "选择上报的项目",
    "federation.upstream_project_changed": "修改项目的上报设置",
    "federation.upstream_project_ended": "停止上报项目",
    "federation.upstream_record_requeued": "重新上报记录",
    "federation.upstream_refused_requeued": "重新上报全部被拒记录",
    "federation.upstream_record_waived": "不再上报被拒记录",
    "integrity.credit_recorded": "登记企业诚信记录",
    "integrity.credit_withdrawn": "撤回企业诚信记录",
    "projects.participation_ended": "参建单位退场",
    "projects.participation_resumed": "参建单位恢复",
    "projects.team_added": "登记班组",
    "projects.team_edited": "修改班组",
    "projects.team_ended": "班组退场",
    "projects.team_resumed": "班组恢复",
    "projects.project_granted": "临时授权单个项目",
    "workers.enrolled": "登记人员",
    "workers.looked_up": "按证件号查询",
    "workers.roster_brought": "上传花名册",
    "workers.roster_checked": "检查花名册",
    "workers.roster_mended": "改花名册里的错误",
    "workers.roster_save_asked": "开始导入花名册",
    "workers.roster_saved": "导入花名册",
    "workers.roster_failed": "花名册没有导入成",
    "workers.roster_errors_taken": "下载花名册错误表",
    "workers.roster_dropped": "删除上传的花名册",
    "workers.searched_by_number": "按号码搜索人员",
    "workers.found_by_number": "搜索找到人员",
    "workers.record_read": "查看人员档案",
    "workers.number_read": "查看完整证件号",
    "workers.photo_read": "查看照片",
    "workers.contract_scan_read": "查看合同扫描件",
    "workers.voucher_read": "查看进退场凭证",
    "workers.training_evidence_read": "查看培训材料",
    "workers.engagement_edited": "修改用工信息",
    "workers.engagement_ended": "结束用工",
    "workers.identity_corrected": "更正身份信息",
    "workers.identity_verified": "核验身份",
    "workers.entered": "进场",
    "workers.left": "退场",
    "workers.left_temporarily": "暂退场",
    "workers.returned": "返场",
    "workers.team_changed": "调整班组",
    "workers.move_reversed": "撤销进退场",
    "workers.settled": "结清退场",
    "workers.review_submitted": "提交进场审核",
    "workers.review_approved": "通过进场审核",
    "workers.review_returned": "退回进场审核",
    "workers.contract_reworded": "修改合同文本",
    "workers.contract_drafted": "制作合同",
    "workers.contract_sent_to_sign": "合同送签",
    "workers.contract_printed": "打印合同",
    "workers.contract_scanned": "上传签字页",
    "workers.contract_verified": "核验合同生效",
    "workers.contract_scan_returned": "退回签字页",
    "workers.contract_voided": "作废合同",
    "workers.training_session_opened": "安排培训",
    "workers.training_attended": "培训签到",
    "workers.training_struck": "撤下培训签到",
    "workers.training_scored": "登记培训成绩",
    "workers.training_session_closed": "结束培训",
    "workers.training_session_cancelled": "取消培训",
    "workers.training_made_up": "培训补考",
    "workers.training_sheet_printed": "打印签到表",
    "workers.badges_printed": "打印人员码",
    "workers.policy_filed": "上传制度文件",
    "workers.policy_withdrawn": "撤下制度文件",
    "workers.contract_recorded": "登记合同",
    "workers.contract_replaced": "替换合同",
    "workers.contract_ended": "终止合同",
    "workers.training_recorded": "登记培训",
    "workers.training_withdrawn": "撤回培训",
    "workers.training_session_reported": "上报项目培训",
    "workers.certificate_recorded": "登记证书",
    "workers.certificate_changed": "更新证书",
    "workers.point_opened": "登记提取点",
    "workers.point_changed": "修改提取点",
    "workers.point_closed": "停用提取点",
    "workers.reader_key_renewed": "签发读卡密钥",
    "attendance.gate_list_joined": "加入闸机名单",
    "attendance.gate_list_left": "移出闸机名单",
    "workers.picture_read": "查看证件或办卡照片",
    "workers.training_file_read": "查看培训附件",
    "projects.team_file_read": "查看班组附件",
    "payroll.reported": "上报工资",
    "payroll.wages_read": "查看工资",
    "payroll.file_read": "查看工资附件",
    "projects.terms_stated": "填报合同条款",
    "projects.terms_confirmed": "确认合同条款",
    "projects.terms_objected": "对合同条款提出异议",
    "workers.quantity_entered": "填报完工数量",
    "workers.quantity_corrected": "更正完工数量",
    "workers.quantity_accepted": "确认完工数量",
    "workers.quantity_returned": "退回完工数量",
    "workers.career_opened": "出示从业码",
    "workers.career_closed": "收回从业码",
    "workers.career_code_read": "扫从业码",
    "workers.career_read": "查看履历",
    "workers.career_taken_over": "用从业码登记人员",
    "ledgers.filed": "报送台账",
    "ledgers.accepted": "台账备案",
    "ledgers.returned": "退回台账",
    "ledgers.read": "查看台账",
    "ledgers.taken": "下载台账",
    "workers.key_post_assigned": "任命关键岗位",
    "workers.key_post_relieved": "免去关键岗位",
    "attendance.correction_submitted": "申请更正考勤",
    "attendance.correction_approved": "同意更正考勤",
    "attendance.correction_rejected": "不同意更正考勤",
    "attendance.photo_read": "查看打卡照片",
    "attendance.device_registered": "登记考勤设备",
    "attendance.device_changed": "修改考勤设备",
    "attendance.device_retired": "停用考勤设备",
    "attendance.device_restored": "恢复考勤设备",
    "attendance.demo_written": "写入演示数据",
    "integrity.notice_drafted": "起草监理通知单",
    "integrity.notice_discarded": "删除通知单草稿",
    "integrity.notice_issue": "签发监理通知单",
    "integrity.notice_deliver": "送达监理通知单",
    "integrity.notice_reply": "回复监理通知单",
    "integrity.notice_review": "审阅监理通知单回复",
    "integrity.notice_accept": "验收监理通知单",
    "integrity.notice_give_back": "退回监理通知单回复",
    "integrity.notice_extend": "延长监理通知单期限",
    "integrity.notice_lapse": "监理通知单逾期",
    "integrity.notice_escalate": "监理通知单报告主管部门",
    "integrity.person_credit_recorded": "登记工人信用记录",
    "integrity.person_credit_withdrawn": "撤回工人信用记录",
    "integrity.notice_take_up": "主管部门受理监理通知单",
    "federation.partner_entered": "登记共享单位",
    "federation.partner_edited": "修改共享单位",
    "federation.agreement_drafted": "起草共享协议",
    "federation.agreement_edited": "修改共享协议草稿",
    "federation.agreement_object_set": "约定共享的数据对象",
    "federation.agreement_object_removed": "从草稿移除数据对象",
    "federation.agreement_draft_dropped": "删除共享协议草稿",
    "federation.agreement_approved": "批准共享协议",
    "federation.agreement_suspended": "暂停共享协议",
    "federation.agreement_resumed": "恢复共享协议",
    "federation.partner_key_issued": "签发共享单位密钥",
    "federation.partner_key_rotated": "轮换共享单位密钥",
    "federation.partner_key_limited": "设置共享单位密钥的地址",
    "federation.partner_key_revoked": "撤销共享单位密钥",
    "federation.numbers_handed_out": "对外提供完整号码",
    "federation.credential_issued": "签发接口密钥",
    "federation.credential_rotated": "轮换接口密钥",
    "federation.credential_revoked": "撤销接口密钥",
    "federation.credential_limited": "设置接口限制",
    "federation.sandbox_opened": "申请联调沙箱",
    "federation.sandbox_forgotten": "删除到期的联调沙箱",
    "federation.request_retried": "重试接口请求",
    "federation.pull_requested": "要求从四库一平台取数",
    "federation.change_proposed": "提出变更建议",
    "federation.change_taken_back": "撤回变更建议",
    "federation.change_answered": "答复变更建议",
    "federation.calls_read": "查看接口调用内容",
    "lists.export_asked": "申请导出",
    "lists.export_made": "生成导出文件",
    "lists.export_taken": "下载导出文件",
    "lists.export_cancelled": "取消导出",
    "lists.export_failed": "导出失败",
    "web.message_retried": "重发短信或邮件",
}

OBJECTS: dict[str, str] = {
    "accounts.user": "账号",
    "standards.ruleparameter": "参数",
    "standards.standardversion": "数据标准版本",
    "standards.extensiongrant": "标准扩展授权",
    "standards.itemmapping": "代码对照",
    "projects.project": "项目",
    "projects.permit": "施工许可证",
    "projects.permitupload": "施工许可证表格",
    "projects.participation": "参建单位",
    "projects.team": "班组",
    "workers.engagement": "人员",
    "workers.person": "人员",
    "workers.trainingsession": "项目培训",
    "workers.contracttemplate": "合同文本",
    "workers.policydocument": "制度文件",
    "payroll.payrollbatch": "工资",
    "workers.workquantity": "完工数量",
    "ledgers.ledger": "台账",
    "attendance.device": "设备",
    "attendance.correctionrequest": "考勤更正",
    "integrity.supervisionnotice": "监理通知单",
    "federation.credential": "接口密钥",
    "federation.acceptedrequest": "接口请求",
    "federation.changeproposal": "变更建议",
    "federation.partner": "共享单位",
    "federation.sharingagreement": "共享协议",
    "federation.partnerkey": "共享密钥",
    "federation.node": "节点",
    "federation.recordresult": "交换记录",
    "web.outgoingmessage": "短信或邮件",
}

# Facts as labels; those that are keys of rows say nothing to a reader and stay away.
FACTS: dict[str, str] = {
    "role": "岗位",
    "valid_to": "截止日期",
    "document": "依据",
    "before": "原值",
    "after": "新值",
    "username": "账号",
    "address": "网络地址",
    "permit": "施工许可证",
    "enterprise": "企业",
    "number": "编号",
    "training_kind": "培训类型",
    "post_code": "岗位",
    "on": "日期",
    "key": "参数",
    "value": "值",
    "valid_from": "生效日期",
    "region": "地区",
    "serial": "编号",
    "until": "截止时间",
    "holder": "持有单位",
    "rows": "行数",
    "found": "找到",
    "expires": "到期时间",
    "list": "清单",
    "format": "格式",
}


def act_in_words(action: str) -> str:
    """An action as its reader knows it; one that nobody has named yet is shown by its name."""
    return ACTIONS.get(action, f"其他操作 {action}")


def said(event: AuditEvent) -> str:
    """A line of the trail, without who and when."""
    return act_in_words(event.action)


@dataclass(frozen=True, slots=True)
class Thing:
    """An object of the trail by name, and its page, where the reader may open one."""

    name: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """Something that was looked for: how its lines are found again, and its name."""

    keys: tuple[str, ...]
    name: str
    detail: str = ""


Describe = Callable[[Actor, Collection[str]], Mapping[str, Thing]]
Find = Callable[[Actor, str], Iterable[Found]]
_describers: dict[str, Describe] = {}
_finders: dict[str, Find] = {}


def register_objects(object_type: str, describe: Describe) -> None:
    """Say how objects of a type are named: keys within the reader's scope to names; twice is once."""
    _describers[object_type] = describe


def register_finder(kind: str, find: Find) -> None:
    """Say how somebody or something (a person) is found by words, within the reader's scope."""
    _finders[kind] = find


def things(actor: Actor, events: Iterable[AuditEvent]) -> dict[tuple[str, str], Thing]:
    """The names of the objects of some lines, with one question for each type that occurs."""
    return things_named(actor, {(event.object_type, event.object_key) for event in events})


def things_named(actor: Actor, wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Thing]:
    """The names of objects by type and key, with one question for each type that occurs."""
    keys: dict[str, set[str]] = {}
    for object_type, key in wanted:
        keys.setdefault(object_type, set()).add(key)
    return {
        (object_type, key): thing
        for object_type, some in keys.items()
        if object_type in _describers
        for key, thing in _describers[object_type](actor, some).items()
    }


def find(actor: Actor, words: str) -> list[Found]:
    """Whom or what the words name, within the reader's scope."""
    return [found for finder in _finders.values() for found in finder(actor, words)] if words.strip() else []
