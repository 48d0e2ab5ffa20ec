"""The closed language of validation rules: conditions as data, evaluated over one record. No Django, no I/O.

A condition is one of
    {"all": [condition, …]}   {"any": [condition, …]}   {"not": condition}
    {"filled": element}       {"empty": element}
    {"element": element, "in": [value, …]}              (also "not_in")
    {"left": operand, "is": "<=", "right": operand}     ("==", "!=", "<", "<=", ">", ">=")
and an operand one of
    {"element": element}  {"age": element}  {"parameter": key}  {"value": text or number}  {"today": true}
`age` counts full years on the day of judgement from a date, or from a citizen's number. A rule is
{"when": condition or null, "must": condition}. What the record does not say makes a comparison unknown, and
an unknown rule is kept: whether something must be said is the element's business.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

MOST_NODES, MOST_DEPTH = 60, 6
COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}
_SAID = {"==": "等于", "!=": "不等于", "<": "小于", "<=": "不大于", ">": "大于", ">=": "不小于"}
_JOINED = {"all": "，并且", "any": "，或者"}
_OPERANDS = ("element", "age", "parameter", "value", "today")

Record = Mapping[str, Any]
Parameters = Callable[[str], Any]


def is_empty(value: Any) -> bool:
    """Whether nothing was said: none, or blanks alone."""
    return value is None or (isinstance(value, str) and not value.strip())


def is_broken(condition: Mapping[str, Any], record: Record, on: date, parameters: Parameters) -> bool:
    """Whether a record certainly breaks a rule; what cannot be decided is not broken."""
    when = condition.get("when")
    if when and holds(when, record, on, parameters) is not True:
        return False
    return holds(condition["must"], record, on, parameters) is False


def holds(condition: Mapping[str, Any], record: Record, on: date, parameters: Parameters) -> bool | None:
    """Whether a condition is true of a record; None where the record does not say enough."""

    def part(one: Mapping[str, Any]) -> bool | None:
        return holds(one, record, on, parameters)

    if "all" in condition:
        return _all([part(one) for one in condition["all"]])
    if "any" in condition:
        return _not(_all([_not(part(one)) for one in condition["any"]]))
    if "not" in condition:
        return _not(part(condition["not"]))
    if "filled" in condition:
        return not is_empty(record.get(condition["filled"]))
    if "empty" in condition:
        return is_empty(record.get(condition["empty"]))
    if "left" in condition:
        left, right = (_operand(condition[side], record, on, parameters) for side in ("left", "right"))
        return _compared(left, condition["is"], right)
    return _among(condition, record)


def elements_of(condition: Any) -> list[str]:
    """The codes of the elements that a rule or condition speaks of, in order, each once."""
    return list(dict.fromkeys(_named(condition)))


def must_elements(condition: Mapping[str, Any]) -> list[str]:
    """The elements whose values a rule demands something of; the first is where a breach is shown."""
    return elements_of(condition.get("must", {}))


def fault_of(condition: Any, elements: Mapping[str, Any], parameters: Mapping[str, Any]) -> str:
    """What is wrong with a rule's condition, as a sentence; "" for one that can be evaluated.

    `elements` are those of the object, `parameters` the keys of the rule parameters.
    """
    if not isinstance(condition, dict) or set(condition) - {"when", "must"} or "must" not in condition:
        return "规则要写成 {“when”: 条件或 null, “must”: 条件}。"
    parts = [one for one in (condition.get("when"), condition["must"]) if one is not None]
    for one in parts:
        if fault := _fault(one, elements, parameters, 1):
            return fault
    return "规则太长，请拆成几条。" if sum(_size(one) for one in parts) > MOST_NODES else ""


def in_words(condition: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """A rule as it is read: “如果人员类型为 10，则工种等于 900”."""
    must = _words(condition["must"], names)
    return f"如果{_words(condition['when'], names)}，则{must}" if condition.get("when") else must


def age_on(born: date, on: date) -> int:
    """Full years; somebody born on 29 February is a year older on 1 March of a common year."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def as_date(value: Any) -> date | None:
    """A date, or the birth date within a citizen's number of eighteen places; None for anything else."""
    if isinstance(value, date):
        return value
    text = str(value).strip()
    if len(text) == 18 and text[:17].isdigit():
        text = f"{text[6:10]}-{text[10:12]}-{text[12:14]}"
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def as_number(value: Any) -> Decimal | None:
    """A finite number; None for anything else."""
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _all(parts: list[bool | None]) -> bool | None:
    if False in parts:
        return False
    return None if None in parts else True


def _not(part: bool | None) -> bool | None:
    return None if part is None else not part


def _among(condition: Mapping[str, Any], record: Record) -> bool | None:
    value = record.get(condition["element"])
    if is_empty(value):
        return None
    if "in" in condition:
        return _text(value) in [_text(one) for one in condition["in"]]
    return _text(value) not in [_text(one) for one in condition["not_in"]]


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    return str(value).strip()


def _operand(operand: Mapping[str, Any], record: Record, on: date, parameters: Parameters) -> Any:
    if "element" in operand:
        return record.get(operand["element"])
    if "age" in operand:
        said = record.get(operand["age"])
        born = None if is_empty(said) else as_date(said)
        return None if born is None else age_on(born, on)
    if "parameter" in operand:
        return parameters(operand["parameter"])
    return on if "today" in operand else operand["value"]


def _compared(left: Any, comparison: str, right: Any) -> bool | None:
    if is_empty(left) or is_empty(right):
        return None
    for read in (_both(left, right, date, as_date), _both(left, right, (int, float, Decimal), as_number)):
        if read is not None:
            return None if None in read else COMPARISONS[comparison](*read)
    first, second = as_number(left), as_number(right)
    if first is not None and second is not None and comparison not in ("==", "!="):
        return COMPARISONS[comparison](first, second)
    days = as_date(left), as_date(right)
    if None not in days and comparison not in ("==", "!="):
        return COMPARISONS[comparison](*days)
    return COMPARISONS[comparison](_text(left), _text(right))


def _both(left: Any, right: Any, kinds: Any, read: Callable[[Any], Any]) -> tuple[Any, Any] | None:
    """Both sides as one kind where either is of it already; None where neither is."""
    if any(isinstance(side, kinds) and not isinstance(side, bool) for side in (left, right)):
        return read(left), read(right)
    return None


def _named(condition: Any) -> Iterator[str]:
    if isinstance(condition, dict):
        for key, value in condition.items():
            if key in ("element", "age", "filled", "empty") and isinstance(value, str):
                yield value
            elif key != "value":
                yield from _named(value)
    elif isinstance(condition, list):
        for one in condition:
            yield from _named(one)


def _size(condition: Any) -> int:
    if isinstance(condition, dict):
        return 1 + sum(_size(value) for value in condition.values())
    return sum(map(_size, condition)) if isinstance(condition, list) else 1


def _fault(condition: Any, elements: Mapping[str, Any], parameters: Mapping[str, Any], depth: int) -> str:
    if not isinstance(condition, dict) or depth > MOST_DEPTH:
        return "条件要写成对象，嵌套不超过 6 层。"
    keys = frozenset(condition)
    if keys in (frozenset({"all"}), frozenset({"any"})):
        parts = condition[next(iter(keys))]
        if not isinstance(parts, list) or not parts:
            return "“并且”“或者”后面至少要有一个条件。"
        return next(filter(None, (_fault(one, elements, parameters, depth + 1) for one in parts)), "")
    if keys == {"not"}:
        return _fault(condition["not"], elements, parameters, depth + 1)
    if keys in (frozenset({"filled"}), frozenset({"empty"})):
        return _unknown(condition[next(iter(keys))], elements)
    if keys == {"left", "is", "right"}:
        return _fault_of_comparison(condition, elements, parameters)
    if keys in (frozenset({"element", "in"}), frozenset({"element", "not_in"})):
        listed = condition.get("in", condition.get("not_in"))
        if (
            not isinstance(listed, list)
            or not listed
            or not all(isinstance(one, str | int) for one in listed)
        ):
            return "请列出至少一个值。"
        return _unknown(condition["element"], elements)
    return "没有这样的条件，可用：all、any、not、filled、empty、in、not_in，以及比较。"


def _fault_of_comparison(
    condition: Mapping[str, Any], elements: Mapping[str, Any], parameters: Mapping[str, Any]
) -> str:
    if condition["is"] not in COMPARISONS:
        return f"比较只能用：{'、'.join(COMPARISONS)}。"
    for side in ("left", "right"):
        operand = condition[side]
        if not isinstance(operand, dict) or len(operand) != 1 or next(iter(operand)) not in _OPERANDS:
            return f"比较的两边只能是：{'、'.join(_OPERANDS)}。"
        kind, value = next(iter(operand.items()))
        if kind in ("element", "age") and (fault := _unknown(value, elements)):
            return fault
        if kind == "parameter" and value not in parameters:
            return f"没有名为“{value}”的规则参数，请从参数目录中选择。"
        if kind == "value" and not isinstance(value, str | int | float):
            return "比较的值只能是文字或数字。"
    return ""


def _unknown(code: Any, elements: Mapping[str, Any]) -> str:
    if isinstance(code, str) and code in elements:
        return ""
    return f"这个对象没有名为“{code}”的数据元素，请从列表中选择。"


def _words(condition: Mapping[str, Any], names: Mapping[str, str]) -> str:
    for key, joint in _JOINED.items():
        if key in condition:
            return joint.join(_words(one, names) for one in condition[key])
    if "not" in condition:
        return f"不是（{_words(condition['not'], names)}）"
    if "filled" in condition:
        return f"{names.get(condition['filled'], condition['filled'])}已填"
    if "empty" in condition:
        return f"{names.get(condition['empty'], condition['empty'])}未填"
    if "left" in condition:
        left, right = (_operand_words(condition[side], names) for side in ("left", "right"))
        return f"{left}{_SAID[condition['is']]}{right}"
    listed = "、".join(str(one) for one in condition.get("in", condition.get("not_in", ())))
    name = names.get(condition["element"], condition["element"])
    return f"{name}{'为' if 'in' in condition else '不为'} {listed}"


def _operand_words(operand: Mapping[str, Any], names: Mapping[str, str]) -> str:
    kind, value = next(iter(operand.items()))
    match kind:
        case "element":
            return names.get(value, value)
        case "age":
            return f"{names.get(value, value)}所示的周岁"
        case "parameter":
            return f"参数 {value}"
        case "today":
            return "当天"
    return f" {value} "
