import django.db.models.deletion
import django.db.models.manager
from django.db import migrations, models

import kernel.ids
import kernel.models


class Migration(migrations.Migration):
    """Good and adverse records and blacklists of enterprises."""

    dependencies = [
        ("integrity", "0001_notices"),
        ("projects", "0006_what_systems_state"),
        ("regions", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="CreditRecord",
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
                ("record_kind", models.CharField(max_length=16)),
                ("behaviour", models.CharField(max_length=4)),
                ("content", models.CharField(max_length=500)),
                ("authority", models.CharField(max_length=100)),
                ("document", models.CharField(max_length=100)),
                ("decided_on", models.DateField()),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(blank=True, null=True)),
                ("entered_by", models.CharField(max_length=120)),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                ("withdrawn_because", models.CharField(blank=True, max_length=200)),
                (
                    "enterprise",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="credit_records",
                        to="projects.enterprise",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="projects.project",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="regions.region"
                    ),
                ),
            ],
            options={
                "ordering": ("-decided_on", "-id"),
                "indexes": [
                    models.Index(fields=["enterprise", "record_kind"], name="credit_of_an_enterprise")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("record_kind__in", ["good", "bad", "blacklist"])),
                        name="a_credit_record_is_good_bad_or_of_the_blacklist",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to", None), ("valid_to__gte", models.F("valid_from")), _connector="OR"
                        ),
                        name="a_credit_record_ends_after_it_begins",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("withdrawn_at", None)),
                        fields=("enterprise", "region", "record_kind", "document", "behaviour"),
                        name="a_decision_is_entered_once_for_an_enterprise",
                    ),
                ],
            },
            managers=[
                ("all_rows", django.db.models.manager.Manager()),
            ],
        ),
    ]
