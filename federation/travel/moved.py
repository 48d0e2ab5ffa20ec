"""Whose rows change hands when a county moves between platforms: which, how many, in pages, and the change.

From its parent's platform a county takes what lies within its region and is the parent's own; back go all
rows that are its own. Enterprises, and what the four-database platform says, stay the parent's.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID, uuid5

from django.db import IntegrityError, connection, transaction
from django.db.models import Q
from psycopg2.extras import execute_values

from attendance.models import Device, Punch
from federation.models import Copied
from federation.travel import incoming, kept_punches, outgoing, punches, trees, wishes
from federation.travel.catalogue import KINDS
from federation.travel.digests import NOTHING, Digest, born_by_day, entries
from federation.travel.kinds import Kind, rows_of
from federation.travel.messages import Message, Recipient, Sender
from federation.travel.names import known
from federation.travel.reading import snapshots_where
from federation.travel.trees import PUNCHES, Ask, Branch
from integrity.models import CreditRecord, PersonCredit
from kernel.models import this_node
from outbox.capture import coming_from
from projects.models import Participation, Project, Source
from standards.selectors import parameter
from workers.models import Engagement, Person, PersonAlias

# Of an enterprise all counties know: they stay where they are, and are dispatched to whom they concern.
# Wishes and their answers belong to whoever wrote them, like letters.
_STAY: Final = frozenset({"enterprise", "qualification", "proposal", "proposal_answer"})
_PIECE: Final = 5_000
_COPY: Final = """
    INSERT INTO federation_copied (kind, key, node, origin, version, at, received_at) VALUES %s
    ON CONFLICT (kind, key) DO UPDATE SET node = EXCLUDED.node, origin = EXCLUDED.origin,
        version = EXCLUDED.version, at = EXCLUDED.at, received_at = EXCLUDED.received_at, gone_at = NULL
"""
Sums = tuple[int, str]


@dataclass(frozen=True)
class Side:
    """One side of a move: whose the rows are before it, where they lie, and who the parent is.

    `path` is the county's. `is_all`: every row of the owner, wherever it lies. `peer` is the parent, whose
    names are taken, "" at the parent itself.
    """

    owner: str
    path: str
    peer: str
    is_all: bool

    @property
    def kinds(self) -> list[Kind]:
        """The kinds of which rows change hands, in the order of need."""
        stay = frozenset() if self.is_all else _STAY
        return [kind for kind in KINDS.values() if kind.goes_up and kind.name not in stay]

    @property
    def compared(self) -> list[str]:
        """What is counted on both sides."""
        return [*(kind.name for kind in self.kinds), PUNCHES]


def handed_kinds(side: Side) -> list[str]:
    """What the parent hands over, in the order of need: also enterprises, which stay its own."""
    return ["enterprise", *(kind.name for kind in side.kinds), PUNCHES]


def changing(kind: Kind, side: Side) -> Q:
    """The rows of a kind that change hands."""
    whose = Q(**{kind.whose: side.owner})
    if side.is_all:
        return whose
    if kind.model is Person:
        return whose & Q(pk__in=_at_work(side.path)) & ~Q(pk__in=_elsewhere(side.path))
    if kind.name == "certificate":
        people = rows_of(Person).filter(changing(KINDS["person"], side))
        return whose & Q(person__in=people.values("pk"))
    there = whose & _there(kind, side.path)
    return there & ~Q(source=Source.MASTER) if kind.name in ("project", "permit") else there


def _there(kind: Kind, path: str) -> Q:
    return Q(**{f"{kind.place}__path__startswith": path})


def _at_work(path: str) -> Q | Any:
    """The people who are engaged, or have a record, in the county."""
    works = rows_of(Engagement).filter(project__region__path__startswith=path).values("person")
    return works.union(rows_of(PersonCredit).filter(region__path__startswith=path).values("person"))


def _elsewhere(path: str) -> Any:
    """Those who are so beyond it."""
    works = rows_of(Engagement).exclude(project__region__path__startswith=path).values("person")
    return works.union(rows_of(PersonCredit).exclude(region__path__startswith=path).values("person"))


def _handed(kind: Kind, side: Side) -> Q:
    """What the parent hands over of a kind: what changes hands, and what that refers to."""
    if kind.model is Person:
        return Q(pk__in=_at_work(side.path))
    if kind.name == "certificate":
        return Q(person__in=_at_work(side.path))
    if kind.name == "enterprise":
        within = {"project__region__path__startswith": side.path}
        firms = rows_of(Participation).filter(**within).values("enterprise")
        contractors = rows_of(Project).filter(region__path__startswith=side.path).values("contractor")
        credited = rows_of(CreditRecord).filter(region__path__startswith=side.path).values("enterprise")
        return Q(pk__in=firms) | Q(pk__in=contractors) | Q(pk__in=credited)
    if kind.name in ("project", "permit"):
        return _there(kind, side.path)
    return changing(kind, side)


@dataclass(frozen=True)
class Page:
    """Some rows of a kind, the place behind them, whether more follow, and people under other names.

    `names`: (the name that the county's own row of a person gets, the name that the parent has for them).
    """

    messages: Sequence[Message]
    after: str
    is_last: bool
    names: Sequence[tuple[UUID, UUID]] = ()


def page(name: str, after: str, side: Side, to: Recipient, now: datetime) -> Page:
    """The next rows that the parent hands over. Raises KeyError, ValueError for what is none of them."""
    most = int(parameter("federation.batch"))
    if name == PUNCHES:
        return _punch_page(after, side, now)
    kind = KINDS[name]
    rows = rows_of(kind.model).filter(_handed(kind, side), pk__gt=int(after or 0))
    pks = list(rows.order_by("pk").values_list("pk", flat=True)[:most])
    if not pks:
        return Page((), after, is_last=True)
    found = [one for one in snapshots_where(kind, Q(pk__in=pks), this_node()) if one.origin != to.code]
    names: list[tuple[UUID, UUID]] = []
    if kind.model is Person:
        theirs = names_for_shared(side, to.code, [one.pk for one in found])
        names = [(theirs[one.pk], one.key) for one in found if one.pk in theirs]
        found = [
            replace(one, key=theirs[one.pk], origin=to.code) if one.pk in theirs else one for one in found
        ]
    at = now.isoformat()
    messages = [outgoing.message_of(kind, one, at, to) for one in found]
    return Page(messages, str(pks[-1]), len(pks) < most, names)


def names_for_shared(side: Side, node: str, pks: Sequence[int] | None = None) -> dict[int, UUID]:
    """People of the county who stay the parent's, for they work elsewhere too: the county's names for them.

    Its platform has a row of its own for each, as when somebody enrols on two platforms (decision 168).
    """
    rows = rows_of(Person).filter(pk__in=_at_work(side.path)).exclude(origin=node)
    if pks is not None:
        rows = rows.filter(pk__in=pks)
    moving = set(rows.filter(changing(KINDS["person"], side)).values_list("pk", flat=True))
    shared = {pk: key for pk, key in rows.values_list("pk", "public_id") if pk not in moving}
    told = dict(PersonAlias.objects.filter(node=node, person__in=shared).values_list("person", "public_id"))
    return {pk: told.get(pk) or uuid5(key, node) for pk, key in shared.items()}


def _punch_page(after: str, side: Side, now: datetime) -> Page:
    most = int(parameter("federation.punch_batch"))
    rows = rows_of(Punch).filter(project__region__path__startswith=side.path)
    if after:
        rows = rows.filter(public_id__gt=UUID(after))
    strange = _strange_gates(side)
    if strange:
        rows = rows.exclude(source__in=strange)
    keys = list(rows.order_by("public_id").values_list("public_id", flat=True)[:most])
    messages = punches.messages_of(keys, now) if keys else []
    return Page(messages, str(keys[-1]) if keys else after, len(keys) < most)


def _strange_gates(side: Side) -> list[str]:
    """Gates in the county that another node tells of."""
    rows = rows_of(Device).filter(project__region__path__startswith=side.path).exclude(origin=side.owner)
    return [str(key) for key in rows.values_list("public_id", flat=True)]


def take(found: Page, side: Side, code: str, opener: Any) -> tuple[int, str]:
    """Take in what the parent handed over, as copies; how many rows, and why one was not taken.

    People who work elsewhere too become our own rows, and the parent's names for them are kept.
    """
    own = [one for one in found.messages if one.origin == this_node()]
    rest = [one for one in found.messages if one.origin != this_node()]
    number, trouble = 0, ""
    for some, is_own in ((rest, False), (own, True)):
        if not some:
            continue
        origins = frozenset(one.origin for one in some) | {code}
        sender = Sender(code, ("",), (), origins, opener, gives_back=is_own)
        for outcome in incoming.apply_batch("moved", some, sender):
            number += outcome.became in ("applied", "same")
            trouble = trouble or outcome.sentence
    ours = known(Person, [name for name, _canonical in found.names])
    for name, canonical in found.names:
        if name in ours:
            PersonAlias.objects.update_or_create(
                public_id=canonical, defaults={"person_id": ours[name][0], "node": code}
            )
    return number, trouble


def drop_left_over(name: str, side: Side, since: datetime) -> int:
    """Remove copies that the parent did not hand over any more since an instant: they are gone there."""
    kind = KINDS.get(name)
    if kind is None or kind.named is not None or kind.is_only_added:
        return 0
    handed = Copied.objects.filter(kind=name, received_at__gte=since).values("key")
    rows = rows_of(kind.model).filter(changing(kind, side)).exclude(public_id__in=handed)
    try:
        with transaction.atomic(), coming_from(side.owner):
            return int(rows.delete()[0])
    except IntegrityError:
        # Something that is gone as well still names it: the next round finds it free.
        return 0


def total(name: str, side: Side, until: date, now: datetime) -> Sums:
    """How many rows of a kind change hands, and their digest; of punches those up to a day (UTC)."""
    if name == PUNCHES:
        return _total_of_punches(side, until, now)
    kind = KINDS[name]
    found = NOTHING
    for first, last in _windows(name, side):
        rows = entries(
            name, origins=[side.owner], peer=side.peer, first=first, last=last, where=changing(kind, side)
        )
        for one in rows:
            found += Digest(1, one.value)
    return trees.short(found)


def _windows(name: str, side: Side) -> Iterator[tuple[date | None, date | None]]:
    """Days of birth in pieces that memory can bear."""
    most = int(parameter("federation.compare_rows"))
    first: date | None = None
    last: date | None = None
    number = 0
    for day, born in sorted(born_by_day(name, [side.owner]).items()):
        if number and number + born > most:
            yield first, last
            first, number = day, 0
        first, last, number = first or day, day, number + born
    yield first, last


def _total_of_punches(side: Side, until: date, now: datetime) -> Sums:
    first = kept_punches.first_day()
    if first is None or first > until:
        return 0, f"{0:032x}"
    for _day in kept_punches.freshen(side.peer, first, until, now):
        pass
    branch = Branch(frozenset({side.owner}), (side.path,), "", side.peer)
    return trees.summed(trees.children(Ask(PUNCHES, str(first), str(until)), branch).values())


def change_hands(side: Side, *, to: str, neighbour: str, is_ours: bool, now: datetime) -> dict[str, int]:
    """Make the rows another node's; how many of each kind.

    `is_ours`: they become this node's own; otherwise copies of the neighbour's. Nothing of this is told to
    the neighbour, which does the same; other neighbours are told whose the rows are now.
    """
    rows = {kind.name: _rows(kind, side) for kind in side.kinds}
    if not is_ours and not side.is_all:
        _name_shared(side, neighbour)
    with coming_from(neighbour), _changing_hands():
        for name, found in rows.items():
            for start in range(0, len(found), _PIECE):
                some = found[start : start + _PIECE]
                _change(KINDS[name], some, to, neighbour, is_ours=is_ours, now=now)
                asked = wishes.hand_over(name, [key for _pk, key, *_more in some], to)
                if asked and not side.is_all:
                    _hand_answers(asked, side, to, neighbour, is_ours=is_ours, now=now)
    return {name: len(found) for name, found in rows.items()}


def _rows(kind: Kind, side: Side) -> list[tuple[int, UUID, int, datetime | None]]:
    rows = rows_of(kind.model).filter(changing(kind, side)).filter(kind.when)
    if kind.place:
        rows = rows.exclude(**{f"{kind.place}__kind": "sandbox"})
    return [
        (pk, key, version if kind.has_version else 1, at if kind.changed_at else None)
        for pk, key, version, at in rows.order_by("pk").values_list(
            "pk", "public_id", "version" if kind.has_version else "pk", kind.changed_at or "pk"
        )
    ]


def _change(
    kind: Kind,
    rows: Sequence[tuple[int, UUID, int, datetime | None]],
    to: str,
    neighbour: str,
    *,
    is_ours: bool,
    now: datetime,
) -> None:
    if kind.whose == "origin":
        rows_of(kind.model).filter(pk__in=[pk for pk, *_more in rows]).update(origin=to)
    if is_ours:
        Copied.objects.filter(kind=kind.name, key__in=[key for _pk, key, *_more in rows]).delete()
        return
    lines = [(kind.name, key, neighbour, to, version, at or now, now) for _pk, key, version, at in rows]
    with connection.cursor() as cursor:
        execute_values(cursor.cursor, _COPY, lines, page_size=len(lines))


def _hand_answers(
    asked: Sequence[int], side: Side, to: str, neighbour: str, *, is_ours: bool, now: datetime
) -> None:
    """What the former owner has answered to requests between the two sides is carried on by the new one."""
    kind = KINDS["proposal_answer"]
    answers = rows_of(kind.model).filter(
        proposal__in=asked, proposal__origin__in=(this_node(), neighbour), origin=side.owner
    )
    found = list(answers.values_list("pk", "public_id", "version", "updated_at"))
    if found:
        _change(kind, found, to, neighbour, is_ours=is_ours, now=now)


def _name_shared(side: Side, node: str) -> None:
    """Keep the county's names for people who stay ours."""
    aliases = [
        PersonAlias(person_id=pk, public_id=name, node=node)
        for pk, name in names_for_shared(side, node).items()
    ]
    PersonAlias.objects.bulk_create(aliases, ignore_conflicts=True)


@contextmanager
def _changing_hands() -> Iterator[None]:
    """The mark of a transaction in which rows change hands: filed ledgers let it pass."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('hubei.moving', 'on', true)")
    yield
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('hubei.moving', '', true)")
