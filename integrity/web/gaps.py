"""缺口: what is missing on one site today, on one phone screen; ticked, it becomes a notice."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import django_filters
import django_tables2 as tables
from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from attendance.web.clock import today
from attendance.web.places import crumbs, dashboard_url
from attendance.web.project_record import head
from integrity import wording
from integrity.selectors.gaps import Gap, SiteGaps, site_gaps, sites
from integrity.selectors.notices import ISSUE, draft, may_issue_on
from integrity.services import draft_notice
from integrity.web.shown import door, people_url, place
from projects.models import Project
from web import words
from web.acts import FormPage
from web.filters import ScopedFilterSet
from web.forms import ScopedForm
from web.lists import CLIP, NAME, NUMBER, SUB, ListPage, ListTable
from web.navigation import Crumb
from web.templatetags.parts import state


@dataclass(frozen=True, slots=True)
class Line:
    """A gap in words, with the list behind its number."""

    key: str
    level: str
    name: str
    fact: str
    number: str
    url: str
    is_picked: bool


class _Keys(forms.MultipleChoiceField):
    """Keys of gaps; which of them exist now is for the act to judge."""

    def valid_value(self, value: Any) -> bool:
        return len(str(value)) < 40


class GapsForm(ScopedForm):
    """Which gaps go into a notice."""

    gaps = _Keys(label="缺口", required=False)


class GapsPage(FormPage):
    """Today's gaps of one site; whoever may issue notices there ticks some and goes on."""

    permission = "integrity.view"
    section = "gaps"
    template_name = "integrity/gaps.html"
    form_class = GapsForm

    def prepare(self, **kwargs: Any) -> None:
        self.day, self.now = today(), timezone.now()
        self.site: SiteGaps = site_gaps(self.actor, kwargs["public_id"], self.day, self.now)
        self.may_issue = may_issue_on(self.actor, self.site.project)
        self.section = "gaps" if self.actor.may(ISSUE) else "projects"

    def act(self, form: Any) -> str:
        notice = draft_notice(
            actor=self.actor,
            project=self.site.project,
            gaps=form.cleaned_data["gaps"],
            day=self.day,
            now=self.now,
        )
        return reverse("notice_issue", args=[notice.public_id])

    def context(self) -> dict[str, Any]:
        project = self.site.project
        picked = set(self.request.POST.getlist("gaps"))
        lines = [_line(gap, project, self.day, gap.key in picked) for gap in self.site.gaps]
        return {
            **head(self.actor, project, "gaps"),
            "title": f"{project.name} 缺口",
            "site_name": project.name,
            "crumbs": place(self.actor, project, Crumb("缺口")),
            "as_of": self.now,
            "site": self.site,
            "lines": lines,
            "settled": [wording.SETTLED[kind] for kind in self.site.settled],
            "doors": self._doors(),
            "may_issue": self.may_issue,
            "draft": draft(self.actor, project) if self.may_issue else None,
            "notices_url": f"{reverse('notices')}?project={project.public_id}",
            "switch_url": reverse("gaps") + "?all=1",
        }

    def _doors(self) -> list[dict[str, str]]:
        """The three figures above the gaps, each with its list."""
        project = self.site.project
        inside = f"{reverse('project_attendance', args=[project.public_id])}?day={self.day}&inside=1"
        found = [
            {
                "label": "现在场内",
                "value": words.exact(self.site.inside),
                "url": inside,
            },
            {"label": "在册在场", "value": words.exact(project.on_site), "url": people_url(project)},
        ]
        if project.posts_required:
            short = project.posts_present < project.posts_required
            found.append(
                {
                    "label": "关键岗位到岗",
                    "value": f"{project.posts_present} / {project.posts_required}",
                    "url": reverse("project_tab", args=[project.public_id, "posts"]),
                    "level": "red" if short else "",
                }
            )
        return found


def _line(gap: Gap, project: Project, day: date, is_picked: bool) -> Line:
    return Line(
        gap.key,
        gap.level,
        wording.name(gap),
        wording.fact(gap),
        wording.number(gap),
        door(gap, project, day),
        is_picked,
    )


class SiteFilters(ScopedFilterSet):
    """By name."""

    q = django_filters.CharFilter(label="项目名称", field_name="name", lookup_expr="icontains")

    class Meta:
        model = Project
        fields: list[str] = []


class SiteTable(ListTable):
    """Projects to choose from, with the notices that are open on each."""

    name = tables.Column("项目", attrs=NAME)
    place = tables.Column("地区", accessor="region__name", order_by="region__path", attrs=SUB)
    contractor = tables.Column("总承包企业", accessor="contractor__name", attrs=CLIP)
    open_notices = tables.Column("未闭合通知单", attrs=NUMBER)
    late_notices = tables.Column("其中逾期", attrs=NUMBER)

    def render_name(self, record: Any) -> str:
        return format_html('<a href="{}">{}</a>', reverse("site_gaps", args=[record.public_id]), record.name)

    def render_open_notices(self, record: Any) -> str:
        return _door(record, record.open_notices, "open=1")

    def render_late_notices(self, record: Any) -> str:
        shown = _door(record, record.late_notices, "late=1")
        return state("red", shown) if record.late_notices else shown


def _door(project: Any, number: int, query: str) -> str:
    url = f"{reverse('notices')}?project={project.public_id}&{query}"
    return format_html('<a href="{}">{}</a>', url, words.exact(number))


class SiteList(ListPage):
    """缺口: straight to the one project of whoever has one; otherwise a choice of projects."""

    permission = "integrity.view"
    section = "gaps"
    title = "看哪个项目的缺口"
    noun = "个项目"
    table_class = SiteTable
    filterset_class = SiteFilters

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.GET:
            only = list(self.rows()[:2])
            if len(only) == 1:
                return redirect("site_gaps", only[0].public_id)
        return super().get(request, *args, **kwargs)

    def rows(self) -> QuerySet[Project]:
        return sites(self.actor, timezone.now())

    def more(self, filterset: ScopedFilterSet, rows: QuerySet[Project]) -> dict[str, Any]:
        return {
            "crumbs": crumbs(self.actor, None, dashboard_url, Crumb("缺口")),
            "empty": {
                "title": "没有可看的项目",
                "reason": "您的岗位还没有关联项目。请联系主管部门或平台管理员授予项目岗位。",
            },
        }
