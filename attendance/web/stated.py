"""What systems and authorities have stated of enterprises and projects, by label; numbers masked."""

from collections.abc import Iterator
from typing import Any

from kernel.masking import mask_card, mask_id_number, mask_phone
from kernel.scoping import Actor
from projects import selectors as projects
from projects.models import Enterprise, EnterpriseParticulars, Participation, Project, Qualification
from standards.effective import standard_of
from standards.records import shown_extras
from standards.selectors import code_name
from standards.spec import PROJECT
from web import words

Pairs = list[tuple[str, str]]


def enterprise_told(actor: Actor, enterprise: Enterprise) -> tuple[Pairs, str]:
    """What is stated of an enterprise, and by whose system; nothing where nobody has."""
    told = projects.statements_of(actor, enterprise).first()
    if told is None:
        return [], ""
    by = told.project.name if told.project else told.stated_by.name if told.stated_by else ""
    return [(label, value) for label, value in _of_enterprise(told) if value], by


def _of_enterprise(told: EnterpriseParticulars) -> Iterator[tuple[str, str]]:
    yield "单位性质", code_name("enterprise_registration", told.kind)
    yield "营业执照注册号", told.licence_number
    yield "注册地", told.area_code
    yield "营业地址", " ".join(part for part in (told.address, told.postcode) if part)
    yield (
        "法定代表人",
        "，".join(part for part in (told.legal_name, told.legal_duty, told.legal_title) if part),
    )
    kind = code_name("identity_document", told.legal_id_type)
    yield "法定代表人证件", f"{kind} {mask_id_number(told.legal_id_number)}" if told.legal_id_number else ""
    currency = code_name("currency", told.currency) or "人民币"
    yield "注册资本", f"{_number(told.capital)} 万元（{currency}）" if told.capital else ""
    yield "实收资本", f"{_number(told.paid_in_capital)} 万元" if told.paid_in_capital else ""
    yield "注册、成立日期", _days(told.registered_on, told.established_on)
    yield "办公电话", told.office_phone
    yield "传真", told.fax
    yield "联系人", " ".join(part for part in (told.contact_name, mask_phone(told.contact_phone)) if part)
    yield "邮箱", told.email
    yield "网址", told.website
    yield "备注", told.remark


def project_told(actor: Actor, project: Project) -> Pairs:
    """What its contractor's system states of a project beyond the permit."""
    told = projects.particulars_of(actor, project)
    investment = f"{_number(project.investment)} 万元" if project.investment else ""
    found: Pairs = [("总投资", investment)]
    if told is not None:
        found += [
            ("企业自编项目编码", told.third_party_code),
            ("简介", told.description),
            ("总长度", f"{_number(told.length)} m" if told.length else ""),
            ("立项", _joined(told.approval_number, code_name("approval_level", told.approval_level))),
            ("建设规模", code_name("project_size", told.size)),
            ("建设性质", code_name("building_nature", told.nature)),
            ("工程用途", code_name("building_use", told.use)),
            ("建设用地规划许可证", told.land_permit or ""),
            ("建设工程规划许可证", told.planning_permit or ""),
            (
                "项目联系人",
                " ".join(part for part in (told.contact_name, mask_phone(told.contact_phone)) if part),
            ),
        ]
    found += [
        (one.element.name, one.text) for one in shown_extras(project, standard_of(project.region), PROJECT)
    ]
    return [(label, value) for label, value in found if value]


def accounts_of(actor: Actor, project: Project) -> dict[int, list[str]]:
    """By participation, the accounts that wages are paid from; one question."""
    found: dict[int, list[str]] = {}
    for account in projects.wage_accounts(actor, project):
        said = f"{code_name('bank', account.bank_code)} {account.branch} {mask_card(account.number)}"
        found.setdefault(account.participation_id, []).append(said)
    return found


def manager_contact(row: Participation) -> str:
    """Phone and document of a participant's project manager, masked."""
    number = mask_id_number(row.manager_id_number) if row.manager_id_number else ""
    return " ".join(part for part in (mask_phone(row.manager_phone), number) if part)


def qualifications_of(actor: Actor, enterprise: Enterprise) -> list[tuple[Qualification, dict[str, str]]]:
    """The qualifications of an enterprise, with their codes in words."""
    rows = projects.qualifications(actor).filter(enterprise=enterprise)
    return [
        (
            row,
            {
                "kind": code_name("qualification_kind", row.kind),
                "trade": code_name("qualification_trade", row.trade),
                "level": code_name("qualification_level", row.level),
                "status": code_name("qualification_status", row.status),
            },
        )
        for row in rows
    ]


def _number(value: Any) -> str:
    return f"{value.normalize():,f}"


def _days(*days: Any) -> str:
    return "、".join(words.day(day) for day in days if day)


def _joined(*parts: str) -> str:
    return "，".join(part for part in parts if part)
