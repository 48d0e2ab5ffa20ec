import django.db.models.deletion
from django.db import migrations, models

_COUNTERS = (
    "projects",
    "on_site",
    "attended",
    "attended_left",
    "contracted",
    "trained",
    "key_posts_required",
    "key_posts_present",
    "unmatched",
)


class Migration(migrations.Migration):
    """Counters of whole divisions, which a cell sends to the hub."""

    dependencies = [("attendance", "0015_runs_of_punches"), ("regions", "0001_initial")]
    operations = [
        migrations.CreateModel(
            name="CellPulse",
            fields=[
                ("cell", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("counted_until", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="CountyDay",
            fields=[
                (
                    "key",
                    models.CharField(editable=False, max_length=24, primary_key=True, serialize=False),
                ),
                ("day", models.DateField()),
                ("cell", models.CharField(max_length=32)),
                *((name, models.PositiveIntegerField()) for name in _COUNTERS),
                ("computed_at", models.DateTimeField()),
                (
                    "region",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="regions.region",
                        to_field="code",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("day", "region"), name="a_division_is_counted_once_a_day")
                ],
            },
        ),
    ]
