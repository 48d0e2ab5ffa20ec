"""Raw punches: facts as the gates reported them."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Greatest

from attendance.models import Punch, SequenceClash, Subject, UnmatchedDay
from attendance.rules import window
from attendance.selectors.clock import cutoff_hour
from kernel.errors import NotFound
from kernel.scoping import Actor
from standards.selectors import parameter
from workers.models import Engagement


def punches(actor: Actor, day: date) -> QuerySet[Punch]:
    """Punches of one attendance day, newest first.

    A person is named only through work on that project that `actor` may see: `person_name`,
    `engagement_key`; otherwise the gate saw a stranger. `is_counted`: it made a day.
    `is_again`: not counted beside another. The day lets the database skip months.
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
    """Those of `rows` that the person of one engagement made on its project; none outside the scope.

    The engagement is read first: with its project known, the database reads one piece of one index.
    """
    own = Engagement.objects.visible_to(actor).filter(public_id=engagement)
    work = own.values_list("person_id", "project_id").first()
    if work is None:
        return rows.none()
    person, project = work
    subjects = Subject.objects.filter(person=person).values_list("pk", flat=True)
    return rows.filter(subject__in=list(subjects), project=project)


def matching(rows: QuerySet[Any], *, somebody: bool) -> QuerySet[Any]:
    """Those of `rows` that made a day, or that made none.

    Those few without one are found by their own table; the many are judged row by row.
    """
    return rows.filter(is_counted=True) if somebody else rows.filter(is_unmatched=True)


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
        is_unmatched=_unmatched(day),
        is_again=again(day),
    )


def _counted(day: date) -> Case:
    """Whether the person of a punch has a concluded day on that project: what the counters call matched.

    A case, for as a bare condition the database takes it for a join that leaves a handful of rows, and
    plans the thousands of a day accordingly.
    """
    return Case(When(_unmatched(day), then=Value(False)), default=Value(True))


def _unmatched(day: date) -> Exists:
    """That no day of attendance rests on what the subject of a punch did on its project on a day."""
    rows = UnmatchedDay.objects.filter(day=day, project=OuterRef("project"), subject=OuterRef("subject"))
    return Exists(rows)


def again(day: date) -> Case:
    """Whether a punch is not counted beside another: the same passage, or a sequence with an earlier time.

    Source: attendance.services.reading, of which this is the view row by row.
    """
    begins, _ends = window(day, cutoff_hour())
    gap = timedelta(seconds=parameter("attendance.duplicate_seconds"))
    clash = SequenceClash.objects.filter(source=OuterRef("source"), token=OuterRef("token")).exclude(
        counted_at=OuterRef("occurred_at"), counted_project=OuterRef("project")
    )
    just_before = Punch.all_rows.filter(
        Q(occurred_at__lt=OuterRef("occurred_at"))
        | Q(occurred_at=OuterRef("occurred_at"), public_id__lt=OuterRef("public_id")),
        project=OuterRef("project"),
        occurred_at__gte=Greatest(OuterRef("occurred_at") - gap, Value(begins)),
        occurred_at__lte=OuterRef("occurred_at"),
        subject=OuterRef("subject"),
        channel=OuterRef("channel"),
        direction=OuterRef("direction"),
    )
    return Case(When(Exists(clash) | Exists(just_before), then=Value(True)), default=Value(False))
