"""Concluding whole days of many projects at once, where punches were loaded and not received one by one."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from django.db import connection
from psycopg2.extras import execute_values

from attendance.rules import SITE_TIME
from attendance.services.corrected import DAY, in_force
from attendance.services.days import reading_of
from attendance.services.reading import COUNTS, SEEN, STARTS, WRITE
from projects.models import Project

# The same reading as attendance.services.days, of whole projects instead of single people.
_CONCLUDE = """
    WITH wanted (project_id, hour, gap) AS (VALUES %s), passed AS MATERIALIZED (
        SELECT p.project_id, p.subject_id, s.person_id, p.occurred_at, p.direction, p.channel, p.gap, p.day,
            {counts} AS counts
        FROM (
            SELECT q.project_id, q.subject_id, q.occurred_at, q.direction, q.channel, q.source, q.token,
                w.gap,
                (q.occurred_at AT TIME ZONE '{zone}' - make_interval(hours => w.hour))::date AS day
            FROM attendance_punch q JOIN wanted w USING (project_id)
            WHERE q.occurred_at >= TIMESTAMPTZ '{begins}' AND q.occurred_at < TIMESTAMPTZ '{ends}'
        ) p JOIN attendance_subject s ON s.id = p.subject_id
        WHERE p.day BETWEEN DATE '{first}' AND DATE '{last}'
    ), matched AS (
        SELECT DISTINCT ON (m.project_id, m.person_id, m.day) m.project_id, m.person_id, m.day,
            e.id AS engagement_id
        FROM (SELECT DISTINCT project_id, person_id, day FROM passed) m
        JOIN workers_engagement e ON e.person_id = m.person_id AND e.project_id = m.project_id
        JOIN workers_presence r ON r.engagement_id = e.id
            AND r.entered_on <= m.day AND (r.exited_on IS NULL OR r.exited_on >= m.day)
        ORDER BY m.project_id, m.person_id, m.day, r.entered_on DESC, r.id DESC
    ), seen AS (
        SELECT engagement_id, day, {seen}
        FROM (
            SELECT engagement_id, day, occurred_at, direction, {starts}
            FROM passed JOIN matched USING (project_id, person_id, day) WHERE counts
        ) q GROUP BY engagement_id, day
    ), corrected AS ({corrected}), facts AS (
        SELECT {columns}
        FROM seen s LEFT JOIN corrected c ON c.engagement_id = s.engagement_id AND c.day = s.day
        WHERE NOT coalesce(c.is_struck, false)
    ), kept AS ({write} RETURNING engagement_id, day), met AS (
        SELECT m.project_id, m.person_id, m.day
        FROM kept k JOIN matched m ON m.engagement_id = k.engagement_id AND m.day = k.day
    ), taken AS (
        DELETE FROM attendance_unmatchedday u USING passed p JOIN met m USING (project_id, person_id, day)
        WHERE u.day = p.day AND u.project_id = p.project_id AND u.subject_id = p.subject_id
    ), left_over AS (
        INSERT INTO attendance_unmatchedday (day, project_id, subject_id, punches)
        SELECT p.day, p.project_id, p.subject_id, count(*) FROM passed p
        LEFT JOIN met m ON m.project_id = p.project_id AND m.person_id = p.person_id AND m.day = p.day
        WHERE m.day IS NULL
        GROUP BY p.day, p.project_id, p.subject_id ORDER BY p.day, p.project_id, p.subject_id
        ON CONFLICT (day, project_id, subject_id) DO UPDATE SET punches = EXCLUDED.punches
    )
    SELECT count(*) FROM kept
"""


def conclude_whole_days(projects: Sequence[Project], first: date, last: date) -> int:
    """Conclude every attendance day from `first` to `last` of these projects; returns how many count.

    For punches added in bulk: it adds and refreshes, and leaves days that no fact supports any more to
    conclude_days. Call it in the transaction that added them, holding lock_project.
    """
    if not projects or last < first:
        return 0
    # A day reaches into the next morning by at most a day, whatever the hour of the cut.
    midnight = datetime.combine(first, time(0), SITE_TIME).astimezone(UTC)
    statement = _CONCLUDE.format(
        zone=SITE_TIME.key,
        begins=midnight.isoformat(),
        ends=(midnight + timedelta(days=(last - first).days + 2)).isoformat(),
        first=first.isoformat(),
        last=last.isoformat(),
        counts=COUNTS,
        seen=SEEN,
        starts=STARTS,
        write=WRITE,
        corrected=in_force("matched"),
        columns=DAY,
    )
    rows = [(project.pk, *reading_of(project.region)) for project in projects]
    template = "(%s::bigint, %s::integer, %s::interval)"
    with connection.cursor() as cursor:
        return execute_values(cursor.cursor, statement, rows, template, page_size=len(rows), fetch=True)[0][0]
