"""The inbox as a source of the settler: sealed rows in the order in which they were acknowledged."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection
from psycopg2.extras import execute_values

from attendance.batches import Batch, instant, packed, unpacked
from attendance.models import AsideBatch
from attendance.selectors import inbox
from attendance.services.sources import Settled
from kernel.cipher import Unreadable

# Rows looked at to fill a step; one holds the calls of a moment, one punch at least.
_ROWS = 5_000
_RESULT = """
    UPDATE attendance_punchreceipt r SET settled_at = greatest(v.settled_at, r.accepted_at), result = v.result
    FROM (VALUES %s) v (public_id, settled_at, result) WHERE r.public_id = v.public_id
"""


@dataclass(frozen=True, slots=True)
class Waiting:
    """One call of an inbox row."""

    row: int
    batch: Batch


class Inbox:
    """Reads rows, writes receipts' results, and deletes what is settled; all in the settler's transaction."""

    def take(self, limit: int) -> Sequence[Waiting]:
        """Whole rows, oldest first, until they hold about `limit` punches. Unreadable ones are put aside."""
        found: list[Waiting] = []
        for pk, content in _rows(_wanted(limit)):
            try:
                batches = unpacked(bytes(content))
            except (Unreadable, msgspec.MsgspecError) as fault:
                _put_row_aside(pk, type(fault).__name__)
                continue
            found += [Waiting(pk, batch) for batch in batches]
        return found

    def finish(self, settled: Sequence[tuple[Waiting, Settled]], now: datetime) -> None:
        """Write each receipt's result, and delete the rows."""
        results = [
            (
                str(UUID(bytes=call.batch.receipt)),
                now,
                msgspec.json.encode(_result(call.batch, what)).decode(),
            )
            for call, what in settled
            if call.batch.receipt
        ]
        _write_results(results)
        _delete(call.row for call, _what in settled)

    def set_aside(self, taken: Sequence[Waiting], why: str, now: datetime) -> None:
        """Keep calls that cannot be settled; their receipts say so."""
        AsideBatch.objects.bulk_create(
            AsideBatch(
                content=packed([call.batch]),
                punches=len(call.batch.rows),
                accepted_at=instant(call.batch.received_at),
                set_aside_at=now,
                why=why[:80],
            )
            for call in taken
        )
        _write_results(
            [
                (str(UUID(bytes=call.batch.receipt)), now, msgspec.json.encode({"aside": why}).decode())
                for call in taken
                if call.batch.receipt
            ]
        )
        _delete(call.row for call in taken)

    def waiting_since(self) -> datetime | None:
        """When the oldest row was accepted."""
        return inbox.waiting_since()


def _wanted(limit: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, punches FROM attendance_inbox ORDER BY id LIMIT %s", [_ROWS])
        waiting = cursor.fetchall()
    chosen, held = [], 0
    for pk, punches in waiting:
        if held >= limit:
            break
        chosen.append(pk)
        held += punches
    return chosen


def _rows(keys: list[int]) -> list[tuple[int, Any]]:
    if not keys:
        return []
    with connection.cursor() as cursor:
        # Locked: should there ever be a second settler, each row is one's alone.
        cursor.execute(
            "SELECT id, content FROM attendance_inbox WHERE id = ANY (%s) ORDER BY id FOR UPDATE SKIP LOCKED",
            [keys],
        )
        return cursor.fetchall()


def _put_row_aside(pk: int, why: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH gone AS (DELETE FROM attendance_inbox WHERE id = %s RETURNING *)"
            " INSERT INTO attendance_asidebatch (content, punches, accepted_at, set_aside_at, why)"
            " SELECT content, punches, accepted_at, now(), %s FROM gone",
            [pk, why],
        )


def _result(batch: Batch, what: Settled) -> dict[str, Any]:
    return {
        "added": what.added,
        "repeated": what.repeated,
        "unmatched": _named(batch, what.unmatched),
        "refused": _named(batch, what.refused),
    }


def _named(batch: Batch, sentences: dict[int, str]) -> list[dict[str, Any]]:
    """Rows as the sender named them, in its order."""
    return [
        {"mark": batch.rows[place].mark, "seq": batch.rows[place].token, "sentence": sentences[place]}
        for place in sorted(sentences)
    ]


def _write_results(results: list[tuple[str, datetime, str]]) -> None:
    if results:
        with connection.cursor() as cursor, connection.wrap_database_errors:
            execute_values(
                cursor.cursor,
                _RESULT,
                results,
                "(%s::uuid, %s::timestamptz, %s::jsonb)",
                page_size=len(results),
            )


def _delete(keys: Iterable[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM attendance_inbox WHERE id = ANY (%s)", [sorted(set(keys))])
