"""Punches upward: in calls of one team, without a row for each; only those that were refused get one.

A punch is told once its person has entered over there. The tail of the table is read once for all projects;
what lies behind it is told when an entry arrives over there (`of_entries`). Both hold the upstream's lock.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import F, Q, QuerySet

from attendance.models import Punch
from attendance.rules import day_of
from attendance.selectors.clock import cutoff_hour
from federation.models import Upstream, UpstreamCall, UpstreamProject, UpstreamRecord
from federation.open_api.common import as_instant
from federation.open_api.methods.worker_attendance import WIRE_DIRECTIONS
from federation.upstream.items import Item, Number, name_of, said
from federation.upstream.kinds import KINDS, PUNCH
from federation.upstream.reporter import Reporter
from federation.upstream.writing import rows_at_most
from standards.selectors import parameter
from workers.models import Presence

TAIL = 2000
NIGHT = timedelta(days=1)


def passages(access: UpstreamProject, punches: Sequence[Punch]) -> list[Item]:
    """What is told of some punches of one project; those that cannot be told are left out."""
    presences = _presences(access, punches)
    return [item for punch in punches if (item := told_of(access, punch, presences))]


def told_of(access: UpstreamProject, punch: Punch, presences: dict[int, list[Presence]]) -> Item | None:
    """A punch as the interface takes it: within a presence of its person, and in a direction."""
    day = day_of(punch.occurred_at, cutoff_hour(access.project.region))
    here = [one for one in presences.get(punch.subject.person_id or 0, ()) if _covers(one, day)]
    direction = WIRE_DIRECTIONS.get(punch.direction)
    if not here or direction is None:
        return None
    team = punch.team or here[-1].engagement.team
    number = Number(name_of("team", team.public_id))
    return Item(
        PUNCH,
        punch.public_id,
        {"teamSysNo": number},
        said(
            idCardType=punch.subject.id_type,
            idCardNumber=punch.subject.id_number,
            date=as_instant(punch.occurred_at),
            direction=direction,
            image=punch.photo,
            channel=punch.channel,
            attendType=punch.pass_method,
            lng=punch.longitude,
            lat=punch.latitude,
        ),
        needs=(name_of("entry", here[-1].public_id), number.team),
        label=f"{team.name} {as_instant(punch.occurred_at)}",
    )


def _covers(presence: Presence, day: date) -> bool:
    return presence.entered_on <= day and (presence.exited_on is None or day <= presence.exited_on)


def _presences(access: UpstreamProject, punches: Iterable[Punch]) -> dict[int, list[Presence]]:
    people = {punch.subject.person_id for punch in punches} - {None}
    rows = Presence.objects.visible_to(Reporter([access.project.public_id])).filter(
        engagement__person__in=people
    )
    found: dict[int, list[Presence]] = defaultdict(list)
    for row in rows.select_related("engagement__team").order_by("entered_on", "pk"):
        found[row.engagement.person_id].append(row)
    return found


def take_tail(upstream: Upstream, now: datetime) -> int:
    """Make calls of the punches that came since the last look; returns how many punches were looked at.

    `upstream` is locked. A punch is looked at some seconds after it was written, when no earlier one can
    still be on its way into the table.
    """
    accesses = {row.project_id: row for row in _open(upstream)}
    horizon = _first_id_of(now - timedelta(seconds=int(parameter("upstream.punch_margin_seconds"))))
    rows = list(_punches(upstream, accesses.values(), horizon)[:TAIL])
    by_project: dict[int, list[Punch]] = defaultdict(list)
    for punch in rows:
        by_project[punch.project_id].append(punch)
    for project, punches in by_project.items():
        _make_calls(accesses[project], punches, now)
    last = rows[-1].public_id if len(rows) == TAIL else max(horizon, upstream.punch_cursor)
    if last != upstream.punch_cursor:
        upstream.punch_cursor = last
        upstream.save(update_fields=["punch_cursor"])
    return len(rows)


def _open(upstream: Upstream) -> Iterable[UpstreamProject]:
    return upstream.projects.filter(ended_at=None).select_related("project__region", "upstream")


def _punches(upstream: Upstream, accesses: Iterable[UpstreamProject], horizon: UUID) -> QuerySet[Punch]:
    reporter = Reporter([row.project.public_id for row in accesses])
    rows = Punch.objects.visible_to(reporter).filter(
        public_id__gt=upstream.punch_cursor,
        public_id__lt=horizon,
        occurred_at__gte=_begins(upstream),
        subject__person__isnull=False,
    )
    return rows.select_related("subject", "team", "project__region").order_by("public_id")


def _begins(upstream: Upstream) -> str:
    return f"{upstream.since.isoformat()}T00:00:00+08:00"


def _first_id_of(at: datetime) -> UUID:
    """The lowest identifier that could have been made at an instant (UUIDv7)."""
    milliseconds = int(at.timestamp() * 1000)
    return UUID(int=milliseconds << 80 | 0x7 << 76 | 0x2 << 62)


def of_entries(access: UpstreamProject, presences: Iterable[UUID], now: datetime) -> int:
    """Make calls of the punches before the cursor that belong to entries which have just arrived.

    The upstream is locked: no punch is both behind the cursor and ahead of it.
    """
    reporter = Reporter([access.project.public_id])
    rows = Presence.objects.visible_to(reporter).filter(public_id__in=list(presences))
    windows = Q(pk__in=[])
    for one in rows.select_related("engagement"):
        ends = Q() if one.exited_on is None else Q(occurred_at__date__lte=one.exited_on + NIGHT)
        begins = Q(occurred_at__date__gte=one.entered_on)
        windows |= Q(subject__person=one.engagement.person_id) & begins & ends
    found = Punch.objects.visible_to(reporter).filter(
        windows, public_id__lte=access.upstream.punch_cursor, occurred_at__gte=_begins(access.upstream)
    )
    ordered = found.select_related("subject", "team", "project__region").order_by("occurred_at", "public_id")
    only = {name_of("entry", row.public_id) for row in rows}
    return _make_calls(access, list(ordered), now, only=only)


def _make_calls(
    access: UpstreamProject, punches: Sequence[Punch], now: datetime, *, only: set[str] | None = None
) -> int:
    """Calls of those punches whose person has entered over there, team by team; returns how many rows."""
    untold = sum(1 for punch in punches if punch.direction not in WIRE_DIRECTIONS)
    if untold:
        access.upstream.projects.filter(pk=access.pk).update(punches_untold=F("punches_untold") + untold)
    items = passages(access, punches)
    there = _there(access, items)
    told = [item for item in items if there.issuperset(item.needs)]
    if only is not None:
        told = [item for item in told if only.intersection(item.needs)]
    calls = [_call(access, keys, now) for keys in _parted(told)]
    UpstreamCall.objects.bulk_create(calls)
    return len(told)


def _there(access: UpstreamProject, items: Iterable[Item]) -> set[str]:
    names = {name for item in items for name in item.needs}
    return set(access.records.filter(name__in=names, is_there=True).values_list("name", flat=True))


def _parted(items: Sequence[Item]) -> Iterator[list[UUID]]:
    """Keys in lots of one team, as many as one call takes."""
    most = rows_at_most(KINDS[PUNCH].add, KINDS[PUNCH].rows)
    by_frame: dict[str, list[UUID]] = defaultdict(list)
    for item in items:
        by_frame[item.frame].append(item.key)
    for keys in by_frame.values():
        yield from (keys[start : start + most] for start in range(0, len(keys), most))


def _call(access: UpstreamProject, keys: list[UUID], now: datetime) -> UpstreamCall:
    return UpstreamCall(
        access=access, method=KINDS[PUNCH].add, rows=len(keys), punches=keys, made_at=now, next_at=now
    )


def items_of(access: UpstreamProject, keys: Sequence[UUID]) -> list[Item]:
    """What is told of some punches now; those that cannot be told any more are missing."""
    rows = Punch.objects.visible_to(Reporter([access.project.public_id])).filter(public_id__in=keys)
    related = rows.select_related("subject", "team", "project__region")
    return passages(access, list(related.order_by("occurred_at", "public_id")))


def call_again(
    access: UpstreamProject, keys: Sequence[UUID], *, attempts: int, at: datetime, is_alone: bool = False
) -> None:
    """Calls of punches that were in another one whose verdict did not name them."""
    items = items_of(access, keys)
    lots = [[item.key] for item in items] if is_alone else list(_parted(items))
    calls = [_call(access, lot, at) for lot in lots]
    for call in calls:
        call.attempts = attempts
    UpstreamCall.objects.bulk_create(calls)


def refused(access: UpstreamProject, item: Item, sentence: str, now: datetime) -> UpstreamRecord:
    """A row of its own for a punch that the other platform refused."""
    row, _is_new = access.records.update_or_create(
        name=item.name,
        defaults={
            "kind": PUNCH,
            "key": item.key,
            "label": item.label[:200],
            "wanted": item.digest,
            "needs": list(item.needs),
            "state": UpstreamRecord.State.REFUSED,
            "sentence": sentence,
            "since": now,
            "next_at": now,
            "call": None,
        },
    )
    return row
