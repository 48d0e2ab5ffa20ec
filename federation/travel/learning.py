"""What a neighbour answered: the name under which it knows a row of ours, kept as an alias."""

from uuid import UUID

from federation.models import KnownAs, Node
from federation.travel.catalogue import KINDS
from federation.travel.kinds import Kind, rows_of
from workers.models import Person, PersonAlias


def learn(*, node: str, kind: str, key: UUID, canonical: UUID) -> None:
    """Keep the canonical name that a neighbour gave to one of our rows; again changes nothing.

    What comes down from there names the row by it; digests are compared without it, for there it is a row of
    its own. A child has a say in its own names alone: of a row that we dispatch, by no other row's name.
    """
    if canonical == key or kind not in KINDS:
        return
    is_child = Node.objects.filter(code=node, relation=Node.Relation.CHILD).exists()
    if is_child and not _is_its_own(KINDS[kind], node, canonical):
        return
    if KINDS[kind].model is not Person:
        KnownAs.objects.update_or_create(kind=kind, key=canonical, defaults={"node": node, "local": key})
        return
    person = rows_of(Person).filter(public_id=key).first()
    if person is not None:
        PersonAlias.objects.update_or_create(public_id=canonical, defaults={"person": person, "node": node})


def _is_its_own(kind: Kind, node: str, name: UUID) -> bool:
    """Whether a child may call one of our rows so."""
    if not kind.goes_down:
        return False
    used = KnownAs.objects.filter(kind=kind.name, key=name).exclude(node=node)
    return not used.exists() and not rows_of(kind.model).filter(public_id=name).exists()
