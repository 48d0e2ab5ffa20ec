"""The source's records as facts. What a record lacks or says wrongly is told in a sentence, field by field.

One reader for each object; a record that cannot be read is held and shown, and stops nothing else.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from integrity.models import CreditRecord
from integrity.services.crediting import CreditFacts
from integrity.services.mastering import CreditMaster
from projects import uscc as credit_code
from projects.master_facts import EnterpriseMaster, Firm, PermitMaster, ProjectMaster
from projects.numbers import PERMIT_NUMBER, PROJECT_CODE, BadNumber, Form
from projects.statements import QualificationFacts
from regions.models import Region

Data = Mapping[str, Any]


class Unreadable(Exception):
    """What is wrong with a record, as a sentence."""


@dataclass(frozen=True, slots=True)
class ManagerMaster:
    """A project manager's or supervisor's registration."""

    number: str
    name: str
    uscc: str
    id_number: str = field(repr=False)
    project_code: str = ""
    post: str = ""
    certificate: str = ""
    speciality: str = ""
    grade: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    known: UUID | None = None


class Reader:
    """Reads the records of one page; divisions are looked up once."""

    def __init__(self) -> None:
        self._regions: dict[str, Region] | None = None

    def enterprise(self, data: Data, known: UUID | None) -> EnterpriseMaster:
        papers = data.get("qualifications") or []
        if not isinstance(papers, list):
            raise Unreadable("“qualifications”应为资质的列表。")
        return EnterpriseMaster(
            uscc=_uscc(data, "uscc"),
            name=_text(data, "name", 200, needed="企业名称"),
            known=known,
            qualifications=[_qualification(one) for one in papers],
        )

    def project(self, data: Data, known: UUID | None) -> ProjectMaster:
        owner = _firm(data, "owner")
        columns = {
            "owner_name": owner.name if owner else _text(data, "owner_name", 200),
            "category": _text(data, "category", 4),
            "address": _text(data, "address", 200),
            "building_area": _decimal(data, "building_area", 2),
            "investment": _decimal(data, "investment", 6),
            "starts_on": _day(data, "starts_on"),
            "completes_on": _day(data, "completes_on"),
        }
        contractor = _firm(data, "contractor")
        if contractor is None:
            raise Unreadable("项目没有总承包单位。")
        return ProjectMaster(
            code=_number(data, "code", PROJECT_CODE),
            name=_text(data, "name", 200, needed="项目名称"),
            region=self.region(data, "region"),
            contractor=contractor,
            owner=owner,
            supervisor=_firm(data, "supervisor"),
            known=known,
            columns=columns,
        )

    def permit(self, data: Data, known: UUID | None) -> PermitMaster:
        issued_on = _day(data, "issued_on")
        if issued_on is None:
            raise Unreadable("施工许可证没有发证日期。")
        return PermitMaster(
            number=_number(data, "number", PERMIT_NUMBER),
            project_code=_number(data, "project_code", PROJECT_CODE),
            works_name=_text(data, "works_name", 255),
            issued_on=issued_on,
            amount=_decimal(data, "amount", 2),
            known=known,
        )

    def manager(self, data: Data, known: UUID | None) -> ManagerMaster:
        return ManagerMaster(
            number=_text(data, "number", 50, needed="注册编号"),
            name=_text(data, "name", 50, needed="姓名"),
            uscc=_uscc(data, "uscc"),
            id_number=_text(data, "id_number", 40),
            project_code=_text(data, "project_code", 40),
            post=_text(data, "post", 4),
            certificate=_text(data, "certificate", 50),
            speciality=_text(data, "speciality", 50),
            grade=_text(data, "grade", 20),
            valid_from=_day(data, "valid_from"),
            valid_to=_day(data, "valid_to"),
            known=known,
        )

    def credit(self, data: Data, known: UUID | None) -> CreditMaster:
        decided_on = _day(data, "decided_on")
        valid_from, valid_to = _day(data, "valid_from") or decided_on, _day(data, "valid_to")
        kind = _text(data, "kind", 16, needed="记录种类")
        if decided_on is None or valid_from is None:
            raise Unreadable("信用记录没有决定日期。")
        if kind not in CreditRecord.Kind.values:
            raise Unreadable(f"没有名为“{kind}”的信用记录种类。")
        if valid_to and valid_to < valid_from:
            raise Unreadable("信用记录的公布截止日期早于公布日期。")
        facts = CreditFacts(
            record_kind=kind,
            behaviour=_text(data, "behaviour", 4, needed="类别"),
            content=_text(data, "content", 500),
            authority=_text(data, "authority", 100, needed="决定机关"),
            document=_text(data, "document", 100, needed="文号"),
            decided_on=decided_on,
            valid_from=valid_from,
            valid_to=valid_to,
        )
        return CreditMaster(_uscc(data, "uscc"), self.region(data, "region"), facts, known)

    def region(self, data: Data, name: str) -> Region:
        if self._regions is None:
            self._regions = {row.code: row for row in Region.objects.exclude(kind=Region.Kind.SANDBOX)}
        code = _text(data, name, 12, needed="行政区划")
        found = self._regions.get(code)
        if found is None:
            raise Unreadable(f"没有代码为“{code}”的行政区划。请在总库更正，或先更新行政区划表。")
        return found


def _text(data: Data, name: str, most: int, *, needed: str = "") -> str:
    value = data.get(name)
    text = "" if value is None else str(value).replace("\0", "").strip()
    if needed and not text:
        raise Unreadable(f"记录没有{needed}。请在总库补填。")
    if len(text) > most:
        raise Unreadable(f"“{name}”有 {len(text)} 个字，最多 {most} 个。请在总库缩短。")
    return text


def _uscc(data: Data, name: str) -> str:
    try:
        return credit_code.read_uscc(str(data.get(name) or ""))
    except credit_code.BadUscc as fault:
        raise Unreadable(str(fault)) from None


def _number(data: Data, name: str, form: Form) -> str:
    try:
        return form.read(str(data.get(name) or ""))
    except BadNumber as fault:
        raise Unreadable(str(fault)) from None


def _day(data: Data, name: str) -> date | None:
    text = str(data.get(name) or "")
    if not text:
        return None
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        raise Unreadable(f"“{name}”的日期“{text[:20]}”不成立。") from None


def _decimal(data: Data, name: str, places: int) -> Decimal | None:
    value = data.get(name)
    if value in (None, ""):
        return None
    try:
        found = Decimal(str(value)).quantize(Decimal(1).scaleb(-places))
    except InvalidOperation:
        raise Unreadable(f"“{name}”不是数字。") from None
    if not 0 <= found < Decimal(10) ** (18 - places):
        raise Unreadable(f"“{name}”的数值 {value} 超出了能登记的范围。")
    return found


def _firm(data: Data, name: str) -> Firm | None:
    one = data.get(name)
    if not isinstance(one, Mapping) or not one.get("uscc"):
        return None
    return Firm(_uscc(one, "uscc"), _text(one, "name", 200, needed="企业名称"))


def _qualification(one: Any) -> QualificationFacts:
    if not isinstance(one, Mapping):
        raise Unreadable("“qualifications”里有一条不是资质记录。")
    return QualificationFacts(
        kind=_text(one, "kind", 4, needed="资质类别"),
        number=_text(one, "number", 50, needed="资质证书编号"),
        status=_text(one, "status", 4) or "001",
        trade=_text(one, "trade", 12),
        level=_text(one, "level", 12),
        limits=_text(one, "limits", 500),
        approved_on=_day(one, "approved_on"),
    )


READERS: dict[str, Callable[[Reader, Data, UUID | None], Any]] = {
    "enterprises": Reader.enterprise,
    "projects": Reader.project,
    "permits": Reader.permit,
    "managers": Reader.manager,
    "credit": Reader.credit,
}
