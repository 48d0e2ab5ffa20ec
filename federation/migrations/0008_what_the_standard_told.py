from django.db import migrations, models


class Migration(migrations.Migration):
    """What the data standard told of a call stays with it."""

    dependencies = [("federation", "0007_pending_punches_apart")]
    operations = [
        migrations.AddField("acceptedrequest", "findings", models.JSONField(blank=True, null=True)),
    ]
