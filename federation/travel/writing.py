"""Copies are written: many rows of one kind at once, parts after their whole, faults one by one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import DataError, IntegrityError, connection, models, transaction
from psycopg2 import sql
from psycopg2.extras import execute_values

from federation.travel.kinds import Column, Kind, Part, rows_of
from federation.travel.messages import Message, Outcome
from federation.travel.names import Names
from federation.travel.reading import Snapshot
from federation.travel.sentences import conflict, shape


class Misfit(ValueError):
    """A value that its column cannot hold; `name` is the column's."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


@dataclass
class Coming:
    """A message on its way to becoming a row: what it says in our names, and what stands here already."""

    message: Message
    target: UUID
    opened: Mapping[str, str]
    row: Mapping[str, Any]
    old: Snapshot | None
    values: dict[str, Any] = field(default_factory=dict)
    # The person under whom it stood until now (people.Identified).
    left: int | None = None


def values_of(kind: Kind, coming: Coming, names: Names) -> dict[str, Any]:
    """The columns to write, ready for the database. Raises Misfit."""
    values = _said(kind.columns, coming.row, coming.opened, "", names)
    known = {**coming.row, **coming.opened, "public_id": coming.target}
    for name, make in kind.made.items():
        try:
            values[name] = make(known)
        except KeyError as missing:
            # A number that was not told, of which an index would be made.
            raise Misfit(str(missing.args[0])) from None
    return values


def _said(
    columns: Sequence[Column],
    row: Mapping[str, Any],
    opened: Mapping[str, str],
    path: str,
    names: Names,
) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for column in columns:
        if column.sort == "sealed":
            values[column.name] = opened.get(path + column.name)
        elif column.name in row:
            values[column.field.attname] = _decoded(column, row[column.name], names)
    return values


def _decoded(column: Column, value: Any, names: Names) -> Any:
    if value is None:
        return None
    if column.sort == "region":
        return names.regions[value]
    if column.sort == "reference":
        if ours := names.of(column, value):
            return ours[0]
        try:
            # Of a whole's own parts (an answer's item): they were written just before.
            return rows_of(column.field.related_model).get(public_id=value).pk
        except ObjectDoesNotExist:
            raise Misfit(column.name) from None
    if isinstance(column.field, models.JSONField):
        return value
    try:
        return column.field.to_python(value)
    except (ValidationError, TypeError, ValueError):
        raise Misfit(column.name) from None


def write(kind: Kind, rows: Sequence[Coming], names: Names) -> dict[UUID, Outcome]:
    """Write the rows; what the database refuses is tried again by itself, and told apart. By target."""
    if kind.named is None:
        try:
            with transaction.atomic():
                _written(kind, rows, names)
            return {}
        except (IntegrityError, DataError, Misfit):
            pass
    return {one.target: refused for one in rows if (refused := _alone(kind, one, names)) is not None}


def _alone(kind: Kind, one: Coming, names: Names) -> Outcome | None:
    """Write one row under a savepoint of its own; a refusal, or None when it was written."""
    refusal: Outcome | None = None
    for otherwise in ({}, kind.otherwise) if kind.otherwise else ({},):
        try:
            with transaction.atomic():
                one.values.update(otherwise)
                _written(kind, [one], names)
            return None
        except IntegrityError as fault:
            refusal = conflict(_constraint(fault))
        except DataError:
            return shape(kind.name)
        except Misfit as misfit:
            return shape(misfit.name)
    return refusal


def _constraint(fault: IntegrityError) -> str:
    diag = getattr(fault.__cause__, "diag", None)
    return getattr(diag, "constraint_name", None) or "unknown"


def _written(kind: Kind, rows: Sequence[Coming], names: Names) -> None:
    keys = _saved_named(rows, kind) if kind.named is not None else _upserted(kind, rows)
    for part in kind.parts:
        for one in rows:
            entries = one.row.get(part.name)
            if entries or (entries is not None and one.old is not None and one.old.row.get(part.name)):
                _write_part(part, keys[one.target], entries, one.opened, f"{part.name}.", names)


def _saved_named(rows: Sequence[Coming], kind: Kind) -> dict[UUID, int]:
    """Rows that are named by their words: few, and written one by one."""
    keys = {}
    for one in rows:
        if one.old is not None:
            rows_of(kind.model).filter(pk=one.old.pk).update(**one.values)
            keys[one.target] = one.old.pk
        else:
            keys[one.target] = rows_of(kind.model).create(**one.values).pk
    return keys


def _upserted(kind: Kind, rows: Sequence[Coming]) -> dict[UUID, int]:
    """One statement for all; returns our keys by target. A table that is only added to stays as it is."""
    fields = {one.attname: one for one in kind.model._meta.concrete_fields}
    fields.update({one.name: one for one in kind.model._meta.concrete_fields})
    names = list(rows[0].values)
    head = ["public_id"] + (["origin", "version"] if kind.has_version else [])
    kept = [
        one for one in kind.model._meta.concrete_fields
        if not one.primary_key and one.attname not in {*names, *head} and one.name not in names
    ]  # fmt: skip
    columns = [fields[name].column for name in (*head, *names)]
    changed = [name for name in columns if name != "public_id"]
    statement = sql.SQL(
        "INSERT INTO {table} ({all}) VALUES %s ON CONFLICT (public_id) DO {act} RETURNING public_id, id"
    ).format(
        table=sql.Identifier(kind.model._meta.db_table),
        all=sql.SQL(", ").join(map(sql.Identifier, [*columns, *(one.column for one in kept)])),
        act=sql.SQL("UPDATE SET {set}").format(
            set=sql.SQL(", ").join(
                sql.SQL("{0} = EXCLUDED.{0}").format(sql.Identifier(name)) for name in changed
            )
        )
        if not kind.is_only_added
        else sql.SQL("NOTHING"),
    )
    lines = [
        [
            one.target,
            *((one.message.origin, one.message.version) if kind.has_version else ()),
            *(fields[name].get_db_prep_save(one.values[name], connection) for name in names),
            *(other.get_db_prep_save(other.get_default(), connection) for other in kept),
        ]
        for one in rows
    ]
    with connection.cursor() as cursor, connection.wrap_database_errors:
        told = execute_values(
            cursor.cursor, statement.as_string(cursor.cursor), lines, page_size=len(lines), fetch=True
        )
    found = {UUID(str(key)): pk for key, pk in told}
    # In a table that is only added to, a row that stood already is not told.
    return {one.target: found[one.target] for one in rows if one.target in found}


def _write_part(
    part: Part,
    owner: int,
    entries: Sequence[Mapping[str, Any]],
    opened: Mapping[str, str],
    path: str,
    names: Names,
) -> None:
    """Bring the parts of one whole to what its owner says they are."""
    rows = rows_of(part.model).filter(**{f"{part.to}_id": owner})
    known: dict[str, Any] = {one.name: one for one in part.model._meta.concrete_fields}
    attnames = [known[name].attname for name in part.by]
    standing = {tuple(getattr(row, name) for name in attnames): row for row in rows}
    for place, entry in enumerate(entries):
        here = f"{path}{place}."
        values = _said(part.columns, entry, opened, here, names)
        if "public_id" in entry:
            values["public_id"] = UUID(str(entry["public_id"]))
        row = standing.pop(tuple(values[name] for name in attnames), None)
        if row is None:
            row = rows_of(part.model).create(**{f"{part.to}_id": owner, **values})
        elif not part.is_only_added:
            changed = {name: value for name, value in values.items() if getattr(row, name) != value}
            if changed:
                rows_of(part.model).filter(pk=row.pk).update(**changed)
        for inner in part.parts:
            _write_part(inner, row.pk, entry.get(inner.name) or (), opened, f"{here}{inner.name}.", names)
    if not (part.stays or part.is_only_added):
        rows_of(part.model).filter(pk__in=[row.pk for row in standing.values()]).delete()
