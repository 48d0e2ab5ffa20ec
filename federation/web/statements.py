"""对账单: the month's statement with a neighbour, on the page and on paper, with both signatures verified."""

from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from federation.compare_words import kind_said
from federation.models import LinkStatement
from federation.selectors.nodes import MANAGE_NODES, node
from federation.selectors.reconciliation import link_statement, link_statements
from federation.services import state_month
from federation.services.statements import Read, month_before, read_statement, require_statable
from federation.web.reconciliation import compare_crumbs
from web import pdf, words
from web.acts import PostPage
from web.filters import ScopedFilterSet
from web.lists import NAME, SOFT, SUB, ListPage, ListTable
from web.navigation import Crumb
from web.pages import Page
from web.templatetags.parts import state


def _standing(row: LinkStatement) -> tuple[str, str]:
    if row.above_signature:
        return "green", "双方已签"
    return ("amber", f"未会签：{row.trouble}") if row.trouble else ("blue", "等待上级会签")


class StatementFilters(ScopedFilterSet):
    """By neighbour."""

    q = django_filters.CharFilter(label="平台", field_name="node__name", lookup_expr="icontains")

    class Meta:
        model = LinkStatement
        fields: list[str] = []


class StatementTable(ListTable):
    """Statements."""

    month = tables.Column("月份", attrs=NAME)
    node = tables.Column("平台", accessor="node__name", attrs=SOFT)
    standing = tables.Column("状态", orderable=False, empty_values=(), attrs=SOFT)
    made_at = tables.Column("生成", attrs=SUB)

    def render_month(self, record: Any) -> str:
        url = reverse("link_statement", args=[record.public_id])
        return format_html('<a href="{}">{}</a>', url, self.file_month(record))

    def file_month(self, record: Any) -> str:
        return f"{record.month:%Y-%m}"

    def render_standing(self, record: Any) -> str:
        return state(*_standing(record))

    def file_standing(self, record: Any) -> str:
        return _standing(record)[1]

    def render_made_at(self, value: Any) -> str:
        return words.moment(value)

    def file_made_at(self, record: Any) -> str:
        return words.moment(record.made_at)


class Statements(ListPage):
    """Monthly statements with neighbours."""

    permission = MANAGE_NODES
    section = "nodes"
    title = "月度对账单"
    noun = "份对账单"
    table_class = StatementTable
    filterset_class = StatementFilters
    holds_personal_data = False

    def rows(self) -> QuerySet[LinkStatement]:
        return link_statements(self.actor)

    def more(self, filterset: ScopedFilterSet, rows: QuerySet[Any]) -> dict[str, Any]:
        empty = {
            "title": "还没有对账单",
            "reason": "每月 2 日起，下级平台自动生成上个月的对账单并签名，上级核对后会签，两边各存一份。",
        }
        return {"crumbs": compare_crumbs(Crumb("对账单")), "empty": empty}


class OneStatement(Page):
    """A statement with its signatures."""

    permission = MANAGE_NODES
    section = "nodes"
    template_name = "federation/statement.html"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        row = link_statement(self.actor, kwargs["public_id"])
        found = read_statement(row)
        return self.show(
            {
                "title": f"{row.month:%Y-%m} 对账单",
                "crumbs": compare_crumbs(Crumb("对账单", reverse("link_statements")), Crumb("对账单")),
                "row": row,
                "state": _standing(row),
                "said": found.said,
                "entries": [
                    (kind_said(one.kind), one) for one in found.entries if one.below[0] or one.above[0]
                ],
                "signatures": _signatures(row, found),
            }
        )


def _signatures(row: LinkStatement, found: Read) -> list[tuple[str, str, str, tuple[str, str]]]:
    """Of each side: who, its key, the signature, and whether it holds."""
    sides = [
        ("下级", found.said.get("below", ""), row.below_key, row.below_signature, found.is_signed_below),
        ("上级", found.said.get("above", ""), row.above_key, row.above_signature, found.is_signed_above),
    ]
    return [
        (f"{side} {code}", key, signature, _judged(signature, is_good))
        for side, code, key, signature, is_good in sides
    ]


def _judged(signature: str, is_good: bool) -> tuple[str, str]:
    if not signature:
        return "amber", "未签"
    return ("green", "签名有效") if is_good else ("red", "签名与内容不符")


class StatementPaper(Page):
    """The statement as PDF."""

    permission = MANAGE_NODES
    section = "nodes"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        row = link_statement(self.actor, kwargs["public_id"])
        found = read_statement(row)
        month = f"{row.month:%Y-%m}"
        paper = pdf.Paper(_pieces(row, found, month), f"节点对账单 {month}　{row.public_id}")
        return pdf.answer(pdf.press([paper], title=f"节点对账单 {month}"), f"对账单-{row.node.code}-{month}")


def _pieces(row: LinkStatement, found: Read, month: str) -> list[pdf.Piece]:
    said = found.said
    rows = [["对象", "下级数量", "上级数量", "摘要（前 12 位）", "结果"]]
    for one in found.entries:
        if one.below[0] or one.above[0]:
            digests = one.below[1][:12] if one.is_equal else f"{one.below[1][:12]} / {one.above[1][:12]}"
            result = "一致" if one.is_equal else "不同"
            rows.append(
                [kind_said(one.kind), words.exact(one.below[0]), words.exact(one.above[0]), digests, result]
            )
    pieces: list[pdf.Piece] = [
        pdf.Line("节点数据对账单", "title"),
        pdf.Line(f"{month}　下级：{said.get('below', '')}　上级：{said.get('above', '')}", "centre"),
        pdf.Grid(rows, [40, 26, 26, 50, 20], heads=1),
        pdf.Gap(4),
        pdf.Line(
            f"已说明的差异 {said.get('explained', 0)} 条，未解决的差异 {said.get('open', 0)} 条。"
            f"数量和摘要按记录产生的日期（UTC）统计，生成时间 {said.get('made_at', '')}。",
            "plain",
        ),
    ]
    for who, key, signature, (_level, result) in _signatures(row, found):
        pieces += [
            pdf.Line(f"{who}　{result}", "heading"),
            pdf.Line(f"密钥 {key}", "small"),
            pdf.Line(f"签名 {signature}", "small"),
        ]
    return pieces


class State(PostPage):
    """Make the statement of last month now."""

    permission = MANAGE_NODES
    section = "nodes"
    button = "生成并送签"

    def prepare(self, **kwargs: Any) -> None:
        self.node = node(self.actor, kwargs["public_id"])
        self.cancel_url = reverse("node", args=[self.node.public_id])
        self.month = month_before(timezone.now().date())

    def check(self) -> None:
        require_statable(self.node, self.month, timezone.now())

    def act(self) -> str:
        held = link_statements(self.actor).filter(node=self.node, month=self.month)
        row = held.exclude(above_signature="").first()
        if row is not None:
            self.say(f"上月对账单已有（{words.moment(row.made_at)} 生成），双方已签，不再重出。")
            return reverse("link_statement", args=[row.public_id])
        row = state_month(actor=self.actor, node=self.node, month=self.month)
        self.say("对账单已生成，双方已签。")
        return reverse("link_statement", args=[row.public_id])

    def context(self) -> dict[str, Any]:
        return {
            "title": "月度对账单",
            "question": f"生成 {self.month:%Y-%m} 与“{self.node.name}”的对账单？",
            "consequence": "写明双方各类记录的数量、摘要和已知差异，用本平台密钥签名，送上级核对会签。"
            "签后不能更改。",
            "crumbs": compare_crumbs(Crumb("对账单", reverse("link_statements")), Crumb("生成")),
        }
