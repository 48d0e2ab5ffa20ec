"""Reads of people and their work, given an actor; and the conditions that every count shares.

The conditions are the one place where "on site", "under contract" and "trained" are defined: roll-ups and
lists both use them, so that a figure and the list behind it cannot differ.
"""

from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Count, Exists, F, Max, Min, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce, Least

from kernel.errors import NotFound
from kernel.scoping import Actor
from projects.models import Participation, Project, Team
from projects.occupants import Occupants
from standards.selectors import parameter
from workers import states
from workers.entry import facts_of_entry, opening, special_trades, with_entry
from workers.models import (
    CareerCode,
    CareerReading,
    Certificate,
    CollectionPoint,
    Contract,
    ContractFile,
    Engagement,
    EngagementEvent,
    EntryReview,
    IdentityCheck,
    IdentityCorrection,
    KeyPostAssignment,
    Particulars,
    Presence,
    RosterFault,
    RosterImport,
    RosterRow,
    TemporaryLeave,
    Training,
    WorkQuantity,
)

Paper = TypeVar("Paper", Contract, Training, Presence)

# What a list of names does not open.
_SEALED = ("phone", "phone_index", "address", "card_number", "card_index", "person__id_number")
# An exit whose wages nobody has spoken of yet; and an identity check that passed.
UNSETTLED = "unsettled"
IDENTITY_MATCHES = "match"
# Work that was looked at and found not up to standard (code list quality_grade).
UNACCEPTABLE = "9"
# So many names make a sentence; the rest is a number.
MOST_NAMED = 5


def present_on(day: date, engagement: str = "pk") -> Exists:
    """Entered by `day` and not exited on it, on temporary leave or not."""
    return Exists(_open_on(day, engagement))


def on_site_on(day: date, engagement: str = "pk") -> Exists:
    """在册在场: entered by `day`, not exited on it and not on temporary leave.

    `engagement` names the outer row's engagement. Decision 46.
    """
    away = TemporaryLeave.all_rows.filter(
        Q(returned_on=None) | Q(returned_on__gt=day), presence=OuterRef("pk"), left_on__lte=day
    )
    return Exists(_open_on(day, engagement).filter(~Exists(away)))


def _open_on(day: date, engagement: str) -> QuerySet[Presence]:
    return Presence.all_rows.filter(
        Q(exited_on=None) | Q(exited_on__gt=day), engagement=OuterRef(engagement), entered_on__lte=day
    )


def verified_on(day: date, engagement: str = "pk") -> Exists:
    """The identity was established by a means that opens the gate; which means do, is a parameter."""
    corrected_since = IdentityCorrection.all_rows.filter(
        engagement=OuterRef("engagement"), is_number_changed=True, created_at__gt=OuterRef("checked_at")
    )
    checks = IdentityCheck.all_rows.filter(
        # A check of a number that was put right afterwards speaks of another number.
        ~Exists(corrected_since),
        engagement=OuterRef(engagement),
        result=IDENTITY_MATCHES,
        method__in=parameter("identity.methods_for_entry", on=day),
    )
    return Exists(checks)


def review_in_force(engagement: str = "pk") -> Subquery:
    """`pending` or `approved`, or null where nobody has asked for permission to enter."""
    asked = EntryReview.all_rows.filter(
        engagement=OuterRef(engagement), outcome__in=("pending", "approved"), ended_at=None
    )
    return Subquery(asked.order_by().values("outcome")[:1])


def last_settlement(day: date, engagement: str = "pk") -> Subquery:
    """Of the last exit by `day`: `settled`, `debt`, or `unsettled`; null where there was none."""
    left = Presence.all_rows.filter(engagement=OuterRef(engagement), exited_on__lte=day)
    said = left.order_by("-entered_on", "-pk").annotate(
        said=Coalesce("settlement__outcome", Value(UNSETTLED))
    )
    return Subquery(said.values("said")[:1])


def contracted_on(day: date, engagement: str = "pk") -> Exists:
    """A labour contract or written agreement is in force on `day`."""
    return Exists(_contracts_on(day, engagement))


def _contracts_on(day: date, engagement: str) -> QuerySet[Contract]:
    return Contract.all_rows.filter(
        Q(ends_on=None) | Q(ends_on__gte=day),
        Q(ended_on=None) | Q(ended_on__gt=day),
        engagement=OuterRef(engagement),
        starts_on__lte=day,
    )


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
    return Exists(_trainings_on(day, engagement))


def _trainings_on(day: date, engagement: str) -> QuerySet[Training]:
    return Training.all_rows.filter(
        engagement=OuterRef(engagement),
        is_passed=True,
        withdrawn_at=None,
        kind__in=parameter("training.basic_types", on=day),
        held_on__lte=day,
        valid_to__gte=day,
    )


def with_proof_on(rows: QuerySet[Engagement], day: date) -> QuerySet[Engagement]:
    """With `has_scan` and `has_evidence`: of a contract and a training in force, paper is kept."""
    scanned = _contracts_on(day, "pk").exclude(scan="", files=None)
    evidenced = _trainings_on(day, "pk").exclude(evidence="", session__files=None)
    return rows.annotate(has_scan=Exists(scanned), has_evidence=Exists(evidenced))


def is_away(engagement: Engagement) -> bool:
    """Whether a temporary leave of this engagement goes on; the caller has judged the engagement."""
    leaves = TemporaryLeave.all_rows.filter(presence__engagement=engagement, presence__exited_on=None)
    return leaves.filter(returned_on=None).exists()


def still_here(actor: Actor, of: Participation | Team, day: date) -> Occupants:
    """How many of a participation's or team's people have not exited by `day`, and whom `actor` may see.

    The caller has judged `of`; those on temporary leave are still here.
    """
    here = {"participation": of} if isinstance(of, Participation) else {"team": of}
    number = Engagement.all_rows.filter(present_on(day), **here).count()
    seen = Engagement.objects.visible_to(actor).filter(present_on(day), **here).order_by("pk")
    return Occupants(number, tuple(seen.values_list("person__name", flat=True)[:MOST_NAMED]))


def contracts_in_force(engagement: Engagement, day: date) -> QuerySet[Contract]:
    """The contracts of an engagement that `contracted_on` counts; the caller has judged the engagement."""
    in_force = Contract.all_rows.filter(
        Q(ends_on=None) | Q(ends_on__gte=day), Q(ended_on=None) | Q(ended_on__gt=day), engagement=engagement
    )
    return in_force.filter(starts_on__lte=day)


def trainings_in_force(engagement: Engagement, day: date) -> QuerySet[Training]:
    """The trainings that `trained_on` counts; the caller has judged the engagement."""
    kinds = parameter("training.basic_types", on=day)
    rows = Training.all_rows.filter(engagement=engagement, is_passed=True, withdrawn_at=None, kind__in=kinds)
    return rows.filter(held_on__lte=day, valid_to__gte=day)


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
    """Engagements with what decides entry on `day`, and their place in S1 (see `facts_of`)."""
    return with_entry(rows, day).annotate(
        is_on_site=on_site_on(day),
        has_contract=contracted_on(day),
        is_trained=trained_on(day),
        is_present=present_on(day),
        is_verified=verified_on(day),
        review=review_in_force(),
        settlement=last_settlement(day),
    )


def facts_of(row: Any) -> states.Facts:
    """What decides the state of an engagement that `with_state_on` has read."""
    return states.Facts(
        is_verified=row.is_verified,
        has_contract=row.has_contract,
        is_trained=row.is_trained,
        review=states.Review(row.review or ""),
        is_present=row.is_present,
        is_away=row.is_present and not row.is_on_site,
        has_left=row.settlement is not None,
        is_settled=row.settlement not in (None, UNSETTLED),
        is_ended=row.ended_at is not None,
        **facts_of_entry(row),
    )


def engagement(actor: Actor, public_id: UUID, day: date) -> Engagement:
    """One engagement with its state on `day`. Raises NotFound outside the actor's scope."""
    found = with_state_on(engagements(actor), day).filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found


def presences(actor: Actor, of: Engagement) -> QuerySet[Presence]:
    """When the person came and went on this project, newest first."""
    rows = Presence.objects.visible_to(actor).filter(engagement=of).order_by("-entered_on", "-pk")
    return rows.select_related("settlement").prefetch_related("leaves")


def all_presences(actor: Actor) -> QuerySet[Presence]:
    """Everybody's coming and going within scope, the latest entry first, with leaves and settlement."""
    rows = Presence.objects.visible_to(actor).select_related(
        "engagement__person", "engagement__project", "settlement"
    )
    return rows.prefetch_related("leaves").order_by("-entered_on", "-pk")


def reviews(actor: Actor) -> QuerySet[EntryReview]:
    """Askings for permission to enter, within scope, newest first."""
    rows = EntryReview.objects.visible_to(actor)
    return rows.select_related("engagement__person", "engagement__project", "engagement__team").order_by(
        "-pk"
    )


def reviews_pending(actor: Actor, permission: str = "workers.view") -> QuerySet[EntryReview]:
    """Who waits for permission to enter, where `actor` holds `permission`."""
    rows = EntryReview.objects.visible_to(actor, permission)
    return rows.filter(outcome=EntryReview.Outcome.PENDING, ended_at=None)


def exits_unsettled(actor: Actor, permission: str = "workers.view") -> QuerySet[Presence]:
    """Last presences that ended without a word of the wages, where `actor` holds `permission`."""
    later = Q(entered_on__gt=OuterRef("entered_on")) | Q(
        entered_on=OuterRef("entered_on"), pk__gt=OuterRef("pk")
    )
    again = Presence.all_rows.filter(later, engagement=OuterRef("engagement"))
    rows = Presence.objects.visible_to(actor, permission).exclude(exited_on=None).filter(settlement=None)
    return rows.exclude(Exists(again))


def events(actor: Actor, of: Engagement) -> QuerySet[EngagementEvent]:
    """The acts in the life of an engagement, newest first."""
    return EngagementEvent.objects.visible_to(actor).filter(engagement=of).order_by("-pk")


def events_of_batch(actor: Actor, batch: UUID) -> QuerySet[EngagementEvent]:
    """What was done together, as far as `actor` may see it."""
    rows = EngagementEvent.objects.visible_to(actor).filter(batch=batch)
    return rows.select_related("engagement__person", "engagement__team", "engagement__project").order_by("pk")


def contracts(actor: Actor, of: Engagement) -> QuerySet[Contract]:
    """The contracts and work agreements of an engagement, newest first."""
    rows = Contract.objects.visible_to(actor).filter(engagement=of).select_related("engagement")
    return rows.prefetch_related("files")


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


def key_post(actor: Actor, public_id: UUID) -> KeyPostAssignment:
    """One holding of a key post. Raises NotFound outside the actor's scope."""
    rows = KeyPostAssignment.objects.visible_to(actor).select_related("engagement__person")
    found = rows.select_related("engagement__project__region").filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found


def people_here(actor: Actor, of: Project, day: date) -> QuerySet[Engagement]:
    """Who is on the roster of a project on `day` and may be named for something, by name."""
    rows = Engagement.objects.visible_to(actor).filter(present_on(day), project=of, ended_at=None)
    return _named_only(rows).order_by("person__name", "pk")


def _named_only(rows: QuerySet[Engagement]) -> QuerySet[Engagement]:
    """With person and team, for a choice by name among a thousand: without what stands sealed."""
    return rows.select_related("person", "team").defer(*_SEALED)


def search(actor: Actor, words: str) -> QuerySet[Engagement]:
    """People by name, one row for each piece of work that `actor` may see."""
    return engagements(actor).filter(person__name__icontains=words).order_by("person__name", "-pk")


def posts_of(actor: Actor, of: Engagement) -> QuerySet[KeyPostAssignment]:
    """The key posts that an engagement holds or held, the latest first."""
    return KeyPostAssignment.objects.visible_to(actor).filter(engagement=of).order_by("-starts_on", "-pk")


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


def presence_to(actor: Actor, permission: str, public_id: UUID) -> Presence:
    """One presence, with whose it is, for what `permission` names. Raises NotFound beyond it."""
    return _with_whose(Presence.objects.visible_to(actor, permission).filter(public_id=public_id))


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


def roster_imports(actor: Actor, of: Project) -> QuerySet[RosterImport]:
    """The rosters that `actor` brought for a project on which it may still enrol, the latest first."""
    reached = Project.objects.visible_to(actor, "workers.enrol").filter(pk=of.pk)
    own = RosterImport.objects.filter(owner_key=actor.key, project__in=reached)
    return own.order_by("-created_at", "-pk")


def roster_import(actor: Actor, public_id: UUID) -> RosterImport:
    """One roster that `actor` brought. Raises NotFound for anybody else's, and where it may not enrol."""
    reached = Project.objects.visible_to(actor, "workers.enrol")
    rows = RosterImport.objects.filter(owner_key=actor.key, public_id=public_id, project__in=reached)
    found = rows.select_related("project__region").first()
    if found is None:
        raise NotFound
    return found


def unfinished_rosters(actor: Actor) -> QuerySet[RosterImport]:
    """One's own rosters that were checked and still have rows to mend or to write, the oldest first."""
    reached = Project.objects.visible_to(actor, "workers.enrol")
    open_rows = Count("rows", filter=Q(rows__outcome__in=("new", "changed")))
    rows = RosterImport.objects.filter(
        owner_key=actor.key, state__in=("checked", "saved"), project__in=reached
    )
    rows = rows.annotate(faulty=Count("rows", filter=Q(rows__outcome="faulty")), good=open_rows)
    return rows.filter(Q(faulty__gt=0) | Q(good__gt=0)).select_related("project").order_by("created_at", "pk")


def roster_rows(actor: Actor, of: RosterImport, outcome: str = "") -> QuerySet[RosterRow]:
    """The rows of one's own roster, in the file's order, with whose work they are."""
    rows = RosterRow.objects.filter(roster=of, roster__owner_key=actor.key).order_by("line")
    rows = rows.select_related("engagement__person", "engagement__team")
    return rows.filter(outcome=outcome) if outcome else rows


def roster_faults(actor: Actor, of: RosterImport, column: str = "", cause: str = "") -> QuerySet[RosterFault]:
    """What is wrong in one's own roster, row by row; of one cause under one heading, where asked for."""
    rows = RosterFault.objects.filter(roster=of, roster__owner_key=actor.key)
    if column or cause:
        rows = rows.filter(column=column, cause=cause)
    return rows.select_related("row").order_by("row__line", "pk")


def projects_to_enrol_on(actor: Actor) -> QuerySet[Project]:
    """The projects in work on which `actor` enrols people, by name."""
    rows = Project.objects.visible_to(actor, "workers.enrol").exclude(status="004")
    return rows.select_related("region").order_by("name", "code")


def people_to_file_for(actor: Actor, of: Project) -> QuerySet[Engagement]:
    """The people of a project whose papers `actor` may file, by team and name."""
    rows = Engagement.objects.visible_to(actor, "workers.file").filter(project=of, ended_at=None)
    return _named_only(rows).order_by("team__number", "person__name", "pk")


def particulars(actor: Actor, of: Engagement) -> Particulars | None:
    """What was reported of an engagement beyond its core; None where nothing was."""
    return Particulars.objects.visible_to(actor).filter(engagement=of).first()


def certificates(actor: Actor, of: Engagement) -> QuerySet[Certificate]:
    """The certificates of the person behind an engagement, whichever site recorded them."""
    rows = Certificate.objects.visible_to(actor).filter(person=of.person_id)
    return rows.order_by("kind", "-issued_on", "-pk")


def quantities(actor: Actor) -> QuerySet[WorkQuantity]:
    """Completed quantities within scope, the latest first."""
    rows = WorkQuantity.objects.visible_to(actor).select_related(
        "project__region", "team", "engagement__person", "participation__enterprise"
    )
    return rows.order_by("-last_on", "-pk")


def quantity(actor: Actor, public_id: UUID) -> WorkQuantity:
    """One entry of completed work. Raises NotFound outside the actor's scope."""
    found = quantities(actor).select_related("replaces").filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found


def quantity_totals(actor: Actor, of: Project) -> QuerySet[Any, Any]:
    """What was accepted on a project, summed by team, person, item and unit, with the days it was done on.

    `bad` is how much of it was found not up to standard.
    """
    rows = WorkQuantity.objects.visible_to(actor).filter(project=of, state=WorkQuantity.State.ACCEPTED)
    return (
        rows.order_by("team__number", "item", "unit", "engagement__person__name", "engagement")
        .values("team__name", "engagement__public_id", "engagement__person__name", "item", "unit")
        .annotate(
            total=Sum("amount"),
            bad=Sum("amount", filter=Q(grade=UNACCEPTABLE)),
            first=Min("first_on"),
            last=Max("last_on"),
            entries=Count("pk"),
        )
    )


def quantities_pending(actor: Actor, permission: str) -> QuerySet[WorkQuantity]:
    """Quantities that wait to be accepted, where `actor` holds `permission`."""
    rows = WorkQuantity.objects.visible_to(actor, permission)
    return rows.filter(state=WorkQuantity.State.ENTERED)


def teams_to_quantify(actor: Actor, of: Project) -> QuerySet[Team]:
    """The teams of a project whose completed work `actor` may enter, with their enterprise."""
    rows = Team.objects.visible_to(actor, "workers.quantify").filter(participation__project=of)
    return rows.select_related("participation__enterprise").order_by("participation__kind", "number")


def people_to_quantify(actor: Actor, of: Project) -> QuerySet[Engagement]:
    """The people of a project whose completed work `actor` may enter, by team and name."""
    rows = Engagement.objects.visible_to(actor, "workers.quantify").filter(project=of)
    return _named_only(rows).order_by("team__number", "person__name", "pk")


def career_readings(
    actor: Actor, now: datetime, permission: str = "workers.enrol"
) -> QuerySet[CareerReading]:
    """The careers that were opened to the actor's sites and may still be read, the latest first."""
    rows = CareerReading.objects.visible_to(actor, permission).filter(closed_at=None, expires_at__gt=now)
    return rows.select_related("code__person", "project__region").order_by("-read_at", "-pk")


def career_reading(actor: Actor, public_id: UUID, now: datetime) -> CareerReading:
    """One of them. Raises NotFound for another site's, once its time is over, and once it was closed."""
    found = career_readings(actor, now).filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found


def own_career_code(actor: Actor, now: datetime) -> CareerCode | None:
    """The worker's own code that is open now; None where none is."""
    rows = CareerCode.objects.visible_to(actor, "own.view")
    return rows.filter(used_at=None, closed_at=None, expires_at__gt=now).first()


def own_career_readings(actor: Actor) -> QuerySet[CareerReading]:
    """Who read the worker's own career by a code, the latest first."""
    rows = CareerReading.objects.visible_to(actor, "own.view")
    return rows.select_related("project", "participation__enterprise").order_by("-read_at", "-pk")


def contract_file(actor: Actor, public_id: UUID) -> ContractFile:
    """One scan of a contract, with whose it is. Raises NotFound outside the actor's scope."""
    rows = ContractFile.objects.visible_to(actor).filter(public_id=public_id)
    found = rows.select_related("contract__engagement__project__region").first()
    if found is None:
        raise NotFound
    return found


def all_certificates(actor: Actor) -> QuerySet[Certificate]:
    """The certificates of everybody within scope, the next to run out first, with work of theirs in scope."""
    own = Engagement.objects.visible_to(actor).filter(person=OuterRef("person"))
    last = own.order_by(F("ended_at").desc(nulls_first=True), "-pk")
    rows = Certificate.objects.visible_to(actor).select_related("person")
    return rows.annotate(
        work=Subquery(last.values("public_id")[:1]),
        project_name=Subquery(last.values("project__name")[:1]),
        trade=Subquery(last.values("trade")[:1]),
    ).order_by(F("valid_to").asc(nulls_last=True), "pk")


def certificate_to(actor: Actor, permission: str, public_id: UUID) -> Certificate:
    """One certificate, with whose it is, for what `permission` names. Raises NotFound beyond it."""
    rows = Certificate.objects.visible_to(actor, permission).filter(public_id=public_id)
    found = rows.select_related("person").first()
    if found is None:
        raise NotFound
    return found


def special_work_ending(actor: Actor, permission: str, day: date, until: date) -> QuerySet[Any]:
    """Who works in special operations without a certificate until `until`, with `certified_until` or null.

    As far as `actor` may do what `permission` names; only those who are on site or were approved.
    """
    held = opening(day).order_by(F("valid_to").desc(nulls_first=True))
    last = Subquery(held.annotate(last=Coalesce("valid_to", Value(date.max))).values("last")[:1])
    rows = Engagement.objects.visible_to(actor, permission).filter(
        trade__in=list(special_trades(day)), ended_at=None
    )
    rows = rows.filter(Q(present_on(day)) | Q(reviews__outcome="approved", reviews__ended_at=None)).distinct()
    return rows.annotate(certified_until=last).filter(Q(certified_until=None) | Q(certified_until__lt=until))


def collection_points(actor: Actor, of: Project) -> QuerySet[CollectionPoint]:
    """The collection points of a site, those in use first."""
    rows = CollectionPoint.objects.visible_to(actor).filter(project=of)
    return rows.order_by(F("closed_at").asc(nulls_first=True), "name", "pk")


def points_to_enrol_at(actor: Actor, of: Project) -> QuerySet[CollectionPoint]:
    """Where on a site identities may be taken now."""
    rows = CollectionPoint.objects.visible_to(actor, "workers.enrol").filter(project=of, closed_at=None)
    return rows.order_by("name", "pk")


def collection_point_to(actor: Actor, permission: str, public_id: UUID) -> CollectionPoint:
    """One collection point for what `permission` names. Raises NotFound beyond it."""
    rows = CollectionPoint.objects.visible_to(actor, permission).filter(public_id=public_id)
    found = rows.select_related("project__region").first()
    if found is None:
        raise NotFound
    return found


def all_identity_checks(actor: Actor, of: Engagement) -> QuerySet[IdentityCheck]:
    """Every taking of an identity on a piece of work, the first first, with where it was taken."""
    rows = IdentityCheck.objects.visible_to(actor).filter(engagement=of).select_related("point")
    return rows.order_by("checked_at", "pk")
