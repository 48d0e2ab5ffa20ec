"""One kind's messages become rows: whose they are, what they name, where they lie, and what follows."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from psycopg2.extras import execute_values

from federation.models import Copied, KnownAs
from federation.travel import people, sentences
from federation.travel.consequences import announce_copies
from federation.travel.files import NotTold, expect, localised_files, unname
from federation.travel.fitting import MOST_VERSIONS
from federation.travel.kinds import Kind, rows_of
from federation.travel.messages import Message, Outcome, Sender
from federation.travel.names import KIND_OF, Names, localised, names_in, references
from federation.travel.outgoing import place_of
from federation.travel.placing import outside, unfounded_of
from federation.travel.reading import Snapshot, snapshots
from federation.travel.writing import Coming, Misfit, values_of, write
from kernel.models import this_node
from projects.models import Enterprise, Source
from standards.selectors import parameter
from workers.models import Person

_SAME = Outcome("same")
_APPLIED = Outcome("applied")


def apply_rows(kind: Kind, messages: Sequence[Message], sender: Sender, now: datetime) -> dict[UUID, Outcome]:
    """What becomes of messages of one kind with different keys, by key."""
    found: dict[UUID, Outcome] = {}
    puts = []
    for message in messages:
        if refusal := _not_theirs(message, sender):
            found[message.key] = refusal
        elif message.op == "put":
            try:
                puts.append(localised_files(kind, message))
            except NotTold:
                found[message.key] = sentences.unnamed_file()
        else:
            found[message.key] = _buried(kind, message, sender, now)
    found.update(_put(kind, puts, sender, now))
    return found


def _not_theirs(message: Message, sender: Sender) -> Outcome | None:
    if message.origin == this_node() and not sender.gives_back:
        # Our own row, back from a neighbour: nobody but us changes it.
        return _SAME
    if "*" not in sender.origins and message.origin not in sender.origins:
        return sentences.other_origin(message.origin)
    return None


def _put(kind: Kind, messages: Sequence[Message], sender: Sender, now: datetime) -> dict[UUID, Outcome]:
    found: dict[UUID, Outcome] = {}
    opened: dict[UUID, Mapping[str, str]] = {}
    for message in messages:
        try:
            opened[message.key] = {
                name: sender.open(box, place_of(kind.name, message.key, name))
                for name, box in message.sealed.items()
            }
        except ValueError:
            found[message.key] = sentences.unopened()
    waiting = [message for message in messages if message.key not in found]
    # A row may name another of the same batch: each round writes those whose names are all here.
    while waiting:
        names = names_in(kind, [message.row for message in waiting])
        missing = {message.key: _missing(kind, message, names) for message in waiting}
        ready = [message for message in waiting if not missing[message.key]]
        if not ready:
            found.update({key: Outcome("waits", missing=name) for key, name in missing.items()})
            break
        found.update(_settled(kind, ready, opened, names, sender, now))
        waiting = [message for message in waiting if missing[message.key]]
    return found


def _missing(kind: Kind, message: Message, names: Names) -> str:
    """The first row that a message names and that is not here; "" where all are."""
    for column, value in references(kind, message.row):
        model = column.field.related_model
        if column.sort == "reference" and model in KIND_OF and names.of(column, value) is None:
            return f"{KIND_OF[model]}:{value}"
    return ""


def _settled(
    kind: Kind,
    messages: Sequence[Message],
    opened: Mapping[UUID, Mapping[str, str]],
    names: Names,
    sender: Sender,
    now: datetime,
    *,
    is_again: bool = False,
) -> dict[UUID, Outcome]:
    """Messages whose names are all known: written, or told why not.

    Another line may have written the same person or thing since it was looked for: what the database refuses
    is looked for once more, and then found.
    """
    found: dict[UUID, Outcome] = {}
    targets: dict[UUID, UUID] = {message.key: message.key for message in messages}
    left: dict[UUID, int] = {}
    if kind.model is Person:
        numbers = [(message, opened[message.key].get("id_number", "")) for message in messages]
        for key, identified in people.identify(numbers, sender).items():
            targets[key] = identified.target
            if identified.outcome is not None:
                found[key] = identified.outcome
            if identified.left is not None:
                left[key] = identified.left
    elif kind.natural:
        targets.update(_known_targets(kind, messages, names, sender))
    old = snapshots(kind, set(targets.values()), this_node())
    stale = _stale(kind, targets, messages, sender, now)
    beyond = outside(kind, [m for m in messages if m.key not in found], names, sender)
    unfounded = unfounded_of(kind, [m for m in messages if m.key not in found], names, sender)
    ready = []
    for message in messages:
        if message.key in found:
            continue
        one = old.get(targets[message.key])
        outcome = (
            (sentences.outside() if message.key in beyond else None)
            or _unknown_place(kind, message, names)
            or _not_the_masters(message, sender)
            or unfounded.get(message.key)
            or _anothers(kind, message, one, sender)
            or (_SAME if message.key in stale else None)
        )
        if outcome is not None:
            found[message.key] = outcome
            continue
        coming = Coming(
            message, targets[message.key], opened[message.key], localised(kind, message.row, names), one,
            left=left.get(message.key),
        )  # fmt: skip
        if one is not None and _is_equal(coming, one):
            found[message.key] = _told(coming, _SAME)
        else:
            try:
                coming.values = values_of(kind, coming, names)
            except Misfit as misfit:
                found[message.key] = sentences.shape(misfit.name)
                continue
            ready.append(coming)
    found.update(_write(kind, ready, names))
    if not is_again and (met := _met_another(kind, ready, found)):
        messages = [message for message in messages if message not in met]
        found.update(_settled(kind, met, opened, names, sender, now, is_again=True))
    _unname(kind, [one for one in ready if found[one.message.key].became == "applied"], now)
    written = {m.key for m in messages if found[m.key].became in ("applied", "same")} - stale
    _note(kind, [m for m in messages if m.key in written], targets, sender, now)
    expect([(m, targets[m.key]) for m in messages if m.key in written and m.files], sender.code, now)
    return found


def _met_another(kind: Kind, ready: Sequence[Coming], found: Mapping[UUID, Outcome]) -> list[Message]:
    """New rows of what has one name everywhere, against which the database had something."""
    if kind.model is not Person and not kind.natural:
        return []
    return [
        one.message for one in ready if one.old is None and found[one.message.key].rule == sentences.CONFLICT
    ]


def _unname(kind: Kind, written: Iterable[Coming], now: datetime) -> None:
    """Files that copies named until now, and name no longer."""
    for one in written:
        if one.old is not None:
            unname(kind, one.old.row, one.row, now)


def _write(kind: Kind, ready: Sequence[Coming], names: Names) -> dict[UUID, Outcome]:
    found: dict[UUID, Outcome] = {}
    # One statement writes rows of one shape: a neighbour's older software may say fewer columns.
    shapes: dict[tuple[str, ...], list[Coming]] = {}
    for one in ready:
        shapes.setdefault(tuple(one.values), []).append(one)
    for group in shapes.values():
        refused = write(kind, group, names)
        good = [one for one in group if one.target not in refused]
        found.update({one.message.key: refused[one.target] for one in group if one.target in refused})
        found.update({one.message.key: _told(one, _APPLIED) for one in good})
        announce_copies(kind, good)
    return found


def _told(coming: Coming, outcome: Outcome) -> Outcome:
    """An outcome, with our name of the row where it is another."""
    if coming.target == coming.message.key:
        return outcome
    return Outcome(outcome.became, canonical=coming.target)


def _known_targets(kind: Kind, messages: Sequence[Message], names: Names, sender: Sender) -> dict[UUID, UUID]:
    """Our names of rows that we knew before under another: by what names them everywhere.

    A name that a neighbour gave means something in its own mouth alone.
    """
    keys = [message.key for message in messages]
    given = KnownAs.objects.filter(kind=kind.name, key__in=keys, node=sender.code)
    known = dict(given.values_list("key", "local"))
    if kind.named is not None:
        return known
    here = set(rows_of(kind.model).filter(public_id__in=keys).values_list("public_id", flat=True))
    strange = [message for message in messages if message.key not in known and message.key not in here]
    for message in strange:
        row = localised(kind, message.row, names)
        columns = {column.name: column for column in kind.columns}
        wanted = {columns[name].lookup: row.get(name) for name in kind.natural}
        if any(value is None for name, value in wanted.items() if name not in ("region__code", "valid_from")):
            continue
        condition = {
            (name if value is not None else f"{name.removesuffix('__code')}__isnull"): (
                value if value is not None else True
            )
            for name, value in wanted.items()
        }
        local = rows_of(kind.model).filter(**condition).values_list("public_id", flat=True).first()
        if local is not None:
            known[message.key] = local
    return known


def _anothers(kind: Kind, message: Message, one: Snapshot | None, sender: Sender) -> Outcome | None:
    """Whether the row that stands here is not the message's to change; a thing known before keeps its owner.

    What the parent dispatches takes over what was first written down here; not what it has handed over to us,
    which only an echo from before would do. What 四库一平台 states is never handed over. Within its branch
    the sender says whose a row is: a county below it may have moved.
    """
    if one is None or one.origin == message.origin or not kind.whose:
        return None
    if "*" in sender.origins:
        is_echo = one.key == message.key and one.origin == this_node()
        return _SAME if is_echo and message.row.get("source") != Source.MASTER else None
    if one.key == message.key and {one.origin, message.origin} <= sender.origins:
        return None
    if one.key == message.key:
        return sentences.other_owner(one.origin)
    if kind.model is Enterprise and one.row["name"] != message.row.get("name"):
        return sentences.other_firm_name(one.row["name"])
    return Outcome("same", canonical=one.key)


def _unknown_place(kind: Kind, message: Message, names: Names) -> Outcome | None:
    for column, value in references(kind, message.row):
        if column.sort == "region" and value not in names.regions:
            return sentences.unknown_region(value)
    return None


def _not_the_masters(message: Message, sender: Sender) -> Outcome | None:
    """What 四库一平台 states comes from the province alone; nobody below says that it does."""
    is_from_above = "*" in sender.origins or sender.gives_back
    if not is_from_above and message.row.get("source") == Source.MASTER:
        return sentences.not_the_masters()
    return None


def _is_equal(coming: Coming, one: Snapshot) -> bool:
    """Whether nothing would change: what is said of our columns, the sealed ones as opened."""
    if coming.message.origin != one.origin and one.origin != this_node():
        return False
    said = {name: value for name, value in one.row.items() if name in coming.row}
    return said == dict(coming.row) and one.opened() == dict(coming.opened)


def _stale(
    kind: Kind, targets: Mapping[UUID, UUID], messages: Iterable[Message], sender: Sender, now: datetime
) -> set[UUID]:
    """Messages that are older than what was copied already, or of rows that were deleted since.

    A later version is never old, whatever its node's clock said: clocks are set back. An instant to come
    proves nothing; the version alone decides then. What another neighbour calls deleted was never this one's.
    """
    rows = Copied.objects.filter(kind=kind.name, key__in=list(targets.values()))
    held = {one.key: one for one in rows}
    found = set()
    for message in messages:
        one = held.get(targets[message.key])
        if one is None or (one.gone_at is not None and one.node != sender.code):
            continue
        if kind.has_version and one.gone_at is None and message.version > one.version:
            continue
        if _is_to_come(message, now):
            is_old = kind.has_version and message.version < one.version
            is_old = is_old or (one.gone_at is not None and message.version <= one.version)
        else:
            version = one.version if kind.has_version else 0
            is_old = (_instant(message), message.version) < (one.at, version)
            is_old = is_old or (one.gone_at is not None and _instant(message) <= one.at)
        if is_old:
            found.add(message.key)
    return found


def _instant(message: Message) -> datetime:
    return datetime.fromisoformat(message.at)


def _latest(now: datetime) -> datetime:
    """The latest instant that a clock may say which is right but for what is forgiven everywhere."""
    return now + timedelta(minutes=int(parameter("federation.clock_minutes")))


def _is_to_come(message: Message, now: datetime) -> bool:
    return _instant(message) > _latest(now)


def _kept_instant(message: Message, now: datetime) -> datetime:
    """As of when a copy is kept: never an instant to come, against which all that follows would be old."""
    return min(_instant(message), _latest(now))


def _note(
    kind: Kind,
    messages: Collection[Message],
    targets: Mapping[UUID, UUID],
    sender: Sender,
    now: datetime,
) -> None:
    """Write down whose copies these are and as of when, and our own names beside theirs."""
    if sender.gives_back:
        # Our own again: no copies, or they would never be told upward any more.
        return
    other = [
        KnownAs(kind=kind.name, key=message.key, node=sender.code, local=targets[message.key])
        for message in messages
        if targets[message.key] != message.key and kind.model is not Person
    ]
    KnownAs.objects.bulk_create(other, ignore_conflicts=True)
    rows = {
        targets[message.key]: (
            kind.name, targets[message.key], sender.code, message.origin, message.version,
            _kept_instant(message, now), now,
        )
        for message in messages
    }  # fmt: skip
    if kind.whose == "origin":
        # A row that is another's in the end (an alias, a thing known before) is no copy of this sender's.
        origins = dict(
            rows_of(kind.model).filter(public_id__in=list(rows)).values_list("public_id", "origin")
        )
        rows = {key: row for key, row in rows.items() if origins.get(key) == row[3]}
    if rows:
        with connection.cursor() as cursor:
            execute_values(cursor.cursor, _COPIED, list(rows.values()), page_size=len(rows))


_COPIED = """
    INSERT INTO federation_copied (kind, key, node, origin, version, at, received_at) VALUES %s
    ON CONFLICT (kind, key) DO UPDATE SET node = EXCLUDED.node, origin = EXCLUDED.origin,
        version = EXCLUDED.version,
        at = GREATEST(federation_copied.at, EXCLUDED.at), received_at = EXCLUDED.received_at, gone_at = NULL
    WHERE federation_copied.at <= EXCLUDED.at OR federation_copied.version < EXCLUDED.version
        OR (federation_copied.gone_at IS NOT NULL AND federation_copied.node <> EXCLUDED.node)
"""


def _buried(kind: Kind, message: Message, sender: Sender, now: datetime) -> Outcome:
    """A row that its owner has deleted: the copy goes, and its name stays so that no echo revives it."""
    given = KnownAs.objects.filter(kind=kind.name, key=message.key, node=sender.code)
    target = given.values_list("local", flat=True).first()
    one = snapshots(kind, [target or message.key], this_node()).get(target or message.key)
    if one is not None and kind.whose and one.origin != message.origin and "*" not in sender.origins:
        return sentences.other_owner(one.origin)
    held = Copied.objects.filter(kind=kind.name, key=target or message.key).first()
    if held is not None and _is_from_before(kind, message, held):
        return _SAME
    if one is not None:
        try:
            with transaction.atomic():
                announce_copies(kind, [Coming(message, one.key, {}, one.row, one)])
                rows_of(kind.model).filter(pk=one.pk).delete()
                unname(kind, one.row, {}, now)
        except IntegrityError:
            return sentences.still_used()
    at, version = _kept_instant(message, now), message.version
    if held is not None:
        # An echo of what was held is not later than this, whatever the clocks said.
        at, version = max(held.at, at), max(version, held.version + (held.gone_at is None))
    Copied.objects.update_or_create(
        kind=kind.name,
        key=target or message.key,
        defaults={
            "node": sender.code, "origin": message.origin, "version": min(version, MOST_VERSIONS), "at": at,
            "received_at": now, "gone_at": now,
        },
    )  # fmt: skip
    return _APPLIED if one is not None else _SAME


def _is_from_before(kind: Kind, message: Message, held: Copied) -> bool:
    """Whether the row was written again after this deletion: by its version, or else by the instants.

    A copy whose instant was to come when it was taken is as of then: lines have an order of their own.
    """
    if kind.has_version and message.version > held.version:
        return False
    return min(held.at, held.received_at) > _instant(message)
