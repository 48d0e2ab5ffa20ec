"""What attendance does when people change: it reads the outbox, for it stands above those who write it."""

from collections.abc import Sequence
from datetime import date
from typing import TypeVar

from django.db.models import Q, QuerySet
from django.utils import timezone

from attendance.models import AttendanceDay, Subject, UnmatchedDay
from attendance.selectors.clock import current_day
from attendance.services.corrected import corrected_days
from attendance.services.counters import mark_days, mark_since
from attendance.services.days import conclude_days, lock_project
from attendance.services.passes import judge_again
from kernel.scoping import ScopedModel
from outbox.models import OutboxEvent
from outbox.services import receive
from workers.models import Engagement, Person

ENROLLED = "workers.enrolled.v1"
PRESENCE = "workers.presence_changed.v1"
PAPERS = (
    "workers.contract_recorded.v1",
    "workers.contract_ended.v1",
    "workers.training_recorded.v1",
    "workers.training_withdrawn.v1",
    "workers.key_post_assigned.v1",
)
CORRECTED = "workers.identity_corrected.v1"
# What may open or close the gates to somebody.
GATES = (
    PRESENCE,
    CORRECTED,
    *PAPERS,
    "workers.review_changed.v1",
    "workers.identity_verified.v1",
    "workers.engagement_edited.v1",
    "workers.engagement_ended.v1",
    "workers.certificate_recorded.v1",
    "workers.certificate_changed.v1",
    "projects.project_restated.v1",
)
_BECAUSE = "the node concludes days for everybody; nobody reads"
Row = TypeVar("Row", bound=ScopedModel)


def _every(model: type[Row]) -> QuerySet[Row]:
    return model.objects.unscoped(because=_BECAUSE)


def people_changed(events: Sequence[OutboxEvent]) -> None:
    """Match waiting punches and mark counters after enrolments, entries, exits and papers."""
    by_key = {event.key: event for event in events}
    engagements = _every(Engagement).select_related("project__region")
    known = {row.public_id: row for row in engagements.filter(public_id__in=by_key)}
    for event in sorted(events, key=lambda event: (known[event.key].project_id, event.position or 0)):
        _one(event, known[event.key])


def _one(event: OutboxEvent, engagement: Engagement) -> None:
    today = current_day(engagement.project.region)
    since = date.fromisoformat(event.facts["since"]) if "since" in event.facts else today
    if event.event in PAPERS:
        mark_since(engagement.project_id, since, today)
        return
    lock_project(engagement.project)
    _tie_subject(engagement)
    if event.event == PRESENCE:
        mark_since(engagement.project_id, since, today)
    _match_again(engagement)


def _tie_subject(engagement: Engagement) -> None:
    person = engagement.person
    Subject.objects.filter(id_type=person.id_type, id_index=person.id_index, person=None).update(
        person=person
    )


def _match_again(engagement: Engagement) -> None:
    """Conclude anew every day on which this person punched here or has a day here."""
    subjects = list(Subject.objects.filter(person=engagement.person_id).values_list("pk", flat=True))
    own = _every(AttendanceDay).filter(
        engagement__person=engagement.person_id, engagement__project=engagement.project_id
    )
    days = set(own.values_list("day", flat=True))
    wanted = _waiting(engagement, subjects) | {(s, day) for s in subjects for day in days}
    wanted |= corrected_days(engagement)
    conclude_days(engagement.project, wanted)
    mark_days(engagement.project_id, {day for _subject, day in wanted})


def _waiting(engagement: Engagement, subjects: Sequence[int]) -> set[tuple[int, date]]:
    """The days on which these identities punched on the project and count for nobody."""
    rows = UnmatchedDay.objects.filter(project=engagement.project_id, subject__in=subjects)
    return set(rows.values_list("subject_id", "day"))


def identities_corrected(events: Sequence[OutboxEvent]) -> None:
    """After a number was put right: tie identities to whoever holds them now, and conclude days anew."""
    engagements = _every(Engagement).filter(public_id__in=[event.key for event in events])
    concerned = _every(Person).filter(
        Q(public_id__in=[event.facts["was"] for event in events]) | Q(engagements__in=engagements)
    )
    people = list(concerned.distinct().order_by("pk"))
    work = _every(Engagement).select_related("project__region")
    rows = list(work.filter(person__in=people).order_by("project_id", "pk"))
    for project in {row.project_id: row.project for row in rows}.values():
        lock_project(project)
    subjects = _tie_again(people)
    for engagement in rows:
        _conclude_anew(engagement, subjects)


def _tie_again(people: Sequence[Person]) -> list[int]:
    """Every identity belongs to the person whose number it is, and to nobody if there is none.

    Each person has one, for days may rest on a correction where no gate has seen the right number yet.
    """
    for person in people:
        Subject.objects.get_or_create(
            id_type=person.id_type,
            id_index=bytes(person.id_index),
            defaults={"id_number": person.id_number, "person": person},
        )
    held = Q(person__in=people) | Q(id_index__in=[bytes(person.id_index) for person in people])
    subjects = list(Subject.objects.filter(held).select_for_update().order_by("pk"))
    holders = _every(Person).filter(id_index__in=[bytes(subject.id_index) for subject in subjects])
    by_index = {(person.id_type, bytes(person.id_index)): person for person in holders}
    for subject in subjects:
        subject.person = by_index.get((subject.id_type, bytes(subject.id_index)))
        subject.save(update_fields=["person"])
    return [subject.pk for subject in subjects]


def _conclude_anew(engagement: Engagement, subjects: Sequence[int]) -> None:
    """Days concluded from another's punches go; those that the right punches support come."""
    days = _every(AttendanceDay).filter(engagement=engagement)
    standing = set(days.values_list("day", flat=True))
    own = Subject.objects.filter(person=engagement.person_id).values_list("pk", flat=True)
    # A day may rest on punches of any of the identities, until it is known again whose they are.
    wanted = _waiting(engagement, subjects)
    wanted |= {(s, day) for s in {*own, *subjects} for day in standing}
    wanted |= corrected_days(engagement)
    days.delete()
    conclude_days(engagement.project, wanted)
    mark_days(engagement.project_id, standing | {day for _subject, day in wanted})


def permissions_changed(events: Sequence[OutboxEvent]) -> None:
    """Bring the gates' lists up to date; an event is of somebody's work, of a person, or of a project.

    A certificate and an identity are the person's on every site, so all the work of a person is judged.
    """
    keys = [event.key for event in events]
    people = _every(Person).filter(Q(public_id__in=keys) | Q(engagements__public_id__in=keys))
    before = _every(Person).filter(
        public_id__in=[event.facts["was"] for event in events if "was" in event.facts]
    )
    concerned = (
        Q(person__in=people.values("pk")) | Q(person__in=before.values("pk")) | Q(project__public_id__in=keys)
    )
    judge_again(_every(Engagement).filter(concerned), timezone.now())


def register() -> None:
    """Tell the outbox what attendance listens to."""
    receive("attendance.gate_lists", GATES, permissions_changed)
    receive("attendance.people", [ENROLLED, PRESENCE, *PAPERS], people_changed)
    receive("attendance.identities", [CORRECTED], identities_corrected)
