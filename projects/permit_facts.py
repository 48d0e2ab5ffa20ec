"""What a construction permit says, before anybody has judged it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from regions.models import Region


@dataclass(frozen=True, slots=True)
class PermitFacts:
    """What a construction permit says; amounts in yuan, areas in m²."""

    project_code: str
    project_name: str
    region: Region
    permit_number: str
    issued_on: date
    contractor_uscc: str
    contractor_name: str
    works_name: str = ""
    category: str = "01"
    address: str = ""
    owner_uscc: str = ""
    owner_name: str = ""
    supervisor_uscc: str = ""
    supervisor_name: str = ""
    amount: Decimal | None = None
    building_area: Decimal | None = None
    starts_on: date | None = None
    completes_on: date | None = None
    # What the standard of the place asks beyond these: element code → value.
    extras: Mapping[str, Any] | None = None
