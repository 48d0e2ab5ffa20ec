"""A corrected number or name keeps what it was, and why."""

import django.db.models.deletion
import django.db.models.manager
from django.db import migrations, models

import kernel.fields
import kernel.ids
import kernel.models


class Migration(migrations.Migration):
    dependencies = [
        ("workers", "0002_papers_say_who_and_why"),
    ]

    operations = [
        migrations.CreateModel(
            name="IdentityCorrection",
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
                ("name_before", models.CharField(max_length=50)),
                ("number_before", kernel.fields.SealedTextField(context="identity_correction.number")),
                ("is_number_changed", models.BooleanField()),
                ("is_moved", models.BooleanField(default=False)),
                ("reason", models.CharField(max_length=200)),
                ("corrected_by", models.CharField(max_length=120)),
                (
                    "engagement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="identity_corrections",
                        to="workers.engagement",
                    ),
                ),
            ],
            options={
                "ordering": ("-created_at", "-id"),
            },
            managers=[
                ("all_rows", django.db.models.manager.Manager()),
            ],
        ),
    ]
