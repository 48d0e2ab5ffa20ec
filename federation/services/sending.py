"""Sending: what a neighbour has not had is sealed into envelopes and handed over until it gives its receipt.

First the envelope is stored, then it is sent: an answer that never came leads to the very same bytes again. A
line belongs to one process at a time by a hold that ends by itself.
"""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from time import monotonic
from typing import Any, Final

import httpx
import msgspec
import structlog
from django.db import transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from federation.carriers import carriers
from federation.models import Line, Node, NodeKey, SentEnvelope
from federation.selectors.nodes import MANAGE_NODES, own_region
from federation.services import sealing
from federation.services.own_node import SIGNS, public_of
from federation.services.receiving import ENVELOPES
from federation.services.refusals_of_calls import CallRefused
from federation.services.sealing import BODY_CONTEXT
from federation.services.transport import ENVELOPE, Answer, Unreachable, call
from federation.travel.messages import Outgoing
from federation.wire import envelopes, heads, streams
from federation.wire.receipts import Receipt
from kernel.cipher import unseal_bytes
from kernel.models import this_node
from standards.selectors import parameter
from web.messages import Audience, tell

log = structlog.get_logger(__name__)
# A hold outlives the longest call; a process that died lets go after it.
_HOLD: Final = timedelta(seconds=60)
# Of one line at a time: another process meanwhile takes the lines that are free.
_BUDGET_SECONDS: Final = 3.0
# Punches are the most, and the most awaited; then what the other lines' rows name.
_ORDER: Final = (streams.PUNCHES, streams.ABOVE_PROJECTS, *streams.OF_PROJECTS)


def push(
    node: Node, *, http: httpx.Client, now: datetime | None = None, outgoing: Outgoing | None = None
) -> int:
    """Hand over to a parent all that it has not had, line by line; how many envelopes it acknowledged.

    A line that is refused or does not get through waits its turn; the others go on.
    """
    write = outgoing or carriers().outgoing
    if write is None or not node.may_exchange:
        return 0
    # Who hands in what is to be sent says himself that there is nothing more.
    names = _ORDER if outgoing else _busy(node)
    return sum(push_line(node, stream, http=http, now=now, outgoing=write) for stream in names)


def _busy(node: Node) -> Sequence[str]:
    """Which streams have anything to send: most rounds find none, and cost a few questions."""
    unsent = carriers().unsent
    if unsent is None:
        return _ORDER
    lines = {line.stream: line for line in Line.objects.filter(node=node, direction=Line.Direction.OUT)}
    fresh = unsent({name: lines[name].position if name in lines else 0 for name in streams.UPWARD})
    again = _goes_again(node)
    return [name for name in _ORDER if name in fresh or name in again]


def _goes_again(node: Node) -> set[str]:
    """Streams with an envelope that has no receipt yet, or with records that an operator sends again."""
    sealed = SentEnvelope.objects.filter(line__node=node, state=SentEnvelope.State.SEALED)
    asked = sealing.to_send_again().filter(line__node=node)
    found = sealed.order_by().values_list("line__stream").union(asked.order_by().values_list("line__stream"))
    return {stream for (stream,) in found}


def push_line(
    node: Node, stream: str, *, http: httpx.Client, outgoing: Outgoing, now: datetime | None = None
) -> int:
    """The same for one line, for some seconds at most."""
    begun, done = monotonic(), 0
    line = _held(node, stream, now or timezone.now())
    if line is None:
        return 0
    try:
        while monotonic() - begun < _BUDGET_SECONDS:
            envelope = _next(line.pk, now or timezone.now(), outgoing)
            if envelope is None or not _send(http, node, line.pk, envelope, now or timezone.now()):
                break
            done += 1
    except CallRefused:
        # The parent told no key to seal for: the line says so and waits for a handshake, the others go on.
        pause = timedelta(seconds=float(dict(parameter("federation.retry_seconds"))["longest"]))
        Line.objects.filter(pk=line.pk).update(next_at=(now or timezone.now()) + pause)
    finally:
        Line.objects.filter(pk=line.pk).update(held_until=None)
    return done


def _held(node: Node, stream: str, now: datetime) -> Line | None:
    """The line, for this process alone; None where it waits, is stopped, or is another's for now.

    What lies further ahead than anybody would wait was written before the clock was set back.
    """
    line = sealing.line_out(node, stream)
    longest = timedelta(seconds=float(dict(parameter("federation.retry_seconds"))["longest"]))
    free = Q(held_until=None) | Q(held_until__lte=now) | Q(held_until__gt=now + _HOLD)
    due = Q(next_at=None) | Q(next_at__lte=now) | Q(next_at__gt=now + longest)
    mine = Line.objects.filter(free, due, pk=line.pk, state=Line.State.OPEN)
    return line if mine.update(held_until=now + _HOLD) else None


def _next(line_pk: int, now: datetime, outgoing: Outgoing) -> SentEnvelope | None:
    """The first envelope without a receipt, or a fresh one of what has come since."""
    waiting = SentEnvelope.objects.filter(line=line_pk, state=SentEnvelope.State.SEALED)
    return waiting.order_by("epoch", "seq").first() or sealing.seal_next(line_pk, now, outgoing)


def _send(http: httpx.Client, node: Node, line_pk: int, envelope: SentEnvelope, now: datetime) -> bool:
    """Send one envelope; whether its receipt came."""
    SentEnvelope.objects.filter(pk=envelope.pk).update(attempts=F("attempts") + 1)
    content = unseal_bytes(bytes(envelope.body or b""), context=BODY_CONTEXT)
    try:
        answer = call(http, node, ENVELOPES, content, now, content_type=ENVELOPE)
    except Unreachable as away:
        _wait(line_pk, envelope, away.sentence, now)
        return False
    receipt = _receipt_in(answer, node, envelope)
    if receipt is not None:
        accept(line_pk, envelope.pk, receipt, now)
        return True
    return _refused(node, line_pk, envelope, answer, now)


def _receipt_in(answer: Answer, node: Node, envelope: SentEnvelope) -> Receipt | None:
    """The neighbour's receipt of exactly this envelope; None for anything else."""
    if answer.status != 200:
        return None
    try:
        receipt = msgspec.convert(answer.said.get("receipt"), Receipt)
    except msgspec.ValidationError:
        return None
    told = (receipt.receiver, receipt.sender, receipt.stream, receipt.epoch, receipt.seq, receipt.hash)
    ours = (node.code, this_node(), envelope.line.stream, envelope.epoch, envelope.seq, envelope.hash)
    key = NodeKey.objects.filter(node=node, key_id=receipt.key_id[:32], purpose=SIGNS).first()
    if told != ours or key is None:
        return None
    is_signed = heads.is_text_signed(
        receipt.signed(), receipt.signature, algorithm=key.algorithm, public=public_of(key)
    )
    return receipt if is_signed else None


@transaction.atomic
def accept(line_pk: int, envelope_pk: int, receipt: Receipt, now: datetime) -> None:
    """Keep a receipt and go on from there."""
    line = Line.objects.select_for_update().get(pk=line_pk)
    SentEnvelope.objects.filter(pk=envelope_pk, state=SentEnvelope.State.SEALED).update(
        state=SentEnvelope.State.ACCEPTED, receipt=msgspec.to_builtins(receipt), accepted_at=now
    )
    if receipt.epoch == line.epoch:
        line.settled_seq = max(line.settled_seq, min(receipt.seq, line.seq))
    line.attempts, line.next_at, line.trouble, line.trouble_since = 0, None, "", None
    line.save(update_fields=["settled_seq", "attempts", "next_at", "trouble", "trouble_since"])


def _refused(node: Node, line_pk: int, envelope: SentEnvelope, answer: Answer, now: datetime) -> bool:
    """What a refusal asks for: begin again where the neighbour stands, stop, or wait."""
    said = answer.said
    code = said.get("code")
    log.warning("federation.turned_away", node=node.code, code=code, seq=envelope.seq)
    if code == "gap" and sealing.go_back(line_pk, _place(said), now):
        return True
    if code == "fork":
        _stop(line_pk, node, answer.sentence, _place(said), now)
    else:
        _wait(line_pk, envelope, answer.sentence, now)
    return False


def _place(said: dict[str, Any]) -> tuple[int, int]:
    """Epoch and number of the last envelope that the neighbour holds."""
    holds = said.get("holds")
    found = holds if isinstance(holds, dict) else {}
    epoch, seq = found.get("epoch"), found.get("seq")
    most = envelopes.MOST
    return (
        epoch if isinstance(epoch, int) and 1 <= epoch <= most else 1,
        seq if isinstance(seq, int) and 0 <= seq <= most else 0,
    )


@transaction.atomic
def _wait(line_pk: int, envelope: SentEnvelope, sentence: str, now: datetime) -> None:
    """Try again later, each time later, never all at once; beyond the longest time the line stops."""
    line = Line.objects.select_for_update().select_related("node").get(pk=line_pk)
    pause = dict(parameter("federation.retry_seconds"))
    longest = min(pause["longest"], pause["first"] * 2 ** min(line.attempts, 16))
    line.attempts += 1
    # Spread, so that all children of a parent that was away do not come back in the same second.
    line.next_at = now + timedelta(seconds=longest * (0.5 + random.random() / 2))  # noqa: S311  # no secret
    line.trouble, line.trouble_since = sentence[:300], line.trouble_since or now
    if now - envelope.sealed_at > timedelta(hours=int(parameter("federation.dead_hours"))):
        line.state = Line.State.DEAD
        _tell(line.node, _("最早的报文已超过最长重试时间，停止重试。恢复连接后会在握手成功时自动继续。"))
    line.save(update_fields=["attempts", "next_at", "trouble", "trouble_since", "state"])


@transaction.atomic
def _stop(line_pk: int, node: Node, sentence: str, place: tuple[int, int], now: datetime) -> None:
    """The neighbour holds another envelope under our number: only an operator decides how to go on."""
    line = Line.objects.select_for_update().get(pk=line_pk)
    line.state, line.trouble, line.trouble_since = Line.State.FORKED, sentence[:300], now
    # A later epoch than any that the neighbour has seen.
    line.epoch_seen = max(line.epoch_seen, place[0])
    line.save(update_fields=["state", "trouble", "trouble_since", "epoch_seen"])
    _tell(node, sentence)


def _tell(node: Node, sentence: str) -> None:
    tell(
        Audience(permission=MANAGE_NODES, region_path=own_region().path),
        kind="federation",
        text=_("发往“{name}”：{why}").format(name=node.name, why=sentence)[:300],
        url=reverse("node", args=[node.public_id]),
        about=node.code,
    )
