"""Who a person is, and taking somebody on for a project."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from kernel.cipher import keyring
from kernel.errors import NotFound
from kernel.masking import mask_id_number
from kernel.permits import require
from kernel.scoping import Actor
from kernel.text import compact
from outbox.services import announce
from projects.errors import ParticipationEnded, ProjectFinished, TeamEnded
from projects.models import Project, Team
from workers import contact, identity
from workers.errors import (
    AlreadyEngaged,
    BadContactFact,
    BadIdentity,
    IdentityNameDiffers,
    ReasonMissing,
)
from workers.models import Engagement, Person
from workers.services.own_phone import tell_of_another_phone
from workers.services.particulars import ParticularFacts, keep_particulars
from workers.services.phones import set_phone
from workers.services.standard import judged_worker, keep_worker_extras

# 01 居民身份证; other documents are kept as they come, their forms being those of other countries.
CITIZEN_CARD = "01"
ONLY_INVENTED = "联调沙箱里只能登记虚构人员，请使用沙箱页面列出的号码。"


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """What an identity document says. `number` is personal: it is sealed, indexed and never logged."""

    name: str
    number: str
    id_type: str = CITIZEN_CARD
    nation: str = ""
    sex: str | None = None
    born_on: date | None = None

    def __repr__(self) -> str:
        return "<PersonFacts>"


@dataclass(frozen=True, slots=True)
class WorkFacts:
    """What belongs to this engagement and to no other of the same person."""

    is_team_leader: bool = False
    kind: str = "20"
    trade: str = ""
    phone: str = ""
    address: str = ""
    photo: str = ""
    card_number: str = ""
    bank_code: str = ""
    bank_name: str = ""
    gate_card: str = ""
    education: str = ""
    political_status: str = ""
    issuing_authority: str = ""
    more: ParticularFacts | None = None
    # What the standard of the place asks beyond these: element code → value.
    extras: Mapping[str, Any] | None = None

    def __repr__(self) -> str:
        return "<WorkFacts>"


def identity_index(id_type: str, number: str) -> bytes:
    """The blind index of an identity number, normalised; equal people have equal indexes on this node."""
    return keyring().blind_index(f"identity:{id_type}", stored_number(id_type, number))


def stored_number(id_type: str, number: str) -> str:
    """A document number as it is kept: only a citizen's card has an old form that is lengthened."""
    return identity.normalised(number) if id_type == CITIZEN_CARD else compact(number).upper()


def checked_name(text: str) -> str:
    """A name as it is kept, for whoever writes it by hand or by the REST API. Raises BadContactFact."""
    try:
        return contact.read_name(text)
    except contact.BadContact as slip:
        raise BadContactFact(str(slip), code=slip.code, field="name") from None


def checked_number(
    facts: PersonFacts, today: date, *, is_practice: bool = False
) -> tuple[str, str, date | None]:
    """The number as stored, with sex and birth as it states them. Raises BadIdentity (I-02, I-03).

    Where vendors practise only invented people are taken, whatever the node's own rule is.
    """
    if facts.id_type != CITIZEN_CARD:
        number = stored_number(facts.id_type, facts.number)
        if not number:
            raise BadIdentity(_("未填写证件号码，请按证件填写。"), field="id_number")
        return number, facts.sex or "", facts.born_on
    try:
        allowed = settings.SYNTHETIC_PEOPLE or is_practice
        read = identity.read_number(facts.number, today=today, synthetic_allowed=allowed)
        identity.check_stated(read, sex=facts.sex, birth=facts.born_on)
    except identity.BadIdentityNumber as fault:
        raise BadIdentity(str(fault), code=fault.code, field="id_number") from None
    if is_practice and not read.synthetic:
        raise BadIdentity(_(ONLY_INVENTED), code="not_invented", field="id_number")
    return read.number, read.sex.value, read.birth


def known_person(facts: PersonFacts, today: date, *, is_practice: bool = False) -> Person:
    """The one Person of this document, entered if unknown (I-01).

    Raises BadIdentity, IdentityNameDiffers. Two enrolments at once meet at the unique index.
    """
    number, sex, born_on = checked_number(facts, today, is_practice=is_practice)
    person, _is_new = Person.all_rows.get_or_create(
        id_type=facts.id_type,
        id_index=identity_index(facts.id_type, number),
        defaults={
            "name": facts.name,
            "id_number": number,
            "sex": sex,
            "born_on": born_on,
            "nation": facts.nation,
        },
    )
    if person.name != facts.name:
        raise IdentityNameDiffers
    return person


def set_card(engagement: Engagement, number: str) -> None:
    """Give an engagement its wage card, or none, with the index that finds it. The caller saves."""
    engagement.card_number = number or None
    engagement.card_index = keyring().blind_index("card", number) if number else None


def checked_phone(text: str) -> str:
    """A mobile number as it is kept. Raises BadContactFact."""
    try:
        return contact.read_phone(text, synthetic_allowed=settings.SYNTHETIC_PEOPLE)
    except contact.BadContact as slip:
        raise BadContactFact(str(slip), code=slip.code, field="phone") from None


def checked_card(text: str) -> str:
    """A bank card's figures as they are kept. Raises BadContactFact."""
    try:
        return contact.read_card(text)
    except contact.BadContact as slip:
        raise BadContactFact(str(slip), code=slip.code, field="card_number") from None


@transaction.atomic
def enrol(
    *,
    actor: Actor,
    project: Project,
    team: Team,
    person: PersonFacts,
    work: WorkFacts,
    today: date,
    channel: str = "",
) -> Engagement:
    """Register a person for work in a team of the project.

    `channel` is how it was said (standards.spec), by which the standard judges it; the node's own hand says
    none. What the standard tells without refusing stands in the row's `findings`. Raises NotPermitted,
    NotFound, ProjectFinished, ParticipationEnded, TeamEnded, BadIdentity, IdentityNameDiffers,
    AlreadyEngaged, BreaksStandard, and what keeping the particulars refuses.
    Source: 鄂建文〔2019〕27号 二(五); 18号令 第九条.
    """
    participation = team.participation
    require(actor, "workers.enrol", on=participation)
    if participation.project_id != project.pk:
        raise NotFound
    if not project.is_open:
        raise ProjectFinished
    require_at_work(team)
    who = known_person(person, today, is_practice=project.region.is_sandbox)
    # The row lock makes two enrolments of one person on one project wait for each other.
    Person.all_rows.select_for_update(of=("self",)).get(pk=who.pk)
    here = Engagement.all_rows.filter(person=who, project=project, ended_at=None)
    if here.exists():
        is_own = Engagement.objects.visible_to(actor).filter(pk__in=here.values("pk")).exists()
        raise AlreadyEngaged(mask_id_number(person.number), is_within_reach=is_own)
    engagement = engagement_of(who, team, work)
    if channel:
        said = {"person": person, "work": work, "more": work.more}
        engagement.findings = judged_worker(project, said, work.extras, channel=channel, on=today)
    keep_worker_extras(engagement, project, work.extras, today)
    engagement.save()
    if work.more is not None:
        keep_particulars(engagement, work.more)
    record(actor, "workers.enrolled", engagement, project=project.code)
    announce("workers.enrolled.v1", key=engagement.public_id)
    tell_of_another_phone([engagement], timezone.now())
    return engagement


def engagement_of(who: Person, team: Team, work: WorkFacts) -> Engagement:
    """The engagement of a person in a team with what belongs to it; the caller has judged and saves."""
    engagement = Engagement(
        person=who,
        project=team.participation.project,
        participation=team.participation,
        team=team,
        is_team_leader=work.is_team_leader,
        kind=work.kind,
        trade=work.trade,
        address=work.address or None,
        photo=work.photo,
        bank_code=work.bank_code,
        bank_name=work.bank_name,
        gate_card=work.gate_card,
        education=work.education,
        political_status=work.political_status,
        issuing_authority=work.issuing_authority,
    )
    set_phone(engagement, work.phone)
    set_card(engagement, work.card_number)
    return engagement


def require_at_work(team: Team) -> None:
    """Nobody joins a team or firm that has left; its end waits for this act. Raises what it finds so."""
    rows = Team.all_rows.select_related("participation").select_for_update(of=("self",), no_key=True)
    team = rows.get(pk=team.pk)
    if (left := team.participation.exited_on) is not None:
        raise ParticipationEnded(left, field="team")
    if team.exited_on is not None:
        raise TeamEnded(team.exited_on)


@transaction.atomic
def reveal_number(*, actor: Actor, engagement: Engagement, reason: str) -> str:
    """The full identity number, for a stated reason; who read it and why is on record (I-30)."""
    require(actor, "workers.reveal", on=engagement)
    if len(reason.strip()) < 4:
        raise ReasonMissing
    record(actor, "workers.number_read", engagement, reason=reason.strip()[:200])
    return engagement.person.id_number
