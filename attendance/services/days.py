"""Concluding days from punches, presence and corrections: the same facts give the same days in any order."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import connection
from psycopg2.extras import execute_values

from attendance.rules import RULE_VERSION, window
from attendance.selectors.clock import cutoff_hour
from attendance.services.corrected import DAY, in_force
from projects.models import Project

# Advisory lock of a project's attendance: whoever adds punches or concludes days holds it to the end of
# the transaction, so that no conclusion misses a punch that another is just adding.
_PROJECT_LOCK = 27_002

# A person is matched to the engagement whose presence covers the day; of two, the one entered last.
_MATCHED = """
    SELECT DISTINCT ON (w.subject_id, w.day) w.subject_id, w.day, w.begins, w.ends, e.id AS engagement_id
    FROM (VALUES %s) AS w (subject_id, day, begins, ends)
    JOIN attendance_subject s ON s.id = w.subject_id
    JOIN workers_engagement e ON e.person_id = s.person_id AND e.project_id = {project}
    JOIN workers_presence p ON p.engagement_id = e.id
        AND p.entered_on <= w.day AND (p.exited_on IS NULL OR p.exited_on >= w.day)
    ORDER BY w.subject_id, w.day, p.entered_on DESC, p.id DESC
"""

_UPSERT = """
    WITH matched AS ({matched}), seen AS (
        SELECT m.engagement_id, m.day, min(p.occurred_at) AS first_at, max(p.occurred_at) AS last_at,
            min(p.occurred_at) FILTER (WHERE p.direction = 'in') AS first_in_at,
            max(p.occurred_at) FILTER (WHERE p.direction = 'out') AS last_out_at, count(*) AS punches
        FROM matched m JOIN attendance_punch p ON p.project_id = {project} AND p.subject_id = m.subject_id
            AND p.occurred_at >= m.begins AND p.occurred_at < m.ends AND NOT p.is_repeat
        GROUP BY m.engagement_id, m.day
    ), corrected AS ({corrected}), facts AS (
        SELECT {columns}
        FROM seen s FULL JOIN corrected c ON c.engagement_id = s.engagement_id AND c.day = s.day
        WHERE NOT coalesce(c.is_struck, false)
    )
    INSERT INTO attendance_attendanceday (engagement_id, day, first_at, last_at, first_in_at, last_out_at,
        punches, is_corrected, rule_version, computed_at)
    SELECT engagement_id, day, first_at, last_at, first_in_at, last_out_at, punches, is_corrected,
        {rule}, now()
    FROM facts WHERE first_at IS NOT NULL ORDER BY engagement_id, day
    ON CONFLICT (engagement_id, day) DO UPDATE SET first_at = EXCLUDED.first_at, last_at = EXCLUDED.last_at,
        first_in_at = EXCLUDED.first_in_at, last_out_at = EXCLUDED.last_out_at, punches = EXCLUDED.punches,
        is_corrected = EXCLUDED.is_corrected, rule_version = EXCLUDED.rule_version,
        computed_at = EXCLUDED.computed_at
    RETURNING engagement_id, day
"""


# The days that stand for the wanted pairs, under whichever engagement of the person here.
_STANDING = """
    SELECT d.id, d.engagement_id, d.day FROM (VALUES %s) AS w (subject_id, day)
    JOIN attendance_subject s ON s.id = w.subject_id
    JOIN workers_engagement e ON e.person_id = s.person_id AND e.project_id = {project}
    JOIN attendance_attendanceday d ON d.engagement_id = e.id AND d.day = w.day
"""


def lock_project(project: Project) -> None:
    """Hold the project's attendance until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_PROJECT_LOCK, project.pk])


def conclude_days(project: Project, wanted: Iterable[tuple[int, date]]) -> set[tuple[int, date]]:
    """Conclude anew each wanted (subject, day) of a project; days that no fact supports any more vanish.

    Call it in the transaction of the change, holding lock_project. Returns the (engagement, day) pairs
    that now count. Source: notice 一(八); invariants I-07, I-09.
    """
    pairs = sorted(set(wanted))
    if not pairs:
        return set()
    hour = cutoff_hour(project.region)
    rows = [(subject, day, *window(day, hour)) for subject, day in pairs]
    with connection.cursor() as cursor:
        kept = _upsert(cursor, project.pk, rows)
        _drop_stale(cursor, project.pk, pairs, kept)
    return kept


def _upsert(cursor: Any, project_pk: int, rows: list[tuple]) -> set[tuple[int, date]]:
    matched = _MATCHED.format(project=int(project_pk))
    statement = _UPSERT.format(
        matched=matched,
        project=int(project_pk),
        rule=RULE_VERSION,
        corrected=in_force("matched"),
        columns=DAY,
    )
    template = "(%s::bigint, %s::date, %s::timestamptz, %s::timestamptz)"
    return set(execute_values(cursor.cursor, statement, rows, template, page_size=len(rows), fetch=True))


def _drop_stale(
    cursor: Any, project_pk: int, pairs: list[tuple[int, date]], kept: set[tuple[int, date]]
) -> None:
    """Delete the days these pairs once had and no longer have; mostly there are none."""
    standing = execute_values(
        cursor.cursor,
        _STANDING.format(project=int(project_pk)),
        pairs,
        "(%s::bigint, %s::date)",
        page_size=len(pairs),
        fetch=True,
    )
    stale = [pk for pk, engagement, day in standing if (engagement, day) not in kept]
    if stale:
        cursor.execute("DELETE FROM attendance_attendanceday WHERE id = ANY (%s)", [stale])
