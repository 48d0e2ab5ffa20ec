from django.db import migrations, models

import kernel.fields


class Migration(migrations.Migration):
    """Elements that the standard adds have a place, and a city's own codes fit their columns."""

    dependencies = [("workers", "0010_engagements_at_a_glance")]
    operations = [
        migrations.AddField("engagement", "extras", models.JSONField(blank=True, null=True)),
        migrations.AddField(
            "engagement",
            "sealed_extras",
            kernel.fields.SealedTextField(context="engagement.extras", null=True),
        ),
        migrations.AddField("contract", "extras", models.JSONField(blank=True, null=True)),
        migrations.AddField(
            "contract", "sealed_extras", kernel.fields.SealedTextField(context="contract.extras", null=True)
        ),
        migrations.AddField("training", "extras", models.JSONField(blank=True, null=True)),
        migrations.AddField(
            "training", "sealed_extras", kernel.fields.SealedTextField(context="training.extras", null=True)
        ),
        migrations.AlterField("engagement", "trade", models.CharField(blank=True, max_length=12)),
        migrations.AlterField("engagement", "education", models.CharField(blank=True, max_length=12)),
        migrations.AlterField("engagement", "political_status", models.CharField(blank=True, max_length=12)),
        migrations.AlterField("training", "kind", models.CharField(max_length=12)),
    ]
