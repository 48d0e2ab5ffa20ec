"""Concluding whole days of many projects at once, where punches were loaded and not received one by one."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from django.db import connection
from psycopg2.extras import execute_values

from attendance.rules import RULE_VERSION, SITE_TIME
from attendance.selectors.clock import cutoff_hour
from attendance.services.corrected import DAY, in_force
from projects.models import Project

# The same reading as attendance.services.days: the engagement whose presence covers the day, of two the
# one entered last; repeats do not count; what was corrected stays corrected.
_CONCLUDE = """
    WITH wanted (project_id, hour) AS (VALUES %s), seen AS (
        SELECT p.project_id, p.subject_id, p.day,
            min(p.occurred_at) AS first_at, max(p.occurred_at) AS last_at,
            min(p.occurred_at) FILTER (WHERE p.direction = 'in') AS first_in_at,
            max(p.occurred_at) FILTER (WHERE p.direction = 'out') AS last_out_at, count(*) AS punches
        FROM (
            SELECT q.project_id, q.subject_id, q.occurred_at, q.direction,
                (q.occurred_at AT TIME ZONE '{zone}' - make_interval(hours => w.hour))::date AS day
            FROM attendance_punch q JOIN wanted w USING (project_id)
            WHERE q.occurred_at >= TIMESTAMPTZ '{begins}' AND q.occurred_at < TIMESTAMPTZ '{ends}'
                AND NOT q.is_repeat
        ) p
        WHERE p.day BETWEEN DATE '{first}' AND DATE '{last}'
        GROUP BY p.project_id, p.subject_id, p.day
    ), matched AS (
        SELECT DISTINCT ON (seen.project_id, seen.subject_id, seen.day) e.id AS engagement_id, seen.day,
            first_at, last_at, first_in_at, last_out_at, punches
        FROM seen JOIN attendance_subject s ON s.id = seen.subject_id
        JOIN workers_engagement e ON e.person_id = s.person_id AND e.project_id = seen.project_id
        JOIN workers_presence r ON r.engagement_id = e.id
            AND r.entered_on <= seen.day AND (r.exited_on IS NULL OR r.exited_on >= seen.day)
        ORDER BY seen.project_id, seen.subject_id, seen.day, r.entered_on DESC, r.id DESC
    ), corrected AS ({corrected}), facts AS (
        SELECT {columns}
        FROM matched s LEFT JOIN corrected c ON c.engagement_id = s.engagement_id AND c.day = s.day
        WHERE NOT coalesce(c.is_struck, false)
    )
    INSERT INTO attendance_attendanceday (engagement_id, day, first_at, last_at, first_in_at, last_out_at,
        punches, is_corrected, rule_version, computed_at)
    SELECT engagement_id, day, first_at, last_at, first_in_at, last_out_at, punches, is_corrected,
        {rule}, now()
    FROM facts
    ON CONFLICT (engagement_id, day) DO UPDATE SET first_at = EXCLUDED.first_at, last_at = EXCLUDED.last_at,
        first_in_at = EXCLUDED.first_in_at, last_out_at = EXCLUDED.last_out_at, punches = EXCLUDED.punches,
        is_corrected = EXCLUDED.is_corrected, rule_version = EXCLUDED.rule_version,
        computed_at = EXCLUDED.computed_at
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
        rule=RULE_VERSION,
        corrected=in_force("matched"),
        columns=DAY,
    )
    rows = [(project.pk, cutoff_hour(project.region)) for project in projects]
    with connection.cursor() as cursor:
        execute_values(cursor.cursor, statement, rows, "(%s::bigint, %s::integer)", page_size=len(rows))
        return cursor.rowcount
