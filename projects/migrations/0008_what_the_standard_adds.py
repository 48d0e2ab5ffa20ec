from django.db import migrations, models

import kernel.fields


class Migration(migrations.Migration):
    """Elements that the standard adds have a place."""

    dependencies = [("projects", "0007_responsible_person_and_files_of_a_team")]
    operations = [
        migrations.AddField("project", "extras", models.JSONField(blank=True, null=True)),
        migrations.AddField(
            "project",
            "sealed_extras",
            kernel.fields.SealedTextField(context="projects.project.extras", null=True),
        ),
        migrations.AddField("team", "extras", models.JSONField(blank=True, null=True)),
        migrations.AddField(
            "team", "sealed_extras", kernel.fields.SealedTextField(context="team.extras", null=True)
        ),
    ]
