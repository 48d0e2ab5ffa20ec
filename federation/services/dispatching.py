"""Downward: a child fetches what its parent dispatches; what it says it holds is the receipt."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

import httpx
import msgspec
import structlog
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from federation.carriers import carriers
from federation.models import Line, Node, SentEnvelope
from federation.services import sealing
from federation.services.admitting import Caller
from federation.services.receiving import locked_line, receive
from federation.services.refusals_of_calls import CallRefused, note_refused_envelope
from federation.services.sealing import BODY_CONTEXT
from federation.services.transport import Unreachable, call
from federation.travel.messages import Outgoing
from federation.wire import envelopes, streams
from kernel.cipher import unseal_bytes

log = structlog.get_logger(__name__)
FETCH = "fetch"
_AT_MOST = 50


class Holds(msgspec.Struct, frozen=True):
    """The last envelope of a line that the child has stored."""

    epoch: Annotated[int, msgspec.Meta(ge=0, le=envelopes.MOST)]
    seq: Annotated[int, msgspec.Meta(ge=0, le=envelopes.MOST)]
    hash: str


def answer_fetch(
    caller: Caller, said: Mapping[str, Any], now: datetime, *, outgoing: Outgoing | None = None
) -> bytes | None:
    """The next envelope for a child after the one that it holds, as bytes; None where nothing waits.

    That it holds an envelope is its receipt, for the call is signed. Raises CallRefused.
    """
    write = outgoing or carriers().outgoing
    try:
        holds = msgspec.convert(said.get("holds"), Holds)
    except msgspec.ValidationError as wrong:
        raise CallRefused(
            "malformed", 400, _("没有写明已收到第几号（holds），没有处理。请对照协议文档。"), node=caller.node
        ) from wrong
    if said.get("stream") not in streams.DOWNWARD or write is None:
        return None
    line = sealing.line_out(caller.node, streams.DISPATCH)
    _acknowledge(line.pk, holds, caller, now)
    waiting = SentEnvelope.objects.filter(line=line, state=SentEnvelope.State.SEALED)
    envelope = waiting.order_by("epoch", "seq").first() or sealing.seal_next(line.pk, now, write)
    if envelope is None:
        return None
    return unseal_bytes(bytes(envelope.body or b""), context=BODY_CONTEXT)


@transaction.atomic
def _acknowledge(line_pk: int, holds: Holds, caller: Caller, now: datetime) -> None:
    """Take for received what the child holds; where it stands elsewhere than we thought, go there."""
    line = Line.objects.select_for_update().get(pk=line_pk)
    if holds.epoch > line.epoch or (holds.epoch == line.epoch and holds.seq > line.seq):
        # We were restored from a backup: what the child has beyond it is repaired by reconciliation.
        log.warning("federation.line_begun_anew", node=caller.node.code, stream=line.stream)
        sealing.begin_anew(line, line.position, holds.epoch, now)
        return
    if holds.epoch < line.epoch:
        return
    if holds.seq < line.settled_seq:
        sealing.go_back(line.pk, (holds.epoch, holds.seq), now)
        return
    held = SentEnvelope.objects.filter(line=line, epoch=holds.epoch, seq=holds.seq).first()
    if held is not None and held.hash != holds.hash:
        sealing.begin_anew(line, held.first_position, holds.epoch, now)
        return
    receipt = {"holds": msgspec.to_builtins(holds), "signature": caller.signature}
    sent = SentEnvelope.objects.filter(line=line, epoch=holds.epoch, seq__lte=holds.seq)
    sent.filter(state=SentEnvelope.State.SEALED).update(
        state=SentEnvelope.State.ACCEPTED, receipt=receipt, accepted_at=now
    )
    Line.objects.filter(pk=line.pk).update(settled_seq=max(line.settled_seq, holds.seq))


def fetch(node: Node, *, http: httpx.Client, now: datetime | None = None) -> int:
    """Take what the parent dispatches until nothing waits; how many envelopes were stored."""
    stored = 0
    while stored < _AT_MOST:
        at = now or timezone.now()
        line = _line_in(node)
        holds = {"epoch": line.epoch, "seq": line.seq, "hash": line.last_hash}
        content = msgspec.json.encode({"stream": streams.DISPATCH, "holds": holds})
        try:
            answer = call(http, node, FETCH, content, at)
        except Unreachable:
            return stored
        if answer.status != 200 or not answer.content:
            return stored
        try:
            receive(Caller(node, answer.signature), answer.content, at)
        except CallRefused as refused:
            note_refused_envelope(refused, address=node.url, now=at)
            return stored
        stored += 1
    return stored


@transaction.atomic
def _line_in(node: Node) -> Line:
    return locked_line(node, Line.Direction.IN, streams.DISPATCH)
