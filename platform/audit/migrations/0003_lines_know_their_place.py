from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_rows_are_only_added")]

    operations = [
        migrations.AddField(
            model_name="auditevent",
            name="place",
            field=models.CharField(blank=True, default="", max_length=80),
        ),
    ]
