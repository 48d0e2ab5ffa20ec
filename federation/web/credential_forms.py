"""Acts on vendors' access: issuing, changing over, revoking."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.urls import reverse
from django.utils import timezone

from federation.models import Credential
from federation.selectors import MANAGED, credential, may_issue_to_enterprises, may_manage
from federation.services import (
    issue_credential,
    issue_enterprise_credential,
    limit_credential,
    revoke_credential,
    rotate_credential,
)
from federation.web.credentials import credential_crumbs
from kernel.errors import DomainError, NotFound, NotPermitted
from kernel.text import compact
from standards.selectors import parameter
from web import slips
from web.acts import FormPage
from web.forms import DayField, ScopedForm
from web.navigation import Crumb

# Enough for a vendor to change its configuration during a working week.
USUAL_OVERLAP = timedelta(days=7)


class IssueForm(ScopedForm):
    """For which project, and who keeps it."""

    project_code = forms.CharField(label="项目编码", max_length=40, help_text="18 位项目编码，同时就是 appid")
    holder = forms.CharField(
        label="持有单位",
        max_length=80,
        required=False,
        help_text="保管密钥的厂商或系统，例如“某某科技 考勤系统”",
    )

    def clean_project_code(self) -> str:
        return compact(self.cleaned_data["project_code"])


class IssueCredential(FormPage):
    """One more secret for a project's vendor, shown once."""

    permission = MANAGED
    section = "credentials"
    form_class = IssueForm
    submit = "签发密钥"

    def prepare(self, **_kwargs: Any) -> None:
        self.cancel_url = reverse("credentials")

    def first(self) -> dict[str, Any]:
        return {"project_code": self.request.GET.get("project", "")[:40]}

    def act(self, form: Any) -> str:
        try:
            row = issue_credential(actor=self.actor, **form.cleaned_data)
        except NotFound as missing:
            # Said beside the field: the page itself exists for whoever issues secrets.
            raise DomainError(missing.message, code="unknown_project", field="project_code") from missing
        return _shown_once(self, row, "密钥已签发。")

    def context(self) -> dict[str, Any]:
        return {
            "title": "签发接口密钥",
            "lead": "每个项目最近两组密钥同时有效；再签发一组时，最早的一组立即停用。",
            "crumbs": credential_crumbs(None, Crumb("签发密钥")),
        }


class IssueToEnterpriseForm(ScopedForm):
    """For which enterprise, and who keeps it."""

    uscc = forms.CharField(
        label="统一社会信用代码", max_length=40, help_text="按营业执照填写 18 位代码，同时就是 appid"
    )
    name = forms.CharField(
        label="企业名称",
        max_length=200,
        required=False,
        help_text="平台上已有的企业可以不填；新企业按营业执照填写。",
    )
    holder = forms.CharField(
        label="持有单位",
        max_length=80,
        required=False,
        help_text="保管密钥的厂商或系统，例如“某某集团 劳务管理系统”",
    )


class IssueToEnterprise(FormPage):
    """One more secret for the system of a whole enterprise, shown once."""

    permission = MANAGED
    section = "credentials"
    form_class = IssueToEnterpriseForm
    submit = "签发密钥"

    def prepare(self, **_kwargs: Any) -> None:
        if not may_issue_to_enterprises(self.actor):
            raise NotPermitted
        self.cancel_url = reverse("credentials")

    def first(self) -> dict[str, Any]:
        return {"uscc": self.request.GET.get("uscc", "")[:40]}

    def act(self, form: Any) -> str:
        row = issue_enterprise_credential(actor=self.actor, **form.cleaned_data)
        return _shown_once(self, row, "密钥已签发。")

    def context(self) -> dict[str, Any]:
        return {
            "title": "为企业签发接口密钥",
            "lead": "用于企业自己的系统：一组密钥覆盖它总承包或建设的全部项目，还可上报新项目。"
            "最近两组同时有效；再签发一组时，最早的一组立即停用。",
            "crumbs": credential_crumbs(None, Crumb("为企业签发密钥")),
        }


def _shown_once(page: FormPage, row: Credential, told: str) -> str:
    slips.put(page.request, str(row.public_id), row.key)
    page.say(told)
    return reverse("credential_secret", args=[row.public_id])


class _OnCredential(FormPage):
    permission = MANAGED
    section = "credentials"

    def prepare(self, **kwargs: Any) -> None:
        row = credential(self.actor, kwargs["public_id"])
        if not may_manage(self.actor, row):
            raise NotFound
        self.row = row
        self.cancel_url = reverse("credential", args=[row.public_id])


class RotateForm(ScopedForm):
    """Until when the former secret still signs."""

    valid_until = DayField(label="旧密钥用到", help_text="这一天结束时停用；在此之前新旧密钥都可用。")


class Rotate(_OnCredential):
    """A new secret beside the present one."""

    form_class = RotateForm
    submit = "生成新密钥"

    def first(self) -> dict[str, Any]:
        return {"valid_until": timezone.localdate() + USUAL_OVERLAP}

    def act(self, form: Any) -> str:
        day = form.cleaned_data["valid_until"]
        end = timezone.make_aware(datetime.combine(day, time(23, 59, 59)))
        fresh = rotate_credential(actor=self.actor, credential=self.row, valid_until=end)
        return _shown_once(self, fresh, f"新密钥已生成，旧密钥用到 {day} 结束。")

    def context(self) -> dict[str, Any]:
        most = int(parameter("open_api.rotation_days", self.row.project.region if self.row.project else None))
        return {
            "title": f"轮换密钥：{self.row.appid}",
            "lead": f"厂商换上新密钥之前，旧密钥照常可用，最长 {most} 天。密钥外泄的不要轮换，请直接撤销。",
            "crumbs": credential_crumbs(self.row, Crumb("轮换密钥")),
        }


class LimitForm(ScopedForm):
    """From where, and how far the clock may be wrong."""

    addresses = forms.CharField(
        label="允许的地址",
        required=False,
        max_length=4000,
        widget=forms.Textarea({"rows": 5}),
        help_text="一行一个 IP 或网段，例如 203.0.113.7、203.0.113.0/24；不填则不限",
    )
    window_minutes = forms.IntegerField(
        label="时间戳窗口（分钟）",
        required=False,
        help_text="设备时钟不准的可放宽；不填则按平台统一的窗口",
        error_messages={"invalid": "请填整数，例如 60；不放宽的不用填。"},
    )


class Limit(_OnCredential):
    """The limits of one appid."""

    form_class = LimitForm
    submit = "保存"

    def first(self) -> dict[str, Any]:
        addresses = "\n".join(self.row.allowed_addresses)
        return {"addresses": addresses, "window_minutes": self.row.window_minutes}

    def version(self) -> int | None:
        return self.row.version

    def act(self, form: Any) -> str:
        limit_credential(
            actor=self.actor,
            credential=self.row,
            addresses=form.cleaned_data["addresses"].splitlines(),
            window_minutes=form.cleaned_data["window_minutes"],
            expected_version=form.expected_version,
        )
        self.say("限制已保存，几秒内生效。")
        return self.cancel_url

    def context(self) -> dict[str, Any]:
        region = self.row.project.region if self.row.project else None
        usual = parameter("open_api.window_minutes", region)
        often = parameter("open_api.calls_per_minute", region)
        return {
            "title": f"调用限制：{self.row.appid}",
            "lead": f"同一 appid 的有效密钥一起生效。平台统一的窗口为 {usual} 分钟，每分钟最多 {often} 次。",
            "crumbs": credential_crumbs(self.row, Crumb("调用限制")),
        }


class RevokeForm(ScopedForm):
    """Why."""

    reason = forms.CharField(label="原因", max_length=200, help_text="例如：密钥外泄、更换厂商。会记入审计。")


class Revoke(_OnCredential):
    """End a secret at once."""

    form_class = RevokeForm
    submit = "立即撤销"

    def act(self, form: Any) -> str:
        revoke_credential(actor=self.actor, credential=self.row, **form.cleaned_data)
        self.say("密钥已撤销，下一次调用起不再受理。")
        return self.cancel_url

    def context(self) -> dict[str, Any]:
        return {
            "title": f"撤销密钥：{self.row.appid}",
            "lead": "立即生效，不能恢复：用这组密钥签名的调用一律拒绝。已受理的请求继续处理。",
            "crumbs": credential_crumbs(self.row, Crumb("撤销密钥")),
        }
