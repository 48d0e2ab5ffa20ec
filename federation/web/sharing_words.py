"""How terms and what left are said."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from federation.gateway.catalogue import FILTERS, OBJECTS
from federation.gateway.kinds import Field, Shared
from federation.models import AgreementVersion, GatewayLog
from regions.selectors import regions
from standards.spec import OPEN, PERSONAL, PRIVACY, SEALED

LEVELS = {OPEN: "grey", PERSONAL: "amber", SEALED: "red"}


@dataclass(frozen=True, slots=True)
class ToldField:
    """A field as a page says it."""

    label: str
    key: str
    means: str
    level: str
    privacy: str
    example: str
    basis: str = ""


@dataclass(frozen=True, slots=True)
class ToldObject:
    """An object's terms as a page says them."""

    key: str
    label: str
    means: str
    fields: list[ToldField]
    filters: list[tuple[str, str]]


def told_field(one: Field, basis: str = "") -> ToldField:
    """A field with its privacy in words."""
    level = LEVELS.get(one.privacy, "blue")
    return ToldField(one.label, one.key, one.means, level, PRIVACY[one.privacy], shown(one.example), basis)


def shown(value: Any) -> str:
    """A value as JSON would write it, texts without their marks."""
    return value if isinstance(value, str) else json.dumps(value)


def told_terms(version: AgreementVersion) -> list[ToldObject]:
    """What a version lets out, object by object."""
    return [_told(OBJECTS[name], terms) for name, terms in version.terms.items() if name in OBJECTS]


def _told(shared: Shared, terms: Mapping[str, Any]) -> ToldObject:
    fields = [told_field(one, terms["bases"].get(one.key, "")) for one in shared.picked(terms["fields"])]
    filters = [(FILTERS[name], _value(name, value)) for name, value in terms["filters"].items()]
    if "regions" not in terms["filters"]:
        filters.insert(0, (FILTERS["regions"], "全省"))
    return ToldObject(shared.key, shared.label, shared.means, fields, filters)


def _value(name: str, value: Any) -> str:
    if name == "regions":
        return "、".join(regions().filter(code__in=value).values_list("name", flat=True))
    if isinstance(value, bool):
        return "是"
    return "、".join(value) if isinstance(value, list) else str(value)


def labels_of(shared: str, fields: list[str]) -> str:
    """The fields of a call in words."""
    of = OBJECTS.get(shared)
    return "、".join(one.label for one in of.picked(fields)) if of else "、".join(fields)


def object_label(name: str) -> str:
    """An object in words."""
    return OBJECTS[name].label if name in OBJECTS else name or "未写明"


def told_receipt(line: GatewayLog) -> dict[str, Any]:
    """Of one call, what the person whose data left is told: who, when, what for, which fields."""
    return {
        "who": line.partner.name,
        "at": line.at,
        "what": object_label(line.shared),
        "fields": labels_of(line.shared, line.fields),
        "purpose": line.version.purpose,
        "basis": line.version.legal_basis,
    }
