"""CorpCredential.Query 查询企业资质: the qualifications of the enterprises on the caller's projects."""

from typing import Any

from federation.open_api.calls import Call
from federation.open_api.common import CORP_CODE_SOUGHT, CORP_NAME_SOUGHT, PAGE, as_day, page_of
from federation.open_api.dispatcher import query
from federation.open_api.facts import firm_of
from federation.open_api.schema import Field
from projects.models import Qualification
from projects.selectors import qualifications


@query(
    "CorpCredential.Query",
    "查询企业资质",
    permission="projects.view",
    fields=(*PAGE, CORP_CODE_SOUGHT, CORP_NAME_SOUGHT, Field("projectCode", "项目编码", most=40)),
    answers=(
        "corpCode",
        "corpName",
        "certTypeNum",
        "certId",
        "certTradeStatusNum",
        "tradeBoundNum",
        "tradeTypeBoundChildMark",
        "titleLevelNum",
        "mark",
        "limitContent",
        "noteNumber",
        "noteDate",
        "addTypeNum",
        "certTradeModifyDate",
        "certTradeModifyMark",
    ),
)
def credentials(call: Call) -> dict[str, Any]:
    """One row for each trade on each certificate."""
    rows = qualifications(call.actor)
    if code := firm_of(call.values, "corpCode"):
        rows = rows.filter(enterprise__uscc=code)
    if name := call.values.get("corpName"):
        rows = rows.filter(enterprise__name=name)
    return page_of(call, rows, _row)


def _row(_call: Call, one: Qualification) -> dict[str, Any]:
    return {
        "corpCode": one.enterprise.uscc,
        "corpName": one.enterprise.name,
        "certTypeNum": one.kind,
        "certId": one.number,
        "certTradeStatusNum": one.status,
        "tradeBoundNum": one.trade,
        "tradeTypeBoundChildMark": one.trade_mark,
        # Our list writes the kind before the level's own code, which is not unique by itself.
        "titleLevelNum": one.level.rpartition("-")[2],
        "mark": one.mark,
        "limitContent": one.limits,
        "noteNumber": one.approval_number,
        "noteDate": as_day(one.approved_on),
        "addTypeNum": one.addition,
        "certTradeModifyDate": as_day(one.changed_on),
        "certTradeModifyMark": one.change_mark,
    }
