"""What attendance does when people change: it reads the outbox, for it stands above those who write it."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import TypeVar
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from attendance.models import AttendanceDay, Subject, UnmatchedDay
from attendance.models.corrections import State
from attendance.selectors.clock import current_day
from attendance.services.corrected import corrected_days
from attendance.services.counters import counted_since, mark_days, mark_pairs
from attendance.services.days import conclude, conclude_days, lock_project, reading_of
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

    All events are answered together, whatever their projects: an import, or a neighbour's backlog, brings
    thousands, and while they are answered the settler waits.
    """
    engagements = _every(Engagement).select_related("project__region", "person")
    known = {row.public_id: row for row in engagements.filter(public_id__in={event.key for event in events})}
    changed = {event.key: known[event.key] for event in events if event.event not in PAPERS}
    projects = {one.project_id: one.project for one in changed.values()}
    for pk in sorted(projects):
        lock_project(projects[pk])
    _tie_subjects(list(changed.values()))
    mark_pairs(_counted_since(events, known))
    if changed:
        _match_again(projects, list(changed.values()))


def _counted_since(events: Sequence[OutboxEvent], known: Mapping[UUID, Engagement]) -> set[tuple[int, date]]:
    """The (project, day) that papers and presence may count otherwise: from the first day they concern."""
    since: dict[int, date] = {}
    today = {}
    for event in events:
        if event.event not in (*PAPERS, PRESENCE):
            continue
        project = known[event.key].project
        if project.pk not in today:
            today[project.pk] = current_day(project.region)
        first = date.fromisoformat(event.facts["since"]) if "since" in event.facts else today[project.pk]
        since[project.pk] = min(first, since.get(project.pk, first))
    return {*today.items(), *counted_since(since)}


def _tie_subjects(works: Sequence[Engagement]) -> None:
    """What the gates have seen of these people under their numbers is theirs."""
    people = {(one.person.id_type, bytes(one.person.id_index)): one.person for one in works}
    waiting = Subject.objects.filter(person=None, id_index__in=[index for _kind, index in people])
    for subject in waiting:
        person = people.get((subject.id_type, bytes(subject.id_index)))
        if person is not None:
            subject.person = person
            subject.save(update_fields=["person"])


def _match_again(projects: Mapping[int, Project], works: Sequence[Engagement]) -> None:
    """Conclude anew every day on which these people punched, or have a day, where they work."""
    concerned = {(one.project_id, one.person_id) for one in works}
    people = {person for _project, person in concerned}
    person_of = dict(Subject.objects.filter(person__in=people).values_list("pk", "person"))
    subjects: dict[int | None, list[int]] = defaultdict(list)
    for subject, person in person_of.items():
        subjects[person].append(subject)
    own = _every(AttendanceDay).filter(engagement__person__in=people, engagement__project__in=projects)
    wanted = {
        (project, subject, day)
        for project, person, day in own.values_list("engagement__project", "engagement__person", "day")
        if (project, person) in concerned
        for subject in subjects[person]
    }
    wanted |= {
        (project, subject, day)
        for project, subject, day in _waiting(projects, person_of)
        if (project, person_of[subject]) in concerned
    }
    corrected = (
        _every(Engagement)
        .filter(pk__in=[one.pk for one in works], corrections__state=State.APPLIED)
        .distinct()
    )
    for engagement in corrected.select_related("person"):
        wanted |= {(engagement.project_id, *pair) for pair in corrected_days(engagement)}
    conclude(wanted, {pk: reading_of(project.region) for pk, project in projects.items()})
    mark_pairs({(project, day) for project, _subject, day in wanted})


def _waiting(projects: Collection[int], subjects: Collection[int]) -> set[tuple[int, int, date]]:
    """The days on which these identities punched on these projects and count for nobody."""
    rows = UnmatchedDay.objects.filter(project__in=projects, subject__in=subjects)
    return set(rows.values_list("project_id", "subject_id", "day"))


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
    waiting = _waiting([engagement.project_id], subjects)
    wanted = {(subject, day) for _project, subject, day in waiting}
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
