"""Acts on partners and their keys, as forms."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.urls import reverse
from django.utils import timezone

from federation.models import Partner
from federation.selectors import partners as reads
from federation.selectors.partners import MANAGE
from federation.services import (
    PartnerFacts,
    create_partner,
    edit_partner,
    issue_partner_key,
    limit_partner_key,
    revoke_partner_key,
    rotate_partner_key,
)
from federation.services.partner_keys import Issued
from federation.web.sharing import OfTheProvince, crumbs, of_partner
from standards.selectors import parameter
from web import slips
from web.acts import FormPage
from web.forms import CodeField, DayField, ScopedForm
from web.navigation import Crumb

USUAL_OVERLAP = timedelta(days=7)
_ADDRESSES_HELP = "对方系统的出口地址，一行一个 IP 地址或小的网段，例如 203.0.113.7；只有从这里才能读取。"


class PartnerForm(ScopedForm):
    """Who it is and whom to call."""

    name = forms.CharField(label="名称", max_length=100, help_text="单位全称")
    sort = forms.ChoiceField(label="类别", choices=[("", "请选择"), *Partner.Kind.choices])
    uscc = forms.CharField(label="统一社会信用代码", max_length=40, required=False)
    bank_code = CodeField(
        label="银行",
        code_list="bank",
        required=False,
        help_text="类别为银行的必填：含完整号码的数据只提供本行账户的。",
    )
    contact_name = forms.CharField(label="联系人", max_length=50)
    contact_phone = forms.CharField(label="联系电话", max_length=20, help_text="例如 027-68870000")


class _PartnerPage(OfTheProvince, FormPage):
    permission = MANAGE
    form_class: type[ScopedForm] = PartnerForm


class NewPartner(_PartnerPage):
    """Enter a partner."""

    submit = "登记"

    def prepare(self, **_kwargs: Any) -> None:
        self.cancel_url = reverse("partners")

    def act(self, form: Any) -> str:
        row = create_partner(actor=self.actor, facts=PartnerFacts(**form.cleaned_data))
        self.say("已登记。接着起草共享协议，由另一人批准后生效。")
        return reverse("partner", args=[row.public_id])

    def context(self) -> dict[str, Any]:
        return {
            "title": "登记共享单位",
            "lead": "登记本身不提供任何数据。提供什么、用于什么、到哪一天，写在共享协议里。",
            "crumbs": crumbs(Crumb("登记共享单位")),
        }


class _OnPartner(_PartnerPage):
    """An act on one partner."""

    def prepare(self, **kwargs: Any) -> None:
        self.row = reads.partner(self.actor, kwargs["public_id"])
        self.cancel_url = reverse("partner", args=[self.row.public_id])


class EditPartner(_OnPartner):
    """Change who a partner is or whom to call."""

    submit = "保存"

    def first(self) -> dict[str, Any]:
        return {name: getattr(self.row, name) for name in PartnerFacts.__slots__}

    def version(self) -> int:
        return self.row.version

    def act(self, form: Any) -> str:
        facts = PartnerFacts(**form.cleaned_data)
        edit_partner(actor=self.actor, partner=self.row, facts=facts, expected_version=form.expected_version)
        self.say("已保存。")
        return self.cancel_url

    def context(self) -> dict[str, Any]:
        return {"title": "修改共享单位", "crumbs": of_partner(self.row, Crumb("修改"))}


class AddressesForm(ScopedForm):
    """From where a key may be used."""

    addresses = forms.CharField(
        label="允许的地址",
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=2000,
        help_text=_ADDRESSES_HELP,
    )


class IssuePartnerKey(_OnPartner):
    """A key, its secret shown once."""

    form_class = AddressesForm
    submit = "签发密钥"

    def act(self, form: Any) -> str:
        addresses = form.cleaned_data["addresses"].splitlines()
        return _shown_once(self, issue_partner_key(actor=self.actor, partner=self.row, addresses=addresses))

    def context(self) -> dict[str, Any]:
        return {
            "title": f"签发密钥：{self.row.name}",
            "lead": "密钥只显示一次，平台只留摘要。能读什么由生效的协议决定，没有协议的密钥读不到任何数据。",
            "crumbs": of_partner(self.row, Crumb("签发密钥")),
        }


class _OnKey(OfTheProvince, FormPage):
    """An act on one key."""

    permission = MANAGE

    def prepare(self, **kwargs: Any) -> None:
        self.row = reads.partner_key(self.actor, kwargs["public_id"])
        self.cancel_url = reverse("partner", args=[self.row.partner.public_id])


class RotateForm(ScopedForm):
    """Until when the old key may still be used."""

    valid_until = DayField(label="旧密钥用到哪一天", help_text="含当天；对方须在这之前换上新密钥。")


class RotatePartnerKey(_OnKey):
    """A new key beside the old one."""

    form_class = RotateForm
    submit = "轮换"

    def first(self) -> dict[str, Any]:
        return {"valid_until": timezone.localdate() + USUAL_OVERLAP}

    def act(self, form: Any) -> str:
        day = form.cleaned_data["valid_until"] + timedelta(days=1)
        until = datetime.combine(day, time.min, timezone.get_current_timezone())
        return _shown_once(self, rotate_partner_key(actor=self.actor, key=self.row, valid_until=until))

    def context(self) -> dict[str, Any]:
        most = parameter("gateway.rotation_days")
        return {
            "title": f"轮换密钥：…{self.row.hint}",
            "lead": f"签发一组新密钥，地址限制照旧；旧密钥到期自动停用，最长并行 {most} 天。",
            "crumbs": of_partner(self.row.partner, Crumb("轮换密钥")),
        }


class LimitPartnerKey(_OnKey):
    """From where a key may be used."""

    form_class = AddressesForm
    submit = "保存"

    def first(self) -> dict[str, Any]:
        return {"addresses": "\n".join(self.row.allowed_addresses)}

    def version(self) -> int:
        return self.row.version

    def act(self, form: Any) -> str:
        limit_partner_key(
            actor=self.actor,
            key=self.row,
            addresses=form.cleaned_data["addresses"].splitlines(),
            expected_version=form.expected_version,
        )
        self.say("允许的地址已保存，下一次调用起生效。")
        return self.cancel_url

    def context(self) -> dict[str, Any]:
        return {
            "title": f"允许的地址：…{self.row.hint}",
            "crumbs": of_partner(self.row.partner, Crumb("允许的地址")),
        }


class ReasonForm(ScopedForm):
    """Why."""

    reason = forms.CharField(label="原因", max_length=200, help_text="会记入审计。")


class RevokePartnerKey(_OnKey):
    """End a key at once."""

    form_class = ReasonForm
    submit = "立即撤销"

    def act(self, form: Any) -> str:
        revoke_partner_key(actor=self.actor, key=self.row, **form.cleaned_data)
        self.say("密钥已撤销，下一次调用起不再提供数据。")
        return self.cancel_url

    def context(self) -> dict[str, Any]:
        return {
            "title": f"撤销密钥：…{self.row.hint}",
            "lead": "立即生效，不能恢复。",
            "crumbs": of_partner(self.row.partner, Crumb("撤销密钥")),
        }


def _shown_once(page: FormPage, issued: Issued) -> str:
    slips.put(page.request, str(issued.key.public_id), issued.secret)
    page.say("密钥已签发。")
    return reverse("partner_secret", args=[issued.key.public_id])
