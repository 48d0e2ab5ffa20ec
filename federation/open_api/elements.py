"""Elements of the data standard under the names of the vendors' interface, and what it told of a call.

What a standard adds beyond the national fields travels in `extras`, an object of element code → value; an
element whose privacy is sealed travels encrypted, like every personal number.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from federation.open_api.fieldcipher import Undecryptable, decrypt
from federation.open_api.schema import UNDECRYPTABLE, Field
from federation.open_api.values import Unreadable
from kernel.errors import DomainError
from standards.effective import Finding, Standard
from standards.errors import BreaksStandard
from standards.spec import PROJECT, WARN, WORKER

MOST_EXTRAS = 60
# Where a query leaves what the envelope's message is to say beside 成功; it is no field of the answer.
REMINDER = "__reminder__"
# Method → the kind of record that it reports, and the list that holds the rows.
JUDGED = {
    "ProjectWorker.Add": (WORKER, "workerList"),
    "ProjectWorker.Update": (WORKER, "workerList"),
    "Project.Add": (PROJECT, ""),
    "Project.Update": (PROJECT, ""),
    "Project.PartUpdate": (PROJECT, ""),
}
# Element code → field of the interface; what has no field of its own stands in `extras`.
WIRE: dict[str, dict[str, str]] = {
    WORKER: {
        "name": "workerName",
        "id_type": "idCardType",
        "id_number": "idCardNumber",
        "nation": "nation",
        "kind": "workRole",
        "trade": "workType",
        "is_team_leader": "isTeamLeader",
        "phone": "cellPhone",
        "address": "address",
        "photo": "headImage",
        "issuing_authority": "grantOrg",
        "education": "cultureLevelType",
        "political_status": "politicsType",
        "card_number": "payRollBankCardNumber",
        "bank_code": "payRollTopBankCode",
        "bank_name": "payRollBankName",
        "gate_card": "cardNumber",
        "gate_card_issued_on": "issueCardDate",
        "gate_card_picture": "issueCardPic",
        "bank_head_name": "payRollTopBankName",
        "bank_link_number": "bankLinkNumber",
        "is_insured": "hasBuyInsurance",
        "union_joined_on": "joinedTime",
        "specialty": "specialty",
        "illness": "hasBadMedicalHistory",
        "urgent_name": "urgentLinkMan",
        "urgent_phone": "urgentLinkManPhone",
        "started_work_on": "workDate",
        "marital_status": "maritalStatus",
        "card_front": "positiveIDCardImage",
        "card_back": "negativeIDCardImage",
        "document_valid_from": "startDate",
        "document_valid_to": "expiryDate",
        "management_post": "manageType",
    },
    PROJECT: {
        "name": "name",
        "region": "areaCode",
        "owner_name": "buildCorpName",
        "category": "category",
        "status": "prjStatus",
        "address": "address",
        "building_area": "buildingArea",
        "investment": "invest",
        "latitude": "lat",
        "longitude": "lng",
        "starts_on": "startDate",
        "completes_on": "completeDate",
        "description": "description",
        "length": "buildingLength",
        "contact_name": "linkMan",
        "contact_phone": "linkPhone",
        "approval_number": "approvalNum",
        "approval_level": "approvalLevelNum",
        "size": "prjSize",
        "nature": "propertyNum",
        "use": "functionNum",
        "nationality": "nationNum",
        "third_party_code": "thirdPartyProjectCode",
    },
}


def further_elements(value: Any) -> dict[str, Any]:
    """A reader of `extras`: an object whose values are single ones. Raises Unreadable."""
    if not isinstance(value, dict):
        raise Unreadable("格式不正确!应为对象,数据元素代码:值")
    if len(value) > MOST_EXTRAS:
        raise Unreadable(f"数据元素最多{MOST_EXTRAS}个!")
    if any(isinstance(one, dict | list) for one in value.values()):
        raise Unreadable("格式不正确!每个数据元素只有一个值")
    return {str(code)[:60]: one for code, one in value.items()}


EXTRAS = Field("extras", "数据标准新增的数据元素", further_elements)


def opened(standard: Standard, object_key: str, said: Mapping[str, Any], secret: str) -> dict[str, Any]:
    """The added elements that a call says, sealed ones decrypted; what no standard knows is dropped.

    Raises DomainError for a sealed value that does not open.
    """
    found = {}
    for code, value in said.items():
        element = standard.element(object_key, code)
        if element is None or element.is_retired or not element.is_extra:
            continue
        if element.is_sealed and value not in (None, ""):
            try:
                value = decrypt(str(value), secret)
            except Undecryptable as error:
                raise DomainError(UNDECRYPTABLE, code="undecryptable", field=code) from error
        found[code] = value
    return found


def wire_path(object_key: str, element: str) -> str:
    """How a field is named in sentences: [workType], or [extras][housing_type]."""
    name = WIRE.get(object_key, {}).get(element)
    return f"[{name}]" if name else f"[extras][{element}]"


def element_of_wire(object_key: str, name: str) -> str:
    """The element that a field of the interface says; "" for one that the standard does not know."""
    return next((code for code, wire in WIRE.get(object_key, {}).items() if wire == name), "")


def sentences(refused: BreaksStandard, object_key: str, path: str = "") -> str:
    """A refusal as vendors read it: each finding with its field in front."""
    return ";".join(f"{path}{wire_path(object_key, one.element)}{one.sentence}" for one in refused.findings)


def findings_of(refused: DomainError, row: int | None = None) -> list[dict[str, Any]]:
    """What is kept of a refusal by the standard, values masked; nothing of any other refusal."""
    if not isinstance(refused, BreaksStandard):
        return []
    return [
        {**one.as_data(), "row": row, "value": refused.values.get(one.element, "")}
        for one in refused.findings
    ]


def warned(findings: Iterable[Finding], row: int | None = None) -> list[dict[str, Any]]:
    """What is kept of warnings on a record that was taken."""
    return [{**one.as_data(), "row": row, "value": ""} for one in findings if one.severity == WARN]


def reminder(findings: Iterable[Mapping[str, Any]], object_key: str, rows: str = "") -> str:
    """The warnings of a call that was carried out, as vendors read them; "" where there are none."""
    told = []
    for one in findings:
        if one["severity"] != WARN:
            continue
        row = f"[{rows}][{one['row']}]" if rows and one["row"] is not None else ""
        later = f"{one['until']}之后将拒绝" if one["until"] else "本地要求,不影响接收"
        told.append(
            f"{row}{wire_path(object_key, one['element'])}{one['message']}{later}(数据标准{one['version']})"
        )
    return ";".join(dict.fromkeys(told))


def judged_as(method: str) -> tuple[str, str]:
    """What kind of record a method reports, and the list its rows stand in; ("", "") for none."""
    return JUDGED.get(method, ("", ""))
