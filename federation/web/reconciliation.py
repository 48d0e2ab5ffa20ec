"""对账: comparisons with neighbours, what differed, sending it again, and why the rest may stand."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

import django_filters
import django_tables2 as tables
from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html

from accounts.actors import actor_of
from federation.compare_words import (
    DIFF_STATES,
    KINDS,
    REMEDIES,
    RUN_STATES,
    SORTS,
    difference_said,
    kind_said,
    size_said,
)
from federation.models import Node, ReconciliationDiff, ReconciliationRun
from federation.selectors.nodes import MANAGE_NODES, node
from federation.selectors.reconciliation import (
    LIVE,
    difference,
    differences,
    link_statements,
    reconciliation,
    reconciliations,
)
from federation.services import explain_difference, repair_differences, start_reconciliation, take_back
from federation.services.differences import may_be_sent, require_sendable
from federation.services.reconciling import require_asked_here
from federation.services.taking_back import may_be_taken_back, require_lost
from federation.travel.trees import PUNCHES
from federation.web.nodes import crumbs
from federation.web.subjects import Said, said_of, state_here
from kernel.scoping import Actor
from web import words
from web.acts import FormPage, PostPage
from web.filters import ScopedFilterSet
from web.forms import ScopedForm
from web.lists import NAME, NUMBER, SOFT, SUB, ListPage, ListTable
from web.navigation import Crumb
from web.pages import Page
from web.templatetags.parts import state

State = ReconciliationDiff.State
WAITING = "waiting"


def compare_crumbs(*tail: Crumb) -> list[Crumb]:
    """节点 › 对账 › …"""
    return crumbs(Crumb("对账", reverse("reconciliations") if tail else ""), *tail)


class RunFilters(ScopedFilterSet):
    """By how it ended and with whom."""

    state = django_filters.ChoiceFilter(
        label="状态", choices=[(one, said) for one, (_l, said) in RUN_STATES.items()]
    )
    q = django_filters.CharFilter(label="平台", field_name="node__name", lookup_expr="icontains")

    class Meta:
        model = ReconciliationRun
        fields: list[str] = []


class RunTable(ListTable):
    """Comparisons."""

    day = tables.Column("截至", attrs=NAME)
    node = tables.Column("平台", accessor="node__name", attrs=SOFT)
    scope = tables.Column("范围", attrs=SOFT)
    state = tables.Column("状态", attrs=SOFT)
    found = tables.Column("差异", attrs=NUMBER)
    started_at = tables.Column("开始", attrs=SUB)
    size = tables.Column("往来字节", orderable=False, empty_values=(), attrs=NUMBER)

    def render_day(self, record: Any) -> str:
        url = reverse("reconciliation", args=[record.public_id])
        return format_html('<a href="{}">{}</a>', url, words.moment(record.until))

    def file_day(self, record: Any) -> str:
        return words.moment(record.until)

    def render_scope(self, record: Any) -> str:
        return str(record.scope_in_words)

    def file_scope(self, record: Any) -> str:
        return self.render_scope(record)

    def render_state(self, record: Any) -> str:
        return state(*_run_state(record))

    def file_state(self, record: Any) -> str:
        return _run_state(record)[1]

    def render_started_at(self, value: Any) -> str:
        return words.moment(value)

    def file_started_at(self, record: Any) -> str:
        return words.moment(record.started_at)

    def render_size(self, record: Any) -> str:
        return size_said(record.bytes_in + record.bytes_out)

    def file_size(self, record: Any) -> str:
        return self.render_size(record)


def _run_state(run: ReconciliationRun) -> tuple[str, str]:
    level, said = RUN_STATES[ReconciliationRun.State(run.state)]
    is_half = run.state == ReconciliationRun.State.RUNNING and run.steps
    return level, f"{said} {run.percent}%" if is_half else said


class Runs(ListPage):
    """Comparisons with neighbours, the latest first."""

    permission = MANAGE_NODES
    section = "nodes"
    title = "对账"
    noun = "次对账"
    table_class = RunTable
    filterset_class = RunFilters
    holds_personal_data = False

    def rows(self) -> QuerySet[ReconciliationRun]:
        return reconciliations(self.actor)

    def more(self, filterset: ScopedFilterSet, rows: QuerySet[Any]) -> dict[str, Any]:
        empty = {
            "title": "还没有对过账",
            "reason": "对账由下级平台发起：每天凌晨自动与上级比对数量和摘要；"
            "下级管理员也可以在上级平台的节点页点“立即对账”。结果两边都能看到。",
        }
        return {"crumbs": compare_crumbs(), "empty": empty}


class OneRun(Page):
    """One comparison: how far it is, what both sides have of each kind, and what differed."""

    permission = MANAGE_NODES
    section = "nodes"
    template_name = "federation/reconciliation.html"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        run = reconciliation(self.actor, kwargs["public_id"])
        rows, counts = differences(self.actor).filter(run=run), list(run.counts.all())
        shown = list(rows[:50])
        said = named_of(self.actor, shown)
        return self.show(
            {
                "title": f"{run.scope_in_words}对账，截至 {words.moment(run.until)}",
                "crumbs": compare_crumbs(Crumb(f"截至 {words.moment(run.until)}")),
                "run": run,
                "state": _run_state(run),
                "is_running": run.state in ("running", "checking"),
                "counts": [(kind_said(one.kind), one) for one in counts if one.below or one.above],
                "empty": sum(not (one.below or one.above) for one in counts),
                "size": size_said(run.bytes_in + run.bytes_out),
                "differences": [
                    (row, difference_said(row), DIFF_STATES[State(row.state)], said[row.kind, row.key])
                    for row in shown
                ],
                "found": rows.count(),
            }
        )


class DiffFilters(ScopedFilterSet):
    """By link, kind, sort and whether somebody must act."""

    state = django_filters.ChoiceFilter(
        label="状态",
        method="standing",
        choices=[(WAITING, "未解决"), *((one, DIFF_STATES[one][1]) for one in State if one != "suspect")],
    )
    sort = django_filters.ChoiceFilter(label="差异", choices=list(SORTS.items()))
    kind = django_filters.ChoiceFilter(label="对象", choices=list(KINDS.items()))
    day = django_filters.DateFilter(label="产生日期（UTC）", method="on")
    q = django_filters.CharFilter(label="平台", field_name="node__name", lookup_expr="icontains")

    def on(self, rows: QuerySet[Any], _name: str, value: date) -> QuerySet[Any]:
        return rows.filter(day=value.isoformat())

    class Meta:
        model = ReconciliationDiff
        fields: list[str] = []

    def standing(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return rows.filter(state__in=LIVE) if value == WAITING else rows.filter(state=value)


def named_of(actor: Actor, rows: Iterable[ReconciliationDiff]) -> dict[tuple[str, UUID], Said]:
    """The records of these differences by name."""
    return said_of(actor, [(row.kind, row.key, row.project) for row in rows])


class DiffTable(ListTable):
    """Rows in which both sides differ."""

    sort = tables.Column("差异", attrs=NAME)
    record = tables.Column("记录", orderable=False, empty_values=(), attrs=SOFT)
    day = tables.Column("产生日期（UTC）", attrs=SUB)
    node = tables.Column("平台", accessor="node__name", attrs=SOFT)
    state = tables.Column("状态", attrs=SOFT)
    why = tables.Column("说明", orderable=False, attrs=SOFT)
    found_at = tables.Column("发现", attrs=SUB)

    @cached_property
    def named(self) -> dict[Any, Said]:
        """The records of the page's rows by name, with a few questions for each kind that occurs."""
        rows = [row.record for row in self.paginated_rows]
        return named_of(actor_of(self.request), rows)

    def render_record(self, record: Any) -> str:
        return self.named[record.kind, record.key].cell

    def file_record(self, record: Any) -> str:
        # A list that is taken away names nobody.
        return str(record.key)

    def render_sort(self, record: Any) -> str:
        url = reverse("difference", args=[record.public_id])
        return format_html('<a href="{}">{}</a>', url, difference_said(record))

    def file_sort(self, record: Any) -> str:
        return difference_said(record)

    def render_state(self, record: Any) -> str:
        return state(*DIFF_STATES[State(record.state)])

    def file_state(self, record: Any) -> str:
        return DIFF_STATES[State(record.state)][1]

    def render_found_at(self, value: Any) -> str:
        return words.moment(value)

    def file_found_at(self, record: Any) -> str:
        return words.moment(record.found_at)


class Differences(ListPage):
    """What differs between owners and copies."""

    permission = MANAGE_NODES
    section = "nodes"
    title = "对账差异"
    noun = "条差异"
    table_class = DiffTable
    filterset_class = DiffFilters
    holds_personal_data = False

    def rows(self) -> QuerySet[ReconciliationDiff]:
        rows = differences(self.actor)
        return rows if self.request.GET.get("state") else rows.filter(state__in=LIVE)

    def more(self, filterset: ScopedFilterSet, rows: QuerySet[Any]) -> dict[str, Any]:
        empty = {"title": "没有未解决的差异", "reason": "对账发现的差异列在这里，可以一键重发，或写明原因。"}
        return {"crumbs": compare_crumbs(Crumb("差异")), "empty": empty}


class OneDifference(Page):
    """One difference: what it is, what mends it, what was done."""

    permission = MANAGE_NODES
    section = "nodes"
    template_name = "federation/difference.html"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        row = difference(self.actor, kwargs["public_id"])
        is_live = row.state in LIVE
        said = named_of(self.actor, [row])[row.kind, row.key]
        return self.show(
            {
                "title": difference_said(row),
                "crumbs": compare_crumbs(Crumb("差异", reverse("differences")), Crumb("记录")),
                "row": row,
                "said": said,
                "here": state_here(self.actor, row.kind, row.key, said.row),
                "is_punch": row.kind == PUNCHES,
                "state": DIFF_STATES[State(row.state)],
                "remedy": REMEDIES[ReconciliationDiff.Sort(row.sort)]
                if may_be_sent(row)
                else "打卡和用工经过只增不改，重发不能修复。下级丢失的由下级取回，其余请核对后写明原因。",
                "may_send": is_live and may_be_sent(row) and not (row.asked_at and row.state == State.OPEN),
                "may_explain": is_live,
                "may_take_back": is_live and may_be_taken_back(row),
                "is_asked": is_live and row.asked_at is not None and row.sent_at is None,
            }
        )


class _OnDifference(PostPage):
    permission = MANAGE_NODES
    section = "nodes"

    def prepare(self, **kwargs: Any) -> None:
        self.row = difference(self.actor, kwargs["public_id"])
        self.cancel_url = reverse("difference", args=[self.row.public_id])


class SendAgain(_OnDifference):
    """Send one row again."""

    button = "重发"

    def check(self) -> None:
        require_sendable([self.row])

    def act(self) -> str:
        repair_differences(actor=self.actor, node=self.row.node, differences=[self.row])
        self.say(_sent_words(self.row.node))
        return self.cancel_url

    def context(self) -> dict[str, Any]:
        return {
            "title": "重发这条记录",
            "question": f"重发这条记录（{difference_said(self.row)}）？",
            "consequence": REMEDIES[ReconciliationDiff.Sort(self.row.sort)],
            "crumbs": compare_crumbs(Crumb("差异", self.cancel_url), Crumb("重发")),
        }


def _sent_words(node: Node) -> str:
    if node.relation == Node.Relation.PARENT:
        return "已重发，入库后自动复核。"
    return "已请下级平台重发，一分钟内它会取到；入库后自动复核。"


class SendAll(PostPage):
    """Send again whatever differs over a link and can be mended so, but for what would delete above."""

    permission = MANAGE_NODES
    section = "nodes"
    button = "全部重发"

    def prepare(self, **kwargs: Any) -> None:
        self.node = node(self.actor, kwargs["public_id"])
        rows = differences(self.actor).filter(node=self.node, state=State.OPEN)
        self.rows = list(rows.exclude(sort=ReconciliationDiff.Sort.MISSING_BELOW))
        self.cancel_url = reverse("differences")

    def check(self) -> None:
        require_sendable(self.rows)

    def act(self) -> str:
        number = repair_differences(actor=self.actor, node=self.node, differences=self.rows)
        self.say(f"{words.exact(number)} 条：{_sent_words(self.node)}")
        return self.cancel_url

    def context(self) -> dict[str, Any]:
        return {
            "title": "全部重发",
            "question": f"重发与“{self.node.name}”的 {words.exact(len(self.rows))} 条差异？",
            "consequence": "所有者按现状再报一次，已有的不会重复。上级多出的记录不在内：要逐条确认才作废。",
            "crumbs": compare_crumbs(Crumb("差异", self.cancel_url), Crumb("全部重发")),
        }


class TakeBack(_OnDifference):
    """Take one row back that was lost here."""

    button = "取回"

    def check(self) -> None:
        require_lost([self.row])

    def act(self) -> str:
        take_back(actor=self.actor, node=self.row.node, differences=[self.row])
        self.say("已从上级取回，随后自动复核。")
        return self.cancel_url

    def context(self) -> dict[str, Any]:
        return {
            "title": "从上级取回这条记录",
            "question": f"从上级取回这条记录（{difference_said(self.row)}）？",
            "consequence": "适用于本平台从备份恢复后丢失、上级还有副本的记录。取回后仍归本平台所有。",
            "crumbs": compare_crumbs(Crumb("差异", self.cancel_url), Crumb("取回")),
        }


class TakeAllBack(PostPage):
    """Take back whatever the parent still has and was lost here."""

    permission = MANAGE_NODES
    section = "nodes"
    button = "全部取回"

    def prepare(self, **kwargs: Any) -> None:
        self.node = node(self.actor, kwargs["public_id"])
        rows = differences(self.actor).filter(node=self.node, state__in=LIVE)
        self.rows = list(rows.filter(sort=ReconciliationDiff.Sort.MISSING_BELOW))
        self.cancel_url = reverse("differences")

    def check(self) -> None:
        require_lost(self.rows)

    def act(self) -> str:
        number = take_back(actor=self.actor, node=self.node, differences=self.rows)
        self.say(f"已从上级取回 {words.exact(number)} 份，随后自动复核。一次最多取 500 条，还有的再取一次。")
        return self.cancel_url

    def context(self) -> dict[str, Any]:
        return {
            "title": "全部取回",
            "question": f"从“{self.node.name}”取回本平台缺少的 {words.exact(len(self.rows))} 条记录？",
            "consequence": "适用于本平台刚从备份恢复：上级还有、这里没有的记录取回后仍归本平台所有。",
            "crumbs": compare_crumbs(Crumb("差异", self.cancel_url), Crumb("全部取回")),
        }


class WhyForm(ScopedForm):
    """Why it may stand."""

    why = forms.CharField(label="原因", max_length=300, help_text="对账单上会列出，并记入审计")


class Explain(FormPage):
    """Say why a difference may stand."""

    permission = MANAGE_NODES
    section = "nodes"
    form_class = WhyForm
    submit = "保存"

    def prepare(self, **kwargs: Any) -> None:
        self.row = difference(self.actor, kwargs["public_id"])
        self.cancel_url = reverse("difference", args=[self.row.public_id])

    def act(self, form: Any) -> str:
        explain_difference(actor=self.actor, difference=self.row, **form.cleaned_data)
        self.say("已写明原因，不再预警；对账单上列为“已说明”。")
        return self.cancel_url

    def context(self) -> dict[str, Any]:
        return {
            "title": "说明差异",
            "lead": "确实允许存在的差异（例如上级已清退的记录）写明原因后不再预警。",
            "crumbs": compare_crumbs(Crumb("差异", self.cancel_url), Crumb("说明")),
        }


class Start(PostPage):
    """Compare everything with the parent now."""

    permission = MANAGE_NODES
    section = "nodes"
    button = "立即对账"

    def prepare(self, **kwargs: Any) -> None:
        self.node = node(self.actor, kwargs["public_id"])
        self.cancel_url = reverse("node", args=[self.node.public_id])

    def check(self) -> None:
        require_asked_here(self.node)

    def act(self) -> str:
        run = start_reconciliation(actor=self.actor, node=self.node)
        self.say("对账已开始，可以离开本页；进度和结果在这里。")
        return reverse("reconciliation", args=[run.public_id])

    def context(self) -> dict[str, Any]:
        return {
            "title": "立即对账",
            "question": f"与“{self.node.name}”全部对账？",
            "consequence": "双方从原始记录重新计算摘要，逐层比对，只打开不同的部分。"
            "记录多时要几分钟到几十分钟，期间照常使用。",
            "crumbs": compare_crumbs(Crumb("立即对账")),
        }


def last_statement(actor: Any, of: Node) -> Any:
    """The latest monthly statement with a neighbour."""
    return link_statements(actor).filter(node=of).first()
