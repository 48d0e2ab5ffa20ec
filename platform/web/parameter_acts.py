"""Acts on the parameters of the standard: a new value at a place, and taking back one not yet in force.

They live here because the standard stands below the audit trail, and both are on it.
"""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from audit.services import record
from kernel.errors import NotFound
from kernel.permits import require
from kernel.scoping import Actor
from regions.models import Region
from standards.models import RuleParameter
from standards.services import enter_parameter, withdraw_parameter

SET = "standards.set_parameters"


@transaction.atomic
def set_parameter(
    *,
    actor: Actor,
    key: str,
    region: Region | None,
    value: Any,
    valid_from: date,
    valid_to: date | None = None,
    document: str,
    today: date | None = None,
) -> RuleParameter:
    """Let another value hold at a place (None: the whole province) from a day on.

    Raises NotPermitted, NotFound for a place beyond reach, and whatever enter_parameter refuses.
    """
    require(actor, SET)
    _require_place(actor, region)
    row = enter_parameter(
        key=key,
        region=region,
        value=value,
        valid_from=valid_from,
        valid_to=valid_to,
        document=document,
        today=today or timezone.localdate(),
    )
    record(actor, "standards.parameter_set", row, place=_place(region), **_facts(row))
    return row


@transaction.atomic
def take_back_parameter(*, actor: Actor, row: RuleParameter, today: date | None = None) -> None:
    """Take back a value that is not in force yet; what it was stays on the trail.

    Raises NotPermitted, NotFound for a place beyond reach, InForce.
    """
    require(actor, SET)
    _require_place(actor, row.region)
    record(actor, "standards.parameter_taken_back", row, place=_place(row.region), **_facts(row))
    withdraw_parameter(row=row, today=today or timezone.localdate())


def may_set(actor: Actor, region: Region | None) -> bool:
    """Whether the actor sets parameters at this place."""
    paths = tuple(actor.reach(SET).region_paths)
    if region is None:
        return any(path.count("/") == 1 for path in paths)
    return region.path.startswith(paths)


def _require_place(actor: Actor, region: Region | None) -> None:
    if not may_set(actor, region):
        raise NotFound


def _place(region: Region | None) -> str:
    return region.path if region else ""


def _facts(row: RuleParameter) -> dict[str, Any]:
    return {
        "key": row.key,
        "region": row.region.code if row.region else "",
        "value": row.value,
        "valid_from": row.valid_from.isoformat() if row.valid_from else "",
        "valid_to": row.valid_to.isoformat() if row.valid_to else "",
        "document": row.document,
    }
