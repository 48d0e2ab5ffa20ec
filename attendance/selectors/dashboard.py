"""A region's dashboard: today's counters, yesterday's beside them, the trend and the parts.

Everything is read from project-days, which are exact because they are recounted from facts. A post on one
participation sees less than its project, so its counters are counted from its own people.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from attendance.models import AttendanceDay, DirtyDay, ProjectDay
from attendance.rules import days_between
from attendance.selectors.cells import counted_until, figures_of_cells, is_hub
from attendance.selectors.clock import current_day
from attendance.selectors.figures import Figures, figures_by
from kernel.errors import NotFound
from kernel.replica import complete_until
from kernel.scoping import Actor
from projects.models import Project
from projects.selectors import IN_PROGRESS, in_progress_by_region
from regions.models import Region
from regions.selectors import parts, province, region
from workers.models import Engagement
from workers.selectors import contracted_on, on_site_on, trained_on

PERMISSION = "attendance.view"


@dataclass(frozen=True, slots=True)
class Dashboard:
    """A region on a day, and on the day before; `as_of` is the instant the counters speak of."""

    region: Region
    day: date
    as_of: datetime
    figures: Figures
    before: Figures


def region_in_reach(actor: Actor, code: str | None = None) -> Region:
    """The region of `code`, or the actor's own topmost one when no code is given.

    A post on a project reaches the regions above its project, and there counts its project alone.
    Raises NotFound, naming a code that no region has, or a region outside the actor's scope.
    """
    reach = actor.reach(PERMISSION)
    if code:
        found = region(code)
        if any(found.path.startswith(path) for path in reach.region_paths):
            return found
        if not reach.region_paths and _projects(actor).filter(region__path__startswith=found.path).exists():
            return found
        raise NotFound(_("“{name}”不在您的管理范围内，请选择本岗位管辖的区划。").format(name=found.name))
    if reach.region_paths:
        return Region.objects.get(path=min(reach.region_paths, key=lambda path: (len(path), path)))
    own = _projects(actor).order_by("code").select_related("region").first()
    return own.region if own else province()


def dashboard(actor: Actor, of: Region, day: date, now: datetime) -> Dashboard:
    """The six figures of a region on `day` beside those of the day before."""
    yesterday = day - timedelta(days=1)
    counted = by_day(actor, of, yesterday, day)
    today = counted.get(day, Figures())
    if day == current_day(now=now) and not is_hub():
        today = replace(today, projects=sum(in_progress_by_region(actor, of).values()))
    return Dashboard(of, day, _as_of(actor, of, day, now), today, counted.get(yesterday, Figures()))


def by_day(actor: Actor, of: Region, first: date, last: date) -> dict[date, Figures]:
    """The counters of each day from `first` to `last`; a day that nobody counted is missing."""
    counted = figures_by(_days(actor, of).filter(day__range=(first, last)), "day")
    found = {key: figures for (key,), figures in counted.items()}
    for counted_day, figures in figures_of_cells(actor, of, first, last, "day").items():
        found[counted_day] = found.get(counted_day, Figures()) + figures
    if actor.reach(PERMISSION).participations:
        for day in days_between(first, last):
            found[day] = found.get(day, Figures()) + sum_of(own_people(actor, of, day))
    return found


def by_place(actor: Actor, of: Region, day: date, now: datetime) -> list[tuple[Region, Figures]]:
    """The counters of each part one step below `of`; together they are the figures of `of` itself.

    A county has no parts. Functional zones count with the unit they lie in.
    """
    counted = figures_by(_days(actor, of).filter(day=day), "project__region__path")
    found = {path: figures for (path,), figures in counted.items()}
    found |= figures_of_cells(actor, of, day, day, "region__path")
    if actor.reach(PERMISSION).participations:
        for path, figures in own_people(actor, of, day).items():
            found[path] = found.get(path, Figures()) + figures
    if day == current_day(now=now) and not is_hub():
        live = in_progress_by_region(actor, of)
        found = {
            path: replace(found.get(path, Figures()), projects=live.get(path, 0)) for path in {*found, *live}
        }
    return [
        (part, sum_of({path: one for path, one in found.items() if path.startswith(part.path)}))
        for part in parts(of)
    ]


def own_people(actor: Actor, of: Region, day: date) -> dict[str, Figures]:
    """For posts on a participation: the counters of its own people, by region path.

    Projects that another post of the same actor opens as a whole are left to their project-days.
    """
    whole = ProjectDay.objects.visible_to(actor, PERMISSION).values("project")
    rows = (
        Engagement.objects.visible_to(actor, PERMISSION)
        .filter(project__region__path__startswith=of.path)
        .exclude(project__in=whole)
    )
    on_site = Q(on_site_on(day))
    attended = AttendanceDay.all_rows.filter(engagement=OuterRef("pk"), day=day)
    counted = (
        rows.order_by()
        .values_list("project__region__path")
        .annotate(
            projects=Count("project", filter=Q(project__status=IN_PROGRESS), distinct=True),
            on_site=Count("pk", filter=on_site),
            attended=Count("pk", filter=Exists(attended)),
            attended_left=Count("pk", filter=Exists(attended) & ~on_site),
            contracted=Count("pk", filter=on_site & Q(contracted_on(day))),
            trained=Count("pk", filter=on_site & Q(trained_on(day))),
        )
    )
    names = ("projects", "on_site", "attended", "attended_left", "contracted", "trained")
    return {path: Figures(**dict(zip(names, numbers, strict=True))) for path, *numbers in counted}


def sum_of(parts_of_it: dict[str, Figures]) -> Figures:
    """Several figures as one."""
    return sum(parts_of_it.values(), start=Figures())


def _days(actor: Actor, of: Region) -> QuerySet[ProjectDay]:
    return ProjectDay.objects.visible_to(actor, PERMISSION).filter(project__region__path__startswith=of.path)


def _projects(actor: Actor) -> QuerySet[Project]:
    return Project.objects.visible_to(actor, PERMISSION)


def _as_of(actor: Actor, of: Region, day: date, now: datetime) -> datetime:
    """This instant when no change waits to be counted; otherwise when the counters were last counted.

    Where they come from elsewhere it is until when that place has told everything: of a replica, of cells.
    """
    if is_hub():
        return counted_until(of) or now
    days = _days(actor, of).filter(day=day)
    waiting = DirtyDay.objects.filter(day=day, project__in=days.values("project"))
    return days.aggregate(latest=Max("computed_at"))["latest"] if waiting.exists() else complete_until(now)
