"""Who takes part in a project: added, corrected, ended, back again."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from projects import selectors, services
from projects.models import Participation
from projects.uscc import BadUscc, read_uscc
from projects.web.places import EndForm, crumbs, tab_url
from web.acts import FormPage, PostPage
from web.forms import CodeField, DayField, ScopedForm


class WorkForm(ScopedForm):
    """What is on record of a participation."""

    kind = CodeField(code_list="participation_kind", label=_("参建类型"))
    entered_on = DayField(label=_("进场日期"), required=False)
    manager_name = forms.CharField(label=_("负责人"), max_length=50, required=False)


class AddForm(WorkForm):
    """Which enterprise, too. A known one need not be written out."""

    uscc = forms.CharField(
        label=_("统一社会信用代码"), max_length=40, help_text=_("按营业执照填写 18 位代码。")
    )
    name = forms.CharField(
        label=_("企业名称"),
        max_length=200,
        required=False,
        help_text=_("平台上已有的企业会自动带出名称，可以不填。"),
    )
    field_order = ("uscc", "name", "kind", "entered_on", "manager_name")

    def clean_uscc(self) -> str:
        try:
            return read_uscc(self.cleaned_data["uscc"])
        except BadUscc as fault:
            raise ValidationError(str(fault), code=fault.code) from None

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if found.get("uscc") and not found.get("name") and "name" not in self.errors:
            known = selectors.enterprise_of_code(self.actor, found["uscc"])
            if known is None:
                self.add_error("name", say("请填企业名称，与营业执照一致。"))
            else:
                found["name"] = known.name
        return found


class AddParty(FormPage):
    """登记参建单位."""

    permission = "projects.manage_participation"
    section = "projects"
    form_class = AddForm
    aside_template = "projects/_enterprise.html"
    submit = _("登记")
    keeps_draft = True

    def prepare(self, **kwargs: Any) -> None:
        self.project = selectors.project(self.actor, kwargs["public_id"])

    def first(self) -> dict[str, Any]:
        return {"entered_on": timezone.localdate()}

    def checked(self, form: Any) -> dict[str, Any]:
        """Whom a code means, as far as the reader may see that enterprise."""
        code = form.cleaned_data.get("uscc") if form.is_bound and hasattr(form, "cleaned_data") else None
        known = selectors.enterprise_of_code(self.actor, code) if code else None
        here = selectors.participations(self.actor, self.project).filter(enterprise=known) if known else None
        return {"code": code, "known": known, "here": here.first() if here is not None else None}

    def act(self, form: Any) -> str:
        given = form.cleaned_data
        row = services.add_participation(
            actor=self.actor,
            project=self.project,
            uscc=given["uscc"],
            name=given["name"],
            kind=given["kind"],
            entered_on=given["entered_on"],
            manager_name=given["manager_name"],
        )
        self.say(f"已登记参建单位{row.enterprise.name}。")
        return tab_url(self.project, "parties")

    def context(self) -> dict[str, Any]:
        return {
            "title": _("登记参建单位"),
            "subtitle": self.project.name,
            "crumbs": crumbs(self.project, "parties", "登记"),
            "cancel_url": tab_url(self.project, "parties"),
        }


class _OfParty(FormPage):
    permission = "projects.manage_participation"
    section = "projects"
    row: Participation
    owned = ("row",)

    def prepare(self, **kwargs: Any) -> None:
        self.row = selectors.participation(self.actor, kwargs["public_id"])

    def version(self) -> int:
        return self.row.version

    def context(self) -> dict[str, Any]:
        return {
            "subtitle": self.row.enterprise.name,
            "crumbs": crumbs(self.row.project, "parties", self.row.enterprise.name),
            "cancel_url": tab_url(self.row.project, "parties"),
        }


class EditParty(_OfParty):
    """更正参建单位."""

    form_class = WorkForm
    submit = _("保存")

    def first(self) -> dict[str, Any]:
        row = self.row
        return {"kind": row.kind, "entered_on": row.entered_on, "manager_name": row.manager_name}

    def act(self, form: Any) -> str:
        services.edit_participation(
            actor=self.actor,
            participation=self.row,
            expected_version=form.expected_version,
            **form.cleaned_data,
        )
        self.say(f"{self.row.enterprise.name}的参建信息已保存。")
        return tab_url(self.row.project, "parties")

    def context(self) -> dict[str, Any]:
        return {**super().context(), "title": _("更正参建信息")}


class EndParty(_OfParty):
    """参建单位退场."""

    form_class = EndForm
    submit = _("办理退场")

    def first(self) -> dict[str, Any]:
        return {"date": timezone.localdate()}

    def act(self, form: Any) -> str:
        services.end_participation(
            actor=self.actor,
            participation=self.row,
            on=form.cleaned_data["date"],
            today=timezone.localdate(),
            expected_version=form.expected_version,
        )
        self.say(f"{self.row.enterprise.name}已退场。办错了可以在名单里点“恢复在场”。")
        return tab_url(self.row.project, "parties")

    def context(self) -> dict[str, Any]:
        lead = _("该单位的班组随之退场。还有人没有退场的不能办理，请先为他们办理退场。")
        return {**super().context(), "title": _("参建单位退场"), "lead": lead}


class ResumeParty(PostPage):
    """恢复在场."""

    permission = "projects.manage_participation"
    section = "projects"
    consequence = _("退场日期会清空。它的班组仍为已退场，需要的请逐个恢复。")
    button = _("恢复在场")

    def prepare(self, **kwargs: Any) -> None:
        self.row = selectors.participation(self.actor, kwargs["public_id"])
        self.question = f"恢复{self.row.enterprise.name}在场？"

    def act(self) -> str:
        services.resume_participation(actor=self.actor, participation=self.row)
        self.say(f"{self.row.enterprise.name}已恢复在场。")
        return tab_url(self.row.project, "parties")

    def context(self) -> dict[str, Any]:
        return {
            "crumbs": crumbs(self.row.project, "parties", self.row.enterprise.name),
            "cancel_url": tab_url(self.row.project, "parties"),
        }
