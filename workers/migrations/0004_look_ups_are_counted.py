"""What the limit on look-ups counts."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("workers", "0003_corrections_of_identity"),
    ]

    operations = [
        migrations.CreateModel(
            name="LookUp",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("actor_key", models.CharField(max_length=64)),
                ("digest", models.BinaryField(max_length=64)),
                ("at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("actor_key", "digest"), name="a_question_is_counted_once")
                ],
            },
        ),
    ]
