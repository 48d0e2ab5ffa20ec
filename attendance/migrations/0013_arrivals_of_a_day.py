from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models

# Yesterday is what today is compared with: its minutes are counted at once, older days' never asked for.
MARK = """
INSERT INTO attendance_dirtyday (project_id, day)
SELECT project_id, day FROM attendance_projectday WHERE day >= current_date - 2;
"""


class Migration(migrations.Migration):
    """The minutes in which people came, so that yesterday at this time is read and not counted."""

    dependencies = [("attendance", "0012_a_growing_day_is_not_asked_again")]
    operations = [
        migrations.AddField(
            "projectday", "arrivals", ArrayField(models.PositiveSmallIntegerField(), null=True, size=None)
        ),
        migrations.AddField(
            "projectday",
            "post_arrivals",
            ArrayField(models.PositiveSmallIntegerField(), null=True, size=None),
        ),
        migrations.RunSQL(MARK, migrations.RunSQL.noop),
    ]
