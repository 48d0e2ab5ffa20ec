"""Requests to correct a day: what waits, one of them, and the evidence beside it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Case, Count, Min, Q, QuerySet, When

from attendance.models import AttendanceDay, CorrectionRequest, Punch
from attendance.models.corrections import State
from attendance.selectors.punches import punches
from kernel.errors import NotFound
from kernel.scoping import Actor
from projects.models import Project

ANSWER = "attendance.answer_correction"


def corrections(actor: Actor) -> QuerySet[CorrectionRequest]:
    """The requests that `actor` may see, those that wait first, then the newest."""
    return (
        CorrectionRequest.objects.visible_to(actor)
        .select_related("engagement__person", "engagement__project__region", "engagement__team")
        # Apart, as in workers.selectors.engagements.
        .prefetch_related("engagement__participation__enterprise")
        .annotate(waits=Case(When(state=State.SUBMITTED, then=1), default=0))
        .order_by("-waits", "-asked_at", "-pk")
    )


def correction(actor: Actor, public_id: UUID) -> CorrectionRequest:
    """One request. Raises NotFound outside the actor's scope."""
    found = corrections(actor).filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found


def answerable(actor: Actor) -> QuerySet[CorrectionRequest]:
    """The requests that wait for `actor`: within the posts that may answer, and not asked by themselves."""
    rows = CorrectionRequest.objects.visible_to(actor, ANSWER)
    return rows.filter(state=State.SUBMITTED).exclude(asked_by_key=actor.key)


@dataclass(frozen=True, slots=True)
class Queue:
    """How many requests of a project wait, and since when."""

    project: Project
    number: int
    since: datetime


def waiting_corrections(actor: Actor) -> list[Queue]:
    """What waits for `actor`, project by project, the oldest first. Two queries."""
    rows = answerable(actor).order_by().values_list("engagement__project")
    found = list(rows.annotate(number=Count("pk"), since=Min("asked_at")))
    projects = Project.objects.visible_to(actor).select_related("region")
    known = {row.pk: row for row in projects.filter(pk__in=[pk for pk, _number, _since in found])}
    queues = [Queue(known[pk], number, since) for pk, number, since in found if pk in known]
    return sorted(queues, key=lambda queue: queue.since)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the gates and the node know of the day that a request speaks of."""

    day: AttendanceDay | None
    own: list[Punch]
    strangers: list[Punch]
    earlier: list[CorrectionRequest]


def evidence(actor: Actor, of: CorrectionRequest) -> Evidence:
    """The day as it stands, the person's punches, those that match nobody, and earlier requests.

    Punches of strangers are shown to whoever sees the whole project: one of them may be this person.
    """
    earlier = corrections(actor).filter(engagement=of.engagement, day=of.day).exclude(pk=of.pk)
    if of.day is None:
        return Evidence(None, [], [], list(earlier))
    rows = punches(actor, of.day).filter(project=of.engagement.project_id)
    days = AttendanceDay.objects.visible_to(actor).filter(engagement=of.engagement, day=of.day)
    return Evidence(
        day=days.first(),
        own=_of(rows, Q(subject__person=of.engagement.person_id)),
        strangers=_of(rows.exclude(subject__person=of.engagement.person_id), Q(engagement_key=None))[:20],
        earlier=list(earlier),
    )


def _of(rows: QuerySet[Punch], who: Q) -> list[Punch]:
    return list(rows.filter(who))
