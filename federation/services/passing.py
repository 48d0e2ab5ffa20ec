"""An envelope that stops its line is refused whole, by two people: its sender is told of every record."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from federation.models import Line, ReceivedEnvelope
from federation.selectors.nodes import require_governing
from federation.services.applying import settled_with
from federation.services.receiving import BODY_CONTEXT, locked_line, most_unzipped
from federation.travel.messages import Message, Outcome
from federation.wire import envelopes
from kernel.cipher import unseal_bytes
from kernel.errors import DomainError
from kernel.scoping import Actor


@transaction.atomic
def ask_passing(*, actor: Actor, line: Line, reason: str, now: datetime | None = None) -> ReceivedEnvelope:
    """Ask that the envelope at which a line stands be refused whole; another person decides.

    Raises NotPermitted, DomainError.
    """
    require_governing(actor)
    row = _stopped(line)
    if not reason.strip():
        raise DomainError(
            _("请写明为什么整体不收这个报文，另一位管理员据此决定。"), code="no_reason", field="reason"
        )
    row.passing_why, row.passing_asked_at = reason.strip()[:200], now or timezone.now()
    row.passing_asked_by, row.passing_asked_label = actor.key[:64], actor.label[:120]
    _save(row)
    _record(actor, "federation.passing_asked", row, reason=row.passing_why)
    return row


@transaction.atomic
def approve_passing(*, actor: Actor, line: Line, now: datetime | None = None) -> ReceivedEnvelope:
    """Refuse the envelope whole, as another has asked, and let its line go on; who asked does not approve.

    Nothing of it is written; each of its records is told to its sender as refused, and held there. Raises
    NotPermitted, DomainError.
    """
    require_governing(actor)
    row = _asked(line)
    if row.passing_asked_by == actor.key:
        raise DomainError(_("您是申请人，不能由本人同意。请另一位平台管理员办理。"), code="same_person")
    messages = _messages(row)
    settled_with(row.line, row, messages, [_refused(row)] * len(messages), now or timezone.now())
    row.reason = _("整体不收：{why}").format(why=row.passing_why)
    row.save(update_fields=["reason"])
    row.line.state, row.line.trouble, row.line.trouble_since = Line.State.OPEN, "", None
    row.line.save(update_fields=["state", "trouble", "trouble_since"])
    _record(actor, "federation.passing_approved", row, reason=row.passing_why)
    return row


@transaction.atomic
def decline_passing(*, actor: Actor, line: Line) -> ReceivedEnvelope:
    """Turn it down, or take one's own asking back; the line stays stopped.

    Raises NotPermitted, DomainError.
    """
    require_governing(actor)
    row = _asked(line)
    row.passing_why, row.passing_asked_at, row.passing_asked_by, row.passing_asked_label = "", None, "", ""
    _save(row)
    _record(actor, "federation.passing_declined", row)
    return row


def _stopped(line: Line) -> ReceivedEnvelope:
    """The envelope that was put aside, its line locked."""
    held = locked_line(line.node, line.direction, line.stream)
    rows = ReceivedEnvelope.objects.select_for_update(of=("self",)).select_related("line__node")
    row = rows.filter(line=held, state=ReceivedEnvelope.State.QUARANTINED).order_by("epoch", "seq").first()
    if row is None or held.state != Line.State.STUCK:
        raise DomainError(_("这条数据流没有停在无法处理的报文上，不需要办理。"), code="not_stuck")
    return row


def _asked(line: Line) -> ReceivedEnvelope:
    row = _stopped(line)
    if row.passing_asked_at is None:
        raise DomainError(_("还没有人申请整体不收这个报文。"), code="not_asked")
    return row


def _save(row: ReceivedEnvelope) -> None:
    row.save(update_fields=["passing_why", "passing_asked_at", "passing_asked_by", "passing_asked_label"])


def _messages(row: ReceivedEnvelope) -> Sequence[Message]:
    """Its records; none where they never could be read (taken in by an earlier version of the software)."""
    content = unseal_bytes(bytes(row.body or b""), context=BODY_CONTEXT)
    try:
        return envelopes.unpack(content, most_unzipped()).messages
    except envelopes.Malformed:
        return ()


def _refused(row: ReceivedEnvelope) -> Outcome:
    return Outcome(
        "refused",
        rule="envelope",
        sentence=_(
            "接收方连续处理第 {seq} 号报文失败，经两位管理员同意整体不收，其中各条都没有写入。理由：{why}"
        ).format(seq=row.seq, why=row.passing_why),
        remedy=_("请核对这条记录：有误的在来源平台修改，修改后会自动重新发送；无误的重新排队发送。"),
    )


def _record(actor: Actor, action: str, row: ReceivedEnvelope, *, reason: str = "") -> None:
    facts = {"node": row.line.node.code, "stream": row.line.stream, "envelope": f"{row.epoch}.{row.seq}"}
    record(actor, action, row.line.node, reason=reason, **facts)
