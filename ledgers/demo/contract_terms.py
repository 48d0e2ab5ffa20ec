"""Contract terms: whole and confirmed, waiting for an answer, with items missing; elsewhere none."""

from datetime import datetime, timedelta
from decimal import Decimal

from ledgers.demo.hands import BECAUSE, CONTRACTOR, OWNER, projects
from projects.models import OwnerTerms
from projects.services import TermsFacts, confirm_terms, object_to_terms, state_terms

WHOLE = TermsFacts(
    measurement_days=30,
    pay_cycle_days=30,
    pay_day=15,
    labour_cost=Decimal("12800000.00"),
    labour_share=Decimal("18.50"),
    duties="总承包单位负责全部工人的实名登记、考勤和代发工资，配备劳资专管员；建设单位按月拨付人工费用，每季度检查一次。",
    safety_cost=Decimal("260000.00"),
    is_free_for_workers=True,
)
PARTIAL = TermsFacts(
    measurement_days=30, pay_cycle_days=60, labour_share=Decimal("17.00"), duties=WHOLE.duties
)


def write_terms(as_of: datetime) -> None:
    """One of each kind, once."""
    if OwnerTerms.objects.unscoped(because=BECAUSE).exists():
        return
    at = as_of - timedelta(days=20)
    for number, project in enumerate(projects()):
        made = state_terms(actor=CONTRACTOR, project=project, facts=PARTIAL if number % 2 else WHOLE, now=at)
        if number == 0:
            confirm_terms(actor=OWNER, terms=made, now=at + timedelta(days=1))
        elif number == 3:
            reason = "拨付周期与合同专用条款不一致，请核对。"
            object_to_terms(actor=OWNER, terms=made, reason=reason, now=at + timedelta(days=2))
