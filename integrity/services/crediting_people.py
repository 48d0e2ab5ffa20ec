"""Acts on people's credit: entering what an authority has decided, and taking a mistake back."""

from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import record
from integrity.errors import BadPersonCredit
from integrity.models import PersonCredit
from integrity.selectors.people_credit import MAY
from kernel.errors import NotFound
from kernel.permits import require
from kernel.scoping import Actor
from outbox.services import announce
from regions.models import Region
from standards.selectors import codes
from workers.models import Engagement, Person


@dataclass(frozen=True, slots=True)
class PersonCreditFacts:
    """What an authority has decided of a person; `valid_to` is None where it stands without end."""

    record_kind: str
    behaviour: str
    content: str
    authority: str
    document: str
    decided_on: date
    valid_from: date
    valid_to: date | None = None


@transaction.atomic
def record_person_credit(
    *, actor: Actor, engagement: Engagement, region: Region, facts: PersonCreditFacts, today: date
) -> PersonCredit:
    """Enter a decision about the person behind an engagement within reach.

    `region` is where the authority stands. Raises NotPermitted, NotFound, BadPersonCredit.
    Source: 鄂建文〔2019〕27号 一(十), 二(三).
    """
    require(actor, MAY, on=engagement)
    if not _stands_over(actor, region):
        raise NotFound
    _check(facts, today)
    # One at a time per person, so that one decision entered twice at once is not two.
    person = Person.all_rows.select_for_update(of=("self",)).get(pk=engagement.person_id)
    same = {"record_kind": facts.record_kind, "document": facts.document, "behaviour": facts.behaviour}
    if PersonCredit.all_rows.filter(person=person, region=region, withdrawn_at=None, **same).exists():
        raise BadPersonCredit(_("这份决定已经登记，无需重复登记。"), field="document")
    row = PersonCredit.objects.create(
        person=person, engagement=engagement, region=region, entered_by=actor.label, **asdict(facts)
    )
    record(actor, "integrity.person_credit_recorded", engagement, credit=facts.record_kind)
    announce("integrity.person_credit_recorded.v1", key=row.public_id)
    return row


@transaction.atomic
def withdraw_person_credit(*, actor: Actor, credit: PersonCredit, reason: str, now: datetime) -> PersonCredit:
    """Take back a record that was entered wrongly or has been repaired; it stays on file with the reason.

    Raises NotPermitted, NotFound, BadPersonCredit without a reason or where it was taken back before.
    """
    require(actor, MAY, on=credit)
    rows = PersonCredit.all_rows.select_related("region", "engagement__project__region")
    row = rows.select_for_update(of=("self",)).get(pk=credit.pk)
    if not _stands_over(actor, row.region):
        raise NotFound
    if row.withdrawn_at is not None:
        raise BadPersonCredit(_("这条记录已经撤回。"))
    if not reason.strip():
        raise BadPersonCredit(_("请写明撤回原因，例如：录入有误、信用修复。"), field="reason")
    row.withdrawn_at, row.withdrawn_because = now, reason.strip()[:200]
    row.version += 1
    row.save()
    record(actor, "integrity.person_credit_withdrawn", row.engagement, reason=row.withdrawn_because)
    announce("integrity.person_credit_withdrawn.v1", key=row.public_id, version=row.version)
    return row


def _stands_over(actor: Actor, region: Region) -> bool:
    return region.path.startswith(tuple(actor.reach(MAY).region_paths) or ("-",))


def _check(facts: PersonCreditFacts, today: date) -> None:
    """Raises BadPersonCredit."""
    if facts.behaviour not in codes(f"worker_credit_{facts.record_kind}"):
        raise BadPersonCredit(_("没有这个行为类别，请从数据标准的代码表中选择。"), field="behaviour")
    if not facts.content.strip() or not facts.document.strip():
        raise BadPersonCredit(_("请写明事实和决定文号。"), field="document")
    if facts.decided_on > today:
        raise BadPersonCredit(_("决定日期晚于今天，请填写决定文书上的日期。"), field="decided_on")
    if facts.valid_from < facts.decided_on:
        raise BadPersonCredit(_("生效日期早于决定日期，请核对后重填。"), field="valid_from")
    if facts.valid_to is not None and facts.valid_to < facts.valid_from:
        raise BadPersonCredit(_("截止日期早于生效日期，请核对后重填。"), field="valid_to")
    if facts.valid_to is None and facts.record_kind == PersonCredit.Kind.BLACKLIST:
        raise BadPersonCredit(_("列入黑名单须有期限，请按决定文书填写截止日期。"), field="valid_to")
