from django.db import migrations, models


class Migration(migrations.Migration):
    """A worker's own account names the person whose records it reads."""

    dependencies = [("accounts", "0001_initial")]

    operations = [
        migrations.AddField("user", "person", models.UUIDField(blank=True, null=True, unique=True)),
    ]
