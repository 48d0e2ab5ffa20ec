import django.db.models.deletion
from django.db import migrations, models

import kernel.fields
import kernel.ids
import kernel.models


class Migration(migrations.Migration):
    """Where and by what an identity was taken, how each fact came, and certificates by their end."""

    dependencies = [
        ("projects", "0007_responsible_person_and_files_of_a_team"),
        ("workers", "0011_what_the_standard_adds"),
    ]
    operations = [
        migrations.CreateModel(
            name="CollectionPoint",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(default=kernel.ids.new_id, editable=False, unique=True)),
                ("origin", models.CharField(default=kernel.models.this_node, editable=False, max_length=32)),
                ("version", models.PositiveIntegerField(default=1)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("name", models.CharField(max_length=60)),
                ("location", models.CharField(max_length=120)),
                ("equipment", models.CharField(max_length=120)),
                ("operator", models.CharField(max_length=60)),
                (
                    "reader_key",
                    kernel.fields.SealedTextField(context="collection_point.reader_key", null=True),
                ),
                ("reader_key_at", models.DateTimeField(blank=True, null=True)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="collection_points",
                        to="projects.project",
                    ),
                ),
            ],
            options={
                "ordering": ("project", "name", "pk"),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("closed_at", None)),
                        fields=("project", "name"),
                        name="an_open_collection_point_is_named_once_in_a_project",
                    )
                ],
            },
            managers=[
                ("all_rows", models.manager.Manager()),
            ],
        ),
        migrations.AddField(
            "identitycheck", "checked_by_key", models.CharField(blank=True, default="", max_length=64)
        ),
        migrations.AddField(
            "identitycheck", "attested_uscc", models.CharField(blank=True, default="", max_length=18)
        ),
        migrations.AddField("identitycheck", "strengths", models.JSONField(blank=True, default=dict)),
        migrations.AddField("identitycheck", "reader", models.JSONField(blank=True, default=dict)),
        migrations.AddField(
            "identitycheck", "proof", models.CharField(blank=True, default="", max_length=64)
        ),
        migrations.AddField(
            "identitycheck", "portrait", models.CharField(blank=True, default="", max_length=64)
        ),
        migrations.AddField(
            "identitycheck",
            "point",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="checks",
                to="workers.collectionpoint",
            ),
        ),
        migrations.AddConstraint(
            "identitycheck",
            models.UniqueConstraint(
                condition=models.Q(("proof", ""), _negated=True),
                fields=("proof",),
                name="a_reading_establishes_one_identity",
            ),
        ),
        migrations.AddIndex(
            "certificate", models.Index(fields=["valid_to"], name="certificates_by_their_end")
        ),
    ]
