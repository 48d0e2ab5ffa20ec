from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Whose work, where and for whom is read without the rows' own pages, where a province is counted."""

    atomic = False
    dependencies = [
        ("projects", "0007_responsible_person_and_files_of_a_team"),
        ("workers", "0009_what_vendors_report_of_people"),
    ]

    operations = [
        AddIndexConcurrently(
            "engagement",
            models.Index(
                fields=["id"], include=("project", "person", "participation"), name="engagements_at_a_glance"
            ),
        ),
    ]
