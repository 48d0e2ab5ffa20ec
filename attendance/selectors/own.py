"""What a worker reads of himself: all of the own records, on whichever site, and nobody else's.

Everything is asked by `own.view`, which reaches persons and neither places nor projects.
"""

from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet

from attendance.models import AttendanceDay, CorrectionRequest, Punch, UnmatchedDay
from attendance.rules import window
from attendance.selectors.clock import cutoff_hour
from attendance.selectors.punches import again
from audit.models import AuditEvent
from audit.selectors import events_of_all
from kernel.errors import NotFound
from kernel.scoping import Actor
from workers.models import Contract, Engagement, Person, Presence, Training
from workers.selectors import on_site_on

OWN = "own.view"
# What the trail keeps of a look at somebody's record.
SEEN = ("workers.record_read", "workers.number_read")
# A career is read by the person, wherever the work was.
CAREER_SEEN = ("workers.career_code_read", "workers.career_read")


def own_person(actor: Actor) -> Person:
    """The worker's own person. Raises NotFound for anybody who is not one."""
    found = Person.objects.visible_to(actor, OWN).first()
    if found is None:
        raise NotFound
    return found


def own_engagements(actor: Actor, day: date) -> QuerySet[Engagement]:
    """All of the worker's own work, where he is on site first, then the newest, with `is_on_site`."""
    return (
        Engagement.objects.visible_to(actor, OWN)
        .select_related("project__region", "team", "person")
        .prefetch_related("participation__enterprise")
        .annotate(is_on_site=on_site_on(day))
        .order_by("-is_on_site", "-created_at", "-pk")
    )


def own_presences(actor: Actor) -> QuerySet[Presence]:
    """When the worker came to each site and left it, newest first."""
    return Presence.objects.visible_to(actor, OWN).order_by("-entered_on", "-pk")


def own_contracts(actor: Actor) -> QuerySet[Contract]:
    """The worker's contracts and work agreements, newest first."""
    return Contract.objects.visible_to(actor, OWN)


def own_trainings(actor: Actor) -> QuerySet[Training]:
    """The worker's trainings, newest first."""
    return Training.objects.visible_to(actor, OWN)


def own_days(actor: Actor, first: date | None = None, last: date | None = None) -> QuerySet[AttendanceDay]:
    """The worker's days on every site (from `first` to `last`), newest first."""
    rows = AttendanceDay.objects.visible_to(actor, OWN)
    if first and last:
        rows = rows.filter(day__gte=first, day__lte=last)
    return rows.select_related(
        "engagement__project",
        "engagement__team",
        "engagement__person",
        "engagement__participation__enterprise",
    ).order_by("-day", "first_at")


def own_punches(actor: Actor, day: date) -> QuerySet[Punch]:
    """What the gates saw of the worker on a day, in the order of the day, counted or not."""
    begins, ends = window(day, cutoff_hour())
    rows = Punch.objects.visible_to(actor, OWN).filter(occurred_at__gte=begins, occurred_at__lt=ends)
    rows = rows.filter(project__in=_places(actor, day)).annotate(is_again=again(day))
    return rows.select_related("project").order_by("occurred_at", "public_id")


def _places(actor: Actor, day: date) -> set[int]:
    """Where the worker may have been seen on a day: punches are found through their project."""
    work = Engagement.objects.visible_to(actor, OWN)
    strange = UnmatchedDay.objects.filter(day=day, subject__person__in=work.values("person"))
    return {*work.values_list("project", flat=True), *strange.values_list("project", flat=True)}


def own_corrections(actor: Actor) -> QuerySet[CorrectionRequest]:
    """The requests that concern the worker, by whomever asked, newest first."""
    rows = CorrectionRequest.objects.visible_to(actor, OWN)
    return rows.select_related("engagement__project", "engagement__person").order_by("-asked_at", "-pk")


def own_correction(actor: Actor, public_id: UUID) -> CorrectionRequest:
    """One of them. Raises NotFound for anybody else's."""
    found = own_corrections(actor).filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found


def asked_days(actor: Actor, first: date, last: date) -> set[date]:
    """The days for which a request waits or was applied: nothing more needs to be asked."""
    rows = own_corrections(actor).filter(
        Q(state="submitted") | Q(state="applied"), day__gte=first, day__lte=last
    )
    return {day for day in rows.order_by().values_list("day", flat=True) if day}


def own_readers(actor: Actor) -> QuerySet[AuditEvent]:
    """Who looked at the worker's record or career or read the number, when and why, newest first."""
    of_work = events_of_all(Engagement.objects.visible_to(actor, OWN).order_by(), SEEN)
    of_person = events_of_all(Person.objects.visible_to(actor, OWN).order_by(), CAREER_SEEN)
    return of_work | of_person
