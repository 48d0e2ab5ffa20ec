"""Asking for an export, calling it off, and taking the file away: each on record with its reason."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from celery import current_app
from django.db import transaction
from django.db.models import F
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

from accounts.actors import UserActor
from accounts.models import User
from audit.services import record
from kernel.errors import NotFound, NotPermitted
from kernel.permits import require
from kernel.scoping import Reach
from kernel.streams import discard, stream
from kernel.text import compact
from standards.selectors import parameter
from web.exports.errors import (
    NotOpen,
    NotReady,
    ReachHasChanged,
    ReasonHoldsNumber,
    ReasonTooShort,
    TooManyOpen,
    TooManyRows,
    UnknownFormat,
)
from web.exports.models import ExportJob
from web.exports.sources import EXPORT, Source, source

log = structlog.get_logger(__name__)

MAKE = "web.exports.tasks.make_export"
AWAY = (KombuError, RedisError, OSError)
_LONGEST_REASON = 200
_NUMBER = re.compile(r"\d{11}")
State = ExportJob.State


@transaction.atomic
def ask_for_export(
    *, actor: UserActor, address: str, file_format: str, reason: str, now: datetime
) -> ExportJob:
    """Ask for the list behind an address of this node as a file; a worker makes it.

    Raises NotAList, NotPermitted, ReasonTooShort, UnknownFormat, UnreadableFilter, TooManyRows, TooManyOpen.
    Source: 个人信息保护法 第六条 (a stated purpose); product.md 2.16.
    """
    found = source(actor, address)
    _judge(found, file_format, reason)
    # The account's row is the lock: two tabs must not both take the last place.
    User.objects.select_for_update(no_key=True).get(pk=actor.user.pk)
    waiting = ExportJob.objects.filter(owner=actor.user, state__in=(State.WAITING, State.RUNNING)).count()
    if waiting >= (most := parameter("exports.most_open")):
        raise TooManyOpen(most)
    job = ExportJob.objects.create(
        **_asked(actor, found), format=file_format, reason=reason.strip()[:_LONGEST_REASON], created_at=now
    )
    record(actor, "lists.export_asked", job, reason=job.reason, **_facts(job))
    transaction.on_commit(lambda: send(job.pk), robust=True)
    return job


def _judge(found: Source, file_format: str, reason: str) -> None:
    if file_format not in ExportJob.Format.values:
        raise UnknownFormat
    least = parameter("exports.reason_characters")
    if found.page.holds_personal_data and len(reason.strip()) < least:
        raise ReasonTooShort(least)
    if _NUMBER.search(compact(reason)):
        raise ReasonHoldsNumber
    if found.total > (most := parameter("exports.most_rows")):
        raise TooManyRows(found.total, most)


def _asked(actor: UserActor, found: Source) -> dict[str, Any]:
    return {
        "owner": actor.user,
        "owner_label": actor.label[:120],
        "reach": _written(actor.holding(EXPORT).reach(found.page.permission)),
        "path": found.path,
        "query": found.query,
        "list_name": found.page.list_name,
        "title": found.title[:200],
        "noun": found.page.noun,
        "conditions": found.conditions,
        "holds_personal_data": found.page.holds_personal_data,
        "columns_number": found.columns_number,
        "rows_asked": found.total,
    }


@transaction.atomic
def cancel_export(*, actor: UserActor, job: ExportJob, now: datetime) -> ExportJob:
    """Call off one's own export; what was written so far is thrown away. Raises NotFound, NotOpen."""
    mine = _own(actor, job.public_id)
    if not mine.is_open:
        raise NotOpen
    mine.state, mine.finished_at, mine.lease = State.CANCELLED, now, None
    mine.save(update_fields=["state", "finished_at", "lease"])
    record(actor, "lists.export_cancelled", mine, **_facts(mine))
    return mine


@transaction.atomic
def take_file(*, actor: UserActor, job: ExportJob, now: datetime) -> tuple[ExportJob, Iterator[bytes]]:
    """The file of one's own export, piece by piece; that it was taken is on record before the first byte.

    Raises NotFound, NotPermitted, NotReady, ReachHasChanged.
    """
    require(actor, EXPORT)
    mine = _own(actor, job.public_id)
    if not mine.is_ready or (mine.expires_at and mine.expires_at <= now):
        raise NotReady
    _still_reaches(actor, mine)
    try:
        pieces = stream(mine.address)
    except FileNotFoundError:
        raise NotReady from None
    mine.downloads = F("downloads") + 1
    mine.save(update_fields=["downloads"])
    record(actor, "lists.export_taken", mine, reason=mine.reason, **_facts(mine))
    return mine, pieces


def expire_old(now: datetime) -> int:
    """Delete the files whose time is over; what was exported stays on record. Returns how many."""
    old = ExportJob.objects.filter(state=State.DONE, expires_at__lte=now)
    for job in old:
        discard(job.address)
        ExportJob.objects.filter(pk=job.pk).update(state=State.EXPIRED)
    return len(old)


def send(job_pk: int) -> None:
    """Ask the worker to make an export; while the queue is away the sweep will find it."""
    try:
        current_app.send_task(MAKE, [job_pk], expires=60)
    except AWAY as error:
        log.warning("exports.not_queued", export=job_pk, why=type(error).__name__)


def _own(actor: UserActor, public_id: UUID) -> ExportJob:
    found = ExportJob.objects.select_for_update().filter(owner=actor.user, public_id=public_id).first()
    if found is None:
        raise NotFound
    return found


def _facts(job: ExportJob) -> dict[str, Any]:
    """What the trail keeps: the list and its size, never its words."""
    rows = job.rows_asked if job.rows_number is None else job.rows_number
    return {"list": job.list_name, "format": job.format, "rows": rows, "columns": job.columns_number}


def _written(reach: Reach) -> dict[str, list[str]]:
    return {
        "region_paths": sorted(reach.region_paths),
        "projects": sorted(str(one) for one in reach.projects),
        "participations": sorted(str(one) for one in reach.participations),
        "persons": sorted(str(one) for one in reach.persons),
        "enterprises": sorted(str(one) for one in reach.enterprises),
    }


def _still_reaches(actor: UserActor, job: ExportJob) -> None:
    """The posts of now cover what the posts of then reached. Raises ReachHasChanged."""
    try:
        permission = source(actor, job.path).page.permission
    except (NotFound, NotPermitted):
        raise ReachHasChanged from None
    then, now = job.reach, _written(actor.holding(EXPORT).reach(permission))
    regions = all(any(path.startswith(held) for held in now["region_paths"]) for path in then["region_paths"])
    if not (
        regions and all(set(then.get(kind, ())) <= set(now[kind]) for kind in now if kind != "region_paths")
    ):
        raise ReachHasChanged
