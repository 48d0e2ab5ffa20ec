"""Making the file of an export: once, whole, by whoever holds the lease, whatever dies in between.

A worker takes the lease and says every second that it lives. One that dies, or is killed for taking too
long, says nothing more; then the lease ends and the next one begins again, into a new file. The rows are read
as the owner may read them *now*: posts that ended since the export was asked for give nothing.
"""

import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID, uuid4

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.actors import UserActor
from audit.services import record
from kernel import locks
from kernel.errors import DomainError, NotFound, NotPermitted
from kernel.streams import Sink, discard, new_address
from standards.selectors import parameter
from web import words
from web.cells import Reader, readers
from web.exports import files
from web.exports.models import ExportJob
from web.exports.sources import Source, source
from web.messages import Audience, tell

log = structlog.get_logger(__name__)

State = ExportJob.State
Clock = Callable[[], datetime]
_CHUNK = 2000
_BEAT_SECONDS = 1.0
# Advisory locks of the node live in one number space; this one is held while a lease is given.
_GAVE_UP = _("平台多次尝试都没有做成，已停止。请把条件收窄后重新导出；仍不成功请联系平台管理员。")
_NO_POST = _("生成时您的岗位已变动或到期，不再能导出这个名单，没有生成文件。需要时请按现在的岗位重新导出。")
_SHORT = _("读到的行数与名单的总数对不上，为免缺行，没有生成文件。请稍后重新导出。")


class Gone(Exception):
    """The export was cancelled, or the lease is another's: stop and leave nothing behind."""


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to make one export's file, until the heartbeat stops."""

    job: ExportJob
    token: UUID

    @property
    def row(self) -> "QuerySet[ExportJob]":
        return ExportJob.objects.filter(pk=self.job.pk, lease=self.token, state=State.RUNNING)

    def beat(self, rows: int, now: datetime) -> None:
        """Say that the worker lives and how far it is. Raises Gone."""
        if not self.row.update(heartbeat_at=now, rows_done=rows):
            raise Gone


class Pulse:
    """Beats for a lease while rows are read and while the finished book is packed into the sink."""

    def __init__(self, lease: Lease, sink: Sink, clock: Clock) -> None:
        self.rows = 0
        self._lease, self._sink, self._clock = lease, sink, clock
        self._beaten = time.monotonic()

    def tick(self) -> None:
        """A moment of work is done; once a second it is told. Raises Gone."""
        if time.monotonic() - self._beaten >= _BEAT_SECONDS:
            self._lease.beat(self.rows, self._clock())
            self._beaten = time.monotonic()

    def write(self, content: bytes) -> int:
        """As the sink's, between two beats."""
        self.tick()
        return self._sink.write(content)

    def flush(self) -> None:
        self._sink.flush()


def make(job_pk: int, clock: Clock) -> bool:
    """Make the file of one export; True if it was finished or failed here. Safe to call twice."""
    lease = take_lease(job_pk, clock())
    if lease is None:
        return False
    try:
        rows, size = _written(lease, clock)
        _finish(lease, rows, size, clock())
    except Gone:
        discard(lease.job.address)
        return False
    except DomainError as refused:
        discard(lease.job.address)
        no_post = isinstance(refused, NotPermitted | NotFound)
        _fail(lease, str(_NO_POST) if no_post else refused.message, clock())
    return True


@transaction.atomic
def take_lease(job_pk: int, now: datetime) -> Lease | None:
    """The lease of a waiting export, or of one whose worker is silent; None while others are at work."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, 0)", [locks.EXPORT_LEASE])
    silent = Q(state=State.RUNNING, heartbeat_at__lt=now - _lease_time())
    running = ExportJob.objects.filter(state=State.RUNNING).exclude(silent)
    if running.count() >= parameter("exports.at_once"):
        return None
    rows = ExportJob.objects.select_for_update(of=("self",), skip_locked=True).select_related("owner")
    job = rows.filter(Q(state=State.WAITING) | silent, pk=job_pk).first()
    return None if job is None else _leased(job, now)


def _leased(job: ExportJob, now: datetime) -> Lease | None:
    if job.address:
        discard(job.address)
    lease = Lease(job, uuid4())
    job.attempts += 1
    job.lease, job.heartbeat_at, job.started_at = lease.token, now, now
    job.state, job.rows_done, job.address = State.RUNNING, 0, new_address()
    job.save()
    if job.attempts > parameter("exports.most_attempts"):
        _fail(lease, str(_GAVE_UP), now)
        return None
    return lease


def _written(lease: Lease, clock: Clock) -> tuple[int, int]:
    """Rows written and bytes kept. Raises Gone, and DomainError where the list may not be read any more."""
    job, now = lease.job, clock()
    found = source(UserActor.of(job.owner, now), f"{job.path}?{job.query}", remembers=False)
    columns = readers(found.listed.table)
    mark = _mark(job, found, now)
    rooms = workshop()
    rooms.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (
        TemporaryDirectory(dir=rooms, prefix=f"{lease.token}-") as name,
        Sink(job.address, Path(name)) as sink,
    ):
        pulse, headings = Pulse(lease, sink, clock), [heading for heading, _read in columns]
        to = files.writer(job.format, pulse, headings, mark, found.title, Path(name))
        lease.row.update(rows_number=found.total)
        _pour(pulse, found, [read for _heading, read in columns], to)
        to.finish(pulse.rows)
        lease.beat(pulse.rows, clock())
        sink.keep()
        return pulse.rows, sink.size


def _pour(pulse: Pulse, found: Source, reads: list[Reader], to: files.Writer) -> None:
    """Write every row. Raises Gone, NotWhole."""
    for row in found.listed.ordered.iterator(chunk_size=_CHUNK):
        to.add([read(row) for read in reads])
        pulse.rows += 1
        pulse.tick()
    if pulse.rows != found.total:
        _judge(pulse.rows, found.total, found.listed.rows.count())


def _judge(rows: int, before: int, after: int) -> None:
    """A list that moves while it is read is whole as of one moment between; anything else is not.

    Raises NotWhole.
    """
    if not min(before, after) <= rows <= max(before, after):
        raise NotWhole


class NotWhole(DomainError):
    """Fewer or more rows were read than the list has: no file rather than a part of one."""

    def __init__(self) -> None:
        super().__init__(str(_SHORT), code="not_whole")


def _mark(job: ExportJob, found: Source, now: datetime) -> files.Mark:
    conditions = "；".join(job.conditions) or "无（整个名单）"
    place = found.place or found.title
    line = f"{job.owner_label} {words.moment(now)} 导出，用途：{job.reason or '未填'}；来自：{place}"
    pairs = [
        ("导出人", job.owner_label),
        ("导出时间", words.moment(now)),
        ("用途", job.reason or "未填"),
        ("名单", found.title),
        ("来自", f"{settings.NODE_NAME}　{place}"),
        ("筛选条件", conditions),
        ("编号", str(job.public_id)),
    ]
    return files.Mark(line, pairs)


@transaction.atomic
def _finish(lease: Lease, rows: int, size: int, now: datetime) -> None:
    expires = now + timedelta(hours=parameter("exports.keep_hours"))
    done = lease.row.update(
        state=State.DONE,
        rows_number=rows,
        rows_done=rows,
        size_bytes=size,
        finished_at=now,
        expires_at=expires,
        lease=None,
    )
    if not done:
        raise Gone
    record(None, "lists.export_made", lease.job, list=lease.job.list_name, rows=rows, bytes=size)
    _tell(
        lease.job,
        _("您导出的“{title}”已生成，共 {rows} 行，{until} 前可下载。").format(
            title=lease.job.title, rows=f"{rows:,}", until=words.moment(expires)
        ),
    )
    log.info("exports.made", export=lease.job.pk, rows=rows, size=size)


@transaction.atomic
def _fail(lease: Lease, why: str, now: datetime) -> None:
    if lease.row.update(state=State.FAILED, problem=why[:300], finished_at=now, lease=None, address=""):
        record(None, "lists.export_failed", lease.job, list=lease.job.list_name)
        _tell(lease.job, _("您导出的“{title}”没有做成：{why}").format(title=lease.job.title, why=why))


def _tell(job: ExportJob, text: str) -> None:
    url = reverse("exports")
    tell(Audience(users=[job.owner]), kind="exports", text=text, url=url, about=str(job.public_id))


def unfinished(now: datetime) -> list[int]:
    """The exports that the queue lost or a dead worker left behind, oldest first."""
    waiting = Q(state=State.WAITING, created_at__lt=now - timedelta(seconds=2))
    silent = Q(state=State.RUNNING, heartbeat_at__lt=now - _lease_time())
    alive = ExportJob.objects.filter(state=State.RUNNING).exclude(silent).count()
    free = max(0, parameter("exports.at_once") - alive)
    found = ExportJob.objects.filter(waiting | silent).order_by("created_at", "pk")
    return list(found.values_list("pk", flat=True)[:free])


def tidy() -> None:
    """Throw away what dead workers left in the workshop: unfinished sheets and sealed frames."""
    alive = {
        str(token) for token in ExportJob.objects.filter(lease__isnull=False).values_list("lease", flat=True)
    }
    for room in workshop().glob("*-*"):
        if room.name[:36] not in alive:
            shutil.rmtree(room, ignore_errors=True)


def workshop() -> Path:
    """Where unfinished files lie."""
    return Path(settings.VAR_DIR) / "exports"


def _lease_time() -> timedelta:
    return timedelta(seconds=parameter("exports.lease_seconds"))
