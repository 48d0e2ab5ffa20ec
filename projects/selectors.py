"""Reads of enterprises, projects, who takes part, and teams, given an actor."""

from uuid import UUID

from django.db.models import Count, Q, QuerySet

from kernel.errors import NotFound
from kernel.scoping import Actor
from projects.models import Enterprise, Participation, Permit, Project, Team
from regions.models import Region

IN_PROGRESS = "003"


def projects(actor: Actor, region: Region | None = None) -> QuerySet[Project]:
    """The projects that `actor` may see, at or below `region`, by code."""
    rows = Project.objects.visible_to(actor).select_related("region", "contractor").order_by("code")
    return rows if region is None else rows.filter(region__path__startswith=region.path)


def project(actor: Actor, public_id: UUID) -> Project:
    """One project. Raises NotFound outside the actor's scope."""
    found = projects(actor).filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found


def in_progress_by_region(actor: Actor, region: Region | None) -> dict[str, int]:
    """How many projects are in progress (在建) in each county or unit, by region path."""
    rows = projects(actor, region).filter(status=IN_PROGRESS).order_by()
    return dict(rows.values_list("region__path").annotate(number=Count("pk")))


def permits(actor: Actor, of: Project) -> QuerySet[Permit]:
    """The construction permits of a project, oldest first."""
    return Permit.objects.visible_to(actor).filter(project=of)


def participations(actor: Actor, of: Project) -> QuerySet[Participation]:
    """Who takes part in a project, by kind."""
    return Participation.objects.visible_to(actor).filter(project=of).select_related("enterprise")


def teams(actor: Actor, of: Project) -> QuerySet[Team]:
    """The teams of a project, with their enterprise."""
    rows = Team.objects.visible_to(actor).filter(participation__project=of)
    return rows.select_related("participation__enterprise").order_by("participation__kind", "number")


def enterprises(actor: Actor) -> QuerySet[Enterprise]:
    """The enterprises that take part in projects within scope, with how many of those projects each has.

    `works_on` counts only projects that `actor` may see.
    """
    seen = Q(participations__in=Participation.objects.visible_to(actor))
    return (
        Enterprise.objects.visible_to(actor)
        .annotate(works_on=Count("participations__project", filter=seen, distinct=True))
        .order_by("name")
    )


def search_projects(actor: Actor, words: str) -> QuerySet[Project]:
    """Projects by part of their name or the beginning of their code."""
    return projects(actor).filter(Q(name__icontains=words) | Q(code__startswith=words))


def search_enterprises(actor: Actor, words: str) -> QuerySet[Enterprise]:
    """Enterprises by part of their name or their credit code."""
    return enterprises(actor).filter(Q(name__icontains=words) | Q(uscc__iexact=words))


def enterprise(actor: Actor, public_id: UUID) -> Enterprise:
    """One enterprise that takes part in a project within scope. Raises NotFound otherwise."""
    found = Enterprise.objects.visible_to(actor).filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found


def enterprise_of_code(actor: Actor, uscc: str) -> Enterprise | None:
    """The enterprise of a credit code, where `actor` sees it on a project; None tells nothing of the rest."""
    return Enterprise.objects.visible_to(actor).filter(uscc=uscc).first()


def participation(actor: Actor, public_id: UUID) -> Participation:
    """One participation. Raises NotFound outside the actor's scope."""
    found = all_participations(actor).filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found


def team(actor: Actor, public_id: UUID) -> Team:
    """One team. Raises NotFound outside the actor's scope."""
    found = all_teams(actor).filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found


def all_participations(actor: Actor) -> QuerySet[Participation]:
    """Who takes part in any project within scope, by project."""
    rows = Participation.objects.visible_to(actor).select_related("enterprise", "project")
    return rows.order_by("project__code", "kind", "pk")


def all_teams(actor: Actor) -> QuerySet[Team]:
    """The teams of all projects within scope, by number."""
    rows = Team.objects.visible_to(actor)
    return rows.select_related("participation__enterprise", "participation__project").order_by("number")


def works_of(actor: Actor, of: Enterprise) -> QuerySet[Participation]:
    """Where an enterprise takes part, within scope."""
    rows = Participation.objects.visible_to(actor).filter(enterprise=of)
    return rows.select_related("project__region").order_by("project__code")
