from django.db import migrations, models

import kernel.ids


class Migration(migrations.Migration):
    """One-time codes sent to phones: digests only."""

    dependencies = [("accounts", "0002_workers_own_accounts")]

    operations = [
        migrations.CreateModel(
            name="PhoneCode",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(default=kernel.ids.new_id, editable=False, unique=True)),
                ("phone_index", models.BinaryField(max_length=64)),
                ("address_index", models.BinaryField(max_length=64)),
                ("digest", models.BinaryField(max_length=64)),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("passed_at", models.DateTimeField(null=True)),
                ("used_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ("-id",),
                "indexes": [
                    models.Index(fields=["phone_index", "created_at"], name="codes_of_a_phone"),
                    models.Index(fields=["address_index", "created_at"], name="codes_of_an_address"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("used_at", None), ("passed_at__isnull", False), _connector="OR"),
                        name="a_used_code_was_given_right",
                    )
                ],
            },
        ),
    ]
