"""What an answer holds, in words: labels of fields that methods take, and of those only answered."""

from collections.abc import Iterator
from dataclasses import dataclass

from federation.handbook.fields import flat
from federation.open_api.dictionaries import Dictionary
from federation.open_api.dispatcher import Method, methods
from federation.open_api.schema import Field

# Fields that no method takes.
ONLY_ANSWERED = {
    "addTypeNum": "增项方式",
    "birthday": "出生日期",
    "birthPlaceCode": "籍贯行政区划",
    "certCode": "证书编号",
    "certId": "证书编号",
    "certLevelNum": "证书等级",
    "certStatus": "证书状态",
    "certTradeModifyDate": "变更日期",
    "certTradeModifyMark": "变更说明",
    "certTradeStatusNum": "资质状态",
    "certTypeNum": "资质或证书类别",
    "content": "内容",
    "creditTypeName": "类别名称",
    "dateTime": "时间",
    "decideDate": "认定日期",
    "decisionDate": "认定日期",
    "departName": "认定部门",
    "documentCode": "文号",
    "documentNum": "文号",
    "endDate": "截止日期",
    "entryAttachmentUrl": "进场凭证地址",
    "entryExitId": "进退场记录编号",
    "exitAttachmentUrl": "退场凭证地址",
    "firstBeginDate": "首次发证日期",
    "gender": "性别",
    "hasContract": "是否签订合同",
    "headImageUrl": "头像地址",
    "imageUrl": "刷卡近照地址",
    "isJoined": "是否加入工会",
    "issueCardPicUrl": "办卡采集相片地址",
    "limitContent": "限定内容",
    "mark": "备注",
    "name": "姓名",
    "negativeIDCardImageUrl": "证件反面照地址",
    "negativeIdCardImageUrl": "证件反面照地址",
    "noteDate": "批准日期",
    "noteNumber": "批准文号",
    "pageCount": "页数",
    "payrollCode": "工资单编号",
    "positiveIDCardImageUrl": "证件正面照地址",
    "positiveIdCardImageUrl": "证件正面照地址",
    "recordId": "记录编号",
    "result": "处理结果（文本）",
    "status": "状态：0 待处理，10 失败，20 成功",
    "teamLeaderIDCardType": "班组长证件类型",
    "teamLeaderIDNumber": "班组长证件号码",
    "teamLeaderName": "班组长姓名",
    "teamLeaderPhone": "班组长电话",
    "titleLevelNum": "资质等级",
    "totalCount": "总行数",
    "tradeBoundNum": "资质序列、专业",
    "tradeTypeBoundChildMark": "专业范围说明",
    "validEndDate": "有效期至",
    "website": "网址",
    "workCorpName": "所在企业",
    "workTypeCode": "工种",
    "workers": "人员列表",
}
# Of those, the encrypted ones.
_SEALED = frozenset({"teamLeaderIDNumber", "certCode"})


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """One field of an answer."""

    name: str
    label: str
    is_encrypted: bool
    dictionary: Dictionary | None


def answer_fields(method: Method) -> Iterator[Field]:
    """What a row of the answer holds: each name as its own method, or else any other, explains it."""
    known = {item.name: item for one in methods().values() for item in flat(one.fields)}
    known |= {item.name: item for item in flat(method.fields)}
    for name in method.answers:
        sealed = name in _SEALED
        yield known.get(name) or Field(name, ONLY_ANSWERED.get(name, name), encrypted=sealed)


def answer_lines(method: Method) -> list[AnswerLine]:
    """The same in words."""
    return [
        AnswerLine(item.name, item.label, item.encrypted, item.dictionary) for item in answer_fields(method)
    ]
