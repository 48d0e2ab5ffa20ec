"""The owner of a record says that what it accepted to correct is corrected."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("federation", "0086_names_of_platforms_above"),
    ]

    operations = [
        migrations.AddField(
            model_name="proposalanswer",
            name="done_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
