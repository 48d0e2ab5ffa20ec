"""Contracts and trainings say who recorded them, what they rest on, and why one no longer holds."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("workers", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="contract",
            name="end_reason",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name="contract",
            name="recorded_by",
            field=models.CharField(blank=True, max_length=120),
        ),
        migrations.AddField(
            model_name="contract",
            name="replaces",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="replaced_by",
                to="workers.contract",
            ),
        ),
        migrations.AddField(
            model_name="contract",
            name="wage_form",
            field=models.CharField(blank=True, max_length=8),
        ),
        migrations.AddField(
            model_name="training",
            name="evidence",
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddField(
            model_name="training",
            name="recorded_by",
            field=models.CharField(blank=True, max_length=120),
        ),
        migrations.AddField(
            model_name="training",
            name="replaces",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="replaced_by",
                to="workers.training",
            ),
        ),
        migrations.AddField(
            model_name="training",
            name="withdrawal_reason",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name="training",
            name="withdrawn_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
