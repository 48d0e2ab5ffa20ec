import django.db.models.deletion
import django.db.models.manager
from django.db import migrations, models

import kernel.ids
import kernel.models


class Migration(migrations.Migration):
    """Completed work by quantity and quality."""

    dependencies = [
        ("projects", "0010_contract_terms"),
        ("workers", "0016_policy_documents"),
    ]

    operations = [
        migrations.CreateModel(
            name="WorkQuantity",
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
                ("item", models.CharField(max_length=60)),
                ("first_on", models.DateField()),
                ("last_on", models.DateField()),
                ("amount", models.DecimalField(decimal_places=3, max_digits=14)),
                ("unit", models.CharField(max_length=4)),
                ("grade", models.CharField(max_length=4)),
                ("note", models.CharField(blank=True, max_length=200)),
                ("state", models.CharField(default="entered", max_length=12)),
                ("entered_at", models.DateTimeField()),
                ("entered_by", models.CharField(max_length=120)),
                ("entered_by_key", models.CharField(max_length=64)),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("decided_by", models.CharField(blank=True, max_length=120)),
                ("decided_by_key", models.CharField(blank=True, max_length=64)),
                ("reason", models.CharField(blank=True, max_length=200)),
                (
                    "engagement",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="quantities",
                        to="workers.engagement",
                    ),
                ),
                (
                    "participation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="quantities",
                        to="projects.participation",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="quantities",
                        to="projects.project",
                    ),
                ),
                (
                    "replaces",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replaced_by",
                        to="workers.workquantity",
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="quantities",
                        to="projects.team",
                    ),
                ),
            ],
            options={
                "ordering": ("-last_on", "-id"),
            },
            managers=[
                ("all_rows", django.db.models.manager.Manager()),
            ],
        ),
        migrations.AddIndex(
            model_name="workquantity",
            index=models.Index(fields=["project", "-last_on"], name="quantities_of_a_project"),
        ),
        migrations.AddIndex(
            model_name="workquantity",
            index=models.Index(fields=["engagement"], name="quantities_of_a_person"),
        ),
        migrations.AddConstraint(
            model_name="workquantity",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gt", 0)), name="a_quantity_is_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="workquantity",
            constraint=models.CheckConstraint(
                condition=models.Q(("last_on__gte", models.F("first_on"))),
                name="a_quantity_ends_after_it_begins",
            ),
        ),
        migrations.AddConstraint(
            model_name="workquantity",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("decided_by_key", ""),
                    models.Q(("decided_by_key", models.F("entered_by_key")), _negated=True),
                    _connector="OR",
                ),
                name="who_enters_a_quantity_does_not_accept_it",
            ),
        ),
    ]
