"""Partners of the demo world: one agreement drafted and approved, and one that waits for approval."""

from datetime import date, datetime

from django.conf import settings
from django.utils import timezone

from accounts.actors import UserActor
from accounts.models import User
from federation.gateway.policy import is_the_province
from federation.gateway.terms import Terms
from federation.models import AgreementVersion, Partner
from federation.services import (
    AgreementFacts,
    PartnerFacts,
    approve_agreement,
    create_partner,
    draft_agreement,
    share_object,
)

LABOUR, BANK = "湖北省人力资源和社会保障厅（演示）", "江汉建设银行（演示）"
_BECAUSE = "the demo world is written for everybody; nobody reads"
# Who drafts, and who approves.
_BOTH = ("admin", "province")


def write_sharing(as_of: datetime) -> None:
    """Once, at the province: an agreement in force without a key, and a bank's that waits for approval."""
    known = Partner.objects.unscoped(because=_BECAUSE).filter(name__in=(LABOUR, BANK))
    users = {user.username: user for user in User.objects.filter(username__in=_BOTH)}
    if not settings.SYNTHETIC_PEOPLE or not is_the_province() or known.exists() or len(users) < len(_BOTH):
        return
    drafter, approver = (UserActor.of(users[name]) for name in _BOTH)
    today = timezone.localdate(as_of)
    version = _drafted(
        drafter, PartnerFacts(LABOUR, "labour", "钱一", "027-68870000"), "演示共享 1 号", today
    )
    people = Terms(
        [
            "id",
            "person",
            "name",
            "id_number_masked",
            "project_code",
            "enterprise_uscc",
            "entered_on",
            "exited_on",
        ]
    )
    version = share_object(actor=drafter, version=version, shared="persons-at-work", terms=people)
    wages = Terms(["id", "person", "month", "net_pay", "paid_on", "enterprise_uscc"])
    version = share_object(actor=drafter, version=version, shared="payroll-rows", terms=wages)
    # A world of long ago is left with a draft whose days are over.
    if version.valid_to >= timezone.localdate():
        approve_agreement(actor=approver, version=version)
    facts = PartnerFacts(BANK, "bank", "孙二", "027-68870001", bank_code="105")
    version = _drafted(drafter, facts, "演示共享 2 号", today)
    terms = Terms(
        ["id", "name", "card_number", "net_pay", "paid_on"],
        {"card_number": "工程建设领域农民工工资专用账户管理暂行办法"},
        {"paying_banks": ["105"]},
    )
    share_object(actor=drafter, version=version, shared="payroll-rows", terms=terms)


def _drafted(drafter: UserActor, facts: PartnerFacts, number: str, today: date) -> AgreementVersion:
    partner = create_partner(actor=drafter, facts=facts)
    terms = AgreementFacts(
        purpose="核对农民工工资发放和参保情况",
        legal_basis="保障农民工工资支付条例 第四十九条",
        valid_from=today,
        valid_to=date(today.year + 1, today.month, min(today.day, 28)),
        calls_per_minute=60,
        rows_per_day=100_000,
    )
    return draft_agreement(
        actor=drafter, partner=partner, number=number, title="农民工工资数据共享", facts=terms
    )
