"""The person index: a number opens here alone, the first verified identity wins, other names are aliases.

Source: ground decisions, Identity; product 5.7 (person identity core).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import IntegrityError, transaction

from attendance.models import Subject
from federation.travel import sentences
from federation.travel.kinds import rows_of
from federation.travel.messages import Message, Outcome, Sender
from integrity.models import PersonCredit
from outbox.services import announce
from workers.models import Certificate, Engagement, Person, PersonAlias, Presence
from workers.services import identity_index

_OF_A_PERSON = (Engagement, Presence, Certificate, PersonCredit)


@dataclass(frozen=True)
class Identified:
    """Whose row a message is: `target` is our name of it; an outcome where nothing is left to write.

    `left`: the person under whom it stood until now, whose work of that origin follows it.
    """

    target: UUID
    outcome: Outcome | None = None
    left: int | None = None


def identify(messages: Sequence[tuple[Message, str]], sender: Sender) -> dict[UUID, Identified]:
    """Find each person among ours by the number as opened; what is another's becomes an alias.

    `messages` come with the number in the clear. Nothing of a person whom we know already is overwritten, and
    whose row or name a key is decides before any number does: nobody merges or parts another node's people.
    """
    indexes = {
        message.key: identity_index(str(message.row["id_type"]), number) for message, number in messages
    }
    holders = {
        (one.id_type, bytes(one.id_index)): one
        for one in rows_of(Person).filter(id_index__in=list(indexes.values())).order_by("pk")
    }
    keys = list(indexes)
    own = {one.public_id: one for one in rows_of(Person).filter(public_id__in=keys)}
    rows = PersonAlias.objects.filter(public_id__in=keys).select_related("person")
    aliases = {one.public_id: one for one in rows}
    found: dict[UUID, Identified] = {}
    for message, _number in messages:
        ours, alias = own.get(message.key), aliases.get(message.key)
        if owner := _anothers(ours, alias, sender):
            found[message.key] = Identified(message.key, sentences.other_owner(owner))
            continue
        identity = (str(message.row["id_type"]), indexes[message.key])
        found[message.key] = _identified(message, holders.get(identity), ours, alias, sender.code)
    return found


def _anothers(own: Person | None, alias: PersonAlias | None, sender: Sender) -> str:
    """The node whose row or name the key is, where the sender has no say in it; "" where it has."""
    if "*" in sender.origins or sender.gives_back:
        return ""
    if own is not None and own.origin not in sender.origins:
        return own.origin
    return alias.node if alias is not None and alias.node not in sender.origins else ""


def _identified(
    message: Message, holder: Person | None, own: Person | None, alias: PersonAlias | None, node: str
) -> Identified:
    if holder is None:
        if alias is not None:
            # The number that made it an alias was put right: it is a person of its own.
            return _parted(message, alias)
        if own is not None:
            _tell_corrected(own)
        return Identified(message.key)
    if holder.public_id == message.key:
        return Identified(message.key)
    if holder.name != message.row.get("name"):
        return Identified(holder.public_id, sentences.other_name())
    canonical = holder.public_id
    if alias is not None and alias.person_id == holder.pk:
        return Identified(canonical, Outcome("same", canonical=canonical))
    try:
        with transaction.atomic():
            if own is not None:
                _merge(own, holder)
            if alias is not None:
                mine = rows_of(Engagement).filter(person=alias.person, origin__in=[message.origin])
                _move(mine.select_related("person"), holder)
                alias.delete()
            PersonAlias.objects.create(person=holder, public_id=message.key, node=node)
    except IntegrityError:
        return Identified(canonical, sentences.cannot_merge())
    tie_evidence([(message.key, holder.pk)])
    return Identified(canonical, Outcome("applied", canonical=canonical))


def _parted(message: Message, alias: PersonAlias) -> Identified:
    """A row that stood under another's name gets its own; its work follows once it is written."""
    left = alias.person_id
    alias.delete()
    return Identified(message.key, left=left)


def follow(left: int, target: UUID, origin: str) -> None:
    """The work of a node that stood under another's name belongs to the person who has just been written."""
    person = rows_of(Person).get(public_id=target)
    _move(rows_of(Engagement).filter(person=left, origin=origin).select_related("person"), person)


def _merge(own: Person, holder: Person) -> None:
    """Two rows turned out to be one person: all that one has goes to the other."""
    _move(rows_of(Engagement).filter(person=own).select_related("person"), holder)
    for model in _OF_A_PERSON:
        rows_of(model).filter(person=own).update(person=holder)
    Subject.objects.filter(person=own).update(person=holder)
    PersonAlias.objects.filter(person=own).update(person=holder)
    # The node's own errand: what the row was called stays known, whoever's it was.
    rows_of(Person).filter(pk=own.pk).delete()


def _move(works: Iterable[Engagement], holder: Person) -> None:
    for work in works:
        was = work.person.public_id
        rows_of(Engagement).filter(pk=work.pk).update(person=holder)
        rows_of(Presence).filter(engagement=work).update(person=holder)
        announce("workers.identity_corrected.v1", key=work.public_id, was=str(was))


def _tell_corrected(person: Person) -> None:
    """A number was put right where the person was enrolled: days are concluded anew."""
    for key in rows_of(Engagement).filter(person=person).values_list("public_id", flat=True)[:1]:
        announce("workers.identity_corrected.v1", key=key, was=str(person.public_id))


def tie_evidence(people: Iterable[tuple[UUID, int]]) -> None:
    """Punches that came before their person, under the person's name alone, belong to the person now."""
    from federation.travel.punches import EVIDENCE, evidence_index

    owners = {evidence_index(str(name)): pk for name, pk in people}
    waiting = Subject.objects.filter(id_type=EVIDENCE, id_index__in=list(owners), person=None)
    for pk, index in waiting.values_list("pk", "id_index"):
        Subject.objects.filter(pk=pk).update(person=owners[bytes(index)])
