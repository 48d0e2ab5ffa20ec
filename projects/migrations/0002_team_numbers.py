from django.db import migrations


class Migration(migrations.Migration):
    """teamSysNo is handed out by a sequence: two teams born at once never share a number."""

    dependencies = [("projects", "0001_initial")]
    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE projects_team_number MINVALUE 0 START 0 MAXVALUE 999999",
            "DROP SEQUENCE projects_team_number",
        )
    ]
