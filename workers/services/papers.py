"""What the law asks for besides contracts: training."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from kernel.errors import NotFound
from kernel.permits import require
from kernel.scoping import Actor
from outbox.services import announce
from standards.selectors import codes, parameter
from workers.errors import BadPaper, PaperEnded
from workers.models import Engagement, Training, TrainingSession
from workers.services.reasons import checked_reason

# 技能培训, whose validity is a parameter of its own.
SKILL = "003004"


@dataclass(frozen=True, slots=True)
class TrainingFacts:
    """What a training was: kind, day, hours, who taught, whether passed, and the scan that proves it."""

    kind: str
    held_on: date
    hours: Decimal
    is_passed: bool = True
    trainer: str = ""
    evidence: str = ""


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
    evidence: str = "",
    today: date | None = None,
) -> Training:
    """Keep a training; it is valid for training.valid_days.

    Raises NotPermitted, NotFound, BadPaper. Source: 鄂建文〔2019〕27号 一(八).
    """
    require(actor, "workers.file", on=engagement)
    facts = TrainingFacts(kind, held_on, hours, is_passed, trainer, evidence)
    require_sensible_training(facts, today or timezone.localdate())
    return kept_training(actor, engagement, facts)


@transaction.atomic
def record_trainings(
    *, actor: Actor, engagements: Sequence[Engagement], facts: TrainingFacts, today: date
) -> list[Training]:
    """Keep one training for many people who attended it together: for all of them, or for none.

    Raises NotPermitted, NotFound if one of them lies outside the actor's scope, BadPaper.
    """
    require(actor, "workers.file")
    keys = {engagement.pk for engagement in engagements}
    own = Engagement.objects.visible_to(actor, "workers.file").filter(pk__in=keys)
    attended = list(own.select_related("project__region").order_by("pk"))
    if len(attended) != len(keys):
        raise NotFound
    _require_a_manageable_number(len(attended))
    require_sensible_training(facts, today)
    return [kept_training(actor, engagement, facts) for engagement in attended]


@transaction.atomic
def replace_training(
    *, actor: Actor, training: Training, facts: TrainingFacts, reason: str, today: date
) -> Training:
    """Put a training record right: the old one is withdrawn and stays readable, a new one takes its place.

    Raises NotPermitted, NotFound, WhyMissing, PaperEnded, BadPaper.
    """
    old = _withdrawn(actor, training, reason)
    require_sensible_training(facts, today)
    return kept_training(actor, old.engagement, facts, replaces=old)


@transaction.atomic
def withdraw_training(*, actor: Actor, training: Training, reason: str) -> Training:
    """Take back a training that never was, or was somebody else's; it stays readable with the reason.

    Raises NotPermitted, NotFound, WhyMissing, PaperEnded.
    """
    old = _withdrawn(actor, training, reason)
    since = old.held_on.isoformat()
    announce("workers.training_withdrawn.v1", key=old.engagement.public_id, since=since)
    return old


def require_sensible_training(facts: TrainingFacts, today: date) -> None:
    """Raises BadPaper for an unknown kind, a day to come, or hours that cannot be."""
    if facts.kind not in codes("training_type"):
        raise BadPaper(_("没有这种培训类型，请从列表中选择。"), field="training_kind")
    if facts.held_on > today:
        raise BadPaper(
            _("培训日期 {day} 晚于今天，请填写实际培训的日期。").format(day=facts.held_on),
            field="training_on",
        )
    most = int(parameter("training.most_hours"))
    if not 0 < facts.hours <= most:
        raise BadPaper(
            _("学时应大于 0、不超过 {most}，请按培训记录填写。").format(most=most), field="training_hours"
        )


def _require_a_manageable_number(number: int) -> None:
    most = int(parameter("training.most_people_at_once"))
    if not number:
        raise BadPaper(_("还没有选择参加培训的人员，请至少选择一人。"), field="people")
    if number > most:
        raise BadPaper(
            _("一次最多登记 {most} 人，现选了 {number} 人，请分次登记。").format(most=most, number=number),
            field="people",
        )


def kept_training(
    actor: Actor,
    engagement: Engagement,
    facts: TrainingFacts,
    replaces: Training | None = None,
    *,
    session: TrainingSession | None = None,
    score: Decimal | None = None,
) -> Training:
    """Write the record, within the act that has judged it."""
    training = training_of(actor, engagement, facts, replaces, session=session, score=score)
    training.save()
    record(actor, "workers.training_recorded", engagement, training_kind=facts.kind)
    since = min(facts.held_on, replaces.held_on) if replaces else facts.held_on
    announce("workers.training_recorded.v1", key=engagement.public_id, since=since.isoformat())
    return training


def training_of(
    actor: Actor,
    engagement: Engagement,
    facts: TrainingFacts,
    replaces: Training | None = None,
    *,
    session: TrainingSession | None = None,
    score: Decimal | None = None,
) -> Training:
    """The record of a training, valid as long as its kind is; the caller has judged and saves."""
    days = parameter(_valid_days_of(facts.kind), engagement.project.region, facts.held_on)
    return Training(
        engagement=engagement,
        kind=facts.kind,
        held_on=facts.held_on,
        valid_to=facts.held_on + timedelta(days=days),
        hours=facts.hours,
        is_passed=facts.is_passed,
        trainer=facts.trainer,
        evidence=facts.evidence,
        session=session,
        score=score,
        replaces=replaces,
        recorded_by=actor.label,
    )


def _valid_days_of(kind: str) -> str:
    """The parameter that says how long a training of a kind is valid."""
    return "training.skill_valid_days" if kind == SKILL else "training.valid_days"


def _withdrawn(actor: Actor, training: Training, reason: str) -> Training:
    require(actor, "workers.file", on=training)
    why = checked_reason(reason)
    rows = Training.objects.visible_to(actor, "workers.file").select_related("engagement__project__region")
    old = rows.select_for_update(of=("self",)).get(pk=training.pk)
    if old.withdrawn_at is not None:
        raise PaperEnded(_("培训记录"))
    old.withdrawn_at, old.withdrawal_reason = timezone.now(), why
    old.version += 1
    old.save(update_fields=["withdrawn_at", "withdrawal_reason", "version", "updated_at"])
    record(actor, "workers.training_withdrawn", old.engagement, reason=why)
    return old
