from django.db import migrations, models


class Migration(migrations.Migration):
    """A day may rest on an applied correction instead of a punch, and says so."""

    dependencies = [("attendance", "0004_correction_requests")]

    operations = [
        migrations.AddField(
            model_name="attendanceday",
            name="is_corrected",
            field=models.BooleanField(default=False),
        ),
        migrations.AddConstraint(
            model_name="attendanceday",
            constraint=models.CheckConstraint(
                condition=models.Q(("punches__gt", 0), ("is_corrected", True), _connector="OR"),
                name="a_day_has_a_punch_or_a_correction",
            ),
        ),
        migrations.RemoveConstraint(
            model_name="attendanceday",
            name="a_day_has_a_punch",
        ),
    ]
