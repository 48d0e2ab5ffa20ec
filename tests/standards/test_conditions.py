"""The closed language of validation rules."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from standards.conditions import elements_of, fault_of, in_words, is_broken

ON = date(2026, 11, 26)
NAMES = {"trade": "工种", "kind": "人员类型", "id_number": "证件号码", "starts_on": "开始", "ends_on": "结束"}
PARAMETERS = {"age.minimum": 16}
OLD_ENOUGH = {"must": {"left": {"age": "id_number"}, "is": ">=", "right": {"parameter": "age.minimum"}}}
IN_ORDER = {"must": {"left": {"element": "ends_on"}, "is": ">=", "right": {"element": "starts_on"}}}
MANAGERS = {"when": {"element": "trade", "in": ["900"]}, "must": {"element": "kind", "in": ["10"]}}


def _broken(rule: dict[str, Any], **record: Any) -> bool:
    return is_broken(rule, record, ON, PARAMETERS.__getitem__)


@pytest.mark.parametrize(
    ("rule", "record", "broken"),
    [
        (OLD_ENOUGH, {"id_number": "420001201011270010"}, True),
        (OLD_ENOUGH, {"id_number": "420001201011260010"}, False),
        (OLD_ENOUGH, {"id_number": date(2011, 1, 1)}, True),
        (OLD_ENOUGH, {}, False),
        (IN_ORDER, {"starts_on": "2026-11-26", "ends_on": date(2026, 11, 25)}, True),
        (IN_ORDER, {"starts_on": date(2026, 11, 26), "ends_on": "2026-11-26"}, False),
        (IN_ORDER, {"starts_on": date(2026, 11, 26), "ends_on": ""}, False),
        (MANAGERS, {"trade": "900", "kind": "20"}, True),
        (MANAGERS, {"trade": "900", "kind": "10"}, False),
        (MANAGERS, {"trade": "010", "kind": "20"}, False),
        (MANAGERS, {"trade": "900"}, False),
        ({"when": {"filled": "trade"}, "must": {"filled": "kind"}}, {"trade": "010"}, True),
        ({"must": {"any": [{"filled": "trade"}, {"filled": "kind"}]}}, {"kind": " "}, True),
        ({"must": {"not": {"all": [{"filled": "trade"}, {"empty": "kind"}]}}}, {"trade": "1"}, True),
        ({"must": {"left": {"element": "n"}, "is": ">", "right": {"value": 0}}}, {"n": Decimal("0.0")}, True),
        ({"must": {"left": {"element": "n"}, "is": "<", "right": {"value": 10}}}, {"n": "9"}, False),
        (
            {"must": {"left": {"element": "d"}, "is": "<=", "right": {"today": True}}},
            {"d": "2026-11-27"},
            True,
        ),
    ],
)
def test_a_rule_is_broken_only_by_what_the_record_certainly_says(
    rule: dict[str, Any], record: dict[str, Any], broken: bool
) -> None:
    assert _broken(rule, **record) is broken


@pytest.mark.parametrize(
    ("condition", "says"),
    [
        ({}, "must"),
        ({"must": {"code": "__import__('os')"}}, "没有这样的条件"),
        ({"must": {"left": {"element": "trade"}, "is": "~", "right": {"value": 1}}}, "比较只能用"),
        ({"must": {"left": {"sql": "1"}, "is": "==", "right": {"value": 1}}}, "比较的两边只能是"),
        ({"must": {"filled": "no_such"}}, "没有名为“no_such”的数据元素"),
        ({"must": {"left": {"parameter": "x"}, "is": "==", "right": {"value": 1}}}, "没有名为“x”的规则参数"),
        ({"must": {"all": []}}, "至少要有一个条件"),
        ({"must": {"element": "trade", "in": []}}, "至少一个值"),
        ({"must": {"not": {"not": {"not": {"not": {"not": {"not": {"filled": "trade"}}}}}}}}, "嵌套不超过"),
        ({"must": {"all": [{"filled": "trade"}] * 60}}, "规则太长"),
    ],
)
def test_what_is_not_of_the_language_is_refused_in_a_sentence(condition: dict[str, Any], says: str) -> None:
    assert says in fault_of(condition, NAMES, PARAMETERS)


def test_rules_are_read_in_words_and_say_which_elements_they_speak_of() -> None:
    assert in_words(MANAGERS, NAMES) == "如果工种为 900，则人员类型为 10"
    assert in_words(OLD_ENOUGH, NAMES) == "证件号码所示的周岁不小于参数 age.minimum"
    assert elements_of(MANAGERS) == ["trade", "kind"]
    assert fault_of(MANAGERS, NAMES, PARAMETERS) == fault_of(OLD_ENOUGH, NAMES, PARAMETERS) == ""
