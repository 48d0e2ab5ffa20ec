from django.db import migrations, models

# What was counted before gets the new part from the facts; a count that still waits keeps its own bounds.
_FILL = """
    UPDATE attendance_projectday t
    SET attended_left = LEAST(t.attended, GREATEST(t.attended - t.on_site, f.number))
    FROM (
        SELECT e.project_id, d.day, count(*) AS number
        FROM attendance_attendanceday d JOIN workers_engagement e ON e.id = d.engagement_id
        WHERE NOT EXISTS (SELECT 1 FROM workers_presence p WHERE p.engagement_id = e.id
            AND p.entered_on <= d.day AND (p.exited_on IS NULL OR p.exited_on > d.day)
            AND NOT EXISTS (SELECT 1 FROM workers_temporaryleave l WHERE l.presence_id = p.id
                AND l.left_on <= d.day AND (l.returned_on IS NULL OR l.returned_on > d.day)))
        GROUP BY e.project_id, d.day
    ) f
    WHERE f.project_id = t.project_id AND f.day = t.day;
    UPDATE attendance_projectday SET attended_left = attended - on_site
    WHERE attended > on_site + attended_left;
"""


class Migration(migrations.Migration):
    """Who attended and has left since is counted, so that a rate of attendance never passes the whole."""

    dependencies = [
        ("attendance", "0005_corrected_days"),
        ("workers", "0007_roster_moves"),
    ]

    operations = [
        migrations.AddField(
            model_name="projectday",
            name="attended_left",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.RunSQL(_FILL, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="projectday",
            constraint=models.CheckConstraint(
                condition=models.Q(("attended__lte", models.F("on_site") + models.F("attended_left"))),
                name="attended_are_expected",
            ),
        ),
        migrations.AddConstraint(
            model_name="projectday",
            constraint=models.CheckConstraint(
                condition=models.Q(("attended_left__lte", models.F("attended"))),
                name="who_attended_and_left_attended",
            ),
        ),
    ]
