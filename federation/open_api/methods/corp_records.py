"""CorpGoodRecord, CorpBadRecord, CorpBlackList 企业良好行为、不良行为、黑名单.

No client's source shows the fields of these rows; ours are listed in decision 102.
"""

from typing import Any

from federation.open_api.calls import Call
from federation.open_api.common import (
    CORP_CODE_SOUGHT,
    CORP_NAME_SOUGHT,
    PAGE,
    as_day,
    local_day,
    page_of,
)
from federation.open_api.dictionaries import CREDIT_BAD, CREDIT_BLACKLIST, CREDIT_GOOD, Dictionary
from federation.open_api.dispatcher import query
from federation.open_api.facts import firm_of
from federation.open_api.schema import Field
from integrity.models import CreditRecord
from integrity.selectors.credit import published_credit
from standards.selectors import code_name

Kind = CreditRecord.Kind
ANSWERS = (
    "recordId",
    "corpCode",
    "corpName",
    "projectCode",
    "areaCode",
    "creditType",
    "creditTypeName",
    "content",
    "departName",
    "documentNum",
    "decideDate",
    "startDate",
    "endDate",
)


def _fields(dictionary: Dictionary, *more: Field) -> tuple[Field, ...]:
    return (
        *PAGE,
        Field("projectCode", "项目编码", most=40),
        CORP_CODE_SOUGHT,
        CORP_NAME_SOUGHT,
        Field("creditType", "类别", dictionary=dictionary),
        *more,
    )


@query(
    "CorpGoodRecord.Query",
    "查询企业良好行为",
    permission="integrity.view",
    fields=_fields(CREDIT_GOOD),
    answers=ANSWERS,
)
def good_records(call: Call) -> dict[str, Any]:
    """Commendations that are published today."""
    return _page(call, Kind.GOOD)


@query(
    "CorpBadRecord.Query",
    "查询企业不良行为",
    permission="integrity.view",
    fields=_fields(CREDIT_BAD),
    answers=ANSWERS,
)
def bad_records(call: Call) -> dict[str, Any]:
    """Adverse records that are published today."""
    return _page(call, Kind.BAD)


@query(
    "CorpBlackList.Query",
    "查询企业黑名单",
    permission="integrity.view",
    # One client filters the lists of workers by typeCode; here both are taken.
    fields=_fields(CREDIT_BLACKLIST, Field("typeCode", "类别", dictionary=CREDIT_BLACKLIST)),
    answers=ANSWERS,
)
def blacklist(call: Call) -> dict[str, Any]:
    """Who stands on the blacklist today."""
    return _page(call, Kind.BLACKLIST)


def _page(call: Call, kind: CreditRecord.Kind) -> dict[str, Any]:
    given = call.values
    rows = published_credit(call.actor, kind, local_day(call.now))
    if code := firm_of(given, "corpCode"):
        rows = rows.filter(enterprise__uscc=code)
    if name := given.get("corpName"):
        rows = rows.filter(enterprise__name=name)
    for wanted in (given.get("creditType"), given.get("typeCode")):
        if wanted:
            rows = rows.filter(behaviour=wanted)
    return page_of(call, rows.select_related("project"), _row)


def _row(_call: Call, one: Any) -> dict[str, Any]:
    return {
        "recordId": str(one.public_id),
        "corpCode": one.enterprise.uscc,
        "corpName": one.enterprise.name,
        "projectCode": one.project.code if one.names_project else "",
        "areaCode": one.region.code,
        "creditType": one.behaviour,
        "creditTypeName": code_name(f"credit_{one.record_kind}", one.behaviour),
        "content": one.content,
        "departName": one.authority,
        "documentNum": one.document,
        "decideDate": as_day(one.decided_on),
        "startDate": as_day(one.valid_from),
        "endDate": as_day(one.valid_to),
    }
