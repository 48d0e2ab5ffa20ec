"""Digests of closed days of punches are kept, so that ten million rows are compared without reading them.

Days up to the day before yesterday are digested once, by project; whatever touches one of them afterwards has
marked it in its own transaction (migration 0061), and only that project's day is digested again. Younger days
are digested whenever they are asked for, since punches still come.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from django.db import connection, transaction
from psycopg2.extras import execute_values

from attendance.services.reading import compose
from federation.models import KeptDay, PunchDay, StaleDay
from federation.travel.digests import Digest
from federation.travel.punch_tree import DIGEST, HASHED, joined
from kernel import locks

# A transaction that wrote a punch of yesterday has ended by then.
OPEN_DAYS: Final = 3
# A young day that was just digested for another neighbour is not digested again.
_FRESH: Final = timedelta(minutes=10)
# By the one key: of two the planner guesses one group for each pair, and sorts on disk what fits into a hash.
_COMPUTE: Final = """
    WITH hashed AS ({hashed}) SELECT {digest}, project_id, any_value(project) FROM hashed GROUP BY project_id
"""
_ADD: Final = """
    INSERT INTO federation_punchday (peer, day, project, name, count, high, low) VALUES %s
"""
_FIRST: Final = "SELECT min(occurred_at) FROM attendance_punch"
_RENAMED: Final = """
    SELECT DISTINCT d.day FROM federation_punchday d JOIN projects_project o ON o.id = d.project
    LEFT JOIN federation_knownas k ON k.kind = 'project' AND k.local = o.public_id AND k.node = d.peer
    WHERE d.peer = %s AND d.name <> coalesce(k.key, o.public_id)
"""
_PLACES: Final = """
    SELECT d.day::text, {grouped} sum(d.count)::bigint, bit_xor(d.high), bit_xor(d.low)
    FROM federation_punchday d JOIN projects_project o ON o.id = d.project
    JOIN regions_region g ON g.id = o.region_id
    WHERE d.peer = %(peer)s AND d.day BETWEEN %(first)s AND %(last)s AND g.path LIKE ANY (%(regions)s)
    AND g.kind <> 'sandbox' AND d.project <> ALL (%(without)s)
    GROUP BY 1 {and_grouped}
"""


def first_day() -> date | None:
    """The day (UTC) of the oldest punch."""
    with connection.cursor() as cursor:
        cursor.execute(_FIRST)
        (found,) = cursor.fetchone()
    return found.astimezone(UTC).date() if found else None


def freshen(peer: str, first: date, last: date, now: datetime, *, anew: bool = False) -> Iterator[date]:
    """Digest what is not kept of these days, one day after the other; yields each that was digested.

    `anew`: each day again from its rows, unless that was done since `now` (when the comparison began).
    """
    # Names that the parent has told since stand in the digests: such days are digested again.
    renamed = _renamed(peer)
    kept = dict(KeptDay.objects.filter(peer=peer, day__range=(first, last)).values_list("day", "computed_at"))
    stale = set(StaleDay.objects.filter(day__range=(first, last)).values_list("day", flat=True).distinct())
    closed = now.astimezone(UTC).date() - timedelta(days=OPEN_DAYS)
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        at = kept.get(day)
        is_young = day > closed
        old = at is None or (is_young and at < now - _FRESH) or (anew and at < now)
        if old or day in renamed:
            _digest_day(peer, day, now)
            yield day
        elif day in stale:
            _digest_stale(day, now)
            yield day


def _renamed(peer: str) -> set[date]:
    with connection.cursor() as cursor:
        cursor.execute(_RENAMED, [peer])
        return {day for (day,) in cursor.fetchall()}


@transaction.atomic
def _digest_day(peer: str, day: date, now: datetime) -> None:
    """All projects of a day, from the punches themselves."""
    _wait(day)
    if set(KeptDay.objects.filter(day=day).values_list("peer", flat=True)) <= {peer}:
        # Nobody else keeps this day, so nobody else needs the marks.
        StaleDay.objects.filter(day=day).delete()
    rows = _computed(peer, day)
    PunchDay.objects.filter(peer=peer, day=day).delete()
    _keep(peer, day, rows)
    KeptDay.objects.update_or_create(peer=peer, day=day, defaults={"computed_at": now})


@transaction.atomic
def _digest_stale(day: date, now: datetime) -> None:
    """The marked projects of a day, for everybody for whom it is kept."""
    _wait(day)
    marks = StaleDay.objects.filter(day=day)
    pks, projects = [], set()
    for pk, project in marks.values_list("pk", "project"):
        pks.append(pk)
        projects.add(project)
    # Only the marks that were seen: a later one stays for the next look.
    StaleDay.objects.filter(pk__in=pks).delete()
    for peer in KeptDay.objects.filter(day=day).values_list("peer", flat=True):
        PunchDay.objects.filter(peer=peer, day=day, project__in=projects).delete()
        _keep(peer, day, _computed(peer, day, sorted(projects)))


def _wait(day: date) -> None:
    """One process at a day at a time."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [locks.KEPT_PUNCHES_OF_A_DAY, day.toordinal()])


def _computed(peer: str, day: date, projects: Sequence[int] | None = None) -> list[tuple[Any, ...]]:
    said: dict[str, Any] = {
        "peer": peer,
        "regions": ["%"],
        "projects": [],
        "begins": datetime.combine(day, time(0), UTC),
        "ends": datetime.combine(day + timedelta(days=1), time(0), UTC),
        "pks": projects,
    }
    more = "AND p.project_id = ANY (%(pks)s)" if projects is not None else ""
    with connection.cursor() as cursor:
        cursor.execute(compose(_COMPUTE, hashed=compose(HASHED, more=more), digest=DIGEST), said)
        return cursor.fetchall()


def _keep(peer: str, day: date, rows: Sequence[tuple[Any, ...]]) -> None:
    lines = [(peer, day, project, name, count, high, low) for count, high, low, project, name in rows]
    if lines:
        with connection.cursor() as cursor:
            execute_values(cursor.cursor, _ADD, lines, page_size=1_000)


def kept_days(
    peer: str, first: date, last: date, *, regions: Sequence[str], without: Sequence[int]
) -> dict[str, Digest]:
    """The kept digests of each day, over the projects of some places, without certain ones."""
    rows = _asked(peer, first, last, regions, without, "", "")
    return {day: joined(count, high, low) for day, count, high, low in rows}


def kept_places(
    peer: str, first: date, last: date, *, regions: Sequence[str], without: Sequence[int]
) -> dict[tuple[str, str], Digest]:
    """The same by day and project."""
    rows = _asked(peer, first, last, regions, without, "d.name::text,", ", 2")
    return {(day, name): joined(count, high, low) for day, name, count, high, low in rows}


def _asked(
    peer: str,
    first: date,
    last: date,
    regions: Sequence[str],
    without: Sequence[int],
    grouped: str,
    and_grouped: str,
) -> list[tuple[Any, ...]]:
    said: dict[str, Any] = {
        "peer": peer,
        "first": first,
        "last": last,
        "regions": [f"{path}%" for path in regions],
        "without": list(without),
    }
    with connection.cursor() as cursor:
        cursor.execute(compose(_PLACES, grouped=grouped, and_grouped=and_grouped), said)
        return cursor.fetchall()
