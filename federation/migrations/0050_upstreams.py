import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.manager
from django.db import migrations, models

import kernel.fields
import kernel.ids
import kernel.models


class Migration(migrations.Migration):
    """Platforms above us that are not ours, and what became of each record told to them."""

    dependencies = [
        ("federation", "0041_what_left_stands"),
        ("projects", "0010_contract_terms"),
        ("regions", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Upstream",
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
                ("name", models.CharField(max_length=100)),
                ("url", models.CharField(max_length=300)),
                ("appid", models.CharField(blank=True, max_length=64)),
                ("secret", kernel.fields.SealedTextField(context="upstream.secret", null=True)),
                ("takes", models.CharField(default="chosen", max_length=8)),
                ("since", models.DateField()),
                ("state", models.CharField(default="active", max_length=8)),
                ("pause_reason", models.CharField(blank=True, max_length=200)),
                ("codes", models.JSONField(blank=True, default=list)),
                ("punch_cursor", models.UUIDField(default=kernel.ids.new_id)),
                (
                    "region",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="regions.region"
                    ),
                ),
            ],
            options={
                "ordering": ("name",),
            },
            managers=[
                ("all_rows", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="UpstreamProject",
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
                ("remote_code", models.CharField(blank=True, max_length=40)),
                ("appid", models.CharField(blank=True, max_length=64)),
                ("secret", kernel.fields.SealedTextField(context="upstream_project.secret", null=True)),
                ("is_marked", models.BooleanField(default=True)),
                ("compared_at", models.DateTimeField(blank=True, null=True)),
                ("trouble", models.CharField(blank=True, max_length=300)),
                ("failures", models.PositiveIntegerField(default=0)),
                ("retry_at", models.DateTimeField(blank=True, null=True)),
                ("busy_until", models.DateTimeField(blank=True, null=True)),
                ("punches_done", models.BigIntegerField(default=0)),
                ("punches_untold", models.BigIntegerField(default=0)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="projects.project"
                    ),
                ),
                (
                    "upstream",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="projects",
                        to="federation.upstream",
                    ),
                ),
            ],
            options={
                "ordering": ("upstream", "project"),
            },
            managers=[
                ("all_rows", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="UpstreamCall",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(default=kernel.ids.new_id, editable=False, unique=True)),
                ("method", models.CharField(max_length=60)),
                ("timestamp", models.CharField(blank=True, max_length=14)),
                ("nonce", models.CharField(blank=True, max_length=64)),
                ("serial", models.CharField(blank=True, max_length=64)),
                ("state", models.CharField(default="ready", max_length=8)),
                ("rows", models.PositiveSmallIntegerField(default=1)),
                (
                    "punches",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.UUIDField(), blank=True, default=list, size=None
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("polls", models.PositiveSmallIntegerField(default=0)),
                ("sentence", models.CharField(blank=True, max_length=500)),
                ("made_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                ("next_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                (
                    "access",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="calls",
                        to="federation.upstreamproject",
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
            },
            managers=[
                ("all_rows", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="UpstreamRecord",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(default=kernel.ids.new_id, editable=False, unique=True)),
                ("kind", models.CharField(max_length=12)),
                ("key", models.UUIDField()),
                ("name", models.CharField(max_length=60)),
                ("label", models.CharField(blank=True, max_length=200)),
                ("state", models.CharField(default="queued", max_length=8)),
                ("wanted", models.BinaryField(max_length=32)),
                ("sent", models.BinaryField(max_length=32, null=True)),
                ("known", models.BinaryField(max_length=32, null=True)),
                ("is_there", models.BooleanField(default=False)),
                ("remote", models.CharField(blank=True, max_length=64)),
                (
                    "needs",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60), blank=True, default=list, size=None
                    ),
                ),
                ("is_alone", models.BooleanField(default=False)),
                ("sentence", models.CharField(blank=True, max_length=500)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("since", models.DateTimeField(blank=True, null=True)),
                ("next_at", models.DateTimeField()),
                ("done_at", models.DateTimeField(blank=True, null=True)),
                ("waived_by", models.CharField(blank=True, max_length=120)),
                ("waive_reason", models.CharField(blank=True, max_length=200)),
                (
                    "access",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="records",
                        to="federation.upstreamproject",
                    ),
                ),
                (
                    "call",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="records",
                        to="federation.upstreamcall",
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
            },
            managers=[
                ("all_rows", django.db.models.manager.Manager()),
            ],
        ),
        migrations.AddConstraint(
            model_name="upstream",
            constraint=models.UniqueConstraint(fields=("name",), name="an_upstream_has_a_name_of_its_own"),
        ),
        migrations.AddConstraint(
            model_name="upstream",
            constraint=models.CheckConstraint(
                condition=models.Q(("takes__in", ("all", "chosen"))),
                name="an_upstream_takes_all_or_chosen_projects",
            ),
        ),
        migrations.AddConstraint(
            model_name="upstream",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state", "active"),
                    models.Q(("state", "paused"), models.Q(("pause_reason", ""), _negated=True)),
                    _connector="OR",
                ),
                name="an_upstream_is_active_or_paused_for_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="upstreamproject",
            constraint=models.UniqueConstraint(
                fields=("upstream", "project"), name="a_project_stands_once_at_an_upstream"
            ),
        ),
        migrations.AddIndex(
            model_name="upstreamcall",
            index=models.Index(
                condition=models.Q(("state__in", ("ready", "sending", "waiting"))),
                fields=["access", "next_at"],
                name="open_calls_of_an_upstream",
            ),
        ),
        migrations.AddIndex(
            model_name="upstreamcall",
            index=models.Index(fields=["finished_at"], name="finished_calls_of_upstreams"),
        ),
        migrations.AddConstraint(
            model_name="upstreamcall",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("finished_at", None), ("state__in", ("ready", "sending", "waiting"))),
                    models.Q(("finished_at__isnull", False), ("state__in", ("done", "refused", "lost"))),
                    _connector="OR",
                ),
                name="an_upstream_call_is_open_or_finished",
            ),
        ),
        migrations.AddIndex(
            model_name="upstreamrecord",
            index=models.Index(
                condition=models.Q(("state", "queued")),
                fields=["access", "next_at"],
                name="queued_upstream_records",
            ),
        ),
        migrations.AddIndex(
            model_name="upstreamrecord",
            index=models.Index(fields=["access", "state", "kind"], name="upstream_records_by_state"),
        ),
        migrations.AddIndex(
            model_name="upstreamrecord",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["needs"], name="what_needs_an_upstream_record"
            ),
        ),
        migrations.AddConstraint(
            model_name="upstreamrecord",
            constraint=models.UniqueConstraint(
                fields=("access", "name"), name="a_record_stands_once_at_an_upstream"
            ),
        ),
        migrations.AddConstraint(
            model_name="upstreamrecord",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "waived"), _negated=True),
                    models.Q(("waive_reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="a_record_is_waived_for_a_reason",
            ),
        ),
    ]
