"""Taking many people on at once, by the same rules as one: judged first, those who can in one transaction."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from audit.services import record_all
from kernel.errors import DomainError, NotFound, NotPermitted
from kernel.ids import new_id
from kernel.masking import mask_id_number
from kernel.permits import require
from kernel.scoping import Actor
from outbox.services import announce_all
from projects.errors import ParticipationEnded, ProjectFinished, TeamEnded
from projects.models import Participation, Project, Team
from workers.errors import AlreadyEngaged, IdentityNameDiffers
from workers.models import (
    Contract,
    Engagement,
    EngagementEvent,
    IdentityCheck,
    Person,
    Presence,
    Training,
)
from workers.services.contracts import ContractFacts, contract_of, require_sensible_contract
from workers.services.moves import Enter
from workers.services.own_phone import tell_of_another_phone
from workers.services.papers import TrainingFacts, require_sensible_training, training_of
from workers.services.particulars import keep_particulars
from workers.services.people import (
    PersonFacts,
    WorkFacts,
    checked_card,
    checked_name,
    checked_number,
    checked_phone,
    engagement_of,
    identity_index,
)
from workers.services.readings import TYPED
from workers.services.standard import judged_worker, keep_worker_extras
from workers.services.standing import Standing
from workers.services.taking_on import identity_check, require_age, require_contract_first

_TOGETHER = 500
# Of a presence that begins: the move's own word for its day, and the column under which it was asked.
_DAY, ENTERED_ON = "date", "entered_on"


@dataclass(frozen=True, slots=True)
class Taking:
    """One person to take on, with the papers and the entry that come with it."""

    person: PersonFacts
    work: WorkFacts
    team: Team
    contract: ContractFacts | None = None
    training: TrainingFacts | None = None
    entered_on: date | None = None

    def __repr__(self) -> str:
        return "<Taking>"


@dataclass(slots=True)
class Enrolled:
    """Who was taken on and who cannot be, by their place in the order given."""

    done: dict[int, Engagement] = field(default_factory=dict)
    refused: dict[int, DomainError] = field(default_factory=dict)


@dataclass(slots=True)
class _One:
    """A taking on its way: what its number says, then the engagement of whom it names."""

    taking: Taking
    sex: str
    born_on: date | None
    index: bytes
    findings: Sequence[Any] = ()
    engagement: Engagement | None = None

    @property
    def work(self) -> Engagement:
        assert self.engagement is not None  # noqa: S101  # made before anything hangs on it
        return self.engagement


@transaction.atomic
def enrol_many(
    *,
    actor: Actor,
    project: Project,
    takings: Sequence[Taking],
    today: date,
    channel: str = "",
) -> Enrolled:
    """Take on those who can be: enrolment, papers and entry of each, all in one transaction.

    The others are named with the refusal that taking them on one by one would meet, and nothing of them is
    kept. Looking people up is counted by whoever brings so many. `channel`: how it was said, by which the
    standard of the place judges it. Raises NotPermitted, NotFound,
    ProjectFinished. Source: 鄂建文〔2019〕27号 二(五); product 4.2 K2.
    """
    _require_all(actor, project, takings)
    found = Enrolled()
    ones = _by_rule(found, enumerate(takings), lambda taking: _judged(actor, taking, project, today, channel))
    teams = _locked_teams(one.taking.team.pk for _place, one in ones)
    ones = _by_rule(found, ones, lambda one: _in_team(one, teams))
    people = _people(one for _place, one in ones)
    engaged = _engaged(actor, project, people.values())
    ones = _by_rule(found, ones, lambda one: _named(one, people, engaged, today))
    _write(actor, project, [one for _place, one in ones], today)
    found.done = {place: one.work for place, one in ones}
    return found


def tidied(actor: Actor, taking: Taking, project: Project, today: date) -> Taking:
    """The same taking as it is kept, once every rule on it alone is met. Raises the first refusal."""
    person, work = taking.person, taking.work
    name = checked_name(person.name)
    number, _sex, _born_on = checked_number(person, today, is_practice=project.region.is_sandbox)
    require_age(person, project, today)
    phone = checked_phone(work.phone) if work.phone else ""
    card = checked_card(work.card_number) if work.card_number else ""
    if taking.contract is not None:
        require_sensible_contract(taking.contract)
        require_contract_first(taking.contract, taking.entered_on)
    if taking.training is not None:
        require_sensible_training(taking.training, today)
    if taking.entered_on is not None:
        require_day_of_entry(project, actor, taking.entered_on, today)
    return replace(
        taking,
        person=replace(person, name=name, number=number),
        work=replace(work, phone=phone, card_number=card),
    )


def require_day_of_entry(project: Project, actor: Actor, on: date, today: date) -> None:
    """Whether somebody new could enter on that day. Raises as the move does, at the field of its date."""
    try:
        Enter(on=on, today=today).judge(Standing(Engagement(project=project)), actor)
    except DomainError as refused:
        if refused.field == _DAY:
            refused.field = ENTERED_ON
        raise


def _require_all(actor: Actor, project: Project, takings: Sequence[Taking]) -> None:
    """Raises NotPermitted, NotFound where a team is another project's or beyond reach, ProjectFinished."""
    require(actor, "workers.enrol")
    wanted = {taking.team.participation_id for taking in takings}
    if wanted:
        own = Participation.objects.visible_to(actor, "workers.enrol").filter(project=project)
        if own.filter(pk__in=wanted).count() != len(wanted):
            raise NotFound
    if not project.is_open:
        raise ProjectFinished


def _by_rule(
    found: Enrolled, rows: Iterable[tuple[int, Any]], rule: Callable[[Any], Any]
) -> list[tuple[int, Any]]:
    """The rows that meet a rule; the refusals of the others are kept by their place."""
    passed = []
    for place, row in rows:
        try:
            passed.append((place, rule(row)))
        except (NotFound, NotPermitted):
            raise
        except DomainError as refusal:
            found.refused[place] = refusal
    return passed


def _judged(actor: Actor, taking: Taking, project: Project, today: date, channel: str) -> _One:
    kept = tidied(actor, taking, project, today)
    _number, sex, born_on = checked_number(kept.person, today, is_practice=project.region.is_sandbox)
    one = _One(kept, sex, born_on, identity_index(kept.person.id_type, kept.person.number))
    if channel:
        said = {"person": kept.person, "work": kept.work, "more": kept.work.more}
        one.findings = judged_worker(project, said, kept.work.extras, channel=channel, on=today)
    return one


def _locked_teams(keys: Iterable[int]) -> dict[int, Team]:
    """The teams as they are now; their end waits for this act."""
    rows = Team.all_rows.filter(pk__in=set(keys)).order_by("pk")
    rows = rows.select_related("participation__enterprise", "participation__project__region")
    return {team.pk: team for team in rows.select_for_update(of=("self",), no_key=True)}


def _in_team(one: _One, teams: dict[int, Team]) -> _One:
    team = teams[one.taking.team.pk]
    if (left := team.participation.exited_on) is not None:
        raise ParticipationEnded(left, field="team")
    if team.exited_on is not None:
        raise TeamEnded(team.exited_on)
    one.taking = replace(one.taking, team=team)
    return one


def _people(ones: Iterable[_One]) -> dict[tuple[str, bytes], Person]:
    """The one Person of each document, entered if unknown, and held until this act is over (I-01)."""
    wanted = {(one.taking.person.id_type, one.index): one for one in ones}
    indexes = [index for _kind, index in wanted]
    known = set(Person.all_rows.filter(id_index__in=indexes).values_list("id_type", "id_index"))
    known = {(kind, bytes(index)) for kind, index in known}
    # In one order, so that two rosters with the same people wait for each other and do not lock up.
    fresh = [one for key, one in sorted(wanted.items()) if key not in known]
    Person.objects.bulk_create(map(_new_person, fresh), batch_size=_TOGETHER, ignore_conflicts=True)
    rows = Person.all_rows.filter(id_index__in=indexes).defer("id_number").order_by("pk")
    return {(row.id_type, bytes(row.id_index)): row for row in rows.select_for_update(of=("self",))}


def _new_person(one: _One) -> Person:
    facts = one.taking.person
    return Person(
        id_type=facts.id_type,
        id_index=one.index,
        name=facts.name,
        id_number=facts.number,
        sex=one.sex,
        born_on=one.born_on,
        nation=facts.nation,
    )


def _engaged(asker: Actor, project: Project, people: Iterable[Person]) -> dict[int, bool]:
    """Who of some people works on the project already, and whether the asker can open that record."""
    here = Engagement.all_rows.filter(project=project, ended_at=None, person__in=list(people))
    own = set(
        Engagement.objects.visible_to(asker).filter(pk__in=here.values("pk")).values_list("pk", flat=True)
    )
    return {person: pk in own for pk, person in here.values_list("pk", "person_id")}


def _named(one: _One, people: dict[tuple[str, bytes], Person], engaged: dict[int, bool], today: date) -> _One:
    facts = one.taking.person
    who = people[facts.id_type, one.index]
    if who.name != facts.name:
        raise IdentityNameDiffers
    if who.pk in engaged:
        raise AlreadyEngaged(mask_id_number(facts.number), is_within_reach=engaged[who.pk])
    engaged[who.pk] = True
    work = one.engagement = engagement_of(who, one.taking.team, one.taking.work)
    work.findings = one.findings
    keep_worker_extras(work, work.project, one.taking.work.extras, today)
    return one


def _write(actor: Actor, project: Project, ones: list[_One], today: date) -> None:
    """Write all of it, kind by kind, and tell of it as taking on one by one does."""
    works = Engagement.objects.bulk_create([one.work for one in ones], batch_size=_TOGETHER)
    for one in ones:
        if one.taking.work.more is not None:
            keep_particulars(one.work, one.taking.work.more)
    checks = [identity_check(actor, work, TYPED) for work in works]
    IdentityCheck.objects.bulk_create(checks, batch_size=_TOGETHER)
    record_all(actor, "workers.enrolled", [(work, {"project": project.code}) for work in works])
    announce_all("workers.enrolled.v1", [(work.public_id, {}) for work in works])
    _write_contracts(actor, ones)
    _write_trainings(actor, ones)
    _write_entries(actor, ones, today)
    tell_of_another_phone(works, timezone.now())


def _write_contracts(actor: Actor, ones: list[_One]) -> None:
    signed = [(one.work, one.taking.contract) for one in ones if one.taking.contract is not None]
    _require_reach(actor, "workers.file", [work for work, _facts in signed])
    Contract.objects.bulk_create(
        [contract_of(actor, work, facts) for work, facts in signed], batch_size=_TOGETHER
    )
    record_all(actor, "workers.contract_recorded", [(work, {}) for work, _facts in signed])
    announce_all(
        "workers.contract_recorded.v1",
        [(work.public_id, {"since": facts.starts_on.isoformat()}) for work, facts in signed],
    )


def _write_trainings(actor: Actor, ones: list[_One]) -> None:
    taught = [(one.work, one.taking.training) for one in ones if one.taking.training is not None]
    _require_reach(actor, "workers.file", [work for work, _facts in taught])
    Training.objects.bulk_create(
        [training_of(actor, work, facts) for work, facts in taught], batch_size=_TOGETHER
    )
    record_all(
        actor, "workers.training_recorded", [(work, {"training_kind": facts.kind}) for work, facts in taught]
    )
    announce_all(
        "workers.training_recorded.v1",
        [(work.public_id, {"since": facts.held_on.isoformat()}) for work, facts in taught],
    )


def _write_entries(actor: Actor, ones: list[_One], today: date) -> None:
    entered = [
        (one.work, Enter(on=one.taking.entered_on, today=today))
        for one in ones
        if one.taking.entered_on is not None
    ]
    if not entered:
        return
    _require_reach(actor, Enter.permission, [work for work, _move in entered])
    elsewhere = _presence_elsewhere(work.person_id for work, _move in entered)
    batch = new_id()
    Presence.objects.bulk_create(
        [
            move.presence_of(work, actor, is_conflict=_overlaps(elsewhere.get(work.person_id, ()), move.on))
            for work, move in entered
        ],
        batch_size=_TOGETHER,
    )
    EngagementEvent.objects.bulk_create(
        [
            EngagementEvent(
                engagement=work,
                act=str(move.act),
                happened_on=move.on,
                actor_key=actor.key,
                actor_label=actor.label,
                batch=batch,
                facts={"voucher": False},
            )
            for work, move in entered
        ],
        batch_size=_TOGETHER,
    )
    told = [(work, {"on": move.on.isoformat(), "batch": str(batch)}) for work, move in entered]
    record_all(actor, Enter.action, told)
    announce_all(Enter.event, [(work.public_id, {"since": move.on.isoformat()}) for work, move in entered])


def _require_reach(actor: Actor, permission: str, works: list[Engagement]) -> None:
    """Raises NotPermitted, NotFound where one lies beyond the posts that carry `permission`."""
    if not works:
        return
    require(actor, permission)
    keys = [work.pk for work in works]
    if Engagement.objects.visible_to(actor, permission).filter(pk__in=keys).count() != len(keys):
        raise NotFound


def _presence_elsewhere(people: Iterable[int]) -> dict[int, list[date | None]]:
    """When the clean presences of these people end, none for one that goes on (I-04)."""
    rows = Presence.all_rows.filter(Q(person_id__in=list(people)), is_conflict=False)
    found: dict[int, list[date | None]] = {}
    for person, exited_on in rows.values_list("person_id", "exited_on"):
        found.setdefault(person, []).append(exited_on)
    return found


def _overlaps(ends: Iterable[date | None], on: date) -> bool:
    return any(end is None or end > on for end in ends)
