"""The rights of the role that web and worker use: no DDL, and nothing but adding where facts are kept."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from psycopg2 import sql

# Tables of facts: rows are only ever added (I-08, audit trail). Their partitions are reached through them.
ONLY_ADDED = ("attendance_punch", "audit_auditevent", "workers_engagementevent")


class Command(BaseCommand):
    """Grant the app role what it needs; run as the owner after each migration."""

    help = "授予应用数据库角色（APP_DATABASE_ROLE）所需权限；以属主身份在迁移后执行，可重复执行。"

    @transaction.atomic
    def handle(self, *_args: object, **_options: object) -> None:
        if not settings.APP_DATABASE_ROLE:
            raise CommandError("请先设置 APP_DATABASE_ROLE（网页与后台任务使用的数据库角色名）。")
        role = sql.Identifier(settings.APP_DATABASE_ROLE)
        with connection.cursor() as cursor:
            for statement in _statements(cursor):
                cursor.execute(sql.SQL(statement).format(role=role, database=_database()))
        self.stdout.write(f"granted to {settings.APP_DATABASE_ROLE}")


def _database() -> sql.Identifier:
    return sql.Identifier(connection.settings_dict["NAME"])


def _statements(cursor: Any) -> list[str]:
    cursor.execute(
        "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'attendance_punch'::regclass"
    )
    partitions = [row[0] for row in cursor.fetchall()]
    return [
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
        "GRANT USAGE ON SCHEMA public TO {role}",
        # The settler lays a step out in tables of its own connection, which nobody else ever sees.
        "GRANT TEMPORARY ON DATABASE {database} TO {role}",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
        "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
        *(f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {{role}}" for table in ONLY_ADDED),
        *(f"REVOKE ALL ON {part} FROM {{role}}" for part in partitions),
        "REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {role}",
        "GRANT EXECUTE ON FUNCTION attendance_make_punch_partitions(date, integer) TO {role}",
        "GRANT EXECUTE ON FUNCTION federation_forget_practice(bigint) TO {role}",
    ]
