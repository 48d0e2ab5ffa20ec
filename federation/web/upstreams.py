"""上报: the platforms above that are not ours, how reporting to each goes, and its projects."""

from datetime import datetime
from typing import Any
from uuid import UUID

import django_filters
import django_tables2 as tables
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from federation.models import MANAGE_UPSTREAMS, Upstream, UpstreamProject
from federation.selectors.upstreams import (
    Line,
    upstream,
    upstream_figures,
    upstream_project,
    upstream_projects,
    upstreams,
)
from federation.upstream.checking import checked
from federation.upstream.verdicts import OF_THE_KEY, next_step
from standards.selectors import parameter
from web import words
from web.filters import ScopedFilterSet
from web.lists import NAME, NUMBER, SOFT, SUB, ListPage, ListTable
from web.navigation import Crumb
from web.pages import Page
from web.templatetags.parts import state

TROUBLES_SHOWN, SHORTCOMINGS_SHOWN = 20, 300


def crumbs(row: Upstream | None, *tail: Crumb) -> list[Crumb]:
    """上报 › the platform › …"""
    begin = [Crumb("上报", reverse("upstreams"))]
    if row is not None:
        begin.append(Crumb(row.name, reverse("upstream", args=[row.public_id]) if tail else ""))
    return [*begin, *tail]


def state_of(row: Upstream) -> tuple[str, str]:
    """A platform's level and state."""
    return ("green", "上报中") if row.state == Upstream.State.ACTIVE else ("grey", "已暂停")


def level_of(oldest: datetime | None, now: datetime) -> str:
    """How pressing it is that the oldest record waits: red, amber, or nothing."""
    if oldest is None:
        return ""
    hours, limits = (now - oldest).total_seconds() / 3600, parameter("upstream.waiting_hours")
    return next((level for level in ("red", "amber") if hours >= limits[level]), "")


class UpstreamFilters(ScopedFilterSet):
    """By state and name."""

    state = django_filters.ChoiceFilter(label="状态", choices=Upstream.State.choices)
    q = django_filters.CharFilter(label="名称", field_name="name", lookup_expr="icontains")

    class Meta:
        model = Upstream
        fields: list[str] = []


class UpstreamTable(ListTable):
    """Platforms above with their figures."""

    name = tables.Column("上级平台", attrs=NAME)
    region = tables.Column("上报范围", accessor="region__name", attrs=SOFT)
    number = tables.Column("项目", attrs=NUMBER)
    waiting = tables.Column("待上报", attrs=NUMBER)
    refused = tables.Column("被退回", attrs=NUMBER)
    oldest = tables.Column("最早等待", attrs=SUB, empty_values=())
    state = tables.Column("状态", attrs=SOFT)

    def render_name(self, record: Any) -> str:
        return format_html('<a href="{}">{}</a>', reverse("upstream", args=[record.public_id]), record.name)

    def file_name(self, record: Any) -> str:
        return record.name

    def render_refused(self, value: int, record: Any) -> str:
        if not value:
            return "0"
        url = reverse("upstream_records", args=[record.public_id])
        return format_html('<a href="{}?state=refused">{}</a>', url, words.exact(value))

    def file_refused(self, record: Any) -> int:
        return int(record.refused)

    def render_oldest(self, record: Any) -> str:
        return words.moment(record.oldest) if record.oldest else "没有"

    def file_oldest(self, record: Any) -> str:
        return words.moment(record.oldest) if record.oldest else ""

    def render_state(self, record: Any) -> str:
        return state(*state_of(record))

    def file_state(self, record: Any) -> str:
        return state_of(record)[1]


class UpstreamList(ListPage):
    """The platforms that one's own area reports to."""

    permission = MANAGE_UPSTREAMS
    section = "upstreams"
    title = "上报"
    noun = "个上级平台"
    table_class = UpstreamTable
    filterset_class = UpstreamFilters
    holds_personal_data = False

    def rows(self) -> QuerySet[Upstream]:
        return upstreams(self.actor)

    def more(self, filterset: ScopedFilterSet, rows: QuerySet[Any]) -> dict[str, Any]:
        empty = {
            "title": "还没有上级平台",
            "reason": "全国平台等按 open.api 接收数据的平台登记在这里；"
            "登记后先全量上报一次，以后随变化自动上报。",
            "acts": [{"url": reverse("upstream_new"), "label": "登记上级平台"}],
        }
        acts = "federation/_upstream_list_acts.html"
        return {"crumbs": [Crumb("上报")], "empty": empty, "list_acts": acts}


class UpstreamRecordPage(Page):
    """One platform: figures by object, what stops projects, and what to do."""

    permission = MANAGE_UPSTREAMS
    section = "upstreams"
    template_name = "federation/upstream.html"

    def get(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        row, now = upstream(self.actor, public_id), timezone.now()
        lines = upstream_figures(self.actor, row)
        projects = upstream_projects(self.actor, row).filter(ended_at=None)
        troubled = list(projects.exclude(trouble="")[:TROUBLES_SHOWN])
        return self.show(
            {
                "title": row.name,
                "crumbs": crumbs(row),
                "upstream": row,
                "state": state_of(row),
                "is_active": row.state == Upstream.State.ACTIVE,
                "takes": Upstream.Takes(row.takes).label,
                "lines": [(line, level_of(line.oldest, now), words.moment(line.oldest)) for line in lines],
                "projects": projects.count(),
                "refused": sum(line.refused for line in lines),
                "oldest": _oldest(lines),
                "oldest_words": words.moment(_oldest(lines)),
                "level": level_of(_oldest(lines), now),
                "troubled": [(one, next_step(one.trouble, OF_THE_KEY)) for one in troubled],
                "untold": sum(projects.values_list("punches_untold", flat=True)),
            }
        )


def _oldest(lines: list[Line]) -> datetime | None:
    return min((line.oldest for line in lines if line.oldest), default=None)


class CheckProject(Page):
    """Every record of a project held against the interface before it is sent: element and record."""

    permission = MANAGE_UPSTREAMS
    section = "upstreams"
    template_name = "federation/upstream_check.html"

    def get(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        row = upstream_project(self.actor, public_id)
        found = checked(row, timezone.now(), SHORTCOMINGS_SHOWN)
        projects = Crumb("项目", reverse("upstream_projects", args=[row.upstream.public_id]))
        here = Crumb(row.project.name, reverse("upstream_project_edit", args=[row.public_id]))
        return self.show(
            {
                "title": f"上报前检查：{row.project.name}",
                "crumbs": crumbs(row.upstream, projects, here, Crumb("上报前检查")),
                "checked": found,
                "most": SHORTCOMINGS_SHOWN,
            }
        )


class ProjectFilters(ScopedFilterSet):
    """By project, and those that are stopped."""

    q = django_filters.CharFilter(label="项目或编码", method="named")
    trouble = django_filters.ChoiceFilter(
        label="情况", method="stopped", choices=[("1", "上报受阻"), ("0", "正常"), ("ended", "已停止")]
    )

    class Meta:
        model = UpstreamProject
        fields: list[str] = []

    def named(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        of = Q(project__name__icontains=value) | Q(project__code__istartswith=value)
        return rows.filter(of | Q(remote_code__istartswith=value))

    def stopped(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        if value == "ended":
            return rows.exclude(ended_at=None)
        rows = rows.filter(ended_at=None)
        return rows.exclude(trouble="") if value == "1" else rows.filter(trouble="")


class ProjectTable(ListTable):
    """Projects at a platform."""

    project = tables.Column("项目", accessor="project__name", attrs=NAME)
    remote_code = tables.Column("对方的项目编码", attrs=SUB, empty_values=())
    waiting = tables.Column("待上报", attrs=NUMBER)
    refused = tables.Column("被退回", attrs=NUMBER)
    punches_done = tables.Column("已上报考勤", attrs=NUMBER)
    compared_at = tables.Column("最近核对", attrs=SUB, empty_values=())
    trouble = tables.Column("情况", attrs=SOFT, empty_values=())

    def render_project(self, record: Any) -> str:
        url = reverse("upstream_project_edit", args=[record.public_id])
        return format_html('<a href="{}">{}</a>', url, record.project.name)

    def file_project(self, record: Any) -> str:
        return record.project.name

    def render_remote_code(self, record: Any) -> str:
        return record.remote_code or "对方还没有给"

    def render_punches_done(self, value: int) -> str:
        return words.exact(value)

    def render_compared_at(self, record: Any) -> str:
        return words.moment(record.compared_at) if record.compared_at else "还没有"

    def file_compared_at(self, record: Any) -> str:
        return words.moment(record.compared_at) if record.compared_at else ""

    def render_trouble(self, record: Any) -> str:
        return state(*_going(record))

    def file_trouble(self, record: Any) -> str:
        return _going(record)[1]


def _going(row: UpstreamProject) -> tuple[str, str]:
    if row.ended_at is not None:
        return "grey", "已停止"
    return ("red", row.trouble) if row.trouble else ("green", "正常")


class UpstreamProjects(ListPage):
    """The projects that are reported to a platform."""

    permission = MANAGE_UPSTREAMS
    section = "upstreams"
    title = "上报的项目"
    noun = "个项目"
    table_class = ProjectTable
    filterset_class = ProjectFilters
    holds_personal_data = False

    def prepare(self, **kwargs: Any) -> None:
        self.row = upstream(self.actor, kwargs["public_id"])
        self.title = f"{self.row.name}：上报的项目"

    def rows(self) -> QuerySet[UpstreamProject]:
        return upstream_projects(self.actor, self.row)

    def more(self, filterset: ScopedFilterSet, rows: QuerySet[Any]) -> dict[str, Any]:
        add = {"url": reverse("upstream_project_new", args=[self.row.public_id]), "label": "增加项目"}
        empty = {
            "title": "没有符合条件的项目",
            "reason": "每个项目一把密钥的上级平台，请逐个增加项目，填对方给的编码和密钥。",
            "acts": [add],
        }
        return {
            "crumbs": crumbs(self.row, Crumb("项目")),
            "empty": empty,
            "list_acts": "federation/_upstream_project_acts.html",
            "add": add,
        }
