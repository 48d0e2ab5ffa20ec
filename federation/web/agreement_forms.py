"""Acts on sharing agreements, as forms: what is agreed, object by object, approval, suspension."""

from datetime import timedelta
from typing import Any

from django import forms
from django.urls import reverse
from django.utils import timezone

from federation.gateway.catalogue import FILTERS
from federation.gateway.kinds import Shared
from federation.gateway.narrowing import LISTS
from federation.gateway.terms import Terms, object_of
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
    share_object,
    suspend_agreement,
    withhold_object,
)
from federation.web.sharing import OfTheProvince, of_agreement, of_partner
from federation.web.sharing_forms import ReasonForm
from federation.web.sharing_words import told_field, told_terms
from kernel.errors import DomainError, NotFound
from standards.spec import OPEN
from web.acts import FormPage, PostPage
from web.forms import DayField, ScopedForm
from web.navigation import Crumb

_YEAR = timedelta(days=364)
_HELP = {
    "regions": "六位行政区划代码，一行一个，例如 420100；不填为全省。",
    "projects": "项目编码，一行一个；不填不限。",
    "enterprises": "18 位代码，一行一个；不填不限。",
    "statuses": "项目状态代码，一行一个，例如 003（在建）；不填不限。",
    "record_kinds": "good、bad 或 blacklist，一行一个；不填不限。",
    "banks": "银行代码，一行一个，例如 102；银行单位取完整号码时只能填本行。",
    "paying_banks": "银行代码，一行一个；银行单位取完整号码时只能填本行。",
}


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


class _OnVersion(OfTheProvince):
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


class EditAgreement(_OnVersion, FormPage):
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


class ObjectForm(ScopedForm):
    """Which fields of one object may leave, why the full numbers may, and what narrows the rows."""

    def __init__(self, *args: Any, shared: Shared, **kwargs: Any) -> None:
        self.shared = shared
        super().__init__(*args, **kwargs)
        for key, one in shared.fields.items():
            self._add(f"field_{key}", forms.BooleanField(label=one.label, required=False))
            if one.needs_basis:
                self._add(
                    f"basis_{key}",
                    forms.CharField(label=f"提供{one.label}的依据", max_length=200, required=False),
                )
        for name in ("regions", *shared.filters):
            self._add(name, _filter_field(name))

    def _add(self, name: str, field: forms.Field) -> None:
        self.fields[name] = field
        self._prepare(name, field)

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The table of check boxes: box, what it means, how secret it is, the basis where one is needed."""
        return [
            {
                "box": self[f"field_{key}"],
                "told": told_field(one),
                "basis": self[f"basis_{key}"] if one.needs_basis else None,
            }
            for key, one in self.shared.fields.items()
        ]

    @property
    def narrowing(self) -> list[forms.BoundField]:
        """The fields that narrow the rows."""
        return [self[name] for name in ("regions", *self.shared.filters)]

    @property
    def terms(self) -> Terms:
        """What was ticked and written."""
        said = self.cleaned_data
        fields = [key for key in self.shared.fields if said.get(f"field_{key}")]
        bases = {key: said.get(f"basis_{key}", "") for key in fields}
        filters = {
            name: said[name].split() if name in LISTS or name == "regions" else said[name]
            for name in ("regions", *self.shared.filters)
            if said.get(name)
        }
        return Terms(fields, bases, filters)


def _filter_field(name: str) -> forms.Field:
    if name == "on_site":
        return forms.BooleanField(label=FILTERS[name], required=False)
    if name in ("from", "to"):
        return DayField(label=FILTERS[name], required=False)
    widget = forms.Textarea(attrs={"rows": 2})
    return forms.CharField(
        label=FILTERS[name], required=False, widget=widget, max_length=8000, help_text=_HELP[name]
    )


class ShareObject(_OnVersion, FormPage):
    """The editor of one object of a draft: a table of check boxes."""

    template_name = "federation/sharing/object.html"
    form_class = ObjectForm
    submit = "保存到草稿"

    def prepare(self, **kwargs: Any) -> None:
        super().prepare(**kwargs)
        try:
            self.shared = object_of(kwargs["shared"])
        except DomainError as unknown:
            raise NotFound from unknown

    def build(self, data: Any = None, files: Any = None, **more: Any) -> ScopedForm:
        return super().build(data, files, shared=self.shared, **more)

    def first(self) -> dict[str, Any]:
        held = self.row.terms.get(self.shared.key)
        if held is None:
            # What everybody may know stands ticked; whatever names a person is chosen one by one.
            return {f"field_{key}": True for key, one in self.shared.fields.items() if one.privacy == OPEN}
        return {
            **{f"field_{key}": True for key in held["fields"]},
            **{f"basis_{key}": basis for key, basis in held["bases"].items()},
            **{
                name: "\n".join(value) if isinstance(value, list) else value
                for name, value in held["filters"].items()
            },
        }

    def act(self, form: Any) -> str:
        share_object(
            actor=self.actor,
            version=self.row,
            shared=self.shared.key,
            terms=form.terms,
            expected_version=form.expected_version,
        )
        self.say(f"“{self.shared.label}”已写入草稿。")
        return self.cancel_url

    def context(self) -> dict[str, Any]:
        return {
            "title": f"约定提供：{self.shared.label}",
            "lead": f"{self.shared.means}只勾选用途所必需的字段；没有勾选的，答复里根本不出现。",
            "crumbs": self.trail(self.shared.label),
        }


class WithholdObject(_OnVersion, PostPage):
    """Take an object out of a draft."""

    button = "移除"
    consequence = "已批准的版本不受影响；草稿批准生效后，对方不再能读取这个对象。"

    def prepare(self, **kwargs: Any) -> None:
        super().prepare(**kwargs)
        if kwargs["shared"] not in self.row.terms:
            raise NotFound
        self.shared = object_of(kwargs["shared"])
        self.question = f"从草稿移除“{self.shared.label}”？"

    def act(self) -> str:
        withhold_object(actor=self.actor, version=self.row, shared=self.shared.key)
        self.say(f"“{self.shared.label}”已从草稿移除。")
        return self.cancel_url

    def context(self) -> dict[str, Any]:
        return {"title": self.question, "crumbs": self.trail("移除")}


class DropDraft(_OnVersion, PostPage):
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


class ApproveAgreement(_OnVersion, FormPage):
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
