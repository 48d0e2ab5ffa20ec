"""Putting a wrong number or name right: an act with a reason, never an edit in silence."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import F, QuerySet

from audit.services import record
from kernel.masking import mask_id_number
from kernel.permits import require
from kernel.scoping import Actor
from kernel.versions import require_version
from outbox.services import announce
from workers.errors import AlreadyEngaged, BeyondOwnReach, IdentityNameDiffers, NothingToCorrect
from workers.models import Engagement, IdentityCorrection, Person, Presence
from workers.services.lookups import counted_person
from workers.services.own_phone import tell_of_another_phone
from workers.services.people import PersonFacts, checked_name, checked_number, identity_index
from workers.services.readings import TYPED
from workers.services.reasons import checked_reason
from workers.services.taking_on import note_identity


@dataclass(frozen=True, slots=True)
class _Correction:
    """One correction while it is carried out."""

    actor: Actor
    engagement: Engagement
    facts: PersonFacts
    reason: str
    today: date
    now: datetime


def correct_identity(
    *,
    actor: Actor,
    engagement: Engagement,
    name: str,
    number: str = "",
    reason: str,
    today: date,
    now: datetime,
    expected_version: int | None = None,
) -> Engagement:
    """Put right whose work this is: another name, another number ("" leaves it), or another person.

    A number of a known person moves the engagement to that person, whose name must be the same. A number
    that nobody has changes the person, if all that person's work lies within the actor's reach. What it
    was stays sealed in the correction. Punches are matched again by the receiver of the event.

    Raises NotPermitted, NotFound, WhyMissing, WhyHoldsNumber, BadContactFact, BadIdentity, NothingToCorrect,
    IdentityNameDiffers, AlreadyEngaged, BeyondOwnReach, TooManyLookUps, Stale.
    Source: issue "The screens of those who do the work"; ground decisions, Identity.
    """
    require(actor, "workers.correct", on=engagement)
    why = checked_reason(reason)
    person = engagement.person
    facts = PersonFacts(name=checked_name(name), number=number or person.id_number, id_type=person.id_type)
    checked_number(facts, today)
    with transaction.atomic():
        counted_person(actor, engagement.project, facts, today, now)
    return _corrected(_Correction(actor, engagement, facts, why, today, now), expected_version)


@transaction.atomic
def _corrected(asked: _Correction, expected_version: int | None) -> Engagement:
    rows = Engagement.objects.visible_to(asked.actor, "workers.correct").select_related("project")
    engagement = rows.select_for_update(of=("self",)).get(pk=asked.engagement.pk)
    number, sex, born_on = checked_number(asked.facts, asked.today)
    index = identity_index(asked.facts.id_type, number)
    people = _locked(engagement.person_id, asked.facts.id_type, index)
    was = next(person for person in people if person.pk == engagement.person_id)
    is_number_changed = bytes(was.id_index) != index
    require_version(was, expected_version, {"姓名": was.name, "证件号码": was.masked_number})
    if not is_number_changed and was.name == asked.facts.name:
        raise NothingToCorrect
    other = next((person for person in people if person is not was), None)
    if other is not None:
        _move(asked, engagement, was, other)
        return engagement
    _require_own(asked.actor, was)
    _note(asked, list(_work_of(was)), was, is_number_changed=is_number_changed)
    was.name, was.sex, was.born_on = asked.facts.name, sex, born_on
    was.id_number, was.id_index = number, index
    was.version += 1
    was.save()
    _tell(asked, engagement, was)
    return engagement


def _locked(person_pk: int, id_type: str, index: bytes) -> list[Person]:
    """The person as recorded and the holder of the right number, if any; locked in one order."""
    by_index = Person.all_rows.filter(id_type=id_type, id_index=index).values("pk")
    wanted = Person.all_rows.filter(pk=person_pk) | Person.all_rows.filter(pk__in=by_index)
    return list(wanted.order_by("pk").select_for_update(of=("self",)))


def _require_own(actor: Actor, person: Person) -> None:
    """All the person's work lies within the actor's reach, for a correction shows wherever they work."""
    own = Engagement.objects.visible_to(actor, "workers.correct").filter(person=person).values("pk")
    if _work_of(person).exclude(pk__in=own).exists():
        raise BeyondOwnReach


def _work_of(person: Person) -> QuerySet[Engagement]:
    return Engagement.all_rows.filter(person=person)


def _move(asked: _Correction, engagement: Engagement, was: Person, right: Person) -> None:
    """Give one engagement, with its presence, to the person whose it is."""
    if right.name != asked.facts.name:
        raise IdentityNameDiffers
    active = _work_of(right).filter(project=engagement.project_id, ended_at=None)
    if engagement.ended_at is None and active.exists():
        raise AlreadyEngaged(mask_id_number(right.id_number))
    _note(asked, [engagement], was, is_number_changed=True, is_moved=True)
    engagement.person = right
    engagement.version += 1
    engagement.save(update_fields=["person", "version", "updated_at"])
    for presence in Presence.all_rows.filter(engagement=engagement).order_by("entered_on", "pk"):
        presence.person = right
        _judge_again(presence)
    for left in Presence.all_rows.filter(person=was, is_conflict=True).order_by("entered_on", "pk"):
        _judge_again(left)
    tell_of_another_phone([engagement], asked.now)
    _tell(asked, engagement, was)


def _judge_again(presence: Presence) -> None:
    """Whether presence overlaps another clean one of the same person, now that people have changed (I-04)."""
    others = Presence.all_rows.filter(person=presence.person_id, is_conflict=False).exclude(pk=presence.pk)
    others = others.exclude(exited_on__lte=presence.entered_on).exclude(exited_on=F("entered_on"))
    if presence.exited_on is not None:
        others = others.filter(entered_on__lt=presence.exited_on)
    presence.is_conflict = presence.exited_on != presence.entered_on and others.exists()
    presence.version += 1
    presence.save(update_fields=["person", "is_conflict", "version", "updated_at"])


def _note(
    asked: _Correction,
    concerned: list[Engagement],
    was: Person,
    *,
    is_number_changed: bool,
    is_moved: bool = False,
) -> None:
    """Keep what it was beside each engagement concerned; a typed number is typed evidence of identity."""
    for engagement in concerned:
        IdentityCorrection.objects.create(
            engagement=engagement,
            name_before=was.name,
            number_before=was.id_number,
            is_number_changed=is_number_changed,
            is_moved=is_moved,
            reason=asked.reason,
            corrected_by=asked.actor.label,
        )
        if is_number_changed:
            note_identity(asked.actor, engagement, TYPED)


def _tell(asked: _Correction, engagement: Engagement, was: Person) -> None:
    record(asked.actor, "workers.identity_corrected", engagement, reason=asked.reason)
    announce("workers.identity_corrected.v1", key=engagement.public_id, was=str(was.public_id))
