"""A tree of digests over punches: day, project, bucket, punch; a difference is found by a few kilobytes.

Every level is the XOR of the one below, computed by the database in one pass over the days asked for. A punch
is written as instant, project, source, token, direction and channel of reception: what makes it one row
between nodes, never who passed.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection

from attendance.services.reading import compose
from federation.travel.digests import Digest

BUCKETS: Final = 256
# A double of seconds, times a million, rounds to the very microsecond until 2106; numeric costs a fifth more.
HASHED: Final = """
    SELECT (p.occurred_at AT TIME ZONE 'UTC')::date::text AS day, j.name AS project,
        md5((date_part('epoch', p.occurred_at) * 1000000)::bigint || '|' || j.name || '|' || p.source || '|'
            || p.token || '|' || p.direction || '|' || p.origin) AS hash, p.public_id, p.project_id
    FROM attendance_punch p JOIN (
        SELECT o.id, coalesce(k.key, o.public_id)::text AS name
        FROM projects_project o JOIN regions_region g ON g.id = o.region_id
        LEFT JOIN federation_knownas k ON k.kind = 'project' AND k.local = o.public_id AND k.node = %(peer)s
        WHERE (g.path LIKE ANY (%(regions)s) OR o.public_id = ANY (%(projects)s::uuid[]))
        AND g.kind <> 'sandbox'
    ) j ON j.id = p.project_id
    WHERE p.occurred_at >= %(begins)s AND p.occurred_at < %(ends)s {more}
"""
_ONLY: Final = "AND p.source = ANY (%(only)s)"
_WITHOUT: Final = "AND p.source <> ALL (%(without)s)"
# Written twice, computed once: equal aggregates are shared, whereas a hash that two of them cut up is not.
_XOR: Final = "bit_xor(('x' || hash)::bit(128))"
DIGEST: Final = f"count(*), {_XOR}::bit(64)::bigint, ({_XOR} << 64)::bit(64)::bigint"
_BUCKET: Final = "('x' || substr(hash, 1, 2))::bit(8)::integer"
_ASKED: Final = "WITH hashed AS ({hashed}) {asked}"
_GROUPED: Final = "SELECT {digest}, {names} FROM hashed {only} GROUP BY {names}"
_SINGLE: Final = """
    SELECT hash, public_id::text FROM hashed WHERE project = %(project)s AND {bucket} = %(bucket)s
"""
_EVERY: Final = "SELECT hash, public_id::text FROM hashed WHERE project = %(project)s"
_HALF: Final = 1 << 64


def joined(count: int, high: int, low: int) -> Digest:
    """A digest from its two halves, as the database gives them."""
    return Digest(count, (high % _HALF) << 64 | low % _HALF)


class PunchTree:
    """The digests of the punches of some places: by region paths, or of single projects.

    `peer`: the parent, whose names of projects are taken; "" at the parent itself. Every day is UTC's.
    `only` and `without` choose by source: what a gate of another node told does not come from this one.
    """

    def __init__(
        self,
        *,
        regions: Sequence[str] = (),
        projects: Sequence[UUID] = (),
        peer: str = "",
        only: Sequence[str] | None = None,
        without: Sequence[str] = (),
    ) -> None:
        self._regions = [f"{path}%" for path in regions]
        self._projects = [str(key) for key in projects]
        self._peer = peer
        self._only, self._without = only, list(without)

    def days(self, first: date, last: date) -> dict[str, Digest]:
        """Of each day with punches."""
        return {day: digest for (day,), digest in self._by("day", first, last)}

    def places(self, first: date, last: date) -> dict[tuple[str, str], Digest]:
        """Of each day and project."""
        return {(day, project): digest for (day, project), digest in self._by("day, project", first, last)}

    def projects(self, day: date) -> dict[str, Digest]:
        """Of each project on a day."""
        return {project: digest for (project,), digest in self._by("project", day, day)}

    def buckets(self, day: date, project: str) -> dict[int, Digest]:
        """Of each of 256 parts of a project's day."""
        only = "WHERE project = %(project)s"
        return {bucket: digest for (bucket,), digest in self._by(_BUCKET, day, day, only, project=project)}

    def punches(self, day: date, project: str, bucket: int) -> dict[str, UUID]:
        """The single punches of a part: digest and name here."""
        asked = compose(_SINGLE, bucket=_BUCKET)
        rows = self._rows(asked, day, day, project=project, bucket=bucket)
        return {value: UUID(name) for value, name in rows}

    def all_punches(self, day: date, project: str) -> dict[str, UUID]:
        """The single punches of a project's day."""
        return {value: UUID(name) for value, name in self._rows(_EVERY, day, day, project=project)}

    def _by(
        self, names: str, first: date, last: date, only: str = "", **more: Any
    ) -> list[tuple[tuple[Any, ...], Digest]]:
        asked = compose(_GROUPED, names=names, digest=DIGEST, only=only)
        rows = self._rows(asked, first, last, **more)
        return [(tuple(names), joined(count, high, low)) for count, high, low, *names in rows]

    def _rows(self, asked: str, first: date, last: date, **more: Any) -> list[tuple[Any, ...]]:
        said = {
            "peer": self._peer,
            "regions": self._regions,
            "projects": self._projects,
            "begins": datetime.combine(first, time(0), UTC),
            "ends": datetime.combine(last + timedelta(days=1), time(0), UTC),
            "only": self._only,
            "without": self._without,
            **more,
        }
        chosen = (_ONLY if self._only is not None else "") + (_WITHOUT if self._without else "")
        with connection.cursor() as cursor:
            cursor.execute(compose(_ASKED, hashed=compose(HASHED, more=chosen), asked=asked), said)
            return cursor.fetchall()
