import django.db.models.deletion
from django.db import migrations, models

import kernel.ids
import kernel.models


class Migration(migrations.Migration):
    """Versions of the standard in layers, with what they are made of, and who may extend it."""

    dependencies = [("regions", "0001_initial"), ("standards", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="StandardVersion",
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
                ("layer", models.CharField(max_length=12)),
                ("number", models.CharField(max_length=40)),
                ("title", models.CharField(max_length=120)),
                ("document", models.CharField(blank=True, max_length=120)),
                ("state", models.CharField(default="draft", max_length=12)),
                ("effective_from", models.DateField(blank=True, null=True)),
                ("cutoff", models.DateField(blank=True, null=True)),
                ("drafted_by", models.CharField(blank=True, max_length=64)),
                ("reviewed_by", models.CharField(blank=True, max_length=64)),
                ("published_by", models.CharField(blank=True, max_length=64)),
                ("editors", models.JSONField(blank=True, default=list)),
                ("review_note", models.CharField(blank=True, max_length=300)),
                ("checked_at", models.DateTimeField(blank=True, null=True)),
                ("published_at", models.DateTimeField(blank=True, null=True)),
                ("conflicts", models.JSONField(blank=True, default=list)),
                ("needs_action_by", models.DateField(blank=True, null=True)),
                (
                    "based_on",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="successors",
                        to="standards.standardversion",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="regions.region",
                    ),
                ),
            ],
            options={
                "ordering": ("layer", "region", "-effective_from", "-id"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("layer", "city"), ("region__isnull", False)),
                            models.Q(("layer__in", ("national", "provincial")), ("region", None)),
                            _connector="OR",
                        ),
                        name="a_citys_version_names_the_city_and_others_none",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "published"), _negated=True),
                            models.Q(
                                ("cutoff__isnull", False),
                                ("effective_from__isnull", False),
                                ("published_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="a_published_version_has_its_dates",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("cutoff", None),
                            ("effective_from", None),
                            ("cutoff__gte", models.F("effective_from")),
                            _connector="OR",
                        ),
                        name="a_cutoff_does_not_precede_the_version",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("reviewed_by", ""),
                            models.Q(("reviewed_by", models.F("drafted_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="whoever_drafts_a_version_does_not_review_it",
                    ),
                    models.UniqueConstraint(
                        fields=("layer", "region", "number"),
                        name="a_version_number_is_used_once_in_its_layer",
                        nulls_distinct=False,
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("published", "withdrawn")), _negated=True),
                        fields=("layer", "region"),
                        name="a_layer_has_one_version_in_the_making",
                        nulls_distinct=False,
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "published")),
                        fields=("layer", "region", "effective_from"),
                        name="one_version_of_a_layer_begins_on_a_day",
                        nulls_distinct=False,
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Element",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("object_key", models.CharField(max_length=16)),
                ("code", models.CharField(max_length=40)),
                ("name", models.CharField(max_length=40)),
                ("kind", models.CharField(max_length=12)),
                ("length", models.PositiveIntegerField(blank=True, null=True)),
                ("unit", models.CharField(blank=True, max_length=20)),
                ("required", models.CharField(default="never", max_length=8)),
                ("required_when", models.JSONField(blank=True, null=True)),
                ("severities", models.JSONField(blank=True, default=dict)),
                ("code_list", models.CharField(blank=True, max_length=40)),
                ("privacy", models.CharField(default="internal", max_length=10)),
                ("example", models.CharField(blank=True, max_length=80)),
                ("help", models.CharField(blank=True, max_length=200)),
                ("lives_in", models.CharField(blank=True, max_length=60)),
                ("position", models.PositiveIntegerField(default=0)),
                ("is_retired", models.BooleanField(default=False)),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="elements",
                        to="standards.standardversion",
                    ),
                ),
            ],
            options={
                "ordering": ("version", "object_key", "position", "id"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("version", "object_key", "code"), name="an_element_stands_once_in_its_version"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ValidationRule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=20)),
                ("object_key", models.CharField(max_length=16)),
                ("condition", models.JSONField()),
                ("severities", models.JSONField(blank=True, default=dict)),
                ("message", models.CharField(max_length=200)),
                ("remedy", models.CharField(max_length=200)),
                ("position", models.PositiveIntegerField(default=0)),
                ("is_retired", models.BooleanField(default=False)),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rules",
                        to="standards.standardversion",
                    ),
                ),
            ],
            options={
                "ordering": ("version", "object_key", "position", "id"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("version", "code"), name="a_rule_stands_once_in_its_version"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ProposedItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code_list", models.CharField(max_length=40)),
                ("list_name", models.CharField(blank=True, max_length=60)),
                ("code", models.CharField(max_length=12)),
                ("name", models.CharField(blank=True, max_length=80)),
                ("mapped_to", models.CharField(blank=True, max_length=12)),
                ("retires", models.BooleanField(default=False)),
                ("position", models.PositiveSmallIntegerField(default=0)),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="proposed_items",
                        to="standards.standardversion",
                    ),
                ),
            ],
            options={
                "ordering": ("version", "code_list", "position", "id"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("version", "code_list", "code"),
                        name="an_item_is_proposed_once_in_its_version",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Tightening",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("object_key", models.CharField(max_length=16)),
                ("code", models.CharField(max_length=40)),
                ("required", models.CharField(blank=True, max_length=8)),
                ("required_when", models.JSONField(blank=True, null=True)),
                ("severities", models.JSONField(blank=True, default=dict)),
                ("length", models.PositiveIntegerField(blank=True, null=True)),
                ("codes", models.JSONField(blank=True, null=True)),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tightenings",
                        to="standards.standardversion",
                    ),
                ),
            ],
            options={
                "ordering": ("version", "object_key", "code"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("version", "object_key", "code"),
                        name="an_element_is_tightened_once_in_its_version",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ExtensionGrant",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(default=kernel.ids.new_id, editable=False, unique=True)),
                ("objects_allowed", models.JSONField(blank=True, default=list)),
                ("lists_allowed", models.JSONField(blank=True, default=list)),
                ("most_required", models.PositiveSmallIntegerField(default=0)),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(blank=True, null=True)),
                ("document", models.CharField(max_length=120)),
                ("granted_by", models.CharField(blank=True, max_length=64)),
                ("granted_at", models.DateTimeField()),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                (
                    "region",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="regions.region"
                    ),
                ),
            ],
            options={
                "ordering": ("region", "-valid_from", "-id"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to", None), ("valid_to__gte", models.F("valid_from")), _connector="OR"
                        ),
                        name="a_grant_ends_after_it_begins",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ItemMapping",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=12)),
                ("national_code", models.CharField(max_length=12)),
                ("document", models.CharField(blank=True, max_length=120)),
                (
                    "code_list",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="mappings",
                        to="standards.codelist",
                    ),
                ),
            ],
            options={
                "ordering": ("code_list", "code"),
                "constraints": [
                    models.UniqueConstraint(fields=("code_list", "code"), name="a_code_is_mapped_once")
                ],
            },
        ),
        migrations.AddField(
            model_name="codeitem",
            name="region",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="regions.region",
            ),
        ),
        migrations.AddField(
            model_name="codeitem",
            name="standard",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="items",
                to="standards.standardversion",
            ),
        ),
    ]
