from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("audit", "0003_lines_know_their_place")]

    operations = [
        AddIndexConcurrently(
            model_name="auditevent",
            index=models.Index(
                fields=["place", "id"], name="audit_of_a_place", opclasses=("text_pattern_ops", "int8_ops")
            ),
        ),
    ]
