"""Projects: the list, and the record with its tabs."""

from typing import Any
from uuid import UUID

import django_filters
import django_tables2 as tables
from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from attendance.selectors.dashboard import region_in_reach
from attendance.selectors.projects import projects_on, totals
from attendance.web.clock import today
from attendance.web.measures import MEASURES
from attendance.web.places import crumbs, here_with
from projects.models import Project
from projects.selectors import whole_terms
from regions.models import Region
from standards.selectors import choices, parameter
from web import words
from web.cells import wall_clock
from web.filters import ScopedFilterSet
from web.lists import CLIP, NAME, NUMBER, NUMBER_SOFT, SUB, ListPage, ListTable
from web.navigation import Crumb
from web.templatetags.parts import bar, state


def region_asked(page: Any) -> Region | None:
    """The region in the address, or the reader's own; None for people of projects."""
    code = page.request.GET.get("region")
    if code or page.actor.reach("attendance.view").region_paths:
        return region_in_reach(page.actor, code or None)
    return None


class ProjectFilters(ScopedFilterSet):
    """By state, by rates below their parameter, by words in name or code."""

    quiet = ("region",)
    fixed = ("enterprise",)

    region = django_filters.CharFilter(label="地区", method="as_is")
    status = django_filters.ChoiceFilter(label="状态", choices=lambda: choices("project_status"))
    low = django_filters.ChoiceFilter(
        label="低于参数",
        method="below",
        choices=[
            ("on_post", "到岗率低"),
            ("attendance", "出勤率低"),
            ("contract", "合同签订率低"),
            ("training", "培训率低"),
        ],
    )
    silent = django_filters.ChoiceFilter(
        label="今日打卡", method="without_punch", choices=[("1", "今日无打卡")]
    )
    terms = django_filters.ChoiceFilter(
        label="合同条款", method="with_terms", choices=[("no", "条款不全"), ("yes", "条款齐全")]
    )
    q = django_filters.CharFilter(label="名称或编号", method="named")
    enterprise = django_filters.UUIDFilter(label="参建企业", method="with_enterprise")

    class Meta:
        model = Project
        fields: list[str] = []

    def as_is(self, rows: QuerySet[Project], _name: str, _value: str) -> QuerySet[Project]:
        # The page has narrowed the rows to the region already, or refused it.
        return rows

    def below(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        measure = MEASURES[value]
        return rows.filter(**{f"{measure.column}__lt": measure.low(None, today())})

    def without_punch(self, rows: QuerySet[Any], _name: str, _value: str) -> QuerySet[Any]:
        return rows.filter(today__last_punch_at=None)

    def with_terms(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return rows.filter(has_terms=value == "yes")

    def named(self, rows: QuerySet[Project], _name: str, value: str) -> QuerySet[Project]:
        return rows.filter(name__icontains=value) | rows.filter(code__startswith=value)

    def with_enterprise(self, rows: QuerySet[Project], _name: str, value: UUID) -> QuerySet[Project]:
        return rows.filter(participations__enterprise__public_id=value)

    def described(self, name: str, value: Any) -> str:
        if name == "enterprise":
            found = self.queryset.filter(participations__enterprise__public_id=value)
            return found.values_list("participations__enterprise__name", flat=True).first() or "不在范围内"
        return super().described(name, value)


class ProjectTable(ListTable):
    """Projects with their day; red only below the parameter of their region."""

    name = tables.Column("项目", attrs=NAME)
    code = tables.Column("编号", attrs=SUB)
    place = tables.Column("地区", accessor="region__name", order_by="region__path", attrs=SUB)
    contractor = tables.Column("总承包企业", accessor="contractor__name", attrs=CLIP)
    on_site = tables.Column("在册在场", attrs=NUMBER, empty_values=())
    attended = tables.Column("今日出勤", attrs=NUMBER, empty_values=())
    contract_rate = tables.Column("合同", attrs=NUMBER, empty_values=())
    training_rate = tables.Column("培训", attrs=NUMBER, empty_values=())
    on_post_rate = tables.Column("今日到岗率", attrs=NUMBER, empty_values=())
    last_punch_at = tables.Column("最近打卡", attrs=NUMBER_SOFT, empty_values=())
    has_terms = tables.Column("合同条款", empty_values=())

    def file_name(self, record: Any) -> str:
        return record.name

    def file_on_site(self, record: Any) -> int | None:
        return record.on_site

    def file_attended(self, record: Any) -> int | None:
        return record.attended

    def file_contract_rate(self, record: Any) -> float | None:
        return _as_share(record.contract_rate)

    def file_training_rate(self, record: Any) -> float | None:
        return _as_share(record.training_rate)

    def file_on_post_rate(self, record: Any) -> float | None:
        return _as_share(record.on_post_rate)

    def file_last_punch_at(self, record: Any) -> Any:
        return wall_clock(record.last_punch_at)

    def file_has_terms(self, record: Any) -> str:
        return "齐全" if record.has_terms else "不全"

    def render_has_terms(self, value: bool) -> str:
        return state("green", "齐全") if value else state("amber", "不全")

    def render_name(self, record: Any) -> str:
        return format_html('<a href="{}">{}</a>', reverse("project", args=[record.public_id]), record.name)

    def render_on_site(self, record: Any) -> str:
        return words.exact(record.on_site)

    def render_attended(self, record: Any) -> str:
        if record.attended is None:
            return words.NO_DATA
        if not record.attended and _is_old(record.last_punch_at) and record.on_site:
            return format_html('<span class="amber">{}</span>', "今日无打卡，无数据")
        rate = record.attendance_rate
        low = rate is not None and rate < parameter("attendance_rate.low", record.region)
        return format_html(
            '{}<span class="pc{}">{}</span>',
            words.exact(record.attended),
            " bad" if low else "",
            words.percent(rate),
        )

    def render_contract_rate(self, record: Any) -> str:
        return _cell(record.contract_rate, "contract_rate.low", record)

    def render_training_rate(self, record: Any) -> str:
        return _cell(record.training_rate, "training_rate.low", record)

    def render_on_post_rate(self, record: Any) -> str:
        rate = record.on_post_rate
        low = rate is not None and rate < parameter("on_post.low", record.region)
        return format_html("{}{}", _cell(rate, "on_post.low", record), bar(rate, low))

    def render_last_punch_at(self, record: Any) -> str:
        at = record.last_punch_at
        if at is None:
            return "从未"
        return words.moment(at)[5:] if _is_old(at) else words.clock(at)

    def _nulls_last(self, rows: QuerySet[Any], name: str, descending: bool) -> tuple[QuerySet[Any], bool]:
        order = F(name).desc(nulls_last=True) if descending else F(name).asc(nulls_last=True)
        return rows.order_by(order, "code"), True

    def order_on_site(self, rows: QuerySet[Any], descending: bool) -> tuple[QuerySet[Any], bool]:
        return self._nulls_last(rows, "on_site", descending)

    def order_attended(self, rows: QuerySet[Any], descending: bool) -> tuple[QuerySet[Any], bool]:
        return self._nulls_last(rows, "attended", descending)

    def order_contract_rate(self, rows: QuerySet[Any], descending: bool) -> tuple[QuerySet[Any], bool]:
        return self._nulls_last(rows, "contract_rate", descending)

    def order_training_rate(self, rows: QuerySet[Any], descending: bool) -> tuple[QuerySet[Any], bool]:
        return self._nulls_last(rows, "training_rate", descending)

    def order_on_post_rate(self, rows: QuerySet[Any], descending: bool) -> tuple[QuerySet[Any], bool]:
        return self._nulls_last(rows, "on_post_rate", descending)

    def order_last_punch_at(self, rows: QuerySet[Any], descending: bool) -> tuple[QuerySet[Any], bool]:
        return self._nulls_last(rows, "last_punch_at", descending)


def _cell(rate: float | None, key: str, record: Any) -> str:
    if rate is None:
        return format_html('<span class="nil">{}</span>', words.NO_DATA)
    low = rate < parameter(key, record.region)
    return format_html('<span class="{}">{}</span>', "bad" if low else "", words.percent(rate))


def _as_share(rate: Any) -> float | None:
    return None if rate is None else float(rate)


def _is_old(at: Any) -> bool:
    return at is None or today(at) < today()


class ProjectList(ListPage):
    """项目."""

    permission = "projects.view"
    section = "projects"
    title = "项目"
    noun = "个项目"
    holds_personal_data = False
    table_class = ProjectTable
    filterset_class = ProjectFilters

    def rows(self) -> QuerySet[Project]:
        self.region = region_asked(self)
        return projects_on(self.actor, today(), self.region).annotate(has_terms=whole_terms())

    def more(self, filterset: ScopedFilterSet, rows: QuerySet[Project]) -> dict[str, Any]:
        return {
            "crumbs": crumbs(self.actor, self.region, here_with(self.request), Crumb("项目")),
            "as_of": timezone.now(),
            "list_acts": "projects/_project_list_acts.html",
            "may_register": self.actor.may("projects.receive_permit"),
            "may_see_coverage": self.actor.may("projects.coverage"),
            "sum_row": _sum_row(totals(rows)),
            "empty": {
                "title": "没有符合条件的项目",
                "reason": "换一个条件，或清空全部条件再看。施工许可证登记后，新项目会出现在这里。",
            },
        }


def _sum_row(sums: dict[str, Any]) -> list[dict[str, Any]]:
    """The sums over all pages, in the table's columns: the same totals as the dashboard's figures."""
    on_site = sums["all_on_site"]

    def rate(part: str, whole: str) -> str:
        share = words.share(sums[part], sums[whole])
        return words.percent(share)

    came = f"{words.exact(sums['all_attended'])}　{rate('all_attended', 'all_expected')}"
    present, required = words.exact(sums["all_present"]), words.exact(sums["all_required"])
    posts = f"{rate('all_present', 'all_required')}　{present} / {required}"
    numbers = [
        words.exact(on_site),
        came if on_site is not None else words.NO_DATA,
        rate("all_contracted", "all_on_site"),
        rate("all_trained", "all_on_site"),
        posts if sums["all_required"] else words.NO_DATA,
        "",
        "",
    ]
    first = [{"text": f"合计 {words.exact(sums['number'])} 个"}, {"text": ""}, {"text": ""}, {"text": ""}]
    return first + [{"text": text, "number": True} for text in numbers]
