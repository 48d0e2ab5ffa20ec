"""Raw punches: facts as the gates reported them."""

from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Case, Exists, F, OuterRef, QuerySet, Subquery, Value, When

from attendance.models import AttendanceDay, Punch
from attendance.rules import window
from attendance.selectors.clock import cutoff_hour
from kernel.errors import NotFound
from kernel.scoping import Actor
from workers.models import Engagement

# So many punches of strangers are named one by one; more are soon met on the way back from the newest.
_FEW = 1000


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


def matching(rows: QuerySet[Any], *, somebody: bool) -> QuerySet[Any]:
    """Those of `rows` that made a day, or that made none.

    A few strangers among the thousands of a day are found first, by sorting what no index sorts: asked for
    the newest, the database would go back through the whole day, one question a punch.
    """
    if somebody:
        return rows.filter(is_counted=True)
    strangers = without_day(rows)
    keys = list(strangers.order_by("received_at").values_list("pk", flat=True)[: _FEW + 1])
    return rows.filter(pk__in=keys) if len(keys) <= _FEW else strangers


def without_day(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Those of `rows` that made no day, for a reader who wants all of them: one project's, one day's."""
    return rows.filter(has_day=False)


def _named(actor: Actor, rows: QuerySet[Punch], day: date) -> QuerySet[Punch]:
    work = (
        Engagement.objects.visible_to(actor)
        .filter(person=OuterRef("subject__person"), project=OuterRef("project"))
        .order_by("-pk")
    )
    made = _days_made(day)
    # To find those without a day the bare condition is right: all who have one are taken out in one go.
    rows = rows.alias(has_day=made)
    return rows.select_related("project__region", "subject", "team").annotate(
        # Searched and sorted by, so it is a join behind a condition and not a question for each row.
        person_name=Case(When(Exists(work), then=F("subject__person__name"))),
        engagement_key=Subquery(work.values("public_id")[:1]),
        is_counted=_counted(made),
    )


def _days_made(day: date) -> Exists:
    """The person of a punch has a concluded day on that project: what the counters call matched."""
    made = AttendanceDay.all_rows.filter(
        day=day, engagement__project=OuterRef("project"), engagement__person=OuterRef("subject__person")
    )
    return Exists(made)


def _counted(made: Exists) -> Case:
    """Whether a punch is matched.

    A case, for as a bare condition the database takes it for a join that leaves a handful of rows, and
    plans the thousands of a day accordingly.
    """
    return Case(When(made, then=Value(True)), default=Value(False))
