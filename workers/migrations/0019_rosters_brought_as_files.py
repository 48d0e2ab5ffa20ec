"""Rosters that are brought as files: the import, its sealed rows, and what is wrong with them."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import kernel.fields
import kernel.ids


class Migration(migrations.Migration):
    dependencies = [
        ("projects", "0007_responsible_person_and_files_of_a_team"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("workers", "0018_careers"),
    ]

    operations = [
        migrations.CreateModel(
            name="RosterImport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(default=kernel.ids.new_id, editable=False, unique=True)),
                ("owner_key", models.CharField(max_length=64)),
                ("owner_label", models.CharField(max_length=120)),
                ("name", models.CharField(max_length=120)),
                ("size_bytes", models.BigIntegerField()),
                ("address", models.CharField(blank=True, max_length=64)),
                ("state", models.CharField(default="to_check", max_length=12)),
                ("mode", models.CharField(blank=True, max_length=8)),
                ("problem", models.CharField(blank=True, max_length=600)),
                ("notes", models.JSONField(default=list)),
                ("rows_number", models.PositiveIntegerField(default=0)),
                ("rows_done", models.PositiveIntegerField(default=0)),
                ("lease", models.UUIDField(blank=True, null=True)),
                ("heartbeat_at", models.DateTimeField(blank=True, null=True)),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("created_at", models.DateTimeField()),
                ("started_at", models.DateTimeField(blank=True, null=True)),
                ("checked_at", models.DateTimeField(blank=True, null=True)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                ("expires_at", models.DateTimeField()),
                (
                    "owner",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
                "ordering": ("-created_at", "-pk"),
                "indexes": [
                    models.Index(fields=["owner_key", "-created_at"], name="imports_of_an_account"),
                    models.Index(
                        condition=models.Q(("state__in", ("to_check", "checking", "to_save", "saving"))),
                        fields=["state", "created_at"],
                        name="imports_under_way",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RosterRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("line", models.PositiveIntegerField()),
                ("cells", kernel.fields.SealedTextField(context="workers.rosterrow.cells")),
                ("person_index", models.BinaryField(max_length=64, null=True)),
                ("outcome", models.CharField(max_length=10)),
                ("changes", models.JSONField(default=list)),
                (
                    "engagement",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="workers.engagement",
                    ),
                ),
                (
                    "roster",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rows",
                        to="workers.rosterimport",
                    ),
                ),
            ],
            options={
                "ordering": ("roster", "line"),
                "indexes": [
                    models.Index(fields=["roster", "outcome", "line"], name="rows_of_a_roster_by_outcome"),
                    models.Index(fields=["roster", "person_index"], name="rows_of_a_roster_by_person"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("roster", "line"), name="a_line_of_a_roster_is_one_row")
                ],
            },
        ),
        migrations.CreateModel(
            name="RosterFault",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("column", models.CharField(max_length=60)),
                ("cause", models.CharField(max_length=60)),
                ("sentence", models.CharField(max_length=300)),
                ("given_index", models.BinaryField(max_length=64, null=True)),
                (
                    "roster",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="faults",
                        to="workers.rosterimport",
                    ),
                ),
                (
                    "row",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="faults",
                        to="workers.rosterrow",
                    ),
                ),
            ],
            options={
                "ordering": ("roster", "row__line", "pk"),
                "indexes": [
                    models.Index(fields=["roster", "column", "cause"], name="faults_of_a_roster_by_cause")
                ],
            },
        ),
    ]
