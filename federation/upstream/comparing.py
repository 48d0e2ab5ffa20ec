"""What is to be told of a project: our rows held against what the other platform knows of them.

A level, not an edge: events only say when to look. A bulk write, a missed event, a restored backup, all end
in the same comparison, and what was told already is not told again.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from federation.models import UpstreamProject, UpstreamRecord
from federation.upstream.items import Item
from federation.upstream.kinds import KINDS, PUNCH, WORKER, every_item
from federation.upstream.sites import View

State = UpstreamRecord.State
IN_FLIGHT = (State.SENT, State.WAITING)
AT_A_TIME = 500
NO_UPDATE = "对方接口没有修改{label}的方法，对方仍是修改前的内容。"
COLUMNS = ["label", "state", "wanted", "needs", "is_alone", "sentence", "attempts", "since", "next_at"]


def view_of(access: UpstreamProject, *, keys: Collection[object] | None = None) -> View:
    """Through which eyes a project's rows are read; its own records of given-up people are known to it."""
    given_up = access.records.filter(kind=WORKER, state=State.WAIVED, is_there=False)
    waived = frozenset(given_up.values_list("name", flat=True))
    return View(access, access.upstream.since, None if keys is None else frozenset(keys), waived)  # type: ignore[arg-type]  # keys of rows are UUIDs


@transaction.atomic
def compare(access: UpstreamProject, now: datetime) -> int:
    """Bring a project's records up to what our rows say now; returns how many are new or changed.

    Another process at the same project: nothing is done, and 0 returned.
    """
    rows = UpstreamProject.objects.unscoped(because="the node reports for everybody; nobody reads")
    rows = rows.select_related("upstream", "project__region").select_for_update(
        of=("self",), no_key=True, skip_locked=True
    )
    held = rows.filter(pk=access.pk, ended_at=None).first()
    if held is None:
        return 0
    held.is_marked, held.compared_at = False, now
    held.save(update_fields=["is_marked", "compared_at", "updated_at"])
    known = {row.name: row for row in held.records.exclude(kind=PUNCH)}
    found = list(every_item(view_of(held)))
    there = {name for name, row in known.items() if row.is_there}
    fresh = [_fresh(held, item, there, now) for item in found if item.name not in known]
    changed = [row for item in found if (row := known.get(item.name)) and _follow(row, item, there, now)]
    UpstreamRecord.objects.bulk_create(fresh, batch_size=AT_A_TIME)
    _keep(changed)
    _forget(known, {item.name for item in found})
    return len(fresh) + len(changed)


def _fresh(access: UpstreamProject, item: Item, there: Collection[str], now: datetime) -> UpstreamRecord:
    return UpstreamRecord(
        access=access,
        kind=item.kind,
        key=item.key,
        name=item.name,
        label=item.label[:200],
        wanted=item.digest,
        # A project that the other side has given a code is there before it was ever told.
        is_there=item.kind == "project" and bool(access.remote_code),
        needs=list(item.needs),
        state=_ready(item.needs, there),
        since=now,
        next_at=now,
    )


def _ready(needs: Iterable[str], there: Collection[str]) -> str:
    return State.QUEUED if all(name in there for name in needs) else State.HELD


def _follow(row: UpstreamRecord, item: Item, there: Collection[str], now: datetime) -> bool:
    """Let a record follow its row; True if anything of it changed.

    What is in flight is only noted: its outcome looks again. A waived record stays waived.
    """
    is_changed = bytes(row.wanted) != item.digest
    was = (row.needs, row.label, row.state)
    row.wanted, row.needs, row.label = item.digest, list(item.needs), item.label[:200]
    if is_changed and row.state not in (*IN_FLIGHT, State.WAIVED):
        tell(row, there, now)
    elif row.state in (State.HELD, State.QUEUED):
        row.state = _ready(row.needs, there)
    return is_changed or was != (row.needs, row.label, row.state)


def tell(row: UpstreamRecord, there: Collection[str], now: datetime) -> None:
    """Queue a record whose content the other platform does not know, or hold it for what it needs."""
    kind = KINDS[row.kind]
    row.is_alone, row.attempts, row.next_at = False, 0, now
    row.since = row.since or now
    if row.known is not None and bytes(row.known) == bytes(row.wanted):
        row.state, row.sentence, row.since = State.DONE, "", None
    elif row.is_there and not kind.update:
        row.state, row.sentence = State.REFUSED, _(NO_UPDATE).format(label=kind.label)
    else:
        row.state, row.sentence = _ready(row.needs, there), ""


def _keep(rows: list[UpstreamRecord]) -> None:
    UpstreamRecord.all_rows.bulk_update(rows, COLUMNS, batch_size=AT_A_TIME)


def _forget(known: Mapping[str, UpstreamRecord], found: Collection[str]) -> None:
    """Drop records of rows that are gone and were never told; the interface takes nothing back."""
    gone = [
        row.pk
        for name, row in known.items()
        if name not in found and not row.is_there and row.state not in (*IN_FLIGHT, State.WAIVED)
    ]
    UpstreamRecord.all_rows.filter(pk__in=gone).delete()


def release(access: UpstreamProject, names: Collection[str], now: datetime) -> int:
    """Queue what was held for records that are there now, and for nothing else; returns how many."""
    waiting = list(access.records.filter(state=State.HELD, needs__overlap=list(names)))
    there = there_of(access, {name for row in waiting for name in row.needs})
    ready = [row for row in waiting if there.issuperset(row.needs)]
    for row in ready:
        row.state, row.next_at = State.QUEUED, now
    _keep(ready)
    return len(ready)


def there_of(access: UpstreamProject, names: Collection[str]) -> set[str]:
    """Which of some records the other platform has."""
    return set(access.records.filter(name__in=names, is_there=True).values_list("name", flat=True))
