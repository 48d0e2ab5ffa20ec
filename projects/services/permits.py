"""Permits from a file: every row is tried, and either all of them are written or none."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from kernel import locks
from kernel.errors import DomainError, NotFound
from kernel.permits import require
from kernel.scoping import Actor
from projects.errors import FileTooLong, UploadGone
from projects.models import Permit, PermitUpload
from projects.permit_facts import PermitFacts
from projects.permit_file import Fault, UnreadableFile, decoded, heading_of, read_row, rows_of
from projects.permit_judgement import FURTHER_PERMIT, KNOWN, NEW_PROJECT, Row
from projects.services.register import receive_permit
from regions.models import Region
from standards.selectors import parameter

_MAY = "projects.receive_permit"
# Refusals of the act as causes, in a few words; a cell's own rule brings its cause with it.
_CAUSES = {
    "enterprise_name_differs": _("与已登记的企业名称不一致"),
    "project_differs": _("与已登记的项目不一致"),
    "permit_elsewhere": _("许可证已登记在另一个项目下"),
    "not_found": _("不在您的管理范围内"),
}


@dataclass(slots=True)
class Trial:
    """What a file would do, or has done: the good rows, and everything that is wrong with the others."""

    rows: list[Row] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    number: int = 0

    @classmethod
    def of(cls, actor: Actor, text: str, now: datetime) -> "Trial":
        """Try every row as `actor` would write it, and leave nothing behind.

        Raises NotPermitted, UnreadableFile, FileTooLong.
        """
        with transaction.atomic():
            found = cls.written(actor, text, now)
            transaction.set_rollback(True)
        return found

    @classmethod
    def written(cls, actor: Actor, text: str, now: datetime) -> "Trial":
        """Write every good row in the transaction of the caller, who takes it back where there are faults.

        Raises NotPermitted, UnreadableFile, FileTooLong.
        """
        require(actor, _MAY)
        # Two files at once could wait for each other's enterprises in turn.
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, 0)", [locks.PERMIT_LIST])
        found = cls()
        most = parameter("permit_file.rows")
        today = timezone.localdate(now)
        for line, row in rows_of(text.encode()):
            found.number += 1
            if found.number > most:
                raise FileTooLong(most)
            found._take(actor, line, row, *read_row(line, row, today))
        if not found.number:
            raise UnreadableFile("文件里没有数据行。请在列名下面每行填一个施工许可证。")
        return found

    def _take(
        self, actor: Actor, line: int, row: dict[str, str], facts: PermitFacts | None, faults: Iterable[Fault]
    ) -> None:
        self.faults += faults
        if facts is None:
            return
        outcome = _outcome(actor, facts)
        try:
            project = receive_permit(actor=actor, facts=facts)
        except DomainError as refusal:
            self.faults.append(_fault(line, row, refusal))
            return
        if outcome != KNOWN and project.permits.count() > 1:
            outcome = FURTHER_PERMIT
        self.rows.append(Row(line, outcome, facts.permit_number, project.code, project.name))

    def as_text(self) -> str:
        """The whole judgement, to be kept beside the file."""
        return json.dumps(asdict(self), ensure_ascii=False)


def _outcome(actor: Actor, facts: PermitFacts) -> str:
    known = Permit.objects.visible_to(actor, _MAY).filter(number=facts.permit_number)
    return KNOWN if known.exists() else NEW_PROJECT


def _fault(line: int, row: dict[str, str], refusal: DomainError) -> Fault:
    cause = _CAUSES.get(refusal.code, _("不符合登记规则"))
    given = row.get(refusal.field or "", "").strip()
    return Fault(line, heading_of(refusal.field), refusal.message, str(cause), given)


@transaction.atomic
def keep_permit_file(
    *, actor: Actor, region: Region, name: str, content: bytes, now: datetime
) -> PermitUpload:
    """Keep a list of permits for its dry run and its writing; nothing of it is registered yet.

    `region` is the place of the office that brings it. Raises NotPermitted, NotFound, FileTooLong, and
    UnreadableFile for what is no such table.
    """
    require(actor, _MAY)
    if not region.path.startswith(tuple(actor.reach(_MAY).region_paths)):
        raise NotFound
    text = decoded(content)
    trial = Trial.of(actor, text, now)
    forget_permit_files(now)
    upload = PermitUpload.objects.create(
        owner_key=actor.key,
        region=region,
        name=name[:120],
        text=text,
        judged=trial.as_text(),
        uploaded_at=now,
        expires_at=now + timedelta(hours=parameter("permit_file.keep_hours", region)),
    )
    record(actor, "projects.permit_file_kept", upload)
    return upload


@transaction.atomic
def receive_permits(*, actor: Actor, upload: PermitUpload, now: datetime) -> PermitUpload:
    """Write every row of a kept file, or none; a second call answers what the first has done.

    Each row is judged anew, for others may have registered something since the dry run. Where a row has a
    fault now, `received_at` stays empty and the file carries the new judgement.
    Raises NotPermitted, NotFound, UploadGone.
    Source: 鄂建文〔2019〕27号 二(五), 二(一).
    """
    require(actor, _MAY)
    held = PermitUpload.objects.select_for_update().filter(pk=upload.pk, owner_key=actor.key).first()
    if held is None or not held.region.path.startswith(tuple(actor.reach(_MAY).region_paths)):
        raise NotFound
    if held.received_at:
        return held
    if held.text is None or held.expires_at <= now:
        raise UploadGone
    with transaction.atomic():
        trial = Trial.written(actor, held.text, now)
        transaction.set_rollback(bool(trial.faults))
    held.judged = trial.as_text()
    if not trial.faults:
        held.received_at, held.text = now, None
        record(actor, "projects.permit_file_received", held, rows=trial.number)
    held.save(update_fields=["judged", "received_at", "text"])
    return held


def forget_permit_files(now: datetime) -> int:
    """Delete kept files whose time is over; how many."""
    return PermitUpload.objects.filter(expires_at__lte=now).delete()[0]
