import django.db.models.deletion
import django.db.models.manager
from django.db import migrations, models

import kernel.ids
import kernel.models


class Migration(migrations.Migration):
    """What the owner's contract says of real-name management and wages, edition by edition."""

    dependencies = [
        ("projects", "0009_refused_records"),
    ]

    operations = [
        migrations.CreateModel(
            name="OwnerTerms",
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
                ("edition", models.PositiveSmallIntegerField()),
                ("measurement_days", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("pay_cycle_days", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("pay_day", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("labour_cost", models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True)),
                ("labour_share", models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True)),
                ("duties", models.CharField(blank=True, max_length=500)),
                ("safety_cost", models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True)),
                ("is_free_for_workers", models.BooleanField(default=False)),
                ("no_charge_file", models.CharField(blank=True, max_length=64)),
                ("contract_file", models.CharField(blank=True, max_length=64)),
                ("state", models.CharField(default="stated", max_length=12)),
                ("stated_side", models.CharField(max_length=12)),
                ("stated_at", models.DateTimeField()),
                ("stated_by", models.CharField(max_length=120)),
                ("stated_by_key", models.CharField(max_length=64)),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                ("answered_by", models.CharField(blank=True, max_length=120)),
                ("answered_by_key", models.CharField(blank=True, max_length=64)),
                ("objection", models.CharField(blank=True, max_length=200)),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="owner_terms",
                        to="projects.project",
                    ),
                ),
            ],
            options={
                "ordering": ("project", "-edition"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("project", "edition"), name="an_edition_of_terms_is_kept_once"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "confirmed")),
                        fields=("project",),
                        name="one_set_of_terms_is_in_force",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "stated")),
                        fields=("project",),
                        name="one_set_of_terms_waits_for_an_answer",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("answered_by_key", ""),
                            models.Q(("answered_by_key", models.F("stated_by_key")), _negated=True),
                            _connector="OR",
                        ),
                        name="who_states_terms_does_not_confirm_them",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("pay_day", None),
                            models.Q(("pay_day__gte", 1), ("pay_day__lte", 31)),
                            _connector="OR",
                        ),
                        name="terms_name_a_day_of_the_month",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("labour_cost", None), ("labour_cost__gt", 0), _connector="OR"),
                            models.Q(("safety_cost", None), ("safety_cost__gt", 0), _connector="OR"),
                            models.Q(
                                ("labour_share", None),
                                models.Q(("labour_share__gt", 0), ("labour_share__lte", 100)),
                                _connector="OR",
                            ),
                        ),
                        name="costs_of_terms_are_positive",
                    ),
                ],
            },
            managers=[
                ("all_rows", django.db.models.manager.Manager()),
            ],
        ),
    ]
