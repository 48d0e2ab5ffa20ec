"""Projects with their counters of a day."""

from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import (
    Case,
    Count,
    ExpressionWrapper,
    F,
    FilteredRelation,
    FloatField,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    When,
)
from django.db.models.functions import NullIf

from attendance.models import Device, ProjectDay
from attendance.selectors.figures import Figures, figures_by
from kernel.errors import NotFound
from kernel.scoping import Actor
from projects.models import Project
from projects.selectors import projects
from regions.models import Region


def projects_on(actor: Actor, day: date, region: Region | None = None) -> QuerySet[Project]:
    """Projects with their counters of `day`: on_site, attended, rates (0–1 or None), last_punch_at.

    A project without a row that day has None everywhere, and one whose gates were silent all day has no
    attendance: no data is not 0.
    """
    return (
        projects(actor, region)
        .annotate(today=FilteredRelation("days", condition=Q(days__day=day)))
        .annotate(
            on_site=F("today__on_site"),
            attended=F("today__attended"),
            posts_required=F("today__key_posts_required"),
            posts_present=F("today__key_posts_present"),
            unmatched=F("today__unmatched"),
            attendance_rate=_if_heard(_rate("today__attended", "today__on_site")),
            contract_rate=_rate("today__contracted", "today__on_site"),
            training_rate=_rate("today__trained", "today__on_site"),
            on_post_rate=_if_heard(_rate("today__key_posts_present", "today__key_posts_required")),
            last_punch_at=Subquery(_last_punch(actor)),
        )
    )


def totals(rows: QuerySet[Project]) -> dict[str, Any]:
    """The sums of a list of `projects_on`, over all its pages: what the dashboard's figures say."""
    return rows.order_by().aggregate(
        number=Count("pk"),
        all_on_site=Sum("today__on_site"),
        all_attended=Sum("today__attended"),
        all_contracted=Sum("today__contracted"),
        all_trained=Sum("today__trained"),
        all_required=Sum("today__key_posts_required"),
        all_present=Sum("today__key_posts_present"),
    )


def _rate(part: str, whole: str) -> ExpressionWrapper:
    return ExpressionWrapper(F(part) * 1.0 / NullIf(F(whole), 0), output_field=FloatField())


def _if_heard(rate: ExpressionWrapper) -> Case:
    """The rate, if any gate of the project spoke that day."""
    return Case(When(today__last_punch_at__isnull=False, then=rate), default=None, output_field=FloatField())


def _last_punch(actor: Actor) -> QuerySet[Any]:
    devices = Device.objects.visible_to(actor).filter(project=OuterRef("pk"))
    return devices.order_by().values("project").annotate(last=Max("last_punch_at")).values("last")


def project_on(actor: Actor, public_id: UUID, day: date) -> Project:
    """One project with its counters of `day`. Raises NotFound outside the actor's scope."""
    found = projects_on(actor, day).filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found


def project_trend(actor: Actor, project: Project, first: date, last: date) -> dict[date, Figures]:
    """A project's counters from `first` to `last`; a day that nobody counted is missing."""
    rows = ProjectDay.objects.visible_to(actor).filter(project=project, day__range=(first, last))
    return {key: figures for (key,), figures in figures_by(rows, "day").items()}
