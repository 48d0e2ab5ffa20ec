"""台账: who has filed a month's ledger and who has not, over all projects or of one."""

from datetime import date, timedelta
from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from attendance.web.people_list import project_name
from attendance.web.places import crumbs, here_with
from attendance.web.project_list import region_asked
from attendance.web.project_record import ProjectTab, printed_head
from ledgers.models import Ledger
from ledgers.rules import last_day, month_before
from ledgers.selectors import FILE, NOT_FILED, VIEW, owing
from ledgers.services import due_day
from ledgers.web.shown import STATES, month_asked, month_words, state_of
from projects.models import Participation
from standards.selectors import choices, code_name
from web import words
from web.cells import wall_clock
from web.filters import ScopedFilterSet
from web.lists import CLIP, NAME, NUMBER, NUMBER_SOFT, SUB, Fact, ListPage, ListTable
from web.navigation import Crumb
from web.templatetags.parts import state


class LedgerFilters(ScopedFilterSet):
    """By state, firm and kind; the month stands in the title."""

    titled = ("month",)
    fixed: tuple[str, ...] = ("project",)

    region = django_filters.CharFilter(label="地区", method="as_is")
    month = django_filters.CharFilter(label="月份", method="as_is")
    stands = django_filters.ChoiceFilter(
        label="状态",
        method="standing",
        choices=[
            (NOT_FILED, "未报送"),
            *((str(one), STATES[one][1]) for one in Ledger.State),
        ],
    )
    kind = django_filters.ChoiceFilter(label="参建类型", choices=lambda: choices("participation_kind"))
    q = django_filters.CharFilter(label="单位或项目名称", method="named")
    project = django_filters.UUIDFilter(label="项目", field_name="project__public_id")

    class Meta:
        model = Participation
        fields: list[str] = []

    def as_is(self, rows: QuerySet[Any], _name: str, _value: str) -> QuerySet[Any]:
        # The page has narrowed the rows already.
        return rows

    def standing(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return rows.filter(stands=value)

    def named(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return rows.filter(Q(enterprise__name__icontains=value) | Q(project__name__icontains=value))

    def described(self, name: str, value: Any) -> str:
        return (
            project_name(self.request.actor, value) if name == "project" else super().described(name, value)
        )


class LedgerTable(ListTable):
    """Participants that owe the month's ledger, with how it stands."""

    firm = tables.Column("分包单位", accessor="enterprise__name", attrs=NAME)
    project = tables.Column("项目", accessor="project__name", attrs=CLIP)
    kind = tables.Column("类型", attrs=SUB)
    at_work = tables.Column("当月在场", attrs=NUMBER)
    stands = tables.Column("状态", empty_values=())
    filed_at = tables.Column("报送时间", attrs=NUMBER_SOFT, empty_values=())
    filed_people = tables.Column("报送人数", attrs=NUMBER, empty_values=())
    incomplete = tables.Column("有缺项", attrs=NUMBER, empty_values=())
    digest = tables.Column("散列值", attrs=SUB, empty_values=(), orderable=False)

    month: date
    today: date
    may_file = False

    def _url(self, record: Any) -> str:
        if record.filed:
            return reverse("ledger", args=[record.filed])
        return (
            reverse("ledger_file", args=[record.public_id, month_words(self.month)]) if self.may_file else ""
        )

    def file_firm(self, record: Any) -> str:
        return record.enterprise.name

    def file_project(self, record: Any) -> str:
        return record.project.name

    def file_filed_at(self, record: Any) -> Any:
        return wall_clock(record.filed_at)

    def file_digest(self, record: Any) -> str:
        return record.digest or ""

    def render_firm(self, record: Any) -> str:
        url = self._url(record)
        name = record.enterprise.name
        return format_html('<a href="{}">{}</a>', url, name) if url else name

    def render_project(self, record: Any) -> str:
        url = reverse("project", args=[record.project.public_id])
        return format_html('<a href="{}">{}</a>', url, record.project.name)

    def render_kind(self, value: str) -> str:
        return code_name("participation_kind", value)

    def render_stands(self, record: Any) -> str:
        mark, word = state_of(record.stands, due_day(record.project, self.month), self.today)
        late = "，逾期报送" if record.is_late and record.stands != NOT_FILED else ""
        return state(mark, f"{word}{late}")

    def render_filed_at(self, value: Any) -> str:
        return words.moment(value) or "—"

    def render_filed_people(self, value: Any) -> str:
        return "—" if value is None else words.exact(value)

    def render_incomplete(self, value: Any) -> str:
        return "—" if value is None else words.exact(value)

    def render_digest(self, value: Any) -> str:
        return f"{value[:12]}…" if value else "—"


def table_of(month: date, today: date, *, may_file: bool, without: tuple[str, ...] = ()) -> type[LedgerTable]:
    """The table of one month: what is due, and where a row leads, depends on it."""

    class MonthTable(LedgerTable):
        class Meta(LedgerTable.Meta):
            exclude = without

    MonthTable.month, MonthTable.today, MonthTable.may_file = month, today, may_file
    return MonthTable


class _OfAMonth(ListPage):
    """A list of one month: last month where the address names none."""

    permission = VIEW
    noun = "个单位"
    holds_personal_data = False
    filterset_class = LedgerFilters
    hidden: tuple[str, ...] = ()

    def prepare(self, **kwargs: Any) -> None:
        super().prepare(**kwargs)
        self.today = timezone.localdate()
        self.month = month_asked(self.request.GET.get("month"), self.today)
        self.table_class = table_of(
            self.month, self.today, may_file=self.actor.may(FILE), without=self.hidden
        )

    def pinned(self) -> dict[str, str]:
        return {"month": month_words(self.month)}

    def months(self) -> dict[str, Any]:
        """The way through the year, and what an empty month says."""
        following = last_day(self.month) + timedelta(days=1)
        return {
            "list_acts": "ledgers/_months.html",
            "month": month_words(self.month),
            "month_before": month_words(month_before(self.month)),
            "month_after": month_words(following) if following <= self.today else "",
            "empty": {
                "title": f"{month_words(self.month)} 没有需要报送的台账",
                "reason": "当月有人在场的分包单位，次月截止日前报送台账，由总承包单位备案。可换一个月份看。",
            },
        }


class LedgerList(_OfAMonth):
    """台账 of every project within scope."""

    section = "ledgers"
    title = "台账"

    def rows(self) -> QuerySet[Any]:
        self.region = region_asked(self)
        rows = owing(self.actor, self.month)
        return rows.filter(project__region__path__startswith=self.region.path) if self.region else rows

    def printed(self) -> dict[str, Any]:
        return {"print_title": f"{month_words(self.month)} 分包台账报送情况"}

    def more(self, filterset: ScopedFilterSet, rows: QuerySet[Any]) -> dict[str, Any]:
        way = crumbs(self.actor, self.region, here_with(self.request), Crumb("台账"))
        return {**self.months(), "crumbs": way, "title": f"{month_words(self.month)} 台账"}


class ProjectLedgers(_OfAMonth, ProjectTab):
    """台账 of one project."""

    permission = VIEW
    tab = "ledgers"
    title = "项目台账"
    hidden = ("project",)

    def rows(self) -> QuerySet[Any]:
        return owing(self.actor, self.month).filter(project=self.project)

    def printed(self) -> dict[str, Any]:
        printed = printed_head(self.project, f"{month_words(self.month)} 分包台账报送情况")
        due = Fact("截止日", words.day(due_day(self.project, self.month)))
        return {**printed, "facts": [*printed["facts"], due]}

    def more(self, filterset: ScopedFilterSet, rows: QuerySet[Any]) -> dict[str, Any]:
        due = words.day(due_day(self.project, self.month))
        return {**super().more(filterset, rows), **self.months(), "due": due}
