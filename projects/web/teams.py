"""The teams of a project: formed, corrected, ended, back again."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from projects import selectors, services
from projects.by_standard import TEAM, standard_at, standing
from projects.models import Project, Team
from projects.web.places import EndForm, crumbs, tab_url
from standards.spec import FORM
from web.acts import FormPage, PostPage
from web.forms import DayField, RowField, ScopedForm
from web.standard_form import StandardForm


class TeamForm(StandardForm):
    """What is on record of a team, with what the standard of the place adds."""

    object_key = TEAM
    own_fields = {name: name for name in ("name", "responsible_name", "entered_on", "remark")}

    name = forms.CharField(label=_("班组名称"), max_length=100)
    responsible_name = forms.CharField(label=_("责任人"), max_length=50, required=False)
    entered_on = DayField(label=_("进场日期"), required=False)
    remark = forms.CharField(label=_("备注"), max_length=200, required=False)

    def __init__(self, *args: Any, project: Project, row: Team | None = None, **kwargs: Any) -> None:
        self.project = project
        super().__init__(*args, **kwargs)
        on = timezone.localdate()
        self.follow(standard_at(project.region, on), standing(row, project.region, on) if row else None)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        self.judge_by_standard()
        return cleaned

    def facts(self) -> dict[str, Any]:
        """What the form says, as the services take it."""
        own = {name: value for name, value in self.cleaned_data.items() if name not in self.added_fields}
        return {**own, "extras": self.said(), "channel": FORM}


class AddForm(TeamForm):
    """Whose team it is, too."""

    participation = RowField(
        label=_("用人单位"),
        rows=lambda form: selectors.participations(form.actor, form.project).filter(exited_on=None),
        name=lambda row: row.enterprise.name,
    )
    field_order = ("participation", "name", "responsible_name", "entered_on", "remark")


class AddTeam(FormPage):
    """登记班组."""

    permission = "projects.manage_team"
    section = "projects"
    form_class = AddForm
    submit = _("登记")
    keeps_draft = True

    def prepare(self, **kwargs: Any) -> None:
        self.project = selectors.project(self.actor, kwargs["public_id"])

    def build(self, data: Any = None, files: Any = None, **more: Any) -> ScopedForm:
        return super().build(data, files, project=self.project, **more)

    def first(self) -> dict[str, Any]:
        return {"entered_on": timezone.localdate()}

    def act(self, form: Any) -> str:
        row = services.add_team(actor=self.actor, **form.facts())
        self.say(f"已登记班组{row.name}，编号 {row.number}。")
        return tab_url(self.project, "teams")

    def context(self) -> dict[str, Any]:
        return {
            "title": _("登记班组"),
            "subtitle": self.project.name,
            "lead": _("班组编号由平台给出，全省唯一，登记后不变。"),
            "crumbs": crumbs(self.project, "teams", "登记"),
            "cancel_url": tab_url(self.project, "teams"),
        }


class _OfTeam(FormPage):
    permission = "projects.manage_team"
    section = "projects"
    row: Team
    owned = ("row",)

    def prepare(self, **kwargs: Any) -> None:
        self.row = selectors.team(self.actor, kwargs["public_id"])
        self.project = self.row.participation.project

    def version(self) -> int:
        return self.row.version

    def context(self) -> dict[str, Any]:
        return {
            "subtitle": f"{self.row.name}，编号 {self.row.number}",
            "crumbs": crumbs(self.project, "teams", self.row.name),
            "cancel_url": tab_url(self.project, "teams"),
        }


class EditTeam(_OfTeam):
    """更正班组."""

    form_class = TeamForm
    submit = _("保存")

    def build(self, data: Any = None, files: Any = None, **more: Any) -> ScopedForm:
        return super().build(data, files, project=self.project, row=self.row, **more)

    def first(self) -> dict[str, Any]:
        kept = ("name", "responsible_name", "entered_on", "remark")
        return {name: getattr(self.row, name) for name in kept}

    def act(self, form: Any) -> str:
        services.edit_team(
            actor=self.actor, team=self.row, expected_version=form.expected_version, **form.facts()
        )
        self.say(f"班组{form.cleaned_data['name']}的信息已保存。")
        return tab_url(self.project, "teams")

    def context(self) -> dict[str, Any]:
        return {**super().context(), "title": _("更正班组信息")}


class EndTeam(_OfTeam):
    """班组退场."""

    form_class = EndForm
    submit = _("办理退场")

    def first(self) -> dict[str, Any]:
        return {"date": timezone.localdate()}

    def act(self, form: Any) -> str:
        services.end_team(
            actor=self.actor,
            team=self.row,
            on=form.cleaned_data["date"],
            today=timezone.localdate(),
            expected_version=form.expected_version,
        )
        self.say(f"班组{self.row.name}已退场。办错了可以在名单里点“恢复在场”。")
        return tab_url(self.project, "teams")

    def context(self) -> dict[str, Any]:
        lead = _("退场后不能再往该班组安排人员。还有人没有退场的不能办理，请先为他们办理退场或调班组。")
        return {**super().context(), "title": _("班组退场"), "lead": lead}


class ResumeTeam(PostPage):
    """恢复在场."""

    permission = "projects.manage_team"
    section = "projects"
    consequence = _("退场日期会清空，可以重新往该班组安排人员。")
    button = _("恢复在场")

    def prepare(self, **kwargs: Any) -> None:
        self.row = selectors.team(self.actor, kwargs["public_id"])
        self.question = f"恢复班组{self.row.name}在场？"

    def act(self) -> str:
        services.resume_team(actor=self.actor, team=self.row)
        self.say(f"班组{self.row.name}已恢复在场。")
        return tab_url(self.row.participation.project, "teams")

    def context(self) -> dict[str, Any]:
        of = self.row.participation.project
        return {"crumbs": crumbs(of, "teams", self.row.name), "cancel_url": tab_url(of, "teams")}
