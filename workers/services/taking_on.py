"""Taking somebody on in one go: enrolment, contract, training and entry, all of it or none."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kernel.errors import DomainError
from kernel.permits import require
from kernel.scoping import Actor
from projects.models import Project, Team
from standards.selectors import parameter
from standards.spec import FORM
from workers.errors import BadPaper, IdentityNameDiffers, UnderAge
from workers.identity import age_on
from workers.models import CollectionPoint, Engagement, IdentityCheck
from workers.services.contracts import ContractFacts, record_contract
from workers.services.lookups import counted_person
from workers.services.papers import TrainingFacts, record_training
from workers.services.people import (
    PersonFacts,
    WorkFacts,
    checked_card,
    checked_name,
    checked_number,
    checked_phone,
    enrol,
)
from workers.services.presence import enter
from workers.services.readings import Evidence, Sent, facts_of_card, judged_evidence

MATCH = "match"


def take_on(
    *,
    actor: Actor,
    project: Project,
    team: Team,
    person: PersonFacts,
    work: WorkFacts,
    contract: ContractFacts | None = None,
    training: TrainingFacts | None = None,
    entered_on: date | None = None,
    sent: Sent | None = None,
    point: CollectionPoint | None = None,
    today: date,
    now: datetime,
    channel: str = FORM,
) -> Engagement:
    """Enrol a person with contract, training and entry as one act: if one part is refused, none is kept.

    Only the look-up that it implies stays counted and on record. The identity counts as typed, which is
    weaker than a chip's, unless `sent` proves more; `point` is where it was taken. `channel`: how it was
    said, by which the standard of the place judges it. Raises NotPermitted, NotFound, ProjectFinished,
    ParticipationEnded, TeamEnded, BadIdentity, IdentityNameDiffers, AlreadyEngaged, UnderAge, BadContactFact,
    BadPaper, BadDate, ReadingRefused, PointClosed, BreaksStandard, TooManyLookUps.
    Source: 鄂建文〔2019〕27号 二(五); 18号令 第九条; 劳动法 第十五条.
    """
    require(actor, "workers.enrol", on=team.participation)
    person = replace(person, name=checked_name(person.name))
    require_age(person, project, today)
    with transaction.atomic():
        known = counted_person(actor, project, person, today, now)
    if known is not None and known.name != person.name:
        raise IdentityNameDiffers
    sent = sent or Sent()
    person, work = facts_of_card(person, work, sent)
    with transaction.atomic():
        engagement = enrol(
            actor=actor,
            project=project,
            team=team,
            person=person,
            work=_checked(work),
            today=today,
            channel=channel,
        )
        _keep_evidence(actor, engagement, sent, point, person)
        _record_papers(actor, engagement, contract, training, today)
        if entered_on is not None:
            _enter(actor, engagement, entered_on, contract, today)
    return engagement


def _keep_evidence(
    actor: Actor, engagement: Engagement, sent: Sent, point: CollectionPoint | None, person: PersonFacts
) -> None:
    evidence = judged_evidence(actor, engagement.project, sent, point, person)
    note_identity(actor, engagement, evidence.method, evidence)


def note_identity(
    by: Actor, engagement: Engagement, method: str, evidence: Evidence | None = None
) -> IdentityCheck:
    """Keep how an identity was established and who attests it; strengths are added, never replaced."""
    check = identity_check(by, engagement, method, evidence)
    check.save()
    return check


def identity_check(
    by: Actor, engagement: Engagement, method: str, evidence: Evidence | None = None
) -> IdentityCheck:
    """The same, not yet written."""
    known = evidence or Evidence(method)
    return IdentityCheck(
        engagement=engagement,
        method=method,
        result=MATCH,
        checked_at=timezone.now(),
        checked_by=by.label,
        checked_by_key=by.key,
        attested_uscc=engagement.participation.enterprise.uscc,
        strengths=known.strengths or {"name": method, "id_number": method},
        reader=known.reader,
        proof=known.proof,
        portrait=known.portrait,
        point=known.point,
    )


def require_age(person: PersonFacts, project: Project, today: date) -> None:
    """Raises BadIdentity, and UnderAge for somebody whom nobody may employ yet. Source: 劳动法 第十五条."""
    _number, _sex, born_on = checked_number(person, today, is_practice=project.region.is_sandbox)
    minimum = int(parameter("age.minimum", project.region))
    if born_on is not None and age_on(born_on, today) < minimum:
        raise UnderAge(minimum)


def _checked(work: WorkFacts) -> WorkFacts:
    """The same facts with phone and card as they are kept."""
    phone = checked_phone(work.phone) if work.phone else ""
    card = checked_card(work.card_number) if work.card_number else ""
    return replace(work, phone=phone, card_number=card)


def _record_papers(
    actor: Actor,
    engagement: Engagement,
    contract: ContractFacts | None,
    training: TrainingFacts | None,
    today: date,
) -> None:
    if contract is not None:
        record_contract(
            actor=actor,
            engagement=engagement,
            **asdict(contract),
        )
    if training is not None:
        record_training(
            actor=actor,
            engagement=engagement,
            **asdict(training),
            today=today,
        )


def _enter(
    actor: Actor, engagement: Engagement, on: date, contract: ContractFacts | None, today: date
) -> None:
    require_contract_first(contract, on)
    with _at_field("entered_on"):
        enter(actor=actor, engagement=engagement, on=on, today=today)


def require_contract_first(contract: ContractFacts | None, entered_on: date | None) -> None:
    """A contract that is told with the entry begins no later than it. Raises BadPaper."""
    if contract is not None and entered_on is not None and contract.starts_on > entered_on:
        raise BadPaper(
            _("合同开始日期晚于进场日期 {day}，请改早，或改进场日期。").format(day=entered_on),
            field="contract_starts_on",
        )


@contextmanager
def _at_field(name: str) -> Iterator[None]:
    """A refusal of the entry belongs to the field of its date, where several dates are asked for."""
    try:
        yield
    except DomainError as refused:
        if refused.field == "date":
            refused.field = name
        raise
