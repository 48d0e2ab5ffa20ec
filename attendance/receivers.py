"""What attendance does when people change: it reads the outbox, for it stands above those who write it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import TypeVar
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from attendance.models import AttendanceDay, Subject, UnmatchedDay
from attendance.models.corrections import State
from attendance.selectors.clock import current_day
from attendance.services.corrected import corrected_days
from attendance.services.counters import mark_days, mark_since
from attendance.services.days import conclude_days, lock_project
from attendance.services.passes import judge_again
from kernel.scoping import ScopedModel
from outbox.models import OutboxEvent
from outbox.services import receive
from projects.models import Project
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
    """Match waiting punches and mark counters after enrolments, entries, exits and papers.

    The events of a project are answered together: an import, or a neighbour's backlog, brings thousands.
    """
    by_key = {event.key for event in events}
    engagements = _every(Engagement).select_related("project__region", "person")
    known = {row.public_id: row for row in engagements.filter(public_id__in=by_key)}
    of_project: dict[int, list[OutboxEvent]] = defaultdict(list)
    for event in events:
        of_project[known[event.key].project_id].append(event)
    for pk in sorted(of_project):
        _of_a_project(of_project[pk], known)


def _of_a_project(events: Sequence[OutboxEvent], known: Mapping[UUID, Engagement]) -> None:
    project = known[events[0].key].project
    today = current_day(project.region)
    changed = list({event.key: known[event.key] for event in events if event.event not in PAPERS}.values())
    if changed:
        lock_project(project)
        _tie_subjects(changed)
    since = [
        date.fromisoformat(event.facts["since"]) if "since" in event.facts else today
        for event in events
        if event.event in (*PAPERS, PRESENCE)
    ]
    if since:
        mark_since(project.pk, min(since), today)
    if changed:
        _match_again(project, changed)


def _tie_subjects(works: Sequence[Engagement]) -> None:
    """What the gates have seen of these people under their numbers is theirs."""
    people = {(one.person.id_type, bytes(one.person.id_index)): one.person for one in works}
    waiting = Subject.objects.filter(person=None, id_index__in=[index for _kind, index in people])
    for subject in waiting:
        person = people.get((subject.id_type, bytes(subject.id_index)))
        if person is not None:
            subject.person = person
            subject.save(update_fields=["person"])


def _match_again(project: Project, works: Sequence[Engagement]) -> None:
    """Conclude anew every day on which these people punched here or have a day here."""
    people = {one.person_id for one in works}
    subjects: dict[int, list[int]] = defaultdict(list)
    for pk, person in Subject.objects.filter(person__in=people).values_list("pk", "person"):
        subjects[person or 0].append(pk)
    own = _every(AttendanceDay).filter(engagement__person__in=people, engagement__project=project)
    wanted = {
        (subject, day)
        for person, day in own.values_list("engagement__person", "day")
        for subject in subjects[person]
    }
    wanted |= _waiting(project.pk, [pk for found in subjects.values() for pk in found])
    corrected = (
        _every(Engagement)
        .filter(pk__in=[one.pk for one in works], corrections__state=State.APPLIED)
        .distinct()
    )
    for engagement in corrected.select_related("person"):
        wanted |= corrected_days(engagement)
    conclude_days(project, wanted)
    mark_days(project.pk, {day for _subject, day in wanted})


def _waiting(project: int, subjects: Sequence[int]) -> set[tuple[int, date]]:
    """The days on which these identities punched on the project and count for nobody."""
    rows = UnmatchedDay.objects.filter(project=project, subject__in=subjects)
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
    wanted = _waiting(engagement.project_id, subjects)
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
