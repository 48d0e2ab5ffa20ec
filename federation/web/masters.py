"""四库一平台: where each object's pull stands, its records, one record with its history, and pulling now."""

from typing import Any
from uuid import UUID

import django_filters
import django_tables2 as tables
from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from federation.masters import contract, pulling
from federation.masters.errors import NotTheProvince
from federation.masters.kinds import KINDS
from federation.models import MasterPull, MasterRecord
from federation.selectors.masters import (
    PULL,
    VIEW,
    changes_of_record,
    feed_of,
    feed_stands,
    field_in_words,
    history_of,
    master_record,
    master_records,
    opens_page_of,
    owned_row,
    proposals_about,
    pulls_of,
    require_province,
    row_title,
)
from federation.services import request_pull
from federation.words import feed_state, odd_pages, proposal_state, record_state
from kernel.errors import NotFound
from web import words
from web.acts import FormPage
from web.filters import ScopedFilterSet
from web.forms import ScopedForm
from web.lists import NAME, SOFT, SUB, ListPage, ListTable
from web.navigation import Crumb
from web.pages import Page
from web.templatetags.parts import state

PULLS_SHOWN = 10


def master_crumbs(*tail: Crumb) -> list[Crumb]:
    """四库一平台 › …"""
    return [Crumb("四库一平台", reverse("masters") if tail else ""), *tail]


class Masters(Page):
    """Every object: last pull, counts on both sides, faults, what is held."""

    permission = VIEW
    section = "masters"
    template_name = "masters/masters.html"
    part_name = "masters/_feeds.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        now = timezone.now()
        stands = feed_stands(self.actor, now)
        return self.show(
            {
                "title": "四库一平台",
                "crumbs": master_crumbs(),
                "as_of": now,
                "is_configured": pulling.is_configured(),
                "is_elsewhere": "" if pulling.is_the_province() else NotTheProvince().message,
                "tries": pulling.TRIES,
                "stands": [(one, feed_state(one, now), odd_pages(one.pull)) for one in stands],
                "is_running": any(one.is_running or one.feed.wanted_at for one in stands),
                "may_pull": self.actor.reach(PULL).is_province_wide,
                "may_see_wishes": self.actor.may("projects.view"),
            }
        )


class RecordFilters(ScopedFilterSet):
    """By state, name or number."""

    state = django_filters.ChoiceFilter(
        label="状态",
        method="in_state",
        choices=[("live", "已采用"), ("held", "未采用"), ("withdrawn", "总库已撤销")],
    )
    q = django_filters.CharFilter(label="名称、编号或总库记录号", method="named")

    class Meta:
        model = MasterRecord
        fields: list[str] = []

    def in_state(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        conditions = {
            "live": Q(withdrawn_at=None, held=""),
            "held": ~Q(held=""),
            "withdrawn": Q(withdrawn_at__isnull=False),
        }
        return rows.filter(conditions[value])

    def named(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return rows.filter(Q(label__icontains=value) | Q(key__istartswith=value) | Q(source_id__iexact=value))


class RecordTable(ListTable):
    """Records of one object with their provenance."""

    label = tables.Column("名称", attrs=NAME, empty_values=())
    key = tables.Column("编号", attrs=SUB)
    source_id = tables.Column("总库记录号", attrs=SUB)
    source_version = tables.Column("版本", attrs=SOFT)
    changed_at = tables.Column("总库变更", attrs=SUB)
    fetched_at = tables.Column("取得", attrs=SUB)
    state = tables.Column("状态", orderable=False, empty_values=(), attrs=SOFT)

    def render_label(self, record: Any) -> str:
        url = reverse("master_record", args=[record.public_id])
        return format_html('<a href="{}">{}</a>', url, record.label or record.source_id)

    def file_label(self, record: Any) -> str:
        return record.label

    def render_changed_at(self, value: Any) -> str:
        return words.moment(value)

    def render_fetched_at(self, value: Any) -> str:
        return words.moment(value)

    def file_changed_at(self, record: Any) -> str:
        return words.moment(record.changed_at)

    def file_fetched_at(self, record: Any) -> str:
        return words.moment(record.fetched_at)

    def render_state(self, record: Any) -> str:
        level, said = record_state(record)
        return state(level, f"{said}：{record.held}" if record.held else said)

    def file_state(self, record: Any) -> str:
        return record_state(record)[1]


class Records(ListPage):
    """The records of one object."""

    permission = VIEW
    section = "masters"
    noun = "条记录"
    table_class = RecordTable
    filterset_class = RecordFilters
    holds_personal_data = False

    def prepare(self, **kwargs: Any) -> None:
        require_province(self.actor, VIEW)
        self.feed = feed_of(self.actor, kwargs["name"])
        self.title = f"四库一平台：{contract.LABELS[self.feed.object]}"

    def rows(self) -> QuerySet[MasterRecord]:
        return master_records(self.actor, self.feed.object)

    def more(self, filterset: ScopedFilterSet, rows: QuerySet[Any]) -> dict[str, Any]:
        return {
            "crumbs": master_crumbs(Crumb(contract.LABELS[self.feed.object])),
            "empty": {
                "title": "没有符合条件的记录",
                "reason": "取数之后，总库的每条记录和它的状态列在这里。",
                "acts": [{"url": reverse("masters"), "label": "看取数情况"}],
            },
        }


class Pulls(Page):
    """The last pulls of one object: how many records came, what was odd, where it stopped."""

    permission = VIEW
    section = "masters"
    template_name = "masters/pulls.html"

    def get(self, request: HttpRequest, name: str) -> HttpResponse:
        feed = feed_of(self.actor, name)
        label = contract.LABELS[feed.object]
        return self.show(
            {
                "title": f"{label}：历次取数",
                "crumbs": master_crumbs(
                    Crumb(label, reverse("master_records", args=[feed.object])), Crumb("历次取数")
                ),
                "feed": feed,
                "pulls": [
                    (pull, _pull_state(pull), odd_pages(pull))
                    for pull in pulls_of(self.actor, feed)[:PULLS_SHOWN]
                ],
            }
        )


def _pull_state(pull: MasterPull) -> tuple[str, str]:
    if pull.ended_at is None:
        return "blue", "没有取完"
    if pull.state == MasterPull.State.DIFFERS:
        return "amber", str(MasterPull.State.DIFFERS.label)
    return "green", "完成"


class Record(Page):
    """One record: where it comes from, what it became, its history."""

    permission = VIEW
    section = "masters"
    template_name = "masters/record.html"

    def get(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        require_province(self.actor, VIEW)
        row = master_record(self.actor, public_id)
        kind = KINDS[row.object]
        changes = changes_of_record(self.actor, row) if row.row else []
        page = opens_page_of(self.actor, row)
        return self.show(
            {
                "title": row.label or row.source_id,
                "crumbs": master_crumbs(
                    Crumb(kind.title, reverse("master_records", args=[row.object])), Crumb(str(row))
                ),
                "record": row,
                "kind": kind,
                "state": record_state(row),
                "changes": [(one, field_in_words(one.object, one.field)) for one in changes],
                "row_url": reverse(page, args=[row.row]) if page else "",
            }
        )


class History(Page):
    """All changes of an enterprise, project or permit, for whoever sees it."""

    permission = "projects.view"
    section = "masters"
    template_name = "masters/history.html"

    def get(self, request: HttpRequest, kind: str, public_id: UUID) -> HttpResponse:
        row = owned_row(self.actor, kind, public_id)
        wishes = [(one, proposal_state(one)) for one in proposals_about(self.actor, row)[:PULLS_SHOWN]]
        return self.show(
            {
                "title": f"历次变更：{row}",
                "crumbs": [Crumb(row_title(kind)), Crumb(str(row)), Crumb("历次变更")],
                "row": row,
                "kind": kind,
                "changes": history_of(self.actor, kind, public_id),
                "wishes": wishes,
                "may_propose": self.actor.may("masters.propose"),
            }
        )


class PullForm(ScopedForm):
    """Whether everything is read anew."""

    is_full = forms.BooleanField(
        label="从头全部重取核对",
        required=False,
        help_text="平时只取上次以来的变化。数量长期不一致，或总库恢复过备份的，才需要从头核对。",
    )


class PullNow(FormPage):
    """Pull one object, or all, at once."""

    permission = PULL
    section = "masters"
    form_class = PullForm
    submit = "立即取数"

    def prepare(self, **kwargs: Any) -> None:
        require_province(self.actor, PULL)
        self.name = kwargs["name"]
        if self.name != "all" and self.name not in contract.OBJECTS:
            raise NotFound
        self.cancel_url = reverse("masters")

    def act(self, form: Any) -> str:
        request_pull(actor=self.actor, name=self.name, now=timezone.now(), **form.cleaned_data)
        self.say("已排队，几秒内开始。这一页会自动更新进度。")
        return self.cancel_url

    def context(self) -> dict[str, Any]:
        label = contract.LABELS.get(self.name, "全部数据")
        return {
            "title": f"从四库一平台取数：{label}",
            "lead": "取数在后台进行，关掉页面也不会停。已经取过的记录不会重复。",
            "crumbs": master_crumbs(Crumb("立即取数")),
        }
