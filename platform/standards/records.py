"""Records between the product's columns and the standard's elements: read for judging, kept, and shown.

A row that the standard may extend has `extras` (JSON) and `sealed_extras` (sealed JSON): element code →
value. Elements with a column of their own say in `lives_in` where that is: "person.name", "work.phone".
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from django.utils.translation import gettext as _

from kernel.errors import DomainError
from kernel.masking import mask_card, mask_id_number, mask_phone
from standards.conditions import is_empty
from standards.errors import BreaksStandard
from standards.judging import KIND, NO_CODE, Finding, blocking, judge, read_value
from standards.selectors import code_name
from standards.spec import CARD, CODE, ID_NUMBER, PHONE, PHOTO, YES_NO, ElementSpec, Standard

HIDDEN = "已填（加密）"


class Extended(Protocol):
    """A row that keeps what the standard adds."""

    extras: Any
    sealed_extras: Any


@dataclass(frozen=True, slots=True)
class Shown:
    """An added element with its value as everybody may see it; numbers are masked, sealed texts hidden."""

    element: ElementSpec
    text: str


def record_of(
    standard: Standard,
    object_key: str,
    parts: Mapping[str, Any],
    extras: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """What was said, by element code: `parts` are the facts or rows that `lives_in` names."""
    found: dict[str, Any] = {}
    for element in standard.elements(object_key):
        value = (extras or {}).get(element.code) if element.is_extra else _in_parts(element, parts)
        if not is_empty(value):
            found[element.code] = value
    return found


def by_place(standard: Standard, object_key: str, said: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Values by element code, sorted by where they live: "work" → {"phone": …}; added ones under "extras"."""
    found: dict[str, dict[str, Any]] = {}
    for code, value in said.items():
        element = standard.element(object_key, code)
        if element is None:
            continue
        root, _dot, name = element.lives_in.partition(".") if element.lives_in else ("extras", "", code)
        found.setdefault(root, {})[name] = value
    return found


def extras_of(row: Extended) -> dict[str, Any]:
    """Every added element of a row with its value, sealed ones opened: for judging and editing only."""
    sealed = row.sealed_extras
    return {**(row.extras or {}), **(json.loads(sealed) if sealed else {})}


def keep_extras(
    row: Extended, standard: Standard, object_key: str, given: Mapping[str, Any] | None
) -> list[str]:
    """Put added elements in their place on a row, which the caller saves; names what changed.

    Only elements of the standard are kept. An empty value takes what stood away; what is not given stays,
    also values of elements that have been retired since.
    """
    if not given:
        return []
    plain, sealed = dict(row.extras or {}), json.loads(row.sealed_extras or "{}")
    changed = []
    for element in standard.extras(object_key):
        if element.code not in given:
            continue
        place, value = sealed if element.is_sealed else plain, read_value(element, given[element.code])
        if place.get(element.code) == value:
            continue
        changed.append(element.code)
        if value is None:
            del place[element.code]
        else:
            place[element.code] = value
    if changed:
        row.extras = plain or None
        row.sealed_extras = json.dumps(sealed, ensure_ascii=False) if sealed else None
    return sorted(changed)


def shown_extras(row: Extended, standard: Standard, object_key: str) -> list[Shown]:
    """The added elements that a row has, as they are shown: retired ones too, for what was said stays."""
    said = extras_of(row)
    elements: Iterable[ElementSpec] = standard.all_elements.get(object_key, ())
    return [
        Shown(element, shown_value(element, said[element.code]))
        for element in elements
        if element.is_extra and element.code in said
    ]


def shown_value(element: ElementSpec, value: Any) -> str:
    """A value as everybody may see it."""
    if is_empty(value):
        return ""
    match element.kind:
        case kind if kind == ID_NUMBER:
            return mask_id_number(str(value))
        case kind if kind == PHONE:
            return mask_phone(str(value))
        case kind if kind == CARD:
            return mask_card(str(value))
    if element.is_sealed:
        return HIDDEN
    if element.kind == PHOTO:
        return "已上传"
    if element.kind == CODE:
        return code_name(element.code_list, str(value))
    if element.kind == YES_NO:
        return "是" if value in (True, "1", 1) else "否"
    said = value.isoformat() if isinstance(value, date) else str(value)
    return f"{said} {element.unit}".strip()


def masked_value(element: ElementSpec | None, value: Any) -> str:
    """A value as the answer to “why was it refused” repeats it: shortened, and nothing personal in clear."""
    if element is None or is_empty(value):
        return ""
    if element.privacy in ("personal", "sealed") and element.kind not in (ID_NUMBER, PHONE, CARD):
        return f"（{len(str(value))} 个字，已隐去）"
    said = str(value) if element.kind in (CODE, YES_NO) else shown_value(element, value)
    return said if len(said) <= 60 else f"{said[:60]}…"


def judged(
    standard: Standard,
    object_key: str,
    record: Mapping[str, Any],
    *,
    channel: str,
    touched: Iterable[str] | None = None,
) -> list[Finding]:
    """Judge a record (element code → value); returns what is only to be told. Raises BreaksStandard.

    `touched`: of a change, the elements that it speaks of; what was missing before and is not spoken of
    refuses no change, it is told.
    """
    found = judge(standard, object_key, record, channel=channel)
    named = None if touched is None else set(touched)
    refusing = [one for one in blocking(found) if named is None or one.element in named]
    if refusing:
        raise broken(standard, object_key, record, refusing)
    return found


def without_ill(extras: Mapping[str, Any], findings: Iterable[Finding]) -> dict[str, Any]:
    """What may be kept of the added elements: not what a city alone warns of as none of its kind."""
    ill = {one.element for one in findings if one.rule in (KIND, NO_CODE) and one.version.is_citys}
    return {code: value for code, value in extras.items() if code not in ill}


def unknown_element(standard: Standard, object_key: str, said: Iterable[str]) -> DomainError | None:
    """The refusal of the first code that is no element of the standard; None where all are."""
    for code in said:
        element = standard.element(object_key, code)
        if element is None or element.is_retired:
            told = _("数据标准中没有名为“{code}”的数据元素，可用的见 /api/v1/standards/effective/。")
            return DomainError(
                told.format(code=code[:40]), code="unknown_element", field=f"extras.{code[:40]}"
            )
    return None


def broken(
    standard: Standard, object_key: str, record: Mapping[str, Any], findings: list[Finding]
) -> BreaksStandard:
    """The refusal of a record, with what was said masked."""
    named = {one.element for one in findings}
    values = {code: masked_value(standard.element(object_key, code), record.get(code)) for code in named}
    return BreaksStandard(findings, {code: text for code, text in values.items() if text})


def _in_parts(element: ElementSpec, parts: Mapping[str, Any]) -> Any:
    root, _dot, name = element.lives_in.partition(".")
    return getattr(parts.get(root), name, None)
