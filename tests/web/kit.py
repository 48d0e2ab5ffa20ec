"""The product's addresses and one form of the tests: a team is formed, the plainest act there is."""

from typing import Any

from django import forms
from django.urls import path
from rest_framework import serializers

from config.urls import urlpatterns as ours
from kernel.errors import Stale
from projects import selectors as projects
from projects.api.serializers import TeamSerializer
from projects.models import Team
from projects.services import add_team
from web.acts import FormPage, PostPage
from web.api.acts import ActSerializer, ActView, Base64FileField, RowRef
from web.forms import CodeField, DayField, FileField, RowField, ScopedForm


class TeamForm(ScopedForm):
    """A field of each kind."""

    participation = RowField(label="参建单位", rows=lambda form: form.participations)
    name = forms.CharField(label="班组名称", max_length=20)
    entered_on = DayField(label="进场日期", required=False)
    trade = CodeField(label="工种", code_list="trade", required=False)
    photo = FileField(label="照片", kinds=("image",), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        project = kwargs.pop("project")
        self.participations = projects.participations(kwargs["actor"], project)
        super().__init__(*args, **kwargs)


class NewTeam(FormPage):
    permission = "projects.manage_team"
    form_class = TeamForm
    keeps_draft = True

    def prepare(self, **kwargs: Any) -> None:
        self.project = projects.project(self.actor, kwargs["public_id"])

    def build(self, data: Any = None, files: Any = None, **more: Any) -> ScopedForm:
        return super().build(data, files, project=self.project, **more)

    def version(self) -> int | None:
        return self.project.version

    def act(self, form: Any) -> str:
        if form.expected_version not in (None, self.project.version):
            raise Stale({"班组名称": "他人改的名称"}, self.project.version)
        add_team(
            actor=self.actor, participation=form.cleaned_data["participation"], name=form.cleaned_data["name"]
        )
        self.say("班组已登记")
        return f"/projects/{self.project.public_id}/teams/"

    def context(self) -> dict[str, Any]:
        return {"title": "登记班组"}


class Ask(PostPage):
    permission = "projects.manage_team"
    question = "要登记一个班组吗？"

    def prepare(self, **kwargs: Any) -> None:
        self.project = projects.project(self.actor, kwargs["public_id"])

    def act(self) -> str:
        add_team(
            actor=self.actor,
            participation=projects.participations(self.actor, self.project)[0],
            name="一键班组",
        )
        return "/"


class TeamBody(ActSerializer):
    participation = RowRef(rows=lambda view: projects.participations(view.actor, view.project))
    name = serializers.CharField(max_length=20)
    scan = Base64FileField(required=False)


class FormTeam(ActView):
    permission = "projects.manage_team"
    model = Team
    serializer_class = TeamBody
    answer_class = TeamSerializer

    def initial(self, request: Any, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.project = projects.project(self.actor, kwargs["public_id"])

    def act(self, data: dict[str, Any], **kwargs: Any) -> Team:
        return add_team(actor=self.actor, participation=data["participation"], name=data["name"])


urlpatterns = [
    *ours,
    path("kit/<uuid:public_id>/", NewTeam.as_view(), name="kit"),
    path("kit/<uuid:public_id>/ask/", Ask.as_view(), name="kit_ask"),
    path("api/v1/kit/<uuid:public_id>/", FormTeam.as_view(), name="api_kit"),
]
