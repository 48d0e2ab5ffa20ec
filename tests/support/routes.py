"""Every route of the product, and what it is opened with: ids in the address, queries, forms.

The two-county test opens each with one's own ids and with the other county's. A new route fails it until
it has its row here.
"""

from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

from django.urls import URLPattern, URLResolver, get_resolver
from PIL import Image

from audit.models import AuditEvent
from audit.services import record
from kernel.ids import new_id
from ledgers.rules import month_before
from standards.versions import published_versions
from tests.support import people
from tests.support.actors import EVERYONE
from tests.support.counties import County, roster_cell, roster_table, secret_of

Query = dict[str, Any]


def _once(_county: County) -> list[dict[str, Any]]:
    return [{}]


def _no_forms(_county: County) -> list[Query]:
    return []


@dataclass(frozen=True)
class Route:
    """How a route is opened. `public`: why it shows the same to everybody; its bytes are searched too.

    `role` opens it with the own ids: the county's regulator, unless it is a page of somebody else's work.
    """

    kwargs: Callable[[County], list[dict[str, Any]]] = _once
    queries: Callable[[County], list[Query]] = _once
    forms: Callable[[County], list[Query]] = _no_forms
    public: str = ""
    role: str = "county_regulator"
    # The address names no row of a county, though something stands in it.
    by_key: bool = False
    # With nothing to show it leads to the record.
    leads_on: bool = False
    # For a role's holder over the whole province; one of a county is turned away.
    is_the_provinces: bool = False
    # Of a unit that lies directly below the province as well: 仙桃 is one, 武昌 is not.
    is_the_units: bool = False


def _published_version(_county: County) -> list[dict[str, Any]]:
    return [{"public_id": row.public_id} for row in published_versions()]


def _why(county: County) -> list[Query]:
    """Messages of every kind, by their ids."""
    keys = (county.request.serial, county.broken_request.serial, county.refused_record.request_id)
    return [{"id": key} for key in (*keys, county.punch_receipt.public_id)]


def _project(county: County) -> list[dict[str, Any]]:
    return [{"public_id": county.project.public_id}]


def _people(county: County) -> list[dict[str, Any]]:
    return [{"public_id": worker.engagement.public_id} for worker in county.workers.values()]


def _files_of_contracts(county: County) -> list[Any]:
    return [worker.contract_file for worker in county.workers.values() if worker.contract_file]


def _certificate_form(county: County) -> Query:
    return {
        "kind": "81",
        "number": "TZ-2026-0001",
        "issuer": "住建厅",
        "issued_on": county.today - timedelta(days=30),
        "status": "1",
    }


def _certificates(county: County) -> list[dict[str, Any]]:
    held = [worker.certificate for worker in county.workers.values() if worker.certificate]
    return [{"public_id": paper.public_id} for paper in held]


def _certificate_change(county: County) -> Query:
    return {"valid_to": county.today, "status": "1", "reason": "复核合格，延期"}


def _points(county: County) -> list[dict[str, Any]]:
    return [{"public_id": county.point.public_id}]


def _point_form(_county: County) -> Query:
    return {"name": "北门办公室", "location": "北门内", "equipment": "读卡器", "operator": "吴十"}


def _credit_form(county: County) -> Query:
    return {
        "region": county.region.code,
        "behaviour": "good:102",
        "content": "技能竞赛一等奖",
        "authority": "住建局",
        "document": "表彰决定 9 号",
        "decided_on": county.today,
        "valid_from": county.today,
    }


def _permit(county: County) -> list[dict[str, Any]]:
    return [{"public_id": county.permit.public_id}]


def _upload(county: County) -> list[dict[str, Any]]:
    return [{"public_id": county.upload.public_id}]


def _permit_forms(county: County) -> list[Query]:
    """A new project in the county, as its form would send it."""
    return [
        {
            "permit_number": "NEW-9",
            "issued_on": county.today,
            "project_code": "420000202601019998",
            "project_name": "新项目",
            "region": county.region.code,
            "contractor_uscc": people.credit_code(78),
            "contractor_name": "第78建筑有限公司",
        }
    ]


def _correction(county: County) -> list[dict[str, Any]]:
    return [{"public_id": county.correction.public_id}]


def _claims(county: County) -> list[Query]:
    claim = {"wrong": "other", "day": county.today.isoformat(), "note": "闸机没有反应"}
    return [{}, {**claim, "engagement": str(county.worker.engagement.public_id)}]


def _tabs(*tabs: str) -> Callable[[County], list[dict[str, Any]]]:
    return lambda county: [{"public_id": county.project.public_id, "tab": tab} for tab in tabs]


def _person_tabs(county: County) -> list[dict[str, Any]]:
    shown = [county.worker, county.workers["shared"]]
    tabs = ("work", "contracts", "trainings", "readers")
    return [{"public_id": one.engagement.public_id, "tab": tab} for one in shown for tab in tabs]


def _listed(*more: Query) -> Callable[[County], list[Query]]:
    """How a list is asked: as it is, by region, by project and enterprise, by words."""
    return lambda county: [
        {},
        {"region": county.region.code},
        {"project": county.project.public_id},
        {"project": county.project.code},
        {"team": county.teams["contractor"].public_id, "person": county.worker.engagement.public_id},
        {"enterprise": county.firms["shared"].public_id},
        {"q": county.word},
        {"q": "王五"},
        {"day": county.today - timedelta(days=1), "size": 100},
        *more,
    ]


def _enterprises(county: County) -> list[dict[str, Any]]:
    return [{"public_id": firm.public_id} for firm in county.firms.values()]


def _words(county: County) -> list[Query]:
    asked = ("", county.word, "王五", "两地", county.project.code, county.firms["owner"].uscc)
    return [{"q": word} for word in asked]


def _lists_to_export(county: County) -> list[Query]:
    """One list of each kind: with the rows of a region, of a project, and with words."""
    inside = [f"/projects/{county.project.public_id}/{tab}/" for tab in ("people", "attendance")]
    asked = [
        f"{path}?region={county.region.code}" for path in ("/people/", "/projects/", "/attendance/days/")
    ]
    return [{"list": path} for path in ("/enterprises/", "/attendance/punches/?matched=no", *asked, *inside)]


def _list_forms(county: County) -> list[Query]:
    """What the forms on a list send, from a list of the county's project."""
    path = f"/projects/{county.project.public_id}/people/?contract=no"
    return [{"list": path, "cols": "trade", "name": "未签合同"}]


def _here(county: County, **more: Any) -> Query:
    return {"region": county.region.code, **more}


def _found(*more: Query, words: bool = True, by_project: bool = False) -> Callable[[County], list[Query]]:
    """How a list of the REST API is asked; it refuses a parameter it does not know."""

    def asked(county: County) -> list[Query]:
        ways = [{}, _here(county), *more]
        ways += [{"q": word} for word in (county.word, "王五")] if words else []
        named = (county.project.code, county.project.public_id)
        return ways + ([{"project": name} for name in named] if by_project else [])

    return asked


def _notices(*names: str) -> Callable[[County], list[dict[str, Any]]]:
    """Notices by their names in the county."""
    return lambda county: [{"public_id": county.notices[name].public_id} for name in names]


ADMIN = "platform_administrator"


def _accounts(*roles: str) -> Callable[[County], list[dict[str, Any]]]:
    return lambda county: [{"public_id": county.users[role].public_id} for role in roles or ("supervisor",)]


def _closed(county: County) -> list[dict[str, Any]]:
    return [{"public_id": county.closed_user.public_id}]


def _locked(county: County) -> list[dict[str, Any]]:
    return [{"public_id": county.locked_user.public_id}]


def _post(county: County) -> list[dict[str, Any]]:
    user = county.users["supervisor"]
    return [{"public_id": user.public_id, "post": user.posts.earliest("pk").pk}]


def _new_post(county: County) -> Query:
    return {"scope": f"project:{county.project.public_id}", "valid_from": county.today}


def _new_account(county: County) -> Query:
    return {"username": f"made-{county.order}", "display_name": "新人", **_new_post(county)}


def _scopes(county: County) -> list[Query]:
    roles = ("supervisor", "subcontractor_clerk", "owner", "county_regulator")
    words = ("", county.word, county.project.code, county.firms["owner"].uscc, county.region.code)
    return [{}, *({"role": role, "q": word} for role in roles for word in words)]


def _device(county: County) -> list[dict[str, Any]]:
    return [{"public_id": county.device.public_id}]


def _retired(county: County) -> list[dict[str, Any]]:
    return [{"public_id": county.retired_device.public_id}]


def _wish(county: County) -> list[dict[str, Any]]:
    return [{"public_id": county.proposal.public_id}]


def _mastered(county: County) -> list[dict[str, Any]]:
    return [{"kind": "enterprise", "public_id": county.firms["supervisor"].public_id}]


def _new_wish(county: County) -> Query:
    return {"field": "uscc", "wish": people.credit_code(77), "reason": "营业执照变更登记"}


def _upstream(county: County) -> list[dict[str, Any]]:
    return [{"public_id": county.upstream.public_id}]


def _told_project(county: County) -> list[dict[str, Any]]:
    return [{"public_id": county.told_project.public_id}]


def _told_records(county: County) -> list[dict[str, Any]]:
    return [{"public_id": row.public_id} for row in county.told_records.values()]


def _above(county: County) -> Query:
    return {
        "name": "全国平台",
        "region": county.region.code,
        "url": "https://above.invalid/open.api",
        "takes": "chosen",
        "since": county.today,
    }


def _credential(county: County) -> list[dict[str, Any]]:
    return [{"public_id": county.credential.public_id}]


def _serial(county: County) -> list[dict[str, Any]]:
    return [{"serial": county.broken_request.serial}]


def _events(county: County) -> list[dict[str, Any]]:
    """Lines of the county's place; somebody has read 张三's record."""
    lines = AuditEvent.objects.filter(place=county.region.path).order_by("pk")[:3]
    read = "workers.record_read"
    found = list(lines) or [record(EVERYONE, read, county.worker.engagement, reason=county.word)]
    return [{"pk": line.pk} for line in found]


def _trail(county: County) -> list[Query]:
    names = (county.worker.person.name, "王五")
    people = [{"person": name} for name in names]
    objects = [{"object": county.worker.engagement.public_id}, {"object": county.users["owner"].public_id}]
    return [{}, {"actor": county.word}, {"reason": county.word}, *people, *objects]


def _value(county: County) -> list[dict[str, Any]]:
    return [{"key": county.parameter.key, "pk": county.parameter.pk}]


def _new_value(county: County) -> Query:
    return {"region": county.region.code, "value": 7, "valid_from": county.today, "document": "办〔2026〕1号"}


_KEY = {"key": "key_post.absent_days"}
_MOVES = ("exit", "approve")


def _whom(county: County) -> list[str]:
    return [str(worker.engagement.public_id) for worker in county.workers.values()]


def _ticked(county: County) -> list[Query]:
    """The roster's page for everybody."""
    return [{"act": act, "who": _whom(county)} for act in _MOVES]


def _move_forms(county: County) -> list[Query]:
    return [{"date": county.today}]


def _batches(county: County) -> list[dict[str, Any]]:
    found = [worker.event for worker in county.workers.values() if worker.event]
    return [{"public_id": county.project.public_id, "batch": event.batch} for event in found]


def _key_posts(county: County) -> list[dict[str, Any]]:
    found = [worker.key_post for worker in county.workers.values() if worker.key_post]
    return [{"public_id": held.public_id} for held in found]


def _parties(county: County) -> list[dict[str, Any]]:
    # The firm of both counties takes part in each by a row of its own.
    return [{"public_id": row.public_id} for row in county.participations.values()]


def _teams(county: County) -> list[dict[str, Any]]:
    return [{"public_id": row.public_id} for row in county.teams.values()]


def _party_forms(_county: County) -> list[Query]:
    return [{"uscc": people.credit_code(78), "name": "第78建筑有限公司", "kind": "001"}]


def _moved(*, date: bool = False, **more: Any) -> Callable[[County], list[Query]]:
    """The body of a move of everybody."""
    return lambda county: [{"engagements": _whom(county), **({"date": county.today} if date else {}), **more}]


def _of_projects(*more: Query) -> Callable[[County], list[Query]]:
    """How a list of the REST API is asked that has no regions."""
    return lambda county: [{}, {"project": county.project.code}, *more]


def _presences(county: County) -> list[dict[str, Any]]:
    return [{"public_id": worker.presence.public_id} for worker in county.workers.values()]


def _contracts(county: County) -> list[dict[str, Any]]:
    papers = [worker.contract for worker in county.workers.values() if worker.contract]
    return [{"public_id": paper.public_id} for paper in papers]


def _trainings(county: County) -> list[dict[str, Any]]:
    papers = [worker.training for worker in county.workers.values() if worker.training]
    return [{"public_id": paper.public_id} for paper in papers]


def _terms(*names: str) -> Callable[[County], list[dict[str, Any]]]:
    return lambda county: [{"public_id": county.terms[name].public_id} for name in names]


def _quantities(county: County) -> list[dict[str, Any]]:
    return [{"public_id": row.public_id} for row in county.quantities.values()]


def _quantity_form(county: County) -> Query:
    day = county.today - timedelta(days=3)
    return {"item": "抹灰", "first_on": day, "last_on": day, "amount": "8.5", "unit": "81", "grade": "2"}


def _readings(county: County) -> list[dict[str, Any]]:
    found = [worker.reading for worker in county.workers.values() if worker.reading]
    return [{"public_id": row.public_id} for row in found]


def _career_form(county: County) -> Query:
    return {"project": county.project.public_id, "code": secret_of(county)}


def _ledgers(county: County) -> list[dict[str, Any]]:
    return [{"public_id": row.public_id} for row in county.ledgers.values()]


def _to_file(county: County) -> list[dict[str, Any]]:
    """Last month's ledger of each firm."""
    month = f"{month_before(county.today):%Y-%m}"
    return [{"public_id": row.public_id, "month": month} for row in county.participations.values()]


def _contract_form(county: County) -> Query:
    return {"contract_kind": "labour", "contract_starts_on": county.today, "reason": "开始日期录错"}


def _training_form(county: County) -> Query:
    return {
        "training_kind": "003001",
        "training_on": county.today,
        "training_hours": "8",
        "is_passed": "yes",
        "reason": "学时录错",
        "people": county.worker.engagement.public_id,
    }


# Whose the county's roster is.
BRINGER = "contractor_manager"


def _roster(county: County) -> list[dict[str, Any]]:
    return [{"public_id": county.roster.public_id}]


def _roster_body(county: County) -> Query:
    content = b64encode(roster_table(county).encode()).decode()
    return {"file": {"name": "花名册.csv", "content": content}}


def _papers(*steps: str) -> Callable[[County], list[dict[str, Any]]]:
    """Contracts on paper at these steps."""
    return lambda county: [
        {"public_id": county.papers[step].public_id} for step in steps if step in county.papers
    ]


def _sessions(*which: str) -> Callable[[County], list[dict[str, Any]]]:
    return lambda county: [{"public_id": county.sessions[one].public_id} for one in which]


def _came(*which: str) -> Callable[[County], list[dict[str, Any]]]:
    return lambda county: [
        {"public_id": county.attendance[one].public_id} for one in which if one in county.attendance
    ]


def _policies(county: County) -> list[dict[str, Any]]:
    return [{"public_id": one.public_id} for one in county.policies.values()]


def _terms_form(county: County) -> Query:
    return {
        "contract_kind": "labour",
        "contract_starts_on": county.today,
        "wage_form": "day",
        "unit_price": "280",
        "pay_day": "15",
        "workplace": "工地",
        "people": county.workers["gap"].engagement.public_id,
    }


def _terms_body(county: County) -> Query:
    return {
        "kind": "labour",
        "starts_on": str(county.today),
        "wage_form": "day",
        "unit_price": "280.00",
        "pay_day": 15,
        "workplace": "工地",
    }


def _wording_body(_county: County) -> Query:
    said = "{合同期限}{工作内容}{工作地点}{工资标准}{发薪日}"
    return {"kind": "labour", "clauses": [{"heading": "全部", "text": said}], "reason": "精简条款"}


def _session_form(county: County) -> Query:
    return {
        "name": "班前教育",
        "training_kind": "003001",
        "training_on": county.today,
        "training_hours": "2",
        "trainer": "讲师",
    }


def _session_body(county: County) -> Query:
    return {
        "name": "班前教育",
        "kind": "003001",
        "held_on": str(county.today),
        "hours": "2",
        "trainer": "讲师",
    }


def _picture() -> Query:
    content = BytesIO()
    Image.new("RGB", (4, 4), "white").save(content, "PNG")
    return {"name": "签字页.png", "content": b64encode(content.getvalue()).decode()}


def _policy_body(county: County) -> Query:
    return {
        "participation": str(county.participations["contractor"].public_id),
        "title": "考勤制度",
        "effective_on": str(county.today),
        "file": _picture(),
    }


def _enrolment(county: County) -> Query:
    return {
        "name": "钱七",
        "id_number": people.id_number(911),
        "phone": people.phone(911),
        "team": county.teams["contractor"].public_id,
        "trade": "010",
        "contract_kind": "none",
    }


_STANDARD = "standards_administrator"


def _tabs_of_a_version(county: County) -> list[dict[str, Any]]:
    tabs = ("changes", "elements", "codes", "rules", "conflicts", "impact", "history")
    return [{**one, "tab": tab} for one in _published_version(county) for tab in tabs]


def _of_version(**more: Any) -> Callable[[County], list[dict[str, Any]]]:
    """Of a published version: whoever writes a draft has it by name, and no county does."""
    return lambda county: [{**one, **more} for one in _published_version(county)[-1:]]


def _grants(_county: County) -> list[dict[str, Any]]:
    """A grant that nobody has: whether it is there, the province alone learns."""
    return [{"public_id": "019a0000-0000-7000-8000-000000000001"}]


def _of_the_province(
    form: Query | None = None, kwargs: Callable[[County], list[dict[str, Any]]] = _once
) -> Route:
    """An act on the standard: a county's holder of the same post is turned away."""
    forms = _no_forms if form is None else lambda _county: [form]
    return Route(role=_STANDARD, kwargs=kwargs, forms=forms, by_key=True, is_the_provinces=True)


def _no_such_node(_county: County) -> list[dict[str, Any]]:
    """A node that nobody knows: neighbours are the whole platform's; tests/federation/nodes goes in."""
    return [{"public_id": "019a0000-0000-7000-8000-000000000002"}]


def _no_such_line(county: County) -> list[dict[str, Any]]:
    return [{**_no_such_node(county)[0], "direction": "out", "stream": "records-0"}]


def _of_the_node(
    form: Query | None = None, kwargs: Callable[[County], list[dict[str, Any]]] = _once
) -> Route:
    """A page of whoever administers the whole platform: a county's administrator is turned away."""
    forms = _no_forms if form is None else lambda _county: [form]
    return Route(role=ADMIN, kwargs=kwargs, forms=forms, by_key=True, is_the_provinces=True)


def _sent_by_the_province(form: Query, kwargs: Callable[[County], list[dict[str, Any]]] = _once) -> Route:
    """The same over REST, where asking without sending is no act at all."""
    return Route(role=_STANDARD, kwargs=kwargs, forms=lambda _county: [form], by_key=True)


_ELEMENT = {
    "name": "住房类型", "code": "housing_type", "kind": "text", "privacy": "internal", "required": "never",
}  # fmt: skip
_DAYS = {"effective_from": "2030-01-01", "cutoff": "2030-03-01", "document": "函"}
_GRANT = {
    "region": "420100",
    "objects": ["worker"],
    "most_required": 0,
    "valid_from": "2030-01-01",
    "document": "函",
}
_MAP = {"national_code": "010"}
_BEGIN = {"place": "province", "number": "hubei-2099", "title": "新版"}
_PUT = {"part": "element", "object": "worker", **_ELEMENT}
_SKILL = {"code": "skill_grade"}
_IN_WORKERS = {"part": "element", "of": "worker"}

STANDARD_ROUTES: dict[str, Route] = {
    "standard_versions": Route(queries=lambda _county: [{}, {"layer": "city"}], by_key=True),
    "standard_version": Route(kwargs=_published_version, by_key=True),
    "standard_version_tab": Route(kwargs=_tabs_of_a_version, by_key=True),
    "standard_changes_print": Route(kwargs=_published_version, by_key=True),
    "standard_preview": Route(kwargs=_of_version(object_key="worker"), by_key=True),
    "standard_grants": Route(by_key=True),
    "standard_mappings": Route(by_key=True),
    "standard_mapping": Route(kwargs=lambda _county: [{"key": "trade"}], by_key=True),
    "standard_mapping_file": Route(kwargs=lambda _county: [{"key": "trade"}], by_key=True),
    "standard_impact_line": _of_the_province(None, _of_version(pk=1)),
    "standard_begin": replace(_of_the_province(_BEGIN), is_the_units=True),
    "standard_retitle": _of_the_province({"title": "新标题"}, _of_version()),
    "standard_check": _of_the_province({}, _of_version()),
    "standard_check_impact": _of_the_province({}, _of_version()),
    "standard_submit": _of_the_province({}, _of_version()),
    "standard_accept": _of_the_province({"note": "同意"}, _of_version()),
    "standard_return": _of_the_province({"note": "请改第一项"}, _of_version()),
    "standard_publish": _of_the_province(_DAYS, _of_version()),
    "standard_withdraw": _of_the_province({}, _of_version()),
    "standard_put": _of_the_province(_ELEMENT, _of_version(**_IN_WORKERS)),
    "standard_put_code": _of_the_province(_ELEMENT, _of_version(**_IN_WORKERS, code="skill_grade")),
    "standard_drop": _of_the_province({}, _of_version(**_IN_WORKERS, code="skill_grade")),
    "standard_move": _of_the_province({}, _of_version(of="worker", code="skill_grade", direction="up")),
    "standard_grant_give": _of_the_province(_GRANT),
    "standard_grant_withdraw": _of_the_province({}, _grants),
    "standard_map": _of_the_province(_MAP, lambda _county: [{"key": "trade", "code": "010"}]),
    "api_standard_drafts": Route(role=_STANDARD, by_key=True),
    "api_standard_impact": _of_the_province(None, _of_version()),
    "api_standard_grants": Route(by_key=True),
    "api_standard_mappings": Route(by_key=True),
    "api_standard_begin": _sent_by_the_province({"number": "hubei-2099", "title": "新版"}),
    "api_standard_retitle": _sent_by_the_province({"title": "新标题"}, _of_version()),
    "api_standard_put": _sent_by_the_province(_PUT, _of_version()),
    "api_standard_drop": _sent_by_the_province({**_IN_WORKERS, **_SKILL}, _of_version()),
    "api_standard_move": _sent_by_the_province({"object": "worker", **_SKILL, "up": True}, _of_version()),
    "api_standard_check": _sent_by_the_province({}, _of_version()),
    "api_standard_check_impact": _sent_by_the_province({}, _of_version()),
    "api_standard_submit": _sent_by_the_province({}, _of_version()),
    "api_standard_accept": _sent_by_the_province({"note": "同意"}, _of_version()),
    "api_standard_return": _sent_by_the_province({"note": "请改第一项"}, _of_version()),
    "api_standard_publish": _sent_by_the_province(_DAYS, _of_version()),
    "api_standard_withdraw": _sent_by_the_province({}, _of_version()),
    "api_standard_grant_give": _sent_by_the_province(_GRANT),
    "api_standard_grant_withdraw": _sent_by_the_province({}, _grants),
    "api_standard_map": _sent_by_the_province({"code_list": "trade", "code": "010", **_MAP}),
}


def _partner(county: County) -> list[dict[str, Any]]:
    return [{"public_id": county.partner.public_id}]


def _partner_key(county: County) -> list[dict[str, Any]]:
    return [{"public_id": county.partner_key.public_id}]


def _agreement(county: County) -> list[dict[str, Any]]:
    return [{"public_id": county.agreement.agreement.public_id}]


def _agreement_version(county: County) -> list[dict[str, Any]]:
    return [{"public_id": county.agreement.public_id}]


def _agreed_object(county: County) -> list[dict[str, Any]]:
    return [{"public_id": county.agreement.public_id, "shared": "persons-at-work"}]


def _agreement_form(county: County) -> Query:
    return {
        "purpose": "核对工资发放",
        "legal_basis": "保障农民工工资支付条例",
        "valid_from": county.today,
        "valid_to": county.today + timedelta(days=90),
        "calls_per_minute": 60,
        "rows_per_day": 1000,
    }


def _partner_form(county: County) -> Query:
    named = {"name": f"{county.word}人社局", "sort": "labour"}
    return {**named, "contact_name": "钱一", "contact_phone": "027-68870000"}


_PROVINCE = "province_regulator"


def _of_the_gateway(role: str, **more: Any) -> Route:
    """A page of the outward gateway."""
    return Route(role=role, is_the_provinces=True, **more)


def _acted(
    form: Callable[[County], Query], kwargs: Callable[[County], list[dict[str, Any]]] = _once
) -> Route:
    """An act of the gateway over REST."""
    return Route(role=ADMIN, kwargs=kwargs, forms=lambda county: [form(county)], is_the_provinces=True)


def _nothing(_county: County) -> Query:
    return {}


# The outward gateway: read and approved by the province's regulator, written by its administrator.
SHARING_ROUTES = {
    "gateway": Route(
        public="answers a partner's key alone", kwargs=lambda _county: [{"shared": "persons-at-work"}]
    ),
    "partners": _of_the_gateway(_PROVINCE, queries=lambda county: [{}, {"q": county.word}, {"sort": "bank"}]),
    "handed_out": _of_the_gateway(
        _PROVINCE,
        queries=lambda county: [
            {},
            {"partner": county.partner.public_id},
            {"agreement": county.word},
            {"shared": "persons-at-work"},
        ],
    ),
    "turned_away": _of_the_gateway(
        _PROVINCE, queries=lambda county: [{}, {"partner": county.partner.public_id}]
    ),
    "partner": _of_the_gateway(_PROVINCE, kwargs=_partner),
    "agreement": _of_the_gateway(_PROVINCE, kwargs=_agreement),
    "agreement_version": _of_the_gateway(_PROVINCE, kwargs=_agreement_version),
    "agreement_document": _of_the_gateway(_PROVINCE, kwargs=_agreement_version),
    "agreement_openapi": _of_the_gateway(_PROVINCE, kwargs=_agreement_version),
    "agreement_approve": _of_the_gateway(
        _PROVINCE, kwargs=_agreement_version, forms=lambda _county: [{"is_read": "on"}]
    ),
    "agreement_suspend": _of_the_gateway(
        _PROVINCE, kwargs=_agreement, forms=lambda _county: [{"reason": "超出用途"}]
    ),
    "agreement_resume": _of_the_gateway(_PROVINCE, kwargs=_agreement, forms=lambda _county: [{}]),
    "partner_new": _of_the_gateway(ADMIN, forms=lambda county: [_partner_form(county)]),
    "partner_edit": _of_the_gateway(ADMIN, kwargs=_partner, forms=lambda county: [_partner_form(county)]),
    "partner_key_new": _of_the_gateway(
        ADMIN, kwargs=_partner, forms=lambda _county: [{"addresses": "203.0.113.9"}]
    ),
    "partner_secret": _of_the_gateway(ADMIN, kwargs=_partner_key, forms=lambda _county: [{}]),
    "partner_key_rotate": _of_the_gateway(
        ADMIN, kwargs=_partner_key, forms=lambda county: [{"valid_until": county.today + timedelta(days=3)}]
    ),
    "partner_key_limit": _of_the_gateway(
        ADMIN, kwargs=_partner_key, forms=lambda _county: [{"addresses": "203.0.113.9"}]
    ),
    "partner_key_revoke": _of_the_gateway(
        ADMIN, kwargs=_partner_key, forms=lambda _county: [{"reason": "密钥外泄"}]
    ),
    "agreement_new": _of_the_gateway(
        ADMIN,
        kwargs=_partner,
        forms=lambda county: [{**_agreement_form(county), "number": "试 1 号", "title": "试行共享"}],
    ),
    "agreement_revise": _of_the_gateway(ADMIN, kwargs=_agreement, forms=lambda _county: [{}]),
    "agreement_edit": _of_the_gateway(
        ADMIN, kwargs=_agreement_version, forms=lambda county: [_agreement_form(county)]
    ),
    "agreement_object": _of_the_gateway(
        ADMIN, kwargs=_agreed_object, forms=lambda _county: [{"field_name": "on"}]
    ),
    "agreement_object_remove": _of_the_gateway(ADMIN, kwargs=_agreed_object, forms=lambda _county: [{}]),
    "agreement_drop": _of_the_gateway(ADMIN, kwargs=_agreement_version, forms=lambda _county: [{}]),
    "own_recipients": Route(role="worker"),
    "person_recipients": Route(kwargs=_people),
    "api_partners": _of_the_gateway(_PROVINCE),
    "api_agreements": _of_the_gateway(
        _PROVINCE, queries=lambda county: [{}, {"partner": county.partner.public_id}]
    ),
    "api_handed_out": _of_the_gateway(
        _PROVINCE, queries=lambda county: [{}, {"partner": county.partner.public_id}]
    ),
    "api_turned_away": _of_the_gateway(_PROVINCE),
    "api_partner_new": _acted(_partner_form),
    "api_partner_edit": _acted(_partner_form, _partner),
    "api_partner_key_issue": _acted(lambda _county: {"addresses": ["203.0.113.9"]}, _partner),
    "api_partner_key_rotate": _acted(
        lambda county: {"valid_until": county.now + timedelta(days=3)}, _partner_key
    ),
    "api_partner_key_limit": _acted(lambda _county: {"addresses": ["203.0.113.9"]}, _partner_key),
    "api_partner_key_revoke": _acted(lambda _county: {"reason": "密钥外泄"}, _partner_key),
    "api_agreement_draft": _acted(
        lambda county: {**_agreement_form(county), "number": "试 1 号", "title": "试行共享"}, _partner
    ),
    "api_agreement_revise": _acted(_nothing, _agreement),
    "api_agreement_edit": _acted(_agreement_form, _agreement_version),
    "api_agreement_share": _acted(lambda _county: {"fields": ["id", "name"]}, _agreed_object),
    "api_agreement_withhold": _acted(_nothing, _agreed_object),
    "api_agreement_drop": _acted(_nothing, _agreement_version),
    "api_agreement_approve": _acted(lambda _county: {"version": 1}, _agreement_version),
    "api_agreement_suspend": _acted(lambda _county: {"reason": "超出用途"}, _agreement),
    "api_agreement_resume": _acted(_nothing, _agreement),
}


ROUTES: dict[str, Route] = {
    "healthz": Route(public="the node's own state"),
    "metrics": Route(public="the node's own figures, for whoever watches it"),
    "open_api_file": Route(
        kwargs=lambda _county: [{"token": "forged"}],
        public="without a signed address there is nothing; tests/federation goes in",
    ),
    "open_api": Route(public="without a signature it answers a refusal; test_open_api goes in"),
    "sign_in": Route(public="the door"),
    "sign_out": Route(public="the way out; takes only a form"),
    "password": Route(public="one's own password"),
    "schema": Route(public="the description of the interface"),
    "docs": Route(public="the description of the interface"),
    "standard": Route(public="the data standard is public"),
    "code_list": Route(kwargs=lambda _county: [{"key": "trade"}], public="the data standard is public"),
    "home": Route(),
    "messages": Route(),
    "message": Route(
        public="of one account; another's is not found", kwargs=lambda _county: [{"public_id": new_id()}]
    ),
    "gaps": Route(queries=lambda county: [{"all": "1"}, {"q": county.word}]),
    "site_gaps": Route(kwargs=_project, forms=lambda _county: [{"gaps": "uncontracted"}, {}]),
    "notices": Route(
        queries=lambda county: [
            {},
            {"late": "1"},
            {"open": "1", "project": county.project.public_id},
            {"stands": "replied", "q": county.word},
        ]
    ),
    "notice": Route(kwargs=_notices("issued", "replied", "answered", "late", "subcontractor")),
    "notice_issue": Route(
        kwargs=_notices("draft"),
        forms=lambda county: [
            {"term": "3", "measure_1": "签订合同"},
            {"to": county.participations["subcontractor"].public_id},
        ],
    ),
    "notice_discard": Route(kwargs=_notices("spare"), forms=lambda _county: [{}]),
    "notice_reply": Route(
        kwargs=_notices("issued", "subcontractor"), forms=lambda _county: [{"answer_1": "已补签"}]
    ),
    "notice_accept": Route(
        kwargs=_notices("replied"), forms=lambda _county: [{"note": "现场已看过，补签材料随后送到"}]
    ),
    "notice_return": Route(kwargs=_notices("replied"), forms=lambda _county: [{"reason": "照片看不清"}]),
    "notice_extend": Route(kwargs=_notices("subcontractor"), forms=lambda _county: [{"reason": "材料在途"}]),
    "notice_print": Route(kwargs=_notices("issued", "replied", "late", "subcontractor")),
    "notice_file": Route(kwargs=lambda county: [{"public_id": county.answer_file.public_id}]),
    "permit_new": Route(forms=_permit_forms),
    "permit_import": Route(forms=lambda _county: [{}]),
    "permit_template": Route(),
    "permit_upload": Route(kwargs=_upload, forms=lambda _county: [{}]),
    "permit_faults": Route(kwargs=_upload),
    "unclaimed_accounts": Route(
        queries=lambda county: [
            {},
            {"region": county.region.code},
            {"state": "open"},
            {"days": "14"},
            {"q": county.permit.number},
        ]
    ),
    "issue_account": Route(kwargs=_permit, forms=lambda _county: [{}]),
    "account_slip": Route(kwargs=_permit),
    "claim": Route(public="the door of project accounts"),
    "claim_open": Route(public="the door of project accounts; without a code shown it leads back"),
    "worker_sign_in": Route(public="the worker's door"),
    "worker_code": Route(public="the worker's door; without a code asked for it leads back"),
    "worker_number": Route(public="the worker's door; without a code asked for it leads back"),
    "me": Route(role="worker", queries=lambda _county: [{}, {"month": "2026-01"}]),
    "own_day": Route(role="worker", by_key=True, kwargs=lambda county: [{"day": county.today}]),
    "own_corrections": Route(role="worker"),
    "own_ask": Route(role="worker", queries=_claims, forms=_claims),
    "own_correction": Route(role="worker", kwargs=_correction),
    "own_correction_photo": Route(role="worker", kwargs=_correction),
    "own_readers": Route(role="worker"),
    "own_record": Route(role="worker"),
    "own_days_file": Route(role="worker"),
    "corrections": Route(queries=_listed({"state": "submitted"}, {"wrong": "other"})),
    "correction": Route(
        kwargs=_correction,
        forms=lambda _county: [{"verdict": "accept"}, {"verdict": "reject", "reason": "门卫没有登记"}],
    ),
    "correction_photo": Route(kwargs=_correction),
    "ask_correction": Route(role="labour_clerk", kwargs=_people, forms=_claims),
    "api_corrections": Route(queries=lambda _county: [{}, {"state": "submitted"}]),
    "api_correction": Route(kwargs=_correction),
    "api_answer_correction": Route(
        role="labour_clerk", kwargs=_correction, forms=lambda _county: [{"is_accepted": True}]
    ),
    "api_ask_correction": Route(role="labour_clerk", kwargs=_people, forms=_claims),
    "api_me": Route(role="worker"),
    "api_my_days": Route(role="worker"),
    "api_my_corrections": Route(role="worker"),
    "api_my_ask": Route(role="worker", forms=_claims),
    "exports": Route(),
    "export_new": Route(
        queries=_lists_to_export, forms=lambda _county: [{"format": "xlsx", "reason": "核对"}]
    ),
    "export_file": Route(
        public="of one account; another's is not found", kwargs=lambda _county: [{"public_id": new_id()}]
    ),
    "export_cancel": Route(
        public="of one account; another's is not found", kwargs=lambda _county: [{"public_id": new_id()}]
    ),
    "keys": Route(public="the same sheet for everybody"),
    "list_columns": Route(public="takes only a form", forms=_list_forms),
    "saved_filters": Route(forms=_list_forms),
    "saved_filter": Route(
        public="of one account; another's is not found", kwargs=lambda _county: [{"public_id": new_id()}]
    ),
    "search": Route(queries=_words),
    "overview": Route(queries=lambda county: [{}, {"region": county.region.code}]),
    "region": Route(
        kwargs=lambda county: [{"code": county.region.code}],
        queries=lambda county: [{}, {"measure": "contract"}, {"measure": "on_post"}],
    ),
    "projects": Route(queries=_listed({"status": "003"}, {"low": "training"}, {"silent": "1"})),
    "project": Route(kwargs=_project),
    "project_people": Route(kwargs=_project, queries=_listed()),
    "project_attendance": Route(kwargs=_project, queries=_listed()),
    "project_tab": Route(kwargs=_tabs("parties", "teams", "posts", "devices")),
    "people": Route(queries=_listed({"contract": "no"}, {"on_site": "1"}, {"attended": "yes"})),
    "person": Route(kwargs=_people),
    "reveal_number": Route(
        kwargs=_people, forms=lambda _county: [{"reason": "核对进场人员身份"}, {"reason": ""}]
    ),
    "person_tab": Route(kwargs=_person_tabs),
    "roster_import_new": Route(kwargs=_project, role=BRINGER, forms=lambda _county: [{}]),
    "roster_import_template": Route(kwargs=_project, role=BRINGER),
    "roster_import": Route(
        kwargs=_roster,
        role=BRINGER,
        queries=lambda _county: [{}, {"show": "new"}, {"show": "changed", "page": "9"}],
        forms=lambda _county: [{"mode": "rows"}],
    ),
    "roster_import_mend": Route(
        kwargs=_roster,
        role=BRINGER,
        queries=lambda _county: [{}, {"column": "id_number", "cause": "check_digit"}],
        forms=lambda county: [{roster_cell(county, "check_digit"): people.id_number(913)}],
    ),
    "roster_import_map": Route(
        kwargs=_roster,
        role=BRINGER,
        queries=lambda _county: [{"column": "trade", "cause": "not_in_list"}, {}],
        forms=lambda _county: [{"value": "010"}],
    ),
    "roster_import_errors": Route(kwargs=_roster, role=BRINGER),
    "roster_import_drop": Route(kwargs=_roster, role=BRINGER, forms=lambda _county: [{}]),
    "enrol": Route(kwargs=_project, forms=lambda county: [_enrolment(county)]),
    "team_training": Route(kwargs=_project, forms=lambda county: [_training_form(county)]),
    "edit_person": Route(
        kwargs=_people, forms=lambda _county: [{"trade": "020", "kind": "20", "is_team_leader": "no"}]
    ),
    "correct_person": Route(kwargs=_people, forms=lambda _county: [{"name": "张散", "reason": "看错一位"}]),
    "person_photo": Route(kwargs=_people),
    "person_picture": Route(kwargs=lambda county: [{**one, "which": "front"} for one in _people(county)]),
    "contract_file": Route(
        kwargs=lambda county: [{"public_id": one.public_id} for one in _files_of_contracts(county)]
    ),
    "new_certificate": Route(kwargs=_people, forms=lambda county: [_certificate_form(county)]),
    "certificates": Route(
        queries=lambda county: [
            {},
            {"state": "ending"},
            {"kind": "80", "project": county.project.public_id},
            {"q": county.word},
        ]
    ),
    "certificate_change": Route(kwargs=_certificates, forms=lambda county: [_certificate_change(county)]),
    "identity_record": Route(kwargs=_people),
    "point_new": Route(kwargs=_project, forms=lambda county: [_point_form(county)]),
    "point_edit": Route(kwargs=_points, forms=lambda county: [_point_form(county)]),
    "point_close": Route(kwargs=_points, forms=lambda _county: [{"reason": "搬到北门"}]),
    "point_key": Route(kwargs=_points, forms=lambda _county: [{"once": "1"}]),
    "api_certificates": Route(
        queries=lambda county: [
            {},
            {"engagement": county.worker.engagement.public_id},
            {"valid": "true", "kind": "80"},
            {"ends_within": "30"},
        ]
    ),
    "api_certificate_add": Route(kwargs=_people, forms=lambda county: [_certificate_form(county)]),
    "api_certificate_change": Route(kwargs=_certificates, forms=lambda county: [_certificate_change(county)]),
    "api_points": Route(kwargs=_project, queries=lambda _county: [{}, {"closed": "false"}]),
    "api_point_open": Route(kwargs=_project, forms=lambda county: [_point_form(county)]),
    "api_point_change": Route(kwargs=_points, forms=lambda county: [_point_form(county)]),
    "api_point_close": Route(kwargs=_points, forms=lambda _county: [{"reason": "搬到北门"}]),
    "api_gate_list": Route(public="only a gate's signature opens it; tests/federation goes in"),
    "api_gate_photo": Route(
        kwargs=_people, public="only a gate's signature opens it; tests/federation goes in"
    ),
    "team_file": Route(
        kwargs=lambda county: [{"public_id": one.public_id} for one in county.team_files.values()]
    ),
    "project_payroll": Route(
        kwargs=_project,
        queries=lambda county: [{}, {"month": f"{county.payrolls['contractor'].month:%Y-%m}"}],
    ),
    "person_payroll": Route(kwargs=_people),
    "payroll_batch": Route(
        kwargs=lambda county: [{"public_id": one.public_id} for one in county.payrolls.values()]
    ),
    "payroll_file": Route(
        kwargs=lambda county: [{"public_id": one.public_id} for one in county.payroll_files.values()]
    ),
    "person_credit": Route(kwargs=_people),
    "person_credit_new": Route(kwargs=_people, forms=lambda county: [_credit_form(county)]),
    "person_credit_withdraw": Route(
        kwargs=lambda county: [
            {"public_id": worker.credit.public_id} for worker in county.workers.values() if worker.credit
        ],
        forms=lambda _county: [{"reason": "录入有误"}],
    ),
    "project_contracts": Route(
        kwargs=_project,
        queries=lambda county: [{}, {"stands": "active"}, {"scan": "no"}, {"q": county.word}],
        role="contractor_manager",
    ),
    "project_papers": Route(
        kwargs=_project,
        queries=lambda county: [{}, {"stands": "scanned"}, {"q": county.word}],
        role="contractor_manager",
    ),
    "project_trainings": Route(
        kwargs=_project, queries=lambda _county: [{}, {"stands": "valid"}], role="contractor_manager"
    ),
    "project_sessions": Route(kwargs=_project, queries=lambda _county: [{}, {"state": "open"}]),
    "project_policies": Route(kwargs=_project),
    "make_contracts": Route(kwargs=_project, forms=lambda county: [_terms_form(county)]),
    "papers_chosen": Route(
        kwargs=_project,
        queries=lambda county: [
            {"act": act, "who": next(iter(county.papers.values())).public_id} for act in ("sign", "print")
        ],
        forms=lambda _county: [{}],
        role="contractor_manager",
    ),
    "contract_wordings": Route(kwargs=_project),
    "edit_wording": Route(
        kwargs=lambda county: [{"public_id": county.project.public_id, "kind": "labour"}],
        forms=lambda _county: [{"heading_0": "全部", "text_0": "{合同期限}", "reason": "精简条款"}],
        role="contractor_manager",
    ),
    "amend_contract": Route(
        kwargs=lambda county: [{"public_id": county.contract_of("shared").public_id}],
        forms=lambda county: [_terms_form(county)],
    ),
    "contract_paper": Route(kwargs=_papers("draft", "signing", "scanned", "subcontractor")),
    "print_paper": Route(kwargs=_papers("draft", "subcontractor")),
    "upload_scan": Route(kwargs=_papers("signing"), forms=lambda _county: [{}]),
    "upload_scans": Route(kwargs=_project, forms=lambda _county: [{}]),
    "paper_scan": Route(kwargs=_papers("scanned")),
    "verify_paper": Route(kwargs=_papers("scanned"), forms=lambda _county: [{}], role="contractor_manager"),
    "return_scan": Route(
        kwargs=_papers("scanned"),
        forms=lambda _county: [{"reason": "没有拍到签字"}],
        role="contractor_manager",
    ),
    "void_paper": Route(kwargs=_papers("draft"), forms=lambda _county: [{"reason": "报酬填错"}]),
    "session_new": Route(kwargs=_project, forms=lambda county: [_session_form(county)]),
    "training_session": Route(kwargs=_sessions("open", "judged", "subcontractor")),
    "session_people": Route(
        kwargs=_sessions("open"),
        forms=lambda county: [{"people": county.workers["gap"].engagement.public_id}],
    ),
    "session_badge": Route(
        kwargs=_sessions("open"),
        forms=lambda county: [{"badge": county.workers["gap"].engagement.public_id}],
    ),
    "session_scores": Route(
        kwargs=_sessions("open"),
        forms=lambda county: [{f"score_{county.attendance['open'].public_id.hex}": "90"}],
    ),
    "session_close": Route(kwargs=_sessions("judged"), forms=lambda _county: [{}]),
    "session_cancel": Route(kwargs=_sessions("open"), forms=lambda _county: [{"reason": "当天停工"}]),
    "session_sheet": Route(kwargs=_sessions("open")),
    "print_badges": Route(kwargs=_project),
    "session_file": Route(kwargs=lambda county: [{"public_id": county.session_file.public_id}]),
    "session_strike": Route(kwargs=_came("open"), forms=lambda _county: [{}]),
    "session_make_up": Route(
        kwargs=_came("failed"), forms=lambda county: [{"date": county.today, "score": "80"}]
    ),
    "policy_new": Route(
        kwargs=_project,
        forms=lambda county: [
            {
                "participation": county.participations["contractor"].public_id,
                "title": "考勤制度",
                "effective_on": county.today,
            }
        ],
    ),
    "policy_withdraw": Route(kwargs=_policies, forms=lambda _county: [{"reason": "制度已废止"}]),
    "policy_file": Route(kwargs=_policies),
    "new_contract": Route(kwargs=_people, forms=lambda county: [_contract_form(county)]),
    "new_training": Route(kwargs=_people, forms=lambda county: [_training_form(county)]),
    "replace_contract": Route(kwargs=_contracts, forms=lambda county: [_contract_form(county)]),
    "end_contract": Route(
        kwargs=_contracts, forms=lambda county: [{"date": county.today, "reason": "协商解除"}]
    ),
    "entry_voucher": Route(kwargs=_presences),
    "exit_voucher": Route(kwargs=lambda county: [{"public_id": county.workers["shared"].presence.public_id}]),
    "contract_scan": Route(kwargs=_contracts),
    "replace_training": Route(kwargs=_trainings, forms=lambda county: [_training_form(county)]),
    "withdraw_training": Route(kwargs=_trainings, forms=lambda _county: [{"reason": "不是本人参加"}]),
    "training_evidence": Route(kwargs=_trainings),
    "days": Route(queries=_listed()),
    "punches": Route(queries=_listed({"matched": "no"})),
    "punch": Route(
        kwargs=lambda county: [
            {"day": county.today, "public_id": county.punch.public_id},
            {"day": county.today, "public_id": county.stranger_punch.public_id},
        ]
    ),
    "enterprises": Route(queries=_listed()),
    "enterprise": Route(kwargs=_enterprises),
    "accounts": Route(
        role=ADMIN,
        queries=lambda county: [
            {},
            {"state": "in_force"},
            {"role": "supervisor"},
            {"place": county.region.code},
            {"q": county.word},
            {"q": f"supervisor-{county.region.code}"},
        ],
    ),
    "account_new": Route(role=ADMIN, queries=_scopes, forms=lambda county: [_new_account(county)]),
    "account": Route(role=ADMIN, kwargs=_accounts("supervisor", "labour_clerk", "county_regulator")),
    "first_password": Route(role=ADMIN, kwargs=_accounts(), forms=lambda _county: [{}], leads_on=True),
    "account_reset": Route(role=ADMIN, kwargs=_accounts(), forms=lambda _county: [{}]),
    "account_unlock": Route(role=ADMIN, kwargs=_locked, forms=lambda _county: [{}]),
    "account_close": Route(role=ADMIN, kwargs=_accounts(), forms=lambda _county: [{"reason": "离职"}]),
    "account_reopen": Route(role=ADMIN, kwargs=_closed, forms=lambda _county: [{}]),
    "post_new": Route(
        role=ADMIN, kwargs=_accounts(), queries=_scopes, forms=lambda county: [_new_post(county)]
    ),
    "posts_end": Route(role=ADMIN, kwargs=_accounts(), forms=lambda _county: [{}]),
    "post_days": Route(
        role=ADMIN, kwargs=_post, forms=lambda county: [{"valid_to": county.today + timedelta(days=9)}]
    ),
    "post_end": Route(role=ADMIN, kwargs=_post, forms=lambda _county: [{"reason": "调离"}]),
    "devices": Route(
        role=ADMIN,
        queries=lambda county: [
            {},
            {"state": "silent"},
            {"project": county.project.public_id},
            {"q": county.word},
        ],
    ),
    "device_new": Route(
        role=ADMIN,
        queries=lambda county: [{}, {"project": county.project.code}],
        forms=lambda county: [{"project": county.project.code, "channel": "西门"}],
    ),
    "device": Route(role=ADMIN, kwargs=_device),
    "device_edit": Route(role=ADMIN, kwargs=_device, forms=lambda _county: [{"channel": "东门"}]),
    "device_retire": Route(role=ADMIN, kwargs=_device, forms=lambda _county: [{}]),
    "device_restore": Route(role=ADMIN, kwargs=_retired, forms=lambda _county: [{}]),
    "handbook": Route(public="the document for vendors"),
    "handbook_signing": Route(public="the document for vendors"),
    "handbook_results": Route(public="the document for vendors"),
    "handbook_punches": Route(public="the document for vendors"),
    "handbook_dictionaries": Route(public="the document for vendors"),
    "handbook_dictionary": Route(
        kwargs=lambda _county: [{"key": "trade"}], public="the data standard is public"
    ),
    "handbook_method": Route(
        kwargs=lambda _county: [{"name": "WorkerAttendance.Add"}, {"name": "ProjectWorker.Query"}],
        public="the document for vendors",
    ),
    "sandbox": Route(public="the door of vendors who practise"),
    "sandbox_shown": Route(
        public="invented people alone; the secret only for whoever opened it",
        kwargs=lambda _county: [{"public_id": new_id()}],
    ),
    "conformance": Route(public="results of self-tests are public"),
    "conformance_run": Route(
        public="results of self-tests are public",
        kwargs=lambda county: [{"public_id": county.conformance_run.public_id}],
    ),
    "masters": Route(role="province_regulator", is_the_provinces=True),
    "master_records": Route(
        role="province_regulator",
        is_the_provinces=True,
        by_key=True,
        kwargs=lambda _county: [{"name": "enterprises"}],
        queries=lambda county: [{}, {"q": county.word}, {"state": "live"}],
    ),
    "master_pulls": Route(
        role="province_regulator",
        is_the_provinces=True,
        by_key=True,
        kwargs=lambda _county: [{"name": "enterprises"}],
    ),
    "master_record": Route(
        role="province_regulator",
        is_the_provinces=True,
        kwargs=lambda county: [{"public_id": county.master_record.public_id}],
    ),
    "master_history": Route(kwargs=_mastered),
    "master_pull": Route(
        role=ADMIN,
        is_the_provinces=True,
        by_key=True,
        kwargs=lambda _county: [{"name": "all"}],
        forms=lambda _county: [{}],
    ),
    "change_proposals": Route(queries=lambda county: [{}, {"q": county.word}, {"state": "asked"}]),
    "change_proposal": Route(kwargs=_wish),
    "change_proposal_new": Route(kwargs=_mastered, forms=lambda county: [_new_wish(county)]),
    "change_proposal_answer": Route(
        role="province_regulator",
        is_the_provinces=True,
        kwargs=_wish,
        forms=lambda _county: [{"accepts": "no", "answer": "依据不足"}],
    ),
    "change_proposal_take_back": Route(kwargs=_wish, forms=lambda _county: [{}]),
    "copy_correction_new": Route(
        kwargs=lambda county: [{"kind": "quantity", "public_id": county.copy.public_id}],
        forms=lambda _county: [{"field": "", "wish": "数量应为 12", "reason": "验收单"}],
    ),
    "copy_correction_answer": Route(
        kwargs=lambda county: [{"public_id": county.copy_wish.public_id}],
        forms=lambda _county: [{"accepts": "no", "answer": "名称无误"}],
    ),
    "copy_correction_done": Route(
        kwargs=lambda county: [{"public_id": county.copy_wish.public_id}], forms=lambda _county: [{}]
    ),
    "project_correct": Route(
        role="contractor_manager", kwargs=_project, forms=lambda _county: [{"address": "雄楚大道 1 号"}]
    ),
    "api_masters": Route(role="province_regulator", is_the_provinces=True),
    "api_master_pull": Route(role=ADMIN, forms=lambda _county: [{"object": "all"}]),
    "api_master_records": Route(
        role="province_regulator", queries=lambda county: [{}, {"row": county.firms["supervisor"].public_id}]
    ),
    "api_manager_registrations": Route(
        queries=lambda county: [{}, {"uscc": county.firms["supervisor"].uscc}]
    ),
    "api_change_proposals": Route(queries=lambda county: [{}, {"q": county.word}]),
    "api_change_propose": Route(
        forms=lambda county: [
            {"object": "enterprise", "row": str(county.firms["supervisor"].public_id), **_new_wish(county)}
        ]
    ),
    "api_change_answer": Route(
        role="province_regulator", kwargs=_wish, forms=lambda _county: [{"accepts": True}]
    ),
    "api_copy_correction_ask": Route(
        forms=lambda county: [
            {
                "object": "quantity",
                "row": str(county.copy.public_id),
                "wish": "数量应为 12",
                "reason": "验收单",
            }
        ]
    ),
    "api_copy_correction_answer": Route(
        kwargs=lambda county: [{"public_id": county.copy_wish.public_id}],
        forms=lambda _county: [{"accepts": True}],
    ),
    "api_change_take_back": Route(kwargs=_wish, forms=lambda _county: [{}]),
    "nodes": _of_the_node(),
    "node_invite": _of_the_node(
        {"name": "武汉市平台", "code": "whs", "kind": "city", "region": "420100", "enterprise_uscc": ""}
    ),
    "node_host": _of_the_node({"name": "仙桃市", "code": "xts", "region": "429004"}),
    "node_parent": _of_the_node({"url": "https://p.example", "invitation": "a.b.c"}),
    "node_keys": _of_the_node({}),
    "held_records": _of_the_node(),
    "held_record": _of_the_node(kwargs=_no_such_node),
    "held_requeue": _of_the_node({}, kwargs=_no_such_node),
    "waiver_ask": _of_the_node({"reason": "已移交"}, kwargs=_no_such_node),
    "held_aside": _of_the_node({"reason": "已电话告知"}, kwargs=_no_such_node),
    "waiver_approve": _of_the_node({}, kwargs=_no_such_node),
    "waiver_decline": _of_the_node({}, kwargs=_no_such_node),
    "refused_envelopes": _of_the_node(),
    "reconciliations": _of_the_node(),
    "reconciliation": _of_the_node(kwargs=_no_such_node),
    "differences": _of_the_node(),
    "difference": _of_the_node(kwargs=_no_such_node),
    "difference_send": _of_the_node({}, kwargs=_no_such_node),
    "difference_take_back": _of_the_node({}, kwargs=_no_such_node),
    "differences_take_back": _of_the_node({}, kwargs=_no_such_node),
    "difference_explain": _of_the_node({"why": "已清退"}, kwargs=_no_such_node),
    "differences_send": _of_the_node({}, kwargs=_no_such_node),
    "reconcile": _of_the_node({}, kwargs=_no_such_node),
    "link_statements": _of_the_node(),
    "link_statement": _of_the_node(kwargs=_no_such_node),
    "link_statement_pdf": _of_the_node(kwargs=_no_such_node),
    "link_statement_new": _of_the_node({}, kwargs=_no_such_node),
    "node_compare": Route(public="a door of nodes; unsigned it answers a refusal"),
    "node": _of_the_node(kwargs=_no_such_node),
    "node_invitation": _of_the_node({}, kwargs=_no_such_node),
    "node_suspend": _of_the_node({"reason": "检修"}, kwargs=_no_such_node),
    "node_resume": _of_the_node({}, kwargs=_no_such_node),
    "node_forget": _of_the_node({}, kwargs=_no_such_node),
    "node_move": _of_the_node({}, kwargs=_no_such_node),
    "move": _of_the_node(kwargs=_no_such_node),
    "move_switch": _of_the_node({}, kwargs=_no_such_node),
    "move_abort": _of_the_node({}, kwargs=_no_such_node),
    "node_move_call": Route(public="a door of nodes; unsigned it answers a refusal"),
    "line_restart": _of_the_node({}, kwargs=_no_such_line),
    "passing_ask": _of_the_node({"reason": "格式损坏"}, kwargs=_no_such_line),
    "passing_approve": _of_the_node({}, kwargs=_no_such_line),
    "passing_decline": _of_the_node({}, kwargs=_no_such_line),
    "node_join": Route(public="a door of nodes; unsigned it answers a refusal"),
    "node_hello": Route(public="a door of nodes; unsigned it answers a refusal"),
    "node_envelopes": Route(public="a door of nodes; unsigned it answers a refusal"),
    "node_fetch": Route(public="a door of nodes; unsigned it answers a refusal"),
    "node_files": Route(public="a door of nodes; unsigned it answers a refusal"),
    "node_results": Route(public="a door of nodes; unsigned it answers a refusal"),
    "credentials": Route(
        role=ADMIN,
        queries=lambda county: [{}, {"project": county.project.public_id}, {"q": county.word}],
    ),
    "credential_new": Route(
        role=ADMIN,
        queries=lambda county: [{}, {"project": county.project.code}],
        forms=lambda county: [{"project_code": county.project.code}],
    ),
    "credential_new_enterprise": Route(
        role=ADMIN,
        forms=lambda county: [{"uscc": county.firms["contractor"].uscc}],
        is_the_provinces=True,
    ),
    "request_faults": Route(role=ADMIN, queries=lambda county: [{}, {"q": county.word}]),
    "credential": Route(role=ADMIN, kwargs=_credential),
    "credential_secret": Route(role=ADMIN, kwargs=_credential, forms=lambda _county: [{}], leads_on=True),
    "credential_rotate": Route(
        role=ADMIN,
        kwargs=_credential,
        forms=lambda county: [{"valid_until": county.today + timedelta(days=3)}],
    ),
    "credential_limit": Route(
        role=ADMIN,
        kwargs=_credential,
        forms=lambda _county: [{"addresses": "203.0.113.7", "window_minutes": "60"}],
    ),
    "credential_revoke": Route(
        role=ADMIN, kwargs=_credential, forms=lambda _county: [{"reason": "更换厂商"}]
    ),
    "upstreams": Route(role=ADMIN, queries=lambda county: [{}, {"q": county.word}, {"state": "active"}]),
    "upstream_new": Route(role=ADMIN, forms=lambda county: [_above(county)]),
    "upstream": Route(role=ADMIN, kwargs=_upstream),
    "upstream_edit": Route(role=ADMIN, kwargs=_upstream, forms=lambda county: [_above(county)]),
    "upstream_try": Route(role=ADMIN, kwargs=_upstream, forms=lambda _county: [{}]),
    "upstream_pause": Route(role=ADMIN, kwargs=_upstream, forms=lambda _county: [{"reason": "对方升级"}]),
    "upstream_resume": Route(role=ADMIN, kwargs=_upstream, forms=lambda _county: [{}]),
    "upstream_requeue": Route(role=ADMIN, kwargs=_upstream, forms=lambda _county: [{}]),
    "upstream_projects": Route(
        role=ADMIN, kwargs=_upstream, queries=lambda county: [{}, {"q": county.word}, {"trouble": "1"}]
    ),
    "upstream_project_new": Route(
        role=ADMIN,
        kwargs=_upstream,
        forms=lambda county: [{"code": county.project.code, "remote_code": "U-1"}],
    ),
    "upstream_project_edit": Route(
        role=ADMIN, kwargs=_told_project, forms=lambda _county: [{"remote_code": "U-1"}]
    ),
    "upstream_project_check": Route(role=ADMIN, kwargs=_told_project),
    "upstream_project_end": Route(role=ADMIN, kwargs=_told_project, forms=lambda _county: [{}]),
    "upstream_records": Route(
        role=ADMIN,
        kwargs=_upstream,
        queries=lambda county: [{}, {"q": county.word}, {"state": "refused", "kind": "worker"}],
    ),
    "upstream_record": Route(role=ADMIN, kwargs=_told_records),
    "upstream_record_requeue": Route(role=ADMIN, kwargs=_told_records, forms=lambda _county: [{}]),
    "upstream_record_waive": Route(
        role=ADMIN, kwargs=_told_records, forms=lambda _county: [{"reason": "已线下更正"}]
    ),
    "api_upstreams": Route(role=ADMIN),
    "api_upstream_figures": Route(role=ADMIN, kwargs=_upstream),
    "api_upstream_records": Route(
        role=ADMIN,
        kwargs=_upstream,
        queries=lambda county: [{}, {"project": county.project.code}, {"state": "refused"}],
    ),
    "api_upstream_pause": Route(role=ADMIN, kwargs=_upstream, forms=lambda _county: [{"reason": "对方升级"}]),
    "api_upstream_resume": Route(role=ADMIN, kwargs=_upstream, forms=lambda _county: [{}]),
    "api_upstream_record_requeue": Route(role=ADMIN, kwargs=_told_records, forms=lambda _county: [{}]),
    "api_upstream_record_waive": Route(
        role=ADMIN, kwargs=_told_records, forms=lambda _county: [{"reason": "已线下更正"}]
    ),
    **SHARING_ROUTES,
    **STANDARD_ROUTES,
    "standard_why": Route(queries=lambda county: [{}, *_why(county)], by_key=True),
    "accepted_request": Route(role=ADMIN, kwargs=_serial),
    "request_retry": Route(role=ADMIN, kwargs=_serial, forms=lambda _county: [{}]),
    "trail": Route(role=ADMIN, queries=_trail),
    "trail_event": Route(role=ADMIN, kwargs=_events),
    "jobs": Route(role=ADMIN),
    "messages_retry": Route(role=ADMIN, forms=lambda _county: [{}]),
    "parameter": Route(role=ADMIN, kwargs=lambda _county: [_KEY], public="parameters are public"),
    "parameter_set": Route(
        role=ADMIN,
        kwargs=lambda _county: [_KEY],
        queries=lambda county: [{}, {"region": county.region.code}],
        forms=lambda county: [_new_value(county)],
        by_key=True,
    ),
    "parameter_take_back": Route(role=ADMIN, kwargs=_value, forms=lambda _county: [{}]),
    "api_accounts": Route(
        role=ADMIN, queries=lambda county: [{}, {"q": county.word}, {"role": "supervisor"}]
    ),
    "api_account": Route(role=ADMIN, kwargs=_accounts("supervisor", "labour_clerk")),
    "api_devices": Route(
        role=ADMIN, queries=lambda county: [{}, {"q": county.word}, {"project": county.project.code}]
    ),
    "api_credentials": Route(role=ADMIN, queries=lambda county: [{}, {"appid": county.project.code}]),
    "api_credential_calls": Route(role=ADMIN, kwargs=_credential),
    "api_trail": Route(role=ADMIN, queries=_trail),
    "api_account_open": Route(role=ADMIN, forms=lambda county: [_new_account(county)]),
    "api_account_reset": Route(role=ADMIN, kwargs=_accounts(), forms=lambda _county: [{}]),
    "api_account_unlock": Route(role=ADMIN, kwargs=_locked, forms=lambda _county: [{}]),
    "api_account_close": Route(role=ADMIN, kwargs=_accounts(), forms=lambda _county: [{"reason": "离职"}]),
    "api_account_reopen": Route(role=ADMIN, kwargs=_closed, forms=lambda _county: [{}]),
    "api_post_grant": Route(
        role=ADMIN,
        kwargs=_accounts(),
        forms=lambda county: [
            {"role": "labour_clerk", "scope": county.project.code, "valid_from": county.today}
        ],
    ),
    "api_posts_end": Route(role=ADMIN, kwargs=_accounts(), forms=lambda _county: [{}]),
    "api_post_days": Route(
        role=ADMIN, kwargs=_post, forms=lambda county: [{"valid_to": county.today + timedelta(days=9)}]
    ),
    "api_post_end": Route(role=ADMIN, kwargs=_post, forms=lambda _county: [{"reason": "调离"}]),
    "api_device_register": Route(
        role=ADMIN,
        forms=lambda county: [{"project": county.project.public_id, "channel": "西门"}],
    ),
    "api_device_change": Route(role=ADMIN, kwargs=_device, forms=lambda _county: [{"channel": "东门"}]),
    "api_device_retire": Route(role=ADMIN, kwargs=_device, forms=lambda _county: [{}]),
    "api_device_restore": Route(role=ADMIN, kwargs=_retired, forms=lambda _county: [{}]),
    "api_credential_issue": Route(role=ADMIN, forms=lambda county: [{"project_code": county.project.code}]),
    "api_credential_issue_enterprise": Route(
        role=ADMIN, forms=lambda county: [{"uscc": county.firms["contractor"].uscc}]
    ),
    "api_credential_rotate": Route(
        role=ADMIN,
        kwargs=_credential,
        forms=lambda county: [{"valid_until": county.now + timedelta(days=3)}],
    ),
    "api_credential_limit": Route(
        role=ADMIN, kwargs=_credential, forms=lambda _county: [{"addresses": ["203.0.113.7"]}]
    ),
    "api_credential_revoke": Route(
        role=ADMIN, kwargs=_credential, forms=lambda _county: [{"reason": "更换厂商"}]
    ),
    "api_request_retry": Route(role=ADMIN, kwargs=_serial, forms=lambda _county: [{}]),
    "api_parameter_set": Route(
        role=ADMIN,
        kwargs=lambda _county: [_KEY],
        forms=lambda county: [_new_value(county)],
        by_key=True,
    ),
    "api_parameter_take_back": Route(
        role=ADMIN,
        kwargs=lambda county: [{"key": county.parameter.key}],
        forms=lambda county: [{"region": county.region.code, "valid_from": county.parameter.valid_from}],
        by_key=True,
    ),
    "api_tokens": Route(public="the door; takes only account and password"),
    "api_current_token": Route(public="one's own token; it can only be ended"),
    "api_regions": Route(public="the map is public"),
    "api_code_lists": Route(public="the data standard is public"),
    "api_code_list": Route(kwargs=lambda _county: [{"key": "trade"}], public="the data standard is public"),
    "api_parameters": Route(public="the data standard is public"),
    "api_standard_versions": Route(public="the data standard is public"),
    "api_standard_version": Route(kwargs=_published_version, public="the data standard is public"),
    "api_standard_effective": Route(
        queries=lambda county: [{}, {"region": county.region.code}], public="the data standard is public"
    ),
    "api_standard_schema": Route(
        kwargs=lambda _county: [{"object_key": "worker"}], public="the data standard is public"
    ),
    "api_standard_why": Route(queries=_why, by_key=True),
    "api_dashboard": Route(queries=lambda county: [{}, _here(county), _here(county, date=county.today)]),
    "api_projects": Route(
        queries=lambda county: _found(
            {"status": "003"},
            {"ordering": "-on_site"},
            {"code": county.project.code},
            {"contractor": county.firms["contractor"].uscc},
        )(county)
    ),
    "api_project": Route(kwargs=_project),
    "api_engagements": Route(
        queries=lambda county: _found(
            {"on_site": "true"},
            {"contracted": "false"},
            {"project": county.project.code, "team": county.teams["contractor"].number},
            {"enterprise": county.firms["shared"].uscc},
            by_project=True,
        )(county)
    ),
    "api_engagement": Route(kwargs=_people),
    "api_roster_bring": Route(kwargs=_project, forms=lambda county: [_roster_body(county)]),
    "api_roster": Route(kwargs=_roster, role=BRINGER),
    "api_roster_save": Route(kwargs=_roster, forms=lambda _county: [{"mode": "rows"}]),
    "api_look_up": Route(kwargs=_project, forms=lambda county: [_enrolment(county)]),
    "api_enrol": Route(kwargs=_project, forms=lambda county: [_enrolment(county)]),
    "api_team_training": Route(kwargs=_project, forms=lambda county: [_training_form(county)]),
    "api_engagement_edit": Route(kwargs=_people, forms=lambda _county: [{"trade": "020"}]),
    "api_engagement_correct": Route(kwargs=_people, forms=lambda _county: [{"name": "张散"}]),
    "api_contract_add": Route(kwargs=_people, forms=lambda county: [_contract_form(county)]),
    "api_training_add": Route(kwargs=_people, forms=lambda county: [_training_form(county)]),
    "api_contracts": Route(
        queries=lambda county: [
            {},
            {"engagement": county.worker.engagement.public_id},
            {"project": county.project.code},
            {"ended": "false", "kind": "labour"},
        ]
    ),
    "api_trainings": Route(
        queries=lambda county: [
            {},
            {"engagement": county.worker.engagement.public_id},
            {"project": county.project.code},
            {"withdrawn": "false", "kind": "003001"},
        ]
    ),
    "api_papers": Route(queries=_of_projects({"state": "draft"})),
    "api_wordings": Route(queries=_of_projects({"kind": "labour"})),
    "api_papers_make": Route(
        kwargs=_project,
        forms=lambda county: [
            {**_terms_body(county), "engagements": [str(county.workers["gap"].engagement.public_id)]}
        ],
    ),
    "api_wording_add": Route(kwargs=_project, forms=lambda county: [_wording_body(county)]),
    "api_contract_amend": Route(
        kwargs=lambda county: [{"public_id": county.contract_of("shared").public_id}],
        forms=lambda county: [_terms_body(county)],
    ),
    "api_paper_sign": Route(kwargs=_papers("draft"), forms=lambda _county: [{}]),
    "api_paper_scan": Route(kwargs=_papers("signing"), forms=lambda _county: [{"scan": _picture()}]),
    "api_paper_verify": Route(kwargs=_papers("scanned"), forms=lambda _county: [{}]),
    "api_paper_send_back": Route(
        kwargs=_papers("scanned"), forms=lambda _county: [{"reason": "没有拍到签字"}]
    ),
    "api_paper_void": Route(kwargs=_papers("draft"), forms=lambda _county: [{"reason": "报酬填错"}]),
    "api_sessions": Route(queries=_of_projects({"state": "open", "kind": "003001"})),
    "api_attendance_of_training": Route(
        queries=lambda county: [
            {},
            {"session": county.sessions["open"].public_id},
            {"engagement": county.worker.engagement.public_id},
            {"passed": "true"},
        ]
    ),
    "api_session_open": Route(kwargs=_project, forms=lambda county: [_session_body(county)]),
    "api_session_attend": Route(
        kwargs=_sessions("open"),
        forms=lambda county: [{"engagements": [str(county.workers["gap"].engagement.public_id)]}],
    ),
    "api_session_scores": Route(
        kwargs=_sessions("open"),
        forms=lambda county: [
            {"results": [{"attendance": str(county.attendance["open"].public_id), "score": "90"}]}
        ],
    ),
    "api_session_close": Route(
        kwargs=_sessions("judged"), forms=lambda _county: [{"evidence": [_picture()]}]
    ),
    "api_session_cancel": Route(kwargs=_sessions("open"), forms=lambda _county: [{"reason": "当天停工"}]),
    "api_session_strike": Route(kwargs=_came("open"), forms=lambda _county: [{}]),
    "api_session_make_up": Route(
        kwargs=_came("failed"), forms=lambda county: [{"date": str(county.today), "score": "80"}]
    ),
    "api_policies": Route(queries=_of_projects({"withdrawn": "false"})),
    "api_policy_file": Route(kwargs=_project, forms=lambda county: [_policy_body(county)]),
    "api_policy_withdraw": Route(kwargs=_policies, forms=lambda _county: [{"reason": "制度已废止"}]),
    "api_contract_replace": Route(kwargs=_contracts, forms=lambda county: [_contract_form(county)]),
    "api_contract_end": Route(
        kwargs=_contracts, forms=lambda county: [{"date": county.today, "reason": "协商解除"}]
    ),
    "api_training_replace": Route(kwargs=_trainings, forms=lambda county: [_training_form(county)]),
    "api_training_withdraw": Route(kwargs=_trainings, forms=lambda _county: [{"reason": "不是本人参加"}]),
    "api_punches": Route(
        queries=lambda county: _found(
            {"matched": "false"},
            {"channel": county.device.channel},
            {"date": county.today - timedelta(days=1)},
            words=False,
            by_project=True,
        )(county),
        forms=lambda county: [{"device": county.device.channel, "punches": []}],
    ),
    "api_punch_receipt": Route(kwargs=lambda county: [{"public_id": county.punch_receipt.public_id}]),
    "roster_move": Route(kwargs=_project, queries=_ticked, forms=_move_forms),
    "roster_done": Route(kwargs=_batches),
    "roster_undo": Route(kwargs=_batches, forms=lambda _county: [{"reason": "选错了人"}]),
    "person_reverse": Route(kwargs=_people, forms=lambda _county: [{"reason": "选错了人"}]),
    "post_assign": Route(
        kwargs=_project,
        forms=lambda county: [
            {"post": "02", "engagement": county.worker.engagement.public_id, "date": county.today}
        ],
    ),
    "post_relieve": Route(kwargs=_key_posts, forms=lambda county: [{"date": county.today}]),
    "party_new": Route(kwargs=_project, forms=_party_forms),
    "party_edit": Route(kwargs=_parties, forms=lambda _county: [{"kind": "001", "manager_name": "钱"}]),
    "party_end": Route(kwargs=_parties, forms=lambda county: [{"date": county.today}]),
    "party_resume": Route(kwargs=_parties, forms=lambda _county: [{"once": "1"}]),
    "team_new": Route(
        kwargs=_project,
        forms=lambda county: [
            {"participation": county.participations["contractor"].public_id, "name": "瓦工二班"}
        ],
    ),
    "team_edit": Route(kwargs=_teams, forms=lambda _county: [{"name": "瓦工三班"}]),
    "team_end": Route(kwargs=_teams, forms=lambda county: [{"date": county.today}]),
    "team_resume": Route(kwargs=_teams, forms=lambda _county: [{"once": "1"}]),
    "api_roster_enter": Route(forms=_moved(date=True)),
    "api_roster_leave": Route(forms=_moved(date=True)),
    "api_roster_return": Route(forms=_moved(date=True)),
    "api_roster_exit": Route(forms=_moved(date=True)),
    "api_roster_settle": Route(forms=_moved()),
    "api_roster_team": Route(forms=_moved(date=True)),
    "api_roster_end": Route(forms=_moved(date=True)),
    "api_roster_verify": Route(forms=_moved()),
    "api_roster_submit": Route(forms=_moved()),
    "api_roster_approve": Route(forms=_moved()),
    "api_roster_send_back": Route(forms=_moved(reason="缺培训记录")),
    "api_roster_reverse": Route(forms=_moved(reason="选错了人")),
    "api_presences": Route(queries=_of_projects()),
    "api_reviews": Route(queries=_of_projects({"outcome": "approved"})),
    "api_key_post_assign": Route(
        forms=lambda county: [
            {"engagement": county.worker.engagement.public_id, "post": "02", "starts_on": county.today}
        ]
    ),
    "api_key_post_relieve": Route(kwargs=_key_posts, forms=lambda county: [{"ends_on": county.today}]),
    "api_participations": Route(queries=_of_projects({"kind": "009"}, {"left": "false"})),
    "api_participation_add": Route(
        forms=lambda county: [{**form, "project": county.project.public_id} for form in _party_forms(county)]
    ),
    "api_participation_edit": Route(kwargs=_parties, forms=lambda _county: [{"kind": "001"}]),
    "api_participation_end": Route(kwargs=_parties, forms=lambda county: [{"date": county.today}]),
    "api_participation_resume": Route(kwargs=_parties, forms=lambda _county: [{}]),
    "api_teams": Route(queries=_of_projects({"q": "班"}, {"left": "false"})),
    "api_team_add": Route(
        forms=lambda county: [
            {"participation": county.participations["contractor"].public_id, "name": "瓦工二班"}
        ]
    ),
    "api_team_edit": Route(kwargs=_teams, forms=lambda _county: [{"name": "瓦工三班"}]),
    "api_team_end": Route(kwargs=_teams, forms=lambda county: [{"date": county.today}]),
    "api_team_resume": Route(kwargs=_teams, forms=lambda _county: [{}]),
    "api_attendance_days": Route(
        queries=lambda county: _found(
            {"ordering": "first_at"},
            {"engagement": county.worker.engagement.public_id},
            {"from": county.today - timedelta(days=25)},
            words=False,
            by_project=True,
        )(county)
    ),
    "api_site_gaps": Route(kwargs=_project),
    "api_notice_draft": Route(kwargs=_project, forms=lambda _county: [{"gaps": ["uncontracted"]}]),
    "api_notices": Route(
        queries=lambda county: _found(
            {"overdue": "true"},
            {"state": "replied", "project": county.project.code},
            {"number": county.notices["issued"].number},
            words=False,
        )(county)
    ),
    "api_notice_file": Route(kwargs=lambda county: [{"public_id": county.answer_file.public_id}]),
    "api_notice": Route(kwargs=_notices("issued", "replied", "subcontractor")),
    "api_notice_issue": Route(
        kwargs=_notices("draft"), forms=lambda county: [{"deadline_on": county.today + timedelta(days=3)}]
    ),
    "api_notice_discard": Route(kwargs=_notices("spare"), forms=lambda _county: [{}]),
    "api_notice_read": Route(kwargs=_notices("issued", "subcontractor"), forms=lambda _county: [{}]),
    "api_notice_reply": Route(
        kwargs=_notices("issued", "subcontractor"),
        forms=lambda _county: [{"answers[0]position": 1, "answers[0]text": "已补签"}],
    ),
    "api_notice_accept": Route(kwargs=_notices("replied"), forms=lambda _county: [{}]),
    "api_notice_return": Route(kwargs=_notices("replied"), forms=lambda _county: [{"reason": "照片看不清"}]),
    "api_notice_extend": Route(
        kwargs=_notices("subcontractor"),
        forms=lambda county: [{"reason": "材料在途", "deadline_on": county.today + timedelta(days=4)}],
    ),
    "api_credit_records": Route(
        queries=lambda county: [{}, {"uscc": county.firms["contractor"].uscc}, {"kind": "good"}]
    ),
    "api_credit_record": Route(
        forms=lambda county: [
            {
                "enterprise": str(county.firms["contractor"].public_id),
                "region": county.region.code,
                "record_kind": "good",
                "behaviour": "001",
                "content": "楚天杯",
                "authority": "住建局",
                "document": "〔2026〕9号",
                "decided_on": str(county.today),
                "valid_from": str(county.today),
            }
        ]
    ),
    "api_credit_withdraw": Route(
        kwargs=lambda county: [{"public_id": row.public_id} for row in county.credit.values()],
        forms=lambda _county: [{"reason": "录入有误"}],
    ),
    "api_qualifications": Route(
        queries=lambda county: [{}, {"uscc": county.firms["contractor"].uscc}, {"number": f"{county.word}D0"}]
    ),
    "api_qualification_record": Route(
        forms=lambda county: [
            {
                "enterprise": str(county.firms["contractor"].public_id),
                "kind": "3",
                "number": "D342000001",
                "status": "001",
                "trade": "71401002",
            }
        ]
    ),
    "api_permits": Route(
        queries=lambda county: [
            {},
            _here(county),
            {"project": county.project.code},
            {"number": county.permit.number},
            {"q": county.word},
        ]
    ),
    "api_permits_unclaimed": Route(queries=lambda county: [{}, _here(county)]),
    "api_permit_receive": Route(),
    "api_permit_issue_account": Route(kwargs=_permit, forms=lambda _county: [{}]),
    "project_terms": Route(kwargs=_project),
    "terms_new": Route(kwargs=_project, forms=lambda _county: [{"measurement_days": "30"}]),
    "terms_confirm": Route(kwargs=_terms("stated"), forms=lambda _county: [{}]),
    "terms_object": Route(kwargs=_terms("stated"), forms=lambda _county: [{"reason": "拨付日与合同不符"}]),
    "terms_file": Route(
        kwargs=lambda county: [
            {"public_id": county.terms["confirmed"].public_id, "which": which}
            for which in ("contract", "promise")
        ]
    ),
    "api_terms": Route(queries=_of_projects({"state": "confirmed"})),
    "api_terms_state": Route(kwargs=_project, forms=lambda _county: [{"measurement_days": 30}]),
    "api_terms_confirm": Route(kwargs=_terms("stated"), forms=lambda _county: [{}]),
    "api_terms_object": Route(kwargs=_terms("stated"), forms=lambda _county: [{"reason": "拨付日不符"}]),
    "project_quantities": Route(
        kwargs=_project,
        queries=lambda county: [
            {},
            {"stands": "entered"},
            {"grade": "9"},
            {"month": f"{county.today:%Y-%m}"},
            {"q": "王五"},
            {"team": county.teams["contractor"].public_id},
            {"person": county.worker.engagement.public_id},
        ],
    ),
    "quantity_totals": Route(kwargs=_project),
    "quantity_new": Route(
        kwargs=_project,
        forms=lambda county: [{**_quantity_form(county), "team": county.teams["contractor"].public_id}],
    ),
    "quantity": Route(kwargs=_quantities),
    "quantity_correct": Route(kwargs=_quantities, forms=lambda county: [_quantity_form(county)]),
    "quantity_accept": Route(kwargs=_quantities, forms=lambda _county: [{"grade": "1"}]),
    "quantity_return": Route(kwargs=_quantities, forms=lambda _county: [{"reason": "与计量单不符"}]),
    "api_quantities": Route(queries=_of_projects({"state": "entered"}, {"grade": "2"})),
    "api_quantity_enter": Route(
        forms=lambda county: [{**_quantity_form(county), "team": county.teams["contractor"].public_id}]
    ),
    "api_quantity_correct": Route(kwargs=_quantities, forms=lambda county: [_quantity_form(county)]),
    "api_quantity_accept": Route(kwargs=_quantities, forms=lambda _county: [{"grade": "1"}]),
    "api_quantity_return": Route(kwargs=_quantities, forms=lambda _county: [{"reason": "与计量单不符"}]),
    "own_career": Route(role="worker"),
    "own_career_code": Route(role="worker"),
    "own_career_close": Route(role="worker"),
    "api_my_career": Route(role="worker"),
    "api_my_career_open": Route(role="worker"),
    "api_my_career_close": Route(role="worker"),
    "read_career": Route(
        role="labour_clerk",
        queries=lambda county: [{}, {"project": county.project.public_id}],
        forms=lambda county: [_career_form(county)],
    ),
    "career": Route(role="labour_clerk", kwargs=_readings),
    "enrol_by_code": Route(
        role="labour_clerk",
        kwargs=lambda county: [
            {"public_id": county.project.public_id, "reading": one["public_id"]} for one in _readings(county)
        ],
        forms=lambda county: [_enrolment(county)],
    ),
    "person_career": Route(kwargs=_people),
    "api_career_read": Route(forms=lambda county: [_career_form(county)]),
    "api_career": Route(role="labour_clerk", kwargs=_readings),
    "ledgers": Route(
        queries=lambda county: [
            {},
            {"region": county.region.code},
            {"month": f"{county.today:%Y-%m}"},
            {"stands": "filed"},
            {"q": county.word},
            {"project": county.project.public_id},
        ]
    ),
    "project_ledgers": Route(kwargs=_project, queries=lambda _county: [{}, {"stands": "none"}]),
    "ledger_verify": Route(
        queries=lambda county: [{}, *({"digest": row.digest} for row in county.ledgers.values())]
    ),
    "ledger": Route(kwargs=_ledgers),
    "ledger_print": Route(kwargs=_ledgers),
    "ledger_json": Route(kwargs=_ledgers),
    "ledger_xlsx": Route(kwargs=_ledgers),
    "ledger_accept": Route(kwargs=_ledgers, forms=lambda _county: [{}]),
    "ledger_return": Route(kwargs=_ledgers, forms=lambda _county: [{"reason": "有人没有合同"}]),
    "ledger_file": Route(kwargs=_to_file, forms=lambda _county: [{}]),
    "api_ledgers": Route(
        queries=lambda county: [
            {},
            {"project": county.project.code},
            {"month": f"{month_before(county.today):%Y-%m}", "state": "filed"},
            {"digest": county.ledgers["subcontractor"].digest},
        ]
    ),
    "api_ledgers_owed": Route(queries=_of_projects({"stands": "filed"})),
    "api_ledger_file": Route(
        forms=lambda county: [
            {
                "participation": county.participations["shared"].public_id,
                "month": f"{month_before(county.today):%Y-%m}",
            }
        ]
    ),
    "api_ledger": Route(kwargs=_ledgers),
    "api_ledger_accept": Route(kwargs=_ledgers, forms=lambda _county: [{}]),
    "api_ledger_return": Route(kwargs=_ledgers, forms=lambda _county: [{"reason": "有人没有合同"}]),
    "api_exports": Route(),
    "api_ask_for_export": Route(public="takes only a body; tests/exports asks for the other county's lists"),
    **{
        f"api_{name}": Route(
            public="of one account; another's is not found", kwargs=lambda _county: [{"public_id": new_id()}]
        )
        for name in ("export", "cancel_export", "export_file")
    },
    "api_enterprises": Route(
        queries=lambda county: [{}, {"q": county.word}, {"uscc": county.firms["owner"].uscc}]
    ),
}


def routes() -> Iterator[tuple[str, str]]:
    """Every route of the resolver, through every include: its full name and its pattern."""
    yield from _walk(get_resolver().url_patterns, "", "")


def _walk(patterns: list[URLPattern | URLResolver], space: str, prefix: str) -> Iterator[tuple[str, str]]:
    for pattern in patterns:
        where = f"{prefix}{pattern.pattern}"
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from _walk(pattern.url_patterns, inner, where)
        else:
            yield f"{space}{pattern.name or where}", where


def address(path: str, query: Query) -> str:
    """A path with its query."""
    return f"{path}?{urlencode(query, doseq=True)}" if query else path
