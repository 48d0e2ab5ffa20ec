from django.db import migrations, models


class Migration(migrations.Migration):
    """A blind index beside the sealed phone; rows without one are filled by a task, in batches."""

    dependencies = [("workers", "0004_look_ups_are_counted")]
    operations = [
        migrations.AddField("engagement", "phone_index", models.BinaryField(max_length=64, null=True)),
    ]
