"""Fields that forms of the editor share: required when, severity per channel, elements of an object."""

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from standards.models import CodeList, StandardVersion
from standards.spec import BLOCK, CHANNELS, REQUIRED, SEVERITIES, WHEN, ElementSpec, Standard
from web.forms import ScopedForm

_APART = re.compile(r"[\s,，、;；]+")
TYPED = {"autocomplete": "off", "spellcheck": "false"}
MOST_VALUES, LONGEST_VALUE = 50, 40


def split_values(text: str) -> list[str]:
    """“10、20” → ["10", "20"]."""
    return [one for one in dict.fromkeys(_APART.split(text.strip())) if one]


def one_of(choices: list[tuple[str, str]], label: str, **more: Any) -> forms.ChoiceField:
    """A drop-down that names what may be chosen."""
    told = {"invalid_choice": "没有这个选项，请从列表中选择。"}
    return forms.ChoiceField(label=label, choices=choices, error_messages=told, **more)


def severity_fields(severities: Mapping[str, str]) -> dict[str, forms.ChoiceField]:
    """One drop-down a channel; `severities` is how it stands."""
    return {
        f"severity_{channel}": one_of(
            list(SEVERITIES.items()), f"{name}：不合要求时", initial=severities.get(channel, BLOCK)
        )
        for channel, name in CHANNELS.items()
    }


def severities_of(cleaned: Mapping[str, Any]) -> dict[str, str]:
    """What was chosen; a channel that refuses is not written, for that is what silence means."""
    chosen = {channel: cleaned.get(f"severity_{channel}", BLOCK) for channel in CHANNELS}
    return {channel: value for channel, value in chosen.items() if value and value != BLOCK}


def when_fields(elements: list[ElementSpec], when: Mapping[str, Any] | None) -> dict[str, forms.Field]:
    """Of which element which values make it required."""
    chosen = [("", "未选"), *((one.code, f"{one.name}（{one.code}）") for one in elements)]
    held = when or {}
    return {
        "when_element": one_of(
            chosen, "哪个数据元素", required=False, initial=held.get("element", ""),
            help_text="只在“有条件必填”时填：这个数据元素为下面的值时必填。",
        ),
        "when_values": forms.CharField(
            label="为哪些值时必填", required=False, max_length=400, widget=forms.TextInput(attrs=TYPED),
            initial="、".join(map(str, held.get("values", ()))), help_text="代码，用顿号隔开，例如 10、20。",
        ),
    }  # fmt: skip


def when_of(form: ScopedForm) -> dict[str, Any] | None:
    """What was said of it, or None where the element is not required by condition. Adds errors."""
    cleaned = form.cleaned_data
    if cleaned.get("required") != WHEN:
        return None
    element, values = cleaned.get("when_element", ""), split_values(cleaned.get("when_values", ""))
    if not element:
        form.add_error("when_element", "有条件必填的，请选择看哪个数据元素。")
    if not values or len(values) > MOST_VALUES or max(map(len, values)) > LONGEST_VALUE:
        form.add_error("when_values", "请写明为哪些值时必填，用顿号隔开，最多 50 个值。")
    return {"element": element, "values": values}


def required_field(value: str, *, stricter: bool = False) -> forms.ChoiceField:
    """Always, never or under a condition; a demand may leave it as it stands."""
    choices = [("", "不改"), *((k, v) for k, v in REQUIRED.items() if k != "never")] if stricter else None
    return one_of(choices or list(REQUIRED.items()), "必填", required=not stricter, initial=value)


def list_choices(version: StandardVersion) -> list[tuple[str, str]]:
    """Every code list, and those that begin with this version."""
    known = [(one.key, f"{one.name}（{one.key}）") for one in CodeList.objects.order_by("name")]
    added = dict(version.proposed_items.exclude(list_name="").values_list("code_list", "list_name"))
    have = {key for key, _name in known}
    return known + [(key, f"{name}（{key}，随本版本新建）") for key, name in added.items() if key not in have]


def positive(label: str, most: int, **more: Any) -> forms.IntegerField:
    """A whole number from 1 on."""
    said = f"请填 1 到 {most} 的整数。"
    told = {"invalid": said, "min_value": said, "max_value": said}
    return forms.IntegerField(label=label, min_value=1, max_value=most, error_messages=told, **more)


def elements_by_code(standard: Standard, object_key: str) -> list[ElementSpec]:
    """What a record of this kind says in the draft, in its order."""
    return list(standard.elements(object_key))


def require_code(text: str, pattern: re.Pattern[str], told: str) -> str:
    """A code as it may be written. Raises ValidationError."""
    if not pattern.fullmatch(text):
        raise ValidationError(told)
    return text
