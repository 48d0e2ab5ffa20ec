"""What 四库一平台 owns of a county: its supervisor's firm, a former name, managers, and a wish."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from federation.masters.contract import mark
from federation.models import (
    ChangeProposal,
    Copied,
    ManagerRegistration,
    MasterChange,
    MasterRecord,
    ProposalAnswer,
)
from kernel.models import this_node
from projects.models import Enterprise, Source
from projects.services.mastering import as_master


def own_by_master(county: Any) -> None:
    """The supervisor's firm comes from the master; its name has changed once."""
    word, order, firm = county.word, county.order, county.firms["supervisor"]
    with transaction.atomic(), as_master():
        Enterprise.all_rows.filter(pk=firm.pk).update(source=Source.MASTER)
    firm.refresh_from_db()
    county.master_record = MasterRecord.objects.create(
        object="enterprises", source_id=f"QY{order}", source_version=2, key=firm.uscc, label=firm.name,
        row=firm.public_id, mark=mark(f"QY{order}", 2, is_withdrawn=False),
        changed_at=county.now, fetched_at=county.now,
    )  # fmt: skip
    MasterChange.objects.create(
        object="enterprise", row=firm.public_id, field="name", before=f"{word}旧监理有限公司",
        after=firm.name, changed_at=county.now, noted_at=county.now,
    )  # fmt: skip
    for step, title in enumerate(("supervisor", "subcontractor")):
        county.managers[title] = ManagerRegistration.objects.create(
            enterprise=county.firms[title], name=f"韩{word}", post="01", number=f"鄂{word}{step}",
            speciality="建筑工程", grade="一级",
        )  # fmt: skip
    county.proposal = ChangeProposal.objects.create(
        region=county.region, project=county.project, object="enterprise", row=firm.public_id,
        label=firm.name, field="name", present=firm.name, wish=f"{word}新监理有限公司",
        reason=f"{word}变更通知书", asked_at=timezone.now(), asked_by=f"周{word}",
        asked_by_key=str(county.users["county_regulator"].public_id),
    )  # fmt: skip
    # A request about a row of another node, which has declined it: its answer travels as a row of its own.
    county.declined = ChangeProposal.objects.create(
        owner="elsewhere-1", region=county.region, project=county.project, object="team",
        row=county.teams["contractor"].public_id, label=f"{word}班组", field="name", present=f"{word}班组",
        wish=f"{word}木工班组", reason=f"{word}花名册", asked_at=timezone.now(), asked_by=f"周{word}",
        asked_by_key=str(county.users["county_regulator"].public_id), state=ChangeProposal.State.REFUSED,
        answer="名称无误", answered_at=timezone.now(), answered_by="对方", answered_by_key="elsewhere",
    )  # fmt: skip
    county.copy_wish = ChangeProposal.objects.create(
        owner=this_node(), origin="elsewhere-1", region=county.region, project=county.project, object="team",
        row=county.teams["contractor"].public_id, label=f"{word}班组", field="name", present=f"{word}班组",
        wish=f"{word}瓦工班组", reason=f"{word}花名册", asked_at=timezone.now(), asked_by=f"吴{word}",
        asked_by_key="elsewhere",
    )  # fmt: skip
    ProposalAnswer.objects.create(
        proposal=county.declined, accepts=False, answer="名称无误", answered_at=timezone.now(),
        answered_by="对方", answered_by_key="elsewhere",
    )  # fmt: skip


def hold_a_copy(county: Any) -> None:
    """One record of the county is another node's."""
    county.copy = county.quantities["shared"]
    type(county.copy).all_rows.filter(pk=county.copy.pk).update(origin="elsewhere-1")
    county.copy.refresh_from_db()
    Copied.objects.create(
        kind="quantity", key=county.copy.public_id, node="elsewhere-1", origin="elsewhere-1", version=3,
        at=county.now, received_at=county.now,
    )  # fmt: skip
