"""更正申请: asking the node that owns a record to correct it, and that node's answer."""

from typing import Any

from django import forms
from django.urls import reverse
from django.utils import timezone

from federation.corrections import CORRECTABLE, OTHER
from federation.models import ChangeProposal
from federation.selectors.corrections import (
    ANSWER_CORRECTION,
    copied_row,
    may_ask,
    platform_name,
    value_now,
)
from federation.selectors.masters import PROPOSE, present_value, proposal
from federation.services import answer_correction, ask_correction, mark_corrected
from federation.services.corrections import require_corrected
from federation.web.mending import way_of
from federation.web.proposals import AnswerForm, wish_crumbs
from federation.words import wished_field
from kernel.errors import NotFound
from kernel.models import this_node
from web.acts import FormPage, PostPage
from web.copies import is_own
from web.forms import ScopedForm
from web.navigation import Crumb


class CorrectionForm(ScopedForm):
    """Which field, what it should say, and on what ground."""

    field = forms.ChoiceField(label="有误的内容", required=False)
    wish = forms.CharField(
        label="应改为",
        max_length=300,
        widget=forms.Textarea({"rows": 2}),
        help_text="按原件填写；选“其他内容”的，写明哪里有误、应是什么。不要写证件号码、手机号和银行卡号",
    )
    reason = forms.CharField(
        label="依据", max_length=300, widget=forms.Textarea({"rows": 3}), help_text="例如核对了哪份原件"
    )


class NewCorrection(FormPage):
    """A request about one record of another node."""

    permission = PROPOSE
    section = "masters"
    form_class = CorrectionForm
    submit = "提出申请"

    def prepare(self, **kwargs: Any) -> None:
        self.kind = kwargs["kind"]
        self.row = copied_row(self.actor, self.kind, kwargs["public_id"])
        if is_own(self.row) or not may_ask(self.actor, self.row):
            raise NotFound
        self.of = CORRECTABLE[self.kind]
        self.cancel_url = self.of.url(self.row)

    def build(self, *args: Any, **kwargs: Any) -> ScopedForm:
        form = super().build(*args, **kwargs)
        chosen = form.fields["field"]
        assert isinstance(chosen, forms.ChoiceField)  # noqa: S101  # the form above says so
        chosen.choices = [
            *(
                (name, f"{label}（现为 {present_value(self.row, name) or '未填'}）")
                for name, label in self.of.fields.items()
            ),
            ("", OTHER),
        ]
        return form

    def act(self, form: Any) -> str:
        made = ask_correction(
            actor=self.actor, kind=self.kind, row=self.row, now=timezone.now(), **form.cleaned_data
        )
        self.say("更正申请已提交，送往维护这条记录的平台。答复后有消息通知您，也显示在这里。")
        return reverse("change_proposal", args=[made.public_id])

    def context(self) -> dict[str, Any]:
        return {
            "title": f"提出更正申请：{self.of.label(self.row)}",
            "lead": f"这条{self.of.title}由{platform_name(self.row.origin)}维护，本平台保存只读副本。"
            "该平台采纳后更正，新的版本自动送到本平台。",
            "crumbs": wish_crumbs(Crumb("提出更正申请")),
        }


class CorrectionAnswerForm(AnswerForm):
    """Whether the record is put right, and why not."""

    accepts = forms.TypedChoiceField(
        label="答复",
        choices=[("", "请选择"), ("yes", "采纳，由我方更正记录"), ("no", "不予采纳")],
        coerce=lambda value: value == "yes",
        empty_value=None,
    )


class AnswerCorrection(FormPage):
    """The answer of the node whose record it is."""

    permission = ANSWER_CORRECTION
    section = "masters"
    form_class = CorrectionAnswerForm
    submit = "答复"

    def prepare(self, **kwargs: Any) -> None:
        self.row: ChangeProposal = proposal(self.actor, kwargs["public_id"])
        if self.row.owner != this_node():
            raise NotFound
        self.cancel_url = reverse("change_proposal", args=[self.row.public_id])

    def act(self, form: Any) -> str:
        answer_correction(actor=self.actor, proposal=self.row, now=timezone.now(), **form.cleaned_data)
        self.say("已答复，结果送往提出申请的平台。采纳的，请接着更正记录。")
        return self.cancel_url

    def context(self) -> dict[str, Any]:
        way = way_of(self.actor, self.row)
        told = way.told or ("采纳后，在申请页面点“去更正”办理。" if way.url else "")
        return {
            "title": f"答复更正申请：{self.row.label}",
            "lead": f"申请改为“{self.row.wish}”。依据：{self.row.reason}。{told}",
            "crumbs": wish_crumbs(Crumb(self.row.label, self.cancel_url), Crumb("答复")),
        }


class MarkCorrected(PostPage):
    """The owner's word that a record is corrected, where the new value does not tell it."""

    permission = ANSWER_CORRECTION
    section = "masters"
    button = "已更正"
    consequence = "结果送往提出申请的平台，申请办结，不再列在工作清单里。"

    def prepare(self, **kwargs: Any) -> None:
        self.row: ChangeProposal = proposal(self.actor, kwargs["public_id"])
        if self.row.owner != this_node():
            raise NotFound
        self.cancel_url = reverse("change_proposal", args=[self.row.public_id])

    def check(self) -> None:
        require_corrected(self.row)

    def act(self) -> str:
        mark_corrected(actor=self.actor, proposal=self.row, now=timezone.now())
        self.say("已标为已更正，结果送往提出申请的平台。")
        return self.cancel_url

    def context(self) -> dict[str, Any]:
        now = value_now(self.row)
        said = "" if now is None else f"{wished_field(self.row)}现在为“{now or '未填'}”。"
        question = f"“{self.row.label}”已按申请更正？"
        return {
            "title": question,
            "question": question,
            "consequence": f"申请改为“{self.row.wish}”。{said}{self.consequence}",
            "crumbs": wish_crumbs(Crumb(self.row.label, self.cancel_url), Crumb("标为已更正")),
        }
