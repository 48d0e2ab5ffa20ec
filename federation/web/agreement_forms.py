"""Acts on sharing agreements, as forms: what is agreed, object by object, approval, suspension."""

from datetime import timedelta
from typing import Any

from django import forms
from django.urls import reverse
from django.utils import timezone

from federation.models import AgreementVersion, SharingAgreement
from federation.selectors import partners as reads
from federation.selectors.partners import APPROVE, MANAGE, VIEW
from federation.services import (
    AgreementFacts,
    approve_agreement,
    draft_agreement,
    drop_agreement_draft,
    edit_agreement,
    resume_agreement,
    revise_agreement,
    suspend_agreement,
)
from federation.web.sharing import OfTheProvince, of_agreement, of_partner
from federation.web.sharing_forms import ReasonForm
from federation.web.sharing_words import told_terms
from web.acts import FormPage, PostPage
from web.forms import DayField, ScopedForm
from web.navigation import Crumb

_YEAR = timedelta(days=364)


class AgreementForm(ScopedForm):
    """Why, on which basis, how much, from when to when."""

    purpose = forms.CharField(
        label="用途",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="本人也看得到，请写得明白。",
    )
    legal_basis = forms.CharField(
        label="法律依据",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="例如：保障农民工工资支付条例 第四十九条",
    )
    valid_from = DayField(label="第一天")
    valid_to = DayField(label="最后一天", help_text="含当天；过后不再提供。")
    calls_per_minute = forms.IntegerField(label="每分钟最多调用（次）", min_value=1, max_value=1_000_000)
    rows_per_day = forms.IntegerField(label="每天最多提供（条）", min_value=1, max_value=1_000_000_000)


class NewAgreementForm(AgreementForm):
    """A number and a title besides."""

    number = forms.CharField(
        label="协议编号", max_length=40, help_text="以签订的文书为准，例如 鄂建共享〔2026〕1 号"
    )
    title = forms.CharField(label="协议名称", max_length=100)
    field_order = ("number", "title", "purpose", "legal_basis", "valid_from", "valid_to")


class DraftAgreement(OfTheProvince, FormPage):
    """Begin an agreement with a partner."""

    permission = MANAGE
    form_class = NewAgreementForm
    submit = "保存草稿"
    keeps_draft = True

    def prepare(self, **kwargs: Any) -> None:
        self.row = reads.partner(self.actor, kwargs["public_id"])
        self.cancel_url = reverse("partner", args=[self.row.public_id])

    def first(self) -> dict[str, Any]:
        today = timezone.localdate()
        days = {"valid_from": today, "valid_to": today + _YEAR}
        return {**days, "calls_per_minute": 60, "rows_per_day": 100_000}

    def act(self, form: Any) -> str:
        facts = dict(form.cleaned_data)
        number, title = facts.pop("number"), facts.pop("title")
        version = draft_agreement(
            actor=self.actor, partner=self.row, number=number, title=title, facts=AgreementFacts(**facts)
        )
        self.say("草稿已保存。接着逐个约定提供的数据对象，再由另一人批准。")
        return reverse("agreement_version", args=[version.public_id])

    def context(self) -> dict[str, Any]:
        return {
            "title": f"起草共享协议：{self.row.name}",
            "crumbs": of_partner(self.row, Crumb("起草共享协议")),
        }


class OnVersion(OfTheProvince):
    """An act on one version."""

    permission = MANAGE
    cancel_url = ""

    def prepare(self, **kwargs: Any) -> None:
        self.row: AgreementVersion = reads.agreement_version(self.actor, kwargs["public_id"])
        self.cancel_url = reverse("agreement_version", args=[self.row.public_id])

    def version(self) -> int:
        return self.row.version

    def trail(self, last: str) -> list[Crumb]:
        """对外共享 › 单位 › 协议 › 第几版 › …"""
        here = Crumb(f"第 {self.row.ordinal} 版", self.cancel_url)
        return of_agreement(self.row.agreement, here, Crumb(last))


class EditAgreement(OnVersion, FormPage):
    """Purpose, basis, quota and days of a draft."""

    form_class = AgreementForm
    submit = "保存草稿"

    def first(self) -> dict[str, Any]:
        return {name: getattr(self.row, name) for name in AgreementFacts.__slots__}

    def act(self, form: Any) -> str:
        facts = AgreementFacts(**form.cleaned_data)
        edit_agreement(
            actor=self.actor, version=self.row, facts=facts, expected_version=form.expected_version
        )
        self.say("草稿已保存。")
        return self.cancel_url

    def context(self) -> dict[str, Any]:
        return {"title": f"修改协议草稿：{self.row.agreement.number}", "crumbs": self.trail("修改")}


class DropDraft(OnVersion, PostPage):
    """Delete a draft."""

    question = "删除这份草稿？"
    consequence = "草稿内容不能找回；已批准的版本不受影响。"
    button = "删除草稿"

    def act(self) -> str:
        partner = self.row.agreement.partner
        drop_agreement_draft(actor=self.actor, version=self.row)
        self.say("草稿已删除。")
        return reverse("partner", args=[partner.public_id])

    def context(self) -> dict[str, Any]:
        return {"title": self.question, "crumbs": self.trail("删除草稿")}


class ApproveForm(ScopedForm):
    """That it was read."""

    is_read = forms.BooleanField(
        label="我已逐项核对用途、依据、字段和范围",
        help_text="批准后从第一天起对方即可读取；版本不能再改，只能暂停或换版。",
    )


class ApproveAgreement(OnVersion, FormPage):
    """Approve a draft, having read all of it, as somebody who had no hand in it."""

    permission = APPROVE
    template_name = "federation/sharing/approve.html"
    form_class = ApproveForm
    submit = "批准"

    def act(self, form: Any) -> str:
        approve_agreement(actor=self.actor, version=self.row, expected_version=form.expected_version)
        self.say(f"第 {self.row.ordinal} 版已批准，{self.row.valid_from} 起生效。")
        return reverse("agreement", args=[self.row.agreement.public_id])

    def context(self) -> dict[str, Any]:
        return {
            "title": f"批准共享协议：{self.row.agreement.number}",
            "row": self.row,
            "objects": told_terms(self.row),
            "crumbs": self.trail("批准"),
        }


class _OnAgreement(OfTheProvince):
    """An act on one agreement."""

    permission = MANAGE
    cancel_url = ""

    def prepare(self, **kwargs: Any) -> None:
        self.row: SharingAgreement = reads.agreement(self.actor, kwargs["public_id"])
        self.cancel_url = reverse("agreement", args=[self.row.public_id])


class ReviseAgreement(_OnAgreement, PostPage):
    """Begin the next version."""

    question = "起草新版本？"
    consequence = "新版本从最近的版本抄起；批准并到了第一天之前，现行版本照常有效。"
    button = "起草新版本"

    def act(self) -> str:
        version = revise_agreement(actor=self.actor, agreement=self.row)
        return reverse("agreement_version", args=[version.public_id])

    def context(self) -> dict[str, Any]:
        return {"title": self.question, "crumbs": of_agreement(self.row, Crumb("起草新版本"))}


class SuspendAgreement(_OnAgreement, FormPage):
    """Stop an agreement at once."""

    permission = VIEW
    form_class = ReasonForm
    submit = "立即暂停"

    def act(self, form: Any) -> str:
        suspend_agreement(actor=self.actor, agreement=self.row, **form.cleaned_data)
        self.say("协议已暂停，下一次调用起不再提供数据。")
        return self.cancel_url

    def context(self) -> dict[str, Any]:
        return {
            "title": f"暂停协议：{self.row.number}",
            "lead": "立即生效，对该单位的所有密钥。恢复须由有批准权限的人员办理。",
            "crumbs": of_agreement(self.row, Crumb("暂停")),
        }


class ResumeAgreement(_OnAgreement, PostPage):
    """Let a suspended agreement hold again."""

    permission = APPROVE
    question = "恢复这份协议？"
    consequence = "恢复后对方即可按现行版本继续读取。"
    button = "恢复"

    def act(self) -> str:
        resume_agreement(actor=self.actor, agreement=self.row)
        self.say("协议已恢复。")
        return self.cancel_url

    def context(self) -> dict[str, Any]:
        return {"title": self.question, "crumbs": of_agreement(self.row, Crumb("恢复"))}
