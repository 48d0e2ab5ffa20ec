"""Loading the seed of the standard: dictionaries, parameters, and the first versions of both base layers.

The seed is re-runnable and never overwrites what an administrator has set or published.
"""

import json
from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from standards.effective import forget_standards
from standards.models import (
    CodeItem,
    CodeList,
    Element,
    ProposedItem,
    RuleParameter,
    StandardVersion,
    Tightening,
    ValidationRule,
)
from standards.selectors import forget
from standards.services.items import write_items

DATA = Path(__file__).parent.parent / "data"
STANDARDS = ("standard-national-2019.json", "standard-hubei-2026.json")


@transaction.atomic
def load_national_dictionaries(file: Path = DATA / "national-2019.json") -> int:
    """Write the dictionaries of the national interface; returns the number of items.

    An item that is there already stays as it is: what a code means never changes (I-24).
    """
    count = 0
    for entry in json.loads(file.read_text(encoding="utf-8"))["lists"]:
        code_list, _ = CodeList.objects.update_or_create(
            key=entry["key"], defaults={"name": entry["name"], "source": "national-2019"}
        )
        rows = [
            CodeItem(code_list=code_list, code=item["code"], name=item["name"], position=position)
            for position, item in enumerate(entry["items"])
        ]
        CodeItem.objects.bulk_create(rows, ignore_conflicts=True)
        count += len(rows)
    forget()
    return count


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
def load_standards(files: tuple[str, ...] = STANDARDS) -> int:
    """Publish the first versions of the national and the provincial layer; returns how many there are.

    A version that is there already is left alone.
    """
    for name in files:
        said = json.loads((DATA / name).read_text(encoding="utf-8"))
        if not StandardVersion.objects.filter(layer=said["layer"], number=said["number"]).exists():
            _publish(said)
    forget()
    forget_standards()
    return len(files)


def _publish(said: dict[str, Any]) -> None:
    version = StandardVersion.objects.create(
        layer=said["layer"],
        number=said["number"],
        title=said["title"],
        document=said["document"],
        state=StandardVersion.State.PUBLISHED,
        effective_from=date.fromisoformat(said["effective_from"]),
        cutoff=date.fromisoformat(said["cutoff"]),
        published_at=timezone.now(),
    )
    of_version = {"version": version}
    Element.objects.bulk_create(
        Element(**of_version, **_named(row), position=position)
        for position, row in enumerate(said["elements"])
    )
    ValidationRule.objects.bulk_create(
        ValidationRule(**of_version, **_named(row), position=position)
        for position, row in enumerate(said["rules"])
    )
    Tightening.objects.bulk_create(Tightening(**of_version, **_named(row)) for row in said["tightenings"])
    ProposedItem.objects.bulk_create(
        ProposedItem(**of_version, **row, position=position) for position, row in enumerate(said["items"])
    )
    # From the beginning of time: the first items of a list are not tied to the day of a document.
    write_items(version, valid_from=None)


def _named(row: dict[str, Any]) -> dict[str, Any]:
    """A row of the file as a model takes it."""
    return {**{name: value for name, value in row.items() if name != "object"}, "object_key": row["object"]}
