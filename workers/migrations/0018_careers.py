import django.db.models.deletion
import django.db.models.manager
from django.db import migrations, models

import kernel.ids
import kernel.models


class Migration(migrations.Migration):
    """A worker opens the own career by a code; who has read by one."""

    dependencies = [
        ("projects", "0010_contract_terms"),
        ("workers", "0017_quantities"),
    ]

    operations = [
        migrations.CreateModel(
            name="CareerTry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("actor_key", models.CharField(db_index=True, max_length=64)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="CareerCode",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(default=kernel.ids.new_id, editable=False, unique=True)),
                ("digest", models.BinaryField(max_length=64, unique=True)),
                ("figures_digest", models.BinaryField(max_length=64)),
                ("opened_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("used_at", models.DateTimeField(blank=True, null=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="career_codes",
                        to="workers.person",
                    ),
                ),
            ],
            options={
                "ordering": ("-opened_at",),
            },
            managers=[
                ("all_rows", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="CareerReading",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(default=kernel.ids.new_id, editable=False, unique=True)),
                ("reader_key", models.CharField(max_length=64)),
                ("reader", models.CharField(max_length=120)),
                ("read_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "code",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reading",
                        to="workers.careercode",
                    ),
                ),
                (
                    "participation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="projects.participation",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="projects.project"
                    ),
                ),
            ],
            options={
                "ordering": ("-read_at",),
            },
            managers=[
                ("all_rows", django.db.models.manager.Manager()),
            ],
        ),
        migrations.AddIndex(
            model_name="careercode",
            index=models.Index(
                condition=models.Q(("closed_at", None), ("used_at", None)),
                fields=["figures_digest"],
                name="open_career_codes",
            ),
        ),
        migrations.AddConstraint(
            model_name="careercode",
            constraint=models.CheckConstraint(
                condition=models.Q(("expires_at__gt", models.F("opened_at"))),
                name="a_career_code_expires_after_it_was_opened",
            ),
        ),
    ]
