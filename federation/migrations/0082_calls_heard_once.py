from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("federation", "0081_no_digest_of_what_masters_say"),
    ]

    operations = [
        migrations.CreateModel(
            name="HeardCall",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("heard_at", models.DateTimeField(db_index=True)),
            ],
        ),
    ]
