"""People at work: the list of engagements, with what decides entry and today's punches."""

from typing import Any
from uuid import UUID

import django_filters
import django_tables2 as tables
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.html import format_html

from attendance.selectors.passes import on_gate_list
from attendance.selectors.people import attended_on, people
from attendance.web.clock import today
from attendance.web.places import crumbs, here_with
from attendance.web.project_list import region_asked
from projects.selectors import projects
from standards.selectors import choices, code_name
from web import words
from web.addresses import row_address
from web.cells import wall_clock
from web.filters import ScopedFilterSet
from web.lists import CLIP, NAME, NUMBER_SOFT, SOFT, SUB, ListPage, ListTable
from web.navigation import Crumb
from web.templatetags.parts import state
from workers.models import Engagement
from workers.selectors import UNSETTLED, facts_of
from workers.states import in_words

_YES_NO = {"yes": True, "no": False}


class PeopleFilters(ScopedFilterSet):
    """By presence, papers, today's attendance, trade, name; by project and team from links."""

    fixed = ("project", "team", "enterprise", "post")
    names_people = ("q",)

    region = django_filters.CharFilter(label="地区", method="as_is")
    on_site = django_filters.ChoiceFilter(
        label="在场", method="present", choices=[("1", "在册在场"), ("0", "不在场")]
    )
    standing = django_filters.ChoiceFilter(
        label="进退场",
        method="standing_as",
        choices=[
            ("unverified", "待核验身份"),
            ("to_submit", "待送审"),
            ("pending", "待审批"),
            ("unapproved", "在场未审批"),
            ("away", "暂退场"),
            ("unsettled", "退场待结清"),
        ],
    )
    contract = django_filters.ChoiceFilter(
        label="合同", method="with_paper", choices=[("no", "未签合同"), ("yes", "已签合同")]
    )
    training = django_filters.ChoiceFilter(
        label="培训", method="with_paper", choices=[("no", "未培训"), ("yes", "已培训")]
    )
    attended = django_filters.ChoiceFilter(
        label="今日", method="came", choices=[("yes", "今日已到"), ("no", "今日未到")]
    )
    gate = django_filters.ChoiceFilter(
        label="闸机", method="on_gate_list", choices=[("yes", "在闸机名单上"), ("no", "不在闸机名单上")]
    )
    trade = django_filters.ChoiceFilter(label="工种", choices=lambda: choices("trade"))
    kind = django_filters.ChoiceFilter(label="类型", choices=lambda: choices("worker_kind"))
    q = django_filters.CharFilter(label="姓名", field_name="person__name", lookup_expr="icontains")
    project = django_filters.UUIDFilter(label="项目", field_name="project__public_id")
    team = django_filters.UUIDFilter(label="班组", field_name="team__public_id")
    enterprise = django_filters.UUIDFilter(
        label="用人单位", field_name="participation__enterprise__public_id"
    )

    class Meta:
        model = Engagement
        fields: list[str] = []

    def as_is(self, rows: QuerySet[Engagement], _name: str, _value: str) -> QuerySet[Engagement]:
        # The page has narrowed the rows to the region already, or refused it.
        return rows

    def present(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return rows.filter(is_on_site=value == "1")

    def standing_as(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        if value == "unverified":
            return rows.filter(is_verified=False, ended_at=None)
        if value == "to_submit":
            return rows.filter(
                is_verified=True, has_contract=True, is_trained=True, review=None, ended_at=None
            )
        if value == "pending":
            return rows.filter(review="pending")
        if value == "unapproved":
            return rows.filter(is_on_site=True).exclude(review="approved")
        if value == "away":
            return rows.filter(is_present=True, is_on_site=False)
        return rows.filter(is_present=False, settlement=UNSETTLED)

    def with_paper(self, rows: QuerySet[Engagement], name: str, value: str) -> QuerySet[Engagement]:
        column = {"contract": "has_contract", "training": "is_trained"}[name]
        return rows.filter(**{column: _YES_NO[value]})

    def came(self, rows: QuerySet[Engagement], _name: str, value: str) -> QuerySet[Engagement]:
        came = attended_on(today())
        return rows.filter(came if value == "yes" else ~came)

    def on_gate_list(self, rows: QuerySet[Engagement], _name: str, value: str) -> QuerySet[Engagement]:
        listed = on_gate_list()
        return rows.filter(listed if value == "yes" else ~listed)

    def described(self, name: str, value: Any) -> str:
        if name == "project":
            return project_name(self.request.actor, value)
        if name == "team":
            names = self.queryset.filter(team__public_id=value).values_list("team__name", flat=True)
            return names.first() or "不在范围内"
        if name == "enterprise":
            firms = self.queryset.filter(participation__enterprise__public_id=value)
            return firms.values_list("participation__enterprise__name", flat=True).first() or "范围内没有人员"
        return super().described(name, value)


def project_name(actor: Any, public_id: UUID) -> str:
    found = projects(actor).filter(public_id=public_id).values_list("name", flat=True)
    return found.first() or "不在范围内"


class PeopleTable(ListTable):
    """Engagements; each name leads to the record."""

    name = tables.Column("姓名", accessor="person__name", attrs=NAME)
    number = tables.Column("身份证号", accessor="person__masked_number", orderable=False, attrs=SUB)
    trade = tables.Column("工种", attrs=SOFT, empty_values=())
    project = tables.Column("项目", accessor="project__name", attrs=CLIP)
    team = tables.Column("班组", accessor="team__name", attrs=CLIP)
    enterprise = tables.Column("用人单位", accessor="participation__enterprise__name", attrs=CLIP)
    is_on_site = tables.Column("状态", empty_values=())
    has_contract = tables.Column("合同", empty_values=())
    is_trained = tables.Column("培训", empty_values=())
    first_at = tables.Column("今日到", attrs=NUMBER_SOFT, empty_values=())
    last_at = tables.Column("最近打卡", attrs=NUMBER_SOFT, empty_values=())

    def file_name(self, record: Any) -> str:
        return f"{record.person.name}（班组长）" if record.is_team_leader else record.person.name

    def file_project(self, record: Any) -> str:
        return record.project.name

    def file_trade(self, record: Any) -> str:
        return self.render_trade(record)

    def file_is_on_site(self, record: Any) -> str:
        return in_words(facts_of(record))[1]

    def file_has_contract(self, record: Any) -> str:
        return "已签" if record.has_contract else "未签"

    def file_is_trained(self, record: Any) -> str:
        return "合格" if record.is_trained else "未培训"

    def file_first_at(self, record: Any) -> Any:
        return wall_clock(record.first_at)

    def file_last_at(self, record: Any) -> Any:
        return wall_clock(record.last_at)

    def render_name(self, record: Any) -> str:
        url = row_address("person", record.public_id)
        name = format_html('<a href="{}">{}</a>', url, record.person.name)
        return (
            format_html('{} <span class="sub">{}</span>', name, "班组长") if record.is_team_leader else name
        )

    def render_trade(self, record: Any) -> str:
        return code_name("trade", record.trade) or code_name("worker_kind", record.kind)

    def render_project(self, record: Any) -> str:
        url = row_address("project", record.project.public_id)
        return format_html('<a href="{}">{}</a>', url, record.project.name)

    def render_is_on_site(self, record: Any) -> str:
        return state(*in_words(facts_of(record)))

    def render_has_contract(self, value: bool, record: Any) -> str:
        return _paper(value, record, "已签", "未签")

    def render_is_trained(self, value: bool, record: Any) -> str:
        return _paper(value, record, "合格", "未培训")

    def render_first_at(self, value: Any) -> str:
        return words.clock(value) or "—"

    def render_last_at(self, value: Any) -> str:
        return words.clock(value) or "—"


def _paper(value: bool, record: Any, yes: str, no: str) -> str:
    """A missing paper is red only for people on site."""
    if value:
        return state("green", yes)
    return state("red" if record.is_on_site else "grey", no)


class PeopleList(ListPage):
    """人员."""

    permission = "workers.view"
    section = "people"
    title = "人员"
    noun = "人次"
    table_class = PeopleTable
    filterset_class = PeopleFilters

    def rows(self) -> QuerySet[Engagement]:
        self.region = region_asked(self)
        rows = people(self.actor, today())
        return rows.filter(project__region__path__startswith=self.region.path) if self.region else rows

    def more(self, filterset: ScopedFilterSet, rows: QuerySet[Engagement]) -> dict[str, Any]:
        return {
            "crumbs": crumbs(self.actor, self.region, here_with(self.request), Crumb("人员")),
            "as_of": timezone.now(),
            "empty": {
                "title": "没有符合条件的人员",
                "reason": "换一个条件，或清空全部条件再看。人员由项目登记或由厂商设备上报后出现在这里。",
            },
        }
