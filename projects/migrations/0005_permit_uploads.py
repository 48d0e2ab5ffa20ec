import django.db.models.deletion
from django.db import migrations, models

import kernel.fields
import kernel.ids


class Migration(migrations.Migration):
    """Lists of permits between their dry run and their writing."""

    dependencies = [("projects", "0004_account_codes"), ("regions", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="PermitUpload",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(default=kernel.ids.new_id, editable=False, unique=True)),
                ("owner_key", models.CharField(max_length=64)),
                ("name", models.CharField(max_length=120)),
                ("text", kernel.fields.SealedTextField(context="projects.permitupload.text", null=True)),
                ("judged", kernel.fields.SealedTextField(context="projects.permitupload.judged", null=True)),
                ("uploaded_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("received_at", models.DateTimeField(blank=True, null=True)),
                (
                    "region",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="regions.region"
                    ),
                ),
            ],
            options={
                "ordering": ("-uploaded_at",),
            },
        ),
    ]
