"""待处理 and 拒收: records that were not taken, and calls that were turned away, each with its reason."""

from typing import Any

import django_filters
import django_tables2 as tables
from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html

from accounts.actors import actor_of
from federation.compare_words import kind_said, record_said
from federation.models import Line, RecordResult, RefusedEnvelope
from federation.node_words import CODES, outcome_in_words, stream_in_words
from federation.selectors.nodes import (
    MANAGE_NODES,
    held_record,
    outcomes,
    refused_envelopes,
    require_governing,
)
from federation.services import approve_waiver, ask_waiver, decline_waiver, put_aside, requeue_record
from federation.web.nodes import crumbs
from federation.web.subjects import Said, said_of, state_here
from web import words
from web.acts import FormPage, PostPage
from web.filters import ScopedFilterSet
from web.forms import ScopedForm
from web.lists import CLIP, NAME, NUMBER, SOFT, SUB, ListPage, ListTable
from web.navigation import Crumb
from web.pages import Page
from web.templatetags.parts import state

OURS, THEIRS, DONE = "ours", "theirs", "done"
STANDINGS = [(OURS, "本平台报送被拒"), (THEIRS, "下级报送未入库"), (DONE, "已处理")]


class HeldFilters(ScopedFilterSet):
    """By whose record it is, whether it is settled, and the neighbour."""

    standing = django_filters.ChoiceFilter(label="情况", method="standing_as", choices=STANDINGS)
    q = django_filters.CharFilter(label="平台、规则或原因", method="worded")

    class Meta:
        model = RecordResult
        fields: list[str] = []

    def standing_as(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        if value == DONE:
            return rows.filter(resolved_at__isnull=False)
        direction = Line.Direction.OUT if value == OURS else Line.Direction.IN
        return rows.filter(resolved_at=None, line__direction=direction)

    def worded(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        named = rows.filter(line__node__name__icontains=value) | rows.filter(sentence__icontains=value)
        return named | rows.filter(rule__icontains=value)


class HeldTable(ListTable):
    """Records with the reason they were not taken for."""

    sentence = tables.Column("原因", attrs=NAME, orderable=False, empty_values=())
    kind = tables.Column("对象", attrs=SOFT)
    record = tables.Column("记录", orderable=False, empty_values=(), attrs=SOFT)
    node = tables.Column("平台", accessor="line__node__name", attrs=SOFT)
    told_at = tables.Column("时间", attrs=SUB)
    standing = tables.Column("情况", orderable=False, empty_values=(), attrs=SOFT)

    @cached_property
    def named(self) -> dict[Any, Said]:
        """The records of the page's rows by name, with a few questions for each kind that occurs."""
        rows = [row.record for row in self.paginated_rows]
        return said_of(actor_of(self.request), [(row.kind, row.key, "") for row in rows])

    def render_record(self, record: Any) -> str:
        return self.named[record.kind, record.key].cell

    def file_record(self, record: Any) -> str:
        # A list that is taken away names nobody.
        return str(record.key)

    def render_sentence(self, record: Any) -> str:
        url = reverse("held_record", args=[record.public_id])
        return format_html('<a href="{}">{}</a>', url, self.file_sentence(record))

    def file_sentence(self, record: Any) -> str:
        return record.sentence or f"等待关联的{record_said(record.missing)}"

    def render_kind(self, value: str) -> str:
        return kind_said(value)

    def file_kind(self, record: Any) -> str:
        return kind_said(record.kind)

    def render_told_at(self, value: Any) -> str:
        return words.moment(value)

    def file_told_at(self, record: Any) -> str:
        return words.moment(record.told_at)

    def render_standing(self, record: Any) -> str:
        return state(*outcome_in_words(record))

    def file_standing(self, record: Any) -> str:
        return outcome_in_words(record)[1]


class HeldList(ListPage):
    """Records that were not plainly taken, here or by a neighbour."""

    permission = MANAGE_NODES
    section = "nodes"
    title = "待处理的交换记录"
    noun = "条记录"
    table_class = HeldTable
    filterset_class = HeldFilters
    holds_personal_data = False

    def rows(self) -> QuerySet[RecordResult]:
        rows = outcomes(self.actor).filter(became__in=("refused", "waits"))
        return rows if self.request.GET.get("standing") else rows.filter(resolved_at=None)

    def more(self, filterset: ScopedFilterSet, rows: QuerySet[Any]) -> dict[str, Any]:
        empty = {
            "title": "没有待处理的记录",
            "reason": "上级拒收的记录、下级报来但不能入库的记录列在这里，写明原因和办法。",
        }
        return {"crumbs": crumbs(Crumb("待处理")), "empty": empty}


class HeldRecord(Page):
    """One record: why it was not taken, what to do, and the acts."""

    permission = MANAGE_NODES
    section = "nodes"
    template_name = "federation/held.html"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        row = held_record(self.actor, kwargs["public_id"])
        is_ours = row.line.direction == Line.Direction.OUT
        said = said_of(self.actor, [(row.kind, row.key, "")])[row.kind, row.key]
        is_held = is_ours and row.became == RecordResult.Became.REFUSED and row.resolved_at is None
        return self.show(
            {
                "title": "未入库的记录" if is_ours else "下级报送的记录",
                "crumbs": held_crumbs(),
                "row": row,
                "kind": kind_said(row.kind),
                "said": said,
                "here": state_here(self.actor, row.kind, row.key, said.row),
                "missing": record_said(row.missing),
                "stream": stream_in_words(row.line.stream),
                "state": outcome_in_words(row),
                "is_ours": is_ours,
                "may_requeue": is_held and (row.requeued_at is None or row.again_seq is not None),
                "may_ask": is_held and row.waiver_asked_at is None,
                "may_put_aside": not is_ours
                and row.became == RecordResult.Became.REFUSED
                and row.resolved_at is None,
                "asked": is_held and row.waiver_asked_at is not None,
                "by_me": row.waiver_asked_by == self.actor.key,
            }
        )


def held_crumbs(*tail: Crumb) -> list[Crumb]:
    """节点 › 待处理 › …"""
    return crumbs(Crumb("待处理", reverse("held_records")), *(tail or (Crumb("记录"),)))


class _OnHeld(PostPage):
    permission = MANAGE_NODES
    section = "nodes"

    def prepare(self, **kwargs: Any) -> None:
        self.row = held_record(self.actor, kwargs["public_id"])
        self.cancel_url = reverse("held_record", args=[self.row.public_id])

    def context(self) -> dict[str, Any]:
        return {"title": str(self.question), "crumbs": held_crumbs(Crumb(str(self.button)))}


class Requeue(_OnHeld):
    """Send it again as it was."""

    question = "按原内容再报一次？"
    consequence = (
        "适用于对方的原因已经消除（例如上级补登了项目）。内容本身有误的，请在原处修改，保存后会自动再报。"
    )
    button = "重新报送"

    def act(self) -> str:
        requeue_record(actor=self.actor, result=self.row)
        self.say("已排队，几秒内重新报送。")
        return self.cancel_url


class ApproveWaiver(_OnHeld):
    """Let it be, as another has asked."""

    question = "同意不再上报这条记录？"
    consequence = "上级将没有这条记录，对账时作为已说明的差异列出。须由申请人以外的管理员同意，记入审计。"
    button = "同意"

    def act(self) -> str:
        approve_waiver(actor=self.actor, result=self.row)
        self.say("已同意，不再上报。")
        return self.cancel_url


class DeclineWaiver(_OnHeld):
    """Keep it held."""

    question = "不同意（或撤回）不再上报的申请？"
    consequence = "记录回到待处理，可以更正或重新报送。"
    button = "不同意"

    def act(self) -> str:
        decline_waiver(actor=self.actor, result=self.row)
        self.say("申请已退回。")
        return self.cancel_url


class WaiverForm(ScopedForm):
    """Why."""

    reason = forms.CharField(label="理由", max_length=200, help_text="另一位管理员据此决定，并记入审计")


class AsideForm(WaiverForm):
    """Why not any more."""

    reason = forms.CharField(label="理由", max_length=200, help_text="记入审计，例如：已电话告知对方平台")


class AskWaiver(FormPage):
    """Ask that it be let be."""

    permission = MANAGE_NODES
    section = "nodes"
    form_class = WaiverForm
    submit = "提交申请"

    def prepare(self, **kwargs: Any) -> None:
        require_governing(self.actor)
        self.row = held_record(self.actor, kwargs["public_id"])
        self.cancel_url = reverse("held_record", args=[self.row.public_id])

    def act(self, form: Any) -> str:
        ask_waiver(actor=self.actor, result=self.row, **form.cleaned_data)
        self.say("申请已提交，等另一位平台管理员同意。")
        return self.cancel_url

    def context(self) -> dict[str, Any]:
        return {
            "title": "申请不再上报",
            "lead": "确实不该上报的记录（例如项目已移交外市）可以不再上报，须另一位平台管理员同意。",
            "crumbs": held_crumbs(Crumb("申请不再上报")),
        }


class PutAside(AskWaiver):
    """Take a neighbour's refused record off the list here."""

    form_class = AsideForm
    submit = "不再列出"

    def act(self, form: Any) -> str:
        put_aside(actor=self.actor, result=self.row, **form.cleaned_data)
        self.say("已从待处理中移出。对方平台仍看得到这条拒收，改正后重报会照常入库。")
        return self.cancel_url

    def context(self) -> dict[str, Any]:
        return {
            "title": "不再列为待处理",
            "lead": "下级报来、本平台拒收的记录由下级改正。不必再等的，写明原因后不再列在这里；"
            "拒收本身不变。",
            "crumbs": held_crumbs(Crumb("不再列为待处理")),
        }


class RefusedFilters(ScopedFilterSet):
    """By reason and neighbour."""

    code = django_filters.ChoiceFilter(label="原因", choices=list(CODES.items()))
    q = django_filters.CharFilter(label="平台", field_name="node__name", lookup_expr="icontains")

    class Meta:
        model = RefusedEnvelope
        fields: list[str] = []


class RefusedTable(ListTable):
    """Calls that were turned away."""

    code = tables.Column("原因", attrs=NAME)
    sentence = tables.Column("说明", orderable=False, attrs=CLIP)
    node = tables.Column("平台", accessor="node__name", attrs=SOFT, default="未登记的节点")
    stream = tables.Column("数据流", orderable=False, empty_values=(), attrs=SOFT)
    number = tables.Column("次数", attrs=NUMBER)
    address = tables.Column("来自", orderable=False, attrs=SUB)
    last_at = tables.Column("最近", attrs=SUB)

    def render_code(self, value: str) -> str:
        return CODES.get(value, value)

    def file_code(self, record: Any) -> str:
        return CODES.get(record.code, record.code)

    def render_stream(self, record: Any) -> str:
        if not record.stream:
            return ""
        number = f" 第 {record.seq} 号" if record.seq else ""
        return f"{stream_in_words(record.stream)}{number}"

    def file_stream(self, record: Any) -> str:
        return self.render_stream(record)

    def render_last_at(self, value: Any) -> str:
        return words.moment(value)

    def file_last_at(self, record: Any) -> str:
        return words.moment(record.last_at)


class RefusedList(ListPage):
    """Envelopes and calls of nodes that were turned away, with why."""

    permission = MANAGE_NODES
    section = "nodes"
    title = "拒收的报文"
    noun = "条拒收"
    table_class = RefusedTable
    filterset_class = RefusedFilters
    holds_personal_data = False

    def rows(self) -> QuerySet[RefusedEnvelope]:
        return refused_envelopes(self.actor)

    def more(self, filterset: ScopedFilterSet, rows: QuerySet[Any]) -> dict[str, Any]:
        empty = {
            "title": "没有拒收的报文",
            "reason": "签名不符、重放、缺号、版本不同等没有收下的报文列在这里；同一分钟同样原因的合并计数。",
        }
        return {"crumbs": crumbs(Crumb("拒收")), "empty": empty}
