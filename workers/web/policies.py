"""Rules that an enterprise sets itself: filed, read, withdrawn."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from kernel.files import NamedFile
from projects.models import Project
from web.acts import FormPage
from web.forms import DayField, FileField, RowField, ScopedForm
from web.navigation import Crumb
from web.pages import Page
from web.uploads import serve
from workers.selectors import project_to
from workers.selectors.lessons import participations_to_file_for
from workers.selectors.policies import policy_to, same_firm_elsewhere
from workers.services import PolicyFacts, file_policy, withdraw_policy
from workers.web.contracts import reason_field
from workers.web.places import today


def of_policies(project: Project, *tail: str) -> list[Crumb]:
    """From the project through its documents to here."""
    return [
        Crumb(project.name, reverse("project", args=[project.public_id])),
        Crumb("管理制度", policies_url(project)),
        *(Crumb(words) for words in tail),
    ]


def policies_url(project: Project) -> str:
    """Where a project's documents are read."""
    return reverse("project_policies", args=[project.public_id])


class PolicyForm(ScopedForm):
    """A document and whose it is."""

    participation = RowField(
        label="单位",
        rows=lambda form: participations_to_file_for(form.actor, form.project),
        name=lambda row: row.enterprise.name,
    )
    title = forms.CharField(
        label="文件名称", max_length=100, help_text="例如：用工实名制管理制度。同名的存为下一版。"
    )
    document = forms.CharField(label="文号", max_length=60, required=False)
    effective_on = DayField(label="施行日期")
    file = FileField(label="文件", help_text="PDF 或盖章页照片。")
    everywhere = forms.BooleanField(label="同时用于本单位由我管理的其他在建项目", required=False)

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        self.project = project
        super().__init__(*args, **kwargs)


class FilePolicy(FormPage):
    """File a document, or its next version."""

    permission = "workers.file"
    section = "projects"
    form_class: type[ScopedForm] = PolicyForm
    submit = "上传"

    def prepare(self, **kwargs: Any) -> None:
        self.project = project_to(self.actor, self.permission, kwargs["public_id"])

    def build(self, data: Any = None, files: Any = None, **more: Any) -> ScopedForm:
        return super().build(data, files, project=self.project, **more)

    def first(self) -> dict[str, Any]:
        return {"effective_on": today(), "title": self.request.GET.get("title", "")[:100]}

    def act(self, form: Any) -> str:
        given = form.cleaned_data
        own = given["participation"]
        parts = [own, *(same_firm_elsewhere(self.actor, own) if given["everywhere"] else ())]
        made = file_policy(
            actor=self.actor,
            participations=parts,
            facts=PolicyFacts(
                title=given["title"],
                document=given["document"],
                effective_on=given["effective_on"],
                file=NamedFile(given["file"].name, given["file"].address),
            ),
        )
        where = f"，共 {len(made)} 个项目" if len(made) > 1 else ""
        self.say(f"“{made[0].title}”第 {made[0].number} 版已上传{where}。")
        return policies_url(self.project)

    def context(self) -> dict[str, Any]:
        return {
            "title": "上传管理制度",
            "subtitle": self.project.name,
            "lead": "用工实名制管理制度等文件，监管部门、建设单位和监理单位都能查看；"
            "总承包的，各分包单位也能查看。旧版本一直保留。",
            "crumbs": of_policies(self.project, "上传"),
            "cancel_url": policies_url(self.project),
        }


class ReasonForm(ScopedForm):
    """Why."""

    reason = reason_field("制度已废止，不再执行")


class WithdrawPolicy(FormPage):
    """Say that a document is no longer in force."""

    permission = "workers.file"
    section = "projects"
    form_class: type[ScopedForm] = ReasonForm
    submit = "撤下"

    def prepare(self, **kwargs: Any) -> None:
        self.policy = policy_to(self.actor, self.permission, kwargs["public_id"])
        self.project = self.policy.participation.project

    def act(self, form: Any) -> str:
        withdraw_policy(actor=self.actor, policy=self.policy, reason=form.cleaned_data["reason"])
        self.say("文件已撤下，仍可查看。")
        return policies_url(self.project)

    def context(self) -> dict[str, Any]:
        return {
            "title": f"撤下“{self.policy.title}”",
            "subtitle": f"第 {self.policy.number} 版，{self.policy.participation.enterprise.name}",
            "crumbs": of_policies(self.project, "撤下"),
            "cancel_url": policies_url(self.project),
        }


class PolicyFile(Page):
    """The document itself."""

    permission = "projects.view"

    def get(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        found = policy_to(self.actor, self.permission, public_id)
        return serve(found.address, found.title)
