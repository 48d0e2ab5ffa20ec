"""Certificates of a person: recorded by the clerk who has the original in hand."""

from typing import Any

from django import forms

from web.acts import FormPage
from web.forms import CodeField, DayField, FileField, ScopedForm
from workers.selectors import work_to
from workers.services import CertificateFacts, record_certificate
from workers.web.places import of_work, record_of, today


class CertificateForm(ScopedForm):
    """A certificate as it reads."""

    kind = CodeField(code_list="certificate_kind", label="证书类型")
    level = CodeField(code_list="certificate_level", label="等级", required=False)
    number = forms.CharField(
        label="证书编号", max_length=50, help_text="以证书上印的为准；保存后加密，只显示后四位"
    )
    issuer = forms.CharField(label="发证机关", max_length=100)
    issued_on = DayField(label="发证日期")
    valid_to = DayField(label="有效期至", required=False, help_text="长期有效的不填")
    status = CodeField(code_list="certificate_status", label="状态", initial="1")
    scan = FileField(label="扫描件", required=False)


class NewCertificate(FormPage):
    """Record a certificate."""

    permission = "workers.file"
    section = "people"
    form_class = CertificateForm
    submit = "登记证书"
    keeps_draft = True

    def prepare(self, **kwargs: Any) -> None:
        self.work = work_to(self.actor, self.permission, kwargs["public_id"])

    def act(self, form: Any) -> str:
        said = dict(form.cleaned_data)
        scan = said.pop("scan")
        facts = CertificateFacts(**said, scan=scan.address if scan else "")
        record_certificate(actor=self.actor, engagement=self.work, facts=facts, today=today())
        self.say("证书已登记。")
        return record_of(self.work, "work")

    def context(self) -> dict[str, Any]:
        return {
            "title": f"登记 {self.work.person.name} 的证书",
            "subtitle": f"{self.work.project.name}，{self.work.team.name}",
            "crumbs": of_work(self.work, "登记证书"),
            "cancel_url": record_of(self.work, "work"),
        }
