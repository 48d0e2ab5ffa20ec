"""Acts on partners of the outward gateway: only at the province's node, by posts over the whole province."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import record
from federation.gateway.policy import require_the_province
from federation.models import Partner
from federation.selectors.partners import MANAGE
from kernel.errors import DomainError, NotPermitted, SeveralFaults
from kernel.permits import require
from kernel.scoping import Actor
from kernel.text import compact
from kernel.versions import require_version
from projects.uscc import BadUscc, read_uscc
from standards.selectors import codes


@dataclass(frozen=True, slots=True)
class PartnerFacts:
    """Who a partner is and whom to call."""

    name: str
    sort: str
    contact_name: str
    contact_phone: str
    uscc: str = ""
    bank_code: str = ""


def require_over_the_province(actor: Actor, permission: str) -> None:
    """Let an act on the gateway pass. Raises OnlyTheProvince, NotPermitted for a lesser post."""
    require_the_province()
    require(actor, permission)
    if not actor.reach(permission).is_province_wide:
        raise NotPermitted


@transaction.atomic
def create_partner(*, actor: Actor, facts: PartnerFacts) -> Partner:
    """Enter a body outside housing that is to receive data.

    Raises OnlyTheProvince, NotPermitted, DomainError for a name that is taken or a fact that cannot be.
    Source: 鄂建文〔2019〕27号 二(四) (统一对外接口).
    """
    require_over_the_province(actor, MANAGE)
    clean = _judged(facts)
    partner = Partner.objects.create(entered_by=actor.label[:120], **clean)
    record(actor, "federation.partner_entered", partner, sort=partner.sort)
    return partner


@transaction.atomic
def edit_partner(
    *, actor: Actor, partner: Partner, facts: PartnerFacts, expected_version: int | None = None
) -> Partner:
    """Change who a partner is or whom to call.

    Raises OnlyTheProvince, NotPermitted, Stale, DomainError.
    """
    require_over_the_province(actor, MANAGE)
    row = locked(actor, partner)
    require_version(row, expected_version, in_words(row))
    for name, value in _judged(facts, row).items():
        setattr(row, name, value)
    row.version += 1
    row.save()
    record(actor, "federation.partner_edited", row)
    return row


def locked(actor: Actor, partner: Partner) -> Partner:
    """The row, locked."""
    return Partner.objects.visible_to(actor, MANAGE).select_for_update(of=("self",)).get(pk=partner.pk)


def in_words(partner: Partner) -> dict[str, str]:
    """A partner as the form shows it, by label."""
    return {"名称": partner.name, "联系人": partner.contact_name, "联系电话": str(partner.contact_phone)}


def _judged(facts: PartnerFacts, held: Partner | None = None) -> dict[str, str]:
    """The facts as they are kept. Raises DomainError for one that cannot be, or SeveralFaults for all."""
    clean = {
        "name": facts.name.strip(),
        "sort": facts.sort,
        "contact_name": facts.contact_name.strip(),
        "contact_phone": compact(facts.contact_phone),
        "uscc": "",
        "bank_code": facts.bank_code if facts.sort == Partner.Kind.BANK else "",
    }
    faults = [*_faults(clean, held)]
    try:
        clean["uscc"] = read_uscc(facts.uscc) if facts.uscc.strip() else ""
    except BadUscc as bad:
        faults.append(DomainError(bad.fault.value, code=bad.code, field="uscc"))
    if len(faults) > 1:
        raise SeveralFaults(faults)
    if faults:
        raise faults[0]
    return clean


def _faults(clean: dict[str, str], held: Partner | None) -> Iterator[DomainError]:
    """What cannot be, field by field."""
    name, phone = clean["name"], clean["contact_phone"]
    if not name:
        yield DomainError(_("请填写单位名称。"), code="no_name", field="name")
    taken = Partner.objects.unscoped(because="a name is taken whoever asks").filter(name=name)
    if name and (taken.exclude(pk=held.pk) if held else taken).exists():
        told = _("“{name}”已经登记。请在共享单位列表中打开它，不要重复登记。").format(name=name[:100])
        yield DomainError(told, code="name_taken", field="name")
    if clean["sort"] not in Partner.Kind.values:
        yield DomainError(_("请从列表中选择单位类别。"), code="bad_sort", field="sort")
    if clean["sort"] == Partner.Kind.BANK and clean["bank_code"] not in codes("bank"):
        told = _("银行要选银行代码：含完整号码的数据只提供本行账户的记录。请从列表中选择。")
        yield DomainError(told, code="no_bank_code", field="bank_code")
    if not clean["contact_name"]:
        yield DomainError(_("请填写联系人。"), code="no_contact_name", field="contact_name")
    if not (phone.replace("-", "").isdecimal() and 7 <= len(phone) <= 20):
        told = _("联系电话应为 7 至 20 位数字，可带区号和连字符，例如 027-68870000。")
        yield DomainError(told, code="bad_phone", field="contact_phone")
