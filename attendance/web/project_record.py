"""One project: 概况, 人员, 考勤, 参建单位, 班组, 关键岗位, 设备."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from attendance.device_words import silence
from attendance.models import AttendanceDay
from attendance.selectors.days import days
from attendance.selectors.devices import devices_of
from attendance.selectors.figures import Figures
from attendance.selectors.people import key_post_holders, people, team_sizes
from attendance.selectors.projects import project_on, project_trend
from attendance.web.attendance_lists import DayFilters, DayTable, day_asked, neighbours
from attendance.web.clock import today
from attendance.web.people_list import PeopleFilters, PeopleTable
from attendance.web.places import crumbs, dashboard_url
from attendance.web.stated import accounts_of, manager_contact, project_told
from attendance.web.strip import moved
from attendance.web.trends import first_day, people_trend
from kernel.scoping import Actor
from projects import selectors as projects
from projects.models import OwnerTerms, Project, Source
from projects.provenance import provenance_of
from projects.services import CONTRACTOR
from projects.terms import missing
from standards.selectors import code_name, parameter
from web import words
from web.copies import is_own
from web.filters import ScopedFilterSet
from web.lists import Bulk, Fact, ListPage, PickColumn
from web.navigation import Crumb
from web.pages import Page
from web.templatetags.words import change
from workers.models import Engagement
from workers.selectors import collection_points
from workers.web.roster_acts import offered


@dataclass(frozen=True, slots=True)
class Tab:
    key: str
    label: str
    url: str
    here: bool
    count: int | None = None


TABS = {
    "overview": "概况",
    "gaps": "缺口",
    "people": "人员",
    "attendance": "考勤",
    "contracts": "合同",
    "trainings": "培训",
    "payroll": "工资",
    "quantities": "完工数量",
    "ledgers": "台账",
    "parties": "参建单位",
    "teams": "班组",
    "posts": "关键岗位",
    "devices": "设备与提取点",
    "policies": "制度",
}


def head(actor: Actor, project: Any, here: str) -> dict[str, Any]:
    """What every tab of a project shows above itself."""
    public_id = project.public_id
    urls = {key: reverse("project_tab", args=[public_id, key]) for key in TABS}
    urls["overview"] = reverse("project", args=[public_id])
    listed = Crumb("项目", f"{reverse('projects')}?region={project.region.code}")
    here_in = project.region if actor.reach("attendance.view").region_paths else None
    tail = (listed, Crumb(project.name)) if here_in else (Crumb(project.name),)
    return {
        "title": project.name,
        "project": project,
        "status": code_name("project_status", project.status),
        "in_progress": project.status == projects.IN_PROGRESS,
        "crumbs": crumbs(actor, here_in, dashboard_url, *tail),
        "tabs": [Tab(key, label, urls[key], key == here) for key, label in TABS.items()],
        "tab_here": here,
        "tabs_label": "项目的各部分",
        "as_of": project.counted_at or timezone.now(),
        "in_record": True,
        "may_propose": actor.may("masters.propose"),
        "may_correct": project.source != Source.MASTER and is_own(project) and actor.may("projects.state"),
    }


class ProjectRecord(Page):
    """A project's tabs that are not lists of their own."""

    permission = "projects.view"
    section = "projects"

    def get(self, request: HttpRequest, public_id: UUID, tab: str = "overview") -> HttpResponse:
        show = {
            "overview": self._overview,
            "parties": self._parties,
            "teams": self._teams,
            "posts": self._posts,
            "devices": self._devices,
        }.get(tab)
        if show is None:
            raise Http404
        self.template_name = f"attendance/project_{tab}.html"
        project = project_on(self.actor, public_id, today())
        return self.show({**head(self.actor, project, tab), **show(project)})

    def _overview(self, project: Any) -> dict[str, Any]:
        day = today()
        found = project_trend(self.actor, project, first_day(day), day)
        return {
            "chart": people_trend(project.name, found, day),
            "permits": projects.permits(self.actor, project),
            "reported": projects.reported_permits(self.actor).filter(project=project),
            "told": project_told(self.actor, project),
            "provenance": provenance_of(project),
            "account": _account(self.actor, project),
            "terms": _terms(self.actor, project),
            "category": code_name("project_class", project.category),
            "day": day,
            "lows": _lows(project),
            "both": _both(project),
            "notes": _since_yesterday(project, found.get(day - timedelta(days=1))),
            "area": words.exact(round(project.building_area)) if project.building_area else "",
        }

    def _parties(self, project: Project) -> dict[str, Any]:
        rows, accounts = projects.participations(self.actor, project), accounts_of(self.actor, project)
        return {
            "parties": [
                (
                    row,
                    code_name("participation_kind", row.kind),
                    manager_contact(row),
                    accounts.get(row.pk, ()),
                )
                for row in rows
            ],
            "may_manage": self.actor.may("projects.manage_participation"),
            "contractor_kind": CONTRACTOR,
            "today": timezone.localdate(),
        }

    def _teams(self, project: Project) -> dict[str, Any]:
        sizes = team_sizes(self.actor, project, today())
        files: dict[int, list[Any]] = {}
        for one in projects.team_files(self.actor, project):
            files.setdefault(one.team_id, []).append(one)
        rows = projects.teams(self.actor, project)
        return {
            "teams": [(team, sizes.get(team.pk, 0), files.get(team.pk, [])) for team in rows],
            "may_manage": self.actor.may("projects.manage_team"),
            "today": timezone.localdate(),
        }

    def _posts(self, project: Project) -> dict[str, Any]:
        day = today()
        held = key_post_holders(self.actor, project, day)
        required = parameter("key_posts.required", project.region, day)
        rows = [
            (post, code_name("key_post", post), held.get(post))
            for post in [*required, *sorted(set(held) - set(required))]
        ]
        return {"posts": rows, "day": day, "may_manage": self.actor.may("workers.enrol")}

    def _devices(self, project: Project) -> dict[str, Any]:
        now = timezone.now()
        limits = parameter("device.silent_hours", project.region)
        rows = [(device, silence(device, now, limits)) for device in devices_of(self.actor, project)]
        sees = self.actor.may("federation.view_credentials")
        calls = f"{reverse('credentials')}?project={project.public_id}" if sees else ""
        return {
            "devices": rows,
            "limits": limits,
            "calls_url": calls,
            "points": collection_points(self.actor, project),
            "may_manage": self.actor.may("projects.manage_participation"),
            "may_keep_keys": self.actor.may("workers.approve"),
        }


def _account(actor: Actor, project: Any) -> dict[str, Any] | None:
    """For regulators: whether the contractor's account was claimed, and where a code is issued."""
    if not actor.may("projects.coverage") or not project.is_open:
        return None
    row = projects.unclaimed(actor, timezone.now()).filter(pk=project.pk).first()
    if row is None:
        return {"state": "green", "words": "已开通"}
    issued = row.code_at is not None
    return {
        "state": "blue" if issued else "amber",
        "words": f"待领取，代码有效至 {words.moment(row.code_until)}" if issued else "未签发",
        "act": "重新签发" if issued else "签发账号",
        "url": reverse("issue_account", args=[row.permit_key]) if actor.may("projects.issue_account") else "",
    }


def _terms(actor: Actor, project: Any) -> tuple[str, str] | None:
    """How the owner's contract terms stand; None for whom the contract is no business."""
    if not projects.sees_terms(actor, project):
        return None
    row = projects.terms_of(actor, project).exclude(state=OwnerTerms.State.REPLACED).first()
    lack = missing(row)
    if row is None:
        return "amber", "还没有填报"
    if lack:
        return "amber", f"缺 {len(lack)} 项：{'、'.join(lack)}"
    is_confirmed = row.state == OwnerTerms.State.CONFIRMED
    return (
        ("green", "六项齐全，双方已确认")
        if is_confirmed
        else ("amber", f"六项齐全，{OwnerTerms.State(row.state).label}")
    )


def _both(project: Any) -> dict[str, str]:
    """Both numbers behind each rate."""
    pairs = {
        "contract": (project.contracted, project.on_site),
        "training": (project.trained, project.on_site),
        "on_post": (project.posts_present, project.posts_required),
    }
    return {
        name: f"{words.exact(part)} / {words.exact(whole)}" if whole else ""
        for name, (part, whole) in pairs.items()
    }


def _since_yesterday(project: Any, before: Figures | None) -> dict[str, str]:
    """What has changed since yesterday, of the figures that do not grow through the day."""
    if before is None or project.on_site is None:
        return {}
    now = Figures(on_site=project.on_site, contracted=project.contracted, trained=project.trained)
    return {
        "on_site": change(now.on_site - before.on_site),
        "contract": moved(now.contract, before.contract),
        "training": moved(now.training, before.training),
    }


def _lows(project: Any) -> dict[str, bool]:
    keys = {
        "attendance_rate": "attendance_rate.low",
        "contract_rate": "contract_rate.low",
        "training_rate": "training_rate.low",
        "on_post_rate": "on_post.low",
    }
    rates = {name: getattr(project, name) for name in keys}
    return {
        name: rate is not None and rate < parameter(keys[name], project.region)
        for name, rate in rates.items()
    }


class ProjectTab(ListPage):
    """A tab of a project that is a list."""

    section = "projects"
    template_name = "attendance/project_list.html"
    tab = ""

    def prepare(self, **kwargs: Any) -> None:
        self.project = project_on(self.actor, kwargs["public_id"], today())

    def more(self, filterset: ScopedFilterSet, rows: QuerySet[Any]) -> dict[str, Any]:
        return head(self.actor, self.project, self.tab)


def printed_head(project: Any, what: str) -> dict[str, Any]:
    """The head of a project's list on paper."""
    return {
        "print_title": f"{project.name} {what}",
        "facts": [
            Fact("项目编号", project.code),
            Fact("所在地区", project.region.name),
            Fact("总承包企业", project.contractor.name),
        ],
    }


class _People(PeopleTable):
    class Meta(PeopleTable.Meta):
        exclude = ("project",)


class _PickedPeople(_People):
    pick = PickColumn(lambda row: row.person.name)

    class Meta(_People.Meta):
        sequence = ("pick", "...")


class ProjectPeople(ProjectTab):
    """人员 of a project; whoever moves people ticks them here."""

    permission = "workers.view"
    tab = "people"
    title = "项目人员"
    noun = "人次"
    signatures = ("编制人", "劳资专管员", "项目负责人")
    table_class = _People
    filterset_class = PeopleFilters

    def rows(self) -> QuerySet[Engagement]:
        self.acts = offered(self.actor)
        if self.acts:
            self.table_class = _PickedPeople
        return people(self.actor, today()).filter(project=self.project)

    def printed(self) -> dict[str, Any]:
        return printed_head(self.project, "建筑工人花名册")

    def more(self, filterset: ScopedFilterSet, rows: QuerySet[Any]) -> dict[str, Any]:
        empty = {"title": "没有符合条件的人员", "reason": "人员登记后，或厂商设备上报后，出现在这里。"}
        acts = {
            "list_acts": "attendance/_project_people_acts.html",
            "may_enrol": self.actor.may("workers.enrol") and self.project.is_open,
            "may_file": self.actor.may("workers.file"),
        }
        url = reverse("roster_move", args=[self.project.public_id])
        bulk = Bulk(url, self.acts) if self.acts else None
        return {**super().more(filterset, rows), **acts, "empty": empty, "bulk": bulk}


class _Days(DayTable):
    class Meta(DayTable.Meta):
        exclude = ("project",)


class ProjectAttendance(ProjectTab):
    """考勤 of a project, one day at a time."""

    permission = "attendance.view"
    tab = "attendance"
    title = "项目考勤"
    noun = "人次出勤"
    table_class = _Days
    filterset_class = DayFilters

    def prepare(self, **kwargs: Any) -> None:
        super().prepare(**kwargs)
        self.day = day_asked(self.request.GET.get("day"), today())

    def rows(self) -> QuerySet[AttendanceDay]:
        return days(self.actor, self.day).filter(engagement__project=self.project)

    def pinned(self) -> dict[str, str]:
        return {"day": str(self.day)}

    def printed(self) -> dict[str, Any]:
        return printed_head(self.project, f"{self.day} 考勤表")

    def more(self, filterset: ScopedFilterSet, rows: QuerySet[Any]) -> dict[str, Any]:
        empty = {
            "title": f"{self.day} 没有出勤记录",
            "reason": "设备没有上报，或当天停工。可换一天，或看原始打卡里有没有对不上人的记录。",
        }
        acts = {"list_acts": "attendance/_project_day_acts.html", "day_asked": self.day}
        return {**super().more(filterset, rows), **acts, **neighbours(self.day), "empty": empty}
