import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """An enterprise's system has calls and refusals without a project."""

    dependencies = [
        ("federation", "0003_refused_calls_are_noted"),
        ("projects", "0006_what_systems_state"),
    ]

    operations = [
        migrations.AddField(
            model_name="refusedcall",
            name="enterprise",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="projects.enterprise",
            ),
        ),
        migrations.AlterField(
            model_name="refusedcall",
            name="project",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="projects.project",
            ),
        ),
        migrations.AddConstraint(
            model_name="refusedcall",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("enterprise__isnull", False), ("project", None)),
                    models.Q(("enterprise", None), ("project__isnull", False)),
                    _connector="OR",
                ),
                name="a_refusal_is_of_one_project_or_one_enterprise",
            ),
        ),
    ]
