"""Bringing a roster as a file: keeping it, mending its rows, having them written, and throwing it away."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import structlog
from celery import current_app
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet, Sum
from django.utils.translation import gettext as _
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

from audit.services import record
from kernel.errors import DomainError, NotFound
from kernel.masking import redact
from kernel.permits import require
from kernel.scoping import Actor
from kernel.streams import Sink, discard, new_address
from kernel.tables import UnreadableTable
from projects.errors import ProjectFinished
from projects.models import Project
from standards.selectors import parameter
from workers.import_cells import plain
from workers.models import RosterFault, RosterImport, RosterRow
from workers.services.import_judging import Judge, Judged, given_index
from workers.services.import_twice import OPEN, tell_twice
from workers.services.standing import site_day

log = structlog.get_logger(__name__)

MAY = "workers.enrol"
CARRY_ON = "workers.tasks.carry_on_import"
AWAY = (KombuError, RedisError, OSError)
State, Mode, Outcome = RosterImport.State, RosterImport.Mode, RosterRow.Outcome
_DAY = timedelta(days=1)
_TOGETHER = 500


class TooManyImports(DomainError):
    """One account has enough imports under way, or has brought enough rows for a day."""

    code = "too_many_imports"
    status = 429


class NotOpen(DomainError):
    """An import that is being read or written, or is over, cannot be changed."""

    code = "import_not_open"
    status = 409

    def __init__(self) -> None:
        super().__init__(_("这次导入正在检查或写入，或者已经结束，现在不能改。请刷新页面看它现在的状态。"))


class StillFaulty(DomainError):
    """All or nothing was asked for, and some rows have faults."""

    code = "import_faulty"

    def __init__(self, number: int) -> None:
        super().__init__(
            _("还有 {number} 行要改，不能整表一起导入。请先改好，或改选“好的行先导入”。").format(
                number=f"{number:,}"
            ),
            field="mode",
        )


class NothingToSave(DomainError):
    """No row would change anything."""

    code = "nothing_to_save"

    def __init__(self) -> None:
        super().__init__(_("没有可以导入的行：要改的请先改好；已在册、没有变化的不用再导入。"), field="mode")


class NothingMended(DomainError):
    """No cell was filled in."""

    code = "nothing_mended"

    def __init__(self) -> None:
        super().__init__(_("还没有填写要改成的内容，一格也没有改。"))


@transaction.atomic
def keep_roster_file(
    *, actor: Actor, project: Project, name: str, pieces: Iterable[bytes], size: int, now: datetime
) -> RosterImport:
    """Keep a roster for its dry run; a worker reads it, and nothing of it is written to the project.

    `size` is what the file says of itself: a file beyond the limit is refused before it is read. Raises
    NotPermitted, NotFound, ProjectFinished, UnreadableTable, TooManyImports. Source: product 4.2 K2.
    """
    require(actor, MAY, on=project)
    if not project.is_open:
        raise ProjectFinished
    require_size(size)
    _require_room(actor, now)
    address = new_address()
    with Sink(address, workshop()) as sink:
        for piece in pieces:
            sink.write(piece)
            require_size(sink.size)
        sink.keep()
    roster = RosterImport.objects.create(
        project=project,
        owner=getattr(actor, "user", None),
        owner_key=actor.key,
        owner_label=actor.label[:120],
        name=_own_name(name),
        size_bytes=sink.size,
        address=address,
        created_at=now,
        expires_at=now + timedelta(hours=parameter("imports.keep_hours", project.region)),
    )
    record(actor, "workers.roster_brought", project, roster=str(roster.public_id), bytes=sink.size)
    transaction.on_commit(lambda: send(roster.pk), robust=True)
    return roster


@transaction.atomic
def mend_import(
    *, actor: Actor, roster: RosterImport, mended: Mapping[int, Mapping[str, str]], now: datetime
) -> RosterImport:
    """Put cells of one's own import right, by row and column; the rows are judged again at once.

    Raises NotPermitted, NotFound, NotOpen, NothingMended.
    """
    mine = _held(actor, roster)
    rows = list(_open_rows(mine).filter(pk__in=mended))
    if len(rows) != len(mended):
        raise NotFound
    if not any(mended.values()):
        raise NothingMended
    judge = Judge(actor, mine.project, site_day(mine.project))
    for row in rows:
        known = {code: text for code, text in mended[row.pk].items() if code in judge.by_code}
        cells = {**row.said, **known}
        row.cells = json.dumps({code: text for code, text in cells.items() if text}, ensure_ascii=False)
    judge_rows(mine, judge, rows)
    tell_twice(mine)
    mine.state = State.CHECKED
    mine.save(update_fields=["state"])
    record(actor, "workers.roster_mended", mine.project, roster=str(mine.public_id), rows=len(rows))
    return mine


@transaction.atomic
def map_import(
    *,
    actor: Actor,
    roster: RosterImport,
    column: str,
    cause: str,
    value: str,
    given: bytes | None = None,
    now: datetime,
) -> int:
    """Write one value into every cell that has this fault (and says the same, if `given`); how many.

    Raises NotPermitted, NotFound, NotOpen, NothingMended.
    """
    mine = _held(actor, roster)
    faults = RosterFault.objects.filter(roster=mine, column=column, cause=cause)
    if given is not None:
        faults = faults.filter(given_index=given)
    keys = list(faults.values_list("row", flat=True).distinct())
    if not keys or not value.strip():
        raise NothingMended
    mend_import(actor=actor, roster=mine, mended={key: {column: value} for key in keys}, now=now)
    return len(keys)


@transaction.atomic
def save_import(*, actor: Actor, roster: RosterImport, mode: str, now: datetime) -> RosterImport:
    """Have the good rows of one's own import written, or all of them or none; a worker does it.

    Asked twice it is done once. Raises NotPermitted, NotFound, NotOpen, StillFaulty, NothingToSave,
    ProjectFinished.
    """
    mine = _held(actor, roster, busy=(State.TO_SAVE, State.SAVING))
    if mine.state in (State.TO_SAVE, State.SAVING):
        return mine
    if not mine.project.is_open:
        raise ProjectFinished
    faulty = mine.rows.filter(outcome=Outcome.FAULTY).count()
    if mode not in Mode.values:
        raise DomainError(_("请选择怎样导入。"), code="unknown_mode", field="mode")
    if mode == Mode.WHOLE and faulty:
        raise StillFaulty(faulty)
    number = mine.rows.filter(outcome__in=(Outcome.NEW, Outcome.CHANGED)).count()
    if not number:
        raise NothingToSave
    mine.mode, mine.state, mine.problem = mode, State.TO_SAVE, ""
    mine.rows_number, mine.rows_done, mine.attempts = number, 0, 0
    mine.save(update_fields=["mode", "state", "problem", "rows_number", "rows_done", "attempts"])
    record(actor, "workers.roster_save_asked", mine.project, roster=str(mine.public_id), rows=number)
    transaction.on_commit(lambda: send(mine.pk), robust=True)
    return mine


@transaction.atomic
def drop_import(*, actor: Actor, roster: RosterImport, now: datetime) -> RosterImport:
    """Throw one's own import away, file and rows; what it wrote stays.

    Raises NotPermitted, NotFound, NotOpen.
    """
    mine = _held(actor, roster, busy=(State.TO_CHECK, State.FAILED, State.DROPPED))
    if mine.state != State.DROPPED:
        throw_away(mine)
        record(actor, "workers.roster_dropped", mine.project, roster=str(mine.public_id))
    return mine


@transaction.atomic
def take_errors(*, actor: Actor, roster: RosterImport) -> RosterImport:
    """Note that the rows of an import, with what is wrong in them, left the platform as a workbook.

    Raises NotPermitted, NotFound, NotOpen.
    """
    mine = _held(actor, roster)
    number = mine.rows.filter(outcome__in=OPEN).count()
    record(actor, "workers.roster_errors_taken", mine.project, roster=str(mine.public_id), rows=number)
    return mine


def require_size(size: int) -> None:
    """Raises UnreadableTable for a file beyond the parameter."""
    most = int(parameter("imports.megabytes"))
    if size > most * 1024 * 1024:
        told = _(
            "文件有 {size:.1f} MB，上限是 {most} MB，没有读。花名册不会这么大："
            "请删去工作簿里的图片和多余的工作表，或分几个文件导入。"
        )
        raise UnreadableTable(told.format(size=size / 1048576, most=most))


def judge_rows(roster: RosterImport, judge: Judge, rows: Sequence[RosterRow]) -> None:
    """Judge rows anew and keep what was found; new rows are written, known ones changed."""
    found = judge.judge([row.said for row in rows])
    for row, one in zip(rows, found, strict=True):
        row.person_index, row.outcome = one.index, one.outcome
        row.changes, row.engagement = one.changes, one.engagement
    known = [row for row in rows if row.pk]
    RosterFault.objects.filter(row__in=known).delete()
    RosterRow.objects.bulk_update(
        known, ["cells", "person_index", "outcome", "changes", "engagement"], batch_size=_TOGETHER
    )
    RosterRow.objects.bulk_create([row for row in rows if not row.pk], batch_size=_TOGETHER)
    keep_faults(roster, zip(rows, found, strict=True))


def keep_faults(roster: RosterImport, judged: Iterable[tuple[RosterRow, Judged]]) -> None:
    """Keep what is wrong with rows, cell by cell."""
    RosterFault.objects.bulk_create(
        [
            RosterFault(
                roster=roster,
                row=row,
                column=fault.column,
                cause=fault.cause[:60],
                sentence=fault.sentence[:300],
                given_index=given_index(one.cells[fault.column]) if one.cells.get(fault.column) else None,
            )
            for row, one in judged
            for fault in one.faults
        ],
        batch_size=_TOGETHER,
    )


def throw_away(roster: RosterImport) -> None:
    """Delete what a roster held; that there was one stays until it is forgotten."""
    if roster.address:
        discard(roster.address)
    roster.rows.all().delete()
    roster.state, roster.address, roster.lease = State.DROPPED, "", None
    roster.save(update_fields=["state", "address", "lease"])


def forget_imports(now: datetime) -> int:
    """Throw away what has lain too long, and forget that there was anything after as long again; how many."""
    over = RosterImport.objects.filter(expires_at__lte=now).exclude(
        state__in=(State.DROPPED, State.CHECKING, State.SAVING)
    )
    number = 0
    for roster in over:
        throw_away(roster)
        number += 1
    old = now - timedelta(hours=int(parameter("imports.keep_hours"))) - _DAY
    RosterImport.objects.filter(state=State.DROPPED, expires_at__lte=old).delete()
    return number


def send(roster_pk: int) -> None:
    """Ask the worker to go on with an import; while the queue is away the sweep will find it."""
    try:
        current_app.send_task(CARRY_ON, [roster_pk], expires=60)
    except AWAY as error:
        log.warning("imports.not_queued", roster=roster_pk, why=type(error).__name__)


def workshop() -> Path:
    """Where sealed frames lie until a file is whole."""
    return Path(settings.VAR_DIR) / "imports"


def _require_room(actor: Actor, now: datetime) -> None:
    """Raises TooManyImports."""
    mine = RosterImport.objects.filter(owner_key=actor.key)
    moving = mine.filter(state__in=(State.TO_CHECK, State.CHECKING, State.TO_SAVE, State.SAVING)).count()
    if moving >= (most := int(parameter("imports.most_open"))):
        told = _("您已有 {most} 次导入正在检查或写入，请等其中一次完成后再上传。")
        raise TooManyImports(told.format(most=most), field="file")
    brought: dict[str, Any] = mine.filter(created_at__gt=now - _DAY).aggregate(rows=Sum("rows_number"))
    if (brought["rows"] or 0) >= (most := int(parameter("imports.rows_per_day"))):
        told = _("您一天内已检查了 {most} 行，达到上限。请明天再导入；确需集中登记的，请联系平台管理员。")
        raise TooManyImports(told.format(most=f"{most:,}"), field="file")


def _held(actor: Actor, roster: RosterImport, busy: Sequence[str] = ()) -> RosterImport:
    """One's own import, locked, while one may still enrol on its project.

    Raises NotPermitted, NotFound, NotOpen.
    """
    require(actor, MAY)
    found = (
        RosterImport.objects.select_for_update(of=("self",))
        .select_related("project__region")
        .filter(pk=roster.pk, owner_key=actor.key)
        .first()
    )
    if found is None:
        raise NotFound
    require(actor, MAY, on=found.project)
    if not found.is_open and found.state not in busy:
        raise NotOpen
    return found


def _open_rows(roster: RosterImport) -> QuerySet[RosterRow]:
    return roster.rows.filter(outcome__in=OPEN)


def _own_name(name: str) -> str:
    """The file's own name, without folders and without numbers of people."""
    return redact(plain(Path(name.replace("\\", "/")).name))[:120] or str(_("花名册"))
