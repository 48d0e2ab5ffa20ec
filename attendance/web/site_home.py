"""The home of those who work on single sites: what waits there, and the ways to the day's acts."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse

from attendance.selectors.projects import projects_on
from attendance.selectors.worklist import RED, WorkItem
from kernel.scoping import Actor
from projects.selectors import owning_firms
from standards.selectors import code_name
from web.navigation import Crumb

# So many projects are listed on the home page; beyond that the list of projects is one click away.
SHOWN = 50
ENROL = "登记工人"


@dataclass(frozen=True, slots=True)
class Way:
    """A door to an act of the day, with what one does there."""

    label: str
    note: str
    url: str


@dataclass(frozen=True, slots=True)
class SiteRow:
    """One of several projects: what waits there, and its day."""

    project: Any
    status: str
    red: int
    amber: int


def site_context(actor: Actor, day: date, items: list[WorkItem]) -> dict[str, Any]:
    """What the home page of site people shows beside work list and figures. Two questions at most."""
    rows: list[Any] = list(projects_on(actor, day)[: SHOWN + 1])
    if len(rows) == 1:
        project = rows[0]
        ways = list(_ways(actor, project))
        enrol = next((way for way in ways if way.label == ENROL), None)
        return {
            "title": project.name,
            "site": project,
            "status": code_name("project_status", project.status),
            "ways": ways,
            # Where nobody is yet, the first step is the one to press.
            "main_way": enrol if project.on_site else None,
            "is_empty_site": not project.on_site,
            "steps": _steps(actor, project),
            "crumbs": [Crumb("我的项目", reverse("projects")), Crumb(project.name)],
        }
    return {
        "title": "我的项目",
        "sites": _rows(rows[:SHOWN], items),
        "more_sites": len(rows) > SHOWN,
        "ways": list(_ways_of_many(actor)),
        "crumbs": [Crumb("我的项目")],
    }


def _rows(projects: Iterable[Any], items: list[WorkItem]) -> list[SiteRow]:
    """Those with most to act on first."""
    found = []
    for project in projects:
        own = [item.level for item in items if item.project.pk == project.pk]
        red = own.count(RED)
        status = code_name("project_status", project.status)
        found.append(SiteRow(project, status, red, len(own) - red))
    return sorted(found, key=lambda row: (-row.red, -row.amber, row.project.code))


def _ways(actor: Actor, project: Any) -> Iterator[Way]:
    """The day's acts on one project, in the order of their frequency, as far as the posts carry them."""
    of = [project.public_id]
    doors = (
        ("workers.enrol", ENROL, "录身份证，分到班组", _to("enrol", of)),
        ("workers.enrol", "批量导入", "花名册表格，先检查后写入", _to("roster_import_new", of)),
        ("workers.enter", "进退场", "勾选人员，办进场、退场、换班组", _to("project_people", of, on_site="1")),
        ("workers.file", "补合同", "在场没有合同的人", _to("project_people", of, on_site="1", contract="no")),
        ("workers.file", "补培训", "在场没有培训的人", _to("project_people", of, on_site="1", training="no")),
        ("projects.manage_team", "班组", "登记班组，看各班组人数", _to("project_tab", [*of, "teams"])),
        (
            "projects.manage_participation",
            "参建单位",
            "登记分包、材料、检测单位",
            _to("project_tab", [*of, "parties"]),
        ),
        ("workers.quantify", "完工数量", "班组做了多少、质量如何", _to("project_quantities", of)),
        ("ledgers.file", "报送台账", "按月报送总承包单位备案", _to("project_ledgers", of)),
        ("ledgers.accept", "分包台账", "谁报了、谁没报，备案或退回", _to("project_ledgers", of)),
        ("projects.agree_terms", "合同条款", "人工费用、拨付日、实名制职责", _to("project_terms", of)),
        ("integrity.view", "通知单", "监理通知单和回复", _to("notices")),
        ("integrity.issue_notice", "现场缺口", "从缺口开通知单", _to("site_gaps", of)),
        ("attendance.view", "今日考勤", "谁到了，谁没到", _to("project_tab", [*of, "attendance"])),
    )
    for permission, label, note, url in doors:
        if url and actor.may(permission):
            yield Way(label, note, url)
    yield from _own_staff(actor, project=project.public_id)


def _ways_of_many(actor: Actor) -> Iterator[Way]:
    if actor.may("integrity.view") and (url := _to("notices")):
        yield Way("通知单", "监理通知单和回复", url)
    yield from _own_staff(actor)


def _own_staff(actor: Actor, **more: Any) -> Iterator[Way]:
    """The owner's own people on its projects."""
    if "owner" not in getattr(actor, "roles", ()):
        return
    for firm in owning_firms(actor):
        url = _to("people", enterprise=firm.public_id, **more)
        yield Way("本单位人员", f"{firm.name}在项目上的人", url)


def _steps(actor: Actor, project: Any) -> list[Way]:
    """How a project begins on which nobody is yet: who may not do a step is not shown it."""
    of = [project.public_id]
    steps = (
        ("projects.manage_participation", "登记参建单位", _to("project_tab", [*of, "parties"])),
        ("projects.manage_team", "登记班组", _to("project_tab", [*of, "teams"])),
        ("workers.enrol", ENROL, _to("enrol", of)),
    )
    return [Way(label, "", url) for permission, label, url in steps if url and actor.may(permission)]


def _to(name: str, args: Iterable[Any] = (), **query: Any) -> str:
    """The address of a page of any storey by its name, or nothing where this node has no such page."""
    try:
        path = reverse(name, args=list(args))
    except NoReverseMatch:
        return ""
    return f"{path}?{urlencode(query)}" if query else path
