import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Who is on the gates' lists, in the order of the last change."""

    dependencies = [
        ("attendance", "0013_arrivals_of_a_day"),
        ("projects", "0007_responsible_person_and_files_of_a_team"),
        ("workers", "0012_points_readers_and_strengths"),
    ]
    operations = [
        migrations.CreateModel(
            name="GatePass",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("is_allowed", models.BooleanField()),
                ("valid_until", models.DateTimeField(blank=True, null=True)),
                ("causes", models.JSONField(default=list)),
                ("digest", models.CharField(max_length=64)),
                ("position", models.BigIntegerField()),
                ("changed_at", models.DateTimeField()),
                ("check_at", models.DateTimeField(blank=True, null=True)),
                (
                    "engagement",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="gate_pass",
                        to="workers.engagement",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="gate_passes",
                        to="projects.project",
                    ),
                ),
            ],
            options={
                "ordering": ("position",),
                "indexes": [
                    models.Index(fields=["project", "position"], name="gate_changes_of_a_project"),
                    models.Index(
                        condition=models.Q(("check_at__isnull", False)),
                        fields=["check_at"],
                        name="gate_passes_to_check",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("position",), name="a_change_of_the_gates_has_one_position"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("causes", []), ("is_allowed", True))
                        | (models.Q(("is_allowed", False)) & models.Q(("causes", []), _negated=True)),
                        name="who_is_taken_off_the_gates_is_told_why",
                    ),
                ],
            },
            managers=[
                ("all_rows", models.manager.Manager()),
            ],
        ),
    ]
