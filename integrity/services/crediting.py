"""Acts on enterprises' credit: entering what an authority has decided, and taking a mistake back."""

from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import record
from integrity.errors import BadCredit, CreditKnown, CreditWithdrawn
from integrity.models import CreditRecord
from kernel.errors import NotFound
from kernel.permits import require
from kernel.scoping import Actor
from outbox.services import announce
from projects.models import Enterprise, Project
from regions.models import Region
from standards.selectors import codes

MAY = "integrity.record_credit"


@dataclass(frozen=True, slots=True)
class CreditFacts:
    """What an authority has decided of an enterprise; `valid_to` is None where it stands without end."""

    record_kind: str
    behaviour: str
    content: str
    authority: str
    document: str
    decided_on: date
    valid_from: date
    valid_to: date | None = None


@transaction.atomic
def record_credit(
    *,
    actor: Actor,
    enterprise: Enterprise,
    region: Region,
    facts: CreditFacts,
    today: date,
    project: Project | None = None,
) -> CreditRecord:
    """Enter a good or adverse record, or an entry on the blacklist, of an enterprise within reach.

    `region` is where the authority stands. Raises NotPermitted, NotFound, BadCredit, CreditKnown.
    Source: 建市〔2017〕241号 第十四条 (blacklist); 鄂建文〔2019〕27号 二(三).
    """
    require(actor, MAY, on=enterprise)
    if project is not None:
        require(actor, MAY, on=project)
    if not region.path.startswith(tuple(actor.reach(MAY).region_paths) or ("-",)):
        raise NotFound
    _check(facts, today)
    # One at a time per enterprise, so that one decision entered twice at once is not two.
    Enterprise.objects.visible_to(actor, MAY).select_for_update(of=("self",)).get(pk=enterprise.pk)
    same = {
        "region": region,
        "record_kind": facts.record_kind,
        "document": facts.document,
        "behaviour": facts.behaviour,
    }
    known = CreditRecord.objects.visible_to(actor, MAY).filter(enterprise=enterprise, withdrawn_at=None)
    if known.filter(**same).exists():
        raise CreditKnown
    row = CreditRecord.objects.create(
        enterprise=enterprise, region=region, project=project, entered_by=actor.label, **asdict(facts)
    )
    record(actor, "integrity.credit_recorded", row, kind=facts.record_kind, enterprise=enterprise.uscc)
    announce("integrity.credit_recorded.v1", key=row.public_id)
    return row


def _check(facts: CreditFacts, today: date) -> None:
    """Raises BadCredit."""
    if facts.behaviour not in codes(f"credit_{facts.record_kind}"):
        told = _("没有类别“{code}”。请从数据标准的代码表 credit_{kind} 中选择。")
        raise BadCredit(told.format(code=facts.behaviour, kind=facts.record_kind), "behaviour")
    if facts.decided_on > today:
        raise BadCredit(_("决定日期晚于今天。请填写决定文书上的日期。"), "decided_on")
    if facts.valid_from < facts.decided_on:
        raise BadCredit(_("公布日期早于决定日期。请核对后重填。"), "valid_from")
    if facts.valid_to is not None and facts.valid_to < facts.valid_from:
        raise BadCredit(_("公布截止日期早于公布日期。请核对后重填。"), "valid_to")
    if facts.valid_to is None and facts.record_kind == CreditRecord.Kind.BLACKLIST:
        raise BadCredit(_("列入黑名单须有期限。请按决定文书填写截止日期。"), "valid_to")


@transaction.atomic
def withdraw_credit(*, actor: Actor, credit: CreditRecord, reason: str, now: datetime) -> CreditRecord:
    """Take back a record that was entered wrongly or has been repaired; it stays on file with the reason.

    Whoever stands over the authority's region withdraws, nobody below it. Raises NotPermitted, NotFound,
    CreditWithdrawn, BadCredit without a reason.
    """
    require(actor, MAY, on=credit)
    rows = CreditRecord.objects.visible_to(actor, MAY).select_related("region", "enterprise")
    row = rows.select_for_update(of=("self",)).get(pk=credit.pk)
    if not row.region.path.startswith(tuple(actor.reach(MAY).region_paths) or ("-",)):
        raise NotFound
    if row.withdrawn_at is not None:
        raise CreditWithdrawn
    if not reason.strip():
        raise BadCredit(_("请写明撤回原因，例如：录入有误、信用修复。"), "reason")
    row.withdrawn_at, row.withdrawn_because = now, reason.strip()[:200]
    row.version += 1
    row.save()
    record(actor, "integrity.credit_withdrawn", row, reason=row.withdrawn_because)
    announce("integrity.credit_withdrawn.v1", key=row.public_id, version=row.version)
    return row
