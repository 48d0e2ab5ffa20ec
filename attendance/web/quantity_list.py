"""完工数量 of a project: the list, and the totals of what was accepted by team and by person."""

from decimal import Decimal
from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html

from attendance.career_words import amount
from attendance.selectors.projects import project_on
from attendance.web.clock import day_in_bounds, today
from attendance.web.project_record import ProjectTab, head, printed_head
from standards.selectors import choices, code_name
from web import words
from web.filters import ScopedFilterSet
from web.lists import CLIP, NAME, NUMBER, SOFT, SUB, ListTable
from web.pages import Page
from web.templatetags.parts import state
from workers.models import WorkQuantity
from workers.selectors import UNACCEPTABLE, quantities, quantity_totals
from workers.services.quantities import ENTER
from workers.web.quantities import state_of


class QuantityFilters(ScopedFilterSet):
    """By state, quality, days, and words of the work; by team and person from links."""

    fixed = ("team", "person")
    names_people = ("q",)

    stands = django_filters.ChoiceFilter(label="状态", field_name="state", choices=WorkQuantity.State.choices)
    grade = django_filters.ChoiceFilter(label="质量", choices=lambda: choices("quality_grade"))
    month = django_filters.CharFilter(label="月份（2026-11）", method="in_month")
    item = django_filters.CharFilter(label="分项", lookup_expr="icontains")
    q = django_filters.CharFilter(
        label="姓名", field_name="engagement__person__name", lookup_expr="icontains"
    )
    team = django_filters.UUIDFilter(label="班组", field_name="team__public_id")
    person = django_filters.UUIDFilter(label="工人", field_name="engagement__public_id")

    class Meta:
        model = WorkQuantity
        fields: list[str] = []

    def in_month(self, rows: QuerySet[WorkQuantity], _name: str, value: str) -> QuerySet[WorkQuantity]:
        try:
            first = day_in_bounds(f"{value}-01")
        except ValueError:
            return rows.none()
        return rows.filter(last_on__year=first.year, last_on__month=first.month)

    def described(self, name: str, value: Any) -> str:
        if name == "team":
            found = self.queryset.filter(team__public_id=value).values_list("team__name", flat=True)
            return found.first() or "没有填报"
        if name == "person":
            rows = self.queryset.filter(engagement__public_id=value)
            return rows.values_list("engagement__person__name", flat=True).first() or "没有填报"
        return super().described(name, value)


class QuantityTable(ListTable):
    """Entries of completed work; each leads to its page."""

    item = tables.Column("分项", attrs=NAME)
    team = tables.Column("班组", accessor="team__name", attrs=CLIP)
    person = tables.Column("工人", accessor="person", order_by="engagement__person__name", attrs=SOFT)
    last_on = tables.Column("日期", attrs=SUB)
    amount = tables.Column("数量", attrs=NUMBER)
    unit = tables.Column("单位", attrs=SOFT)
    grade = tables.Column("质量")
    state = tables.Column("状态")
    entered_by = tables.Column("填报", attrs=CLIP)

    def file_item(self, record: Any) -> str:
        return record.item

    def file_amount(self, record: Any) -> Decimal:
        return record.amount

    def file_last_on(self, record: Any) -> str:
        return self.render_last_on(record)

    def render_item(self, record: Any) -> str:
        return format_html('<a href="{}">{}</a>', reverse("quantity", args=[record.public_id]), record.item)

    def render_last_on(self, record: Any) -> str:
        first, last = words.day(record.first_on), words.day(record.last_on)
        return last if first == last else f"{first} 至 {last}"

    def render_amount(self, value: Decimal) -> str:
        return amount(value)

    def render_unit(self, value: str) -> str:
        return code_name("quantity_unit", value)

    def render_grade(self, value: str) -> str:
        name = code_name("quality_grade", value)
        return state("red", name) if value == UNACCEPTABLE else name

    def render_state(self, record: Any) -> str:
        return state(*state_of(record))


class ProjectQuantities(ProjectTab):
    """完工数量 of a project."""

    permission = "workers.view"
    tab = "quantities"
    title = "完工数量"
    noun = "条"
    table_class = QuantityTable
    filterset_class = QuantityFilters
    signatures = ("填报人", "总承包单位确认", "班组长")

    def rows(self) -> QuerySet[WorkQuantity]:
        return quantities(self.actor).filter(project=self.project)

    def printed(self) -> dict[str, Any]:
        return printed_head(self.project, "完工数量表")

    def more(self, filterset: ScopedFilterSet, rows: QuerySet[Any]) -> dict[str, Any]:
        may_enter = self.actor.may(ENTER)
        add = reverse("quantity_new", args=[self.project.public_id])
        empty = {
            "title": "没有完工数量",
            "reason": "按班组或工人填报做了多少、质量如何，总承包单位确认后计入合计；计件工资按它算。",
            "acts": [{"url": add, "label": "填报"}] if may_enter else [],
        }
        acts = {"list_acts": "attendance/_quantity_acts.html", "may_enter": may_enter}
        return {**super().more(filterset, rows), **acts, "empty": empty}


class QuantityTotals(Page):
    """What was accepted, summed by team and by person."""

    permission = "workers.view"
    section = "projects"
    template_name = "attendance/quantity_totals.html"

    def get(self, request: Any, public_id: Any) -> Any:
        project = project_on(self.actor, public_id, today())
        teams: dict[str, list[dict[str, Any]]] = {}
        for row in quantity_totals(self.actor, project):
            teams.setdefault(row["team__name"], []).append(_line(row))
        return self.show({**head(self.actor, project, "quantities"), "teams": teams})


def _line(row: dict[str, Any]) -> dict[str, Any]:
    first, last = words.day(row["first"]), words.day(row["last"])
    return {
        "person": row["engagement__person__name"] or "全班组",
        "engagement": row["engagement__public_id"],
        "item": row["item"],
        "unit": code_name("quantity_unit", row["unit"]),
        "total": amount(row["total"]),
        "bad": amount(row["bad"]) if row["bad"] else "",
        "days": last if first == last else f"{first} 至 {last}",
        "entries": row["entries"],
    }
