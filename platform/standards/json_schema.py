"""The effective standard of one kind of record as a JSON Schema (2020-12), for programs."""

from collections.abc import Iterator, Mapping
from typing import Any

from standards.conditions import in_words
from standards.spec import (
    ALWAYS,
    API,
    CODE,
    DATE,
    INTERFACES,
    NUMBER,
    OBJECTS,
    PHOTO,
    WHEN,
    YES_NO,
    ElementSpec,
    RuleSpec,
    Standard,
)

DIALECT = "https://json-schema.org/draft/2020-12/schema"
# A longer list is named, not written out.
MOST_CODES = 400


def json_schema(standard: Standard, object_key: str) -> dict[str, Any]:
    """What a record of this kind must say here and now.

    `required` holds all that the effective standard asks for on the REST interface; `x-accepted-until` beside
    an element says that a record without it is still taken until that day, and `x-layer` "city" that its
    absence never refuses a record.
    """
    elements = standard.elements(object_key)
    schema: dict[str, Any] = {
        "$schema": DIALECT,
        "title": OBJECTS.get(object_key, object_key),
        "type": "object",
        "x-on": standard.on.isoformat(),
        "x-versions": [version_data(ref) for ref in standard.versions],
        "properties": {one.code: _property(standard, one) for one in elements},
        "required": [one.code for one in elements if _is_required(one)],
        "additionalProperties": False,
    }
    if conditional := list(_conditional(elements)):
        schema["allOf"] = conditional
    if rules := [_rule(standard, one) for one in standard.rules(object_key)]:
        schema["x-rules"] = rules
    return schema


def schema_of_element(standard: Standard, element: ElementSpec) -> dict[str, Any]:
    """One element as it stands among the properties, for the preview of a draft."""
    return _property(standard, element)


def version_data(ref: Any) -> dict[str, Any]:
    """A version as programs are told of it."""
    return {
        "public_id": ref.public_id,
        "layer": ref.layer,
        "number": ref.number,
        "title": ref.title,
        "region": ref.region or None,
        "effective_from": ref.effective_from.isoformat() if ref.effective_from else None,
        "cutoff": ref.cutoff.isoformat() if ref.cutoff else None,
    }


def _is_required(element: ElementSpec) -> bool:
    """A city's wishes are told as well, though they never refuse what comes by an interface."""
    return any(one.required == ALWAYS and (one.binds(API) or one.version.is_citys) for one in element.asked)


def _property(standard: Standard, element: ElementSpec) -> dict[str, Any]:
    found: dict[str, Any] = {"title": element.name, **_type(standard, element)}
    if element.help:
        found["description"] = element.help
    if element.example:
        found["examples"] = [element.example]
    if element.unit:
        found["x-unit"] = element.unit
    found["x-kind"] = element.kind
    found["x-privacy"] = element.privacy
    found["x-layer"] = element.layer
    found["x-version"] = element.version.number
    found["x-is-extra"] = element.is_extra
    if until := _accepted_until(standard, element):
        found["x-accepted-until"] = until
    return found


def _type(standard: Standard, element: ElementSpec) -> dict[str, Any]:
    if element.kind == NUMBER:
        return {"type": "number"}
    if element.kind == YES_NO:
        return {"type": "boolean"}
    if element.kind == DATE:
        return {"type": "string", "format": "date"}
    if element.kind == PHOTO:
        return {"type": "string", "contentEncoding": "base64", "contentMediaType": "image/jpeg"}
    if element.kind == CODE:
        offered = standard.offered(element)
        listed = {"enum": list(offered)} if 0 < len(offered) <= MOST_CODES else {}
        return {"type": "string", **listed, "x-code-list": element.code_list}
    return {"type": "string", **({"maxLength": element.most} if element.most else {})}


def _accepted_until(standard: Standard, element: ElementSpec) -> str:
    """The last day on which an interface takes a record without it, where it is newly asked for."""
    if not element.is_asked_on(API) or not standard.earlier:
        return ""
    before = [one.element(element.object_key, element.code) for one in standard.earlier]
    if all(one is not None and one.is_asked_on(API) for one in before):
        return ""
    cutoffs = [ref.cutoff for ref in standard.versions if ref.cutoff and not ref.is_citys]
    return max(cutoffs).isoformat() if cutoffs else ""


def _conditional(elements: tuple[ElementSpec, ...]) -> Iterator[dict[str, Any]]:
    for element in elements:
        for one in element.asked:
            if one.required == WHEN and (when := one.required_when):
                yield {
                    "if": {
                        "properties": {when["element"]: {"enum": list(when["values"])}},
                        "required": [when["element"]],
                    },
                    "then": {"required": [element.code]},
                }


def _rule(standard: Standard, rule: RuleSpec) -> dict[str, Any]:
    names: Mapping[str, str] = {one.code: one.name for one in standard.elements(rule.object_key)}
    return {
        "code": rule.code,
        "condition": dict(rule.condition),
        "in_words": in_words(rule.condition, names),
        "message": rule.message,
        "remedy": rule.remedy,
        "severity": {channel: rule.severities.get(channel, "block") for channel in sorted(INTERFACES)},
        "layer": rule.version.layer,
        "version": rule.version.number,
    }
