"""Concluding days from punches, presence and corrections: the same facts give the same days in any order."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from django.db import connection
from psycopg2.extras import execute_values

from attendance.rules import window
from attendance.selectors.clock import cutoff_hour
from attendance.services.corrected import DAY, in_force
from attendance.services.reading import COUNTS, SEEN, STARTS, WRITE, compose
from kernel import locks
from projects.models import Project
from regions.models import Region
from standards.selectors import parameter

# Whoever adds punches or concludes days holds a project's attendance to the end of the transaction, so that
# no conclusion misses a punch that another is just adding. The settler, who works on thousands of projects at
# once, holds all of it by one lock.
_ALL = 0
_AT_ONCE = 300

# The wanted subjects and every other identity of the same person; one person is one reading.
# A person is matched to the engagement whose presence covers the day; of two, the one entered last.
_CONCLUDE = compose(
    """
    WITH wanted (project_id, subject_id, day, begins, ends, gap) AS (VALUES %s),
    meant AS (
        SELECT DISTINCT w.project_id, w.day, w.gap, s.person_id, coalesce(o.id, s.id) AS subject_id
        FROM wanted w JOIN attendance_subject s ON s.id = w.subject_id
        LEFT JOIN attendance_subject o ON o.person_id = s.person_id
    ), matched AS (
        SELECT DISTINCT ON (m.project_id, m.person_id, m.day) m.project_id, m.person_id, m.day,
            e.id AS engagement_id
        FROM (SELECT DISTINCT project_id, person_id, day FROM meant WHERE person_id IS NOT NULL) m
        JOIN workers_engagement e ON e.person_id = m.person_id AND e.project_id = m.project_id
        JOIN workers_presence p ON p.engagement_id = e.id
            AND p.entered_on <= m.day AND (p.exited_on IS NULL OR p.exited_on >= m.day)
        ORDER BY m.project_id, m.person_id, m.day, p.entered_on DESC, p.id DESC
    ), place AS MATERIALIZED (
        SELECT DISTINCT project_id, day, begins, ends FROM wanted
    ), passed AS MATERIALIZED (
        SELECT m.project_id, m.day, m.gap, m.person_id, m.subject_id, p.occurred_at, p.direction, p.channel,
            {counts} AS counts
        FROM place l CROSS JOIN LATERAL (
            -- The fence keeps each place one short piece of one index, whatever is believed of it.
            SELECT * FROM attendance_punch r
            WHERE r.project_id = l.project_id AND r.occurred_at >= l.begins AND r.occurred_at < l.ends
            OFFSET 0
        ) p JOIN meant m ON m.project_id = l.project_id AND m.day = l.day AND m.subject_id = p.subject_id
    ), seen AS (
        SELECT engagement_id, day, {seen}
        FROM (
            SELECT engagement_id, day, occurred_at, direction, {starts}
            FROM passed JOIN matched USING (project_id, person_id, day) WHERE counts
        ) q GROUP BY engagement_id, day
    ), corrected AS ({corrected}), facts AS (
        SELECT {day}
        FROM seen s FULL JOIN corrected c ON c.engagement_id = s.engagement_id AND c.day = s.day
        WHERE NOT coalesce(c.is_struck, false)
    ), kept AS ({write} RETURNING engagement_id, day), gone AS (
        DELETE FROM attendance_attendanceday d USING meant m, workers_engagement e
        WHERE e.person_id = m.person_id AND e.project_id = m.project_id AND d.engagement_id = e.id
        AND d.day = m.day AND NOT EXISTS (
            SELECT 1 FROM kept k WHERE k.engagement_id = d.engagement_id AND k.day = d.day)
    ), counted AS MATERIALIZED (
        SELECT m.project_id, m.person_id, m.day
        FROM kept k JOIN matched m ON m.engagement_id = k.engagement_id AND m.day = k.day
    ), waiting AS (
        SELECT p.day, p.project_id, p.subject_id, count(*) AS punches
        FROM passed p WHERE NOT EXISTS (
            SELECT 1 FROM counted c
            WHERE c.project_id = p.project_id AND c.person_id = p.person_id AND c.day = p.day)
        GROUP BY p.day, p.project_id, p.subject_id
    ), met AS (
        DELETE FROM attendance_unmatchedday u USING meant m
        WHERE u.day = m.day AND u.project_id = m.project_id AND u.subject_id = m.subject_id
        AND NOT EXISTS (SELECT 1 FROM waiting w WHERE w.day = u.day AND w.project_id = u.project_id
            AND w.subject_id = u.subject_id)
    ), left_over AS (
        INSERT INTO attendance_unmatchedday (day, project_id, subject_id, punches)
        SELECT day, project_id, subject_id, punches FROM waiting ORDER BY day, project_id, subject_id
        ON CONFLICT (day, project_id, subject_id) DO UPDATE SET punches = EXCLUDED.punches
    )
    SELECT engagement_id, day FROM kept
""",
    counts=COUNTS,
    seen=SEEN,
    starts=STARTS,
    corrected=in_force("matched"),
    day=DAY,
    write=WRITE,
)
_TEMPLATE = "(%s::bigint, %s::bigint, %s::date, %s::timestamptz, %s::timestamptz, %s::interval)"


class Reading(NamedTuple):
    """How punches of a place are read: the hour of the cut, and what counts as passing once."""

    hour: int
    gap: timedelta


def reading_of(region: Region) -> Reading:
    """The reading in force in a region."""
    return Reading(cutoff_hour(region), timedelta(seconds=parameter("attendance.duplicate_seconds", region)))


def lock_project(project: Project) -> None:
    """Hold the project's attendance until the transaction ends; a settler's step is waited for."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock_shared(%s, %s), pg_advisory_xact_lock(%s, %s)",
            [locks.ATTENDANCE_OF_A_PROJECT, _ALL, locks.ATTENDANCE_OF_A_PROJECT, project.pk],
        )


def lock_all() -> None:
    """Hold every project's attendance until the transaction ends, as the settler does for one step."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [locks.ATTENDANCE_OF_A_PROJECT, _ALL])


def conclude_days(project: Project, wanted: Iterable[tuple[int, date]]) -> set[tuple[int, date]]:
    """Conclude anew each wanted (subject, day) of a project; days that no fact supports any more vanish.

    Call it in the transaction of the change, holding lock_project. Returns the (engagement, day) pairs
    that now count. Source: notice 一(八); invariants I-07, I-09.
    """
    return conclude({(project.pk, *pair) for pair in wanted}, {project.pk: reading_of(project.region)})


def conclude(wanted: Iterable[tuple[int, int, date]], readings: dict[int, Reading]) -> set[tuple[int, date]]:
    """As conclude_days, for (project, subject, day) of any projects, each with its reading."""
    rows = [
        (project, subject, day, *window(day, readings[project].hour), readings[project].gap)
        for project, subject, day in sorted(set(wanted))
    ]
    kept: set[tuple[int, date]] = set()
    with connection.cursor() as cursor, connection.wrap_database_errors:
        # The planner cannot know how much lies within the statement: all at once it compares each with each.
        for start in range(0, len(rows), _AT_ONCE):
            some = rows[start : start + _AT_ONCE]
            kept.update(
                execute_values(cursor.cursor, _CONCLUDE, some, _TEMPLATE, page_size=len(some), fetch=True)
            )
    return kept
