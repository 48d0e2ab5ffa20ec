"""Held records: what a neighbour refused is corrected at its source, sent again, or waived by two people."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from federation.models import Line, RecordResult
from federation.selectors.nodes import require_governing
from kernel.errors import DomainError
from kernel.scoping import Actor


@transaction.atomic
def requeue_record(*, actor: Actor, result: RecordResult, now: datetime | None = None) -> RecordResult:
    """Send a refused record again as it was, once whatever stood against it at the receiver is mended.

    A record that is corrected here goes by itself. Raises NotPermitted, DomainError.
    """
    require_governing(actor)
    row = _held(result)
    if row.message is None:
        raise DomainError(
            _("这条记录发出时的内容已过保留期，不能原样重发。请在原处修改并保存记录，新版本会自动上报。"),
            code="no_content",
        )
    if row.requeued_at is not None and row.again_seq is None:
        raise DomainError(_("这条记录已在等待重发。"), code="is_queued")
    row.requeued_at, row.again_seq = now or timezone.now(), None
    row.save(update_fields=["requeued_at", "again_seq"])
    _record(actor, "federation.record_requeued", row)
    return row


@transaction.atomic
def ask_waiver(
    *, actor: Actor, result: RecordResult, reason: str, now: datetime | None = None
) -> RecordResult:
    """Ask that a refused record be let be; another person decides. Raises NotPermitted, DomainError."""
    require_governing(actor)
    row = _held(result)
    if not reason.strip():
        raise DomainError(
            _("请写明为什么不再上报这条记录，另一位管理员据此决定。"), code="no_reason", field="reason"
        )
    row.waiver_why, row.waiver_asked_at = reason.strip()[:200], now or timezone.now()
    row.waiver_asked_by, row.waiver_asked_label = actor.key[:64], actor.label[:120]
    row.save(update_fields=["waiver_why", "waiver_asked_at", "waiver_asked_by", "waiver_asked_label"])
    _record(actor, "federation.waiver_asked", row, reason=row.waiver_why)
    return row


@transaction.atomic
def approve_waiver(*, actor: Actor, result: RecordResult, now: datetime | None = None) -> RecordResult:
    """Let a refused record be, as another has asked; who asked does not approve.

    Raises NotPermitted, DomainError.
    """
    require_governing(actor)
    row = _held(result)
    if row.waiver_asked_at is None:
        raise DomainError(_("还没有人申请不再上报这条记录。"), code="not_asked")
    if row.waiver_asked_by == actor.key:
        raise DomainError(_("您是申请人，不能由本人同意。请另一位平台管理员办理。"), code="same_person")
    row.resolved_at, row.resolution = now or timezone.now(), "waived"
    row.waived_label, row.message = actor.label[:120], None
    row.save(update_fields=["resolved_at", "resolution", "waived_label", "message"])
    _record(actor, "federation.waiver_approved", row, reason=row.waiver_why)
    return row


@transaction.atomic
def decline_waiver(*, actor: Actor, result: RecordResult) -> RecordResult:
    """Turn a waiver down, or take one's own back; the record stays held. Raises NotPermitted, DomainError."""
    require_governing(actor)
    row = _held(result)
    if row.waiver_asked_at is None:
        raise DomainError(_("还没有人申请不再上报这条记录。"), code="not_asked")
    row.waiver_why, row.waiver_asked_at, row.waiver_asked_by, row.waiver_asked_label = "", None, "", ""
    row.save(update_fields=["waiver_why", "waiver_asked_at", "waiver_asked_by", "waiver_asked_label"])
    _record(actor, "federation.waiver_declined", row)
    return row


@transaction.atomic
def put_aside(
    *, actor: Actor, result: RecordResult, reason: str, now: datetime | None = None
) -> RecordResult:
    """Take a neighbour's record that was refused here off this platform's list; its own list keeps it.

    What was refused stays refused, and a later version is judged as always. Raises NotPermitted, DomainError.
    """
    require_governing(actor)
    row = _locked(result)
    is_theirs = row.line.direction == Line.Direction.IN and row.became == RecordResult.Became.REFUSED
    if not is_theirs or row.resolved_at is not None:
        raise DomainError(_("这条记录不在待处理之列：已处理完毕，或应由本平台改正后重报。"), code="not_held")
    if not reason.strip():
        raise DomainError(
            _("请写明为什么不再等它，例如“已电话告知武汉市平台，项目已移交外市”。"),
            code="no_reason",
            field="reason",
        )
    row.resolved_at, row.resolution = now or timezone.now(), "aside"
    row.waiver_why, row.waived_label = reason.strip()[:200], actor.label[:120]
    row.save(update_fields=["resolved_at", "resolution", "waiver_why", "waived_label"])
    _record(actor, "federation.record_put_aside", row, reason=row.waiver_why)
    return row


def _locked(result: RecordResult) -> RecordResult:
    rows = RecordResult.objects.select_for_update(of=("self",)).select_related("line__node")
    return rows.get(pk=result.pk)


def _held(result: RecordResult) -> RecordResult:
    """The row, locked: a record of ours that a neighbour refused, still open."""
    row = _locked(result)
    is_ours = row.line.direction == Line.Direction.OUT and row.became == RecordResult.Became.REFUSED
    if not is_ours or row.resolved_at is not None:
        raise DomainError(_("这条记录不在待处理之列：已处理完毕，或应由上报它的平台处理。"), code="not_held")
    return row


def _record(actor: Actor, action: str, row: RecordResult, *, reason: str = "") -> None:
    facts = {"node": row.line.node.code, "kind": row.kind, "record": str(row.key)}
    record(actor, action, row, reason=reason, **facts)
