"""Forms of the parts of a draft: element, stricter demand, item of a code list."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from standards.checks import ADDED_CODE
from standards.item_checks import ITEM_CODE, LIST_KEY, item_namespace, namespace
from standards.models import StandardVersion
from standards.services import ElementFacts, ItemFacts, TighteningFacts
from standards.spec import (
    CODE,
    INTERNAL,
    KINDS,
    PERSONAL_KINDS,
    PHOTO,
    PRIVACY,
    SEALED,
    ElementSpec,
    Standard,
)
from web.editor.fields import (
    TYPED,
    elements_by_code,
    list_choices,
    one_of,
    positive,
    require_code,
    required_field,
    severities_of,
    severity_fields,
    when_fields,
    when_of,
)
from web.forms import ScopedForm

# A list of more codes is too long to tick; it is narrowed by typing.
MOST_TICKED = 80


class PartForm(ScopedForm):
    """A form about one part of a draft; `draft` is the standard as it would be with it."""

    def __init__(
        self, *args: Any, version: StandardVersion, draft: Standard, of: str, held: Any = None, **kwargs: Any
    ) -> None:
        self.of_version, self.draft, self.of, self.held = version, draft, of, held
        super().__init__(*args, **kwargs)
        for name, field in self.more_fields().items():
            self.fields[name] = field
            self._prepare(name, field)
        self.order_fields(self.order())

    def more_fields(self) -> dict[str, forms.Field]:
        """Fields whose choices depend on the draft."""
        return {}

    def order(self) -> list[str] | None:
        """In which order they are shown; None as they are declared."""
        return None

    @property
    def channels(self) -> list[forms.BoundField]:
        """The drop-downs that say what a breach means, one a channel."""
        return [one for one in self.visible_fields() if one.name.startswith("severity_")]

    @property
    def own_namespace(self) -> str:
        """How the codes of this layer's elements begin."""
        region = self.of_version.region
        return namespace(region.code) if region else ""


class ElementForm(PartForm):
    """An element: what it is called, of which kind, when it must be said, who may see it."""

    code = forms.CharField(label="代码", max_length=40, widget=forms.TextInput(attrs=TYPED))
    name = forms.CharField(label="名称", max_length=40)
    length = positive("最长字数", 1000, required=False, help_text="文字类填写；不填为不限。")
    unit = forms.CharField(label="单位", max_length=20, required=False, help_text="例如：天、元、平方米")
    example = forms.CharField(label="示例", max_length=80, required=False, help_text="表单和模板里照样显示")
    help = forms.CharField(label="填写说明", max_length=200, required=False)
    is_retired = forms.BooleanField(
        label="停用", required=False, help_text="停用后表单不再要，已填的仍看得到；代码不再另作他用。"
    )

    def more_fields(self) -> dict[str, forms.Field]:
        held = self.held
        kinds = [(key, name) for key, name in KINDS.items() if key != PHOTO or (held and held.lives_in)]
        found: dict[str, forms.Field] = {
            "kind": one_of(kinds, "类型", initial=held.kind if held else "text"),
            "code_list": one_of([("", "不是代码"), *list_choices(self.of_version)], "代码表", required=False),
            "privacy": one_of(list(PRIVACY.items()), "隐私级别", initial=held.privacy if held else INTERNAL),
            "required": required_field(held.required if held else "never"),
            **when_fields(elements_by_code(self.draft, self.of), held.required_when if held else None),
            **severity_fields(held.severities if held else {}),
        }
        if held is not None:
            del self.fields["code"]
        else:
            del self.fields["is_retired"]
            example = f"{self.own_namespace}housing" if self.own_namespace else "housing_type"
            self.fields["code"].help_text = f"小写字母、数字，用下划线分开，例如 {example}；发布后不能改。"
        return found

    def order(self) -> list[str]:
        return [
            "name", "code", "kind", "code_list", "length", "unit", "privacy", "example", "help", "required",
            "when_element", "when_values", "is_retired",
        ]  # fmt: skip

    def clean_code(self) -> str:
        told = "代码由小写字母和数字组成，中间用下划线分开，例如 housing_type。"
        code = require_code(self.cleaned_data["code"].strip(), ADDED_CODE, told)
        if self.own_namespace and not code.startswith(self.own_namespace):
            raise ValidationError(f"市州扩展的代码要以 {self.own_namespace} 开头。")
        if self.draft.element(self.of, code) is not None:
            raise ValidationError("这个代码已有数据元素使用，请换一个，或到列表里修改它。")
        return code

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("kind") == CODE and not cleaned.get("code_list"):
            self.add_error("code_list", "类型为代码的，请选择代码表。")
        if cleaned.get("kind") in PERSONAL_KINDS and cleaned.get("privacy") != SEALED:
            self.add_error("privacy", "证件号码、电话和银行卡号必须加密保存，请选“敏感个人信息（加密）”。")
        self.when = when_of(self)
        return cleaned

    def facts(self) -> ElementFacts:
        """What was typed, as the service takes it."""
        said = self.cleaned_data
        is_code = said.get("kind") == CODE
        return ElementFacts(
            object_key=self.of,
            code=self.held.code if self.held else said.get("code", ""),
            name=said.get("name", "").strip(),
            kind=said.get("kind", "text"),
            length=said.get("length"),
            unit=said.get("unit", ""),
            required=said.get("required", "never"),
            required_when=getattr(self, "when", None),
            severities=severities_of(said),
            code_list=said.get("code_list", "") if is_code else "",
            privacy=said.get("privacy", INTERNAL),
            example=said.get("example", ""),
            help=said.get("help", ""),
            is_retired=said.get("is_retired", False),
        )


class TighteningForm(PartForm):
    """What this layer asks more strictly of an element below: required, shorter, fewer codes."""

    length = positive("最长字数", 1000, required=False, help_text="只能比下层更短；不填为不改。")

    def __init__(self, *args: Any, element: ElementSpec, **kwargs: Any) -> None:
        self.element = element
        super().__init__(*args, **kwargs)

    def more_fields(self) -> dict[str, forms.Field]:
        held = self.held
        others = [one for one in elements_by_code(self.draft, self.of) if one.code != self.element.code]
        found: dict[str, forms.Field] = {
            "required": required_field(held.required if held else "", stricter=True),
            **when_fields(others, held.required_when if held else None),
            **severity_fields(held.severities if held else {}),
        }
        if self.element.kind == CODE and 0 < len(self._codes()) <= MOST_TICKED:
            found["codes"] = self._ticks(held.codes if held else None)
        if self.element.kind == CODE:
            del self.fields["length"]
        return found

    def order(self) -> list[str]:
        return ["required", "when_element", "when_values", "length", "codes"]

    def _codes(self) -> dict[str, str]:
        return dict(self.draft.codes(self.element.code_list))

    def _ticks(self, kept: list[str] | None) -> forms.MultipleChoiceField:
        choices = [(code, f"{name}（{code}）") for code, name in self._codes().items()]
        field = forms.MultipleChoiceField(
            label="只用这些代码",
            choices=choices,
            required=False,
            initial=kept or [],
            widget=forms.CheckboxSelectMultiple,
            help_text="都不选为全部可用；选了就只能用选中的。",
        )
        field.error_messages["invalid_choice"] = "代码表中没有这一项，请从列表中选择。"
        return field

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        self.when = when_of(self)
        if not (cleaned.get("required") or cleaned.get("length") or cleaned.get("codes")) and not self.errors:
            raise ValidationError("还没有加严：请选必填、填更短的长度，或限定可用的代码。")
        return cleaned

    def facts(self) -> TighteningFacts:
        """What was typed, as the service takes it."""
        said = self.cleaned_data
        return TighteningFacts(
            object_key=self.of,
            code=self.element.code,
            required=said.get("required", ""),
            required_when=self.when,
            severities=severities_of(said),
            length=said.get("length"),
            codes=said.get("codes") or None,
        )


class ItemForm(PartForm):
    """Items to add to a code list, or to retire; `of` is the list, "new" for one that begins here."""

    code = forms.CharField(label="代码", max_length=12, widget=forms.TextInput(attrs=TYPED))
    name = forms.CharField(label="名称", max_length=80, required=False, help_text="停用的不必填。")
    retires = forms.BooleanField(
        label="停用这个代码", required=False, help_text="停用后不能再选，已有的记录仍认得它；代码永不重用。"
    )

    def more_fields(self) -> dict[str, forms.Field]:
        found: dict[str, forms.Field] = {}
        if self.of == "new":
            found["code_list"] = forms.CharField(
                label="新代码表的标识", max_length=40, widget=forms.TextInput(attrs=TYPED)
            )
            found["code_list"].help_text = f"小写字母、数字和下划线，例如 {self.own_namespace}housing"
            found["list_name"] = forms.CharField(label="新代码表的名称", max_length=60)
            self.fields["name"].required, self.fields["name"].help_text = True, ""
            del self.fields["retires"]
        elif self.of_version.is_city:
            region = self.of_version.region
            own = item_namespace(region.code if region else "")
            self.fields["code"].help_text = f"本市州的代码以 {own} 开头，例如 {own}01。"
            base = [(code, f"{name}（{code}）") for code, name in self.draft.codes(self.of).items()]
            found["mapped_to"] = one_of([("", "请选择"), *base], "对应上层哪个代码", required=False)
            found["mapped_to"].help_text = "上报时按那个代码。"
        else:
            base = [(code, f"{name}（{code}）") for code, name in self.draft.codes(self.of).items()]
            found["mapped_to"] = one_of([("", "国家没有对应的"), *base], "国家对照", required=False)
            found["mapped_to"].help_text = "向部里报送时用那个代码；以后也可在“国家对照”里填。"
        return found

    def order(self) -> list[str]:
        return ["code_list", "list_name", "code", "name", "mapped_to", "retires"]

    def clean_code(self) -> str:
        told = "代码由字母、数字和横线组成，不超过 12 个字符。"
        return require_code(self.cleaned_data["code"].strip(), ITEM_CODE, told)

    def clean_code_list(self) -> str:
        told = "标识由小写字母、数字和下划线组成，以字母开头，不超过 40 个字符。"
        return require_code(self.cleaned_data["code_list"].strip(), re.compile(LIST_KEY), told)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not cleaned.get("retires") and not cleaned.get("name", "").strip() and "name" not in self.errors:
            self.add_error("name", "请填名称，名称发布后不再改变。")
        return cleaned

    def facts(self) -> ItemFacts:
        """What was typed, as the service takes it."""
        said = self.cleaned_data
        return ItemFacts(
            code_list=said.get("code_list") or self.of,
            code=said["code"],
            name=said.get("name", "").strip(),
            list_name=said.get("list_name", ""),
            mapped_to=said.get("mapped_to", ""),
            retires=said.get("retires", False),
        )
