"""Rows written by the database itself: INSERT … SELECT with a model's own defaults, indexes afterwards."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.db.models import Field, Model
from django.db.models.fields import NOT_PROVIDED

_OWN_INDEXES = """
    SELECT i.indexrelid::regclass::text, i.indrelid::regclass::text, c.conname,
        coalesce(pg_get_constraintdef(c.oid), replace(pg_get_indexdef(i.indexrelid), ' ON ONLY ', ' ON '))
    FROM pg_index i LEFT JOIN pg_constraint c ON c.conindid = i.indexrelid AND c.contype IN ('u', 'x')
    WHERE i.indrelid::regclass::text = ANY (%s) AND NOT i.indisprimary
        AND NOT EXISTS (SELECT 1 FROM pg_inherits h WHERE h.inhrelid = i.indexrelid)
    ORDER BY 1
"""
_FAMILY = """
    SELECT %s UNION ALL SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = %s::regclass
"""


def insert(model: type[Model], given: Mapping[str, str], source: str, parameters: Any = None) -> int:
    """INSERT the columns in `given` (SQL by name), all others by the model's defaults; how many rows."""
    columns = {
        str(field.column): given.get(str(field.column)) or _default(field)
        for field in model._meta.local_concrete_fields
        if field.column in given or not field.primary_key
    }
    statement = (
        f"INSERT INTO {model._meta.db_table} ({', '.join(columns)})"  # our own names
        f" SELECT {', '.join(columns.values())} {source}"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.rowcount


def _default(field: Field[Any, Any]) -> str:
    if field.column == "public_id":
        return "uuidv7()" if connection.pg_version >= 180000 else "gen_random_uuid()"  # type: ignore[attr-defined]
    if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
        return "now()"
    if field.default is NOT_PROVIDED:
        return "NULL" if field.null else "''"
    value = field.get_default()
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int) else "'{}'".format(str(value).replace("'", "''"))


def reset_sequence(model: type[Model]) -> None:
    """Let the next row of a table whose ids we wrote ourselves have the next id."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT setval(pg_get_serial_sequence(%s, 'id'), max(id)) FROM {table}",  # noqa: S608
            [table],
        )


@contextmanager
def without_indexes(table: str) -> Iterator[None]:
    """Write a table and its partitions bare, then build again whatever indexes it had."""
    with connection.cursor() as cursor:
        cursor.execute(_FAMILY, [table, table])
        cursor.execute(_OWN_INDEXES, [[row[0] for row in cursor.fetchall()]])
        found = cursor.fetchall()
        for index, owner, constraint, _definition in found:
            cursor.execute(
                f'ALTER TABLE {owner} DROP CONSTRAINT "{constraint}"' if constraint else f"DROP INDEX {index}"
            )
    yield
    with connection.cursor() as cursor:
        cursor.execute("SET maintenance_work_mem = '1GB'")
        for _index, owner, constraint, definition in found:
            cursor.execute(
                f'ALTER TABLE {owner} ADD CONSTRAINT "{constraint}" {definition}'
                if constraint
                else definition
            )
        cursor.execute("RESET maintenance_work_mem")


@contextmanager
def unchecked() -> Iterator[None]:
    """Triggers and foreign keys rest: every row is made from rows that are there."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        yield
        cursor.execute("SET session_replication_role = origin")
