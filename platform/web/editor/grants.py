"""The matrix of grants: which city may extend what, from when to when, by which document; given and taken."""

from datetime import date
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from audit.selectors import events_of_all
from regions.models import Region
from standards.models import CodeList, ExtensionGrant
from standards.services.grants import MOST_REQUIRED
from standards.spec import EXTENSIBLE, OBJECTS
from standards.versions import grant_by_id, grants
from web import words
from web.acts import FormPage, PostPage
from web.editor import reading
from web.editor.fields import one_of
from web.forms import DayField, ScopedForm
from web.navigation import Crumb
from web.pages import Page
from web.standard_acts import GRANT, grant_extension, may_review, withdraw_extension
from web.trail_words import said

_SHOWN_EVENTS = 20


def _crumbs(*tail: str) -> list[Crumb]:
    url = reverse("standard_grants") if tail else ""
    return [
        Crumb("数据标准", reverse("standard")),
        Crumb("市州授权", url),
        *(Crumb(one) for one in tail),
    ]


def standing_of(grant: ExtensionGrant, on: date) -> tuple[str, str]:
    """How a grant stands on a day: colour and words."""
    if grant.withdrawn_at is not None:
        return "grey", f"{words.day(grant.withdrawn_at)} 收回"
    if grant.valid_from > on:
        return "blue", f"{words.day(grant.valid_from)} 起"
    if grant.valid_to and grant.valid_to < on:
        return "grey", "已到期"
    return "green", "在用"


class GrantsPage(Page):
    """City by object, as it stands today; below it every grant that was ever given."""

    permission = "standards.view"
    section = "standard"
    template_name = "web/editor/grants.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        today, every = timezone.localdate(), list(grants())
        may = may_review(self.actor)
        deciding = _deciding(every, today)
        lists = dict(CodeList.objects.values_list("key", "name"))
        cities = Region.objects.filter(is_second_level=True).order_by("path")
        return self.show(
            {
                "title": "市州扩展授权",
                "crumbs": _crumbs(),
                "objects": [OBJECTS[key] for key in EXTENSIBLE],
                "matrix": [_line(city, deciding.get(city.pk), lists) for city in cities],
                "granted": len(deciding),
                "history": [
                    {
                        "grant": one,
                        "standing": standing_of(one, today),
                        "objects": "、".join(OBJECTS.get(key, key) for key in one.objects_allowed),
                        "url": reverse("standard_grant_withdraw", args=[one.public_id])
                        if may and one.withdrawn_at is None
                        else "",
                    }
                    for one in every
                ],
                "may_grant": may,
                "events": _events() if may else [],
            }
        )


def _deciding(every: list[ExtensionGrant], on: date) -> dict[int, ExtensionGrant]:
    """Each city's grant in force: the newest decides."""
    found: dict[int, ExtensionGrant] = {}
    for one in every:
        if standing_of(one, on)[0] == "green":
            found.setdefault(one.region_id, one)
    return found


def _line(city: Region, grant: ExtensionGrant | None, lists: dict[str, str]) -> dict[str, Any]:
    allowed = set(grant.objects_allowed) if grant else set()
    return {
        "city": city,
        "grant": grant,
        "cells": [(OBJECTS[key], key in allowed) for key in EXTENSIBLE],
        "lists": "、".join(lists.get(key, key) for key in grant.lists_allowed) if grant else "",
        "give_url": f"{reverse('standard_grant_give')}?region={city.code}",
    }


def _events() -> list[dict[str, Any]]:
    events = events_of_all(grants(), ("standards.extension_granted", "standards.extension_withdrawn"))
    names = dict(Region.objects.filter(is_second_level=True).values_list("code", "name"))
    return [
        {
            "at": event.at,
            "when": words.moment(event.at),
            "text": f"{said(event)}：{names.get(event.facts.get('region', ''), '')}",
            "sub": "，".join(part for part in (event.actor_label, event.facts.get("document", "")) if part),
            "kind": "",
        }
        for event in events.order_by("-id")[:_SHOWN_EVENTS]
    ]


class GrantForm(ScopedForm):
    """Which city, what it may extend, how much of it required, from when to when, by which document."""

    most_required = forms.IntegerField(
        label="新增必填数据元素最多几个",
        min_value=0,
        max_value=MOST_REQUIRED,
        initial=0,
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"), f"请填 0 到 {MOST_REQUIRED} 的整数。"
        ),
    )
    valid_from = DayField(label="起始日期")
    valid_to = DayField(label="截止日期", required=False, help_text="最后一天；长期有效可不填。")
    document = forms.CharField(label="依据文号", max_length=120, help_text="例如：鄂建办〔2026〕15号")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cities = {one.code: one for one in Region.objects.filter(is_second_level=True).order_by("path")}
        self.fields["region"] = one_of(
            [("", "请选择"), *((code, city.name) for code, city in self.cities.items())], "市州"
        )
        objects = [(key, OBJECTS[key]) for key in EXTENSIBLE]
        lists = [(one.key, one.name) for one in CodeList.objects.order_by("name")]
        self.fields["objects"] = _several("可以扩展的对象", objects, is_required=True)
        self.fields["objects"].help_text = "合同和安全教育不能另行扩展，有关内容加在人员里，登记时一并收取。"
        self.fields["lists"] = _several("可以扩展的代码表", lists, is_required=False)
        for name in ("region", "objects", "lists"):
            self._prepare(name, self.fields[name])
        self.order_fields(["region", "objects", "lists", "most_required"])


def _several(label: str, choices: list[tuple[str, str]], *, is_required: bool) -> forms.MultipleChoiceField:
    field = forms.MultipleChoiceField(
        label=label, choices=choices, required=is_required, widget=forms.CheckboxSelectMultiple
    )
    field.error_messages["invalid_choice"] = "没有这个选项，请从列表中选择。"
    return field


class GiveGrant(FormPage):
    """Let a city extend the standard."""

    permission = GRANT
    section = "standard"
    form_class = GrantForm
    submit = "授权"

    def prepare(self, **_kwargs: Any) -> None:
        reading.require_province(self.actor)
        self.cancel_url = reverse("standard_grants")

    def first(self) -> dict[str, Any]:
        return {"valid_from": timezone.localdate(), "region": self.request.GET.get("region", "")[:12]}

    def act(self, form: Any) -> str:
        said_of = dict(form.cleaned_data)
        region = form.cities[said_of.pop("region")]
        grant_extension(actor=self.actor, region=region, **said_of)
        self.say(f"已授权{region.name}扩展数据标准。")
        return self.cancel_url

    def context(self) -> dict[str, Any]:
        return {
            "title": "授权市州扩展",
            "lead": "同一市州以最新的授权为准。市州只能新增和加严，不能改名、放宽或改代码。",
            "crumbs": _crumbs("授权"),
            "cancel_url": self.cancel_url,
        }


class WithdrawGrant(PostPage):
    """Take a city's right back."""

    permission = GRANT
    section = "standard"
    button = "收回授权"

    def prepare(self, **kwargs: Any) -> None:
        reading.require_province(self.actor)
        self.grant = grant_by_id(kwargs["public_id"])
        self.cancel_url = reverse("standard_grants")
        self.question = f"收回{self.grant.region.name}的扩展授权？"
        self.consequence = "收回后不能再起草和发布；已经发布的市州标准继续有效，直到被新版取代。"

    def act(self) -> str:
        withdraw_extension(actor=self.actor, grant=self.grant)
        self.say("授权已收回。")
        return self.cancel_url

    def context(self) -> dict[str, Any]:
        return {"title": self.question, "crumbs": _crumbs("收回")}
