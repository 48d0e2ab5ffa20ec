"""Runs of punches for whoever sends them on: positions after commit, and the punches that a run holds."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Max, Min, Q, Sum

from attendance.models import PunchRun
from attendance.services.reading import compose
from kernel import locks

# What stood before anybody was to be told is laid down in pieces of this size.
_PIECE: Final = 10_000

_GIVE: Final = """
    WITH fresh AS (
        SELECT id, row_number() OVER (ORDER BY id) AS step FROM attendance_punchrun WHERE position IS NULL
    ), top AS (SELECT coalesce(max(position), 0) AS last FROM attendance_punchrun)
    UPDATE attendance_punchrun r SET position = top.last + fresh.step FROM fresh, top WHERE r.id = fresh.id
"""
# Projects where only vendors practise are nobody's: their punches go nowhere.
_PUNCHES: Final = """
    SELECT q.public_id::text, (extract(epoch FROM q.occurred_at) * 1000000)::bigint, j.public_id::text,
        q.source, q.token, coalesce(h.public_id::text, ''), q.subject_id, coalesce(t.public_id::text, ''),
        q.direction, q.channel, q.pass_method, q.origin, q.photo, coalesce(q.latitude::text, ''),
        coalesce(q.longitude::text, ''), (extract(epoch FROM q.received_at) * 1000000)::bigint
    FROM (
        SELECT * FROM attendance_punch p WHERE {condition} OFFSET 0
    ) q JOIN projects_project j ON j.id = q.project_id
    JOIN regions_region g ON g.id = j.region_id AND g.kind <> 'sandbox'
    JOIN attendance_subject s ON s.id = q.subject_id
    LEFT JOIN workers_person h ON h.id = s.person_id
    LEFT JOIN projects_team t ON t.id = q.team_id
    ORDER BY q.public_id
"""
_OF_A_RUN: Final = compose(_PUNCHES, condition="p.public_id >= %s AND p.public_id <= %s")
_NAMED: Final = compose(_PUNCHES, condition="p.public_id = ANY (%s::uuid[])")
_LAY_DOWN: Final = """
    INSERT INTO attendance_punchrun (first_id, last_id, punches, came_from, created_at)
    SELECT min(public_id::text)::uuid, max(public_id::text)::uuid, count(*), '', %s
    FROM (
        SELECT public_id, (row_number() OVER (ORDER BY public_id) - 1) / %s AS piece FROM attendance_punch
    ) p GROUP BY piece ORDER BY piece
"""


@transaction.atomic
def give_run_positions() -> int:
    """Number the committed runs that have no position yet, in order of birth; how many.

    The newest run is never forgotten, so that positions count on from it.
    """
    if not PunchRun.objects.filter(position=None).exists():
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, 0)", [locks.RUN_POSITIONS])
        cursor.execute(_GIVE)
        return cursor.rowcount


def runs_after(position: int, most: int) -> list[PunchRun]:
    """The next runs, until they hold about `most` punches; one at least where there is one."""
    chosen: list[PunchRun] = []
    held = 0
    for run in PunchRun.objects.filter(position__gt=position).order_by("position")[:most]:
        if chosen and held + run.punches > most:
            break
        chosen.append(run)
        held += run.punches
    return chosen


def punches_of(run: PunchRun) -> Sequence[tuple[Any, ...]]:
    """The punches between the run's names, as text and numbers, in the order of their names."""
    with connection.cursor() as cursor:
        # Each look is one short piece of the index of names, whatever the planner believes of new ones.
        cursor.execute(_OF_A_RUN, [run.first_id, run.last_id])
        return cursor.fetchall()


def punches_named(keys: Sequence[UUID]) -> Sequence[tuple[Any, ...]]:
    """Single punches in the same form, for a repair."""
    with connection.cursor() as cursor:
        cursor.execute(_NAMED, [list(map(str, keys))])
        return cursor.fetchall()


@transaction.atomic
def lay_down_runs(now: datetime) -> int:
    """Runs for the punches that stood before a neighbour was to be told of any; how many."""
    with connection.cursor() as cursor:
        cursor.execute(_LAY_DOWN, [now, _PIECE])
        return cursor.rowcount


def has_runs_after(position: int) -> bool:
    """Whether any run waits behind a position."""
    # Two looks into two indexes: asked in one, either of them would be read whole.
    runs = PunchRun.objects
    return runs.filter(position=None).exists() or runs.filter(position__gt=position).exists()


def run_backlog(position: int) -> tuple[int, datetime | None]:
    """How many punches wait behind a position, and when the oldest of them were added."""
    waiting = PunchRun.objects.filter(Q(position=None) | Q(position__gt=position))
    found = waiting.aggregate(number=Sum("punches"), at=Min("created_at"))
    return found["number"] or 0, found["at"]


def prune_runs(before: datetime, passed: int | None) -> int:
    """Forget runs from before an instant that every reader has passed (None: nobody reads).

    The newest stays: positions count on from it.
    """
    newest = PunchRun.objects.aggregate(at=Max("position"))["at"]
    old = PunchRun.objects.filter(created_at__lt=before, position__lt=newest or 0)
    return (old if passed is None else old.filter(position__lte=passed)).delete()[0]
