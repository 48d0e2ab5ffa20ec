"""Counts and digests by which an owner and the holder of its copies find out whether they hold the same.

Both compute over the same rows: those of the owner's branch. A row is written in one way only (`canonical`),
with other rows under the names that the parent gives them, and sealed values and files by presence alone: a
keyed digest cannot be compared between nodes. A digest of many is the XOR of theirs, in any order, so that
every level of the tree is made from the one below.
Source: product 5.7; issue "Federation", Reconciliation.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

import msgspec
from django.db.models import Count, Q
from django.db.models.functions import TruncDate

from federation.models import KnownAs
from federation.travel.catalogue import KINDS
from federation.travel.files import presence_only
from federation.travel.kinds import Kind, Part, rows_of
from federation.travel.names import KIND_OF
from federation.travel.reading import Snapshot, snapshots_where
from kernel.models import this_node
from workers.models import PersonAlias

# A digest of rows that no project holds stands under this name.
ABOVE: Final = ""
_encoder = msgspec.json.Encoder(order="deterministic")


@dataclass(frozen=True)
class Digest:
    """How many rows, and the XOR of their digests."""

    count: int
    value: int

    def __add__(self, other: "Digest") -> "Digest":
        return Digest(self.count + other.count, self.value ^ other.value)

    @property
    def text(self) -> str:
        """The value as it is shown and sent."""
        return f"{self.value:064x}"


NOTHING: Final = Digest(0, 0)


class Renamed:
    """The names that a neighbour gives to our rows, where they are other ones."""

    def __init__(self, peer: str) -> None:
        self.peer = peer
        self._names: dict[str, dict[str, str]] = defaultdict(dict)
        for kind, local, key in KnownAs.objects.filter(node=peer).values_list("kind", "local", "key"):
            self._names[kind][str(local)] = str(key)
        people = PersonAlias.objects.filter(node=peer)
        for local, key in people.values_list("person__public_id", "public_id"):
            self._names["person"][str(local)] = str(key)

    def of(self, model: Any, name: str) -> str:
        """What the neighbour calls the row."""
        return self._names.get(KIND_OF.get(model, ""), {}).get(name, name)

    def is_other(self, kind: Kind, key: UUID) -> bool:
        """Whether the neighbour has a row of its own for this one, which then is no copy of ours."""
        return str(key) in self._names.get(kind.name, {})


def canonical(kind: Kind, rows: Iterable[Snapshot], names: Renamed) -> Iterator[tuple[UUID, bytes]]:
    """Each row as both sides write it; rows that are the neighbour's own there are passed over."""
    for one in rows:
        if not names.is_other(kind, one.key):
            said = presence_only(kind, _renamed(kind, one.row, names))
            if kind.own:
                # Writing a column that each node keeps for itself moves this one too, there and nowhere else.
                said.pop(kind.changed_at, None)
            yield one.key, _encoder.encode([one.origin, said, sorted(one.sealed)])


def _renamed(of: Kind | Part, row: Mapping[str, Any], names: Renamed) -> dict[str, Any]:
    said = dict(row)
    for column in of.columns:
        if column.sort == "reference" and row.get(column.name) is not None:
            said[column.name] = names.of(column.field.related_model, row[column.name])
    for part in of.parts:
        said[part.name] = [_renamed(part, entry, names) for entry in row[part.name]]
    return said


@dataclass(frozen=True)
class Entry:
    """One row as it is compared: its day of birth (UTC), the parent's name of its project, its digest."""

    key: UUID
    day: str
    project: str
    value: int


def entries(
    name: str, *, origins: Collection[str], peer: str, first: date | None = None, last: date | None = None
) -> Iterator[Entry]:
    """The rows of one kind that were born within these days (UTC).

    At the owner `peer` is the parent, whose names are taken; at the holder of the copies it is "" and the
    names are our own. `origins`: the nodes of the owner's branch.
    """
    kind = KINDS[name]
    names = Renamed(peer) if peer else Renamed("-")
    rows = snapshots_where(kind, _of(kind, origins, first, last), this_node())
    projects = _projects(kind, rows)
    by_key = {one.key: one for one in rows}
    project_model = KINDS["project"].model
    for key, said in canonical(kind, rows, names):
        one = by_key[key]
        project = projects.get(one.pk, ABOVE)
        yield Entry(
            key,
            _day(kind, one),
            names.of(project_model, project) if project else ABOVE,
            int.from_bytes(sha256(said).digest()),
        )


def digests(
    name: str, *, origins: Collection[str], peer: str, first: date | None = None, last: date | None = None
) -> dict[tuple[str, str], Digest]:
    """Of one kind, by day (UTC) on which rows were born and by project: how many, and their digest."""
    found: dict[tuple[str, str], Digest] = defaultdict(lambda: NOTHING)
    for one in entries(name, origins=origins, peer=peer, first=first, last=last):
        found[one.day, one.project] += Digest(1, one.value)
    return dict(found)


def keys_of(name: str, day: str, project: str, *, origins: Collection[str], peer: str) -> dict[UUID, str]:
    """The rows behind one digest, with the digest of each: what is compared when the whole differs."""
    on = date.fromisoformat(day) if day else None
    found = entries(name, origins=origins, peer=peer, first=on, last=on)
    return {one.key: f"{one.value:064x}" for one in found if (one.day, one.project) == (day, project)}


def born_by_day(name: str, origins: Collection[str]) -> dict[date, int]:
    """How many rows of a kind were born on each day (UTC), without reading them."""
    kind = KINDS[name]
    born = _born(kind)
    if not born:
        return {}
    rows = rows_of(kind.model).filter(_of(kind, origins, None, None)).filter(kind.when)
    days = rows.annotate(on=TruncDate(born, tzinfo=UTC)).values_list("on").annotate(number=Count("pk"))
    return dict(days.order_by("on"))


def days_changed_since(name: str, origins: Collection[str], since: datetime) -> set[date]:
    """The days of birth (UTC) of the rows that changed after an instant."""
    kind = KINDS[name]
    born = _born(kind)
    if not born or not kind.changed_at:
        return set()
    rows = rows_of(kind.model).filter(_of(kind, origins, None, None), **{f"{kind.changed_at}__gte": since})
    return set(rows.annotate(on=TruncDate(born, tzinfo=UTC)).values_list("on", flat=True).distinct())


def _of(kind: Kind, origins: Collection[str], first: date | None, last: date | None) -> Q:
    condition = Q(**{f"{kind.whose}__in": list(origins)}) if kind.whose else Q()
    born = _born(kind)
    if born and first is not None:
        condition &= Q(**{f"{born}__gte": datetime.combine(first, time(0), UTC)})
    if born and last is not None:
        condition &= Q(**{f"{born}__lt": datetime.combine(last + timedelta(days=1), time(0), UTC)})
    return condition


def _born(kind: Kind) -> str:
    """The column that says when a row was first written down."""
    names = {column.name for column in kind.columns}
    return next((name for name in ("created_at", "recorded_at", "granted_at") if name in names), "")


def _day(kind: Kind, one: Snapshot) -> str:
    born = _born(kind)
    return str(one.row[born])[:10] if born else ""


def _projects(kind: Kind, rows: Collection[Snapshot]) -> dict[int, str]:
    """The project of each row, by our name."""
    if kind.project is None:
        return {}
    lookup = f"{kind.project}__public_id" if kind.project else "public_id"
    found: dict[int, str] = {}
    keys = [one.pk for one in rows]
    for start in range(0, len(keys), 5_000):
        some = rows_of(kind.model).filter(pk__in=keys[start : start + 5_000])
        found.update({pk: str(key) for pk, key in some.values_list("pk", lookup) if key})
    return found
