"""Loading the map. Re-runnable: a second load changes nothing."""

import csv
from pathlib import Path

from django.db import transaction

from regions.models import Region

TABLE = Path(__file__).parent / "data" / "hubei.csv"

SANDBOX_CODE = "990000"


def sandbox_region() -> Region:
    """Where vendors practise: a root of its own, so that no post on the map reaches it."""
    found, _is_new = Region.objects.get_or_create(
        code=SANDBOX_CODE,
        defaults={"name": "联调沙箱", "path": f"{SANDBOX_CODE}/", "kind": Region.Kind.SANDBOX},
    )
    return found


@transaction.atomic
def load_regions(table: Path = TABLE) -> int:
    """Write the table of divisions, parents before children; returns how many rows it holds."""
    with table.open(encoding="utf-8", newline="") as source:
        rows = list(csv.DictReader(source))
    known: dict[str, Region] = {}
    for position, row in enumerate(rows):
        parent = known.get(row["parent_code"]) if row["parent_code"] else None
        known[row["code"]], _ = Region.objects.update_or_create(
            code=row["code"],
            defaults={
                "name": row["name"],
                "parent": parent,
                "path": f"{parent.path if parent else ''}{row['code']}/",
                "is_second_level": row["is_second_level"] == "1",
                "is_county": row["is_county"] == "1",
                "kind": row["kind"],
                "position": position,
            },
        )
    return len(rows)
