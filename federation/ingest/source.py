"""Accepted WorkerAttendance.Add calls as a source of the settler.

A call waits while the same appid has an earlier one of another method pending, so that a punch sent right
after an entry finds that entry.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import structlog
from django.db import DatabaseError, connection
from django.db.models import Exists, OuterRef, QuerySet
from psycopg2.extras import execute_values

from attendance.batches import Batch
from attendance.services.sources import Settled
from federation.actors import CredentialActor
from federation.models import AcceptedRequest
from federation.open_api import schema
from federation.open_api.calls import Call, Outcome
from federation.open_api.dispatcher import method
from federation.open_api.handed import WHOLE, Handed
from federation.open_api.methods.worker_attendance import WORDS
from federation.work import OUR_FAULT
from projects.models import Team

log = structlog.get_logger(__name__)

METHOD: Final = "WorkerAttendance.Add"
State = AcceptedRequest.State
# A call holds at most `open_api.rows` rows, by default so many.
_ROWS_A_CALL: Final = 20
_FINISH: Final = """
    UPDATE federation_acceptedrequest AS r
    SET state = v.state, result = v.result, finished_at = greatest(v.at, r.accepted_at), tried_at = v.at,
        attempts = r.attempts + 1
    FROM (VALUES %s) AS v (id, state, result, at) WHERE r.id = v.id"""


@dataclass(frozen=True, slots=True)
class Pending:
    """One accepted call, read."""

    request: int
    serial: str
    handed: Handed

    @property
    def batch(self) -> Batch | None:
        """Its punches, if any of its rows can be kept."""
        return self.handed.batch


class PendingPunches:
    """Takes pending calls, writes their results; all in the settler's transaction."""

    def take(self, limit: int) -> Sequence[Pending]:
        """Pending calls, oldest first and locked, until they hold about `limit` punches."""
        rows = (
            _due()
            .select_for_update(of=("self",), skip_locked=True)
            .select_related("credential__project__region", "credential__enterprise", "project__region")
        )
        found = [_read(request) for request in rows[: max(1, limit // _ROWS_A_CALL)]]
        _find_teams(found)
        return found

    def finish(self, settled: Sequence[tuple[Pending, Settled]], now: datetime) -> None:
        """Write what the vendor will read."""
        _write([(one.request, one.handed.ended(what, WORDS)) for one, what in settled], now)

    def set_aside(self, taken: Sequence[Pending], why: str, now: datetime) -> None:
        """A call that cannot be settled fails by our fault: it stands among the faults, to be retried."""
        for one in taken:
            log.error("open_api.set_aside", serial=one.serial, why=why)
        _write([(one.request, Outcome(False, OUR_FAULT)) for one in taken], now)

    def waiting_since(self) -> datetime | None:
        """When the oldest call was accepted that waits for the settler and not for its lane."""
        return _due().values_list("accepted_at", flat=True).first()


def _due() -> "QuerySet[AcceptedRequest]":
    """Pending calls before which nothing else of their appid is pending, oldest first."""
    waiting = AcceptedRequest.objects.unscoped(because="the settler settles everybody's punches")
    earlier = waiting.filter(appid=OuterRef("appid"), pk__lt=OuterRef("pk"), state=State.PENDING)
    due = waiting.filter(~Exists(earlier.exclude(method=METHOD)), state=State.PENDING, method=METHOD)
    return due.order_by("pk")


def _read(request: AcceptedRequest) -> Pending:
    try:
        handed = _handed(request)
    except DatabaseError:
        raise  # the step's transaction is gone: the settler tries again, and call by call if need be
    except Exception:
        # A fault of ours must not stop everybody's punches: it is written down and the vendor is told.
        log.exception("open_api.failed", serial=request.serial)
        handed = Handed(refused=OUR_FAULT)
    return Pending(request.pk, request.serial, handed)


def _handed(request: AcceptedRequest) -> Handed:
    wanted = method(request.method)
    actor = CredentialActor(request.credential).at(request.project)
    data = json.loads(request.body or "{}")
    call = Call(wanted, request.credential, actor, request.project, data, request.accepted_at)
    call = call.read(schema.read(wanted.fields, data, call.context))
    if call.reading.outer_faults:
        return Handed(refused=schema.sentence(call.reading.faults))
    return wanted.act(call)  # type: ignore[no-any-return]  # a settled method's


def _find_teams(found: Sequence[Pending]) -> None:
    """Give each batch its team; punches of an unknown one are evidence all the same."""
    numbers = {one.handed.team for one in found if one.handed.team is not None}
    teams = Team.all_rows.filter(number__in=numbers)
    known: dict[tuple[int | None, int], int] = {
        (project, number): pk
        for pk, project, number in teams.values_list("pk", "participation__project", "number")
    }
    for one in found:
        handed = one.handed
        if handed.team is None:
            continue
        team = known.get((handed.project, handed.team))
        if handed.batch is not None:
            handed.batch.team = team
        if team is None:
            handed.troubles.append((WHOLE, WORDS.no_team))


def _write(outcomes: Sequence[tuple[int, Outcome]], now: datetime) -> None:
    rows = [
        (request, int(State.DONE if outcome.is_done else State.FAILED), outcome.result, now)
        for request, outcome in outcomes
    ]
    if rows:
        with connection.cursor() as cursor:
            template = "(%s::bigint, %s::smallint, %s, %s::timestamptz)"
            execute_values(cursor.cursor, _FINISH, rows, template, page_size=len(rows))
