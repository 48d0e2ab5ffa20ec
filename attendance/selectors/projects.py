"""Projects with their counters of a day."""

from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import (
    Case,
    Count,
    Exists,
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
from django.db.models.expressions import Combinable, CombinedExpression
from django.db.models.functions import Coalesce, NullIf

from attendance.models import AttendanceDay, Device, DirtyDay, ProjectDay
from attendance.selectors.figures import Figures, figures_by
from kernel.errors import NotFound
from kernel.scoping import Actor, Reach
from projects.models import Project
from projects.selectors import projects
from regions.models import Region
from workers.models import Engagement
from workers.selectors import contracted_on, on_site_on, trained_on

PERMISSION = "attendance.view"
_OF_PEOPLE = ("on_site", "attended", "attended_left", "contracted", "trained")


def projects_on(actor: Actor, day: date, region: Region | None = None) -> QuerySet[Project]:
    """Projects with their counters of `day`: on_site, attended, rates (0–1 or None), last_punch_at.

    A project without a row that day has None everywhere, and one whose gates were silent all day has no
    attendance: no data is not 0. A post on a participation counts its own people.
    """
    return (
        projects(actor, region)
        .annotate(today=FilteredRelation("days", condition=_seen_day(actor, day)))
        .annotate(
            **_counted(actor, day),
            posts_required=F("today__key_posts_required"),
            posts_present=F("today__key_posts_present"),
            unmatched=F("today__unmatched"),
            last_punch_at=Subquery(_last_punch(actor)),
        )
        .annotate(
            attendance_rate=_if_heard(_share(F("attended"), _expected())),
            contract_rate=_rate("contracted", "on_site"),
            training_rate=_rate("trained", "on_site"),
            on_post_rate=_if_heard(_rate("today__key_posts_present", "today__key_posts_required")),
        )
    )


def totals(rows: QuerySet[Project]) -> dict[str, Any]:
    """The sums of a list of `projects_on`, over all its pages: what the dashboard's figures say."""
    return rows.order_by().aggregate(
        number=Count("pk"),
        all_on_site=Sum("on_site"),
        all_attended=Sum("attended"),
        all_expected=Sum(_expected()),
        all_contracted=Sum("contracted"),
        all_trained=Sum("trained"),
        all_required=Sum("today__key_posts_required"),
        all_present=Sum("today__key_posts_present"),
    )


def _seen_day(actor: Actor, day: date) -> Q:
    """The project's row of `day`, for posts that see the project as a whole."""
    if not actor.reach(PERMISSION).participations:
        return Q(days__day=day)
    seen = ProjectDay.objects.visible_to(actor, PERMISSION).filter(day=day)
    # A joined condition takes no subquery, and an empty list would empty the whole answer: no row is 0.
    return Q(days__day=day, days__in=[*seen.values_list("pk", flat=True), 0])


def _counted(actor: Actor, day: date) -> dict[str, F | Coalesce]:
    """Counters of people: the project's own, or those of the participations that a post is tied to."""
    reach = actor.reach(PERMISSION)
    if not reach.participations:
        return {name: F(f"today__{name}") for name in _OF_PEOPLE}
    own = Engagement.objects.within(Reach(participations=reach.participations))
    on_site = own.filter(on_site_on(day))
    attended = own.filter(Exists(AttendanceDay.all_rows.filter(engagement=OuterRef("pk"), day=day)))
    people = {
        "on_site": on_site,
        "attended": attended,
        "attended_left": attended.exclude(on_site_on(day)),
        "contracted": on_site.filter(contracted_on(day)),
        "trained": on_site.filter(trained_on(day)),
    }
    return {name: Coalesce(F(f"today__{name}"), _number(rows)) for name, rows in people.items()}


def _number(people: QuerySet[Engagement]) -> Subquery:
    of_project = people.filter(project=OuterRef("pk")).order_by().values("project")
    return Subquery(of_project.annotate(number=Count("pk")).values("number"))


def _rate(part: str, whole: str) -> ExpressionWrapper:
    return _share(F(part), F(whole))


def _expected() -> CombinedExpression:
    """Who is on site, and who attended that day and has left since (decision 46)."""
    return Coalesce(F("on_site"), 0) + Coalesce(F("attended_left"), 0)


def _share(part: Combinable, whole: Combinable) -> ExpressionWrapper:
    return ExpressionWrapper(part * 1.0 / NullIf(whole, 0), output_field=FloatField())


def _if_heard(rate: ExpressionWrapper) -> Case:
    """The rate, if any gate of the project spoke that day."""
    heard = Q(today__last_punch_at__isnull=False) | Q(attended__gt=0)
    return Case(When(heard, then=rate), default=None, output_field=FloatField())


def _last_punch(actor: Actor) -> QuerySet[Any]:
    devices = Device.objects.visible_to(actor).filter(project=OuterRef("pk"))
    return devices.order_by().values("project").annotate(last=Max("last_punch_at")).values("last")


def project_on(actor: Actor, public_id: UUID, day: date) -> Project:
    """One project with its counters of `day`. Raises NotFound outside the actor's scope.

    `counted_at`: when they were counted, where a change waits to be counted; otherwise None, they are of now.
    """
    waiting = Exists(DirtyDay.objects.filter(project=OuterRef("pk"), day=day))
    rows = projects_on(actor, day).annotate(counted_at=Case(When(waiting, then=F("today__computed_at"))))
    found = rows.filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found


def project_trend(actor: Actor, project: Project, first: date, last: date) -> dict[date, Figures]:
    """A project's counters from `first` to `last`; a day that nobody counted is missing."""
    rows = ProjectDay.objects.visible_to(actor).filter(project=project, day__range=(first, last))
    return {key: figures for (key,), figures in figures_by(rows, "day").items()}
