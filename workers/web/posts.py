"""Naming who holds a key post, and relieving them."""

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from projects.models import Project
from projects.selectors import project
from standards.selectors import code_name, codes
from web.acts import FormPage
from web.forms import CodeField, DayField, RowField, ScopedForm
from web.navigation import Crumb
from workers import selectors, services


class AssignForm(ScopedForm):
    """Which post, who, from when."""

    post = CodeField(code_list="key_post", label=_("岗位"))
    engagement = RowField(
        label=_("人员"),
        rows=lambda form: selectors.people_here(form.actor, form.project, services.site_day(form.project)),
        name=lambda row: f"{row.person.name}（{row.team.name}）",
        help_text=_("只列出在本项目在册的人员。没有的，请先登记人员并办理进场。"),
    )
    date = DayField(label=_("任职起"), help_text=_("原任职人员自动任至前一日。"))

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        self.project = project
        super().__init__(*args, **kwargs)


class RelieveForm(ScopedForm):
    """The last day in the post."""

    date = DayField(label=_("最后任职日"))


class AssignPost(FormPage):
    """任命关键岗位."""

    permission = "workers.enrol"
    section = "projects"
    form_class = AssignForm
    submit = _("任命")

    def prepare(self, **kwargs: Any) -> None:
        self.project = project(self.actor, kwargs["public_id"])

    def build(self, data: Any = None, files: Any = None, **more: Any) -> ScopedForm:
        return super().build(data, files, project=self.project, **more)

    def first(self) -> dict[str, Any]:
        asked = self.request.GET.get("post", "")
        return {"date": services.site_day(self.project), "post": asked if asked in codes("key_post") else ""}

    def act(self, form: Any) -> str:
        given = form.cleaned_data
        services.assign_key_post(
            actor=self.actor,
            engagement=given["engagement"],
            post=given["post"],
            starts_on=given["date"],
        )
        name = given["engagement"].person.name
        self.say(f"已任命{name}为{code_name('key_post', given['post'])}。")
        return _posts_of(self.project)

    def context(self) -> dict[str, Any]:
        return {
            "title": _("任命关键岗位"),
            "subtitle": self.project.name,
            "crumbs": _crumbs(self.project, "任命"),
            "cancel_url": _posts_of(self.project),
        }


class RelievePost(FormPage):
    """解除任职."""

    permission = "workers.enrol"
    section = "projects"
    form_class = RelieveForm
    submit = _("解除任职")
    owned = ("held",)

    def prepare(self, **kwargs: Any) -> None:
        self.held = selectors.key_post(self.actor, kwargs["public_id"])
        self.project = self.held.engagement.project

    def first(self) -> dict[str, date]:
        return {"date": services.site_day(self.project)}

    def act(self, form: Any) -> str:
        services.relieve_key_post(
            actor=self.actor,
            assignment=self.held,
            ends_on=form.cleaned_data["date"],
            today=services.site_day(self.project),
        )
        self.say(f"已解除{self.held.engagement.person.name}的{code_name('key_post', self.held.post)}任职。")
        return _posts_of(self.project)

    def context(self) -> dict[str, Any]:
        name = code_name("key_post", self.held.post)
        return {
            "title": f"解除{self.held.engagement.person.name}的{name}任职",
            "lead": _("次日起该岗位空缺，直到另有任命。到岗率按必须配备的岗位计算。"),
            "crumbs": _crumbs(self.project, "解除任职"),
            "cancel_url": _posts_of(self.project),
        }


def _posts_of(of: Project) -> str:
    return reverse("project_tab", args=[of.public_id, "posts"])


def _crumbs(of: Project, last: str) -> list[Crumb]:
    return [
        Crumb("项目", reverse("projects")),
        Crumb(of.name, reverse("project", args=[of.public_id])),
        Crumb("关键岗位", _posts_of(of)),
        Crumb(last),
    ]
