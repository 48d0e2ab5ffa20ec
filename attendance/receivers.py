"""What attendance does when people change: it reads the outbox, for it stands above those who write it."""

from collections.abc import Sequence
from datetime import date

from attendance.models import AttendanceDay, Punch, Subject
from attendance.models.corrections import State
from attendance.rules import day_of
from attendance.selectors.clock import current_day, cutoff_hour
from attendance.services.counters import mark_days, mark_since
from attendance.services.days import conclude_days, lock_project
from outbox.models import OutboxEvent
from outbox.services import receive
from workers.models import Engagement

ENROLLED = "workers.enrolled.v1"
PRESENCE = "workers.presence_changed.v1"
PAPERS = ("workers.contract_recorded.v1", "workers.training_recorded.v1", "workers.key_post_assigned.v1")
_BECAUSE = "the node concludes days for everybody; nobody reads"


def people_changed(events: Sequence[OutboxEvent]) -> None:
    """Match waiting punches and mark counters after enrolments, entries, exits and papers."""
    by_key = {event.key: event for event in events}
    engagements = Engagement.objects.unscoped(because=_BECAUSE).select_related("project__region")
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
    hour = cutoff_hour(engagement.project.region)
    subjects = list(Subject.objects.filter(person=engagement.person_id).values_list("pk", flat=True))
    punches = Punch.objects.unscoped(because=_BECAUSE).filter(
        project=engagement.project_id, subject__in=subjects
    )
    wanted = {(s, day_of(at, hour)) for s, at in punches.values_list("subject_id", "occurred_at")}
    days = AttendanceDay.objects.unscoped(because=_BECAUSE).filter(engagement=engagement)
    corrected = engagement.corrections.filter(state=State.APPLIED).values_list("day", flat=True)
    standing = {*days.values_list("day", flat=True), *(day for day in corrected if day)}
    wanted |= {(s, day) for s in subjects for day in standing}
    conclude_days(engagement.project, wanted)
    mark_days(engagement.project_id, {day for _subject, day in wanted})


def register() -> None:
    """Tell the outbox what attendance listens to."""
    receive("attendance.people", [ENROLLED, PRESENCE, *PAPERS], people_changed)
