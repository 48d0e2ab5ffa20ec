"""Keeping the gates' lists: judged anew after every change, and when time alone may have changed something.

The acts write their news into the outbox in their own transactions; `judge_again` follows within a second or
two, `sweep` takes off whoever ran out and puts back whoever may enter again. Decision 126.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Final

from django.db import connection, transaction
from django.db.models import Max, Q, QuerySet
from django.utils import timezone

from attendance.models import GatePass
from attendance.rules import window
from attendance.selectors.clock import current_day, cutoff_hour
from audit.services import record
from kernel import locks
from standards.models import RuleParameter
from workers.entry import PARAMETERS
from workers.models import Engagement, EntryReview
from workers.services import Permission, permissions

# So many are judged in one transaction, so that nobody waits long for the lock.
AT_ONCE: Final = 500
# By then every process of the node reads a value that was entered just now.
_NOTICED: Final = timedelta(seconds=15)


def judge_again(engagements: QuerySet[Engagement], now: datetime) -> int:
    """Bring the gates' lists up to date for some people; returns how many changes the gates will see.

    Whoever has never been on a list and may not enter leaves no row.
    """
    asked = Q(reviews__outcome=EntryReview.Outcome.APPROVED, reviews__ended_at=None)
    concerned = engagements.filter(asked | Q(gate_pass__isnull=False)).distinct().order_by("pk")
    keys = list(concerned.values_list("pk", flat=True))
    return sum(_judge(keys[start : start + AT_ONCE], now) for start in range(0, len(keys), AT_ONCE))


def sweep(now: datetime, limit: int = AT_ONCE) -> int:
    """Judge those again for whom the time has come; returns how many were judged."""
    due = GatePass.all_rows.filter(check_at__lte=now).order_by("check_at", "pk")
    keys = list(due.values_list("engagement", flat=True)[:limit])
    if keys:
        _judge(keys, now)
    return len(keys)


def rules_changed(row: RuleParameter) -> None:
    """Let the sweep judge those again whom a value concerns that holds from today on.

    One that holds later is met by `recheck`, when its day begins.
    """
    if row.key not in PARAMETERS or (row.valid_from and row.valid_from > timezone.localdate()):
        return
    concerned = GatePass.all_rows.all()
    if row.region is not None:
        concerned = concerned.filter(project__region__path__startswith=row.region.path)
    concerned.update(check_at=timezone.now() + _NOTICED)


def recheck(now: datetime) -> int:
    """Let the sweep judge everybody again, for parameters come into force without news of anybody.

    Whoever was approved and has no row yet is judged at once; returns how many changes that made.
    """
    GatePass.all_rows.update(check_at=now)
    approved = EntryReview.all_rows.filter(outcome=EntryReview.Outcome.APPROVED, ended_at=None)
    unknown = Engagement.all_rows.filter(pk__in=approved.values("engagement"), gate_pass=None)
    return judge_again(unknown, now)


@transaction.atomic
def _judge(keys: Sequence[int], now: datetime) -> int:
    """Read, judge and write under the lock: what commits later sends its own news."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, 0)", [locks.GATE_LISTS])
    rows = list(Engagement.all_rows.filter(pk__in=keys).select_related("project__region"))
    known = {one.engagement_id: one for one in GatePass.all_rows.filter(engagement__in=keys)}
    changed: list[GatePass] = []
    quiet: list[GatePass] = []
    for day, people in _by_day(rows, now):
        for permission in permissions(people, day):
            _sort(permission, known.get(permission.engagement.pk), now, changed, quiet)
    _number(changed)
    moved = [one for one in changed if one.pk is not None]
    GatePass.objects.bulk_create([one for one in changed if one.pk is None])
    written = ["is_allowed", "valid_until", "causes", "digest", "position", "changed_at", "check_at"]
    GatePass.all_rows.bulk_update(moved, written)
    GatePass.all_rows.bulk_update(quiet, ["check_at"])
    return len(changed)


def _by_day(rows: Iterable[Engagement], now: datetime) -> list[tuple[date, list[Engagement]]]:
    """The same people by the attendance day that runs at their place."""
    found: dict[date, list[Engagement]] = {}
    for row in rows:
        found.setdefault(current_day(row.project.region, now), []).append(row)
    return list(found.items())


def _sort(
    permission: Permission,
    known: GatePass | None,
    now: datetime,
    changed: list[GatePass],
    quiet: list[GatePass],
) -> None:
    """Put a judgement with the changes, or with those that only have another day to be looked at."""
    row = permission.engagement
    if known is None and not permission.is_given:
        return
    one = known or GatePass(engagement=row, project_id=row.project_id)
    was_allowed = one.is_allowed if known else False
    hour = cutoff_hour(row.project.region)
    check_at = window(permission.changes_on, hour)[0] if permission.changes_on else None
    valid_until = window(permission.last_on, hour)[1] if permission.last_on else None
    digest = _digest(permission, valid_until)
    if known is not None and one.digest == digest:
        if one.check_at != check_at:
            one.check_at = check_at
            quiet.append(one)
        return
    one.is_allowed, one.valid_until, one.causes = permission.is_given, valid_until, permission.missing
    one.digest, one.check_at, one.changed_at = digest, check_at, now
    changed.append(one)
    if one.is_allowed and not was_allowed:
        record(None, "attendance.gate_list_joined", row)
    if was_allowed and not one.is_allowed:
        record(None, "attendance.gate_list_left", row, causes=permission.missing)


def _digest(permission: Permission, valid_until: datetime | None) -> str:
    """What a gate is told, as one value: another one is a change."""
    row = permission.engagement
    told = [permission.missing, valid_until.isoformat() if valid_until else ""]
    if permission.is_given:
        told += [row.person.name, row.photo, row.gate_card]
    return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()


def _number(changed: Sequence[GatePass]) -> None:
    """Give positions above every other, under the lock."""
    last = GatePass.all_rows.aggregate(last=Max("position"))["last"] or 0
    for step, one in enumerate(changed, start=1):
        one.position = last + step
