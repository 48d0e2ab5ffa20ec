"""Reads of people and their work, given an actor; and the conditions that every count shares.

The conditions are the one place where "on site", "under contract" and "trained" are defined: roll-ups and
lists both use them, so that a figure and the list behind it cannot differ.
"""

from datetime import date
from typing import TypeVar
from uuid import UUID

from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Least

from kernel.errors import NotFound
from kernel.scoping import Actor
from projects.models import Project, Team
from standards.selectors import parameter
from workers.models import (
    Contract,
    Engagement,
    IdentityCheck,
    IdentityCorrection,
    KeyPostAssignment,
    Presence,
    Training,
)

Paper = TypeVar("Paper", Contract, Training)


def on_site_on(day: date, engagement: str = "pk") -> Exists:
    """在册在场: entered by `day` and not exited on it. `engagement` names the outer row's engagement."""
    open_then = Presence.all_rows.filter(
        Q(exited_on=None) | Q(exited_on__gt=day), engagement=OuterRef(engagement), entered_on__lte=day
    )
    return Exists(open_then)


def contracted_on(day: date, engagement: str = "pk") -> Exists:
    """A labour contract or written agreement is in force on `day`."""
    in_force = Contract.all_rows.filter(
        Q(ends_on=None) | Q(ends_on__gte=day),
        Q(ended_on=None) | Q(ended_on__gt=day),
        engagement=OuterRef(engagement),
        starts_on__lte=day,
    )
    return Exists(in_force)


def contracted_until(day: date, engagement: str = "pk") -> Subquery:
    """The last day before `day` that a contract covered; null where there never was one."""
    ended = Contract.all_rows.filter(engagement=OuterRef(engagement), starts_on__lte=day)
    # What was put right by another record never held.
    ended = ended.exclude(ended_on=F("starts_on"))
    return Subquery(
        ended.order_by().values("engagement").annotate(last=Max(Least("ends_on", "ended_on"))).values("last")
    )


def trained_until(day: date, engagement: str = "pk") -> Subquery:
    """The last day before `day` that a basic safety training covered; null where there never was one."""
    past = Training.all_rows.filter(
        engagement=OuterRef(engagement),
        is_passed=True,
        withdrawn_at=None,
        kind__in=parameter("training.basic_types", on=day),
        held_on__lte=day,
    )
    return Subquery(past.order_by().values("engagement").annotate(last=Max("valid_to")).values("last"))


def trained_on(day: date, engagement: str = "pk") -> Exists:
    """A passed basic safety training is valid on `day`. The kinds that count are a parameter."""
    valid = Training.all_rows.filter(
        engagement=OuterRef(engagement),
        is_passed=True,
        withdrawn_at=None,
        kind__in=parameter("training.basic_types", on=day),
        held_on__lte=day,
        valid_to__gte=day,
    )
    return Exists(valid)


def engagements(actor: Actor) -> QuerySet[Engagement]:
    """The work of people that `actor` may see, with the names a list shows."""
    # The employer is fetched apart: with nine tables in one join the planner takes longer than the query.
    return (
        Engagement.objects.visible_to(actor)
        .select_related("person", "project__region", "team")
        .prefetch_related("participation__enterprise")
        .order_by("project__code", "team__number", "pk")
    )


def with_state_on(rows: QuerySet[Engagement], day: date) -> QuerySet[Engagement]:
    """Engagements with what decides entry on `day`: is_on_site, has_contract, is_trained."""
    return rows.annotate(
        is_on_site=on_site_on(day), has_contract=contracted_on(day), is_trained=trained_on(day)
    )


def engagement(actor: Actor, public_id: UUID, day: date) -> Engagement:
    """One engagement with its state on `day`. Raises NotFound outside the actor's scope."""
    found = with_state_on(engagements(actor), day).filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found


def presences(actor: Actor, of: Engagement) -> QuerySet[Presence]:
    """When the person came and went on this project, newest first."""
    return Presence.objects.visible_to(actor).filter(engagement=of).order_by("-entered_on", "-pk")


def contracts(actor: Actor, of: Engagement) -> QuerySet[Contract]:
    """The contracts and work agreements of an engagement, newest first."""
    return Contract.objects.visible_to(actor).filter(engagement=of).select_related("engagement")


def trainings(actor: Actor, of: Engagement) -> QuerySet[Training]:
    """The trainings of an engagement, newest first."""
    return Training.objects.visible_to(actor).filter(engagement=of).select_related("engagement")


def other_work(actor: Actor, of: Engagement) -> QuerySet[Engagement]:
    """The same person's other work, as far as `actor` may see it; nothing hints at the rest."""
    return engagements(actor).filter(person_id=of.person_id).exclude(pk=of.pk)


def key_posts(actor: Actor, day: date) -> QuerySet[KeyPostAssignment]:
    """Who holds which key post on `day`."""
    return (
        KeyPostAssignment.objects.visible_to(actor)
        .filter(Q(ends_on=None) | Q(ends_on__gte=day), starts_on__lte=day)
        .select_related("engagement__person", "engagement__project__region")
        .order_by("engagement__project__code", "post")
    )


def search(actor: Actor, words: str) -> QuerySet[Engagement]:
    """People by name, one row for each piece of work that `actor` may see."""
    return engagements(actor).filter(person__name__icontains=words).order_by("person__name", "-pk")


def posts_of(actor: Actor, of: Engagement) -> QuerySet[KeyPostAssignment]:
    """The key posts that an engagement holds or held, the latest first."""
    return KeyPostAssignment.objects.visible_to(actor).filter(engagement=of).order_by("-starts_on")


def all_contracts(actor: Actor) -> QuerySet[Contract]:
    """Every contract and work agreement within scope, newest first."""
    return Contract.objects.visible_to(actor).select_related("engagement").order_by("-starts_on", "-pk")


def all_trainings(actor: Actor) -> QuerySet[Training]:
    """Every training within scope, newest first."""
    return Training.objects.visible_to(actor).select_related("engagement").order_by("-held_on", "-pk")


def contract_to(actor: Actor, permission: str, public_id: UUID) -> Contract:
    """One contract, with whose it is, for what `permission` names. Raises NotFound beyond it."""
    rows = Contract.objects.visible_to(actor, permission).filter(public_id=public_id)
    return _with_whose(rows)


def training_to(actor: Actor, permission: str, public_id: UUID) -> Training:
    """One training, with whose it is, for what `permission` names. Raises NotFound beyond it."""
    rows = Training.objects.visible_to(actor, permission).filter(public_id=public_id)
    return _with_whose(rows)


def _with_whose(rows: QuerySet[Paper]) -> Paper:
    found = rows.select_related("engagement__person", "engagement__project", "engagement__team").first()
    if found is None:
        raise NotFound
    return found


def identity_checks(actor: Actor, of: Engagement) -> QuerySet[IdentityCheck]:
    """How the identity as it now reads was established, the latest first.

    A check of a number that was put right afterwards speaks of another number.
    """
    corrected = IdentityCorrection.all_rows.filter(engagement=of, is_number_changed=True)
    latest = Subquery(corrected.order_by("-created_at").values("created_at")[:1])
    rows = IdentityCheck.objects.visible_to(actor).filter(engagement=of)
    rows = rows.annotate(corrected_at=latest).filter(
        Q(corrected_at=None) | Q(checked_at__gte=F("corrected_at"))
    )
    return rows.order_by("-checked_at", "-pk")


def identity_corrections(actor: Actor, of: Engagement) -> QuerySet[IdentityCorrection]:
    """What of an engagement's name and number was put right, the latest first."""
    return IdentityCorrection.objects.visible_to(actor).filter(engagement=of)


def project_to(actor: Actor, permission: str, public_id: UUID) -> Project:
    """A project on which `actor` may do what `permission` names. Raises NotFound outside that scope."""
    rows = Project.objects.visible_to(actor, permission).select_related("region")
    found = rows.filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found


def work_to(actor: Actor, permission: str, public_id: UUID) -> Engagement:
    """One person's work to which `actor` may do what `permission` names. Raises NotFound beyond it."""
    rows = Engagement.objects.visible_to(actor, permission).select_related(
        "person", "project__region", "team", "participation__enterprise"
    )
    found = rows.filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found


def teams_to_enrol_into(actor: Actor, of: Project) -> QuerySet[Team]:
    """The teams of a project into which `actor` may enrol people, with their enterprise."""
    rows = Team.objects.visible_to(actor, "workers.enrol").filter(participation__project=of)
    return rows.select_related("participation__enterprise").order_by("participation__kind", "number")


def people_to_file_for(actor: Actor, of: Project) -> QuerySet[Engagement]:
    """The people of a project whose papers `actor` may file, by team and name."""
    rows = Engagement.objects.visible_to(actor, "workers.file").filter(project=of, ended_at=None)
    return rows.select_related("person", "team").order_by("team__number", "person__name", "pk")
