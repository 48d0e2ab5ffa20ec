"""Publications and subscriptions: how counters of divisions get from a cell into the hub.

PostgreSQL's own logical replication, so that what is committed in a cell arrives in the same order, once, and
goes on where it stopped after either side was down. Only two tables travel, and neither names anybody.
Source: docs/decisions/0196-cells-and-a-hub.md.
"""

from typing import Any, Final

from django.conf import settings
from django.db import connection, transaction
from psycopg2 import sql

from attendance.models import CellPulse, CountyDay, ProjectDay
from attendance.services.county_days import add_up_days

PUBLICATION: Final = "hubei_hub"
_TABLES: Final = ("attendance_countyday", "attendance_cellpulse")
_BATCH: Final = 30
_SUBSCRIPTIONS = """
    SELECT s.subname, s.subenabled, w.pid IS NOT NULL, w.latest_end_time,
        (SELECT count(*) FROM pg_subscription_rel r WHERE r.srsubid = s.oid AND r.srsubstate <> 'r'),
        coalesce(t.apply_error_count, 0)
    FROM pg_subscription s LEFT JOIN pg_stat_subscription_stats t ON t.subid = s.oid
    LEFT JOIN pg_stat_subscription w ON w.subid = s.oid AND w.relid IS NULL AND w.worker_type = 'apply'
    WHERE s.subdbid = (SELECT oid FROM pg_database WHERE datname = current_database()) ORDER BY 1
"""
_SLOTS = """
    SELECT slot_name, active, wal_status, pg_current_wal_lsn() - confirmed_flush_lsn
    FROM pg_replication_slots WHERE slot_type = 'logical' AND database = current_database() ORDER BY 1
"""


def subscription_of(cell: str) -> str:
    """The name of the hub's subscription to a cell, and of the slot that the cell keeps for it."""
    return f"cell_{cell}"


def recount_all() -> int:
    """Write the divisions' counters of every counted day anew; how many days."""
    days = list(ProjectDay.all_rows.order_by("day").values_list("day", flat=True).distinct())
    for start in range(0, len(days), _BATCH):
        with transaction.atomic():
            add_up_days(days[start : start + _BATCH])
    return len(days)


def publish() -> None:
    """Offer the cell's counters to the hub; again changes nothing."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_publication WHERE pubname = %s", [PUBLICATION])
        if cursor.fetchone() is None:
            # Never TRUNCATE: at the hub the table holds the rows of all cells.
            cursor.execute(
                f"CREATE PUBLICATION {PUBLICATION} FOR TABLE {', '.join(_TABLES)}"
                " WITH (publish = 'insert, update, delete')"
            )


def subscribe(cell: str, address: str) -> bool:
    """Take in a cell's counters, from what stands there now on; whether this is new.

    Known already, only the address is changed. Not in a transaction: the slot is made in another database.
    """
    name = sql.Identifier(subscription_of(cell))
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_subscription WHERE subname = %s", [subscription_of(cell)])
        if cursor.fetchone() is not None:
            cursor.execute(sql.SQL("ALTER SUBSCRIPTION {} CONNECTION {}").format(name, sql.Literal(address)))
            return False
        _forget(cell)
        cursor.execute(
            sql.SQL("CREATE SUBSCRIPTION {} CONNECTION {} PUBLICATION {}").format(
                name, sql.Literal(address), sql.Identifier(PUBLICATION)
            )
        )
    return True


def unsubscribe(cell: str) -> int:
    """End a cell's line, its slot included, and drop its rows here; how many rows those were."""
    name = sql.Identifier(subscription_of(cell))
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("DROP SUBSCRIPTION IF EXISTS {}").format(name))
    return _forget(cell)


def _forget(cell: str) -> int:
    """A copy begins with all that stands in the cell; what is here of an earlier one would be in its way."""
    CellPulse.objects.filter(cell=cell).delete()
    return CountyDay.objects.filter(cell=cell).delete()[0]


def status() -> dict[str, Any]:
    """At the hub each subscription, and until when its cell had counted; in a cell its slots."""
    with connection.cursor() as cursor:
        cursor.execute(_SUBSCRIPTIONS)
        lines = [
            {
                "name": name,
                "enabled": enabled,
                "running": running,
                "heard_at": heard and heard.isoformat(),
                "tables_copying": copying,
                "errors": errors,
            }
            for name, enabled, running, heard, copying, errors in cursor.fetchall()
        ]
        cursor.execute(_SLOTS)
        slots = [
            {
                "name": name,
                "active": active,
                "wal": wal,
                "bytes_behind": None if behind is None else int(behind),
            }
            for name, active, wal, behind in cursor.fetchall()
        ]
    pulses = {row.cell: row.counted_until.isoformat() for row in CellPulse.objects.order_by("cell")}
    return {
        "cell": settings.CELL,
        "lines": lines,
        "slots": slots,
        "counted_until": pulses,
        "division_days": CountyDay.objects.count(),
    }
