"""What waits for a person: gaps found in the facts, the worst and oldest first.

Every threshold is a parameter of its region. Source: product 5.5 (AL-02, 04, 05, 06, 08, 18, 19).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, Max, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Greatest

from attendance.models import AttendanceDay, Device, ProjectDay
from kernel.scoping import Actor
from projects.models import Project
from projects.selectors import IN_PROGRESS, projects
from regions.models import Region
from standards.selectors import parameter
from workers.models import Presence
from workers.selectors import contracted_on, contracted_until, key_posts, trained_on, trained_until

RED, AMBER = "red", "amber"
_WHO = "engagement"


@dataclass(frozen=True, slots=True)
class WorkItem:
    """One thing to act on: what, on which project, since when, and how many people, punches or posts.

    `kind`: uncontracted, untrained, silent_device, silent_project, absent_post, vacant_post, unmatched.
    `days` counts full days the fact has lasted; `limit` is the parameter it is measured by.
    """

    kind: str
    level: str
    project: Project
    number: int
    days: int
    since: date | None = None
    limit: int = 0
    name: str = ""
    at: datetime | None = None

    @property
    def is_new(self) -> bool:
        """Whether it was not there yesterday."""
        return self.days <= 1

    @property
    def rank(self) -> tuple[bool, int, int, str]:
        return (self.level != RED, -self.days, -self.number, self.project.code)


def work_list(actor: Actor, region: Region | None, day: date, now: datetime) -> list[WorkItem]:
    """All that waits within `region` (None: all that `actor` sees), red before amber, oldest first.

    Seven queries, whatever the size.
    """
    known = {project.pk: project for project in projects(actor, region).filter(status=IN_PROGRESS)}
    found = [
        *_papers(
            actor, known, day, "uncontracted", ~Q(contracted_on(day, _WHO)), contracted_until(day, _WHO)
        ),
        *_papers(actor, known, day, "untrained", ~Q(trained_on(day, _WHO)), trained_until(day, _WHO)),
        *_silent(actor, known, day, now),
        *_key_posts(actor, known, day),
        *_unmatched(actor, known, day),
    ]
    return sorted(found, key=lambda item: item.rank)


def _papers(
    actor: Actor, known: dict[int, Project], day: date, kind: str, missing: Q, until: Subquery
) -> Iterator[WorkItem]:
    """People on site without a paper, one item a project; since entry, or since the last paper ran out."""
    rows = Presence.objects.visible_to(actor).filter(
        Q(exited_on=None) | Q(exited_on__gt=day), missing, entered_on__lte=day
    )
    for pk, number, since in _grouped(rows, Count("pk"), Min(Greatest("entered_on", until))):
        if pk in known:
            grace = _limit(f"gaps.{kind}_days", known[pk], day)
            waited = (day - since).days
            level = RED if waited > grace else AMBER
            yield WorkItem(kind, level, known[pk], number, waited, since, grace)


def _grouped(rows: QuerySet[Any], number: Count, since: Min) -> Iterable[tuple[int, int, date]]:
    return rows.order_by().values_list("engagement__project").annotate(number=number, since=since)


def _silent(actor: Actor, known: dict[int, Project], day: date, now: datetime) -> Iterator[WorkItem]:
    """Projects without any punch for days; elsewhere, single devices without contact for hours."""
    quiet = {item.project.pk: item for item in _silent_projects(actor, known, day)}
    yield from quiet.values()
    devices = Device.objects.visible_to(actor).filter(retired_at=None, last_contact_at__isnull=False)
    latest = now - timedelta(hours=min(_hours(None, day).values()))
    for device in devices.filter(last_contact_at__lt=latest).order_by("pk"):
        project = known.get(device.project_id)
        if project is None or project.pk in quiet or device.last_contact_at is None:
            continue
        hours = int((now - device.last_contact_at).total_seconds() // 3600)
        limits = _hours(project, day)
        if hours >= limits[AMBER]:
            level = RED if hours >= limits[RED] else AMBER
            yield WorkItem(
                "silent_device",
                level,
                project,
                hours,
                hours // 24,
                limit=limits[level],
                name=device.channel,
                at=device.last_contact_at,
            )


def _silent_projects(actor: Actor, known: dict[int, Project], day: date) -> Iterator[WorkItem]:
    """Projects in progress that have counted days but no punch on the latest of them."""
    rows = ProjectDay.objects.visible_to(actor).filter(day__lte=day, day__gt=day - timedelta(days=60))
    last = (
        rows.order_by()
        .values_list("project")
        .annotate(first=Min("day"), punched=Max("day", filter=Q(last_punch_at__isnull=False)))
    )
    for pk, first, punched in last:
        if (project := known.get(pk)) is None:
            continue
        silent = (day - punched).days if punched else (day - first).days + 1
        limit = _limit("gaps.silent_project_days", project, day)
        if silent > limit:
            yield WorkItem("silent_project", AMBER, project, silent, silent, punched, limit)


def _key_posts(actor: Actor, known: dict[int, Project], day: date) -> Iterator[WorkItem]:
    yield from _absent_posts(actor, known, day)
    if actor.reach("workers.view").participations:
        # Who sees one firm's people cannot tell a vacancy from a post that another firm holds.
        return
    held: dict[int, set[str]] = {}
    for pk, post in key_posts(actor, day).order_by().values_list("engagement__project", "post"):
        held.setdefault(pk, set()).add(post)
    for pk, project in known.items():
        vacant = [
            post
            for post in parameter("key_posts.required", project.region, day)
            if post not in held.get(pk, ())
        ]
        # A project nobody has enrolled anyone on is a silent one, not one with six vacancies.
        if vacant and pk in held:
            yield WorkItem("vacant_post", AMBER, project, len(vacant), 0, name=",".join(vacant))


def _absent_posts(actor: Actor, known: dict[int, Project], day: date) -> Iterator[WorkItem]:
    """Holders of key posts without a counted day for as long as the parameter says, today not counted."""
    days = AttendanceDay.all_rows.filter(engagement=OuterRef("engagement"))
    recent = days.filter(day__gte=day - timedelta(days=_limit("key_post.absent_days", None, day)))
    absent = (
        key_posts(actor, day)
        .filter(~Exists(recent), Exists(_present(day)))
        .annotate(last_day=Max("engagement__days__day"))
    )
    for row in absent:
        project = known.get(row.engagement.project_id)
        if project is None:
            continue
        since = max(row.last_day or date.min, row.starts_on - timedelta(days=1))
        missed = (day - since).days - 1
        limit = _limit("key_post.absent_days", project, day)
        if missed >= limit:
            yield WorkItem("absent_post", RED, project, 1, missed, row.last_day, limit, row.post)


def _present(day: date) -> QuerySet[Presence]:
    return Presence.all_rows.filter(
        Q(exited_on=None) | Q(exited_on__gt=day), engagement=OuterRef("engagement"), entered_on__lte=day
    )


def _unmatched(actor: Actor, known: dict[int, Project], day: date) -> Iterator[WorkItem]:
    """Punches of today that belong to nobody on site."""
    rows = ProjectDay.objects.visible_to(actor).filter(day=day, unmatched__gt=0)
    for pk, number in rows.values_list("project", "unmatched"):
        if pk in known:
            yield WorkItem("unmatched", AMBER, known[pk], number, 0, day)


def _limit(key: str, project: Project | None, day: date) -> int:
    return int(parameter(key, project.region if project else None, day))


def _hours(project: Project | None, day: date) -> dict[str, int]:
    return dict(parameter("device.silent_hours", project.region if project else None, day))
