"""Copies are made of what a neighbour sent: judged, resolved, written, and their consequences announced.

Each message has one outcome. The same message again, an older one or one in another order changes nothing;
a message that names a row which has not come waits for it. Source: S11; I-23, I-25, I-27; product 5.7.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final
from uuid import UUID

import msgspec
import structlog
from django.core.exceptions import ObjectDoesNotExist
from django.db import DataError, IntegrityError, InternalError, connection, transaction
from django.utils import timezone

from federation.models import WaitingRow
from federation.travel import applying, punches, sightings
from federation.travel.catalogue import KINDS, ORDER, PUNCHES
from federation.travel.fitting import misfit
from federation.travel.kinds import Kind
from federation.travel.messages import Message, Outcome, Sender
from federation.travel.sentences import shape, unfit, unknown_kind, waited_in_vain, wrong_way
from outbox.capture import coming_from
from standards.selectors import parameter

log = structlog.get_logger(__name__)
# What the content of one record can bring about, however it was looked at before; a database that went away
# or a full disk is no record's fault.
_UNFIT = (
    ValueError, TypeError, LookupError, AttributeError, ObjectDoesNotExist, DataError, IntegrityError,
    InternalError,
)  # fmt: skip
# What becomes of a row that waited is told to whoever keeps the results: node, message, outcome.
Told = Callable[[str, Message, Outcome], None]
_listeners: list[Told] = []
_ROUNDS: Final = 5
_AT_ONCE = 500


def when_settled(tell: Told) -> None:
    """Hear what became of rows that were told "waits" before."""
    _listeners.append(tell)


@transaction.atomic
def apply_batch(stream: str, messages: Sequence[Message], sender: Sender) -> list[Outcome]:
    """Make copies of these rows; one outcome each, in their order."""
    now = timezone.now()
    outcomes: list[Outcome] = []
    with _writing_copies(sender.code):
        for kind, group in _grouped(messages):
            outcomes += _apply(kind, group, sender, now)
        done = [
            message
            for message, outcome in zip(messages, outcomes, strict=True)
            if outcome.became in ("applied", "same")
        ]
        _try_waiting(done, sender, now)
    return outcomes


@transaction.atomic
def retry_waiting(sender: Sender, most: int = _AT_ONCE) -> int:
    """Try again whatever waits of a neighbour, oldest first; what waited too long is given up. How many."""
    now = timezone.now()
    rows = list(
        WaitingRow.objects.filter(node=sender.code)
        .order_by("tried_at", "id")
        .select_for_update(skip_locked=True)[:most]
    )
    with _writing_copies(sender.code):
        _retry(rows, sender, now)
    return len(rows)


@contextmanager
def _writing_copies(node: str) -> Iterator[None]:
    """The marks of the transaction in which copies are written: from whom, and that masters may come."""
    with coming_from(node):
        _set_master_pull("on")
        yield
        _set_master_pull("")


def _set_master_pull(value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('hubei.master_pull', %s, true)", [value])


def _grouped(messages: Sequence[Message]) -> Iterator[tuple[str, list[Message]]]:
    """Neighbouring messages of one kind; a row that comes twice begins a new group."""
    for kind, group in groupby(messages, key=lambda message: message.kind):
        held: dict[object, Message] = {}
        for message in group:
            if message.key in held:
                yield kind, list(held.values())
                held = {}
            held[message.key] = message
        yield kind, list(held.values())


def _apply(kind: str, group: Sequence[Message], sender: Sender, now: datetime) -> list[Outcome]:
    found = {message.key: shape(field) for message in group if (field := misfit(message))}
    left: dict[UUID, Message] = {}
    found |= _became(kind, [message for message in group if message.key not in found], sender, now, left)
    kept = [left.get(message.key, message) for message in group]
    outcomes = [found[message.key] for message in group]
    is_known = kind in KINDS or kind in (PUNCHES, sightings.KIND)
    return _with_waiting(kind, kept, outcomes, sender, now) if is_known else outcomes


def _became(
    kind: str, group: Sequence[Message], sender: Sender, now: datetime, left: dict[UUID, Message]
) -> dict[UUID, Outcome]:
    """What becomes of messages that can be read; one that brings the others down is refused alone (I-27).

    `left` hears of those of which a part is done and only the rest is still to be judged.
    """
    if not group:
        return {}
    try:
        with transaction.atomic():
            return _judged(kind, group, sender, now, left)
    except _UNFIT as fault:
        if len(group) == 1:
            log.error("federation.unfit", kind=kind, key=str(group[0].key), fault=type(fault).__name__)
            return {group[0].key: unfit()}
    return {key: one for message in group for key, one in _became(kind, [message], sender, now, left).items()}


def _judged(
    kind: str, group: Sequence[Message], sender: Sender, now: datetime, left: dict[UUID, Message]
) -> dict[UUID, Outcome]:
    if kind == PUNCHES:
        judged = {message.key: punches.apply(message, sender, now) for message in group}
        left.update({key: rest for key, (_outcome, rest) in judged.items()})
        return {key: outcome for key, (outcome, _rest) in judged.items()}
    if kind == sightings.KIND:
        return dict(zip([message.key for message in group], sightings.apply(group, sender), strict=True))
    if kind not in KINDS:
        return dict.fromkeys([message.key for message in group], unknown_kind(kind))
    if not _goes_this_way(KINDS[kind], sender):
        return dict.fromkeys([message.key for message in group], wrong_way())
    return applying.apply_rows(KINDS[kind], group, sender, now)


def _goes_this_way(kind: Kind, sender: Sender) -> bool:
    """Standards come from above, people's work from below; nobody dispatches upward."""
    return kind.goes_down if "*" in sender.origins else kind.goes_up


def _with_waiting(
    kind: str, group: Sequence[Message], outcomes: list[Outcome], sender: Sender, now: datetime
) -> list[Outcome]:
    """Keep what waits, forget what waited and has come in a later version."""
    pairs = list(zip(group, outcomes, strict=True))
    _keep_waiting([pair for pair in pairs if pair[1].became == "waits"], sender, now)
    _forget_waiting(kind, [message for message, outcome in pairs if outcome.became != "waits"], sender)
    return outcomes


def _keep_waiting(pairs: Sequence[tuple[Message, Outcome]], sender: Sender, now: datetime) -> None:
    rows = [
        WaitingRow(
            node=sender.code,
            kind=message.kind,
            key=message.key,
            missing=outcome.missing,
            content=msgspec.json.encode(message).decode(),
            since=now,
            tried_at=now,
        )
        for message, outcome in pairs
    ]
    WaitingRow.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=("node", "kind", "key"),
        # Not `since`: it has waited from the first time on.
        update_fields=("missing", "content", "tried_at"),
        batch_size=_AT_ONCE,
    )


def _forget_waiting(kind: str, messages: Sequence[Message], sender: Sender) -> None:
    """What has come in a later version no longer waits in an earlier one."""
    keys = [message.key for message in messages]
    WaitingRow.objects.filter(node=sender.code, kind=kind, key__in=keys).delete()


def _try_waiting(done: Sequence[Message], sender: Sender, now: datetime) -> None:
    """Rows that waited for one of these, and rows that waited for those, a few rounds deep."""
    for _round in range(_ROUNDS):
        if not done:
            return
        names = [_name(message) for message in done]
        rows = list(WaitingRow.objects.filter(node=sender.code, missing__in=names).order_by("id"))
        done = _retry(rows, sender, now)


def _name(message: Message) -> str:
    return f"{message.kind}:{message.key}"


def _retry(rows: Sequence[WaitingRow], sender: Sender, now: datetime) -> list[Message]:
    """Apply rows that waited; the messages that are done with now, and what became of them is told."""
    since = {(row.kind, row.key): row.since for row in rows}
    waited = [msgspec.json.decode(row.content, type=Message) for row in rows]
    waited.sort(key=lambda message: ORDER.get(message.kind, 0))
    days = timedelta(days=parameter("federation.waiting_days"))
    done = []
    for kind, group in _grouped(waited):
        for message, outcome in zip(group, _apply(kind, group, sender, now), strict=True):
            if outcome.became == "waits" and now - since[message.kind, message.key] < days:
                continue
            if outcome.became == "waits":
                outcome = _given_up(message, outcome, sender)
            done.append(message)
            for tell in _listeners:
                tell(sender.code, message, outcome)
    return done


def _given_up(message: Message, outcome: Outcome, sender: Sender) -> Outcome:
    """A row that waited in vain is refused, so that its owner sees it among the held ones."""
    _forget_waiting(message.kind, [message], sender)
    return waited_in_vain(outcome.missing)
