"""Labour contracts and written work agreements: kept, put right by a new record, ended early.

Source: 鄂建文〔2019〕27号 一(八); 国务院令第724号 第二十八条; 18号令 2022 修正 (用工书面协议).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from audit.services import record
from kernel.files import NamedFile
from kernel.permits import require
from kernel.scoping import Actor
from outbox.services import announce
from standards.selectors import codes, parameter
from workers.errors import AlreadyContracted, BadPaper, PaperEnded
from workers.models import Contract, ContractFile, Engagement
from workers.selectors import all_contracts
from workers.services.reasons import checked_reason

# National dictionary: 0 固定期限合同, which alone must say when it ends; 1 以完成一定工作为期限.
FIXED_TERM, UNTIL_DONE = "0", "1"


@dataclass(frozen=True, slots=True)
class ContractFacts:
    """What a contract says: kind, term, what is paid and for what, and the scan that proves it."""

    kind: str
    starts_on: date
    ends_on: date | None
    period_type: str = FIXED_TERM
    wage_form: str = ""
    unit: str = ""
    unit_price: Decimal | None = None
    scan: str = ""
    number: str = ""


@transaction.atomic
def record_contract(
    *,
    actor: Actor,
    engagement: Engagement,
    kind: str = Contract.Kind.LABOUR,
    period_type: str = FIXED_TERM,
    starts_on: date,
    ends_on: date | None,
    unit: str = "",
    unit_price: Decimal | None = None,
    wage_form: str = "",
    scan: str = "",
    number: str = "",
) -> Contract:
    """Keep a labour contract or written work agreement.

    Raises NotPermitted, NotFound, BadPaper. Source: 鄂建文〔2019〕27号 一(八).
    """
    require(actor, "workers.file", on=engagement)
    facts = ContractFacts(kind, starts_on, ends_on, period_type, wage_form, unit, unit_price, scan, number)
    require_sensible_contract(facts)
    return kept_contract(actor, engagement, facts)


@transaction.atomic
def report_contract(
    *, actor: Actor, engagement: Engagement, facts: ContractFacts, files: Sequence[NamedFile] = ()
) -> Contract:
    """Keep a contract that another system reports, with its scans; one that overlaps another is refused.

    Raises NotPermitted, NotFound, BadPaper, AlreadyContracted. Source: 鄂建文〔2019〕27号 一(八).
    """
    require(actor, "workers.file", on=engagement)
    require_sensible_contract(facts)
    # The engagement's lock makes two reports of one contract wait for each other.
    Engagement.all_rows.select_for_update(of=("self",)).get(pk=engagement.pk)
    if held := overlapping(engagement, facts):
        raise AlreadyContracted(held.starts_on, held.ends_on)
    contract = kept_contract(actor, engagement, facts)
    ContractFile.objects.bulk_create(
        ContractFile(contract=contract, position=position, name=one.name, address=one.address)
        for position, one in enumerate(files)
    )
    return contract


def overlapping(engagement: Engagement, facts: ContractFacts) -> Contract | None:
    """A contract of the engagement that holds on some day of the one that `facts` tell of."""
    rows = Contract.all_rows.filter(Q(ends_on=None) | Q(ends_on__gte=facts.starts_on), engagement=engagement)
    rows = rows.filter(Q(ended_on=None) | Q(ended_on__gt=facts.starts_on))
    if facts.ends_on is not None:
        rows = rows.filter(starts_on__lte=facts.ends_on)
    return rows.exclude(ended_on=F("starts_on")).first()


@transaction.atomic
def replace_contract(*, actor: Actor, contract: Contract, facts: ContractFacts, reason: str) -> Contract:
    """Put a contract record right: the old one stays readable and never held, a new one takes its place.

    Raises NotPermitted, NotFound, WhyMissing, PaperEnded, BadPaper.
    """
    require(actor, "workers.file", on=contract)
    why = checked_reason(reason)
    old = _locked(actor, contract)
    require_sensible_contract(facts)
    end_on(old, old.starts_on, why)
    record(actor, "workers.contract_replaced", old.engagement, reason=why)
    return kept_contract(actor, old.engagement, facts, replaces=old)


@transaction.atomic
def end_contract(*, actor: Actor, contract: Contract, on: date, reason: str, today: date) -> Contract:
    """End a contract before its time: from `on` it no longer holds. Ended on its first day, it never held.

    Raises NotPermitted, NotFound, WhyMissing, PaperEnded, BadPaper.
    """
    require(actor, "workers.file", on=contract)
    why = checked_reason(reason)
    old = _locked(actor, contract)
    _require_within(old, on, today)
    end_on(old, on, why)
    record(actor, "workers.contract_ended", old.engagement, reason=why, on=on.isoformat())
    announce("workers.contract_ended.v1", key=old.engagement.public_id, since=on.isoformat())
    return old


def overlaps_told(actor: Actor, new: Contract) -> list[str]:
    """Which other contracts of the same person on this project hold on days of the new one. No refusal.

    As far as `actor` may see them. Somebody enrolled again brings those of the engagement before along.
    """
    work = new.engagement
    known = all_contracts(actor).filter(
        engagement__person=work.person_id, engagement__project=work.project_id
    )
    others = [one for one in known if one.pk != new.pk and _overlap(one, new)]
    if not others:
        return []
    terms = "、".join(f"{one.starts_on} {until_words(one)}" for one in others)
    return [
        _("有一段日期重复：已有 {terms} 的合同仍有效。如是录入有误，请更正或解除其中一份。").format(
            terms=terms
        )
    ]


def _overlap(one: Contract, other: Contract) -> bool:
    return one.starts_on <= _last_day(other) and other.starts_on <= _last_day(one)


def _last_day(one: Contract) -> date:
    """The last day on which a contract holds; before its first day if it never held."""
    planned = one.ends_on or date.max
    return min(planned, one.ended_on - timedelta(days=1)) if one.ended_on else planned


def until_words(one: Contract) -> str:
    """How the end of a term is said after its beginning."""
    return f"至 {one.ends_on}" if one.ends_on else "起"


def require_sensible_contract(facts: ContractFacts) -> None:
    """Raises BadPaper for an unknown kind or form, crossed dates, or a price that cannot be."""
    if facts.kind not in Contract.Kind.values:
        raise BadPaper(_("没有这种合同类型，请选择劳动合同或用工书面协议。"), field="contract_kind")
    if facts.period_type not in codes("contract_period"):
        raise BadPaper(_("没有这种合同期限类型，请从列表中选择。"), field="period_type")
    if facts.ends_on is not None and facts.ends_on < facts.starts_on:
        raise BadPaper(
            _("合同结束日期早于开始日期 {day}，请核对合同后改正。").format(day=facts.starts_on),
            field="contract_ends_on",
        )
    _require_sensible_price(facts)


def _require_sensible_price(facts: ContractFacts) -> None:
    if facts.wage_form and facts.wage_form not in Contract.WageForm.values:
        raise BadPaper(_("没有这种计酬方式，请从列表中选择。"), field="wage_form")
    if facts.unit and facts.unit not in codes("measurement_unit"):
        raise BadPaper(_("没有这种计量单位，请从列表中选择。"), field="unit")
    most = Decimal(parameter("contract.most_unit_price"))
    if facts.unit_price is not None and not 0 < facts.unit_price <= most:
        raise BadPaper(
            _("单价应大于 0、不超过 {most} 元，请按合同填写。").format(most=f"{most:,}"), field="unit_price"
        )


def _require_within(contract: Contract, on: date, today: date) -> None:
    if on > today:
        raise BadPaper(_("日期 {day} 晚于今天，请填写实际解除的日期。").format(day=on), field="date")
    if on < contract.starts_on:
        raise BadPaper(
            _("解除日期不能早于合同开始日期 {day}；合同从未生效的，填开始日期。").format(
                day=contract.starts_on
            ),
            field="date",
        )
    if contract.ends_on is not None and on > contract.ends_on:
        raise BadPaper(_("合同已于 {day} 到期，无需再办理解除。").format(day=contract.ends_on), field="date")


def _locked(actor: Actor, contract: Contract) -> Contract:
    rows = Contract.objects.visible_to(actor, "workers.file").select_related("engagement__project__region")
    old = rows.select_for_update(of=("self",)).get(pk=contract.pk)
    if old.ended_on is not None:
        raise PaperEnded(_("合同"))
    return old


def end_on(contract: Contract, on: date, why: str) -> None:
    """Write that a contract no longer holds from a day, within the act that has judged it."""
    contract.ended_on, contract.end_reason = on, why
    contract.version += 1
    contract.save(update_fields=["ended_on", "end_reason", "version", "updated_at"])


def kept_contract(
    actor: Actor, engagement: Engagement, facts: ContractFacts, replaces: Contract | None = None
) -> Contract:
    """Write the record, within the act that has judged it."""
    contract = contract_of(actor, engagement, facts, replaces)
    contract.save()
    record(actor, "workers.contract_recorded", engagement)
    since = min(facts.starts_on, replaces.starts_on) if replaces else facts.starts_on
    announce("workers.contract_recorded.v1", key=engagement.public_id, since=since.isoformat())
    return contract


def contract_of(
    actor: Actor, engagement: Engagement, facts: ContractFacts, replaces: Contract | None = None
) -> Contract:
    """The record of a contract; the caller has judged and saves."""
    return Contract(
        engagement=engagement,
        kind=facts.kind,
        period_type=facts.period_type,
        starts_on=facts.starts_on,
        ends_on=facts.ends_on,
        unit=facts.unit,
        unit_price=facts.unit_price,
        wage_form=facts.wage_form,
        scan=facts.scan,
        number=facts.number,
        replaces=replaces,
        recorded_by=actor.label,
    )
