"""From a queued record to a call that was taken: first the row of the call, then the call itself."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import transaction

from federation.models import UpstreamCall, UpstreamProject, UpstreamRecord
from federation.upstream import passages, settling, verdicts
from federation.upstream.client import Answer, Away, Client, Stamp
from federation.upstream.comparing import view_of
from federation.upstream.items import Item, Number
from federation.upstream.kinds import KINDS, PUNCH, Kind
from federation.upstream.verdicts import Fault
from federation.upstream.writing import Pen, codes_of, data_of, rows_at_most
from kernel.errors import DomainError
from standards.selectors import parameter

log = structlog.get_logger(__name__)
State, Call = UpstreamRecord.State, UpstreamCall.State
# How many queued records are looked at for one call.
LOOKED_AT = 100
# Before a call whose sender died is sent again: longer than any answer is waited for.
SPARE = timedelta(seconds=30)


@transaction.atomic
def next_call(access: UpstreamProject, now: datetime) -> UpstreamCall | None:
    """Make the next call of a project out of its queued records, or take one that is ready to be sent.

    Whoever dies after this leaves a row behind from which the call is sent again.
    """
    rows = UpstreamProject.objects.unscoped(because="the node reports for everybody; nobody reads")
    if not rows.select_for_update(no_key=True, skip_locked=True).filter(pk=access.pk).exists():
        return None
    if access.calls.filter(state__in=(Call.SENDING, Call.WAITING)).count() >= _most_in_flight():
        return None
    if ready := access.calls.filter(state=Call.READY, next_at__lte=now).first():
        return _stamped(ready, now)
    for kind in KINDS.values():
        if call := _call_of(access, kind, now):
            return call
    return None


def _most_in_flight() -> int:
    return int(parameter("upstream.calls_in_flight"))


def _call_of(access: UpstreamProject, kind: Kind, now: datetime) -> UpstreamCall | None:
    queued = access.records.filter(state=State.QUEUED, kind=kind.key, next_at__lte=now).order_by("id")
    records = list(queued[:LOOKED_AT])
    if not records:
        return None
    items = items_of(access, records)
    if gone := [row.pk for row in records if row.name not in items]:
        _gone(access, gone)
        records = [row for row in records if row.name in items]
    if not records:
        return _call_of(access, kind, now)
    chosen, method = _together(kind, records, items)
    call = UpstreamCall.objects.create(
        access=access,
        method=method,
        rows=len(chosen),
        punches=[row.key for row in chosen] if kind.key == PUNCH else [],
        made_at=now,
        next_at=now,
    )
    for position, row in enumerate(chosen):
        row.call, row.position, row.state = call, position, State.SENT
        row.wanted = row.sent = items[row.name].digest
    UpstreamRecord.all_rows.bulk_update(chosen, ["call", "position", "state", "wanted", "sent"])
    return _stamped(call, now)


def _gone(access: UpstreamProject, keys: Sequence[int]) -> None:
    """Rows that are no longer there to be told: what was never told is forgotten, the rest stays as it is."""
    access.records.filter(pk__in=keys, is_there=False).delete()
    access.records.filter(pk__in=keys).update(state=State.DONE, since=None)


def _together(
    kind: Kind, records: Sequence[UpstreamRecord], items: dict[str, Item]
) -> tuple[list[UpstreamRecord], str]:
    """The first record and those that may travel with it, and by which method."""
    first = records[0]
    method = kind.method(is_there=first.is_there)
    most = 1 if first.is_alone else rows_at_most(method, kind.list_of(method))
    frame = items[first.name].frame
    alike = [
        row
        for row in records[1:]
        if not row.is_alone and row.is_there == first.is_there and items[row.name].frame == frame
    ]
    return [first, *alike[: most - 1]], method


def _stamped(call: UpstreamCall, now: datetime) -> UpstreamCall:
    stamp = Stamp.fresh(now)
    call.timestamp, call.nonce, call.state = stamp.timestamp, stamp.nonce, Call.SENDING
    call.sent_at, call.next_at, call.attempts = now, now + _lease(), call.attempts + 1
    call.save()
    return call


def _lease() -> timedelta:
    return timedelta(seconds=float(parameter("upstream.timeout_seconds"))) + SPARE


def items_of(access: UpstreamProject, records: Sequence[UpstreamRecord]) -> dict[str, Item]:
    """What some records of one kind say now; rows that are gone are missing."""
    keys = [row.key for row in records]
    kind = records[0].kind
    if kind == PUNCH:
        return {item.name: item for item in passages.items_of(access, keys)}
    asked = {row.name for row in records}
    found = {item.name: item for item in KINDS[kind].items(view_of(access, keys=keys))}
    return {name: item for name, item in found.items() if name in asked}


def send(access: UpstreamProject, call: UpstreamCall, client: Client, now: datetime) -> bool:
    """Send a call that has its row; returns whether the other platform answered."""
    records = list(call.records.order_by("position"))
    try:
        data = _data(access, call, records)
    except (DomainError, OSError, ValueError) as error:
        # A file that cannot be read, a secret that is too short, a team without a number: ours to mend.
        settling.unsendable(access, call, str(error), now)
        return True
    if data is None:
        settling.lost(access, call, now)
        return True
    try:
        answer = client.call(call.method, data, Stamp(call.timestamp, call.nonce))
    except Away as away:
        settling.away(access, call, str(away), now)
        return False
    _answered(access, call, answer, now)
    return True


def _data(
    access: UpstreamProject, call: UpstreamCall, records: Sequence[UpstreamRecord]
) -> dict[str, Any] | None:
    """What a call says; None if it would say something else now than when it was made."""
    if call.punches:
        return _passages(access, call)
    found = items_of(access, records) if records else {}
    items = [found[row.name] for row in records if row.name in found]
    sent = [bytes(row.sent or b"") for row in records]
    if not items or [item.digest for item in items] != sent or len({item.frame for item in items}) > 1:
        return None
    rows = KINDS[records[0].kind].list_of(call.method)
    return data_of(call.method, rows, items, pen_of(access, items), _own_number(call, records[0]))


def _passages(access: UpstreamProject, call: UpstreamCall) -> dict[str, Any] | None:
    keys = list(call.punches)
    found = {item.key: item for item in passages.items_of(access, keys)}
    items = [found[key] for key in keys if key in found]
    if len(items) < len(keys) or len({item.frame for item in items}) > 1:
        return None
    return data_of(call.method, KINDS[PUNCH].rows, items, pen_of(access, items))


def _own_number(call: UpstreamCall, row: UpstreamRecord) -> dict[str, Any]:
    """The number by which a team is changed."""
    return {"teamSysNo": int(row.remote)} if call.method == KINDS["team"].update and row.remote else {}


def pen_of(access: UpstreamProject, items: Sequence[Item]) -> Pen:
    """With what these items are written."""
    teams = {value.team for item in items for value in item.outer.values() if isinstance(value, Number)}
    numbers = dict(access.records.filter(name__in=teams).values_list("name", "remote"))
    return Pen(access.caller[1], access.remote_code, numbers, codes_of(access.upstream))


def _answered(access: UpstreamProject, call: UpstreamCall, answer: Answer, now: datetime) -> None:
    serial = str(answer.data.get("requestSerialCode") or "")[:64]
    if answer.is_taken and serial:
        settling.taken(access, call, serial, now)
        return
    if answer.is_taken:
        settling.away(access, call, "上级平台受理了调用但没有给请求编号", now)
        return
    fault = verdicts.fault_of(answer)
    log.info("upstream.turned_away", call=call.pk, code=answer.code, fault=fault.value)
    if fault is Fault.REPEATED and (known := verdicts.serial_in(answer.message)):
        settling.taken(access, call, known, now)
    elif fault is Fault.REPEATED or (fault is Fault.CLOCK and _is_old(call, now)):
        # It was accepted once and the serial is not known, or its stamp is too old: told again under another.
        settling.lost(access, call, now)
    elif fault in (Fault.DATA, Fault.THEIRS):
        settling.failed(access, call, answer.message, now)
    else:
        settling.turned_away(access, call, answer.message, fault, now)


def _is_old(call: UpstreamCall, now: datetime) -> bool:
    return call.sent_at is not None and now - call.sent_at > SPARE
