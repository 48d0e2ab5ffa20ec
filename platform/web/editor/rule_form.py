"""A validation rule as plain rows: element, comparison, value. The closed language without its brackets.

What does not fit into rows (nested conditions, which programs may write) is shown in words and kept.
"""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from standards.checks import RULE_CODE
from standards.conditions import COMPARISONS, in_words
from standards.item_checks import rule_namespace
from standards.selectors import parameters
from standards.services import RuleFacts
from web.editor.fields import TYPED, elements_by_code, one_of, severities_of, severity_fields, split_values
from web.editor.forms import PartForm
from web.widgets import LongSelect

ROWS = {"when": 2, "must": 3}
_OPS = {
    "filled": "已填",
    "empty": "未填",
    "in": "为其中之一",
    "not_in": "不为其中之一",
    "==": "等于",
    "!=": "不等于",
    "<": "小于",
    "<=": "不大于",
    ">": "大于",
    ">=": "不小于",
}
_ALONE, _LISTED = ("filled", "empty"), ("in", "not_in")
AGE = "age:"


class RuleForm(PartForm):
    """Under which condition, what must be true, what is said of a breach, and what it means per channel."""

    code = forms.CharField(label="规则编号", max_length=20, widget=forms.TextInput(attrs=TYPED))
    message = forms.CharField(
        label="提示", max_length=200, help_text="哪里不对，一句话，例如：未达到允许用工的年龄。"
    )
    remedy = forms.CharField(
        label="补救办法", max_length=200, help_text="怎么改，一句话，例如：请核对证件号码。"
    )
    is_retired = forms.BooleanField(label="停用", required=False)

    def more_fields(self) -> dict[str, forms.Field]:
        found: dict[str, forms.Field] = severity_fields(self.held.severities if self.held else {})  # type: ignore[assignment]  # choice fields are fields
        if self.held is not None:
            del self.fields["code"]
        else:
            del self.fields["is_retired"]
            region = self.of_version.region
            own = rule_namespace(region.code) if region else ""
            self.fields["code"].help_text = f"写成 {own}R-20 这样，用过的编号不再用。"
        if not self.is_nested:
            found |= self._joins() | self._rows()
        return found

    @property
    def is_nested(self) -> bool:
        """Whether the rule's condition is more than rows can say."""
        return self.held is not None and self._read(self.held.condition) is None

    @property
    def words(self) -> str:
        """The condition as it stands, in words."""
        names = {one.code: one.name for one in elements_by_code(self.draft, self.of)}
        return in_words(self.held.condition, names) if self.held is not None else ""

    @property
    def parts(self) -> list[tuple[str, list[list[forms.BoundField]], forms.BoundField | None]]:
        """The rows as the page shows them: 前提 and 要求."""
        if self.is_nested:
            return []
        titles = {"when": "前提（都不填为所有记录）", "must": "要求"}
        return [
            (titles[side], [self._bound(side, at) for at in range(number)], self[f"{side}_join"])
            for side, number in ROWS.items()
        ]

    def _bound(self, side: str, at: int) -> list[forms.BoundField]:
        return [self[f"{side}_{at}_{name}"] for name in ("left", "op", "right", "value")]

    def _joins(self) -> dict[str, forms.Field]:
        joined = [("all", "都要满足"), ("any", "满足一条即可")]
        held = self._read(self.held.condition) if self.held is not None else {}
        return {
            f"{side}_join": one_of(joined, "几条之间", initial=(held or {}).get(f"{side}_join", "all"))
            for side in ROWS
        }

    def _rows(self) -> dict[str, forms.Field]:
        elements = elements_by_code(self.draft, self.of)
        named = [(one.code, one.name) for one in elements]
        aged = [
            (f"{AGE}{one.code}", f"{one.name}所示的周岁")
            for one in elements
            if one.kind in ("id_number", "date")
        ]
        left = [("", "未填"), *named, *aged]
        right = [
            ("", "右边填写的值"), ("today", "当天"),
            *((f"element:{code}", f"数据元素：{name}") for code, name in named),
            *((f"parameter:{row.key}", f"参数：{row.name}") for row in _defaults()),
        ]  # fmt: skip
        held = (self._read(self.held.condition) if self.held is not None else {}) or {}
        found: dict[str, forms.Field] = {}
        for side, number in ROWS.items():
            for at in range(number):
                stands = held.get((side, at), ("", "filled", "", ""))
                found |= self._row(f"{side}_{at}", at + 1, left, right, stands)
        return found

    def _row(
        self, name: str, number: int, left: list[tuple[str, str]], right: list[tuple[str, str]], stands: Any
    ) -> dict[str, forms.Field]:
        one = {"required": False}
        return {
            f"{name}_left": one_of(left, f"第 {number} 条：看什么", initial=stands[0], **one),
            f"{name}_op": one_of(list(_OPS.items()), f"第 {number} 条：怎么比", initial=stands[1], **one),
            f"{name}_right": one_of(
                right, f"第 {number} 条：比什么", initial=stands[2], widget=LongSelect, **one
            ),
            f"{name}_value": forms.CharField(
                label=f"第 {number} 条：值", max_length=200, initial=stands[3], required=False,
                widget=forms.TextInput(attrs=TYPED),
            ),
        }  # fmt: skip

    def clean_code(self) -> str:
        region = self.of_version.region
        own = rule_namespace(region.code) if region else ""
        told = f"规则编号写成 {own}R-20 这样。"
        code = self.cleaned_data["code"].strip()
        if not code.startswith(own) or not RULE_CODE.fullmatch(code.removeprefix(own)):
            raise ValidationError(told)
        taken = {one.code for every in self.draft.all_rules.values() for one in every}
        if code in taken:
            raise ValidationError("这个编号已经用过，请换一个，或到列表里修改那条规则。")
        return code

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.is_nested:
            self.condition: Mapping[str, Any] = self.held.condition
            return cleaned
        when, must = self._side("when"), self._side("must")
        if must is None:
            self.add_error("must_0_left", "请至少写一条要求：看哪个数据元素、怎么比、比什么。")
        self.condition = {"when": when, "must": must or {}}
        return cleaned

    def facts(self) -> RuleFacts:
        """What was typed, as the service takes it."""
        said = self.cleaned_data
        return RuleFacts(
            object_key=self.of,
            code=self.held.code if self.held else said["code"],
            condition=self.condition,
            message=said["message"],
            remedy=said["remedy"],
            severities=severities_of(said),
            is_retired=said.get("is_retired", False),
        )

    def _side(self, side: str) -> dict[str, Any] | None:
        parts = [one for at in range(ROWS[side]) if (one := self._one(f"{side}_{at}")) is not None]
        if not parts:
            return None
        return parts[0] if len(parts) == 1 else {self.cleaned_data.get(f"{side}_join") or "all": parts}

    def _one(self, name: str) -> dict[str, Any] | None:
        said = self.cleaned_data
        left, op = said.get(f"{name}_left", ""), said.get(f"{name}_op") or "filled"
        right, value = said.get(f"{name}_right", ""), said.get(f"{name}_value", "").strip()
        if not left:
            return None
        is_age = left.startswith(AGE)
        if op in _ALONE:
            return {op: left.removeprefix(AGE)}
        if op in _LISTED:
            return self._listed(name, left, op, value)
        if not right and not value:
            self.add_error(f"{name}_value", "请填写要比的值，或选择和哪个数据元素、参数比。")
        operand = {"age": left.removeprefix(AGE)} if is_age else {"element": left}
        return {"left": operand, "is": op, "right": _operand(right, value)}

    def _listed(self, name: str, left: str, op: str, value: str) -> dict[str, Any]:
        values = split_values(value)
        if left.startswith(AGE):
            self.add_error(f"{name}_op", "周岁只能比大小，请改用“不小于”等。")
        if not values:
            self.add_error(f"{name}_value", "请列出至少一个值，用顿号隔开。")
        return {"element": left.removeprefix(AGE), op: values}

    def _read(self, condition: Mapping[str, Any]) -> dict[Any, Any] | None:
        """A condition as rows; None for one that does not fit."""
        found: dict[Any, Any] = {}
        for side, number in ROWS.items():
            part = condition.get(side)
            join = next((one for one in ("all", "any") if part and one in part), "")
            rows = part[join] if part and join else [part] if part else []
            read = [_row_of(one) for one in rows]
            if len(rows) > number or None in read:
                return None
            found |= {(side, at): one for at, one in enumerate(read)}
            found[f"{side}_join"] = join or "all"
        return found


def _defaults() -> list[Any]:
    """Each parameter once, as it came with the platform; a rule compares with single numbers alone."""
    rows = [row for row in parameters() if row.region_id is None and row.valid_from is None]
    return [row for row in rows if isinstance(row.value, int | float) and not isinstance(row.value, bool)]


def _operand(right: str, value: str) -> dict[str, Any]:
    kind, _colon, key = right.partition(":")
    if kind == "today":
        return {"today": True}
    return {kind: key} if key else {"value": value}


def _row_of(part: Mapping[str, Any]) -> tuple[str, str, str, str] | None:
    """One condition as left, comparison, right and value; None for a nested one."""
    for op in _ALONE:
        if op in part:
            return (part[op], op, "", "")
    for op in _LISTED:
        if op in part:
            return (part["element"], op, "", "、".join(map(str, part[op])))
    if "left" not in part or part.get("is") not in COMPARISONS:
        return None
    left, right = part["left"], part["right"]
    if "element" not in left and "age" not in left:
        return None
    first = left.get("element") or f"{AGE}{left['age']}"
    kind, key = next(iter(right.items()))
    if kind == "value":
        return (first, part["is"], "", str(key))
    return None if kind == "age" else (first, part["is"], "today" if kind == "today" else f"{kind}:{key}", "")
