"""One parameter: its values by place and date, who is judged by them, and setting a further one."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from accounts.selectors import is_province_wide
from audit.selectors import VIEW, trail
from kernel.errors import NotFound
from kernel.scoping import Actor
from regions.models import Region
from standards import rules
from standards.models import RuleParameter
from standards.selectors import affected, choices, default_of, in_force, values_of
from web import words
from web.acts import FormPage, PostPage
from web.forms import DayField, ScopedForm
from web.navigation import Crumb
from web.pages import Page
from web.parameter_acts import SET, may_set, set_parameter, take_back_parameter
from web.parameter_words import LEVELS, shown_value
from web.trail_words import said

SHOWN_EVENTS = 20
PROVINCE = "province"


def _crumbs(base: RuleParameter, *tail: Crumb) -> list[Crumb]:
    url = reverse("parameter", args=[base.key]) if tail else ""
    return [Crumb("数据标准", reverse("standard")), Crumb(base.name, url), *tail]


class ParameterPage(Page):
    """Every value of a parameter, with the document that set it and whether it is in force."""

    permission = "standards.view"
    section = "standard"
    template_name = "web/parameter.html"

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        base, today = default_of(key), timezone.localdate()
        rows = list(values_of(key))
        deciding = in_force(rows, today)
        values = [
            (row, shown_value(row), _state(row, deciding, today), _can_take_back(self.actor, row, today))
            for row in rows
        ]
        return self.show(
            {
                "title": base.name,
                "crumbs": _crumbs(base),
                "base": base,
                "values": values,
                "may_set": self.actor.may(SET),
                "events": list(_history(self.actor, key)),
                "may_read_trail": self.actor.may(VIEW),
            }
        )


def _state(row: RuleParameter, deciding: set[int], today: Any) -> tuple[str, str]:
    if row.pk in deciding:
        return "green", "在用"
    if row.valid_from and row.valid_from > today:
        return "blue", f"{words.day(row.valid_from)} 生效"
    return "grey", "已过期" if row.valid_to and row.valid_to < today else "已被取代"


def _can_take_back(actor: Actor, row: RuleParameter, today: Any) -> bool:
    return bool(row.valid_from and row.valid_from > today) and may_set(actor, row.region)


def _history(actor: Actor, key: str) -> Any:
    """Who set and took back what, as far as the reader may read the trail."""
    if not actor.may(VIEW):
        return
    events = trail(actor).filter(object_type=RuleParameter._meta.label_lower, facts__key=key)
    shown = list(events[:SHOWN_EVENTS])
    codes_of = {event.facts.get("region") for event in shown}
    names = dict(Region.objects.filter(code__in=codes_of - {None, ""}).values_list("code", "name"))
    for index, event in enumerate(shown):
        code = event.facts.get("region")
        where = names.get(code, code) if code else "全省"
        yield {
            "at": event.at,
            "when": words.moment(event.at),
            "text": f"{said(event)}：{where}",
            "sub": "，".join(part for part in (event.actor_label, event.facts.get("document", "")) if part),
            "kind": "now" if index == 0 else "",
        }


class ParameterForm(ScopedForm):
    """A value typed by its kind, where it holds, from when to when, and by which document."""

    region = forms.ChoiceField(label="适用地区")
    valid_from = DayField(label="生效日期", help_text="今天或以后；已经过去的日子不改判。")
    valid_to = DayField(
        label="截止日期", required=False, help_text="最后一天；之后恢复原值。长期有效可不填。"
    )
    document = forms.CharField(label="依据文号", max_length=120, help_text="例如：鄂建办〔2026〕15号")

    def __init__(self, *args: Any, base: RuleParameter, **kwargs: Any) -> None:
        self.base, self.kind = base, rules.kind_of(base.value, base.unit)
        super().__init__(*args, **kwargs)
        self.places = {place: region for place, region, _label in _places(self.actor)}
        region = self.fields["region"]
        assert isinstance(region, forms.ChoiceField)  # noqa: S101  # declared above
        region.choices = [("", "请选择"), *((place, label) for place, _r, label in _places(self.actor))]
        region.error_messages["invalid_choice"] = "没有这个地区，或者它不在您的管理范围内。请从列表中选择。"
        added = _value_fields(base, self.kind)
        for name, field in added.items():
            self._prepare(name, field)
        self.fields = {"region": region, **added, **self.fields}

    @property
    def place(self) -> Region | None:
        """The region that was chosen; None for the whole province."""
        return self.places.get(self.cleaned_data.get("region", ""))

    @property
    def value(self) -> Any:
        """The value as the standard keeps it."""
        if self.kind == rules.LEVELS:
            return {
                key: self.cleaned_data[f"value_{index}"]
                for index, key in enumerate(rules.names_of(self.base.value))
            }
        given = self.cleaned_data["value"]
        if self.kind == rules.RATE:
            return round(float(given) / 100, 4)
        return given


def _value_fields(base: RuleParameter, kind: str) -> dict[str, forms.Field]:
    """The fields in which a value of this kind is typed."""
    if kind == rules.CODES:
        known = choices(rules.CODE_LISTS.get(base.key, ""))
        chosen = forms.MultipleChoiceField(label="值", choices=known, widget=forms.CheckboxSelectMultiple)
        chosen.error_messages["invalid_choice"] = "代码表中没有这一项，请从列表中选择。"
        return {"value": chosen}
    if kind == rules.LEVELS:
        return {
            f"value_{index}": _number(f"{LEVELS.get(key, key)}（{base.unit}）", base.value[key])
            for index, key in enumerate(rules.names_of(base.value))
        }
    if kind == rules.RATE:
        rate = forms.DecimalField(label="值（%）", decimal_places=2)
        rate.error_messages["invalid"] = "请填数字，例如 95。"
        return {"value": rate}
    return {"value": _number(f"值（{base.unit}）" if base.unit else "值", base.value)}


def _number(label: str, default: Any) -> forms.Field:
    if isinstance(default, int):
        whole = forms.IntegerField(label=label)
        whole.error_messages["invalid"] = "请填整数。"
        return whole
    number = forms.FloatField(label=label)
    number.error_messages["invalid"] = "请填数字。"
    return number


def _places(actor: Actor) -> list[tuple[str, Region | None, str]]:
    """Where the actor sets parameters: the whole province where it may, and every region within reach."""
    found: list[tuple[str, Region | None, str]] = []
    if is_province_wide(actor, SET):
        found.append((PROVINCE, None, "全省"))
    paths = tuple(actor.reach(SET).region_paths)
    for region in Region.objects.exclude(parent=None).order_by("path"):
        if region.path.startswith(paths):
            found.append((region.code, region, f"{'　' if not region.is_second_level else ''}{region.name}"))
    return found


class SetParameter(FormPage):
    """A further value; the page says beside the form who will be judged by it."""

    permission = SET
    section = "standard"
    form_class = ParameterForm
    aside_template = "web/parts/_affected.html"
    submit = "设新值"

    def prepare(self, **kwargs: Any) -> None:
        self.base = default_of(kwargs["key"])
        self.cancel_url = reverse("parameter", args=[self.base.key])

    def build(self, data: Any = None, files: Any = None, **more: Any) -> ScopedForm:
        return super().build(data, files, base=self.base, **more)

    def first(self) -> dict[str, Any]:
        return {"valid_from": timezone.localdate(), "region": self.request.GET.get("region", "")}

    def checked(self, form: Any) -> dict[str, Any]:
        asked = form.data.get("region") or form.initial.get("region", "")
        if asked not in form.places:
            return {"chosen": False}
        day = getattr(form, "cleaned_data", {}).get("valid_from") or timezone.localdate()
        found = affected(self.base.key, form.places[asked], day)
        return {"chosen": True, "affected": found, "day": day}

    def act(self, form: Any) -> str:
        row = set_parameter(
            actor=self.actor,
            key=self.base.key,
            region=form.place,
            value=form.value,
            valid_from=form.cleaned_data["valid_from"],
            valid_to=form.cleaned_data["valid_to"],
            document=form.cleaned_data["document"],
        )
        place = row.region.name if row.region else "全省"
        self.say(f"{place}的“{row.name}”自 {row.valid_from} 起为 {shown_value(row)}。")
        return self.cancel_url

    def context(self) -> dict[str, Any]:
        return {
            "title": f"设新值：{self.base.name}",
            "lead": f"默认值 {shown_value(self.base)}（{self.base.document}）。原值不改，到日子换新值。",
            "crumbs": _crumbs(self.base, Crumb("设新值")),
            "aside_always": True,
        }


class TakeBackParameter(PostPage):
    """Take back a value that is not in force yet."""

    permission = SET
    section = "standard"
    button = "撤回"

    def prepare(self, **kwargs: Any) -> None:
        self.base = default_of(kwargs["key"])
        row = values_of(self.base.key).filter(pk=kwargs["pk"]).first()
        if row is None or not may_set(self.actor, row.region):
            raise NotFound
        self.row = row
        self.cancel_url = reverse("parameter", args=[self.base.key])
        place = row.region.name if row.region else "全省"
        self.question = f"撤回{place}自 {words.day(row.valid_from) or '最初'} 起的“{row.name}”？"
        self.consequence = (
            f"值为 {shown_value(row)}，依据 {row.document}。只能撤回尚未生效的值；撤回会记入审计。"
        )

    def act(self) -> str:
        take_back_parameter(actor=self.actor, row=self.row)
        self.say("已撤回，原来的值继续有效。")
        return self.cancel_url

    def context(self) -> dict[str, Any]:
        return {"title": self.question, "crumbs": _crumbs(self.base, Crumb("撤回"))}
