import django.db.models.deletion
import django.db.models.manager
from django.db import migrations, models


class Migration(migrations.Migration):
    """What an interface refused by the data standard is kept, masked, for whoever asks why."""

    dependencies = [("projects", "0008_what_the_standard_adds")]
    operations = [
        migrations.CreateModel(
            name="RefusedRecord",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("request_id", models.CharField(db_index=True, max_length=64)),
                ("object_key", models.CharField(max_length=16)),
                ("channel", models.CharField(max_length=12)),
                ("said_by", models.CharField(blank=True, max_length=120)),
                ("findings", models.JSONField()),
                ("refused_at", models.DateTimeField(db_index=True)),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="projects.project",
                    ),
                ),
            ],
            options={"ordering": ("-refused_at", "-id")},
            managers=[
                ("all_rows", django.db.models.manager.Manager()),
            ],
        ),
    ]
