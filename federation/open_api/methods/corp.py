"""Corp 企业: what an enterprise is, stated and asked for."""

from collections.abc import Iterable
from typing import Any

from federation.open_api import values
from federation.open_api.calls import Call, Outcome, done
from federation.open_api.common import (
    CORP_CODE,
    CORP_CODE_SOUGHT,
    CORP_NAME,
    CORP_NAME_SOUGHT,
    PAGE,
    as_day,
    as_number,
    page_of,
)
from federation.open_api.dictionaries import CURRENCY, ENTERPRISE_REGISTRATION
from federation.open_api.dispatcher import query, write
from federation.open_api.facts import (
    any_document,
    contact,
    decimal_of,
    document_of,
    email,
    firm_fault,
    firm_of,
    measured,
    not_negative,
    place,
    postcode,
    website,
)
from federation.open_api.schema import Field, Latest
from federation.open_api.shapes import person_name
from projects import errors, services
from projects.models import Enterprise, EnterpriseParticulars
from projects.selectors import known_enterprises, statements_about
from projects.statements import EnterpriseFacts

_CAPITAL = decimal_of(18, 4)
# Field of the interface → column; those that are neither documents nor measures.
COLUMNS = {
    "corpType": "kind",
    "licenseNum": "licence_number",
    "areaCode": "area_code",
    "address": "address",
    "zipCode": "postcode",
    "legalMan": "legal_name",
    "legalManDuty": "legal_duty",
    "legalManProTitle": "legal_title",
    "capitalCurrencyType": "currency",
    "registerDate": "registered_on",
    "establishDate": "established_on",
    "officePhone": "office_phone",
    "faxNumber": "fax",
    "linkman": "contact_name",
    "linkTel": "contact_phone",
    "email": "email",
    "website": "website",
    "remark": "remark",
}
# One document names the field so, and so does the platform's known error text.
_SPELT = {"webSite": "website"}


@write(
    "Corp.Upload",
    "上传企业基本信息",
    permission="projects.manage_participation",
    fields=(
        CORP_CODE,
        CORP_NAME,
        Field("corpType", "单位性质", dictionary=ENTERPRISE_REGISTRATION),
        Field("licenseNum", "工商营业执照注册号", most=50),
        Field("areaCode", "注册地区编码", required=True, check=place),
        Field("address", "营业地址", most=200),
        Field("zipCode", "邮政编码", check=postcode),
        Field("legalMan", "法定代表人姓名", most=50, check=person_name),
        Field("legalManDuty", "法定代表人职务", most=50),
        Field("legalManProTitle", "法定代表人职称", most=50),
        *any_document("legalMan", "法定代表人"),
        Field("regCapital", "注册资本(万元)", _CAPITAL, check=not_negative),
        Field("factRegCapital", "实收资本(万元)", _CAPITAL, check=not_negative),
        Field("capitalCurrencyType", "注册资本币种", dictionary=CURRENCY),
        # Required in one client's notes, absent in another's accepted test.
        Field("registerDate", "注册日期", values.day, latest=Latest.TODAY),
        Field("establishDate", "成立日期", values.day, latest=Latest.TODAY),
        Field("officePhone", "办公电话", most=20, check=contact),
        Field("faxNumber", "传真", most=20, check=contact),
        Field("linkman", "联系人", most=50, check=person_name),
        Field("linkTel", "联系电话", most=50, check=contact),
        Field("email", "邮箱", most=100, check=email),
        Field("webSite", "网址", most=200, check=website),
        Field("remark", "备注", most=500),
    ),
)
def upload(call: Call) -> Outcome:
    """Keep what the caller states of an enterprise; an unknown one is entered, nobody else's word changes."""
    given = call.values
    stater = call.project or call.credential.enterprise
    if stater is None:
        raise LookupError("a credential stands for a project or an enterprise")
    try:
        services.state_enterprise(
            actor=call.actor,
            stater=stater,
            uscc=given["corpCode"],
            name=given["corpName"],
            facts=_facts(call),
        )
    except (errors.BadCreditCode, errors.NameDiffers) as refused:
        raise firm_fault(refused, "corp") from refused
    return done()


def _facts(call: Call) -> EnterpriseFacts:
    given = {_SPELT.get(name, name): value for name, value in call.values.items()}
    kind, number = document_of(call, "legalMan")
    return EnterpriseFacts(
        **{column: given.get(name) for name, column in COLUMNS.items()},
        legal_id_type=kind,
        legal_id_number=number,
        capital=measured(given, "regCapital"),
        paid_in_capital=measured(given, "factRegCapital"),
    )


@query(
    "Corp.Query",
    "查询企业基本信息",
    permission="projects.view",
    fields=(*PAGE, CORP_CODE_SOUGHT, CORP_NAME_SOUGHT),
    answers=(
        "corpCode",
        "corpName",
        *COLUMNS,
        "legalManIDCardType",
        "legalManIDCardNumber",
        "regCapital",
        "factRegCapital",
    ),
)
def enterprises(call: Call) -> dict[str, Any]:
    """The enterprises of the caller's projects, and those that it has stated something of."""
    rows = known_enterprises(call.actor)
    if code := firm_of(call.values, "corpCode"):
        rows = rows.filter(uscc=code)
    if name := call.values.get("corpName"):
        rows = rows.filter(name=name)
    return page_of(call, rows, _row, _with_statements)


def _with_statements(call: Call, found: list[Any]) -> list[Any]:
    """Each enterprise with the statement that is answered of it."""
    statements: dict[int, list[EnterpriseParticulars]] = {}
    for one in statements_about(call.actor, found):
        statements.setdefault(one.enterprise_id, []).append(one)
    for enterprise in found:
        enterprise.told = _chosen(call, enterprise, statements.get(enterprise.pk, ()))
    return found


def _chosen(
    call: Call, enterprise: Enterprise, told: Iterable[EnterpriseParticulars]
) -> EnterpriseParticulars | None:
    """The caller's own statement, else the enterprise's word of itself, else the newest."""
    ranked = sorted(
        told,
        key=lambda one: (
            not _is_own(call, one),
            one.stated_by_id != enterprise.pk,
            -one.updated_at.timestamp(),
        ),
    )
    return ranked[0] if ranked else None


def _is_own(call: Call, told: EnterpriseParticulars) -> bool:
    """Whether the caller's own system has stated it."""
    credential = call.credential
    if told.project_id is not None:
        return told.project_id == credential.project_id
    return told.stated_by_id == credential.enterprise_id


def _row(call: Call, enterprise: Any) -> dict[str, Any]:
    row = {"corpCode": enterprise.uscc, "corpName": enterprise.name}
    told: EnterpriseParticulars | None = enterprise.told
    if told is None:
        return row
    row |= {name: _written(getattr(told, column)) for name, column in COLUMNS.items()}
    return {
        **row,
        "legalManIDCardType": told.legal_id_type,
        # A number goes back to whoever has sent it, and to nobody else.
        "legalManIDCardNumber": call.sealed(told.legal_id_number) if _is_own(call, told) else "",
        "regCapital": as_number(told.capital),
        "factRegCapital": as_number(told.paid_in_capital),
    }


def _written(value: Any) -> Any:
    return as_day(value) if hasattr(value, "isoformat") else value
