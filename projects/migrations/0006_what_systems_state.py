import django.db.models.deletion
import django.db.models.manager
from django.db import migrations, models

import kernel.fields
import kernel.ids
import kernel.models


class Migration(migrations.Migration):
    """What vendors' systems state of enterprises, projects and participants."""

    dependencies = [
        ("projects", "0005_permit_uploads"),
    ]

    operations = [
        migrations.AddField(
            model_name="participation",
            name="manager_id_number",
            field=kernel.fields.SealedTextField(
                context="projects.participation.manager_id_number", null=True
            ),
        ),
        migrations.AddField(
            model_name="participation",
            name="manager_id_type",
            field=models.CharField(blank=True, default="", max_length=4),
        ),
        migrations.AddField(
            model_name="participation",
            name="manager_phone",
            field=kernel.fields.SealedTextField(context="projects.participation.manager_phone", null=True),
        ),
        migrations.CreateModel(
            name="EnterpriseParticulars",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(default=kernel.ids.new_id, editable=False, unique=True)),
                ("origin", models.CharField(default=kernel.models.this_node, editable=False, max_length=32)),
                ("version", models.PositiveIntegerField(default=1)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("kind", models.CharField(blank=True, max_length=4)),
                ("licence_number", models.CharField(blank=True, max_length=50)),
                ("area_code", models.CharField(blank=True, max_length=6)),
                ("address", models.CharField(blank=True, max_length=200)),
                ("postcode", models.CharField(blank=True, max_length=6)),
                ("legal_name", models.CharField(blank=True, max_length=50)),
                ("legal_duty", models.CharField(blank=True, max_length=50)),
                ("legal_title", models.CharField(blank=True, max_length=50)),
                ("legal_id_type", models.CharField(blank=True, max_length=4)),
                (
                    "legal_id_number",
                    kernel.fields.SealedTextField(
                        context="projects.enterpriseparticulars.legal_id_number", null=True
                    ),
                ),
                ("capital", models.DecimalField(blank=True, decimal_places=4, max_digits=18, null=True)),
                (
                    "paid_in_capital",
                    models.DecimalField(blank=True, decimal_places=4, max_digits=18, null=True),
                ),
                ("currency", models.CharField(blank=True, max_length=4)),
                ("registered_on", models.DateField(blank=True, null=True)),
                ("established_on", models.DateField(blank=True, null=True)),
                ("office_phone", models.CharField(blank=True, max_length=20)),
                ("fax", models.CharField(blank=True, max_length=20)),
                ("contact_name", models.CharField(blank=True, max_length=50)),
                (
                    "contact_phone",
                    kernel.fields.SealedTextField(
                        context="projects.enterpriseparticulars.contact_phone", null=True
                    ),
                ),
                ("email", models.CharField(blank=True, max_length=100)),
                ("website", models.CharField(blank=True, max_length=200)),
                ("remark", models.CharField(blank=True, max_length=500)),
                (
                    "enterprise",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="particulars",
                        to="projects.enterprise",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="projects.project",
                    ),
                ),
                (
                    "stated_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="projects.enterprise",
                    ),
                ),
            ],
            options={
                "ordering": ("enterprise", "-updated_at"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("project", None), ("stated_by__isnull", False)),
                            models.Q(("project__isnull", False), ("stated_by", None)),
                            _connector="OR",
                        ),
                        name="a_statement_is_of_one_project_or_one_enterprise",
                    ),
                    models.UniqueConstraint(
                        fields=("enterprise", "project", "stated_by"),
                        name="each_states_an_enterprise_once",
                        nulls_distinct=False,
                    ),
                ],
            },
            managers=[
                ("all_rows", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="ProjectParticulars",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(default=kernel.ids.new_id, editable=False, unique=True)),
                ("origin", models.CharField(default=kernel.models.this_node, editable=False, max_length=32)),
                ("version", models.PositiveIntegerField(default=1)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("third_party_code", models.CharField(blank=True, max_length=50)),
                ("description", models.CharField(blank=True, max_length=1000)),
                (
                    "land_permit",
                    kernel.fields.SealedTextField(
                        context="projects.projectparticulars.land_permit", null=True
                    ),
                ),
                (
                    "planning_permit",
                    kernel.fields.SealedTextField(
                        context="projects.projectparticulars.planning_permit", null=True
                    ),
                ),
                ("length", models.DecimalField(blank=True, decimal_places=2, max_digits=18, null=True)),
                ("contact_name", models.CharField(blank=True, max_length=50)),
                (
                    "contact_phone",
                    kernel.fields.SealedTextField(
                        context="projects.projectparticulars.contact_phone", null=True
                    ),
                ),
                ("approval_number", models.CharField(blank=True, max_length=50)),
                ("approval_level", models.CharField(blank=True, max_length=4)),
                ("size", models.CharField(blank=True, max_length=4)),
                ("nature", models.CharField(blank=True, max_length=4)),
                ("use", models.CharField(blank=True, max_length=4)),
                ("nationality", models.CharField(blank=True, max_length=4)),
                ("reported_by", models.CharField(blank=True, max_length=120)),
                (
                    "project",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="particulars",
                        to="projects.project",
                    ),
                ),
            ],
            options={
                "ordering": ("project",),
                "indexes": [models.Index(fields=["third_party_code"], name="projects_by_third_party_code")],
            },
            managers=[
                ("all_rows", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Qualification",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(default=kernel.ids.new_id, editable=False, unique=True)),
                ("origin", models.CharField(default=kernel.models.this_node, editable=False, max_length=32)),
                ("version", models.PositiveIntegerField(default=1)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("kind", models.CharField(max_length=4)),
                ("number", models.CharField(max_length=50)),
                ("status", models.CharField(default="001", max_length=4)),
                ("trade", models.CharField(blank=True, max_length=12)),
                ("trade_mark", models.CharField(blank=True, max_length=20)),
                ("level", models.CharField(blank=True, max_length=12)),
                ("mark", models.CharField(blank=True, max_length=20)),
                ("limits", models.CharField(blank=True, max_length=500)),
                ("approval_number", models.CharField(blank=True, max_length=100)),
                ("approved_on", models.DateField(blank=True, null=True)),
                ("addition", models.CharField(blank=True, max_length=4)),
                ("changed_on", models.DateField(blank=True, null=True)),
                ("change_mark", models.CharField(blank=True, max_length=50)),
                (
                    "enterprise",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="qualifications",
                        to="projects.enterprise",
                    ),
                ),
            ],
            options={
                "ordering": ("enterprise", "kind", "number", "trade"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("enterprise", "kind", "number", "trade"),
                        name="a_trade_stands_once_on_a_certificate",
                    )
                ],
            },
            managers=[
                ("all_rows", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="ReportedPermit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(default=kernel.ids.new_id, editable=False, unique=True)),
                ("origin", models.CharField(default=kernel.models.this_node, editable=False, max_length=32)),
                ("version", models.PositiveIntegerField(default=1)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("number", models.CharField(max_length=50)),
                ("works_name", models.CharField(blank=True, max_length=255)),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reported_permits",
                        to="projects.project",
                    ),
                ),
            ],
            options={
                "ordering": ("project", "id"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("project", "number"), name="a_permit_is_reported_once_for_a_project"
                    )
                ],
            },
            managers=[
                ("all_rows", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="WageAccount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(default=kernel.ids.new_id, editable=False, unique=True)),
                ("origin", models.CharField(default=kernel.models.this_node, editable=False, max_length=32)),
                ("version", models.PositiveIntegerField(default=1)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("bank_code", models.CharField(max_length=4)),
                ("branch", models.CharField(max_length=50)),
                ("number", kernel.fields.SealedTextField(context="projects.wageaccount.number")),
                ("number_index", models.BinaryField(max_length=64)),
                ("link_number", models.CharField(blank=True, max_length=30)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "participation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="wage_accounts",
                        to="projects.participation",
                    ),
                ),
            ],
            options={
                "ordering": ("participation", "id"),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("participation", "number_index"),
                        name="a_participant_names_an_account_once",
                    )
                ],
            },
            managers=[
                ("all_rows", django.db.models.manager.Manager()),
            ],
        ),
    ]
