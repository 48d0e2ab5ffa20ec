"""Applying what was received: in order, line by line; an outcome where a record was not plainly taken."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from contextvars import ContextVar
from datetime import datetime

import structlog
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _

from federation.carriers import carriers
from federation.models import Line, Node, NodeKey, ReceivedEnvelope, RecordResult
from federation.selectors.nodes import MANAGE_NODES, own_region
from federation.services.own_node import SEALS, private_of
from federation.services.receiving import BODY_CONTEXT, most_unzipped
from federation.travel.fitting import MOST_VERSIONS
from federation.travel.messages import Incoming, Message, Outcome, Sender
from federation.wire import boxes, envelopes, streams
from kernel.cipher import unseal_bytes
from standards.selectors import parameter
from web.messages import Audience, tell

log = structlog.get_logger(__name__)
_OPEN = ("waits", "refused")
# Where an outcome of a record stands, and what is told of it.
_PLACE = ("line", "epoch", "seq", "kind", "key")
_TOLD = (
    *("number", "record_version", "told_at", "resolved_at", "resolution", "became"),
    *("canonical", "rule", "sentence", "remedy", "missing", "message"),
)
_AT_ONCE = 500
# What became of waiting records within the transaction that runs.
_settled: ContextVar[list[tuple[Message, Outcome]] | None] = ContextVar("settled", default=None)


def apply_all(now: datetime, *, incoming: Incoming | None = None) -> int:
    """Apply what waits on every line; how many envelopes."""
    apply = incoming or carriers().incoming
    if apply is None:
        return 0
    waiting = ReceivedEnvelope.objects.filter(state=ReceivedEnvelope.State.RECEIVED)
    lines = list(waiting.order_by("line__stream").values_list("line", flat=True).distinct())
    done, away = 0, None
    for pk in lines:
        try:
            while apply_next(pk, now, incoming=apply):
                done += 1
        except (OperationalError, InterfaceError) as fault:
            # What the database cannot do for one line does not keep it from the others.
            away = away or fault
    if away is not None:
        raise away
    return done


def apply_next(line_pk: int, now: datetime, *, incoming: Incoming) -> bool:
    """Apply the next envelope of a line; False where there is none, or another process is at it.

    The attempt is counted first, by itself: one that fails again and again is put aside instead of ending
    every later attempt too. A full disk or a database that went away is no fault of the envelope: such an
    attempt does not count. Raises OperationalError, InterfaceError then.
    """
    found = _begun(line_pk, now)
    if found is None:
        return False
    try:
        return _tried(line_pk, found, now, incoming)
    except (OperationalError, InterfaceError):
        with suppress(OperationalError, InterfaceError):
            ReceivedEnvelope.objects.filter(pk=found, attempts__gt=0).update(attempts=F("attempts") - 1)
        raise


def _tried(line_pk: int, found: int, now: datetime, incoming: Incoming) -> bool:
    with transaction.atomic():
        line = _locked(line_pk)
        if line is None:
            return False
        envelope = ReceivedEnvelope.objects.get(pk=found)
        if envelope.state != ReceivedEnvelope.State.RECEIVED or envelope.body is None:
            return False
        _apply(line, envelope, now, incoming)
    return True


def _locked(line_pk: int) -> Line | None:
    rows = Line.objects.select_for_update(skip_locked=True, of=("self",)).select_related("node__region")
    return rows.filter(pk=line_pk).first()


@transaction.atomic
def _begun(line_pk: int, now: datetime) -> int | None:
    """The envelope that is tried now; none where the line is stuck or held."""
    line = _locked(line_pk)
    if line is None or line.state == Line.State.STUCK:
        return None
    rows = ReceivedEnvelope.objects.filter(line=line, state=ReceivedEnvelope.State.RECEIVED)
    envelope = rows.order_by("epoch", "seq").defer("body").first()
    if envelope is None or _follows_others(line, envelope):
        return None
    if envelope.attempts >= int(parameter("federation.attempts")):
        _quarantine(line, envelope, now)
        return None
    ReceivedEnvelope.objects.filter(pk=envelope.pk).update(attempts=F("attempts") + 1)
    return envelope.pk


def _follows_others(line: Line, envelope: ReceivedEnvelope) -> bool:
    """Whether people and firms that came before are still to be applied: a project's rows name them.

    Rows that come before what they name wait one by one, which costs forty times as much. A first line that
    has stopped holds up nobody (I-27).
    """
    if line.stream not in streams.OF_PROJECTS:
        return False
    before = ReceivedEnvelope.objects.filter(
        line__node=line.node_id,
        line__direction=line.direction,
        line__stream=streams.ABOVE_PROJECTS,
        line__state=Line.State.OPEN,
        state=ReceivedEnvelope.State.RECEIVED,
        received_at__lte=envelope.received_at,
    )
    return before.exists()


def _quarantine(line: Line, envelope: ReceivedEnvelope, now: datetime) -> None:
    """Put aside what cannot be applied: its line stops, the others go on (I-27)."""
    reason = _(
        "第 {seq} 号报文连续 {times} 次处理失败，本流停下，其他流不受影响。请查看平台日志，修复后恢复本流。"
    ).format(seq=envelope.seq, times=envelope.attempts)
    ReceivedEnvelope.objects.filter(pk=envelope.pk).update(
        state=ReceivedEnvelope.State.QUARANTINED, reason=reason
    )
    line.state, line.trouble, line.trouble_since = Line.State.STUCK, reason, now
    line.save(update_fields=["state", "trouble", "trouble_since"])
    log.error("federation.quarantined", node=line.node.code, stream=line.stream, seq=envelope.seq)
    tell(
        Audience(permission=MANAGE_NODES, region_path=own_region().path),
        kind="federation",
        text=_("“{name}”的{reason}").format(name=line.node.name, reason=reason),
        url=reverse("node", args=[line.node.public_id]),
        about=line.node.code,
    )


def _apply(line: Line, envelope: ReceivedEnvelope, now: datetime, incoming: Incoming) -> None:
    content = unseal_bytes(bytes(envelope.body or b""), context=BODY_CONTEXT)
    messages = envelopes.unpack(content, most_unzipped()).messages
    _settled.set([])
    became = incoming(line.stream, messages, sender_of(line.node)) if messages else []
    settled_with(line, envelope, messages, became, now)


def settled_with(
    line: Line,
    envelope: ReceivedEnvelope,
    messages: Sequence[Message],
    became: Sequence[Outcome],
    now: datetime,
) -> None:
    """The envelope is done with: what became of its records is written down for their sender."""
    _close_older(line, messages, now)
    # Of a record that came twice, its last version's outcome is told.
    last = {(_kind_of(one), one.key): (one, outcome) for one, outcome in zip(messages, became, strict=True)}
    told = [pair for pair in last.values() if _is_told(pair[1])]
    _write(line, envelope, told, now)
    envelope.state, envelope.applied_at = ReceivedEnvelope.State.APPLIED, now
    envelope.messages = len(messages)
    envelope.refused = sum(outcome.became == "refused" for outcome in became)
    envelope.save(update_fields=["state", "applied_at", "messages", "refused"])
    line.settled_seq = envelope.seq if envelope.epoch == line.epoch else line.settled_seq
    line.attempts = 0
    line.save(update_fields=["settled_seq", "attempts", "results"])
    _tell_settled(line, envelope.epoch, envelope.seq, now)


def _is_told(outcome: Outcome) -> bool:
    return outcome.became in _OPEN or outcome.canonical is not None


def _write(
    line: Line, envelope: ReceivedEnvelope, told: Sequence[tuple[Message, Outcome]], now: datetime
) -> None:
    epoch, seq = envelope.epoch, envelope.seq
    keep_results([_result(line, epoch, seq, message, outcome, now) for message, outcome in told])


def keep_results(rows: Sequence[RecordResult]) -> None:
    """Write outcomes down, over what was told before of the same records in the same envelopes."""
    RecordResult.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=_PLACE, update_fields=_TOLD, batch_size=_AT_ONCE
    )


def _result(
    line: Line, epoch: int, seq: int, message: Message, outcome: Outcome, now: datetime
) -> RecordResult:
    """The next outcome that is told on a line."""
    line.results += 1
    return RecordResult(
        line=line,
        number=line.results,
        epoch=epoch,
        seq=seq,
        kind=_kind_of(message),
        key=message.key,
        record_version=max(0, min(message.version, MOST_VERSIONS)),
        told_at=now,
        resolved_at=None if outcome.became in _OPEN else now,
        **_words(outcome),
    )


def _kind_of(message: Message) -> str:
    """What a record is, as far as a table can keep it: a neighbour may call it anything."""
    return message.kind.replace("\0", "")[:40]


def _words(outcome: Outcome) -> dict[str, object]:
    return {
        "became": outcome.became,
        "canonical": outcome.canonical,
        "rule": outcome.rule[:60],
        "sentence": outcome.sentence[:500],
        "remedy": outcome.remedy[:300],
        "missing": outcome.missing[:120],
    }


def _close_older(line: Line, messages: Sequence[Message], now: datetime) -> None:
    """A later version of a record takes the place of what still waited or stood refused of it."""
    older = RecordResult.objects.filter(line=line, resolved_at=None, key__in=[one.key for one in messages])
    older.update(resolved_at=now, resolution="newer")


def note_settled(node: str, message: Message, outcome: Outcome) -> None:
    """Hear what became of a record that was told to wait; it is written beside what is being applied now."""
    if (found := _settled.get()) is not None:
        found.append((message, outcome))


def retry_waiting(now: datetime) -> int:
    """Let what waits for another record be tried again; how many were tried."""
    retry = carriers().retry
    if retry is None:
        return 0
    waiting = RecordResult.objects.filter(
        line__direction=Line.Direction.IN, became=RecordResult.Became.WAITS, resolved_at=None
    )
    nodes = list(waiting.order_by().values_list("line__node", flat=True).distinct())
    return sum(_retry(node, now, retry) for node in nodes)


@transaction.atomic
def _retry(node_pk: int, now: datetime, retry: Callable[[Sender], int]) -> int:
    """Of one neighbour; its first line tells the outcomes."""
    first = Line.objects.filter(node=node_pk, direction=Line.Direction.IN).order_by("pk").first()
    line = _locked(first.pk) if first else None
    if line is None:
        return 0
    _settled.set([])
    number = retry(sender_of(line.node))
    _tell_settled(line, line.epoch, line.settled_seq, now)
    return number


def _tell_settled(line: Line, epoch: int, seq: int, now: datetime) -> None:
    """Tell on this line what became of records that waited, on whatever line they had come."""
    found = {
        (_kind_of(message), message.key): (message, outcome) for message, outcome in _settled.get() or ()
    }
    _settled.set(None)
    if not found:
        return
    waited = RecordResult.objects.filter(
        line__node=line.node,
        line__direction=Line.Direction.IN,
        became=RecordResult.Became.WAITS,
        resolved_at=None,
    )
    waited.filter(key__in=[key for _kind, key in found]).update(resolved_at=now, resolution="came")
    rows = [_result(line, epoch, seq, message, outcome, now) for message, outcome in found.values()]
    for row in rows:
        row.resolution = "came" if row.resolved_at else ""
    keep_results(rows)
    line.save(update_fields=["results"])


def sender_of(node: Node) -> Sender:
    """A neighbour as the applier sees it: what it may report, whose rows come through it, how boxes open."""
    if node.relation == Node.Relation.PARENT:
        return Sender(node.code, ("",), (), frozenset({"*"}), _Opener())
    below = Node.objects.filter(via=node).values_list("code", flat=True)
    is_firm = node.kind == Node.Kind.ENTERPRISE
    return Sender(
        code=node.code,
        regions=[node.region.path] if node.region and not is_firm else [],
        enterprises=[node.enterprise_uscc] if is_firm else [],
        origins=frozenset({node.code, *below}),
        open=_Opener(),
    )


def opener() -> Callable[[str, str], str]:
    """Opens boxes that were closed for this node."""
    return _Opener()


class _Opener:
    """Opens boxes that were closed for this node; each key is fetched once."""

    def __init__(self) -> None:
        self._keys: dict[str, bytes] = {}

    def __call__(self, box: str, place: str) -> str:
        """What was put into the box for this place. Raises boxes.Closed."""
        key_id = boxes.key_of(box)
        if key_id not in self._keys:
            self._keys[key_id] = own_seal_key(key_id)
        return boxes.opened(box, place, private=self._keys[key_id])


def own_seal_key(key_id: str) -> bytes:
    """The private half of a key for which boxes of ours were closed. Raises boxes.Closed."""
    held = NodeKey.objects.filter(
        node__relation=Node.Relation.SELF, purpose=SEALS, key_id=key_id, private__isnull=False
    ).first()
    if held is None:
        raise boxes.Closed("closed for another key")
    return private_of(held)


def result_card(row: RecordResult) -> dict[str, object]:
    """An outcome as it is told to its sender."""
    return {
        "number": row.number,
        "epoch": row.epoch,
        "seq": row.seq,
        "kind": row.kind,
        "key": str(row.key),
        "version": row.record_version,
        "became": row.became,
        "canonical": str(row.canonical) if row.canonical else None,
        "rule": row.rule,
        "sentence": row.sentence,
        "remedy": row.remedy,
        "missing": row.missing,
    }
