"""Records between the product's columns and the standard's elements: read for judging, kept, and shown.

A row that the standard may extend has `extras` (JSON) and `sealed_extras` (sealed JSON): element code → value.
Elements with a column of their own say in `lives_in` where that is: "person.name", "work.phone".
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from kernel.masking import mask_card, mask_id_number, mask_phone
from standards.conditions import is_empty
from standards.judging import read_value
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


def extras_of(row: Extended) -> dict[str, Any]:
    """Every added element of a row with its value, sealed ones opened: for judging and editing only."""
    sealed = row.sealed_extras
    return {**(row.extras or {}), **(json.loads(sealed) if sealed else {})}


def keep_extras(
    row: Extended, standard: Standard, object_key: str, given: Mapping[str, Any] | None
) -> list[str]:
    """Put added elements in their place on a row, which the caller saves; names what changed.

    Only elements of the standard are kept. An empty value takes what stood away; what is not given stays, also
    values of elements that have been retired since.
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


def _in_parts(element: ElementSpec, parts: Mapping[str, Any]) -> Any:
    root, _dot, name = element.lives_in.partition(".")
    return getattr(parts.get(root), name, None)
