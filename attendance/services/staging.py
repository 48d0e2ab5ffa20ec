"""Batches laid out for the database: one line a punch, with the index of its number and no number itself."""

import re
from collections.abc import Container, Iterable, Sequence
from io import StringIO
from typing import Any, Final
from uuid import UUID

from django.db import connection

from attendance.batches import Batch, Row
from attendance.services.days import Reading, reading_of
from kernel.cipher import keyring
from kernel.ids import new_ids
from projects.models import Project
from regions.models import Region
from workers.services import identity_index

# A token of 32 signs is a digest of the row; a device's sequence has fewer: a longer one is digested.
DIGEST_SIGNS: Final = 32
_SEQUENCE = re.compile(r"[0-9]{1,18}", re.ASCII)
_AWKWARD = re.compile(r"[\\\t\n\r]")
_ESCAPED = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}

# Temporary tables of the connection, empty outside a transaction. `settling_pass` holds resolved rows.
TABLES: Final = """
    CREATE TEMPORARY TABLE IF NOT EXISTS settling_batch (
        batch integer, project_id bigint, source text, device uuid, origin text, team_id bigint,
        received_at bigint, hour integer, gap interval, came_from text
    ) ON COMMIT DELETE ROWS;
    CREATE TEMPORARY TABLE IF NOT EXISTS settling_row (
        batch integer, place integer, public_id uuid, at bigint, token text, sequence bigint, direction text,
        id_type text, id_index bytea, engagement uuid, person uuid, channel text, pass_method text,
        photo text, latitude numeric, longitude numeric
    ) ON COMMIT DELETE ROWS;
    CREATE TEMPORARY TABLE IF NOT EXISTS settling_pass (
        batch integer, place integer, public_id uuid, occurred_at timestamptz, day date, project_id bigint,
        subject_id bigint, person_id bigint, engagement_id bigint, is_enrolled boolean, source text,
        token text, sequence bigint, highest bigint, is_repeat boolean, direction text, channel text,
        gap interval,
        received_at timestamptz
    ) ON COMMIT DELETE ROWS;
    CREATE TEMPORARY TABLE IF NOT EXISTS settling_new (public_id uuid) ON COMMIT DELETE ROWS;
    TRUNCATE settling_batch, settling_row, settling_pass, settling_new;
"""
_NULL = "\\N"
_BYTES = r"\\x"


class UnknownProject(ValueError):
    """A batch names a project that does not exist: no door of ours can have written it."""


class Staged:
    """What is laid out, and what Python still knows of it: projects, readings, each identity's number."""

    def __init__(self, batches: Sequence[Batch]) -> None:
        self.batches = batches
        self.projects = _projects({batch.project for batch in batches})
        self.identities: dict[tuple[str, str], bytes] = {}
        self.has_devices = any(_device(batch.source) != _NULL for batch in batches)

    @property
    def readings(self) -> dict[int, Reading]:
        """How the punches of each project are read."""
        return {pk: reading for pk, (_key, reading) in self.projects.items()}

    def lay_out(self, refused: Sequence[Container[int]]) -> int:
        """Copy every row that is not refused into the temporary tables; returns how many."""
        lines = self._lines(refused)
        with connection.cursor() as cursor:
            cursor.execute(TABLES)
            _copy(cursor, "settling_batch", [self._head(number) for number in range(len(self.batches))])
            _copy(cursor, "settling_row", lines)
        return len(lines)

    def _head(self, number: int) -> str:
        batch = self.batches[number]
        key, reading = self.projects[batch.project]
        return (
            f"{number}\t{batch.project}\t{_escaped(batch.source or key)}\t{_device(batch.source)}"
            f"\t{_escaped(batch.origin)}\t{batch.team or _NULL}\t{batch.received_at}\t{reading.hour}"
            f"\t{reading.gap.total_seconds()} seconds\t{_escaped(batch.came_from)}\n"
        )

    def _lines(self, refused: Sequence[Container[int]]) -> list[str]:
        ids = iter(new_ids(sum(len(batch.rows) for batch in self.batches)))
        return [
            f"{number}\t{place}\t{row.public_id.hex() or next(ids)}\t{self._line(batch, row)}"
            for number, batch in enumerate(self.batches)
            for place, row in enumerate(batch.rows)
            if place not in refused[number]
        ]

    def _line(self, batch: Batch, row: Row) -> str:
        index, engagement = self._who(row)
        token, sequence = self._token(batch, row, index)
        return (
            f"{row.at}\t{token}\t{sequence}\t{row.direction}\t{row.id_type if index else _NULL}"
            f"\t{_BYTES + index if index else _NULL}\t{engagement or _NULL}\t{row.person.hex() or _NULL}"
            f"\t{_escaped(row.channel)}"
            f"\t{_escaped(row.pass_method)}\t{_escaped(row.photo)}\t{row.latitude or _NULL}"
            f"\t{row.longitude or _NULL}\n"
        )

    def _who(self, row: Row) -> tuple[str, str]:
        """The index of the number, or the engagement, that a row names; both as hexadecimal text."""
        if row.engagement or row.person:
            return "", row.engagement.hex()
        identity = (row.id_type, row.number)
        index = self.identities.get(identity)
        if index is None:
            index = self.identities[identity] = identity_index(*identity)
        return index.hex(), ""

    def _token(self, batch: Batch, row: Row, index: str) -> tuple[str, str]:
        """What tells the row from others of its instant, and as a number if it is one.

        A copy keeps the token of the node where the punch was taken: by it both know the punch.
        """
        if batch.came_from:
            return _escaped(row.token), row.token if _SEQUENCE.fullmatch(row.token) else _NULL
        return _token(row.token) if row.token else (self._digest(batch, row, index), _NULL)

    def _digest(self, batch: Batch, row: Row, index: str) -> str:
        """A keyed digest of what makes a row the same row: who, which way, through which channel."""
        who = (row.id_type, index) if index else ("engagement", row.engagement.hex())
        return digest((self.projects[batch.project][0], *who, row.direction, row.channel))


def digest(parts: Iterable[str]) -> str:
    """Thirty-two signs that stand for a row whose source gives no sequence."""
    return keyring().blind_index("punch", "|".join(parts))[-DIGEST_SIGNS // 2 :].hex()


def _projects(keys: set[int]) -> dict[int, tuple[str, Reading]]:
    """Each project's public id and reading. Raises UnknownProject."""
    rows = list(Project.all_rows.filter(pk__in=keys).values_list("pk", "public_id", "region_id"))
    if len(rows) < len(keys):
        raise UnknownProject
    regions = Region.objects.in_bulk({region for _pk, _key, region in rows})
    readings = {pk: reading_of(region) for pk, region in regions.items()}
    return {pk: (str(key), readings[region]) for pk, key, region in rows}


def _device(source: str) -> str:
    try:
        return str(UUID(source))
    except ValueError:
        return _NULL


def _token(sequence: str) -> tuple[str, str]:
    """A device's sequence as it is kept, and as a number if it is one."""
    if len(sequence) >= DIGEST_SIGNS:
        sequence = f"#{digest((sequence,))[1 : DIGEST_SIGNS - 1]}"
    return _escaped(sequence), sequence if _SEQUENCE.fullmatch(sequence) else _NULL


def _escaped(text: str) -> str:
    return _AWKWARD.sub(lambda sign: _ESCAPED[sign[0]], text) if _AWKWARD.search(text) else text


def _copy(cursor: Any, table: str, lines: Sequence[str]) -> None:
    with connection.wrap_database_errors:
        cursor.copy_expert(f"COPY {table} FROM STDIN", StringIO("".join(lines)))
