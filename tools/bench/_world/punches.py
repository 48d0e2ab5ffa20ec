"""So many punches on the last days, and the days and counters concluded from them, written in bulk."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.db import connection

from tools.bench._world.filling import insert, unchecked, without_indexes
from tools.bench._world.people import KEY_POSTS

DAYS = 17
# In, out for the meal, in again, out: hours after the day's cut at 04:00.
PASSAGES = ((3, "in"), (8, "out"), (9, "in"), (13.5, "out"))
# Each passage spreads over an hour; a worker's own second is the same every day and passage, plus a little.
_SECOND = "(e.id * 7919 + {day} * 31) % 3600"
_HIGHEST = """
    UPDATE attendance_device v SET highest_sequence = s.highest FROM (
        SELECT source, max(token::bigint) AS highest FROM attendance_punch GROUP BY source
    ) s WHERE s.source = v.public_id::text
"""
_ATTENDS = "(e.id * 7919 + {day} * 104729) % 100000 < {share}"
# In which minute of the attendance day somebody first came.
_BEGINS = "(a.day + TIME '04:00') AT TIME ZONE 'Asia/Shanghai'"
_MINUTE = f"floor(extract(epoch FROM a.first_at - {_BEGINS}) / 60)::smallint"


def write_punches(wanted: int, today: date) -> int:
    """Close to `wanted` punches on the days before today; returns how many there are."""
    from attendance.services.partitions import make_partitions

    first = today - timedelta(days=DAYS)
    make_partitions(first.replace(day=1), 4)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM workers_engagement")
        share = round(wanted / (cursor.fetchone()[0] * DAYS * len(PASSAGES)) * 100_000)
        with unchecked():
            _punches(first, share)
            cursor.execute(_HIGHEST)
            _days(first, share)
            _counters(first)
        cursor.execute("SELECT count(*) FROM attendance_punch")
        return int(cursor.fetchone()[0])


def first_instant(day: date) -> datetime:
    """The first instant of an attendance day."""
    from attendance.rules import SITE_TIME

    return datetime.combine(day, time(4), SITE_TIME)


def _at(day: date, order: int, hours: float) -> str:
    spread = f"make_interval(secs => {_SECOND.format(day=order)})"
    return f"TIMESTAMPTZ '{(first_instant(day) + timedelta(hours=hours)).isoformat()}' + {spread}"


def _punches(first: date, share: int) -> None:
    from attendance.models import Punch

    origin = "v.public_id::text"
    with without_indexes("attendance_punch"):
        for order in range(DAYS):
            day = first + timedelta(days=order)
            for step, (hours, direction) in enumerate(PASSAGES):
                at = _at(day, order, hours)
                insert(
                    Punch,
                    {
                        # Identifiers rise with time, as those of a living platform do.
                        "public_id": f"uuidv7({at} - now())",
                        "occurred_at": at,
                        "project_id": "e.project_id",
                        "source": origin,
                        "token": f"(e.id * {DAYS * len(PASSAGES)} + {order * len(PASSAGES) + step})::text",
                        "subject_id": "e.person_id",
                        "team_id": "e.team_id",
                        "direction": f"'{direction}'",
                        "channel": "v.channel",
                        "origin": "'gate'",
                        "received_at": f"{at} + interval '1 second'",
                    },
                    "FROM workers_engagement e JOIN attendance_device v ON v.project_id = e.project_id"
                    f" WHERE {_ATTENDS.format(day=order, share=share)} ORDER BY 2",
                )


def _days(first: date, share: int) -> None:
    from attendance.models import AttendanceDay
    from attendance.rules import RULE_VERSION

    with without_indexes("attendance_attendanceday"):
        for order in range(DAYS):
            day = first + timedelta(days=order)
            begins, ends = (_at(day, order, PASSAGES[place][0]) for place in (0, -1))
            insert(
                AttendanceDay,
                {
                    "engagement_id": "e.id",
                    "day": f"DATE '{day.isoformat()}'",
                    "first_at": begins,
                    "last_at": ends,
                    "first_in_at": begins,
                    "last_out_at": ends,
                    "punches": str(len(PASSAGES)),
                    "rule_version": str(RULE_VERSION),
                },
                f"FROM workers_engagement e WHERE {_ATTENDS.format(day=order, share=share)} ORDER BY e.id",
            )


def _counters(first: date) -> None:
    from attendance.models import ProjectDay
    from attendance.rules import RULE_VERSION

    insert(
        ProjectDay,
        {
            "project_id": "s.project_id",
            "day": "w.day",
            "on_site": "s.on_site",
            "contracted": "s.contracted",
            "trained": "s.trained",
            "attended": "coalesce(d.attended, 0)",
            "key_posts_required": str(len(KEY_POSTS)),
            "key_posts_present": "coalesce(d.posts, 0)",
            "arrivals": "coalesce(d.arrivals, '{}')",
            "post_arrivals": "coalesce(d.post_arrivals, '{}')",
            "last_punch_at": "d.last_at",
            "rule_version": str(RULE_VERSION),
            "computed_at": "now()",
        },
        f"""FROM (
            SELECT project_id, count(*) AS on_site, count(*) FILTER (WHERE id % 20 <> 0) AS contracted,
                count(*) FILTER (WHERE id % 20 <> 1) AS trained
            FROM workers_engagement GROUP BY project_id
        ) s CROSS JOIN (
            SELECT DATE '{first.isoformat()}' + step AS day FROM generate_series(0, {DAYS - 1}) step
        ) w LEFT JOIN (
            SELECT e.project_id, a.day, count(*) AS attended, max(a.last_at) AS last_at,
                count(DISTINCT k.post) AS posts, array_agg({_MINUTE} ORDER BY {_MINUTE}) AS arrivals,
                array_agg({_MINUTE} ORDER BY {_MINUTE}) FILTER (WHERE k.post IS NOT NULL) AS post_arrivals
            FROM attendance_attendanceday a JOIN workers_engagement e ON e.id = a.engagement_id
            LEFT JOIN workers_keypostassignment k ON k.engagement_id = e.id
            GROUP BY e.project_id, a.day
        ) d ON d.project_id = s.project_id AND d.day = w.day
        ORDER BY w.day, s.project_id""",  # noqa: S608  # our own days
    )
