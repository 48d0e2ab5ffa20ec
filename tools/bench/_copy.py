"""The limit we hold ourselves against: plain COPY of punch rows into an unindexed table, one connection."""

from __future__ import annotations

import io
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import psycopg2

ROWS = 500_000
_TABLE = (
    "DROP TABLE IF EXISTS bench_copy",
    "CREATE TABLE bench_copy (LIKE attendance_punch)",
    "CHECKPOINT",
)


def rows_per_second(url: str, number: int = ROWS) -> float:
    """Rows of the punches' own columns, formatted beforehand; one COPY, one durable commit."""
    names, text = list(_row(0, "")), _text(number)
    with closing(psycopg2.connect(url.replace("postgres://", "postgresql://"))) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            for statement in _TABLE:
                cursor.execute(statement)
            began = time.perf_counter()
            cursor.copy_expert(f"COPY bench_copy ({', '.join(names)}) FROM STDIN", text)
            seconds = time.perf_counter() - began
            cursor.execute("DROP TABLE bench_copy")
    return number / seconds


def _text(number: int) -> io.StringIO:
    start = datetime.now(UTC) - timedelta(hours=3)
    lines = io.StringIO()
    for order in range(number):
        at = (start + timedelta(milliseconds=order * 20)).isoformat()
        lines.write("\t".join(_row(order, at).values()) + "\n")
    lines.seek(0)
    return lines


def _row(order: int, at: str) -> dict[str, str]:
    device = f"019abc00-0000-7000-8000-{order % 5000:012d}"
    return {
        "public_id": str(uuid4()),
        "occurred_at": at,
        "project_id": str(order * 7919 % 5000 + 1),
        "source": device,
        "token": str(order + 10**9),
        "subject_id": str(order * 104729 % 300_000 + 1),
        "team_id": str(order % 15_000 + 1),
        "direction": "in" if order % 2 else "out",
        "channel": "1号闸机",
        "pass_method": "",
        "origin": "gate",
        "is_repeat": "f",
        "photo": "",
        "received_at": at,
    }
