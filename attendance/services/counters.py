"""A project's counters of a day: marked when a fact changes, counted anew from the facts within a second."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from django.db import connection, transaction
from psycopg2.extras import execute_values

from attendance.models import DirtyDay, ProjectDay
from attendance.rules import RULE_VERSION, window
from attendance.selectors.clock import current_day, cutoff_hour
from attendance.services.county_days import add_up_days, note_all_counted
from kernel import locks
from projects.models import Project
from standards.selectors import parameter

# One recounter at a time: an older count can then never overwrite a newer one.
_BATCH = 2_000

# All counters count engagements, so that parts sum to the whole. On site: entered, and neither exited nor
# on temporary leave by the end of the day (decision 46).
# Source: ground decisions, "Numbers on dashboards"; product 5.6.
_RECOUNT = """
    WITH wanted (project_id, day, begins, ends, posts, trainings) AS (VALUES %s),
    present AS (
        SELECT w.project_id, w.day, w.trainings, e.id AS engagement_id
        FROM wanted w JOIN workers_engagement e ON e.project_id = w.project_id
        WHERE EXISTS (SELECT 1 FROM workers_presence p WHERE p.engagement_id = e.id
            AND p.entered_on <= w.day AND (p.exited_on IS NULL OR p.exited_on > w.day)
            AND NOT EXISTS (SELECT 1 FROM workers_temporaryleave l WHERE l.presence_id = p.id
                AND l.left_on <= w.day AND (l.returned_on IS NULL OR l.returned_on > w.day)))
    ), on_site AS (
        SELECT s.project_id, s.day, count(*) AS on_site,
            count(*) FILTER (WHERE EXISTS (SELECT 1 FROM workers_contract c
                WHERE c.engagement_id = s.engagement_id AND c.starts_on <= s.day
                AND (c.ends_on IS NULL OR c.ends_on >= s.day) AND (c.ended_on IS NULL OR c.ended_on > s.day)
            )) AS contracted,
            count(*) FILTER (WHERE EXISTS (SELECT 1 FROM workers_training t
                WHERE t.engagement_id = s.engagement_id AND t.is_passed AND t.kind = ANY (s.trainings)
                AND t.withdrawn_at IS NULL
                AND t.held_on <= s.day AND t.valid_to >= s.day
            )) AS trained
        FROM present s GROUP BY s.project_id, s.day
    ), attended AS (
        SELECT w.project_id, w.day, count(*) AS attended,
            count(*) FILTER (WHERE s.engagement_id IS NULL) AS attended_left,
            array_agg({minute} ORDER BY {minute}) AS arrivals
        FROM wanted w JOIN workers_engagement e ON e.project_id = w.project_id
        JOIN attendance_attendanceday d ON d.engagement_id = e.id AND d.day = w.day
        LEFT JOIN present s ON s.engagement_id = e.id AND s.day = w.day
        GROUP BY w.project_id, w.day
    ), posts AS (
        SELECT project_id, day, count(*) AS posts_present, array_agg(minute ORDER BY minute) AS arrivals
        FROM (
            SELECT w.project_id, w.day, min({minute}) AS minute
            FROM wanted w JOIN workers_engagement e ON e.project_id = w.project_id
            JOIN attendance_attendanceday d ON d.engagement_id = e.id AND d.day = w.day
            JOIN workers_keypostassignment k ON k.engagement_id = e.id AND k.post = ANY (w.posts)
                AND k.starts_on <= w.day AND (k.ends_on IS NULL OR k.ends_on >= w.day)
            GROUP BY w.project_id, w.day, k.post
        ) filled GROUP BY project_id, day
    ), punched AS (
        SELECT w.project_id, w.day, (SELECT sum(u.punches) FROM attendance_unmatchedday u
                WHERE u.project_id = w.project_id AND u.day = w.day) AS unmatched,
            (SELECT max(p.occurred_at) FROM attendance_punch p WHERE p.project_id = w.project_id
                AND p.occurred_at >= w.begins AND p.occurred_at < w.ends) AS last_punch_at
        FROM wanted w
    )
    INSERT INTO attendance_projectday (project_id, day, is_in_progress, on_site, attended, attended_left,
        contracted, trained, key_posts_required, key_posts_present, arrivals, post_arrivals, unmatched,
        last_punch_at, rule_version, computed_at)
    SELECT w.project_id, w.day, j.status = '003', coalesce(o.on_site, 0), coalesce(a.attended, 0),
        coalesce(a.attended_left, 0), coalesce(o.contracted, 0), coalesce(o.trained, 0),
        cardinality(w.posts), coalesce(k.posts_present, 0), coalesce(a.arrivals, '{{}}'),
        coalesce(k.arrivals, '{{}}'), coalesce(u.unmatched, 0), u.last_punch_at, {rule}, now()
    FROM wanted w JOIN projects_project j ON j.id = w.project_id
    LEFT JOIN on_site o USING (project_id, day) LEFT JOIN attended a USING (project_id, day)
    LEFT JOIN posts k USING (project_id, day) LEFT JOIN punched u USING (project_id, day)
    ON CONFLICT (day, project_id) DO UPDATE SET on_site = EXCLUDED.on_site, attended = EXCLUDED.attended,
        attended_left = EXCLUDED.attended_left, contracted = EXCLUDED.contracted, trained = EXCLUDED.trained,
        key_posts_required = EXCLUDED.key_posts_required, key_posts_present = EXCLUDED.key_posts_present,
        arrivals = EXCLUDED.arrivals, post_arrivals = EXCLUDED.post_arrivals,
        unmatched = EXCLUDED.unmatched, last_punch_at = EXCLUDED.last_punch_at,
        rule_version = EXCLUDED.rule_version, computed_at = EXCLUDED.computed_at,
        -- The past keeps the status it was counted with.
        is_in_progress = CASE WHEN EXCLUDED.day >= {today} THEN EXCLUDED.is_in_progress
            ELSE attendance_projectday.is_in_progress END
"""
# The minute of the day in which somebody first came.
_MINUTE = "floor(extract(epoch FROM d.first_at - w.begins) / 60)::smallint"
_TEMPLATE = "(%s::bigint, %s::date, %s::timestamptz, %s::timestamptz, %s::text[], %s::text[])"


def mark_days(project_pk: int, days: Iterable[date]) -> None:
    """Ask for a fresh count of these days of a project."""
    mark_pairs({(project_pk, day) for day in days})


def mark_pairs(pairs: Iterable[tuple[int, date]]) -> None:
    """Ask for a fresh count of these (project, day)."""
    DirtyDay.objects.bulk_create(
        [DirtyDay(project_id=project_pk, day=day) for project_pk, day in sorted(set(pairs))]
    )


def counted_since(since: Mapping[int, date]) -> set[tuple[int, date]]:
    """The (project, day) that are counted, of each project from its day on."""
    if not since:
        return set()
    counted = ProjectDay.all_rows.filter(project_id__in=since, day__gte=min(since.values()))
    return {
        (project, day) for project, day in counted.values_list("project_id", "day") if day >= since[project]
    }


@transaction.atomic
def open_day(now: datetime) -> int:
    """Ask for today's count of every project that has none yet; returns how many."""
    today = current_day(now=now)
    missing = Project.all_rows.exclude(days__day=today).values_list("pk", flat=True)
    for project_pk in missing:
        mark_days(project_pk, [today])
    return len(missing)


@transaction.atomic
def recount(now: datetime) -> int:
    """Take the marks there are and count those project-days anew; returns how many.

    Exact under late, repeated and concurrent punches: a fact committed after this count has left its own
    mark, and only one recounter works at a time.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, 0)", [locks.RECOUNT])
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute(
            # The longest marked first, and with each pair all of its marks.
            "DELETE FROM attendance_dirtyday m USING (SELECT project_id, day FROM attendance_dirtyday"
            " GROUP BY project_id, day ORDER BY min(id) LIMIT %s) w"
            " WHERE m.project_id = w.project_id AND m.day = w.day RETURNING m.project_id, m.day",
            [_BATCH],
        )
        pairs = sorted(set(cursor.fetchall()))
        if pairs:
            today = f"DATE '{current_day(now=now).isoformat()}'"
            statement = _RECOUNT.format(rule=RULE_VERSION, today=today, minute=_MINUTE)
            with connection.wrap_database_errors:
                execute_values(cursor.cursor, statement, _wanted(pairs), _TEMPLATE, page_size=len(pairs))
            add_up_days({day for _pk, day in pairs})
        else:
            note_all_counted(now)
    return len(pairs)


def _wanted(pairs: list[tuple[int, date]]) -> list[tuple]:
    projects = {
        project.pk: project
        for project in Project.all_rows.filter(pk__in={pk for pk, _day in pairs}).select_related("region")
    }
    rows = []
    for pk, day in pairs:
        region = projects[pk].region
        posts = parameter("key_posts.required", region, day) if projects[pk].status == "003" else []
        hour = cutoff_hour(region)
        trainings = list(parameter("training.basic_types", region, day))
        rows.append((pk, day, *window(day, hour), list(posts), trainings))
    return rows
