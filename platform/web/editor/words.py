"""Parts of a version in words: what changed, old beside new, as its reviewer reads it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from standards.conditions import in_words
from standards.layers import ACTS, ADDED, CHANGED, REMOVED, RETIRED, Change
from standards.selectors import every_code
from standards.spec import CHANNELS, KINDS, OBJECTS, PRIVACY, REQUIRED, SEVERITIES, ElementSpec

PARTS = {"element": "数据元素", "tightening": "加严", "rule": "规则", "item": "代码"}
MARKS = {ADDED: "增", CHANGED: "改", RETIRED: "停", REMOVED: "去"}
FIELDS = {
    "name": "名称",
    "kind": "类型",
    "length": "最长",
    "unit": "单位",
    "required": "必填",
    "required_when": "何时必填",
    "severities": "不合要求时",
    "code_list": "代码表",
    "privacy": "隐私级别",
    "example": "示例",
    "help": "说明",
    "lives_in": "所在列",
    "is_retired": "停用",
    "condition": "条件",
    "message": "提示",
    "remedy": "补救办法",
    "codes": "可用代码",
}
_QUIET: tuple[Any, ...] = ("", None, [], {}, False)


@dataclass(frozen=True, slots=True)
class Line:
    """One fact of a changed part: how it was and how it will be; `""` where it said nothing."""

    label: str
    before: str
    after: str

    @property
    def differs(self) -> bool:
        return self.before != self.after


@dataclass(frozen=True, slots=True)
class Shown:
    """One change as it is shown."""

    mark: str
    act: str
    part: str
    object_key: str
    where: str
    code: str
    name: str
    lines: list[Line]
    anchor: str


def shown_changes(
    changes: list[Change], names: Mapping[str, Mapping[str, str]], lists: Mapping[str, str]
) -> list[Shown]:
    """Changes by object, in words; `names`: object → element code → name; `lists`: key → name."""
    found = [_shown(one, names, lists) for one in changes]
    order = [*OBJECTS]
    return sorted(
        found, key=lambda one: order.index(one.object_key) if one.object_key in order else len(order)
    )


def _shown(change: Change, names: Mapping[str, Mapping[str, str]], lists: Mapping[str, str]) -> Shown:
    known = names.get(change.object_key, {})
    name = change.name or known.get(change.code, change.code)
    is_item = change.part == "item"
    return Shown(
        mark=MARKS.get(change.act, ""),
        act=ACTS.get(change.act, change.act),
        part=PARTS[change.part],
        object_key="" if is_item else change.object_key,
        where=_list_said(change.object_key, lists)
        if is_item
        else OBJECTS.get(change.object_key, change.object_key),
        code=change.code,
        name=name,
        lines=list(_lines(change, known, lists)),
        anchor=f"{change.part}-{change.object_key}-{change.code}",
    )


def _list_said(key: str, lists: Mapping[str, str]) -> str:
    return f"代码表“{lists[key]}”（{key}）" if key in lists else f"代码表 {key}"


def _lines(change: Change, names: Mapping[str, str], lists: Mapping[str, str]) -> Iterator[Line]:
    for key, label in FIELDS.items():
        if key not in change.before and key not in change.after:
            continue
        before, after = (said(key, one.get(key), names) for one in (change.before, change.after))
        if key == "code_list":
            before, after = (_list_named(one, lists) for one in (before, after))
        if before or after:
            yield Line(label, before, after)


def _list_named(key: str, lists: Mapping[str, str]) -> str:
    return f"{lists[key]}（{key}）" if key in lists else key


def said(key: str, value: Any, names: Mapping[str, str]) -> str:  # a table of readings
    """One fact of a part in words."""
    if value in _QUIET:
        return ""
    match key:
        case "kind":
            return KINDS.get(value, value)
        case "required":
            return REQUIRED.get(value, value)
        case "privacy":
            return PRIVACY.get(value, value)
        case "is_retired":
            return "停用"
        case "length":
            return f"{value} 个字"
        case "required_when":
            return (
                f"{names.get(value['element'], value['element'])}为 {'、'.join(map(str, value['values']))} 时"
            )
        case "severities":
            return severities_said(value)
        case "condition":
            return in_words(value, names)
        case "codes":
            return "、".join(value)
    return str(value)


def severities_said(severities: Mapping[str, str]) -> str:
    """网页表单、导入文件警告，其余拒绝."""
    if not severities:
        return "各渠道都拒绝"
    by_severity: dict[str, list[str]] = {}
    for channel, name in CHANNELS.items():
        by_severity.setdefault(severities.get(channel, "block"), []).append(name)
    return "；".join(f"{'、'.join(found)}{SEVERITIES[key]}" for key, found in by_severity.items())


def element_said(element: ElementSpec) -> str:
    """An element of a lower layer in a line: what a city's may not contradict."""
    return f"{element.name}（{element.code}）：{asked_of(element)}"


def asked_of(element: ElementSpec, lists: Mapping[str, str] | None = None) -> str:
    """What is asked of an element, without its name; `lists`: key → name of code lists."""
    most = f"，最多 {element.most} 个字" if element.most else ""
    listed = (
        f"，代码表 {(lists or {}).get(element.code_list, element.code_list)}" if element.code_list else ""
    )
    required = "必填" if element.is_always_required else REQUIRED.get(element.required, "")
    return f"{KINDS.get(element.kind, element.kind)}{most}{listed}，{required}"


def codes_in_words(code_list: str, codes: Mapping[str, str]) -> str:
    """Some codes of a list with their names."""
    known = every_code(code_list)
    return "、".join(f"{code} {known.get(code, name)}" for code, name in codes.items())
