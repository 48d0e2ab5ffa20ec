"""Reads of the platforms above that are not ours: what was told to them, what waits, what was refused."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, F, Min, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from federation.models import MANAGE_UPSTREAMS, Upstream, UpstreamCall, UpstreamProject, UpstreamRecord
from federation.upstream.kinds import KINDS, PUNCH
from kernel.errors import NotFound
from kernel.scoping import Actor
from projects.models import Project
from regions.models import Region

State = UpstreamRecord.State
# States of records as the page counts them.
ON_THE_WAY = (State.QUEUED, State.SENT, State.WAITING)


def _number(rows: QuerySet[UpstreamRecord], by: str) -> Coalesce:
    """How many of `rows` belong to each row of the outer question."""
    of_each = rows.filter(**{by: OuterRef("pk")}).order_by().values(by)
    return Coalesce(Subquery(of_each.annotate(number=Count("pk")).values("number")), 0)


def upstreams(actor: Actor) -> QuerySet[Upstream]:
    """The platforms that are reported to, each with how many records wait and were refused."""
    told = UpstreamRecord.objects.visible_to(actor)
    waiting = told.filter(state__in=(*ON_THE_WAY, State.HELD))
    oldest = waiting.filter(access__upstream=OuterRef("pk")).order_by("since").values("since")
    return (
        Upstream.objects.visible_to(actor)
        .select_related("region")
        .annotate(
            number=Count("projects", filter=Q(projects__ended_at=None), distinct=True),
            waiting=_number(waiting, "access__upstream"),
            refused=_number(told.filter(state=State.REFUSED), "access__upstream"),
            oldest=Subquery(oldest[:1]),
        )
        .order_by("name", "pk")
    )


def upstream(actor: Actor, public_id: UUID) -> Upstream:
    """One platform above. Raises NotFound outside the actor's scope."""
    found = Upstream.objects.visible_to(actor).select_related("region").filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found


def upstream_regions(actor: Actor) -> QuerySet[Region]:
    """For which areas `actor` may report upward: the regions of the own posts."""
    return Region.objects.filter(path__in=actor.reach(MANAGE_UPSTREAMS).region_paths).order_by("path")


def upstream_projects(actor: Actor, of: Upstream) -> QuerySet[UpstreamProject]:
    """The projects that are reported to a platform, troubled ones first."""
    told = UpstreamRecord.objects.visible_to(actor)
    return (
        UpstreamProject.objects.visible_to(actor)
        .filter(upstream=of)
        .select_related("project__region", "upstream")
        .annotate(
            refused=_number(told.filter(state=State.REFUSED), "access"),
            waiting=_number(told.filter(state__in=(*ON_THE_WAY, State.HELD)), "access"),
        )
        .order_by(F("trouble").desc(), "project__code", "pk")
    )


def upstream_project(actor: Actor, public_id: UUID) -> UpstreamProject:
    """One project at a platform. Raises NotFound outside the actor's scope."""
    rows = UpstreamProject.objects.visible_to(actor).select_related("upstream__region", "project__region")
    found = rows.filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found


def project_to_report(actor: Actor, of: Upstream, code: str) -> Project:
    """A project of the platform's area, by its code. Raises NotFound."""
    rows = Project.objects.visible_to(actor, MANAGE_UPSTREAMS).select_related("region")
    found = rows.filter(code=code, region__path__startswith=of.region.path).first()
    if found is None:
        raise NotFound
    return found


def upstream_records(actor: Actor, of: Upstream) -> QuerySet[UpstreamRecord]:
    """What was and is to be told to a platform: refused first, then what has waited longest."""
    rows = UpstreamRecord.objects.visible_to(actor).filter(access__upstream=of)
    return rows.select_related("access__project", "call").order_by(F("since").asc(nulls_last=True), "pk")


def upstream_record(actor: Actor, public_id: UUID) -> UpstreamRecord:
    """One record at a platform. Raises NotFound outside the actor's scope."""
    rows = UpstreamRecord.objects.visible_to(actor).select_related(
        "access__project__region", "access__upstream__region", "call"
    )
    found = rows.filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found


def needed_by(actor: Actor, of: UpstreamRecord) -> QuerySet[UpstreamRecord]:
    """What a record builds on that the other platform does not have yet."""
    rows = UpstreamRecord.objects.visible_to(actor).filter(
        access=of.access, name__in=of.needs, is_there=False
    )
    return rows.order_by("pk")


@dataclass(frozen=True, slots=True)
class Line:
    """How many records of one kind stand in which state, and since when the oldest waits."""

    kind: str
    label: str
    done: int
    on_the_way: int
    held: int
    refused: int
    waived: int
    oldest: datetime | None

    @property
    def number(self) -> int:
        return self.done + self.on_the_way + self.held + self.refused + self.waived


def upstream_figures(actor: Actor, of: Upstream) -> list[Line]:
    """The figures of a platform, kind by kind in the order of telling; punches are counted as they arrive."""
    rows = UpstreamRecord.objects.visible_to(actor).filter(access__upstream=of)
    found: dict[str, Mapping[str, object]] = {
        row["kind"]: row
        for row in rows.order_by()
        .values("kind")
        .annotate(
            done=Count("pk", filter=Q(state=State.DONE)),
            on_the_way=Count("pk", filter=Q(state__in=ON_THE_WAY)),
            held=Count("pk", filter=Q(state=State.HELD)),
            refused=Count("pk", filter=Q(state=State.REFUSED)),
            waived=Count("pk", filter=Q(state=State.WAIVED)),
            oldest=Min("since", filter=~Q(state__in=(State.DONE, State.WAIVED))),
        )
    }
    punches = UpstreamProject.objects.visible_to(actor).filter(upstream=of)
    told = punches.aggregate(told=Sum("punches_done"))["told"] or 0
    calls = UpstreamCall.objects.visible_to(actor).filter(
        access__upstream=of, state__in=UpstreamCall.OPEN, method=KINDS[PUNCH].add
    )
    under_way = calls.aggregate(rows=Sum("rows"))["rows"]
    return list(_lines(found, told, under_way or 0))


def _lines(found: Mapping[str, Mapping[str, object]], told: int, under_way: int) -> Iterator[Line]:
    for kind in KINDS.values():
        row = dict(found.get(kind.key, {}))
        row.pop("kind", None)
        facts = {"done": 0, "on_the_way": 0, "held": 0, "refused": 0, "waived": 0, "oldest": None, **row}
        if kind.key == PUNCH:
            # What was refused once and taken later has a record that says so; it is among the told already.
            facts |= {"done": told, "on_the_way": under_way}
        yield Line(kind.key, kind.label, **facts)  # type: ignore[arg-type]  # the database's own figures
