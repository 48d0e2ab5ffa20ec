"""Sealing: the next messages of a line become a numbered envelope that is stored before anybody sends it."""

from collections.abc import Callable, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from audit.services import record
from federation.carriers import carriers
from federation.models import Line, Node, NodeKey, RecordResult, SentEnvelope
from federation.selectors.nodes import require_governing
from federation.services.own_node import SEALS, public_of, standard_now
from federation.services.receiving import locked_line
from federation.services.refusals_of_calls import CallRefused
from federation.travel.messages import Message, Outgoing, Recipient
from federation.wire import boxes, envelopes, heads, streams
from federation.wire.envelopes import Envelope
from kernel.cipher import seal_bytes
from kernel.errors import DomainError
from kernel.models import this_node
from kernel.scoping import Actor
from standards.selectors import parameter

BODY_CONTEXT = "federation.sent"
# So many batches in which nothing is for the neighbour are passed over at a time, each in its transaction.
_PASSED_OVER = 50


def line_out(node: Node, stream: str) -> Line:
    """The line to a neighbour, made when it is first used."""
    found, _is_new = Line.objects.get_or_create(
        node=node,
        direction=Line.Direction.OUT,
        stream=stream,
        defaults={"last_hash": envelopes.BEGINNING},
    )
    return found


def seal_next(line_pk: int, now: datetime, outgoing: Outgoing) -> SentEnvelope | None:
    """The next envelope of a line: records that go again, then what has come since; or None.

    Raises CallRefused for a neighbour that told no key to seal for; the line says so until it has.
    """
    try:
        for _look in range(_PASSED_OVER):
            found, passed = _sealed_next(line_pk, now, outgoing)
            if found is not None or not passed:
                break
    except CallRefused as refused:
        line = Line.objects.filter(pk=line_pk)
        line.filter(trouble_since=None).update(trouble_since=now)
        line.update(trouble=refused.message[:300])
        raise
    if found is not None:
        Line.objects.filter(pk=line_pk).exclude(trouble="").update(trouble="", trouble_since=None)
    return found


@transaction.atomic
def _sealed_next(line_pk: int, now: datetime, outgoing: Outgoing) -> tuple[SentEnvelope | None, bool]:
    """The same for one look; and whether it passed over what is not for this neighbour."""
    rows = Line.objects.select_for_update(of=("self",)).select_related("node__region")
    line = rows.get(pk=line_pk)
    is_punches = line.stream == streams.PUNCHES
    most = int(parameter("federation.punch_batch" if is_punches else "federation.batch"))
    again = _again(line, most)
    batch = outgoing(line.stream, line.position, most, recipient(line.node, now), _oldest_above(line))
    messages = [*again, *batch.messages]
    if not messages:
        passed = batch.position > line.position
        if passed:
            Line.objects.filter(pk=line.pk).update(position=batch.position)
        return None, passed
    return _sealed(line, messages, batch.position, now), False


def _oldest_above(line: Line) -> int | None:
    """For a projects' line: the oldest change of people and firms for which there is no receipt yet.

    What was written after it waits, for it may name them: the receiver would keep such rows aside until these
    come. A first line that has stopped or cannot get through holds up nobody (I-27).
    """
    unsent = carriers().unsent
    if unsent is None or line.stream not in streams.OF_PROJECTS:
        return None
    first = Line.objects.filter(
        node=line.node_id, direction=line.direction, stream=streams.ABOVE_PROJECTS
    ).first()
    if first is None or first.state != Line.State.OPEN or first.attempts or first.next_at:
        return None
    sent = SentEnvelope.objects.filter(line=first, state=SentEnvelope.State.SEALED).order_by("epoch", "seq")
    under_way = sent.values_list("first_position", flat=True).first()
    position = first.position if under_way is None else min(first.position, under_way)
    return unsent({streams.ABOVE_PROJECTS: position}).get(streams.ABOVE_PROJECTS)


def _sealed(line: Line, messages: Sequence[Message], position: int, now: datetime) -> SentEnvelope:
    envelope = Envelope(
        sender=this_node(),
        receiver=line.node.code,
        stream=line.stream,
        epoch=line.epoch,
        seq=line.seq + 1,
        prev=line.last_hash,
        sent_at=heads.stamp(now),
        standard=standard_now(),
        messages=messages,
    )
    content = envelopes.pack(envelope)
    row = SentEnvelope.objects.create(
        line=line,
        epoch=line.epoch,
        seq=envelope.seq,
        hash=envelopes.hash_of(content),
        prev=envelope.prev,
        first_position=line.position,
        last_position=max(line.position, position),
        messages=len(messages),
        oldest_at=min(heads.instant_of(one.at) or now for one in messages),
        body=seal_bytes(content, context=BODY_CONTEXT),
        sealed_at=now,
    )
    line.seq, line.last_hash, line.position = row.seq, row.hash, row.last_position
    line.save(update_fields=["seq", "last_hash", "position"])
    _follow_held(line, messages, row.seq)
    return row


def recipient(node: Node, now: datetime) -> Recipient:
    """A neighbour as the writer of messages sees it."""
    close = sealer_of_bytes(node, now)

    def seal(plain: str, place: str) -> str:
        return close(plain.encode(), place)

    firm = node.enterprise_uscc
    is_below = node.relation == Node.Relation.CHILD
    regions = (node.region.path,) if is_below and node.region and not firm else ()
    return Recipient(node.code, seal, regions, (firm,) if is_below and firm else ())


def sealer_of_bytes(node: Node, now: datetime) -> Callable[[bytes, str], str]:
    """Closes bytes for a neighbour alone; what it makes raises CallRefused where that has told no key."""
    keys = NodeKey.objects.filter(node=node, purpose=SEALS)
    held = next((key for key in keys if key.is_valid(now)), None)

    def seal(content: bytes, place: str) -> str:
        if held is None:
            raise CallRefused(
                "bad_key",
                400,
                _(
                    "“{name}”没有给出有效的封装密钥，证件号等无法加密发给它。请对方在握手中给出封装密钥。"
                ).format(name=node.name),
                node=node,
            )
        return boxes.close_bytes(content, place, key_id=held.key_id, public=public_of(held))

    return seal


def _again(line: Line, most: int) -> list[Message]:
    """Records that an operator sends again, as they were sent."""
    rows = to_send_again().select_for_update().filter(line=line).order_by("pk")
    return [envelopes.message_of(str(row.message).encode()) for row in rows[:most]]


def to_send_again() -> QuerySet[RecordResult]:
    """Refused records that an operator wants sent again and that have not gone yet."""
    return RecordResult.objects.filter(
        resolved_at=None, requeued_at__isnull=False, again_seq=None, message__isnull=False
    )


def _follow_held(line: Line, messages: Sequence[Message], seq: int) -> None:
    """Note in which envelope a held record goes again: its outcome there settles the matter."""
    held = RecordResult.objects.filter(line=line, resolved_at=None, key__in=[one.key for one in messages])
    held.update(again_seq=seq)


@transaction.atomic
def go_back(line_pk: int, place: tuple[int, int], now: datetime) -> bool:
    """Go on from where the neighbour stands: it has lost what we had its receipt for, or has a gap.

    Envelopes whose bytes are still kept are sent again as they were; otherwise the line begins anew from that
    position. False where the neighbour holds nothing that we sent after, so that there is nothing to do.
    """
    line = Line.objects.select_for_update().get(pk=line_pk)
    epoch, seq = place
    rows = SentEnvelope.objects.filter(line=line)
    later = rows.filter(epoch=epoch, seq__gt=seq) | rows.filter(epoch__gt=epoch)
    if not later.exclude(state=SentEnvelope.State.SEALED).exists():
        return False
    if epoch == line.epoch and not later.filter(body=None).exists():
        later.update(state=SentEnvelope.State.SEALED, receipt=None, accepted_at=None)
        line.settled_seq = min(line.settled_seq, seq)
        line.save(update_fields=["settled_seq"])
        return True
    known = rows.filter(epoch=epoch, seq=seq).first()
    begin_anew(line, known.last_position if known else 0, max(epoch, line.epoch), now)
    return True


def begin_anew(line: Line, position: int, after_epoch: int, now: datetime) -> None:
    """Begin the line again in a later epoch from a position; what was never acknowledged is sealed afresh."""
    SentEnvelope.objects.filter(line=line, state=SentEnvelope.State.SEALED).delete()
    RecordResult.objects.filter(line=line, resolved_at=None).update(again_seq=None)
    line.epoch = max(after_epoch, line.epoch, line.epoch_seen) + 1
    line.seq, line.settled_seq, line.last_hash, line.position = 0, 0, envelopes.BEGINNING, position
    line.state, line.trouble, line.trouble_since = Line.State.OPEN, "", None
    line.attempts, line.next_at = 0, None
    line.save()


@transaction.atomic
def restart_line(*, actor: Actor, line: Line, from_beginning: bool, now: datetime) -> Line:
    """Let a stopped line go on: a forked one begins anew, one that gave up or is stuck tries again.

    A fork means that one side was restored from a backup. Beginning anew sends nothing twice that the
    neighbour would double, for applying is idempotent; `from_beginning` sends all changes that are kept.
    Raises NotPermitted, DomainError for a line that runs.
    """
    require_governing(actor)
    line = locked_line(line.node, line.direction, line.stream)
    if not from_beginning:
        require_stopped(line)
    if line.direction == Line.Direction.IN:
        _unstick(line)
    elif line.state == Line.State.FORKED or from_beginning:
        begin_anew(line, 0 if from_beginning else _agreed(line), line.epoch, now)
    else:
        Line.objects.filter(pk=line.pk).update(state=Line.State.OPEN, attempts=0, next_at=None)
    record(actor, "federation.line_restarted", line.node, code=line.node.code, stream=line.stream)
    return line


def require_stopped(line: Line) -> None:
    """Raises DomainError for a line that runs."""
    if line.state == Line.State.OPEN:
        raise DomainError(_("这条数据流正在正常运行，不需要恢复。"), code="is_running")


def _agreed(line: Line) -> int:
    """The position up to which both sides surely agree: of the last envelope with a receipt."""
    held = SentEnvelope.objects.filter(line=line).exclude(state=SentEnvelope.State.SEALED)
    last = held.order_by("-epoch", "-seq").first()
    return last.last_position if last else 0


def _unstick(line: Line) -> None:
    received = line.received.filter(state="quarantined")
    received.update(
        state="received", attempts=0, reason="", passing_why="", passing_asked_at=None, passing_asked_by="",
        passing_asked_label="",
    )  # fmt: skip
    Line.objects.filter(pk=line.pk).update(state=Line.State.OPEN, trouble="", trouble_since=None)
