"""Rows as they stand here, ready to be written into messages or compared: columns, references, parts."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Q

from federation.travel.kinds import Column, Kind, Part, rows_of
from kernel.cipher import unseal

Row = dict[str, Any]
# A region where only vendors practise is nobody's: its rows never travel.
_PRACTICE = "sandbox"


@dataclass
class Snapshot:
    """One row as it stands: its head, its clear columns, and the ciphertexts of its sealed ones by path.

    `sealed` is keyed by where a value stands: "phone", or "replies.0.text" within a part.
    """

    pk: int
    key: UUID
    origin: str
    version: int
    row: Row
    sealed: dict[str, tuple[bytes, str]] = field(default_factory=dict)

    def opened(self) -> dict[str, str]:
        """The sealed values in the clear; they must not leave the process so."""
        return {name: unseal(box, context=context) for name, (box, context) in self.sealed.items()}


def snapshots(kind: Kind, keys: Collection[UUID], node: str) -> dict[UUID, Snapshot]:
    """The rows of these public ids that travel, by public id; `node` is the origin of rows that name none."""
    if not keys:
        return {}
    if kind.named is not None:
        return _named(kind, frozenset(keys), node)
    return {one.key: one for one in _read(kind, Q(public_id__in=keys), node)}


def snapshots_where(kind: Kind, condition: Q, node: str) -> list[Snapshot]:
    """The rows under a condition that travel."""
    if kind.named is not None:
        wanted = set(rows_of(kind.model).filter(condition).values_list("pk", flat=True))
        return [one for one in _named(kind, None, node).values() if one.pk in wanted]
    return _read(kind, condition, node)


def _read(kind: Kind, condition: Q, node: str) -> list[Snapshot]:
    head = ["pk", "public_id", kind.whose or "pk", "version" if kind.has_version else "pk"]
    rows = rows_of(kind.model).filter(condition).filter(kind.when)
    if kind.place:
        rows = rows.exclude(**{f"{kind.place}__kind": _PRACTICE})
    found = []
    for values in rows.order_by("pk").values_list(*head, *(column.lookup for column in kind.columns)):
        pk, key, origin, version, *said = values
        one = Snapshot(pk, key, origin if kind.whose else node, version if kind.has_version else 1, {})
        _say(one, kind.columns, said, one.row, "")
        found.append(one)
    _add_parts(kind.parts, {one.pk: (one, one.row, "") for one in found})
    return found


def _named(kind: Kind, keys: frozenset[UUID] | None, node: str) -> dict[UUID, Snapshot]:
    """Rows without a public id of their own: few tables, and small ones."""
    if kind.named is None:
        return {}
    region = ["region"] if any(column.sort == "region" for column in kind.columns) else []
    names = {row.pk: kind.named(row) for row in rows_of(kind.model).select_related(*region)}
    wanted = {pk: key for pk, key in names.items() if keys is None or key in keys}
    found = {}
    rows = rows_of(kind.model).filter(pk__in=wanted).order_by("pk")
    for pk, *said in rows.values_list("pk", *(column.lookup for column in kind.columns)):
        found[pk] = one = Snapshot(pk, wanted[pk], node, 1, {})
        _say(one, kind.columns, said, one.row, "")
    _add_parts(kind.parts, {pk: (one, one.row, "") for pk, one in found.items()})
    return {one.key: one for one in found.values()}


def _say(one: Snapshot, columns: Sequence[Column], said: Sequence[Any], row: Row, path: str) -> None:
    for column, value in zip(columns, said, strict=True):
        if column.sort != "sealed":
            row[column.name] = plain(value)
        elif value is not None:
            one.sealed[path + column.name] = (bytes(value), column.field.context)


Holder = tuple[Snapshot, Row, str]


def _add_parts(parts: Iterable[Part], holders: Mapping[int, Holder]) -> None:
    """Write the parts of all these rows into them, each part in the order of its naming columns."""
    for part in parts:
        for _owner, row, _path in holders.values():
            row[part.name] = []
        lookups = [column.lookup for column in part.columns]
        key = ["public_id"] if _is_public(part) else ["pk"]
        by_owner: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
        rows = rows_of(part.model).filter(**{f"{part.to}__in": list(holders)})
        for values in rows.order_by(*part.by, "pk").values_list("pk", f"{part.to}_id", *key, *lookups):
            by_owner[values[1]].append(values)
        inner: dict[int, Holder] = {}
        for owner, found in by_owner.items():
            one, row, path = holders[owner]
            for place, (pk, _owner, name, *said) in enumerate(found):
                entry: Row = {"public_id": str(name)} if _is_public(part) else {}
                here = f"{path}{part.name}.{place}."
                _say(one, part.columns, said, entry, here)
                row[part.name].append(entry)
                inner[pk] = (one, entry, here)
        if part.parts:
            _add_parts(part.parts, inner)


def _is_public(part: Part) -> bool:
    return any(one.name == "public_id" for one in part.model._meta.concrete_fields)


def plain(value: Any) -> Any:
    """A value as JSON carries it, written in one way only."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, UUID):
        return str(value)
    return value
