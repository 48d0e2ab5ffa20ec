"""Acts on people: enrolling, entering, leaving, contracts, training, key posts, and reading a full number."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import record
from kernel.cipher import keyring
from kernel.errors import NotFound
from kernel.masking import mask_id_number
from kernel.permits import require
from kernel.scoping import Actor
from kernel.text import compact
from outbox.services import announce
from projects.errors import ProjectFinished
from projects.models import Project, Team
from standards.selectors import parameter
from workers import identity
from workers.errors import (
    AlreadyEngaged,
    AlreadyOnSite,
    BadDate,
    BadIdentity,
    IdentityNameDiffers,
    NotOnSite,
    ReasonMissing,
)
from workers.models import Contract, Engagement, KeyPostAssignment, Person, Presence, Training

# 01 居民身份证; other documents are kept as they come, their forms being those of other countries.
CITIZEN_CARD = "01"


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

    def __repr__(self) -> str:
        return "<WorkFacts>"


def identity_index(id_type: str, number: str) -> bytes:
    """The blind index of an identity number, normalised; equal people have equal indexes on this node."""
    return keyring().blind_index(f"identity:{id_type}", stored_number(id_type, number))


def stored_number(id_type: str, number: str) -> str:
    """A document number as it is kept: only a citizen's card has an old form that is lengthened."""
    return identity.normalised(number) if id_type == CITIZEN_CARD else compact(number).upper()


def checked_number(facts: PersonFacts, today: date) -> tuple[str, str, date | None]:
    """The number as stored, with sex and birth as it states them. Raises BadIdentity (I-02, I-03)."""
    if facts.id_type != CITIZEN_CARD:
        number = stored_number(facts.id_type, facts.number)
        if not number:
            raise BadIdentity(_("未填写证件号码，请按证件填写。"), field="id_number")
        return number, facts.sex or "", facts.born_on
    try:
        read = identity.read_number(facts.number, today=today, synthetic_allowed=settings.SYNTHETIC_PEOPLE)
        identity.check_stated(read, sex=facts.sex, birth=facts.born_on)
    except identity.BadIdentityNumber as fault:
        raise BadIdentity(str(fault), code=fault.code, field="id_number") from None
    return read.number, read.sex.value, read.birth


def known_person(facts: PersonFacts, today: date) -> Person:
    """The one Person of this document, entered if unknown (I-01).

    Raises BadIdentity, IdentityNameDiffers. Two enrolments at once meet at the unique index.
    """
    number, sex, born_on = checked_number(facts, today)
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


@transaction.atomic
def enrol(
    *, actor: Actor, project: Project, team: Team, person: PersonFacts, work: WorkFacts, today: date
) -> Engagement:
    """Register a person for work in a team of the project.

    Raises NotPermitted, NotFound, ProjectFinished, BadIdentity, IdentityNameDiffers, AlreadyEngaged.
    Source: 鄂建文〔2019〕27号 二(五); 18号令 第九条.
    """
    participation = team.participation
    require(actor, "workers.enrol", on=participation)
    if participation.project_id != project.pk:
        raise NotFound
    if not project.is_open:
        raise ProjectFinished
    who = known_person(person, today)
    # The row lock makes two enrolments of one person on one project wait for each other.
    Person.all_rows.select_for_update(of=("self",)).get(pk=who.pk)
    if Engagement.all_rows.filter(person=who, project=project, ended_at=None).exists():
        raise AlreadyEngaged(mask_id_number(person.number))
    engagement = Engagement.objects.create(
        person=who,
        project=project,
        participation=participation,
        team=team,
        is_team_leader=work.is_team_leader,
        kind=work.kind,
        trade=work.trade,
        phone=work.phone or None,
        address=work.address or None,
        photo=work.photo,
        card_number=work.card_number or None,
        card_index=keyring().blind_index("card", work.card_number) if work.card_number else None,
        bank_code=work.bank_code,
        bank_name=work.bank_name,
        gate_card=work.gate_card,
        education=work.education,
        political_status=work.political_status,
        issuing_authority=work.issuing_authority,
    )
    record(actor, "workers.enrolled", engagement, project=project.code)
    announce("workers.enrolled.v1", key=engagement.public_id)
    return engagement


@transaction.atomic
def enter(*, actor: Actor, engagement: Engagement, on: date, today: date, voucher: str = "") -> Presence:
    """Record that the person entered the site on a day: reported presence, whatever is still missing.

    Presence elsewhere at the same time is kept and marked as a conflict (I-04).
    Raises NotPermitted, NotFound, ProjectFinished, BadDate, AlreadyOnSite.
    """
    require(actor, "workers.enter", on=engagement)
    if not engagement.project.is_open:
        raise ProjectFinished
    _locked(engagement)
    _require_past(on, today)
    last = Presence.all_rows.filter(engagement=engagement).order_by("-entered_on", "-id").first()
    if last is not None and last.exited_on is None:
        raise AlreadyOnSite(last.entered_on)
    if last is not None and last.exited_on is not None and on < last.exited_on:
        raise BadDate(
            _("进场日期不能早于上次退场日期 {day}。").format(day=last.exited_on),
            field="date",
            code="before_last",
        )
    presence = Presence.objects.create(
        engagement=engagement,
        person_id=engagement.person_id,
        entered_on=on,
        is_conflict=_overlaps_elsewhere(engagement, on),
        entry_voucher=voucher,
        entered_by=actor.label,
    )
    record(actor, "workers.entered", engagement, on=on.isoformat())
    announce("workers.presence_changed.v1", key=engagement.public_id, since=on.isoformat())
    return presence


@transaction.atomic
def leave(*, actor: Actor, engagement: Engagement, on: date, today: date, voucher: str = "") -> Presence:
    """Record that the person left the site; that day still counts as presence.

    Raises NotPermitted, NotFound, BadDate, NotOnSite.
    """
    require(actor, "workers.enter", on=engagement)
    _locked(engagement)
    _require_past(on, today)
    presence = Presence.all_rows.filter(engagement=engagement, exited_on=None).first()
    if presence is None:
        raise NotOnSite
    if on < presence.entered_on:
        raise BadDate(
            _("退场日期不能早于进场日期 {day}。").format(day=presence.entered_on),
            field="date",
            code="before_last",
        )
    presence.exited_on = on
    presence.exit_voucher = voucher
    presence.exited_by = actor.label
    presence.version += 1
    presence.save(update_fields=["exited_on", "exit_voucher", "exited_by", "version", "updated_at"])
    record(actor, "workers.left", engagement, on=on.isoformat())
    announce("workers.presence_changed.v1", key=engagement.public_id, since=on.isoformat())
    return presence


def _locked(engagement: Engagement) -> None:
    """Hold the person's row: presence is judged across all of that person's sites."""
    Person.all_rows.select_for_update(of=("self",)).get(pk=engagement.person_id)


def _require_past(on: date, today: date) -> None:
    if on > today:
        raise BadDate(
            _("日期 {day} 晚于今天，请填写实际发生的日期。").format(day=on), field="date", code="in_future"
        )


def _overlaps_elsewhere(engagement: Engagement, entered_on: date) -> bool:
    others = Presence.all_rows.filter(person_id=engagement.person_id, is_conflict=False).exclude(
        exited_on__lte=entered_on
    )
    return others.exists()


@transaction.atomic
def record_contract(
    *,
    actor: Actor,
    engagement: Engagement,
    kind: str = Contract.Kind.LABOUR,
    period_type: str = "0",
    starts_on: date,
    ends_on: date | None,
    unit: str = "",
    unit_price: Decimal | None = None,
    scan: str = "",
) -> Contract:
    """Keep a labour contract or written work agreement. Source: 鄂建文〔2019〕27号 一(八)."""
    require(actor, "workers.file", on=engagement)
    contract = Contract.objects.create(
        engagement=engagement,
        kind=kind,
        period_type=period_type,
        starts_on=starts_on,
        ends_on=ends_on,
        unit=unit,
        unit_price=unit_price,
        scan=scan,
    )
    record(actor, "workers.contract_recorded", engagement)
    announce("workers.contract_recorded.v1", key=engagement.public_id, since=starts_on.isoformat())
    return contract


@transaction.atomic
def record_training(
    *,
    actor: Actor,
    engagement: Engagement,
    kind: str,
    held_on: date,
    hours: Decimal,
    is_passed: bool,
    trainer: str = "",
) -> Training:
    """Keep a training; it is valid for training.valid_days. Source: 鄂建文〔2019〕27号 一(八)."""
    require(actor, "workers.file", on=engagement)
    days = parameter("training.valid_days", engagement.project.region, held_on)
    training = Training.objects.create(
        engagement=engagement,
        kind=kind,
        held_on=held_on,
        valid_to=held_on + timedelta(days=days),
        hours=hours,
        is_passed=is_passed,
        trainer=trainer,
    )
    record(actor, "workers.training_recorded", engagement, training_kind=kind)
    announce("workers.training_recorded.v1", key=engagement.public_id, since=held_on.isoformat())
    return training


@transaction.atomic
def assign_key_post(*, actor: Actor, engagement: Engagement, post: str, starts_on: date) -> KeyPostAssignment:
    """Name who holds a key post from a day on; whoever held it before is relieved the day before.

    Source: 鄂建文〔2019〕27号 一(七).
    """
    require(actor, "workers.enrol", on=engagement)
    held = KeyPostAssignment.all_rows.filter(
        engagement__project=engagement.project, post=post, ends_on=None, starts_on__lt=starts_on
    )
    held.update(ends_on=starts_on - timedelta(days=1))
    assignment = KeyPostAssignment.objects.create(engagement=engagement, post=post, starts_on=starts_on)
    record(actor, "workers.key_post_assigned", engagement, post=post)
    announce("workers.key_post_assigned.v1", key=engagement.public_id, since=starts_on.isoformat())
    return assignment


@transaction.atomic
def reveal_number(*, actor: Actor, engagement: Engagement, reason: str) -> str:
    """The full identity number, for a stated reason; who read it and why is on record (I-30)."""
    require(actor, "workers.reveal", on=engagement)
    if len(reason.strip()) < 4:
        raise ReasonMissing
    record(actor, "workers.number_read", engagement, reason=reason.strip()[:200])
    return engagement.person.id_number
