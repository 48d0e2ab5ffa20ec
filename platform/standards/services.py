"""Loading the seed of the standard, and entering values of parameters.

The seed is re-runnable and never overwrites a value an administrator has set. Who may enter a value, and its
line on the trail, are the business of web.parameter_acts, above the trail.
"""

import json
from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction

from regions.models import Region
from standards import errors, rules
from standards.models import CodeItem, CodeList, RuleParameter
from standards.selectors import codes, default_of, forget

DATA = Path(__file__).parent / "data"


@transaction.atomic
def load_national_dictionaries(
    file: Path = DATA / "national-2019.json", source: str = "national-2019"
) -> int:
    """Write the dictionaries of the national interface, or of another source; returns the number of items."""
    count = 0
    for entry in json.loads(file.read_text(encoding="utf-8"))["lists"]:
        code_list, _ = CodeList.objects.update_or_create(
            key=entry["key"], defaults={"name": entry["name"], "source": source}
        )
        rows = [
            CodeItem(code_list=code_list, code=item["code"], name=item["name"], position=position)
            for position, item in enumerate(entry["items"])
        ]
        CodeItem.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["code_list", "code"],
            update_fields=["name", "position"],
        )
        count += len(rows)
    forget()
    return count


def load_platform_lists() -> int:
    """Write the lists that the national interface does not have and this platform needs."""
    return load_national_dictionaries(DATA / "platform-lists.json", "platform")


@transaction.atomic
def load_default_parameters(file: Path = DATA / "parameters.json") -> int:
    """Write the defaults that are not there yet; returns how many the file holds."""
    rows = json.loads(file.read_text(encoding="utf-8"))
    known = set(RuleParameter.objects.filter(region=None, valid_from=None).values_list("key", flat=True))
    RuleParameter.objects.bulk_create(
        RuleParameter(
            key=row["key"],
            value=row["value"],
            unit=row.get("unit", ""),
            name=row["name"],
            document=row["document"],
        )
        for row in rows
        if row["key"] not in known
    )
    forget()
    return len(rows)


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
