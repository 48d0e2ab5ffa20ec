"""Enterprises: the list, and one enterprise with its projects within scope."""

from typing import Any
from uuid import UUID

import django_filters
import django_tables2 as tables
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from attendance.selectors.dashboard import region_in_reach
from attendance.web.places import crumbs, dashboard_url
from attendance.web.stated import enterprise_told, qualifications_of
from projects.models import Enterprise
from projects.provenance import managers_of, once_named, provenance_of
from projects.selectors import enterprise, enterprises, works_of
from standards.selectors import code_name
from web import words
from web.filters import ScopedFilterSet
from web.lists import NAME, NUMBER, SUB, ListPage, ListTable
from web.navigation import Crumb
from web.pages import Page


class EnterpriseFilters(ScopedFilterSet):
    """By name or credit code."""

    q = django_filters.CharFilter(label="名称或信用代码", method="named")

    class Meta:
        model = Enterprise
        fields: list[str] = []

    def named(self, rows: QuerySet[Enterprise], _name: str, value: str) -> QuerySet[Enterprise]:
        found = Q(name__icontains=value) | Q(uscc__iexact=value) | once_named("enterprise", value)
        return rows.filter(found)


class EnterpriseTable(ListTable):
    """Enterprises with the number of their projects within scope."""

    name = tables.Column("企业", attrs=NAME)
    uscc = tables.Column("统一社会信用代码", attrs=SUB)
    works_on = tables.Column("参建项目", attrs=NUMBER)

    def file_name(self, record: Any) -> str:
        return record.name

    def file_works_on(self, record: Any) -> int:
        return record.works_on

    def render_name(self, record: Any) -> str:
        return format_html('<a href="{}">{}</a>', reverse("enterprise", args=[record.public_id]), record.name)

    def render_works_on(self, record: Any) -> str:
        return format_html(
            '<a href="{}?enterprise={}">{}</a>',
            reverse("projects"),
            record.public_id,
            words.exact(record.works_on),
        )


def _place(actor: Any) -> Any:
    return region_in_reach(actor) if actor.reach("projects.view").region_paths else None


class EnterpriseList(ListPage):
    """企业."""

    permission = "projects.view"
    section = "enterprises"
    title = "企业"
    noun = "家企业"
    holds_personal_data = False
    table_class = EnterpriseTable
    filterset_class = EnterpriseFilters

    def rows(self) -> QuerySet[Enterprise]:
        return enterprises(self.actor)

    def more(self, filterset: ScopedFilterSet, rows: QuerySet[Enterprise]) -> dict[str, Any]:
        return {
            "crumbs": crumbs(self.actor, _place(self.actor), dashboard_url, Crumb("企业")),
            "empty": {
                "title": "没有符合条件的企业",
                "reason": "企业随项目和参建单位登记出现；换一个名称，或输全 18 位信用代码再找。",
            },
        }


class EnterpriseRecord(Page):
    """One enterprise: which projects within scope it works on, and as what."""

    permission = "projects.view"
    section = "enterprises"
    template_name = "attendance/enterprise.html"

    def get(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        found = enterprise(self.actor, public_id)
        works = works_of(self.actor, found)
        told, by = enterprise_told(self.actor, found)
        tail = (Crumb("企业", reverse("enterprises")), Crumb(found.name))
        return self.show(
            {
                "title": found.name,
                "enterprise": found,
                "works": [(row, code_name("participation_kind", row.kind)) for row in works],
                "told": told,
                "told_by": by,
                "qualifications": qualifications_of(self.actor, found),
                "provenance": provenance_of(found),
                "managers": managers_of(self.actor, found),
                "may_propose": self.actor.may("masters.propose"),
                "today": timezone.localdate(),
                "crumbs": crumbs(self.actor, _place(self.actor), dashboard_url, *tail),
            }
        )
