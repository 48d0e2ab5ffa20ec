"""What was and is to be told to a platform above: the list, one record with its next step, and two acts."""

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

from federation import services
from federation.models import MANAGE_UPSTREAMS, UpstreamRecord
from federation.selectors.upstreams import needed_by, upstream, upstream_record, upstream_records
from federation.upstream.kinds import KINDS
from federation.upstream.verdicts import next_step
from federation.web.upstreams import crumbs
from web import words
from web.acts import FormPage, PostPage
from web.filters import ScopedFilterSet
from web.forms import ScopedForm
from web.lists import CLIP, NAME, SOFT, SUB, ListPage, ListTable
from web.navigation import Crumb
from web.pages import Page
from web.templatetags.parts import state

State = UpstreamRecord.State
LEVELS = {
    State.HELD: "blue",
    State.QUEUED: "blue",
    State.SENT: "blue",
    State.WAITING: "blue",
    State.DONE: "green",
    State.REFUSED: "red",
    State.WAIVED: "grey",
}
LABELS = [(kind.key, kind.label) for kind in KINDS.values()]


def verdict(row: UpstreamRecord) -> tuple[str, str]:
    """A record's level and state in words."""
    found = State(row.state)
    return LEVELS[found], str(found.label)


class RecordFilters(ScopedFilterSet):
    """By state, object, project and what the other side said."""

    state = django_filters.ChoiceFilter(label="状态", choices=State.choices)
    kind = django_filters.ChoiceFilter(label="对象", choices=LABELS)
    q = django_filters.CharFilter(label="项目、班组或说明", method="named")

    class Meta:
        model = UpstreamRecord
        fields: list[str] = []

    def named(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        of = Q(access__project__name__icontains=value) | Q(label__icontains=value)
        return rows.filter(of | Q(sentence__icontains=value))


class RecordTable(ListTable):
    """Records at a platform."""

    label = tables.Column("记录", attrs=NAME, empty_values=())
    kind = tables.Column("对象", attrs=SOFT)
    project = tables.Column("项目", accessor="access__project__name", attrs=SOFT)
    state = tables.Column("状态", attrs=SOFT)
    sentence = tables.Column("对方的说明", attrs=CLIP, empty_values=())
    since = tables.Column("等待自", attrs=SUB, empty_values=())

    def render_label(self, record: Any) -> str:
        url = reverse("upstream_record", args=[record.public_id])
        return format_html('<a href="{}">{}</a>', url, record.label or KINDS[record.kind].label)

    def file_label(self, record: Any) -> str:
        return record.label

    def render_kind(self, value: str) -> str:
        return KINDS[value].label

    def file_kind(self, record: Any) -> str:
        return KINDS[record.kind].label

    def render_state(self, record: Any) -> str:
        return state(*verdict(record))

    def file_state(self, record: Any) -> str:
        return verdict(record)[1]

    def render_sentence(self, record: Any) -> str:
        return record.sentence or ""

    def render_since(self, record: Any) -> str:
        return words.moment(record.since) if record.since else ""

    def file_since(self, record: Any) -> str:
        return words.moment(record.since) if record.since else ""


class UpstreamRecords(ListPage):
    """Everything that a platform was told and is to be told."""

    permission = MANAGE_UPSTREAMS
    section = "upstreams"
    title = "上报记录"
    noun = "条记录"
    table_class = RecordTable
    filterset_class = RecordFilters
    holds_personal_data = False

    def prepare(self, **kwargs: Any) -> None:
        self.row = upstream(self.actor, kwargs["public_id"])
        self.title = f"{self.row.name}：上报记录"

    def rows(self) -> QuerySet[UpstreamRecord]:
        return upstream_records(self.actor, self.row)

    def more(self, filterset: ScopedFilterSet, rows: QuerySet[Any]) -> dict[str, Any]:
        empty = {"title": "没有符合条件的记录", "reason": "换个状态或对象看看；没有被退回的记录就不用处理。"}
        return {"crumbs": crumbs(self.row, Crumb("上报记录")), "empty": empty}


class OneRecord(Page):
    """One record: what the other side said of it, what to do, and what it waits for."""

    permission = MANAGE_UPSTREAMS
    section = "upstreams"
    template_name = "federation/upstream_record.html"

    def get(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        row = upstream_record(self.actor, public_id)
        stopped = row.state in (State.REFUSED, State.WAIVED)
        return self.show(
            {
                "title": row.label or KINDS[row.kind].label,
                "crumbs": _crumbs(row),
                "record": row,
                "kind": KINDS[row.kind].label,
                "verdict": verdict(row),
                "step": next_step(row.sentence) if row.state == State.REFUSED else "",
                "needs": [(one, KINDS[one.kind].label, verdict(one)) for one in needed_by(self.actor, row)],
                "can_requeue": stopped,
                "can_waive": row.state in (State.REFUSED, State.HELD),
                "leads_to": _place_of(row) if self.actor.may("workers.view") else "",
            }
        )


def _crumbs(row: UpstreamRecord, *tail: Crumb) -> list[Crumb]:
    of = row.access.upstream
    here = reverse("upstream_record", args=[row.public_id]) if tail else ""
    listed = Crumb("上报记录", reverse("upstream_records", args=[of.public_id]))
    return crumbs(of, listed, Crumb(row.label or KINDS[row.kind].label, here), *tail)


def _place_of(row: UpstreamRecord) -> str:
    """Where the record itself is read and put right."""
    if row.kind == "worker":
        return reverse("person", args=[row.key])
    return reverse("project", args=[row.access.project.public_id])


class RequeueRecord(PostPage):
    """Tell it again."""

    permission = MANAGE_UPSTREAMS
    section = "upstreams"
    question = "重新上报这条记录？"
    consequence = "按现在的内容单独上报一次；对方已有的不会重复。"
    button = "重新上报"

    def prepare(self, **kwargs: Any) -> None:
        self.row = upstream_record(self.actor, kwargs["public_id"])
        self.cancel_url = reverse("upstream_record", args=[self.row.public_id])

    def act(self) -> str:
        services.requeue_upstream_record(actor=self.actor, record_of=self.row, now=timezone.now())
        self.say("已重新排队。")
        return self.cancel_url

    def context(self) -> dict[str, Any]:
        return {"title": str(self.question), "crumbs": _crumbs(self.row, Crumb("重新上报"))}


class WaiveForm(ScopedForm):
    """Why."""

    reason = forms.CharField(
        label="原因", max_length=200, help_text="例如：已与对方线下更正。会记入审计，以后仍可重新上报。"
    )


class WaiveRecord(FormPage):
    """Give it up."""

    permission = MANAGE_UPSTREAMS
    section = "upstreams"
    form_class = WaiveForm
    submit = "不再上报"

    def prepare(self, **kwargs: Any) -> None:
        self.row = upstream_record(self.actor, kwargs["public_id"])
        self.cancel_url = reverse("upstream_record", args=[self.row.public_id])

    def act(self, form: Any) -> str:
        services.waive_upstream_record(actor=self.actor, record_of=self.row, **form.cleaned_data)
        self.say("已标为不再上报。")
        return self.cancel_url

    def context(self) -> dict[str, Any]:
        return {
            "title": f"不再上报：{self.row.label or KINDS[self.row.kind].label}",
            "lead": "只影响这个上级平台；依赖它的记录也不会上报，培训等名单中会略去它。",
            "crumbs": _crumbs(self.row, Crumb("不再上报")),
        }
