"""`tables`: make the typical service's tables in a world and fill them with the same punches and days."""

from __future__ import annotations

import os
import sys

import django

CONTEXT = "credential.secret"
_PUNCHES = """
    INSERT INTO typical_punch (project_id, device_id, seq, engagement, occurred_at, direction, received_at)
    SELECT p.project_id, v.id, p.token::bigint, e.public_id, p.occurred_at, p.direction, p.received_at
    FROM attendance_punch p JOIN attendance_device v ON v.project_id = p.project_id
    JOIN workers_engagement e ON e.person_id = p.subject_id
"""
_DAYS = """
    INSERT INTO typical_day (engagement_id, day, first_at, last_at, first_in_at, last_out_at, punches)
    SELECT engagement_id, day, first_at, last_at, first_in_at, last_out_at, punches
    FROM attendance_attendanceday
"""
_COUNTERS = """
    INSERT INTO typical_projectday (project_id, day, attended, last_punch_at)
    SELECT project_id, day, attended, last_punch_at FROM attendance_projectday
    WHERE last_punch_at IS NOT NULL
"""


def main() -> int:
    """The only step."""
    if sys.argv[1:] != ["tables"]:
        raise SystemExit("usage: python -m tools.bench._typical tables")
    os.environ["DJANGO_SETTINGS_MODULE"] = "tools.bench._typical.settings"
    django.setup()
    from django.db import connection

    from tools.bench._typical.models import Call, Credential, Day, ProjectDay, Punch
    from tools.bench._world.filling import unchecked, without_indexes

    with connection.schema_editor() as editor:
        for model in (Credential, Call, Punch, Day, ProjectDay):
            editor.create_model(model)
    _credentials()
    bare = without_indexes("typical_punch"), without_indexes("typical_day")
    with unchecked(), bare[0], bare[1], connection.cursor() as cursor:
        for statement in (_PUNCHES, _DAYS, _COUNTERS):
            cursor.execute(statement)
    with connection.cursor() as cursor:
        for model in (Credential, Call, Punch, Day, ProjectDay):
            table = model._meta.db_table
            cursor.execute(f'GRANT ALL ON {table}, {table}_id_seq TO "{os.environ["APP_DATABASE_ROLE"]}"')
            cursor.execute(f"VACUUM (FREEZE, ANALYZE) {table}")
        cursor.execute("CHECKPOINT")
    print("null")
    return 0


def _credentials() -> None:
    """The same keys, which a typical service keeps as they are."""
    from django.db import connection

    from kernel.cipher import Keyring
    from tools.bench._typical.models import Credential

    ring = Keyring.parsed(os.environ["FIELD_KEYS"], os.environ["INDEX_KEY"])
    with connection.cursor() as cursor:
        cursor.execute("SELECT appid, secret, project_id FROM federation_credential")
        rows = cursor.fetchall()
    Credential.objects.bulk_create(
        Credential(appid=appid, secret=ring.unseal(bytes(sealed), context=CONTEXT), project_id=project)
        for appid, sealed, project in rows
    )


if __name__ == "__main__":
    raise SystemExit(main())
