"""What is missing on one site today, as the supervisor's duty names it, each with its number and since when.

Every number is that of the list behind it, for whoever reads; a subcontractor's clerk counts its own people.
Source: 鄂建文〔2019〕27号 一(六), 一(七), 一(八); product 4.3 S1.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, IntegerField, Max, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, Greatest

from attendance.models import AttendanceDay
from attendance.rules import day_of
from attendance.selectors.clock import cutoff_hour
from attendance.selectors.days import still_inside
from attendance.selectors.devices import devices_of
from attendance.selectors.projects import project_on
from attendance.selectors.punches import matching, punches
from integrity.models import SupervisionNotice
from integrity.selectors.notices import open_notices
from kernel.scoping import Actor
from projects.models import Participation, Project
from projects.selectors import IN_PROGRESS
from standards.selectors import parameter
from workers.models import Presence
from workers.selectors import (
    contracted_on,
    contracted_until,
    key_posts,
    on_site_on,
    trained_on,
    trained_until,
)

RED, AMBER = "red", "amber"
UNCONTRACTED, UNTRAINED, UNMATCHED = "uncontracted", "untrained", "unmatched"
ABSENT, VACANT, SILENT_DEVICE, SILENT_SITE = "absent_post", "vacant_post", "silent_device", "silent_project"
# Of people, so that a notice may go to the firm that employs them; the others are the whole site's.
OF_PEOPLE = (UNCONTRACTED, UNTRAINED)
OF_THE_SITE = (ABSENT, VACANT, UNMATCHED, SILENT_DEVICE, SILENT_SITE)
_WHO = "engagement"


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing that is missing: how many people, posts, punches or devices, since when, and its level.

    `subject` tells gaps of one kind apart (an absent post's code). `lapsed`: how many of the people had the
    paper once. `names` are codes of posts or channels of gates, never people. `limit` is the parameter.
    """

    kind: str
    level: str
    number: int
    days: int = 0
    since: date | None = None
    limit: int = 0
    lapsed: int = 0
    subject: str = ""
    names: tuple[str, ...] = ()
    at: datetime | None = None
    evidence: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """How a form names it: `uncontracted`, `absent_post:01`."""
        return f"{self.kind}:{self.subject}" if self.subject else self.kind

    @property
    def rank(self) -> tuple[bool, int, int, str]:
        return (self.level != RED, -self.days, -self.number, self.key)


@dataclass(frozen=True, slots=True)
class SiteGaps:
    """A site at an instant: who is inside, who is on the roster, and what is missing, the worst first.

    `checked` names every check that the reader's scope allows; those without a gap are settled.
    """

    project: Any
    day: date
    as_of: datetime
    inside: int
    gaps: list[Gap]
    checked: tuple[str, ...]

    @property
    def settled(self) -> list[str]:
        """The checks that found nothing."""
        found = {gap.kind for gap in self.gaps}
        return [kind for kind in self.checked if kind not in found]

    def picked(self, keys: Iterable[str]) -> list[Gap]:
        """The gaps of these keys, in the order shown; a key that is no gap now is left out."""
        wanted = set(keys)
        return [gap for gap in self.gaps if gap.key in wanted]


def site_gaps(
    actor: Actor, public_id: UUID, day: date, now: datetime, only: Participation | None = None
) -> SiteGaps:
    """The gaps of one project on `day`, or those of the people of one firm on it (`only`).

    A fixed number of queries. Raises NotFound outside the actor's scope.
    """
    project = project_on(actor, public_id, day)
    is_whole = only is None and sees_whole(actor, project)
    found: list[Gap] = [*_papers(actor, project, day, only)]
    if only is None:
        found += _unmatched(actor, project, day)
    if is_whole:
        found += [*_key_posts(actor, project, day), *_silent(actor, project, day, now)]
    elif only is None:
        found += _absent(actor, project, day, set())
    checked = (*OF_PEOPLE, *OF_THE_SITE) if is_whole else (*OF_PEOPLE, UNMATCHED)
    return SiteGaps(
        project=project,
        day=day,
        as_of=now,
        inside=_inside(actor, project, day),
        gaps=sorted(found, key=lambda gap: gap.rank),
        checked=checked,
    )


def sees_whole(actor: Actor, project: Project) -> bool:
    """Whether a post of `actor` opens the whole project, not only one firm on it."""
    reach = actor.reach("attendance.view")
    return project.public_id in reach.projects or any(
        project.region.path.startswith(path) for path in reach.region_paths
    )


def _inside(actor: Actor, project: Project, day: date) -> int:
    rows = AttendanceDay.objects.visible_to(actor).filter(day=day, engagement__project=project)
    return rows.filter(still_inside()).count()


def _papers(actor: Actor, project: Project, day: date, only: Participation | None) -> Iterator[Gap]:
    """People on site without contract or training; since entry, or since the last paper ran out."""
    checks = (
        (UNCONTRACTED, ~Q(contracted_on(day, _WHO)), contracted_until(day, _WHO)),
        (UNTRAINED, ~Q(trained_on(day, _WHO)), trained_until(day, _WHO)),
    )
    for kind, missing, until in checks:
        rows = _present(actor, project, day, only).filter(missing).annotate(until=until)
        found = list(
            rows.annotate(since=Greatest("entered_on", "until")).values_list(
                "since", "until", "engagement__public_id"
            )
        )
        if not found:
            continue
        since = min(row[0] for row in found)
        grace, waited = _limit(f"gaps.{kind}_days", project, day), (day - since).days
        yield Gap(
            kind,
            RED if waited > grace else AMBER,
            len(found),
            waited,
            since,
            grace,
            lapsed=sum(row[1] is not None for row in found),
            evidence=tuple(str(row[2]) for row in found),
        )


def _present(actor: Actor, project: Project, day: date, only: Participation | None) -> QuerySet[Presence]:
    rows = Presence.objects.visible_to(actor).filter(
        Q(exited_on=None) | Q(exited_on__gt=day), engagement__project=project, entered_on__lte=day
    )
    rows = rows if only is None else rows.filter(engagement__participation=only)
    return rows.order_by("entered_on", "pk")


def still_unmatched(actor: Actor, project: Project, day: date) -> set[str]:
    """The keys of the punches of `day` on a project that count for nobody so far."""
    return {str(key) for key in _strangers(actor, project, day).values_list("public_id", flat=True)}


def _strangers(actor: Actor, project: Project, day: date) -> QuerySet[Any]:
    return matching(punches(actor, day).filter(project=project), somebody=False)


def _unmatched(actor: Actor, project: Project, day: date) -> Iterator[Gap]:
    """Punches of today that count for nobody: the list of the day with the same condition."""
    rows = _strangers(actor, project, day)
    found = list(rows.order_by("occurred_at", "pk").values_list("public_id", "occurred_at", "channel"))
    if found:
        channels = tuple(dict.fromkeys(row[2] for row in found if row[2]))
        keys = tuple(str(row[0]) for row in found)
        yield Gap(UNMATCHED, AMBER, len(found), 0, day, names=channels, at=found[0][1], evidence=keys)


def _key_posts(actor: Actor, project: Project, day: date) -> Iterator[Gap]:
    """Absent holders of key posts, and posts that nobody holds."""
    held: set[str] = set()
    yield from _absent(actor, project, day, held)
    required = parameter("key_posts.required", project.region, day)
    vacant = tuple(post for post in required if post not in held)
    # A site where nobody works yet is no site with six vacancies.
    if vacant and (held or project.on_site):  # type: ignore[attr-defined]  # annotated by project_on
        yield Gap(VACANT, AMBER, len(vacant), names=vacant)


def _absent(actor: Actor, project: Project, day: date, held: set[str]) -> Iterator[Gap]:
    """Holders without a counted day for as long as the parameter says, today not counted; fills `held`."""
    limit = _limit("key_post.absent_days", project, day)
    rows = (
        key_posts(actor, day)
        .filter(engagement__project=project)
        .annotate(
            last_day=Max("engagement__days__day", filter=Q(engagement__days__day__lte=day)),
            is_there=on_site_on(day, _WHO),
        )
    )
    for row in rows:
        held.add(row.post)
        since = max(row.last_day or date.min, row.starts_on - timedelta(days=1))
        missed = (day - since).days - 1
        if row.is_there and missed >= limit:
            key = str(row.engagement.public_id)
            yield Gap(ABSENT, RED, 1, missed, row.last_day, limit, subject=row.post, evidence=(key,))


def _silent(actor: Actor, project: Any, day: date, now: datetime) -> Iterator[Gap]:
    """A site in progress without any punch for days; otherwise, gates without contact for hours."""
    limit = _limit("gaps.silent_project_days", project, day)
    last = day_of(project.last_punch_at, cutoff_hour(project.region, day)) if project.last_punch_at else None
    since = last or project.starts_on
    days = (day - since).days if since else 0
    devices = list(devices_of(actor, project).filter(retired_at=None))
    if project.status == IN_PROGRESS and days > limit:
        yield Gap(SILENT_SITE, AMBER, days, days, last, limit)
        return
    hours = dict(parameter("device.silent_hours", project.region, day))
    silent = [one for one in devices if one.last_contact_at and _hours(one, now) >= hours[AMBER]]
    if silent:
        longest = max(_hours(one, now) for one in silent)
        yield Gap(
            SILENT_DEVICE,
            RED if longest >= hours[RED] else AMBER,
            len(silent),
            longest // 24,
            limit=hours[AMBER],
            names=tuple(one.channel for one in silent),
            at=min(one.last_contact_at for one in silent if one.last_contact_at),
            evidence=tuple(str(one.public_id) for one in silent),
        )


def _hours(device: Any, now: datetime) -> int:
    return int((now - device.last_contact_at).total_seconds() // 3600)


def _limit(key: str, project: Project, day: date) -> int:
    return int(parameter(key, project.region, day))


def sites(actor: Actor, now: datetime) -> QuerySet[Project]:
    """The projects whose gaps `actor` may read, those in progress first, with their open and late notices."""
    rows = Project.objects.visible_to(actor, "integrity.view").select_related("region", "contractor")
    seen: QuerySet[Any] = open_notices(actor, now)
    running = Case(When(status=IN_PROGRESS, then=Value(0)), default=Value(1), output_field=IntegerField())
    return rows.annotate(
        open_notices=_number(seen), late_notices=_number(seen.filter(is_late=True))
    ).order_by(running, "code")


def _number(rows: QuerySet[SupervisionNotice]) -> Coalesce:
    of_project = rows.filter(project=OuterRef("pk")).order_by().values("project")
    return Coalesce(Subquery(of_project.annotate(number=Count("pk")).values("number")), 0)
