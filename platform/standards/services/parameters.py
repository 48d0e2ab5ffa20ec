"""Entering values of parameters.

Who may enter a value, and its line on the trail, are the business of web.parameter_acts, above the trail.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db import transaction

from regions.models import Region
from standards import errors, rules
from standards.models import RuleParameter
from standards.selectors import codes, default_of, forget

_listeners: list[Callable[[RuleParameter], None]] = []


def when_entered(tell: Callable[[RuleParameter], None]) -> None:
    """Let a capability above hear of each new value, in the transaction that enters it."""
    _listeners.append(tell)


@transaction.atomic
def enter_parameter(
    *,
    key: str,
    region: Region | None,
    value: Any,
    valid_from: date,
    valid_to: date | None,
    document: str,
    today: date,
) -> RuleParameter:
    """A further value of a parameter at a place (None: the whole province), from a day to a day.

    Nothing that was in force is changed: the latest start wins, and after its last day the former value
    holds again. Raises UnknownParameter, BadValue, NoDocument, BeginsInThePast, EndsBeforeItBegins,
    Overlaps.
    """
    # The default row is the key's lock, so that two values cannot both pass the check of days.
    base = RuleParameter.objects.select_for_update().filter(pk=default_of(key).pk).get()
    known = codes(rules.CODE_LISTS.get(key, ""))
    if fault := rules.fault_of(value, base.value, base.unit, known):
        raise errors.BadValue(fault)
    if not document.strip():
        raise errors.NoDocument
    if valid_from < today:
        raise errors.BeginsInThePast(today)
    if valid_to and valid_to < valid_from:
        raise errors.EndsBeforeItBegins
    _refuse_overlap(key, region, valid_from, valid_to)
    row = RuleParameter.objects.create(
        key=key,
        region=region,
        value=value,
        unit=base.unit,
        name=base.name,
        document=document.strip()[:120],
        valid_from=valid_from,
        valid_to=valid_to,
    )
    for tell in _listeners:
        tell(row)
    transaction.on_commit(forget)
    return row


def _refuse_overlap(key: str, region: Region | None, first: date, last: date | None) -> None:
    later = RuleParameter.objects.filter(key=key, region=region, valid_from__gte=first)
    if last:
        later = later.filter(valid_from__lte=last)
    if found := later.order_by("valid_from").first():
        place = region.name if region else "全省"
        raise errors.Overlaps(place=place, begins=found.valid_from or first, first=first)


@transaction.atomic
def withdraw_parameter(*, row: RuleParameter, today: date) -> None:
    """Take back a value that has not come into force yet. Raises InForce, UnknownParameter."""
    held = RuleParameter.objects.select_for_update(of=("self",)).filter(pk=row.pk).first()
    if held is None:
        raise errors.UnknownParameter
    if held.valid_from is None or held.valid_from <= today:
        raise errors.InForce
    held.delete()
    transaction.on_commit(forget)
