"""What the value of a parameter may be, by the kind of its default: no Django, clock or I/O."""

from collections.abc import Collection, Mapping
from typing import Any

RATE, NUMBER, LEVELS, CODES = "rate", "number", "levels", "codes"
RATE_UNIT = "比例"
MOST = 1_000_000
# Parameters that name codes, and the list each takes them from.
CODE_LISTS = {
    "key_posts.required": "key_post",
    "training.basic_types": "training_type",
    "ledgers.participation_kinds": "participation_kind",
}


def kind_of(default: Any, unit: str) -> str:
    """How a parameter is typed and checked: a rate, a number, several named numbers, or a list of codes."""
    if isinstance(default, list):
        return CODES
    if isinstance(default, dict):
        return LEVELS
    return RATE if unit == RATE_UNIT else NUMBER


def names_of(value: Mapping[str, Any]) -> list[str]:
    """The names of several numbers as they are read: the warning before the alarm, others by name."""
    return sorted(value, key=lambda name: ({"amber": 0, "red": 1}.get(name, 2), name))


def fault_of(value: Any, default: Any, unit: str, known: Collection[str] = ()) -> str:
    """What is wrong with a value, as a sentence; "" for one of the same kind as the default.

    `known` are the codes that a list may hold.
    """
    kind = kind_of(default, unit)
    if kind == CODES:
        return _fault_of_codes(value, known)
    if kind == LEVELS:
        return _fault_of_levels(value, default)
    if kind == RATE:
        return "" if _is_number(value) and 0 <= value <= 1 else "比例应在 0% 到 100% 之间，请重填。"
    return _fault_of_number(value, default)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _fault_of_number(value: Any, default: Any) -> str:
    whole = isinstance(default, int)
    if not _is_number(value) or (whole and not float(value).is_integer()):
        return "请填整数。" if whole else "请填数字。"
    return "" if 0 <= value <= MOST else f"请填 0 到 {MOST} 之间的数。"


def _fault_of_levels(value: Any, default: Mapping[str, Any]) -> str:
    if not isinstance(value, dict) or set(value) != set(default):
        return f"请逐项填写：{'、'.join(names_of(default))}。"
    for name, one in value.items():
        if fault := _fault_of_number(one, default[name]):
            return f"{name}：{fault}"
    if {"amber", "red"} <= set(value) and value["amber"] > value["red"]:
        return "提示线不能高于告警线，请核对两个数。"
    return ""


def _fault_of_codes(value: Any, known: Collection[str]) -> str:
    if not isinstance(value, list) or not value:
        return "请至少选一项。"
    if unknown := [str(code) for code in value if code not in known]:
        return f"代码表中没有“{'、'.join(unknown)[:60]}”，请从代码表中选择。"
    return "" if len(set(value)) == len(value) else "同一代码只能选一次。"
