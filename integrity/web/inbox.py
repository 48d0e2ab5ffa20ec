"""通知单: the inbox of notices, by state, lateness and project."""

from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from attendance.selectors.dashboard import region_in_reach
from attendance.web.people_list import project_name
from attendance.web.places import crumbs, dashboard_url
from integrity import wording
from integrity.models import SupervisionNotice
from integrity.rules import OPEN
from integrity.selectors.notices import notices, with_counts
from integrity.web.shown import due, state_of, until
from web import words
from web.filters import ScopedFilterSet
from web.lists import CLIP, NAME, NUMBER, SUB, ListPage, ListTable
from web.navigation import Crumb
from web.templatetags.parts import state


class NoticeFilters(ScopedFilterSet):
    """By state, by lateness, by number or firm; by project from links."""

    fixed = ("project",)

    stands = django_filters.ChoiceFilter(
        label="状态", choices=[(key, label) for key, (_level, label) in wording.STATES.items()]
    )
    open = django_filters.ChoiceFilter(label="未闭合", method="not_closed", choices=[("1", "未闭合")])
    late = django_filters.ChoiceFilter(label="逾期", method="lapsed", choices=[("1", "逾期")])
    q = django_filters.CharFilter(label="编号或单位", method="named")
    project = django_filters.UUIDFilter(label="项目", field_name="project__public_id")

    class Meta:
        model = SupervisionNotice
        fields: list[str] = []

    def not_closed(self, rows: QuerySet[Any], _name: str, _value: str) -> QuerySet[Any]:
        return rows.filter(stands__in=[str(one) for one in OPEN])

    def lapsed(self, rows: QuerySet[Any], _name: str, _value: str) -> QuerySet[Any]:
        return rows.filter(is_late=True)

    def named(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return rows.filter(Q(number__icontains=value) | Q(addressee__enterprise__name__icontains=value))

    def described(self, name: str, value: Any) -> str:
        return (
            project_name(self.request.actor, value) if name == "project" else super().described(name, value)
        )


class NoticeTable(ListTable):
    """Notices, each with where it stands and how long is left."""

    number = tables.Column("编号", empty_values=(), attrs=NAME)
    stands = tables.Column("状态")
    deadline_at = tables.Column("期限", empty_values=())
    project = tables.Column("项目", accessor="project__name", attrs=CLIP)
    addressee = tables.Column("收件单位", accessor="addressee__enterprise__name", attrs=CLIP)
    item_count = tables.Column("事项", attrs=NUMBER)
    issued_at = tables.Column("签发", empty_values=(), attrs=SUB)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now = timezone.now()

    def render_number(self, record: Any) -> str:
        url = reverse("notice", args=[record.public_id])
        return format_html('<a href="{}">{}</a>', url, record.number or "草稿，签发时编号")

    def render_stands(self, record: Any) -> str:
        return state(*state_of(record))

    def render_deadline_at(self, record: Any) -> str:
        level, left = due(record, self.now)
        return format_html('{} <span class="sub">{}</span>', state(level, left), until(record))

    def render_issued_at(self, record: Any) -> str:
        return words.moment(record.issued_at) or "未签发"


class NoticeList(ListPage):
    """通知单."""

    permission = "integrity.view"
    section = "notices"
    title = "监理通知单"
    noun = "份通知单"
    table_class = NoticeTable
    filterset_class = NoticeFilters

    def rows(self) -> QuerySet[SupervisionNotice]:
        return with_counts(notices(self.actor, timezone.now()))

    def more(self, filterset: ScopedFilterSet, rows: QuerySet[SupervisionNotice]) -> dict[str, Any]:
        own = bool(self.actor.reach(self.permission).region_paths)
        of = region_in_reach(self.actor) if own else None
        return {
            "crumbs": crumbs(self.actor, of, dashboard_url, Crumb("通知单")),
            "as_of": timezone.now(),
            "empty": {
                "title": "没有符合条件的通知单",
                "reason": "监理在缺口页勾选问题后签发通知单；签发、回复和复查都在这里看。",
                "acts": [{"url": reverse("gaps") + "?all=1", "label": "看缺口"}],
            },
        }
