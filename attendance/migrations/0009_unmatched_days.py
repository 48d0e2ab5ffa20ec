from django.db import migrations

# Every subject and day that no day of attendance rests on, by the hour of the cut that has been in force so far.
_FILL = """
    INSERT INTO attendance_unmatchedday (day, project_id, subject_id, punches)
    SELECT c.day, p.project_id, p.subject_id, count(*)
    FROM attendance_punch p
    JOIN attendance_subject s ON s.id = p.subject_id
    CROSS JOIN LATERAL (SELECT (p.occurred_at AT TIME ZONE 'Asia/Shanghai' - INTERVAL '4 hours')::date AS day) c
    WHERE NOT EXISTS (
        SELECT 1 FROM workers_engagement e JOIN attendance_attendanceday d ON d.engagement_id = e.id
        WHERE e.person_id = s.person_id AND e.project_id = p.project_id AND d.day = c.day)
    GROUP BY c.day, p.project_id, p.subject_id
    ON CONFLICT (day, project_id, subject_id) DO NOTHING;

    INSERT INTO attendance_sequenceclash (source, token, counted_at, counted_project_id)
    SELECT DISTINCT ON (p.source, p.token) p.source, p.token, p.occurred_at, p.project_id
    FROM attendance_punch p
    WHERE (p.source, p.token) IN (SELECT r.source, r.token FROM attendance_punch r WHERE r.is_repeat)
    ORDER BY p.source, p.token, p.occurred_at, p.project_id
    ON CONFLICT (source, token) DO NOTHING;

    DELETE FROM standards_ruleparameter WHERE key = 'attendance.repeat_seconds';
"""


class Migration(migrations.Migration):
    """What was punched before gets its unmatched days and its sequences of several times."""

    dependencies = [
        ("attendance", "0008_settling"),
        ("standards", "0001_initial"),
        ("workers", "0001_initial"),
    ]

    operations = [migrations.RunSQL(_FILL, migrations.RunSQL.noop)]
