"""Results: the receiver tells what became of each record; the sender keeps it, and holds what was refused."""

from collections.abc import Collection, Iterable, Mapping, Sequence
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
from federation.services.applying import keep_results, result_card
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
    _keep(line, sorted(card.results, key=lambda told: told.number), now)
    last = max((told.number for told in card.results), default=line.results_taken)
    # A receiver that counts lower than before was restored from a backup: its numbers are taken anew.
    line.results_taken = 0 if card.last < line.results_taken else last
    line.save(update_fields=["results_taken"])
    if line.results_taken >= card.last and card.epoch == line.epoch:
        _settle(line, card, now)
    return line.results_taken


def _keep(line: Line, told: Sequence[ResultCard], now: datetime) -> None:
    """Outcomes, each once however often it is told; a refused record keeps what was sent, to go again."""
    last = {_place(one): one for one in told if one.became in Became.values}
    held = _held(line, last.values())
    fresh = [one for place, one in last.items() if _is_news(held.get(place), one)]
    waits = {_record(one): one for one in fresh if one.became == Became.WAITS}
    settled = [one for one in fresh if one.became != Became.WAITS]
    come = _come(line, waits.values())
    later: dict[tuple[str, UUID], int] = {}
    for one in settled:
        come[_record(one)] = max(one.version, come.get(_record(one), 0))
        later[_record(one)] = one.number
    bodies: dict[tuple[int, int], dict[UUID, str]] = {}
    rows = []
    for one in fresh:
        before = held.get(_place(one))
        row = _row_of(line, one, before, now)
        is_in = come.get(_record(one), -1) >= one.version or later.get(_record(one), 0) > one.number
        if one.became == Became.WAITS and is_in:
            row.resolved_at, row.resolution = row.resolved_at or now, row.resolution or "came"
        elif one.became not in (Became.REFUSED, Became.WAITS):
            row.resolved_at = row.resolved_at or now
            if before is not None and before.became == Became.WAITS:
                row.resolution = row.resolution or "came"
        if one.became == Became.REFUSED:
            row.message = _sent_record(line, one, waits.get(_record(one)), bodies)
        rows.append(row)
    _waited(line, settled).update(resolved_at=now, resolution="came")
    keep_results(rows)
    _learn(line, fresh)


def _record(told: ResultCard) -> tuple[str, UUID]:
    return told.kind[:40], told.key


def _place(told: ResultCard) -> tuple[int, int, str, UUID]:
    return told.epoch, told.seq, *_record(told)


def _held(line: Line, told: Collection[ResultCard]) -> dict[tuple[int, int, str, UUID], RecordResult]:
    """What was told of these before."""
    rows = RecordResult.objects.select_for_update().filter(
        line=line,
        epoch__in={one.epoch for one in told},
        seq__in={one.seq for one in told},
        key__in={one.key for one in told},
    )
    return {(row.epoch, row.seq, row.kind, row.key): row for row in rows}


def _is_news(row: RecordResult | None, told: ResultCard) -> bool:
    return row is None or row.number < told.number or row.became != told.became


def _row_of(line: Line, told: ResultCard, before: RecordResult | None, now: datetime) -> RecordResult:
    """An outcome as it is written, over what was told of it before; how that ended stays."""
    epoch, seq, kind, key = _place(told)
    return RecordResult(
        line=line,
        epoch=epoch,
        seq=seq,
        kind=kind,
        key=key,
        number=told.number,
        became=told.became,
        told_at=now,
        record_version=told.version,
        canonical=told.canonical,
        rule=told.rule[:60],
        sentence=told.sentence[:500],
        remedy=told.remedy[:300],
        missing=told.missing[:120],
        resolved_at=before.resolved_at if before else None,
        resolution=before.resolution if before else "",
    )


def _learn(line: Line, told: Iterable[ResultCard]) -> None:
    """Our rows' names at the neighbour."""
    learnt = carriers().learnt
    for one in told:
        if one.canonical is not None and learnt is not None:
            learnt(node=line.node.code, kind=one.kind, key=one.key, canonical=one.canonical)


def _come(line: Line, told: Collection[ResultCard]) -> dict[tuple[str, UUID], int]:
    """Of records that waited: the version that is in by now, as another line told first."""
    ours = RecordResult.objects.filter(line__node=line.node_id, line__direction=Line.Direction.OUT)
    rows = ours.filter(key__in=[one.key for one in told]).exclude(became=Became.WAITS)
    found: dict[tuple[str, UUID], int] = {}
    for kind, key, version in rows.order_by().values_list("kind", "key", "record_version"):
        found[kind, key] = max(version, found.get((kind, key), 0))
    return found


def _waited(line: Line, told: Sequence[ResultCard]) -> QuerySet[RecordResult]:
    """The same records where they were told to wait, on whatever line they went."""
    ours = RecordResult.objects.filter(line__node=line.node_id, line__direction=Line.Direction.OUT)
    same = ours.filter(key__in=[one.key for one in told], kind__in={one.kind[:40] for one in told})
    return same.filter(became=Became.WAITS, resolved_at=None)


def _sent_record(
    line: Line, told: ResultCard, waits: ResultCard | None, bodies: dict[tuple[int, int], dict[UUID, str]]
) -> str | None:
    """A refused record as it was sent: in this envelope, or in that where it was told to wait.

    `waits`: of the same answer; `bodies`: envelopes of this line that were opened already.
    """
    for one in (told, waits):
        if one is None:
            continue
        place = (one.epoch, one.seq)
        if place not in bodies:
            bodies[place] = _sent(line, *place)
        if found := bodies[place].get(told.key):
            return found
    before = _waited(line, [told]).select_related("line").first()
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
