"""Loading the seed of the standard. Re-runnable; never overwrites a value an administrator has set."""

import json
from pathlib import Path

from django.db import transaction

from standards.models import CodeItem, CodeList, RuleParameter
from standards.selectors import forget

DATA = Path(__file__).parent / "data"


@transaction.atomic
def load_national_dictionaries(file: Path = DATA / "national-2019.json") -> int:
    """Write the dictionaries of the national interface; returns the number of items."""
    count = 0
    for entry in json.loads(file.read_text(encoding="utf-8"))["lists"]:
        code_list, _ = CodeList.objects.update_or_create(
            key=entry["key"], defaults={"name": entry["name"], "source": "national-2019"}
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
