"""The settler's statements: staged rows become punches, days, unmatched days and marks.

Their number does not depend on how many projects, people or batches a step holds. All run in the transaction
of the step, which holds the attendance of every project concerned.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any, Final

from django.db import connection

from attendance.rules import RULE_VERSION, SITE_TIME, day_of
from attendance.services.days import Reading
from attendance.services.reading import SEEN, STARTS, compose

# Who passed, and for which work it counts: that whose presence covers the day; of two, the last entered.
# Every look into a large table is one short piece of one index: LIMIT keeps the planner from more.
_RESOLVE: Final = compose(
    """
    WITH again AS (DELETE FROM settling_pass), resolved AS (INSERT INTO settling_pass
    SELECT d.batch, d.place, d.public_id, d.occurred_at, d.day, d.project_id, d.subject_id, d.person_id,
        CASE WHEN m.is_present THEN m.engagement_id END, m.engagement_id IS NOT NULL, d.source, d.token,
        d.sequence, d.highest, false, d.direction, d.channel, d.gap, d.received_at
    FROM (
        SELECT r.batch, r.place, r.public_id, r.token, r.sequence, r.direction, r.channel, r.occurred_at,
            (r.occurred_at AT TIME ZONE '{zone}' - make_interval(hours => b.hour))::date AS day,
            b.project_id, b.source, b.gap, b.highest, b.received_at,
            coalesce(n.id, f.id, c.id) AS subject_id,
            coalesce(n.person_id, f.person_id, c.person_id) AS person_id
        FROM (
            SELECT *, TIMESTAMPTZ 'epoch' + at * INTERVAL '1 microsecond' AS occurred_at FROM settling_row
        ) r JOIN (
            SELECT l.batch, l.project_id, l.source, l.hour, l.gap, v.highest_sequence AS highest,
                TIMESTAMPTZ 'epoch' + l.received_at * INTERVAL '1 microsecond' AS received_at
            FROM settling_batch l LEFT JOIN attendance_device v ON v.public_id = l.device
        ) b USING (batch)
        LEFT JOIN LATERAL (
            SELECT s.id, s.person_id FROM attendance_subject s
            WHERE s.id_type = r.id_type AND s.id_index = r.id_index LIMIT 1
        ) n ON true
        LEFT JOIN LATERAL (
            SELECT s.id, s.person_id FROM workers_engagement g JOIN workers_person h ON h.id = g.person_id
            JOIN attendance_subject s ON s.id_type = h.id_type AND s.id_index = h.id_index
            WHERE g.public_id = r.engagement AND g.project_id = b.project_id LIMIT 1
        ) f ON true
        LEFT JOIN LATERAL (
            SELECT s.id, s.person_id FROM workers_person h
            JOIN attendance_subject s ON s.id_type = h.id_type AND s.id_index = h.id_index
            WHERE h.public_id = r.person LIMIT 1
        ) c ON true OFFSET 0
    ) d LEFT JOIN LATERAL (
        SELECT e.id AS engagement_id, p.id IS NOT NULL AS is_present
        FROM workers_engagement e LEFT JOIN workers_presence p ON p.engagement_id = e.id
            AND p.entered_on <= d.day AND (p.exited_on IS NULL OR p.exited_on >= d.day)
        WHERE e.person_id = d.person_id AND e.project_id = d.project_id
        ORDER BY p.entered_on DESC NULLS LAST, p.id DESC LIMIT 1
    ) m ON true RETURNING subject_id)
    SELECT coalesce(bool_or(subject_id IS NULL), false) FROM resolved
""",
    zone=SITE_TIME.key,
)

# A sequence above its device's highest cannot have come before; only the others are looked for.
_FLAG: Final = """
    WITH numbered AS (
        SELECT public_id, source, token, occurred_at,
            occurred_at > min(occurred_at) OVER (PARTITION BY source, token) AS is_later,
            coalesce(sequence <= highest, true) AS is_suspect
        FROM settling_pass WHERE length(token) < 32 AND subject_id IS NOT NULL
    )
    UPDATE settling_pass t SET is_repeat = true FROM numbered n
    WHERE t.public_id = n.public_id AND (n.is_later OR n.is_suspect AND EXISTS (
        SELECT 1 FROM attendance_punch q WHERE q.source = n.source AND q.token = n.token
        AND length(q.token) < 32 AND q.occurred_at <> n.occurred_at OFFSET 0))
"""

# Nobody else adds punches to these projects meanwhile, so that looking first is enough; what ON CONFLICT
# would do beyond that costs a quarter more. Within the step the first of equal ones is taken.
_INSERT: Final = """
    WITH first AS (
        SELECT DISTINCT ON (occurred_at, project_id, source, token) *
        FROM settling_pass WHERE subject_id IS NOT NULL
        ORDER BY occurred_at, project_id, source, token, batch, place
    ), added AS (
        INSERT INTO attendance_punch (public_id, occurred_at, project_id, source, token, subject_id, team_id,
            direction, channel, pass_method, origin, is_repeat, photo, latitude, longitude, received_at)
        SELECT p.public_id, p.occurred_at, p.project_id, p.source, p.token, p.subject_id, b.team_id,
            p.direction, p.channel, r.pass_method, b.origin, p.is_repeat, r.photo, r.latitude, r.longitude,
            p.received_at
        FROM first p JOIN settling_row r USING (public_id) JOIN settling_batch b ON b.batch = p.batch
        WHERE NOT EXISTS (
            SELECT 1 FROM attendance_punch q WHERE q.occurred_at = p.occurred_at
            AND q.project_id = p.project_id AND q.source = p.source AND q.token = p.token OFFSET 0)
        RETURNING public_id, is_repeat
    ), noted AS (INSERT INTO settling_new SELECT public_id FROM added)
    SELECT coalesce(bool_or(is_repeat), false) FROM added
"""

# Of a sequence with several times the earliest counts; whose days that concerns.
_CLASH: Final = """
    WITH clashing AS (
        SELECT DISTINCT source, token FROM settling_pass JOIN settling_new USING (public_id) WHERE is_repeat
    ), times AS MATERIALIZED (
        SELECT q.source, q.token, q.occurred_at, q.project_id, q.subject_id
        FROM clashing c JOIN attendance_punch q ON q.source = c.source AND q.token = c.token
            AND length(q.token) < 32
    ), written AS (
        INSERT INTO attendance_sequenceclash (source, token, counted_at, counted_project_id)
        SELECT DISTINCT ON (source, token) source, token, occurred_at, project_id
        FROM times ORDER BY source, token, occurred_at, project_id
        ON CONFLICT (source, token) DO UPDATE SET counted_at = EXCLUDED.counted_at,
            counted_project_id = EXCLUDED.counted_project_id
    )
    SELECT project_id, subject_id, occurred_at FROM times
"""

# A day grows by what is new, where that cannot touch what was counted before: the new passages lie before or
# after all that stand, further off than passing once reaches. Every other day is concluded from its punches.
_GROW: Final = compose(
    """
    WITH fresh AS (
        SELECT p.*, {starts} FROM settling_pass p JOIN settling_new USING (public_id)
        WHERE p.engagement_id IS NOT NULL
    ), seen AS MATERIALIZED (
        SELECT engagement_id, day, min(project_id) AS project_id, min(subject_id) AS subject_id,
            min(gap) AS gap, count(DISTINCT subject_id) > 1 OR bool_or(is_repeat) AS is_special, {seen}
        FROM fresh GROUP BY engagement_id, day
    ), judged AS MATERIALIZED (
        SELECT s.*, NOT s.is_special AND c.id IS NULL AND u.id IS NULL AND (d.id IS NULL
            OR d.rule_version = {rule} AND NOT d.is_corrected
            AND (s.first_at > d.last_at + s.gap OR s.last_at < d.first_at - s.gap)) AS is_plain
        FROM seen s
        LEFT JOIN LATERAL (
            SELECT * FROM attendance_attendanceday a
            WHERE a.engagement_id = s.engagement_id AND a.day = s.day LIMIT 1
        ) d ON true
        LEFT JOIN LATERAL (
            SELECT a.id FROM attendance_correctionrequest a
            WHERE a.engagement_id = s.engagement_id AND a.day = s.day AND a.state = 'applied' LIMIT 1
        ) c ON true
        LEFT JOIN LATERAL (
            SELECT a.id FROM attendance_unmatchedday a
            WHERE a.day = s.day AND a.project_id = s.project_id AND a.subject_id = s.subject_id LIMIT 1
        ) u ON true
    ), grown AS (
        INSERT INTO attendance_attendanceday AS t (engagement_id, day, first_at, last_at, first_in_at,
            last_out_at, punches, is_corrected, rule_version, computed_at)
        SELECT engagement_id, day, first_at, last_at, first_in_at, last_out_at, punches, false,
            {rule}, now()
        FROM judged WHERE is_plain ORDER BY day, engagement_id
        ON CONFLICT (engagement_id, day) DO UPDATE SET first_at = least(t.first_at, EXCLUDED.first_at),
            last_at = greatest(t.last_at, EXCLUDED.last_at),
            first_in_at = least(t.first_in_at, EXCLUDED.first_in_at),
            last_out_at = greatest(t.last_out_at, EXCLUDED.last_out_at),
            punches = t.punches + EXCLUDED.punches, computed_at = EXCLUDED.computed_at
    )
    SELECT project_id, subject_id, day FROM judged WHERE NOT is_plain
""",
    starts=STARTS,
    seen=SEEN,
    rule=RULE_VERSION,
)

_WAIT: Final = """
    INSERT INTO attendance_unmatchedday AS t (day, project_id, subject_id, punches)
    SELECT day, project_id, subject_id, count(*) FROM settling_pass JOIN settling_new USING (public_id)
    WHERE engagement_id IS NULL GROUP BY day, project_id, subject_id ORDER BY day, project_id, subject_id
    ON CONFLICT (day, project_id, subject_id) DO UPDATE SET punches = t.punches + EXCLUDED.punches
"""

_MARK: Final = """
    WITH run AS (
        INSERT INTO attendance_punchrun (first_id, last_id, punches, came_from, created_at)
        SELECT min(public_id::text)::uuid, max(public_id::text)::uuid, count(*), b.came_from,
            clock_timestamp()
        FROM settling_new JOIN settling_pass p USING (public_id) JOIN settling_batch b USING (batch)
        WHERE EXISTS (SELECT FROM outbox_capturing WHERE is_up)
        GROUP BY b.came_from, CASE WHEN b.came_from = '' THEN -1 ELSE b.batch END
    )
    INSERT INTO attendance_dirtyday (project_id, day)
    SELECT DISTINCT project_id, day FROM settling_pass JOIN settling_new USING (public_id)
"""

_COUNT: Final = """
    SELECT batch, count(n.public_id), count(*) - count(n.public_id)
    FROM settling_pass p LEFT JOIN settling_new n USING (public_id)
    WHERE subject_id IS NOT NULL GROUP BY batch
"""

_UNMATCHED: Final = """
    SELECT batch, place, CASE WHEN subject_id IS NULL THEN 'unknown' WHEN is_enrolled THEN 'absent'
        ELSE 'stranger' END
    FROM settling_pass WHERE engagement_id IS NULL ORDER BY batch, place
"""

# One device's sequence and instant name one punch. A second person under them is no repetition: it is said.
_TAKEN: Final = """
    SELECT p.batch, p.place FROM settling_pass p JOIN attendance_punch q ON q.occurred_at = p.occurred_at
        AND q.project_id = p.project_id AND q.source = p.source AND q.token = p.token
    WHERE q.subject_id <> p.subject_id ORDER BY p.batch, p.place
"""


def resolve() -> bool:
    """Find the subject of each staged row, its person, the day, and the engagement for which it counts.

    Returns whether some row has no subject.
    """
    return bool(_rows(_RESOLVE)[0][0])


def insert() -> bool:
    """Add what is new; whether any of it repeats a sequence with another time."""
    _run(_FLAG)
    return bool(_rows(_INSERT)[0][0])


def clashes(readings: dict[int, Reading]) -> set[tuple[int, int, date]]:
    """Note sequences that came with several times; returns the (project, subject, day) they concern."""
    return {(project, subject, day_of(at, readings[project].hour)) for project, subject, at in _rows(_CLASH)}


def grow_days() -> set[tuple[int, int, date]]:
    """Add new passages to their days; returns the (project, subject, day) that must be concluded anew."""
    _run(_WAIT)
    return set(_rows(_GROW))


def mark() -> None:
    """Ask for a fresh count of the project-days that have new punches, and say which these are.

    What a neighbour is sent is read by runs of the punches' names (PunchRun): none is written where nobody is
    told. Names of a step lie close together, and so do those of one batch that another node sent.
    """
    _run(_MARK)


def numbers() -> dict[int, tuple[int, int]]:
    """By batch: rows added, and rows that were known before."""
    return {batch: (added, repeated) for batch, added, repeated in _rows(_COUNT)}


def unmatched() -> Iterable[tuple[int, int, str]]:
    """Batch, place and kind of every row that counts for nobody."""
    return _rows(_UNMATCHED)


def taken() -> Iterable[tuple[int, int]]:
    """Batch and place of every row whose sequence and instant are another person's punch."""
    return _rows(_TAKEN)


def _run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def _rows(statement: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()
