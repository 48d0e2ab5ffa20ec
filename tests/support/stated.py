"""What vendors' systems and authorities have stated of a county's enterprises, project and participants."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from integrity.models import CreditRecord
from kernel.cipher import keyring
from projects.models import (
    EnterpriseParticulars,
    ProjectParticulars,
    Qualification,
    ReportedPermit,
    WageAccount,
)
from tests.support import people


def state_everything(county: Any) -> None:
    """One of everything, of the contractor and of the subcontractor, with the county's word in each text."""
    word, contractor = county.word, county.firms["contractor"]
    number = people.id_number(county.order + 90)
    county.told = [
        EnterpriseParticulars.objects.create(
            enterprise=contractor, address=f"{word}路{order}号", legal_name=f"孙{word}", legal_id_type="01",
            legal_id_number=number, area_code="420100", kind="173", capital=Decimal("8000.0000"), **by,
        )
        for order, by in enumerate(({"project": county.project}, {"stated_by": contractor}))
    ]  # fmt: skip
    county.particulars = ProjectParticulars.objects.create(
        project=county.project, third_party_code=f"{word}-1", description=f"{word}简介", nature="001",
        contact_name=f"冯{word}", contact_phone=people.phone(county.order + 91), land_permit=f"{word}地字1号",
    )  # fmt: skip
    county.reported_permit = ReportedPermit.objects.create(
        project=county.project, number=f"{word}待登记001", works_name=f"{word}二期"
    )
    for order, title in enumerate(("contractor", "subcontractor")):
        firm, taking_part = county.firms[title], county.participations[title]
        card = people.card(county.order + 95 + order)
        county.wage_accounts[title] = WageAccount.objects.create(
            participation=taking_part, bank_code="102", branch=f"{word}支行", number=card,
            number_index=keyring().blind_index("card", card),
        )  # fmt: skip
        county.qualifications[title] = Qualification.objects.create(
            enterprise=firm, kind="3", number=f"{word}D{order}", trade="71401001", level="3-77",
            limits=f"{word}限定",
        )  # fmt: skip
        county.credit[title] = CreditRecord.objects.create(
            enterprise=firm, region=county.region, project=county.project, behaviour="001",
            record_kind="bad" if order else "good", content=f"{word}事由", authority=f"{word}住建局",
            document=f"{word}〔2026〕{order}号", decided_on=county.today - timedelta(days=30),
            valid_from=county.today - timedelta(days=29), entered_by=f"周{word}",
        )  # fmt: skip
