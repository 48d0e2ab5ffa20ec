"""WorkerGoodRecord, WorkerBadRecord, WorkerBlackList 工人良好、不良行为和黑名单."""

from typing import Any

from federation.open_api.calls import Call
from federation.open_api.common import PAGE, as_day, document_fields, for_person, page_of
from federation.open_api.dispatcher import query
from federation.open_api.schema import Field
from integrity.models import PersonCredit
from integrity.selectors.people_credit import people_credit
from standards.selectors import code_name
from workers.models import Engagement

FILTERS = (
    *PAGE,
    Field("projectCode", "项目编码", most=40),
    *document_fields(required=False),
    Field("creditType", "行为类别", most=4),
    Field("typeCode", "行为类别", most=4),
)
ANSWERS = (
    "recordId",
    "idCardType",
    "idCardNumber",
    "workerName",
    "creditType",
    "creditTypeName",
    "content",
    "departName",
    "documentNum",
    "areaCode",
    "decideDate",
    "startDate",
    "endDate",
)
Kind = PersonCredit.Kind


@query(
    "WorkerGoodRecord.Query", "查询工人良好行为", permission="workers.view", fields=FILTERS, answers=ANSWERS
)
def good(call: Call) -> dict[str, Any]:
    """Good records that stand."""
    return _page(call, Kind.GOOD)


@query(
    "WorkerBadRecord.Query", "查询工人不良行为", permission="workers.view", fields=FILTERS, answers=ANSWERS
)
def bad(call: Call) -> dict[str, Any]:
    """Adverse records that stand."""
    return _page(call, Kind.BAD)


@query("WorkerBlackList.Query", "查询工人黑名单", permission="workers.view", fields=FILTERS, answers=ANSWERS)
def blacklist(call: Call) -> dict[str, Any]:
    """Entries on the blacklist that stand."""
    return _page(call, Kind.BLACKLIST)


def _page(call: Call, kind: str) -> dict[str, Any]:
    """Only of people who work, or worked, on the caller's projects; of others the page is empty."""
    people = Engagement.objects.visible_to(call.actor).values("person")
    rows = people_credit(call.actor).filter(record_kind=kind, person__in=people)
    if behaviour := call.values.get("creditType", call.values.get("typeCode")):
        rows = rows.filter(behaviour=behaviour)
    return page_of(call, for_person(call, rows), _row)


def _row(call: Call, credit: PersonCredit) -> dict[str, Any]:
    return {
        "recordId": str(credit.public_id),
        "idCardType": credit.person.id_type,
        "idCardNumber": call.sealed(credit.person.id_number),
        "workerName": credit.person.name,
        "creditType": credit.behaviour,
        "creditTypeName": code_name(f"worker_credit_{credit.record_kind}", credit.behaviour),
        "content": credit.content,
        "departName": credit.authority,
        "documentNum": credit.document,
        "areaCode": credit.region.code,
        "decideDate": as_day(credit.decided_on),
        "startDate": as_day(credit.valid_from),
        "endDate": as_day(credit.valid_to),
    }
