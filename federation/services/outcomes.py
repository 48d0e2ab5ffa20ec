"""Results: the receiver tells what became of each record; the sender keeps it, and holds what was refused."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

import httpx
import msgspec
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from federation.carriers import carriers
from federation.models import Line, Node, RecordResult, SentEnvelope
from federation.services.admitting import Caller
from federation.services.applying import result_card
from federation.services.receiving import most_unzipped
from federation.services.refusals_of_calls import CallRefused
from federation.services.sealing import BODY_CONTEXT, go_back
from federation.services.transport import Unreachable, call
from federation.wire import envelopes, streams
from kernel.cipher import unseal_bytes

RESULTS: Final = "results"
_MOST: Final = 500
Became = RecordResult.Became


# What a table can keep; what is told beyond it is no card.
Count = Annotated[int, msgspec.Meta(ge=0, le=envelopes.MOST)]
Place = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]


class ResultCard(msgspec.Struct, frozen=True):
    """An outcome as the receiver tells it."""

    number: Place
    epoch: Count
    seq: Place
    kind: str
    key: UUID
    became: str
    version: Count = 0
    canonical: UUID | None = None
    rule: str = ""
    sentence: str = ""
    remedy: str = ""
    missing: str = ""


class LineCard(msgspec.Struct, frozen=True):
    """How far a line has been applied, and the outcomes after a number; `last` is the newest there is.

    `held_seq`: the last envelope that is stored; below zero where the receiver does not say.
    """

    epoch: Count
    applied_seq: Place
    last: Place
    results: Sequence[ResultCard]
    held_seq: Annotated[int, msgspec.Meta(ge=-1, le=2**63 - 1)] = -1


def line_card(line: Line, after: int) -> dict[str, Any]:
    """What is told of a line in."""
    rows = RecordResult.objects.filter(line=line, number__gt=after).order_by("number")[:_MOST]
    return {
        "epoch": line.epoch,
        "applied_seq": line.settled_seq,
        "held_seq": line.seq,
        "last": line.results,
        "results": [result_card(row) for row in rows.defer("message")],
    }


def answer_results(caller: Caller, said: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """What a parent answers: the outcomes of the child's lines, having taken those of its own dispatches.

    Raises CallRefused for results that cannot be kept.
    """
    after, tell = said.get("after"), said.get("tell")
    asked = after if isinstance(after, dict) else {}
    told = tell if isinstance(tell, dict) else {}
    if wrong := [name for name in told if name in streams.EVERY and _card(told[name]) is None]:
        raise CallRefused(
            "malformed",
            400,
            _("tell 里数据流 {stream} 的结果格式不对，没有处理。请对照协议文档改正程序。").format(
                stream=wrong[0]
            ),
            node=caller.node,
        )
    lines = Line.objects.filter(node=caller.node, direction=Line.Direction.IN)
    return {
        "lines": {line.stream: line_card(line, _number(asked.get(line.stream))) for line in lines},
        "took": take_cards(caller.node, told, now),
    }


def _number(said: object) -> int:
    return said if isinstance(said, int) and 0 <= said < 2**63 else 0


def ask_results(node: Node, *, http: httpx.Client, now: datetime | None = None) -> bool:
    """Ask the parent what became of our records, and tell it of its own; whether it answered."""
    at = now or timezone.now()
    out = Line.objects.filter(node=node, direction=Line.Direction.OUT)
    came_in = Line.objects.filter(node=node, direction=Line.Direction.IN)
    content = msgspec.json.encode(
        {
            "after": {line.stream: line.results_taken for line in out},
            "tell": {line.stream: line_card(line, line.results_taken) for line in came_in},
        }
    )
    try:
        answer = call(http, node, RESULTS, content, at)
    except Unreachable:
        return False
    if answer.status != 200:
        return False
    lines, took = answer.said.get("lines"), answer.said.get("took")
    cards = lines if isinstance(lines, dict) else {}
    take_cards(node, cards, at)
    _send_lost_again(out, cards, at)
    for stream, number in (took if isinstance(took, dict) else {}).items():
        came_in.filter(stream=stream).update(results_taken=_number(number))
    return True


def take_cards(node: Node, told: Mapping[str, Any], now: datetime) -> dict[str, int]:
    """Keep what the receiver tells of our lines; by line, up to which number that has been done."""
    found = {}
    for stream in (name for name in told if name in streams.EVERY):
        if (card := _card(told[stream])) is not None:
            found[stream] = _take(node, stream, card, now)
    return found


def _send_lost_again(out: Iterable[Line], told: Mapping[str, Any], now: datetime) -> None:
    """Send again what the receiver has lost though it gave its receipt: it was restored from a backup.

    A line with something new to send finds that out by a gap; one at rest would never.
    """
    cards = {stream: _card(said) for stream, said in told.items()}
    if not any(card is not None and card.held_seq >= 0 for card in cards.values()):
        return
    for line in out:
        card = cards.get(line.stream)
        if line.stream in told and (card is None or card.held_seq < 0):
            continue
        # A line that the receiver does not name at all is one of which it holds nothing.
        epoch, held = (card.epoch, card.held_seq) if card else (1, 0)
        if (epoch, held) < (line.epoch, line.settled_seq):
            go_back(line.pk, (epoch, held), now)


def _card(said: Any) -> LineCard | None:
    try:
        return msgspec.convert(said, LineCard)
    except msgspec.ValidationError:
        return None


@transaction.atomic
def _take(node: Node, stream: str, card: LineCard, now: datetime) -> int:
    line = (
        Line.objects.select_for_update(of=("self",))
        .select_related("node")
        .filter(node=node, direction=Line.Direction.OUT, stream=stream)
        .first()
    )
    if line is None:
        return 0
    bodies: dict[tuple[int, int], dict[UUID, str]] = {}
    for told in card.results:
        _keep(line, told, bodies, now)
    last = max((told.number for told in card.results), default=line.results_taken)
    # A receiver that counts lower than before was restored from a backup: its numbers are taken anew.
    line.results_taken = 0 if card.last < line.results_taken else last
    line.save(update_fields=["results_taken"])
    if line.results_taken >= card.last and card.epoch == line.epoch:
        _settle(line, card, now)
    return line.results_taken


def _keep(
    line: Line, told: ResultCard, bodies: dict[tuple[int, int], dict[UUID, str]], now: datetime
) -> None:
    """One outcome, once however often it is told; a refused record keeps what was sent, to send it again."""
    if told.became not in Became.values:
        return
    is_open = told.became == Became.REFUSED or (told.became == Became.WAITS and not _has_come(line, told))
    message = None
    if told.became == Became.REFUSED:
        place = (told.epoch, told.seq)
        if place not in bodies:
            bodies[place] = _sent(line, *place)
        message = bodies[place].get(told.key) or _sent_before(line, told)
    row, is_new = RecordResult.objects.get_or_create(
        line=line,
        epoch=told.epoch,
        seq=told.seq,
        kind=told.kind[:40],
        key=told.key,
        defaults={"number": told.number, "became": told.became, "told_at": now},
    )
    if not is_new and row.number >= told.number and row.became == told.became:
        return
    row.number, row.became, row.told_at = told.number, told.became, now
    row.record_version, row.canonical = told.version, told.canonical
    row.rule, row.sentence = told.rule[:60], told.sentence[:500]
    row.remedy, row.missing, row.message = told.remedy[:300], told.missing[:120], message
    if not is_open:
        row.resolved_at = row.resolved_at or now
    row.save()
    if told.became != Became.WAITS:
        _waited(line, told).exclude(pk=row.pk).update(resolved_at=now, resolution="came")
    learnt = carriers().learnt
    if told.canonical is not None and learnt is not None:
        learnt(node=line.node.code, kind=told.kind, key=told.key, canonical=told.canonical)


def _has_come(line: Line, told: ResultCard) -> bool:
    """Whether a record that waited is in by now, as another line told first: lines are told side by side."""
    ours = RecordResult.objects.filter(line__node=line.node_id, line__direction=Line.Direction.OUT)
    return (
        ours.filter(kind=told.kind[:40], key=told.key, record_version__gte=told.version)
        .exclude(became=Became.WAITS)
        .exists()
    )


def _waited(line: Line, told: ResultCard) -> QuerySet[RecordResult]:
    """The same record where it was told to wait, on whatever line it went."""
    ours = RecordResult.objects.filter(line__node=line.node_id, line__direction=Line.Direction.OUT)
    return ours.filter(kind=told.kind[:40], key=told.key, became=Became.WAITS, resolved_at=None)


def _sent_before(line: Line, told: ResultCard) -> str | None:
    """A record that waited and is refused now: as it was sent when it began to wait."""
    before = _waited(line, told).select_related("line").first()
    return _sent(before.line, before.epoch, before.seq).get(told.key) if before else None


def _sent(line: Line, epoch: int, seq: int) -> dict[UUID, str]:
    """The records of an envelope as they were sent, by key; none where its bytes are no longer kept."""
    row = SentEnvelope.objects.filter(line=line, epoch=epoch, seq=seq).first()
    if row is None or row.body is None:
        return {}
    content = unseal_bytes(bytes(row.body), context=BODY_CONTEXT)
    messages = envelopes.unpack(content, most_unzipped()).messages
    return {one.key: envelopes.message_bytes(one).decode() for one in messages}


def _settle(line: Line, card: LineCard, now: datetime) -> None:
    """All outcomes up to a number are here: envelopes are done, and records that went again have theirs."""
    sent = SentEnvelope.objects.filter(
        line=line, epoch=card.epoch, seq__lte=card.applied_seq, state=SentEnvelope.State.ACCEPTED
    )
    refused = RecordResult.objects.filter(
        line=line, epoch=OuterRef("epoch"), seq=OuterRef("seq"), became=Became.REFUSED
    )
    sent.filter(Exists(refused)).update(state=SentEnvelope.State.PART_APPLIED, applied_at=now)
    sent.update(state=SentEnvelope.State.APPLIED, applied_at=now)
    again = RecordResult.objects.filter(line=line, resolved_at=None, again_seq__lte=card.applied_seq)
    refused_again = RecordResult.objects.filter(
        line=line, key=OuterRef("key"), seq=OuterRef("again_seq"), epoch=card.epoch, resolved_at=None
    )
    again.filter(Exists(refused_again)).update(resolved_at=now, resolution="newer", message=None)
    again.update(resolved_at=now, resolution="corrected", message=None)
