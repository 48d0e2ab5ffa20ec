"""One thing under several names: what a neighbour calls a row, found among our own names."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import models

from federation.models import KnownAs
from federation.travel.catalogue import KINDS, pointed_kind
from federation.travel.kinds import Column, Kind, Part, rows_of
from regions.models import Region
from workers.models import Person, PersonAlias

KIND_OF: Mapping[type[models.Model], str] = {kind.model: kind.name for kind in KINDS.values()}


@dataclass
class Names:
    """What was found of the names in some messages: for each table, foreign name → (our key, our name)."""

    found: dict[type[models.Model], dict[UUID, tuple[int, UUID]]] = field(default_factory=dict)
    regions: dict[str, int] = field(default_factory=dict)

    def of(self, column: Column, value: str) -> tuple[int, UUID] | None:
        """Our row for a reference, None where it has not come yet."""
        return self.found.get(column.field.related_model, {}).get(UUID(value))


def known(model: type[models.Model], wanted: Collection[UUID]) -> dict[UUID, tuple[int, UUID]]:
    """The rows of one table under these names, whether ours or a neighbour's."""
    found = _ours(model, wanted)
    strange = [name for name in wanted if name not in found]
    if not strange:
        return found
    if model is Person:
        rows = PersonAlias.objects.filter(public_id__in=strange)
        for name, pk, own in rows.values_list("public_id", "person", "person__public_id"):
            found[name] = (pk, own)
    elif model in KIND_OF:
        names = dict(KnownAs.objects.filter(kind=KIND_OF[model], key__in=strange).values_list("key", "local"))
        own_rows = _ours(model, names.values())
        found.update({name: own_rows[local] for name, local in names.items() if local in own_rows})
    return found


def _ours(model: type[models.Model], wanted: Iterable[UUID]) -> dict[UUID, tuple[int, UUID]]:
    rows = rows_of(model).filter(public_id__in=list(wanted)).values_list("public_id", "pk")
    return {name: (pk, name) for name, pk in rows}


def names_in(kind: Kind, rows: Collection[Mapping[str, Any]]) -> Names:
    """Everything that these rows name, looked up with one read a table."""
    wanted: dict[type[models.Model], set[UUID]] = defaultdict(set)
    codes: set[str] = set()
    for row in rows:
        for column, value in references(kind, row):
            if column.sort == "region":
                codes.add(value)
            elif column.field.related_model in KIND_OF:
                wanted[column.field.related_model].add(UUID(value))
        if pointed := pointed_at(kind, row):
            wanted[pointed[0]].add(UUID(pointed[1]))
    names = Names({model: known(model, keys) for model, keys in wanted.items()})
    names.regions = dict(Region.objects.filter(code__in=codes).values_list("code", "pk"))
    return names


def pointed_at(of: Kind | Part, row: Mapping[str, Any]) -> tuple[type[models.Model], str] | None:
    """The table and the name of a row that is named without a foreign key."""
    if not isinstance(of, Kind) or of.pointer is None:
        return None
    object_column, row_column = of.pointer
    kind, name = pointed_kind(str(row.get(object_column))), row.get(row_column)
    return (kind.model, str(name)) if kind and name else None


def references(of: Kind | Part, row: Mapping[str, Any]) -> Iterator[tuple[Column, str]]:
    """Every reference of a row and of its parts, with its column."""
    for column in of.columns:
        if column.sort in ("reference", "region") and row.get(column.name) is not None:
            yield column, str(row[column.name])
    for part in of.parts:
        for entry in row.get(part.name) or ():
            yield from references(part, entry)


def localised(of: Kind | Part, row: Mapping[str, Any], names: Names) -> dict[str, Any]:
    """The row as it would stand here: our columns alone, other rows under our names."""
    said: dict[str, Any] = {}
    for column in of.columns:
        if column.sort == "sealed" or column.name not in row:
            continue
        value = row[column.name]
        if column.sort == "reference" and value is not None and column.field.related_model in KIND_OF:
            ours = names.of(column, value)
            value = str(ours[1]) if ours else value
        said[column.name] = value
    if (pointed := pointed_at(of, row)) and isinstance(of, Kind) and of.pointer:
        found = names.found.get(pointed[0], {}).get(UUID(pointed[1]))
        said[of.pointer[1]] = str(found[1]) if found else pointed[1]
    for part in of.parts:
        entries = row.get(part.name) or ()
        said[part.name] = [
            {
                **localised(part, entry, names),
                **({"public_id": entry["public_id"]} if "public_id" in entry else {}),
            }
            for entry in entries
        ]
    return said
