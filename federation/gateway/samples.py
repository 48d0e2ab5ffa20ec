"""What would leave under some terms, shown with a person who does not exist."""

from collections.abc import Mapping
from typing import Any

from federation.gateway.catalogue import COVERS, OBJECTS
from federation.models import AgreementVersion


def sample_row(name: str, terms: Mapping[str, Any]) -> dict[str, Any]:
    """One row of an object as the partner would receive it: the agreed fields, each with its example."""
    return {one.key: one.example for one in OBJECTS[name].picked(terms["fields"])}


def sample_answer(version: AgreementVersion, name: str) -> dict[str, Any]:
    """A whole answer, as the partner would receive it."""
    return {
        "agreement": version.agreement.number,
        "version": version.ordinal,
        "object": name,
        "covers": COVERS,
        "as_of": "2026-11-22T08:00:00+08:00",
        "rows": [sample_row(name, version.terms[name])],
        "more": False,
        "next_since": "2026-11-22T07:50:00+08:00",
    }
