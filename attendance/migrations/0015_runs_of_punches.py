from django.db import migrations, models


class Migration(migrations.Migration):
    """Which punches a step added, so that they can be sent on without a second row for each."""

    dependencies = [("attendance", "0014_gate_lists"), ("outbox", "0002_changes")]
    operations = [
        migrations.CreateModel(
            name="PunchRun",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("first_id", models.UUIDField()),
                ("last_id", models.UUIDField()),
                ("punches", models.PositiveIntegerField()),
                ("came_from", models.CharField(blank=True, max_length=32)),
                ("position", models.BigIntegerField(null=True, unique=True)),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "ordering": ("position",),
                "indexes": [
                    models.Index(
                        condition=models.Q(("position", None)), fields=["id"], name="runs_without_position"
                    )
                ],
            },
        ),
    ]
