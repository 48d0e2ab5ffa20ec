"""What an answer changes: of the call, of its records, and of what waited for them."""

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from functools import wraps
from random import uniform
from typing import Any

import structlog
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from federation.models import Upstream, UpstreamCall, UpstreamProject, UpstreamRecord
from federation.upstream import passages, verdicts
from federation.upstream.comparing import release, tell, there_of
from federation.upstream.kinds import KINDS, PUNCH, Kind
from federation.upstream.verdicts import Fault
from standards.selectors import parameter

log = structlog.get_logger(__name__)
State, Call = UpstreamRecord.State, UpstreamCall.State
ENTRIES = KINDS["entry"].add
FINISHED = (Call.DONE, Call.REFUSED, Call.LOST)
SETTLED = ["state", "sentence", "known", "is_there", "remote", "call", "since", "done_at", "next_at"]
SETTLED += ["attempts", "is_alone"]
Act = Callable[..., None]


def _once(act: Act) -> Act:
    """Carry out an answer in one transaction, with the call locked; one that is finished stays so.

    Locks are taken from above: the upstream (where entries arrive), the project, the call, its records.
    """

    @wraps(act)
    def locked(access: UpstreamProject, call: UpstreamCall, *args: Any) -> None:
        with transaction.atomic():
            if call.method == ENTRIES:
                # No punch may pass between the tail of the table and what lies behind it.
                rows = Upstream.all_rows.select_for_update(no_key=True)
                access.upstream.punch_cursor = rows.get(pk=access.upstream_id).punch_cursor
            access.upstream.projects.select_for_update(no_key=True).get(pk=access.pk)
            held = access.calls.select_for_update(of=("self",)).select_related("access").get(pk=call.pk)
            if held.state not in FINISHED:
                act(access, held, *args)

    return locked


@_once
def taken(access: UpstreamProject, call: UpstreamCall, serial: str, now: datetime) -> None:
    """The other platform has accepted a call: from here on it is asked what became of it."""
    call.serial, call.state, call.polls = serial, Call.WAITING, 0
    call.next_at = now + _pause(call.polls)
    call.save(update_fields=["serial", "state", "polls", "next_at"])
    call.records.update(state=State.WAITING)
    _well(access)


@_once
def pending(access: UpstreamProject, call: UpstreamCall, now: datetime) -> None:
    """It has not been carried out yet; after some days it is told again."""
    if now - (call.sent_at or call.made_at) > timedelta(hours=float(parameter("upstream.give_up_hours"))):
        _requeue(access, call, now)
        _finish(call, Call.LOST, now, _("对方一直没有处理结果，已重新上报"))
        return
    call.polls += 1
    call.next_at = now + _pause(call.polls)
    call.save(update_fields=["polls", "next_at"])
    _well(access)


def _pause(polls: int) -> timedelta:
    pauses = parameter("upstream.poll_seconds")
    return timedelta(seconds=float(pauses[min(polls, len(pauses) - 1)]))


@_once
def done(access: UpstreamProject, call: UpstreamCall, result: str, now: datetime) -> None:
    """Everything in the call is known over there."""
    _finish(call, Call.DONE, now)
    _well(access)
    if call.punches:
        access.upstream.projects.filter(pk=access.pk).update(
            punches_done=F("punches_done") + len(call.punches)
        )
    records = list(call.records.order_by("position"))
    _arrived(access, records, _remote(result), now)


def _remote(result: str) -> str:
    """What the other side calls the record: {"teamSysNo": …}, [{"payrollCode": …}], {"projectCode": …}."""
    try:
        said = json.loads(result or "{}")
    except ValueError:
        return ""
    first = said[0] if isinstance(said, list) and said else said
    if not isinstance(first, dict):
        return ""
    names = {name.lower(): value for name, value in first.items()}
    return str(next((names[key] for key in ("teamsysno", "projectcode", "payrollcode") if key in names), ""))[
        :64
    ]


def _arrived(access: UpstreamProject, records: Sequence[UpstreamRecord], remote: str, now: datetime) -> None:
    """Records are there now; one whose row has changed in the meantime is told again."""
    if not records:
        return
    entered = [row.key for row in records if row.kind == "entry" and not row.is_there]
    needs = there_of(access, {name for row in records for name in row.needs})
    for row in records:
        row.is_there, row.known, row.call, row.done_at = True, row.sent, None, now
        row.remote, row.sentence = remote or row.remote, ""
        row.attempts, row.is_alone = 0, False
        tell(row, needs, now)
    UpstreamRecord.all_rows.bulk_update(records, SETTLED)
    if records[0].kind == "project" and remote:
        access.upstream.projects.filter(pk=access.pk).update(remote_code=remote[:40])
    release(access, [row.name for row in records], now)
    if entered:
        passages.of_entries(access, entered, now)


@_once
def failed(access: UpstreamProject, call: UpstreamCall, text: str, now: datetime) -> None:
    """The other platform refused the call, or some of its rows: each row gets its own verdict."""
    _finish(call, Call.REFUSED, now, verdicts.clean(text))
    _well(access)
    if call.punches:
        _failed_punches(access, call, text, now)
        return
    records = list(call.records.order_by("position"))
    if records:
        _failed_records(access, call, records, text, now)


def _failed_records(
    access: UpstreamProject, call: UpstreamCall, records: list[UpstreamRecord], text: str, now: datetime
) -> None:
    kind = KINDS[records[0].kind]
    if verdicts.is_theirs(text):
        for row in records:
            _later(row, text, now)
    elif len(records) == 1:
        _one(access, kind, records[0], text, now)
    else:
        _several(kind.list_of(call.method), records, text, now)
    UpstreamRecord.all_rows.bulk_update(records, SETTLED)
    if records[0].is_there:
        release(access, [records[0].name], now)


def _one(access: UpstreamProject, kind: Kind, row: UpstreamRecord, text: str, now: datetime) -> None:
    """The verdict on the call is the verdict on its one record."""
    row.call = None
    if not verdicts.is_known(kind, text):
        _refuse(row, verdicts.by_row(text, kind.rows).get(0) or verdicts.clean(text))
        return
    # It was told before, and the answer was lost, or somebody else told it: now it is brought up to date.
    row.is_there = True
    row.remote = verdicts.remote_in(text) or row.remote
    row.known = row.sent if not kind.update or kind.update == kind.add else None
    if row.kind == "project" and row.remote:
        access.upstream.projects.filter(pk=access.pk).update(remote_code=row.remote[:40])
    row.done_at = now
    tell(row, there_of(access, row.needs), now)


def _several(rows: str, records: Sequence[UpstreamRecord], text: str, now: datetime) -> None:
    """Rows that are named are refused; the others are told again, each alone where none was named."""
    named = verdicts.by_row(text, rows)
    for row in records:
        row.call = None
        if row.position in named:
            _refuse(row, named[row.position])
        else:
            row.state, row.next_at, row.is_alone = State.QUEUED, now, not named


def _refuse(row: UpstreamRecord, sentence: str) -> None:
    row.state, row.sentence, row.call = State.REFUSED, sentence, None


def _later(row: UpstreamRecord, text: str, now: datetime) -> None:
    """The other platform broke: the record is told again later, but not for ever."""
    row.attempts, row.call = row.attempts + 1, None
    if row.attempts >= int(parameter("upstream.most_attempts")):
        _refuse(row, verdicts.clean(text))
    else:
        row.state, row.next_at = State.QUEUED, now + _backoff(row.attempts)


def _failed_punches(access: UpstreamProject, call: UpstreamCall, text: str, now: datetime) -> None:
    """Rows that are named get a record with their sentence; the others are told again, which doubles none."""
    is_theirs = verdicts.is_theirs(text)
    named = verdicts.by_row(text, KINDS[PUNCH].rows)
    if not named and len(call.punches) == 1 and not is_theirs:
        named = {0: verdicts.clean(text)}
    keys = list(call.punches)
    for item in passages.items_of(access, [keys[place] for place in named if place < len(keys)]):
        passages.refused(access, item, named[keys.index(item.key)], now)
    left = [key for place, key in enumerate(keys) if place not in named]
    _again(access, call, left, is_alone=not named and not is_theirs, now=now)


def _again(
    access: UpstreamProject, call: UpstreamCall, keys: list[Any], *, is_alone: bool, now: datetime
) -> None:
    """Tell these again: what has a record by its record, the others by a call as before."""
    told = access.records.filter(kind=PUNCH, key__in=keys)
    told.filter(state__in=(State.SENT, State.WAITING)).update(state=State.QUEUED, call=None, next_at=now)
    known = set(told.values_list("key", flat=True))
    fresh = [key for key in keys if key not in known]
    at = now + _backoff(call.attempts)
    passages.call_again(access, fresh, attempts=call.attempts, at=at, is_alone=is_alone)


@_once
def away(access: UpstreamProject, call: UpstreamCall, sentence: str, now: datetime) -> None:
    """No answer: whether it arrived is not known. It is sent again under the same stamp."""
    trouble(access, sentence, now, _backoff(access.failures + 1))
    if call.state == Call.SENDING:
        call.next_at = now + _backoff(access.failures)
        call.save(update_fields=["next_at"])


@_once
def lost(access: UpstreamProject, call: UpstreamCall, now: datetime) -> None:
    """A call that cannot be sent as it was: its records are told again, under another stamp."""
    _requeue(access, call, now)
    _finish(call, Call.LOST, now)


@_once
def unsendable(access: UpstreamProject, call: UpstreamCall, sentence: str, now: datetime) -> None:
    """A call that we cannot write: a file is missing, a secret is too short."""
    log.warning("upstream.unsendable", call=call.pk)
    _finish(call, Call.REFUSED, now, verdicts.clean(sentence))
    records = list(call.records.order_by("position"))
    for row in records:
        if len(records) > 1:
            row.state, row.is_alone, row.call, row.next_at = State.QUEUED, True, None, now
        else:
            _refuse(row, _("本平台没能写出这条记录的上报内容，附件或密钥有问题。"))
    UpstreamRecord.all_rows.bulk_update(records, SETTLED)


@_once
def turned_away(access: UpstreamProject, call: UpstreamCall, text: str, fault: Fault, now: datetime) -> None:
    """Nothing of this project gets through for now: the call is taken back and the project rests."""
    if fault is Fault.OFTEN:
        rest = timedelta(seconds=float(parameter("upstream.too_often_seconds")))
    else:
        rest = timedelta(minutes=float(parameter("upstream.stopped_minutes")))
    _requeue(access, call, now)
    _finish(call, Call.LOST, now, verdicts.clean(text))
    trouble(access, verdicts.clean(text), now, rest)


def _requeue(access: UpstreamProject, call: UpstreamCall, now: datetime) -> None:
    call.records.update(state=State.QUEUED, call=None, next_at=now)
    if call.punches:
        told = set(access.records.filter(kind=PUNCH, key__in=call.punches).values_list("key", flat=True))
        keys = [key for key in call.punches if key not in told]
        passages.call_again(access, keys, attempts=call.attempts, at=now)


def _finish(call: UpstreamCall, state: str, now: datetime, sentence: str = "") -> None:
    call.state, call.finished_at, call.sentence = state, now, sentence
    call.save(update_fields=["state", "finished_at", "sentence"])


def trouble(access: UpstreamProject, sentence: str, now: datetime, rest: timedelta) -> None:
    """Note what stops a project, and when it is tried again."""
    access.failures += 1
    access.trouble, access.retry_at = sentence[:300], now + rest
    access.save(update_fields=["failures", "trouble", "retry_at", "updated_at"])
    log.warning("upstream.trouble", access=access.pk, failures=access.failures)


def _well(access: UpstreamProject) -> None:
    if access.trouble or access.failures:
        access.trouble, access.failures, access.retry_at = "", 0, None
        access.save(update_fields=["failures", "trouble", "retry_at", "updated_at"])


def _backoff(failures: int) -> timedelta:
    """Longer from time to time, and never quite the same, so that not all knock at once."""
    steps: Iterable[float] = parameter("upstream.retry_seconds")
    longest = list(steps)
    seconds = float(longest[min(max(failures, 1), len(longest)) - 1])
    return timedelta(seconds=seconds * uniform(0.8, 1.2))  # noqa: S311  # jitter, no secret
