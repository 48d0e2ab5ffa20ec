"""In a cell: the counters of whole divisions, kept equal to the project-days in the recount's transaction."""

from collections.abc import Collection
from datetime import date, datetime

from django.conf import settings
from django.db import connection

from kernel.cells import cell_of
from regions.selectors import regions

_SUMS = (
    "on_site", "attended", "attended_left", "contracted", "trained", "key_posts_required",
    "key_posts_present", "unmatched",
)  # fmt: skip
_COUNTERS = ("projects", *_SUMS)
# All divisions of a day, not the touched ones alone: a project that has moved is missed where it was.
_ADD_UP = """
    WITH counted AS MATERIALIZED (
        SELECT r.code, d.day, count(*) FILTER (WHERE d.is_in_progress) AS projects, {sums}
        FROM attendance_projectday d JOIN projects_project j ON j.id = d.project_id
        JOIN regions_region r ON r.id = j.region_id
        WHERE d.day = ANY (%(days)s) AND r.code = ANY (%(held)s) GROUP BY r.code, d.day
    ), gone AS (
        DELETE FROM attendance_countyday c WHERE c.day = ANY (%(days)s) AND c.cell = %(cell)s
            AND NOT EXISTS (SELECT 1 FROM counted n WHERE n.code = c.region_id AND n.day = c.day)
    )
    INSERT INTO attendance_countyday AS c (key, region_id, day, cell, {names}, computed_at)
    SELECT n.day || '/' || n.code, n.code, n.day, %(cell)s, {counted}, now() FROM counted n ORDER BY 1
    ON CONFLICT (key) DO UPDATE SET cell = EXCLUDED.cell, computed_at = EXCLUDED.computed_at, {fresh}
    -- What is as it was is not written, and does not travel.
    WHERE ({old}, c.cell) IS DISTINCT FROM ({new}, EXCLUDED.cell)
"""
_PARTS = {
    "sums": ", ".join(f"sum(d.{name}) AS {name}" for name in _SUMS),
    "names": ", ".join(_COUNTERS),
    "counted": ", ".join(f"n.{name}" for name in _COUNTERS),
    "fresh": ", ".join(f"{name} = EXCLUDED.{name}" for name in _COUNTERS),
    "old": ", ".join(f"c.{name}" for name in _COUNTERS),
    "new": ", ".join(f"EXCLUDED.{name}" for name in _COUNTERS),
}
_PULSE = """
    INSERT INTO attendance_cellpulse AS p (cell, counted_until) VALUES (%s, %s)
    ON CONFLICT (cell) DO UPDATE SET counted_until = EXCLUDED.counted_until
    WHERE p.counted_until <= EXCLUDED.counted_until - interval '1 second'
"""


def add_up_days(days: Collection[date]) -> int:
    """Write the divisions' counters of these days anew from the project-days; how many rows changed.

    Nothing on a node that is no cell. Called under the recount's lock, in its transaction.
    """
    if not settings.CELL or not days:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            _ADD_UP.format(**_PARTS), {"days": sorted(days), "cell": settings.CELL, "held": _held()}
        )
        return cursor.rowcount


def _held() -> list[str]:
    """The codes of this cell's divisions: what else lies here, as after a split, is another's to count."""
    return [
        code
        for code, path in regions().values_list("code", "path")
        if (holder := cell_of(settings.CELLS, path)) and holder.name == settings.CELL
    ]


def note_all_counted(until: datetime) -> None:
    """Tell the hub that nothing of before `until` waits to be counted; at most once a second."""
    if settings.CELL:
        with connection.cursor() as cursor:
            cursor.execute(_PULSE, [settings.CELL, until])
