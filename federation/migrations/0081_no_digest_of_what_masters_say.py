from django.db import migrations


class Migration(migrations.Migration):
    """Nobody read the digest of a master's record; made without a key, it told of the numbers in it."""

    dependencies = [("federation", "0080_moves_of_a_county")]
    operations = [migrations.RemoveField(model_name="masterrecord", name="digest")]
