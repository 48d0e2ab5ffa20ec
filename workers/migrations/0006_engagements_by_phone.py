from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """A worker is found by phone without reading every engagement."""

    atomic = False
    dependencies = [("workers", "0005_engagement_phone_index")]
    operations = [
        AddIndexConcurrently("engagement", models.Index(fields=["phone_index"], name="engagements_by_phone")),
    ]
