"""Asking every read as every role."""

from collections.abc import Callable, Iterable
from typing import Any

from kernel.errors import DomainError
from kernel.scoping import Actor
from tests.support.traces import written_out
from tests.support.world import ROLES, SELECTORS, County

# The province sees both counties by right.
LOCAL_ROLES = tuple(role for role in ROLES if role != "province_regulator")
# One role for each kind of reach: a region, an enterprise, a project, a participation.
REACHES = ("county_regulator", "contractor_manager", "labour_clerk", "subcontractor_clerk")
Answers = dict[tuple[str, str], list[str]]


def asked(selector: Callable[[Actor, County], Any], actor: Actor, county: County) -> list[str]:
    """What the read answered, as texts; a refusal is its code."""
    try:
        return written_out(selector(actor, county))
    except DomainError as refused:
        return [refused.code]


def answers(county: County, roles: Iterable[str] = REACHES) -> Answers:
    """Every read of every role, with the county's own rows."""
    return {
        (role, name): asked(selector, county.actor(role), county)
        for role in roles
        for name, selector in SELECTORS.items()
    }
