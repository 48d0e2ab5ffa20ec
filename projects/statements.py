"""What a vendor's system states of enterprises, projects and participants, before anybody has judged it.

None means that nothing was stated: what is on record stays. Codes are those of the standard.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from decimal import Decimal
from typing import Any

from regions.models import Region


@dataclass(frozen=True, slots=True)
class EnterpriseFacts:
    """Columns of EnterpriseParticulars; capital in 万元."""

    kind: str | None = None
    licence_number: str | None = None
    area_code: str | None = None
    address: str | None = None
    postcode: str | None = None
    legal_name: str | None = None
    legal_duty: str | None = None
    legal_title: str | None = None
    legal_id_type: str | None = None
    legal_id_number: str | None = field(default=None, repr=False)
    capital: Decimal | None = None
    paid_in_capital: Decimal | None = None
    currency: str | None = None
    registered_on: date | None = None
    established_on: date | None = None
    office_phone: str | None = None
    fax: str | None = None
    contact_name: str | None = None
    contact_phone: str | None = field(default=None, repr=False)
    email: str | None = None
    website: str | None = None
    remark: str | None = None


@dataclass(frozen=True, slots=True)
class SiteFacts:
    """Columns of Project that a system may state; investment in 万元, area in m², place in WGS 84."""

    name: str | None = None
    region: Region | None = None
    owner_name: str | None = None
    category: str | None = None
    status: str | None = None
    address: str | None = None
    investment: Decimal | None = None
    building_area: Decimal | None = None
    latitude: Decimal | None = None
    longitude: Decimal | None = None
    starts_on: date | None = None
    completes_on: date | None = None


@dataclass(frozen=True, slots=True)
class MoreFacts:
    """Columns of ProjectParticulars; length in m."""

    third_party_code: str | None = None
    description: str | None = None
    land_permit: str | None = field(default=None, repr=False)
    planning_permit: str | None = field(default=None, repr=False)
    length: Decimal | None = None
    contact_name: str | None = None
    contact_phone: str | None = field(default=None, repr=False)
    approval_number: str | None = None
    approval_level: str | None = None
    size: str | None = None
    nature: str | None = None
    use: str | None = None
    nationality: str | None = None


@dataclass(frozen=True, slots=True)
class ProjectStatement:
    """All that a system states of a project. `permits`: the whole list of (number, name of the works)."""

    site: SiteFacts = field(default_factory=SiteFacts)
    more: MoreFacts = field(default_factory=MoreFacts)
    owner_uscc: str | None = None
    permits: tuple[tuple[str, str], ...] | None = None
    # What the standard of the place asks beyond these: element code → value.
    extras: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class ManagerFacts:
    """Columns of Participation about its project manager."""

    manager_name: str | None = None
    manager_phone: str | None = field(default=None, repr=False)
    manager_id_type: str | None = None
    manager_id_number: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """One bank account from which wages are paid."""

    bank_code: str
    branch: str
    number: str = field(repr=False)
    link_number: str = ""


@dataclass(frozen=True, slots=True)
class QualificationFacts:
    """Columns of Qualification."""

    kind: str
    number: str
    status: str = "001"
    trade: str = ""
    trade_mark: str = ""
    level: str = ""
    mark: str = ""
    limits: str = ""
    approval_number: str = ""
    approved_on: date | None = None
    addition: str = ""
    changed_on: date | None = None
    change_mark: str = ""


def stated(facts: Any) -> Iterator[tuple[str, Any]]:
    """The columns that were stated, with their values."""
    for one in fields(facts):
        value = getattr(facts, one.name)
        if value is not None:
            yield one.name, value


def take_over(row: Any, facts: Any) -> list[str]:
    """Write what was stated into a row that is not saved yet; the columns that changed."""
    changed = [name for name, value in stated(facts) if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, getattr(facts, name))
    return changed
