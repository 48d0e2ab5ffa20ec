from django.db import migrations, models

_FILL = """
    UPDATE attendance_device d SET highest_sequence = p.highest
    FROM (
        SELECT source, max(token::bigint) AS highest FROM attendance_punch
        WHERE length(token) < 32 AND token ~ '^[0-9]{1,18}$' GROUP BY source
    ) p
    WHERE d.public_id::text = p.source;
    UPDATE attendance_device SET highest_sequence = 0 WHERE highest_sequence IS NULL;
"""


class Migration(migrations.Migration):
    """A device's highest sequence is always known: none was used before the device was there."""

    dependencies = [("attendance", "0010_provincial_rate")]

    operations = [
        migrations.RunSQL(_FILL, migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="device",
            name="highest_sequence",
            field=models.BigIntegerField(default=0, editable=False),
        ),
    ]
