import django.db.models.deletion
import django.db.models.manager
from django.db import migrations, models

import kernel.fields
import kernel.ids
import kernel.models


class Migration(migrations.Migration):
    """Requests to correct a day or a record, and their answers (S3)."""

    dependencies = [("attendance", "0003_punches"), ("workers", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="CorrectionRequest",
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
                ("day", models.DateField(blank=True, null=True)),
                ("wrong", models.CharField(max_length=16)),
                ("in_at", models.DateTimeField(blank=True, null=True)),
                ("out_at", models.DateTimeField(blank=True, null=True)),
                ("note", kernel.fields.SealedTextField(context="correction.note", null=True)),
                ("photo", models.CharField(blank=True, max_length=64)),
                ("photo_name", models.CharField(blank=True, max_length=120)),
                ("state", models.CharField(default="draft", max_length=16)),
                ("is_by_worker", models.BooleanField(default=False)),
                ("asked_by", models.CharField(max_length=120)),
                ("asked_by_key", models.CharField(max_length=64)),
                ("asked_at", models.DateTimeField()),
                ("answered_by", models.CharField(blank=True, max_length=120)),
                ("answered_by_key", models.CharField(blank=True, max_length=64)),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                ("answer", models.CharField(blank=True, max_length=200)),
                ("applied_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ("-asked_at", "-id"),
            },
            managers=[
                ("all_rows", django.db.models.manager.Manager()),
            ],
        ),
        migrations.AddField(
            model_name="correctionrequest",
            name="engagement",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="corrections",
                to="workers.engagement",
            ),
        ),
        migrations.AddIndex(
            model_name="correctionrequest",
            index=models.Index(
                condition=models.Q(("state", "applied")),
                fields=["engagement", "day"],
                name="corrections_in_force",
            ),
        ),
        migrations.AddIndex(
            model_name="correctionrequest",
            index=models.Index(fields=["state", "asked_at"], name="corrections_by_state"),
        ),
        migrations.AddConstraint(
            model_name="correctionrequest",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "submitted")),
                fields=("engagement", "day"),
                name="one_open_correction_per_engagement_and_day",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="correctionrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("answered_by_key", ""),
                    models.Q(("answered_by_key", models.F("asked_by_key")), _negated=True),
                    _connector="OR",
                ),
                name="whoever_asks_does_not_answer",
            ),
        ),
        migrations.AddConstraint(
            model_name="correctionrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("in_at", None), ("out_at", None), ("out_at__gt", models.F("in_at")), _connector="OR"
                ),
                name="a_correction_leaves_after_it_comes",
            ),
        ),
    ]
