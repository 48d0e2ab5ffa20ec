"""What the law asks for: contracts and training."""

from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction

from audit.services import record
from kernel.permits import require
from kernel.scoping import Actor
from outbox.services import announce
from standards.selectors import parameter
from workers.models import Contract, Engagement, Training


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
