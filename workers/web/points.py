"""Collection points of a site: opened, changed, closed, and the key of a reader."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from projects.models import Project
from projects.selectors import project
from web.acts import FormPage, PostPage
from web.forms import ScopedForm
from web.navigation import Crumb
from workers.selectors import collection_point_to
from workers.services import (
    PointFacts,
    change_collection_point,
    close_collection_point,
    open_collection_point,
    renew_reader_key,
)
from workers.services.points import KEEP_KEYS, MANAGE


class PointForm(ScopedForm):
    """What a collection point is."""

    name = forms.CharField(label="名称", max_length=60, help_text="例如“南门劳务办公室”")
    location = forms.CharField(label="位置", max_length=120, help_text="在工地的什么地方")
    equipment = forms.CharField(label="设备", max_length=120, help_text="读卡器、摄像头的品牌型号")
    operator = forms.CharField(label="操作人", max_length=60, help_text="平时由谁采集")

    def facts(self) -> PointFacts:
        return PointFacts(**self.cleaned_data)


class _OfSite(FormPage):
    """A form on one project's points."""

    permission = MANAGE
    section = "projects"
    project: Project

    def context(self) -> dict[str, Any]:
        return {
            "subtitle": self.project.name,
            "crumbs": _crumbs(self.project, str(self.submit)),
            "cancel_url": points_of(self.project),
        }


class OpenPoint(_OfSite):
    """登记提取点."""

    form_class = PointForm
    submit = "登记提取点"

    def prepare(self, **kwargs: Any) -> None:
        self.project = project(self.actor, kwargs["public_id"])

    def act(self, form: Any) -> str:
        point = open_collection_point(actor=self.actor, project=self.project, facts=form.facts())
        self.say(f"提取点「{point.name}」已登记，登记工人时可以选它。")
        return points_of(self.project)

    def context(self) -> dict[str, Any]:
        lead = "每个工地设立信息提取点，登记工人时写明在哪里、用什么设备采集（鄂建文〔2019〕27号 二（五））。"
        return {**super().context(), "title": "登记提取点", "lead": lead}


class ChangePoint(_OfSite):
    """修改提取点."""

    form_class = PointForm
    submit = "保存"

    def prepare(self, **kwargs: Any) -> None:
        self.point = collection_point_to(self.actor, self.permission, kwargs["public_id"])
        self.project = self.point.project

    def first(self) -> dict[str, Any]:
        return {name: getattr(self.point, name) for name in self.form_class.base_fields}

    def version(self) -> int | None:
        return self.point.version

    def act(self, form: Any) -> str:
        change_collection_point(
            actor=self.actor, point=self.point, facts=form.facts(), expected_version=form.expected_version
        )
        self.say("提取点已保存。")
        return points_of(self.project)

    def context(self) -> dict[str, Any]:
        return {**super().context(), "title": f"修改提取点「{self.point.name}」"}


class ReasonForm(ScopedForm):
    """Why."""

    reason = forms.CharField(label="理由", max_length=200, help_text="至少 4 个字，不要写号码")


class ClosePoint(_OfSite):
    """停用提取点."""

    form_class = ReasonForm
    submit = "停用提取点"

    def prepare(self, **kwargs: Any) -> None:
        self.point = collection_point_to(self.actor, self.permission, kwargs["public_id"])
        self.project = self.point.project

    def act(self, form: Any) -> str:
        close_collection_point(
            actor=self.actor, point=self.point, reason=form.cleaned_data["reason"], now=timezone.now()
        )
        self.say(f"提取点「{self.point.name}」已停用。")
        return points_of(self.project)

    def context(self) -> dict[str, Any]:
        lead = "停用后不能再选它登记工人，它的读卡密钥同时作废；已登记的记录不变。"
        return {**super().context(), "title": f"停用提取点「{self.point.name}」", "lead": lead}


class RenewKey(PostPage):
    """读卡密钥: shown on the page that answers, and never again."""

    permission = KEEP_KEYS
    section = "projects"
    question = "为这个提取点的读卡程序签发新的密钥？"
    consequence = (
        "新密钥只显示这一次，请抄进读卡程序；原来的密钥立即作废，用它签名的读卡结果不再作为芯片核验。"
    )
    button = "签发读卡密钥"

    def prepare(self, **kwargs: Any) -> None:
        self.point = collection_point_to(self.actor, self.permission, kwargs["public_id"])
        self.project = self.point.project

    def do_once(self, do: Any) -> HttpResponse:
        """The key stands in no address and in no kept answer: a second press simply makes another one."""
        key = renew_reader_key(actor=self.actor, point=self.point, now=timezone.now())
        shown = {"key": key, "point": self.point, "section": self.section, **self.context()}
        answer = render(self.request, "workers/reader_key.html", shown)
        answer.headers["Cache-Control"] = "no-store"
        return answer

    def context(self) -> dict[str, Any]:
        return {
            "title": f"「{self.point.name}」的读卡密钥",
            "subtitle": self.project.name,
            "crumbs": _crumbs(self.project, "读卡密钥"),
            "cancel_url": points_of(self.project),
        }


def points_of(of: Project) -> str:
    """Where a project's points are listed, beside its devices."""
    return reverse("project_tab", args=[of.public_id, "devices"])


def _crumbs(of: Project, last: str) -> list[Crumb]:
    return [
        Crumb("项目", reverse("projects")),
        Crumb(of.name, reverse("project", args=[of.public_id])),
        Crumb("设备与提取点", points_of(of)),
        Crumb(last),
    ]
