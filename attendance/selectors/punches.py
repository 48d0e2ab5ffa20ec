"""Raw punches: facts as the gates reported them."""

from datetime import date
from uuid import UUID

from django.db.models import Case, Exists, F, OuterRef, QuerySet, Subquery, Value, When

from attendance.models import AttendanceDay, Punch
from attendance.rules import window
from attendance.selectors.clock import cutoff_hour
from kernel.errors import NotFound
from kernel.scoping import Actor
from workers.models import Engagement


def punches(actor: Actor, day: date) -> QuerySet[Punch]:
    """Punches of one attendance day, newest first.

    A person is named only through work on that project that `actor` may see: `person_name`,
    `engagement_key`; otherwise the gate saw a stranger. `is_counted`: it made a day. The day lets the
    database skip months.
    """
    hour = cutoff_hour()
    begins, ends = window(day, hour)
    return (
        _named(actor, Punch.objects.visible_to(actor), day)
        .filter(occurred_at__gte=begins, occurred_at__lt=ends)
        .order_by("-occurred_at", "public_id")
    )


def punch(actor: Actor, day: date, public_id: UUID) -> Punch:
    """One punch of an attendance day. Raises NotFound outside the actor's scope."""
    found = punches(actor, day).filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found


def of_work(actor: Actor, rows: QuerySet[Punch], engagement: UUID) -> QuerySet[Punch]:
    """Those of `rows` that the person of one engagement made on its project; none outside the scope."""
    own = Engagement.objects.visible_to(actor).filter(public_id=engagement)
    return rows.filter(subject__person__in=own.values("person"), project__in=own.values("project"))


def _named(actor: Actor, rows: QuerySet[Punch], day: date) -> QuerySet[Punch]:
    work = (
        Engagement.objects.visible_to(actor)
        .filter(person=OuterRef("subject__person"), project=OuterRef("project"))
        .order_by("-pk")
    )
    return rows.select_related("project__region", "subject", "team").annotate(
        # Searched and sorted by, so it is a join behind a condition and not a question for each row.
        person_name=Case(When(Exists(work), then=F("subject__person__name"))),
        engagement_key=Subquery(work.values("public_id")[:1]),
        is_counted=_counted(day),
    )


def _counted(day: date) -> Case:
    """Whether the person of a punch has a concluded day on that project: what the counters call matched.

    A case, for as a bare condition the database takes it for a join that leaves a handful of rows, and
    plans the thousands of a day accordingly.
    """
    made = AttendanceDay.all_rows.filter(
        day=day, engagement__project=OuterRef("project"), engagement__person=OuterRef("subject__person")
    )
    return Case(When(Exists(made), then=Value(True)), default=Value(False))
