"""Millions of punches over many days, nothing concluded from them, and the very same rows at another node."""

from __future__ import annotations

import io
import os
import threading
from contextlib import closing
from datetime import date, timedelta

import psycopg2
from django.db import connection

from tools.bench._world.filling import insert, unchecked, without_indexes
from tools.bench._world.punches import first_instant

DAYS = 60
_TABLE = "attendance_punch"
# Twelve figures, as no other phase's sequences have.
_FIRST_TOKEN = 10**11
_SPREAD = 57_600
_MOST_A_DAY = 10_000
_OF_THESE = "length(token) = 12"
_THERE = "CREATE TEMPORARY TABLE there (sort text, name uuid, key bigint, PRIMARY KEY (sort, name))"
_KEYS = """
    COPY (
        SELECT 'project', public_id, id FROM projects_project UNION ALL
        SELECT 'team', public_id, id FROM projects_team UNION ALL
        SELECT 'person', h.public_id, min(s.id) FROM attendance_subject s
            JOIN workers_person h ON h.id = s.person_id GROUP BY h.public_id
    ) TO STDOUT
"""
# The rows in the other node's keys; one whose project, person or team is not there is left out.
_OUT = f"""
    COPY (
        SELECT p.public_id, p.occurred_at, tj.key, p.source, p.token, th.key, tt.key, p.direction, p.channel,
            p.pass_method, p.origin, p.is_repeat, p.photo, p.latitude, p.longitude, p.received_at
        FROM {_TABLE} p JOIN projects_project j ON j.id = p.project_id
        JOIN there tj ON tj.sort = 'project' AND tj.name = j.public_id
        JOIN attendance_subject s ON s.id = p.subject_id JOIN workers_person h ON h.id = s.person_id
        JOIN there th ON th.sort = 'person' AND th.name = h.public_id
        JOIN projects_team t ON t.id = p.team_id
        JOIN there tt ON tt.sort = 'team' AND tt.name = t.public_id
        WHERE {_OF_THESE}
    ) TO STDOUT (FORMAT binary)
"""  # noqa: S608  # our own names
_IN = f"""
    COPY {_TABLE} (public_id, occurred_at, project_id, source, token, subject_id, team_id, direction, channel,
        pass_method, origin, is_repeat, photo, latitude, longitude, received_at) FROM STDIN (FORMAT binary)
"""


def write_many(wanted: int, today: date) -> int:
    """As many punches on the days before today, from everybody alike; how many of them there are."""
    from attendance.models import Punch

    first = _make_room(today)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM workers_engagement")
        people = int(cursor.fetchone()[0])
    with unchecked(), without_indexes(_TABLE):
        for order in range(DAYS):
            number = wanted * (order + 1) // DAYS - wanted * order // DAYS
            each = -(-number // people)
            start = first_instant(first + timedelta(days=order)).isoformat()
            # One on the way in and out by turns, everybody at seconds of their own.
            at = f"TIMESTAMPTZ '{start}' + make_interval(secs => (e.id * 7919 + k * 104729) % {_SPREAD})"
            insert(
                Punch,
                {
                    "public_id": f"uuidv7({at} - now())",
                    "occurred_at": at,
                    "project_id": "e.project_id",
                    "source": "v.public_id::text",
                    "token": f"({_FIRST_TOKEN} + (e.id * {DAYS} + {order}) * {_MOST_A_DAY} + k)::text",
                    "subject_id": "e.person_id",
                    "team_id": "e.team_id",
                    "direction": "CASE k % 2 WHEN 0 THEN 'in' ELSE 'out' END",
                    "channel": "v.channel",
                    "origin": "'gate'",
                    "received_at": f"{at} + interval '1 second'",
                },
                "FROM workers_engagement e JOIN attendance_device v ON v.project_id = e.project_id"
                f" CROSS JOIN generate_series(0, {each - 1}) k ORDER BY k, e.id LIMIT {number}",
            )
    return _written()


def copy_many(source: str, today: date) -> int:
    """The same rows out of the database at `source`, in our own keys; how many came."""
    from attendance.models import Subject
    from workers.models import Person

    _make_room(today)
    strangers = Person.all_rows.filter(subjects=None)
    Subject.objects.bulk_create(
        Subject(id_type=one.id_type, id_index=bytes(one.id_index), id_number=one.id_number, person=one)
        for one in strangers
    )
    with closing(psycopg2.connect(source)) as theirs, unchecked(), without_indexes(_TABLE):
        _tell_keys(theirs)
        _through_a_pipe(theirs)
    return _written()


def tidy() -> None:
    """What autovacuum would do later, in the middle of a measurement."""
    with connection.cursor() as cursor:
        cursor.execute(f"VACUUM (FREEZE, ANALYZE) {_TABLE}")
        cursor.execute("CHECKPOINT")


def _make_room(today: date) -> date:
    """The months of these days; the first of the days."""
    from attendance.services.partitions import make_partitions

    first = today - timedelta(days=DAYS)
    make_partitions(first.replace(day=1), 5)
    return first


def _written() -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {_TABLE} WHERE {_OF_THESE}")  # noqa: S608  # our own names
        return int(cursor.fetchone()[0])


def _tell_keys(theirs: psycopg2.extensions.connection) -> None:
    """Let the other database know our keys of what its rows name."""
    keys = io.StringIO()
    with connection.cursor() as cursor:
        cursor.copy_expert(_KEYS, keys)  # type: ignore[attr-defined]
    keys.seek(0)
    with theirs.cursor() as cursor:
        cursor.execute(_THERE)
        cursor.copy_expert("COPY there FROM STDIN", keys)
        cursor.execute("ANALYZE there")


def _through_a_pipe(theirs: psycopg2.extensions.connection) -> None:
    """Out there and in here at once, binary; an end that breaks closes the pipe for the other."""
    read, write = os.pipe()

    def send() -> None:
        with os.fdopen(write, "wb") as sink, theirs.cursor() as cursor:
            cursor.copy_expert(_OUT, sink)

    sender = threading.Thread(target=send)
    sender.start()
    with os.fdopen(read, "rb") as rows, connection.cursor() as cursor:
        cursor.copy_expert(_IN, rows)  # type: ignore[attr-defined]
    sender.join()
