from django.db import migrations, models


class Migration(migrations.Migration):
    """An envelope that stops its line can be refused whole: why, who asked, and when."""

    dependencies = [("federation", "0082_calls_heard_once")]
    operations = [
        migrations.AddField(
            model_name="receivedenvelope",
            name="passing_why",
            field=models.CharField(blank=True, default="", max_length=200),
        ),
        migrations.AddField(
            model_name="receivedenvelope",
            name="passing_asked_by",
            field=models.CharField(blank=True, default="", max_length=64),
        ),
        migrations.AddField(
            model_name="receivedenvelope",
            name="passing_asked_label",
            field=models.CharField(blank=True, default="", max_length=120),
        ),
        migrations.AddField(
            model_name="receivedenvelope",
            name="passing_asked_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
