"""待领账号: projects with a permit and no account yet, and what the county does about each."""

from datetime import timedelta
from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from projects import selectors
from projects.models import Project
from projects.web.permits import crumbs
from standards.selectors import parameter
from web import words
from web.filters import ScopedFilterSet
from web.lists import CLIP, NAME, NUMBER, SUB, ListPage, ListTable
from web.navigation import Crumb
from web.templatetags.parts import state

NONE, OPEN, OVER = "none", "open", "over"
STATES = {NONE: "未签发", OPEN: "待领取", OVER: "代码已过期"}
_COLOURS = {NONE: "amber", OPEN: "blue", OVER: "red"}


def state_of(project: Any, now: Any) -> str:
    """Whether a code was issued, and whether it still opens the account."""
    if project.code_at is None:
        return NONE
    return OPEN if project.code_until > now else OVER


class UnclaimedFilters(ScopedFilterSet):
    """By place, by state of the code, by days since the permit, by words."""

    quiet: tuple[str, ...] = ()

    region = django_filters.CharFilter(label="地区编码", method="in_region")
    state = django_filters.ChoiceFilter(label="状态", method="in_state", choices=list(STATES.items()))
    days = django_filters.ChoiceFilter(
        label="发证已", method="older", choices=lambda: [(str(n), f"超过 {n} 天") for n in _limits()]
    )
    q = django_filters.CharFilter(label="项目名称、编码或许可证编号", method="named")

    class Meta:
        model = Project
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.request.actor.may("projects.issue_account"):
            # One county has nothing to choose.
            self.quiet = ("region",)

    def in_region(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return rows.filter(region__path__contains=f"{value}/")

    def in_state(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        now = timezone.now()
        wanted = {
            NONE: Q(code_at=None),
            OPEN: Q(code_until__gt=now),
            OVER: Q(code_until__lte=now),
        }
        return rows.filter(wanted[value])

    def older(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return rows.filter(permit_on__lt=timezone.localdate() - timedelta(days=int(value)))

    def named(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        found = Q(name__icontains=value) | Q(code__startswith=value) | Q(permits__number__startswith=value)
        return rows.filter(found).distinct()


def _limits() -> list[int]:
    return [int(parameter("gaps.unenrolled_permit_days")), int(parameter("gaps.unenrolled_permit_red_days"))]


class UnclaimedTable(ListTable):
    """One project a row, longest waiting first."""

    permit_on = tables.Column("发证", attrs=NUMBER)
    name = tables.Column("项目", attrs=NAME)
    permit_number = tables.Column("施工许可证", attrs=SUB)
    place = tables.Column("地区", accessor="region__name", order_by="region__path", attrs=SUB)
    contractor = tables.Column("总承包企业", accessor="contractor__name", attrs=CLIP)
    state = tables.Column("账号", empty_values=(), orderable=False)
    code_until = tables.Column("代码有效至", attrs=SUB)
    next = tables.Column(
        "下一步", empty_values=(), orderable=False, exclude_from_export=True, attrs={"td": {"class": "acts"}}
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now = timezone.now()
        self.today = timezone.localdate(self.now)

    def file_permit_on(self, record: Any) -> Any:
        return record.permit_on

    def file_name(self, record: Any) -> str:
        return record.name

    def render_permit_on(self, value: Any) -> SafeString:
        days = (self.today - value).days
        return format_html('<span title="{}">{}</span>', words.day(value), f"{days} 天前" if days else "今天")

    def render_name(self, record: Any) -> str:
        return format_html('<a href="{}">{}</a>', reverse("project", args=[record.public_id]), record.name)

    def render_state(self, record: Any) -> str:
        found = state_of(record, self.now)
        return state(_COLOURS[found], STATES[found])

    def render_code_until(self, value: Any) -> str:
        return words.moment(value)

    def render_next(self, record: Any) -> str:
        if not self.request.actor.may("projects.issue_account"):
            return ""
        act = "签发账号" if record.code_at is None else "重新签发"
        return format_html(
            '<a class="b b-s" href="{}" aria-label="{}：{}">{}</a>',
            reverse("issue_account", args=[record.permit_key]),
            act,
            record.name,
            act,
        )


class UnclaimedAccounts(ListPage):
    """待领账号."""

    permission = "projects.coverage"
    section = "projects"
    title = "待领账号"
    noun = "个项目"
    holds_personal_data = False
    table_class = UnclaimedTable
    filterset_class = UnclaimedFilters

    def rows(self) -> QuerySet[Project]:
        return selectors.unclaimed(self.actor, timezone.now())

    def more(self, filterset: ScopedFilterSet, rows: QuerySet[Any]) -> dict[str, Any]:
        return {
            "crumbs": crumbs(Crumb("待领账号")),
            "as_of": timezone.now(),
            "list_acts": "projects/_permit_acts.html",
            "may_register": self.actor.may("projects.receive_permit"),
            "empty": {
                "title": "没有待领账号的项目",
                "reason": "施工许可证登记后，总承包单位还没有领取账号的项目出现在这里；领取后自动消失。",
            },
        }
