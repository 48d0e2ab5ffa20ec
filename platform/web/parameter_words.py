"""A parameter's value as people read it."""

from standards import rules
from standards.models import RuleParameter
from standards.selectors import codes
from web import words

LEVELS = {"amber": "提示", "red": "告警"}


def shown_value(row: RuleParameter) -> str:
    """A rate in per cent, a list by its names, several numbers each under its name."""
    value = row.value
    if row.unit == rules.RATE_UNIT:
        return words.percent(value)
    if isinstance(value, dict):
        told = (f"{LEVELS.get(key, key)} {_part(value[key])}" for key in rules.names_of(value))
        return f"{'，'.join(told)} {row.unit}".strip()
    if isinstance(value, list):
        known = codes(rules.CODE_LISTS.get(row.key, ""))
        return "、".join(known.get(str(one), str(one)) for one in value)
    return f"{value} {row.unit}".strip()


def _part(value: object) -> str:
    return "、".join(map(str, value)) if isinstance(value, list) else str(value)
