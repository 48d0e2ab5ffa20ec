"""Reads of enterprises, projects, who takes part, and teams, given an actor."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, When
from django.utils import timezone

from accounts.models import Post
from kernel.errors import NotFound
from kernel.scoping import Actor
from projects.models import (
    AccountCode,
    Enterprise,
    EnterpriseParticulars,
    OwnerTerms,
    Participation,
    Permit,
    PermitUpload,
    Project,
    ProjectParticulars,
    Qualification,
    ReportedPermit,
    Team,
    TeamFile,
    WageAccount,
)
from projects.provenance import once_named
from regions.models import Region

IN_PROGRESS = "003"
FINISHED = "004"
# 建设单位, of the kinds of participation (national dictionary 7.6)
OWNER = "008"
COVERAGE = "projects.coverage"
MANAGER = "contractor_manager"
# Who speaks for a side of the contract between the owner and the general contractor.
AGREE_TERMS = "projects.agree_terms"
TERMS_OF_OWNER = "projects.owner_terms"
TERMS_OF_CONTRACTOR = "projects.contractor_terms"


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


def project_to(actor: Actor, permission: str, public_id: UUID) -> Project:
    """A project on which `actor` may do what `permission` names. Raises NotFound outside that scope."""
    rows = Project.objects.visible_to(actor, permission).select_related("region", "contractor")
    found = rows.filter(public_id=public_id).first()
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


def team_files(actor: Actor, of: Project) -> QuerySet[TeamFile]:
    """The scans of a project's teams that were not replaced, in order."""
    rows = TeamFile.objects.visible_to(actor).filter(team__participation__project=of, replaced_at=None)
    return rows.order_by("team", "occasion", "position")


def team_file(actor: Actor, public_id: UUID) -> TeamFile:
    """One scan of a team. Raises NotFound outside the actor's scope."""
    rows = TeamFile.objects.visible_to(actor).filter(public_id=public_id)
    found = rows.select_related("team__participation__project__region").first()
    if found is None:
        raise NotFound
    return found


def enterprises(actor: Actor) -> QuerySet[Enterprise]:
    """The enterprises that take part in projects within scope, with how many of those projects each has.

    `works_on` counts only projects that `actor` may see.
    """
    seen = Q(participations__in=Participation.objects.visible_to(actor))
    return (
        Enterprise.objects.visible_to(actor)
        .annotate(works_on=Count("participations__project", filter=seen, distinct=True))
        .order_by("name", "pk")
    )


def search_projects(actor: Actor, words: str) -> QuerySet[Project]:
    """Projects by part of their name, of a former one, the code's beginning, or a permit one may see."""
    permitted = Permit.objects.visible_to(actor).filter(number__iexact=words)
    return projects(actor).filter(
        Q(name__icontains=words)
        | Q(code__startswith=words)
        | Q(pk__in=permitted.values("project"))
        | once_named("project", words)
    )


def search_teams(actor: Actor, words: str) -> QuerySet[Team]:
    """Teams by part of their name or by their ten-digit number."""
    wanted = Q(name__icontains=words)
    if words.isascii() and words.isdecimal() and len(words) <= 10:
        wanted |= Q(number=int(words))
    rows = Team.objects.visible_to(actor).filter(wanted)
    return rows.select_related("participation__project", "participation__enterprise").order_by("number")


def search_enterprises(actor: Actor, words: str) -> QuerySet[Enterprise]:
    """Enterprises by part of their name or of a former one, or by their credit code."""
    return enterprises(actor).filter(
        Q(name__icontains=words) | Q(uscc__iexact=words) | once_named("enterprise", words)
    )


def enterprise(actor: Actor, public_id: UUID) -> Enterprise:
    """One enterprise that takes part in a project within scope. Raises NotFound otherwise."""
    found = Enterprise.objects.visible_to(actor).filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found


def enterprise_of_code(actor: Actor, uscc: str) -> Enterprise | None:
    """The enterprise of a credit code, where `actor` sees it on a project; None tells nothing of the rest."""
    return Enterprise.objects.visible_to(actor).filter(uscc=uscc).first()


def qualifications(actor: Actor) -> QuerySet[Qualification]:
    """The qualifications of the enterprises within scope, by enterprise and certificate."""
    rows = Qualification.objects.visible_to(actor).select_related("enterprise")
    return rows.order_by("enterprise__uscc", "kind", "number", "trade")


def known_enterprises(actor: Actor) -> QuerySet[Enterprise]:
    """The enterprises that `actor` sees on projects, and those of which its own system has told."""
    seen = Enterprise.objects.visible_to(actor).values("pk")
    told = EnterpriseParticulars.objects.visible_to(actor).values("enterprise")
    return Enterprise.all_rows.filter(Q(pk__in=seen) | Q(pk__in=told)).order_by("uscc")


def statements_about(actor: Actor, of: Iterable[Enterprise]) -> QuerySet[EnterpriseParticulars]:
    """What systems state of some enterprises, as far as `actor` sees it."""
    return EnterpriseParticulars.objects.visible_to(actor).filter(enterprise__in=list(of))


def statements_of(actor: Actor, of: Enterprise) -> QuerySet[EnterpriseParticulars]:
    """What systems state of an enterprise, as far as `actor` sees it; its own word first, then the newest."""
    rows = EnterpriseParticulars.objects.visible_to(actor).filter(enterprise=of)
    return rows.select_related("project", "stated_by").order_by(
        Case(When(stated_by=F("enterprise"), then=0), default=1), "-updated_at"
    )


def particulars_of(actor: Actor, of: Project) -> ProjectParticulars | None:
    """What its contractor's system states of a project beyond the permit; None where nothing was stated."""
    return ProjectParticulars.objects.visible_to(actor).filter(project=of).first()


def wage_accounts(actor: Actor, of: Project) -> QuerySet[WageAccount]:
    """The accounts from which the participants of a project pay wages now."""
    rows = WageAccount.objects.visible_to(actor).filter(participation__project=of, ended_at=None)
    return rows.order_by("participation", "pk")


def reported_permits(actor: Actor, permission: str | None = None) -> QuerySet[ReportedPermit]:
    """Permit numbers that systems state and the county has not registered, longest waiting first."""
    registered = Permit.objects.visible_to(actor, permission).filter(
        number=OuterRef("number"), project=OuterRef("project")
    )
    rows = ReportedPermit.objects.visible_to(actor, permission).exclude(Exists(registered))
    return rows.select_related("project__region", "project__contractor").order_by("created_at", "pk")


def reported_permit(actor: Actor, public_id: str, permission: str | None = None) -> ReportedPermit | None:
    """One of them, by its public id as it stands in an address; None for anything else."""
    try:
        key = UUID(public_id)
    except ValueError:
        return None
    return reported_permits(actor, permission).filter(public_id=key).first()


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


def owning_firms(actor: Actor) -> QuerySet[Enterprise]:
    """The owners (建设单位) of the projects within scope, each once."""
    owners = Participation.objects.visible_to(actor).filter(kind=OWNER).values("enterprise")
    return Enterprise.objects.visible_to(actor).filter(pk__in=owners).order_by("name", "pk")


def all_permits(actor: Actor) -> QuerySet[Permit]:
    """Every construction permit within scope, newest first."""
    rows = Permit.objects.visible_to(actor).select_related("project__region", "project__contractor")
    return rows.order_by("-issued_on", "number")


def permit(actor: Actor, public_id: UUID) -> Permit:
    """One construction permit. Raises NotFound outside the actor's scope."""
    found = all_permits(actor).filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found


def permit_regions(actor: Actor) -> list[Region]:
    """Where `actor` may register permits: the places without counties below them, by path."""
    paths = tuple(actor.reach("projects.receive_permit").region_paths)
    above = set(Region.objects.filter(is_county=True).values_list("parent", flat=True))
    counties = Region.objects.exclude(parent=None).order_by("path")
    return [one for one in counties if one.path.startswith(paths) and one.pk not in above] if paths else []


def permit_office(actor: Actor) -> Region:
    """The place whose office `actor` works for when bringing permits. Raises NotFound."""
    paths = actor.reach("projects.receive_permit").region_paths
    found = Region.objects.filter(path__in=paths).order_by("path").first()
    if found is None:
        raise NotFound
    return found


def permits_numbered(actor: Actor, numbers: Iterable[str]) -> QuerySet[Permit]:
    """The permits of these numbers that `actor` sees, with their projects."""
    return all_permits(actor).filter(number__in=list(numbers))


def permit_upload(actor: Actor, public_id: UUID) -> PermitUpload:
    """A file that `actor` has brought and that is still kept. Raises NotFound."""
    found = PermitUpload.objects.select_related("region").filter(public_id=public_id, owner_key=actor.key)
    upload = found.first()
    paths = actor.reach("projects.receive_permit").region_paths
    if upload is None or not upload.region.path.startswith(tuple(paths)):
        raise NotFound
    return upload


def open_code(actor: Actor, of: Project) -> AccountCode | None:
    """The one-time code that stands for a project's account, run out or not; None where there is none."""
    rows = AccountCode.objects.visible_to(actor).filter(project=of, voided_at=None, claimed_at=None)
    return rows.select_related("permit").first()


def has_project_account(of: Project, now: datetime) -> bool:
    """Whether somebody holds the contractor's post on this very project."""
    posts = Post.objects.in_force(timezone.localdate(now), now)
    return posts.filter(role=MANAGER, project=of.public_id).exists()


def unclaimed(actor: Actor, now: datetime) -> QuerySet[Any]:
    """Projects with a permit and without an account of their contractor, longest waiting first (AL-01).

    Each with its first permit (`permit_key`, `permit_number`, `permit_on`) and the open one-time code
    (`code_at`, `code_until`; empty where none was issued). An account of the whole enterprise counts, unless
    a code was issued for the project itself.
    Source: 鄂建文〔2019〕27号 引言, 二(五).
    """
    posts = Post.objects.in_force(timezone.localdate(now), now).filter(role=MANAGER)
    codes = AccountCode.objects.visible_to(actor).filter(
        project=OuterRef("pk"), voided_at=None, claimed_at=None
    )
    first = (
        Permit.objects.visible_to(actor, COVERAGE).filter(project=OuterRef("pk")).order_by("issued_on", "pk")
    )
    return (
        Project.objects.visible_to(actor, COVERAGE)
        .exclude(status=FINISHED)
        .annotate(
            permit_key=Subquery(first.values("public_id")[:1]),
            permit_number=Subquery(first.values("number")[:1]),
            permit_on=Subquery(first.values("issued_on")[:1]),
            code_at=Subquery(codes.values("issued_at")[:1]),
            code_until=Subquery(codes.values("expires_at")[:1]),
        )
        .filter(
            ~Exists(posts.filter(project=OuterRef("public_id"))),
            Q(code_at__isnull=False) | ~Exists(posts.filter(enterprise=OuterRef("contractor__public_id"))),
            permit_on__isnull=False,
        )
        .select_related("region", "contractor")
        .order_by("permit_on", "code")
    )


def sides_of(actor: Actor, of: Project) -> list[str]:
    """For which sides of the owner's contract `actor` speaks on a project: the owner's, the contractor's."""
    sides = ((TERMS_OF_OWNER, OwnerTerms.Side.OWNER), (TERMS_OF_CONTRACTOR, OwnerTerms.Side.CONTRACTOR))
    return [
        str(side)
        for permission, side in sides
        if actor.may(permission) and Project.objects.visible_to(actor, permission).filter(pk=of.pk).exists()
    ]


def sees_terms(actor: Actor, of: Project) -> bool:
    """Whether the contract of a project is the reader's business: a subcontractor's post shows it not."""
    reach = actor.reach("projects.view")
    return of.public_id in reach.projects or of.region.path.startswith(tuple(reach.region_paths) or ("-",))


def terms_of(actor: Actor, of: Project) -> QuerySet[OwnerTerms]:
    """Every edition of a project's contract terms, the latest first."""
    return OwnerTerms.objects.visible_to(actor).filter(project=of).order_by("-edition")


def all_terms(actor: Actor) -> QuerySet[OwnerTerms]:
    """The editions of contract terms within scope, by project, the latest first."""
    rows = OwnerTerms.objects.visible_to(actor).select_related("project__region")
    return rows.order_by("project__code", "-edition")


def terms(actor: Actor, public_id: UUID) -> OwnerTerms:
    """One edition of contract terms. Raises NotFound outside the actor's scope."""
    rows = OwnerTerms.objects.visible_to(actor).select_related("project__region", "project__contractor")
    found = rows.filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found


def whole_terms() -> Exists:
    """The condition on a project that both sides agree on terms in which no item is missing."""
    labour = Q(labour_cost__isnull=False) | Q(labour_share__isnull=False)
    whole = OwnerTerms.all_rows.filter(
        labour,
        project=OuterRef("pk"),
        state=OwnerTerms.State.CONFIRMED,
        measurement_days__isnull=False,
        pay_cycle_days__isnull=False,
        pay_day__isnull=False,
        safety_cost__isnull=False,
        is_free_for_workers=True,
    )
    return Exists(whole.exclude(duties=""))


def projects_without_terms(actor: Actor, permission: str) -> QuerySet[Project]:
    """Projects in progress whose contract terms are not complete or not confirmed, the oldest first."""
    rows = Project.objects.visible_to(actor, permission).filter(~whole_terms(), status=IN_PROGRESS)
    return rows.select_related("region", "contractor").order_by("starts_on", "code")


def terms_to_do(actor: Actor) -> QuerySet[Project]:
    """For the two sides: projects without complete terms, and those where an edition waits for an answer."""
    waits = Exists(OwnerTerms.all_rows.filter(project=OuterRef("pk"), state=OwnerTerms.State.STATED))
    rows = Project.objects.visible_to(actor, AGREE_TERMS).filter(~whole_terms() | waits, status=IN_PROGRESS)
    return rows.select_related("region", "contractor").order_by("starts_on", "code")


def latest_terms(actor: Actor, of: Iterable[Project]) -> dict[int, OwnerTerms]:
    """The latest edition of some projects' terms that was not replaced, by the project's key."""
    rows = OwnerTerms.objects.visible_to(actor).filter(project__in=list(of))
    rows = rows.exclude(state=OwnerTerms.State.REPLACED).order_by("project", "edition")
    return {row.project_id: row for row in rows}
