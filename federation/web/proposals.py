"""变更建议: wishing for a change of what 四库一平台 owns, and the province's answer."""

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

from federation.corrections import CORRECTABLE
from federation.masters.pulling import is_the_province
from federation.models import ChangeProposal
from federation.selectors.corrections import ANSWER_CORRECTION, page_of, platform_name
from federation.selectors.masters import (
    ANSWER,
    PROPOSE,
    fields_of,
    may_propose,
    owned_row,
    present_value,
    proposal,
    proposals,
    require_province,
    row_title,
)
from federation.services import answer_proposal, propose_change, take_back_proposal
from federation.web.mending import way_of
from federation.words import proposal_state, wished_field
from kernel.errors import NotFound
from kernel.models import this_node
from web import words
from web.acts import FormPage, PostPage
from web.filters import ScopedFilterSet
from web.forms import ScopedForm
from web.lists import NAME, SOFT, SUB, ListPage, ListTable
from web.navigation import Crumb
from web.pages import Page
from web.templatetags.parts import state

SEEN = "projects.view"


def wish_crumbs(*tail: Crumb) -> list[Crumb]:
    """变更建议与更正申请 › …"""
    return [Crumb("变更建议与更正申请", reverse("change_proposals") if tail else ""), *tail]


class ProposalFilters(ScopedFilterSet):
    """By state, name, and what it is about."""

    state = django_filters.ChoiceFilter(label="状态", choices=ChangeProposal.State.choices)
    q = django_filters.CharFilter(label="名称或内容", method="named")

    class Meta:
        model = ChangeProposal
        fields: list[str] = []

    def named(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return rows.filter(Q(label__icontains=value) | Q(wish__icontains=value))


class ProposalTable(ListTable):
    """Wishes with their state."""

    label = tables.Column("对象", attrs=NAME)
    field = tables.Column("字段", attrs=SOFT, orderable=False)
    present = tables.Column("现在为", attrs=SOFT, orderable=False)
    wish = tables.Column("应改为", attrs=SOFT, orderable=False)
    asked_by = tables.Column("提出", attrs=SOFT)
    asked_at = tables.Column("提出时间", attrs=SUB)
    state = tables.Column("状态", attrs=SOFT)

    def render_label(self, record: Any) -> str:
        url = reverse("change_proposal", args=[record.public_id])
        return format_html('<a href="{}">{}</a>', url, record.label)

    def file_label(self, record: Any) -> str:
        return record.label

    def render_field(self, record: Any) -> str:
        return wished_field(record)

    def render_asked_at(self, value: Any) -> str:
        return words.moment(value)

    def file_asked_at(self, record: Any) -> str:
        return words.moment(record.asked_at)

    def render_state(self, record: Any) -> str:
        return state(*proposal_state(record))

    def file_state(self, record: Any) -> str:
        return proposal_state(record)[1]


class Proposals(ListPage):
    """The wishes within the reader's reach."""

    permission = SEEN
    section = "masters"
    title = "变更建议与更正申请"
    noun = "条"
    table_class = ProposalTable
    filterset_class = ProposalFilters
    holds_personal_data = False

    def rows(self) -> QuerySet[ChangeProposal]:
        return proposals(self.actor)

    def more(self, filterset: ScopedFilterSet, rows: QuerySet[Any]) -> dict[str, Any]:
        return {
            "crumbs": wish_crumbs(),
            "empty": {
                "title": "没有符合条件的变更建议或更正申请",
                "reason": "来自四库一平台的企业、项目和施工许可证，以及其他平台维护的记录，不能在本平台修改。"
                "发现有误的，请在记录页面点“提变更建议”或“提出更正申请”。",
            },
        }


class ProposalRecord(Page):
    """One wish with its answer."""

    permission = SEEN
    section = "masters"
    template_name = "masters/proposal.html"

    def get(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        row = proposal(self.actor, public_id)
        is_open = row.state == ChangeProposal.State.ASKED
        answers = self._answers(row) and row.asked_by_key != self.actor.key
        kind = CORRECTABLE.get(row.object)
        is_to_mend = row.state == ChangeProposal.State.ACCEPTED and self._answers(row)
        return self.show(
            {
                "title": row.label,
                "crumbs": wish_crumbs(Crumb(row.label)),
                "wish": row,
                "kind": kind.title if row.owner and kind else row_title(row.object),
                "field": wished_field(row),
                "state": proposal_state(row),
                "owner": platform_name(row.owner) if row.owner else "",
                "is_ours": row.owner == this_node(),
                "way": way_of(self.actor, row) if row.owner and is_to_mend else None,
                "may_mark": bool(row.owner) and is_to_mend,
                "record_url": page_of(self.actor, row.object, row.row),
                "answer_url": reverse(
                    "copy_correction_answer" if row.owner else "change_proposal_answer", args=[row.public_id]
                ),
                "may_answer": is_open and answers,
                "may_take_back": is_open and row.asked_by_key == self.actor.key,
            }
        )

    def _answers(self, row: ChangeProposal) -> bool:
        if not row.owner:
            return self.actor.reach(ANSWER).is_province_wide and is_the_province()
        return row.owner == this_node() and self.actor.may(ANSWER_CORRECTION)


class ProposalForm(ScopedForm):
    """Which field, what it should say, and on what ground."""

    field = forms.ChoiceField(label="有误的字段")
    wish = forms.CharField(label="应改为", max_length=300, help_text="按证照原文填写")
    reason = forms.CharField(
        label="依据",
        max_length=300,
        widget=forms.Textarea({"rows": 3}),
        help_text="例如：营业执照 2026 年 11 月 1 日变更登记，变更通知书文号",
    )


class NewProposal(FormPage):
    """A wish about one row."""

    permission = PROPOSE
    section = "masters"
    form_class = ProposalForm
    submit = "提交建议"

    def prepare(self, **kwargs: Any) -> None:
        self.kind = kwargs["kind"]
        self.row = owned_row(self.actor, self.kind, kwargs["public_id"])
        if not may_propose(self.actor, self.row):
            raise NotFound
        self.cancel_url = reverse("master_history", args=[self.kind, self.row.public_id])

    def build(self, *args: Any, **kwargs: Any) -> ScopedForm:
        form = super().build(*args, **kwargs)
        present = {name: present_value(self.row, name) or "未填" for name in fields_of(self.kind)}
        choices = [(name, f"{label}（现为 {present[name]}）") for name, label in fields_of(self.kind).items()]
        chosen = form.fields["field"]
        assert isinstance(chosen, forms.ChoiceField)  # noqa: S101  # the form above says so
        chosen.choices = [("", "请选择"), *choices]
        return form

    def act(self, form: Any) -> str:
        made = propose_change(
            actor=self.actor, kind=self.kind, row=self.row, now=timezone.now(), **form.cleaned_data
        )
        self.say("变更建议已提交，等省级答复。答复后在这里看到结果。")
        return reverse("change_proposal", args=[made.public_id])

    def context(self) -> dict[str, Any]:
        return {
            "title": f"提变更建议：{self.row}",
            "lead": "这条记录由四库一平台维护，本平台只读。建议由省级核实后转四库一平台；"
            "总库更正后，本平台自动更新并保留历史。",
            "crumbs": wish_crumbs(Crumb("提变更建议")),
        }


class AnswerForm(ScopedForm):
    """Whether it is handed on, and why."""

    accepts = forms.TypedChoiceField(
        label="答复",
        choices=[("", "请选择"), ("yes", "采纳，转四库一平台更正"), ("no", "不予采纳")],
        coerce=lambda value: value == "yes",
        empty_value=None,
    )
    answer = forms.CharField(
        label="说明",
        max_length=300,
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text="不予采纳的必须写明理由",
    )


class AnswerProposal(FormPage):
    """The province's answer."""

    permission = ANSWER
    section = "masters"
    form_class = AnswerForm
    submit = "答复"

    def prepare(self, **kwargs: Any) -> None:
        require_province(self.actor, ANSWER)
        self.row = proposal(self.actor, kwargs["public_id"])
        self.cancel_url = reverse("change_proposal", args=[self.row.public_id])

    def act(self, form: Any) -> str:
        answer_proposal(actor=self.actor, proposal=self.row, now=timezone.now(), **form.cleaned_data)
        self.say("已答复。")
        return self.cancel_url

    def context(self) -> dict[str, Any]:
        field = wished_field(self.row)
        return {
            "title": f"答复变更建议：{self.row.label}",
            "lead": f"{field}：现为“{self.row.present or '未填'}”，建议改为“{self.row.wish}”。"
            f"依据：{self.row.reason}",
            "crumbs": wish_crumbs(Crumb(self.row.label, self.cancel_url), Crumb("答复")),
        }


class TakeBackProposal(PostPage):
    """Take a wish back that nobody has answered."""

    permission = PROPOSE
    section = "masters"

    def prepare(self, **kwargs: Any) -> None:
        self.row = proposal(self.actor, kwargs["public_id"])
        self.cancel_url = reverse("change_proposal", args=[self.row.public_id])
        self.noun = "申请" if self.row.owner else "建议"
        self.button = f"撤回{self.noun}"
        answering = platform_name(self.row.owner) if self.row.owner else "省级"
        self.consequence = f"撤回后{answering}不再办理；需要时可以重新提出。"

    def act(self) -> str:
        take_back_proposal(actor=self.actor, proposal=self.row)
        self.say(f"{self.noun}已撤回。")
        return self.cancel_url

    def context(self) -> dict[str, Any]:
        what = "更正申请" if self.row.owner else "变更建议"
        question = f"撤回关于“{self.row.label}”的{what}？"
        return {
            "title": question,
            "question": question,
            "crumbs": wish_crumbs(Crumb(self.row.label, self.cancel_url), Crumb("撤回")),
        }
