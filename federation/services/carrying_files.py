"""Files follow their rows: a child calls, both say what they have, want and offer, and hand over in batches.

Nothing is kept of a call: each side says anew what it still waits for, so that whatever was lost on the way,
at a kill or with a backup, is simply asked for again. What comes is proved by its digest before it is kept.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from time import monotonic
from typing import Final

import httpx
import msgspec
import structlog
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from federation.models import Line, Node, ToldFile, TravellingFile
from federation.services import sealing
from federation.services.admitting import Caller
from federation.services.applying import own_seal_key
from federation.services.exchanging import parent
from federation.services.receiving import most_unzipped
from federation.services.refusals_of_calls import CallRefused, note_refused_envelope
from federation.services.transport import ENVELOPE, Unreachable, call, client
from federation.travel.files import note_found, note_lost
from federation.wire import boxes, envelopes, streams
from kernel import store
from kernel.cipher import Unreadable
from standards.selectors import parameter

log = structlog.get_logger(__name__)
FILES: Final = "files"
_NAMES_AT_ONCE: Final = 200
_HOLD: Final = timedelta(seconds=120)
_BUDGET_SECONDS: Final = 5.0
State = TravellingFile.State


class Given(msgspec.Struct, frozen=True):
    """A content, closed for the receiver alone."""

    digest: str
    box: str


class Talk(msgspec.Struct, frozen=True, omit_defaults=True):
    """What one side says: digests that it has, offers, wants or has lost, and contents that it gives."""

    has: list[str] = []
    offers: list[str] = []
    wants: list[str] = []
    lost: list[str] = []
    gives: list[Given] = []


_talks = msgspec.json.Decoder(Talk)


def answer_files(caller: Caller, content: bytes, now: datetime) -> bytes:
    """What a parent answers: it keeps what came, and gives what the child wants. Raises CallRefused."""
    heard = _read(content, caller.node)
    has = hear(caller.node, heard, now)
    return packed(say(caller.node, heard, has, now))


def packed(said: Talk) -> bytes:
    """As it travels."""
    return envelopes.zipped(msgspec.json.encode(said))


def _read(content: bytes, node: Node) -> Talk:
    try:
        return _talks.decode(envelopes.unzipped(content, most_unzipped()))
    except (msgspec.MsgspecError, RecursionError, envelopes.Malformed, envelopes.TooLarge):
        raise CallRefused(
            "malformed",
            400,
            _("附件报文的格式不对（应为 gzip 压缩的 JSON），没有处理。请对照协议文档。"),
            node=node,
            stream=FILES,
        ) from None


def hear(node: Node, said: Talk, now: datetime) -> list[str]:
    """Take what a neighbour said and gave; the digests of which it is told that they are here."""
    told = ToldFile.objects.filter(node=node, taken_at=None)
    told.filter(file__address__in=_addresses(said.has)).update(taken_at=now)
    for row in _rows(said.lost).filter(node=node.code, state=State.AWAITED):
        TravellingFile.objects.filter(pk=row.pk, state=State.AWAITED).update(state=State.LOST)
        note_lost(node, Line.Direction.IN, row.record_kind, row.record_key, now)
    given = {one.digest for one in said.gives if _taken(node, one, now)}
    offered = _rows(said.offers)
    # What was lost there and is offered after all is waited for again.
    offered.filter(node=node.code, state=State.LOST).update(state=State.AWAITED)
    here = set(offered.filter(state=State.HERE).values_list("address", flat=True))
    return [*sorted(given), *(one for one in said.offers[:_NAMES_AT_ONCE] if store.address_of(one) in here)]


def _addresses(digests: Sequence[str]) -> list[str]:
    return [store.address_of(digest) for digest in digests[: 2 * _NAMES_AT_ONCE]]


def _rows(digests: Sequence[str]) -> QuerySet[TravellingFile]:
    return TravellingFile.objects.filter(address__in=_addresses(digests))


def _taken(node: Node, given: Given, now: datetime) -> bool:
    """Keep a content that is waited for, once its digest proves it; whether it is here now."""
    row = TravellingFile.objects.filter(address=store.address_of(given.digest)).first()
    if row is None:
        # Nobody waits for it: what no row names is not kept.
        return False
    if row.state == State.HERE:
        return True
    content = _opened(given)
    if content is None or store.digest_of(content) != given.digest:
        refused = CallRefused(
            "tampered",
            400,
            _("附件的内容与它的摘要不符，或不是封装给本平台的，没有保存。会再次向来源平台索取。"),
            node=node,
            stream=FILES,
        )
        note_refused_envelope(refused, address=node.url, now=now)
        return False
    # First the content, then the word that it is here: killed in between, it is asked for again.
    store.keep_whole(content)
    TravellingFile.objects.filter(pk=row.pk).exclude(state=State.HERE).update(
        state=State.HERE, arrived_at=now, size=len(content)
    )
    note_found(row.record_kind, [row.record_key], now)
    return True


def _opened(given: Given) -> bytes | None:
    try:
        private = own_seal_key(boxes.key_of(given.box))
        return boxes.opened_bytes(given.box, place_of(given.digest), private=private)
    except boxes.Closed:
        return None


def place_of(digest: str) -> str:
    """The place to which the box of a content belongs."""
    return f"file/{digest}"


def say(node: Node, heard: Talk, has: Sequence[str], now: datetime) -> Talk:
    """What is said to a neighbour that wants what it said: within the bytes of a batch, one file at least."""
    gives, lost = _given(node, heard.wants, now)
    return Talk(has=list(has), offers=_offers(node, now), wants=_wants(node, now), lost=lost, gives=gives)


def _offers(node: Node, now: datetime) -> list[str]:
    rows = ToldFile.objects.filter(node=node, taken_at=None, file__state=State.HERE)
    some = list(rows.select_related("file").order_by("offered_at", "pk")[:_NAMES_AT_ONCE])
    ToldFile.objects.filter(pk__in=[one.pk for one in some]).update(offered_at=now)
    return [one.file.digest for one in some]


def _wants(node: Node, now: datetime) -> list[str]:
    """What is awaited, the least recently asked for first."""
    rows = TravellingFile.objects.filter(node=node.code, state=State.AWAITED, unnamed_at=None)
    some = list(rows.order_by("asked_at", "pk")[:_NAMES_AT_ONCE])
    TravellingFile.objects.filter(pk__in=[one.pk for one in some]).update(asked_at=now)
    return [one.digest for one in some]


def _given(node: Node, wants: Sequence[str], now: datetime) -> tuple[list[Given], list[str]]:
    """The contents that are handed over now, and the digests of those that are not here either."""
    most = int(parameter("federation.file_batch_kilobytes")) * 1024
    rows = _rows(wants[:_NAMES_AT_ONCE])
    if node.relation != Node.Relation.PARENT:
        # A child has what it was told of; the parent may have what any row of ours named.
        rows = rows.filter(told__node=node)
    found = {row.address: row for row in rows}
    gives: list[Given] = []
    lost: list[str] = []
    size = 0
    seal = sealing.sealer_of_bytes(node, now)
    for digest in wants[:_NAMES_AT_ONCE]:
        row = found.get(store.address_of(digest))
        if row is None or row.state == State.AWAITED:
            continue
        fits = not gives or size + row.size <= most
        content = _content(row, now) if row.state == State.HERE and fits else None
        if content is not None:
            gives.append(Given(digest, seal(content, place_of(digest))))
            size += len(content)
        elif row.state == State.LOST:
            lost.append(digest)
    return gives, lost


def _content(row: TravellingFile, now: datetime) -> bytes | None:
    """What is kept; where it is gone, the row says so and whoever was told of it sees it among the held."""
    try:
        content = store.fetch(row.address)
    except (FileNotFoundError, Unreadable):
        log.error("federation.file_gone", file=row.pk)
        row.state = State.AWAITED if row.node else State.LOST
        TravellingFile.objects.filter(pk=row.pk).update(state=row.state, arrived_at=None)
        if row.state == State.LOST:
            for told in row.told.filter(taken_at=None).select_related("node"):
                note_lost(told.node, Line.Direction.OUT, row.record_kind, row.record_key, now)
        return None
    return content


def exchange_files() -> int:
    """A child's round for files, on a line of its own; how many went or came."""
    node = parent()
    if node is None:
        return 0
    line = _held(node, timezone.now())
    if line is None:
        return 0
    try:
        with client() as http:
            return carry(node, line, http=http)
    finally:
        Line.objects.filter(pk=line.pk).update(held_until=None)


def _held(node: Node, now: datetime) -> Line | None:
    """The line of files, for this process alone; None where it waits for its turn.

    What has never been offered does not wait for the next look.
    """
    line = sealing.line_out(node, streams.FILES)
    free = Q(held_until=None) | Q(held_until__lte=now) | Q(held_until__gt=now + _HOLD)
    due = Q(next_at=None) | Q(next_at__lte=now)
    fresh = ToldFile.objects.filter(node=node, taken_at=None, offered_at=None, file__state=State.HERE)
    if fresh.exists():
        due |= Q(trouble="")
    mine = Line.objects.filter(free, due, pk=line.pk)
    return line if mine.update(held_until=now + _HOLD) else None


def carry(node: Node, line: Line, *, http: httpx.Client, now: datetime | None = None) -> int:
    """Talk with the parent until neither has anything to give, for some seconds; how many went or came."""
    begun, moved = monotonic(), 0
    heard, has = Talk(), list[str]()
    is_first = True
    while monotonic() - begun < _BUDGET_SECONDS:
        at = now or timezone.now()
        said = say(node, heard, has, at)
        try:
            answer = call(http, node, FILES, packed(said), at, content_type=ENVELOPE)
            if answer.status != 200:
                raise Unreachable(answer.sentence)
            heard = _read(answer.content, node)
        except (Unreachable, CallRefused) as wrong:
            _wait(line, wrong.sentence if isinstance(wrong, Unreachable) else wrong.message, at)
            return moved
        has = hear(node, heard, at)
        moved += len(said.gives) + len(heard.gives)
        if not heard.gives and not (heard.wants and (is_first or said.gives)):
            _rest(line, now or timezone.now(), float(parameter("federation.file_poll_seconds")))
            return moved
        is_first = False
    # There is more: the next round goes on at once.
    _rest(line, now or timezone.now(), 0)
    return moved


def _wait(line: Line, sentence: str, now: datetime) -> None:
    """Try again later, each time later; the records' lines go on meanwhile."""
    pause = dict(parameter("federation.retry_seconds"))
    line.refresh_from_db()
    seconds = min(pause["longest"], pause["first"] * 2 ** min(line.attempts, 16))
    Line.objects.filter(pk=line.pk).update(
        attempts=line.attempts + 1,
        next_at=now + timedelta(seconds=seconds),
        trouble=sentence[:300],
        trouble_since=line.trouble_since or now,
    )


def _rest(line: Line, now: datetime, seconds: float) -> None:
    """All is well; when to look again."""
    Line.objects.filter(pk=line.pk).update(
        attempts=0, next_at=now + timedelta(seconds=seconds), trouble="", trouble_since=None
    )
