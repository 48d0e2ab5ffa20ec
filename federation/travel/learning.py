"""What a neighbour answered: the name under which it knows a row of ours, kept as an alias."""

from uuid import UUID

from federation.models import KnownAs
from federation.travel.catalogue import KINDS
from federation.travel.kinds import rows_of
from workers.models import Person, PersonAlias


def learn(*, node: str, kind: str, key: UUID, canonical: UUID) -> None:
    """Keep the canonical name that a neighbour gave to one of our rows; again changes nothing.

    What comes down from there names the row by it; digests are compared without it, for there it is a row of
    its own.
    """
    if canonical == key or kind not in KINDS:
        return
    if KINDS[kind].model is not Person:
        KnownAs.objects.update_or_create(kind=kind, key=canonical, defaults={"node": node, "local": key})
        return
    person = rows_of(Person).filter(public_id=key).first()
    if person is not None:
        PersonAlias.objects.update_or_create(public_id=canonical, defaults={"person": person, "node": node})
