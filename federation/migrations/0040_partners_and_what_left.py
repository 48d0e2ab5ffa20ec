import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.manager
from django.db import migrations, models

import federation.models.open_api
import federation.models.partners
import kernel.fields
import kernel.ids
import kernel.models


class Migration(migrations.Migration):
    """Partners of the outward gateway: agreements in versions, keys, what left and what was refused."""

    dependencies = [
        ("federation", "0032_change_proposals"),
    ]

    operations = [
        migrations.CreateModel(
            name="Partner",
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
                ("name", models.CharField(max_length=100, unique=True)),
                ("sort", models.CharField(max_length=16)),
                ("uscc", models.CharField(blank=True, max_length=18)),
                ("bank_code", models.CharField(blank=True, max_length=8)),
                ("contact_name", models.CharField(max_length=50)),
                ("contact_phone", kernel.fields.SealedTextField(context="federation.partner.contact_phone")),
                ("entered_by", models.CharField(max_length=120)),
            ],
            options={
                "ordering": ("name",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("sort__in", ["labour", "bank", "authority", "other"])),
                        name="a_partner_is_of_a_sort",
                    )
                ],
            },
            managers=[
                ("all_rows", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="PartnerKey",
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
                ("digest", models.CharField(max_length=64, unique=True)),
                ("hint", models.CharField(max_length=8)),
                (
                    "allowed_addresses",
                    models.JSONField(blank=True, default=federation.models.open_api.no_addresses),
                ),
                ("issued_by", models.CharField(max_length=120)),
                ("valid_until", models.DateTimeField(blank=True, null=True)),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="keys",
                        to="federation.partner",
                    ),
                ),
            ],
            options={
                "ordering": ("partner", "-id"),
            },
            managers=[
                ("all_rows", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="SharingAgreement",
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
                ("number", models.CharField(max_length=40, unique=True)),
                ("title", models.CharField(max_length=100)),
                ("suspended_at", models.DateTimeField(blank=True, null=True)),
                ("suspended_by", models.CharField(blank=True, max_length=120)),
                ("suspended_because", models.CharField(blank=True, max_length=200)),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="agreements",
                        to="federation.partner",
                    ),
                ),
            ],
            options={
                "ordering": ("number",),
            },
            managers=[
                ("all_rows", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="AgreementVersion",
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
                ("ordinal", models.PositiveSmallIntegerField()),
                ("state", models.CharField(default="draft", max_length=16)),
                ("purpose", models.CharField(max_length=300)),
                ("legal_basis", models.CharField(max_length=300)),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField()),
                ("calls_per_minute", models.PositiveIntegerField()),
                ("rows_per_day", models.PositiveIntegerField()),
                ("terms", models.JSONField(default=federation.models.partners.no_terms)),
                (
                    "drafters",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=64), size=None
                    ),
                ),
                ("drafted_by", models.CharField(max_length=120)),
                ("approved_key", models.CharField(blank=True, max_length=64)),
                ("approved_by", models.CharField(blank=True, max_length=120)),
                ("approved_at", models.DateTimeField(blank=True, null=True)),
                (
                    "agreement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="federation.sharingagreement",
                    ),
                ),
            ],
            options={
                "ordering": ("agreement", "-ordinal"),
            },
            managers=[
                ("all_rows", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="GatewayRefusal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("minute", models.DateTimeField()),
                ("shared", models.CharField(blank=True, max_length=40)),
                ("code", models.CharField(max_length=40)),
                ("sentence", models.CharField(max_length=300)),
                ("address", models.CharField(blank=True, max_length=45)),
                ("number", models.PositiveIntegerField(default=1)),
                ("last_at", models.DateTimeField()),
                (
                    "partner",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="federation.partner",
                    ),
                ),
            ],
            options={
                "ordering": ("-last_at", "-id"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("minute", "partner", "shared", "code"),
                        name="gateway_refusals_of_a_minute_are_one_row",
                        nulls_distinct=False,
                    )
                ],
            },
            managers=[
                ("all_rows", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="GatewayLog",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(default=kernel.ids.new_id, editable=False, unique=True)),
                ("at", models.DateTimeField()),
                ("shared", models.CharField(max_length=40)),
                (
                    "fields",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), size=None
                    ),
                ),
                ("asked", models.JSONField(default=dict)),
                ("rows", models.PositiveIntegerField()),
                (
                    "works",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.UUIDField(), default=list, size=None
                    ),
                ),
                ("address", models.CharField(max_length=45)),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="calls",
                        to="federation.agreementversion",
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="federation.partner"
                    ),
                ),
                (
                    "key",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="federation.partnerkey",
                    ),
                ),
            ],
            options={
                "ordering": ("-id",),
                "indexes": [
                    models.Index(fields=["partner", "-id"], name="gateway_log_of_a_partner"),
                    models.Index(fields=["at"], name="gateway_log_by_time"),
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["works"], name="gateway_log_of_a_person"
                    ),
                ],
            },
            managers=[
                ("all_rows", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="GatewayUse",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField()),
                ("rows", models.PositiveIntegerField(default=0)),
                ("calls", models.PositiveIntegerField(default=0)),
                ("minute", models.DateTimeField(null=True)),
                ("calls_in_minute", models.PositiveIntegerField(default=0)),
                (
                    "agreement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="uses",
                        to="federation.sharingagreement",
                    ),
                ),
            ],
            options={
                "ordering": ("-day",),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("agreement", "day"), name="one_count_per_agreement_and_day"
                    )
                ],
            },
            managers=[
                ("all_rows", django.db.models.manager.Manager()),
            ],
        ),
        migrations.AddConstraint(
            model_name="agreementversion",
            constraint=models.UniqueConstraint(
                fields=("agreement", "ordinal"), name="versions_of_an_agreement_count"
            ),
        ),
        migrations.AddConstraint(
            model_name="agreementversion",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "draft")),
                fields=("agreement",),
                name="one_draft_of_an_agreement",
            ),
        ),
        migrations.AddConstraint(
            model_name="agreementversion",
            constraint=models.CheckConstraint(
                condition=models.Q(("valid_to__gte", models.F("valid_from"))),
                name="an_agreement_ends_after_it_begins",
            ),
        ),
        migrations.AddConstraint(
            model_name="agreementversion",
            constraint=models.CheckConstraint(
                condition=models.Q(("calls_per_minute__gt", 0), ("rows_per_day__gt", 0)),
                name="an_agreement_has_a_quota",
            ),
        ),
        migrations.AddConstraint(
            model_name="agreementversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("approved_at", None), ("approved_key", ""), ("state", "draft")),
                    models.Q(
                        ("approved_at__isnull", False),
                        ("state", "approved"),
                        models.Q(("approved_key", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="an_agreement_is_a_draft_or_was_approved_by_somebody",
            ),
        ),
    ]
