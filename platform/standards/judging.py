"""Judging one record by the effective standard: what is wrong, by which element or rule of which version.

Which layers judge which channel (I-23):

* Forms and imported files are a city's own: national, provincial and the city's demands all refuse.
* Interfaces (REST, vendors) refuse by the national and provincial layers alone. What only a city asks is a
  warning there, so that a record which is valid for the province is never refused because of a city.
* What a version newly asks is a warning on interfaces until its cut-off, and refuses after it; forms and
  files ask for it from the day on which it comes into force.

No Django, clock or I/O. Sentences never repeat a value.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from standards.conditions import as_number, is_broken, is_empty
from standards.spec import (
    ALWAYS,
    BLOCK,
    CARD,
    CODE,
    FORM,
    ID_NUMBER,
    INTERFACES,
    NUMBER,
    PHONE,
    TEXT,
    WARN,
    WHEN,
    YES_NO,
    Demand,
    ElementSpec,
    RuleSpec,
    Standard,
    VersionRef,
    severity_of,
)

Record = Mapping[str, Any]
# What is wrong with an element by itself; a validation rule stands under its own code.
MISSING, KIND, LENGTH, NO_CODE, UNKNOWN = "required", "kind", "length", "code", "unknown"
OWN_RULES = {
    MISSING: "必填",
    KIND: "类型",
    LENGTH: "长度",
    NO_CODE: "代码表",
    UNKNOWN: "没有此数据元素",
}
_ORDER = {BLOCK: 0, WARN: 1}
_YES, _NO = {"1", "true", "yes", "是"}, {"0", "false", "no", "否"}
_DIGITS = frozenset("0123456789")
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
MOST_OF_A_NUMBER = 10**15


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong with one record. `element` is where it is shown; `rule` is why.

    `until` is the day from which on it will be refused, where it is only a warning for now.
    """

    element: str
    rule: str
    severity: str
    message: str
    remedy: str
    version: VersionRef
    until: date | None = None

    @property
    def layer(self) -> str:
        return self.version.layer

    @property
    def blocks(self) -> bool:
        return self.severity == BLOCK

    @property
    def sentence(self) -> str:
        """What is wrong and what to do, as one reads it beside a field."""
        return f"{self.message}{self.remedy}"

    @property
    def warning(self) -> str:
        """The same for a record that was taken all the same, with the day from which it is refused."""
        later = f"{self.until.isoformat()} 之后将拒绝。" if self.until else ""
        return f"{self.sentence}{later}（{self.version.number}）"

    def as_data(self) -> dict[str, Any]:
        """What programs and the page “why was it refused” are told; without the value."""
        return {
            "element": self.element,
            "rule": self.rule,
            "severity": self.severity,
            "message": self.message,
            "remedy": self.remedy,
            "layer": self.version.layer,
            "version": self.version.number,
            "version_id": self.version.public_id,
            "until": self.until.isoformat() if self.until else None,
        }


def judge(
    standard: Standard, object_key: str, record: Record, *, channel: str = FORM, on: date | None = None
) -> list[Finding]:
    """Everything wrong with a record (element code → value), the refusing findings first.

    `on`: the day that ages and the like are counted for; by default the day of the standard.
    """
    day = on or standard.on
    found = list(_findings(standard, object_key, record, channel, day))
    if channel in INTERFACES:
        found = [_for(channel, one) for one in found]
        if standard.earlier and any(one.blocks for one in found):
            found = list(_with_grace(standard, object_key, record, channel, day, found))
    return sorted(found, key=lambda one: _ORDER.get(one.severity, 2)) if len(found) > 1 else found


def blocking(findings: list[Finding]) -> list[Finding]:
    """Those that refuse the record."""
    return [one for one in findings if one.blocks]


def fault_of_value(standard: Standard, element: ElementSpec, value: Any) -> Finding | None:
    """What is wrong with a value of one element by itself, as a refusal; None for a good or empty one."""
    return next(_of_value(standard, element, value), None)


def read_value(element: ElementSpec, value: Any) -> Any:
    """A value as extras keep it: text, or a number or yes-no in plain JSON; None for nothing.

    The value was judged before; what is not of its kind is kept as it came.
    """
    if is_empty(value):
        return None
    if element.kind == YES_NO:
        return yes_or_no(value)
    if element.kind == NUMBER and (number := as_number(value)) is not None:
        return int(number) if number == number.to_integral_value() else float(number)
    return value.isoformat() if isinstance(value, date) else str(value).strip()


def _for(channel: str, finding: Finding) -> Finding:
    """A city's own wish never refuses what other systems report (I-23)."""
    if channel in INTERFACES and finding.version.is_citys and finding.blocks:
        return replace(finding, severity=WARN)
    return finding


def _with_grace(
    standard: Standard, object_key: str, record: Record, channel: str, day: date, found: list[Finding]
) -> Iterator[Finding]:
    """What some standard that is still followed would have taken is a warning until its cut-off."""
    before = [
        {
            (one.element, one.rule)
            for one in _findings(earlier, object_key, record, channel, day)
            if one.blocks
        }
        for earlier in standard.earlier
    ]
    last = max((ref.cutoff for ref in standard.versions if ref.cutoff), default=None)
    for one in found:
        is_new = one.blocks and any((one.element, one.rule) not in refused for refused in before)
        yield replace(one, severity=WARN, until=one.version.cutoff or last) if is_new else one


def _findings(
    standard: Standard, object_key: str, record: Record, channel: str, on: date
) -> Iterator[Finding]:
    for element in standard.elements(object_key):
        value = record.get(element.code)
        if is_empty(value):
            yield from _missing(element, record, channel)
        else:
            yield from _of_value(standard, element, value)
    for rule in standard.rules(object_key):
        if is_broken(rule.condition, record, on, standard.parameters):
            yield _broken(rule, channel)


def _missing(element: ElementSpec, record: Record, channel: str) -> Iterator[Finding]:
    """One finding, by the lowest of the layers that ask for it most strictly."""
    asked = [one for one in element.asked if _is_asked(one, record)]
    if not asked:
        return
    one = min(asked, key=lambda one: severity_of(one.severities, channel) != BLOCK)
    severity = severity_of(one.severities, channel)
    remedy = f"请填写{element.name}" + (f"，例如：{element.example}。" if element.example else "。")
    yield Finding(element.code, MISSING, severity, f"“{element.name}”没有填。", remedy, one.version)


def _is_asked(demand: Demand, record: Record) -> bool:
    return demand.required == ALWAYS or (demand.required == WHEN and _applies(demand.required_when, record))


def _applies(when: Mapping[str, Any] | None, record: Record) -> bool:
    if not when:
        return False
    return _plain(record.get(when["element"])) in {_plain(one) for one in when["values"]}


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    return "" if value is None else str(value).strip()


def _of_value(standard: Standard, element: ElementSpec, value: Any) -> Iterator[Finding]:
    if fault := _fault_of_kind(element, value):
        yield Finding(element.code, KIND, BLOCK, f"“{element.name}”{fault[0]}", fault[1], element.version)
        return
    if element.kind == CODE:
        yield from _of_code(standard, element, _plain(value))
    elif element.kind in (TEXT, ID_NUMBER, PHONE, CARD):
        yield from _of_length(element, len(_plain(value)))


def _of_code(standard: Standard, element: ElementSpec, code: str) -> Iterator[Finding]:
    known = standard.codes(element.code_list)
    remedy = "请从代码表中选择。"
    if code not in known:
        yield Finding(
            element.code, NO_CODE, BLOCK, f"“{element.name}”没有这个代码。", remedy, element.version
        )
        return
    for demand in element.demands:
        if demand.codes is not None and code not in demand.codes:
            told = f"“{element.name}”的这个代码在这里不用。"
            yield Finding(element.code, NO_CODE, BLOCK, told, remedy, demand.version)
            return


def _of_length(element: ElementSpec, length: int) -> Iterator[Finding]:
    for one in element.asked:
        if one.length and length > one.length:
            told = f"“{element.name}”最多 {one.length} 个字，现有 {length} 个。"
            yield Finding(element.code, LENGTH, BLOCK, told, "请缩短后再填。", one.version)
            return


def _fault_of_kind(element: ElementSpec, value: Any) -> tuple[str, str] | None:
    """What is wrong and what to do, where a value is not of its element's kind."""
    if isinstance(value, dict | list | tuple):
        return "应为单个值。", "请只填一个值，不写成列表或对象。"
    text = _plain(value)
    if _UNSTORABLE.search(text):
        return "含有无法保存的字符。", "请删去看不见的控制字符后再填。"
    match element.kind:
        case "number" if (number := as_number(value)) is None or abs(number) >= MOST_OF_A_NUMBER:
            return "应为数字。", "请只填数字，不带单位，不超过 15 位。"
        case "date" if not isinstance(value, date) and not _is_date(text):
            return "应为日期。", "请写成 2026-11-26 这样，并且确有这一天。"
        case "yes_no" if yes_or_no(value) is None:
            return "应为是或否。", "请填 1（是）或 0（否）。"
        case "id_number" if not (4 <= len(text) <= 30 and text.isalnum()):
            return "不是一个证件号码。", "请照证件填写，不带空格。"
        case "phone" if not 7 <= len(text) <= 20 or not set(text) <= _DIGITS | set("+-() "):
            return "不是一个电话号码。", "请只填数字，例如 11 位手机号。"
        case "card" if not 8 <= len(text.replace(" ", "")) <= 30 or not set(text) <= _DIGITS | {" "}:
            return "不是一个银行卡号。", "请只填数字，照卡面填写。"
    return None


def _is_date(text: str) -> bool:
    try:
        return len(text) == 10 and bool(date.fromisoformat(text))
    except ValueError:
        return False


def yes_or_no(value: Any) -> bool | None:
    """What a flag says, however it is written; None for anything else."""
    if isinstance(value, bool):
        return value
    text = _plain(value).lower()
    return True if text in _YES else False if text in _NO else None


def _broken(rule: RuleSpec, channel: str) -> Finding:
    severity = severity_of(rule.severities, channel)
    return Finding(rule.shown_at, rule.code, severity, rule.message, rule.remedy, rule.version)
