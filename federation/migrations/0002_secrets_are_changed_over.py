from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("federation", "0001_open_api_calls")]

    operations = [
        migrations.AddField("credential", "holder", models.CharField(blank=True, default="", max_length=80)),
        migrations.AddField("credential", "valid_until", models.DateTimeField(blank=True, null=True)),
        migrations.AddField(
            "answeredquery", "method", models.CharField(blank=True, default="", max_length=60)
        ),
    ]
