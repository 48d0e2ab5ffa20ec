"""Reads of contracts on paper, of the wordings they are written by, and of how a contract stands (S2)."""

from datetime import date, timedelta
from uuid import UUID

from django.db.models import Case, CharField, Exists, F, OuterRef, Q, QuerySet, Value, When

from kernel.errors import NotFound
from kernel.scoping import Actor
from projects.models import Project
from standards.selectors import parameter
from workers.models import Contract, ContractPaper, ContractTemplate, Engagement
from workers.selectors import contracted_on, on_site_on, people_to_file_for

# How a contract stands on a day, in the order of a filter: key, level, words.
STANDS = {
    "active": ("green", "有效"),
    "expiring": ("amber", "即将到期"),
    "expired": ("red", "已到期"),
    "coming": ("blue", "未开始"),
    "ended": ("grey", "已解除"),
    "amended": ("grey", "已变更"),
    "corrected": ("grey", "更正前"),
}


def with_standing(rows: QuerySet[Contract], day: date) -> QuerySet[Contract]:
    """Contracts with where each stands on `day`, as `stands`: a key of STANDS."""
    amended = ContractPaper.all_rows.filter(amends=OuterRef("pk"), state=ContractPaper.State.ACTIVE)
    soon = day + timedelta(days=parameter("contract.warn_days", on=day))
    return rows.annotate(
        stands=Case(
            When(ended_on=F("starts_on"), then=Value("corrected")),
            When(Q(ended_on__lte=day) & Exists(amended), then=Value("amended")),
            When(ended_on__lte=day, then=Value("ended")),
            When(starts_on__gt=day, then=Value("coming")),
            When(ends_on__lt=day, then=Value("expired")),
            When(ends_on__lte=soon, then=Value("expiring")),
            default=Value("active"),
            output_field=CharField(),
        )
    )


def contract_list(actor: Actor, day: date) -> QuerySet[Contract]:
    """Every contract within scope, with whose it is and how it stands, the last to begin first."""
    rows = with_standing(Contract.objects.visible_to(actor), day)
    return (
        rows.select_related("engagement__person", "engagement__project", "engagement__team")
        .order_by("-starts_on", "-pk")
        .prefetch_related("engagement__participation__enterprise")
    )


def unrenewed(rows: QuerySet[Contract], day: date) -> QuerySet[Contract]:
    """Those after whose end no other contract of the same work is on record or on its way."""
    later = Contract.all_rows.filter(
        Q(ends_on=None) | Q(ends_on__gt=OuterRef("ends_on")),
        engagement=OuterRef("engagement"),
        ended_on=None,
    )
    return rows.filter(~Exists(later), ends_on__gte=day)


def contracts_running_out(actor: Actor, permission: str, day: date) -> QuerySet[Contract]:
    """What ends within the days of the parameter and is not followed up, of people on site."""
    until = day + timedelta(days=parameter("contract.warn_days", on=day))
    rows = Contract.objects.visible_to(actor, permission).filter(on_site_on(day, "engagement"))
    return unrenewed(rows.filter(ends_on__lte=until, ended_on=None), day)


def papers(actor: Actor) -> QuerySet[ContractPaper]:
    """Contracts on paper within scope, newest first."""
    rows = ContractPaper.objects.visible_to(actor).defer("filled")
    return rows.select_related(
        "wording", "engagement__person", "engagement__project", "engagement__team"
    ).order_by("-pk")


def papers_to_verify(actor: Actor) -> QuerySet[ContractPaper]:
    """Signed scans that wait for somebody to compare them, where the actor may, without the actor's own."""
    rows = ContractPaper.objects.visible_to(actor, "workers.verify_contracts").defer("filled")
    own = Q(made_by_key=actor.key) | Q(scanned_by_key=actor.key)
    return rows.filter(state=ContractPaper.State.SIGNING).exclude(scan="").exclude(own)


def paper_to(actor: Actor, permission: str, public_id: UUID) -> ContractPaper:
    """One contract on paper for what `permission` names. Raises NotFound beyond it."""
    rows = ContractPaper.objects.visible_to(actor, permission).select_related(
        "wording",
        "amends",
        "contract",
        "engagement__person",
        "engagement__team",
        "engagement__project__region",
        "engagement__participation__enterprise",
    )
    found = rows.filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found


def papers_to_print(actor: Actor, keys: list[UUID]) -> list[ContractPaper]:
    """These contracts on paper, as far as the actor reads numbers there, in order."""
    rows = ContractPaper.objects.visible_to(actor, "workers.reveal").filter(public_id__in=keys)
    return list(rows.exclude(state=ContractPaper.State.VOID).order_by("pk"))


def wordings(actor: Actor, of: Project) -> QuerySet[ContractTemplate]:
    """Every version of a project's wordings, the latest first."""
    rows = ContractTemplate.objects.visible_to(actor).filter(project=of)
    return rows.order_by("kind", "-number")


def all_wordings(actor: Actor) -> QuerySet[ContractTemplate]:
    """Every version of every project's wordings within scope."""
    rows = ContractTemplate.objects.visible_to(actor).select_related("project__region")
    return rows.order_by("project__code", "kind", "-number")


def wording_now(actor: Actor, of: Project, kind: str) -> ContractTemplate | None:
    """The version in force; None where nothing was ever made by a wording of the project."""
    return wordings(actor, of).filter(kind=kind).first()


def people_without_contract(actor: Actor, of: Project, day: date) -> QuerySet[Engagement]:
    """Whom the actor may make a contract for, none with one on its way; `has_contract`: one is in force."""
    waiting = ContractPaper.all_rows.filter(engagement=OuterRef("pk"), state__in=("draft", "signing"))
    rows = people_to_file_for(actor, of).filter(~Exists(waiting))
    return rows.annotate(has_contract=contracted_on(day))
