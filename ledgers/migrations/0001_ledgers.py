import django.db.models.deletion
import django.db.models.manager
from django.db import migrations, models

import kernel.fields
import kernel.ids
import kernel.models


class Migration(migrations.Migration):
    """A month's roster of a subcontractor as it was filed."""

    initial = True

    dependencies = [
        ("projects", "0010_contract_terms"),
    ]

    operations = [
        migrations.CreateModel(
            name="Ledger",
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
                ("month", models.DateField()),
                ("round", models.PositiveSmallIntegerField(default=1)),
                ("content", kernel.fields.SealedTextField(context="ledgers.ledger.content")),
                ("digest", models.CharField(db_index=True, max_length=64)),
                ("people", models.PositiveIntegerField()),
                ("incomplete", models.PositiveIntegerField()),
                ("days", models.PositiveIntegerField()),
                ("due_on", models.DateField()),
                ("is_late", models.BooleanField()),
                ("state", models.CharField(default="filed", max_length=12)),
                ("filed_at", models.DateTimeField()),
                ("filed_by", models.CharField(max_length=120)),
                ("filed_by_key", models.CharField(max_length=64)),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("decided_by", models.CharField(blank=True, max_length=120)),
                ("decided_by_key", models.CharField(blank=True, max_length=64)),
                ("reason", models.CharField(blank=True, max_length=200)),
                (
                    "participation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ledgers",
                        to="projects.participation",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ledgers",
                        to="projects.project",
                    ),
                ),
            ],
            options={
                "ordering": ("-month", "-filed_at", "-id"),
                "indexes": [models.Index(fields=["project", "month"], name="ledgers_of_a_project")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("participation", "month", "round"), name="a_filing_of_a_month_is_kept_once"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "returned"), _negated=True),
                        fields=("participation", "month"),
                        name="one_ledger_of_a_month_stands",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("month__day", 1)), name="a_ledger_month_is_its_first_day"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decided_by_key", ""),
                            models.Q(("decided_by_key", models.F("filed_by_key")), _negated=True),
                            _connector="OR",
                        ),
                        name="who_files_a_ledger_does_not_accept_it",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at", None), ("state", "filed")),
                            ("decided_at__isnull", False),
                            _connector="OR",
                        ),
                        name="a_decided_ledger_says_when",
                    ),
                ],
            },
            managers=[
                ("all_rows", django.db.models.manager.Manager()),
            ],
        ),
    ]
