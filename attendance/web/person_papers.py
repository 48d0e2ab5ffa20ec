"""What vendors reported of a person's work, and the person's certificates, in words; numbers masked."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone

from kernel.masking import mask_card, mask_phone
from kernel.scoping import Actor
from standards.effective import standard_of
from standards.records import shown_extras
from standards.selectors import code_name
from standards.spec import WORKER
from web import words
from workers import selectors as workers
from workers.models import Certificate, Engagement, Particulars

IN_FORCE = "1"
PICTURES = (
    ("证件正面照", "front", "card_front"),
    ("证件反面照", "back", "card_back"),
    ("办卡采集相片", "gate-card", "gate_card_picture"),
)


@dataclass(frozen=True, slots=True)
class Told:
    """A certificate in words."""

    kind: str
    level: str
    number: str
    issuer: str
    issued_on: date
    valid_to: date | None
    mark: str
    state: str


def papers_told(actor: Actor, engagement: Engagement) -> dict[str, Any]:
    """Particulars as pairs, the pictures that there are, and certificates."""
    kept = workers.particulars(actor, engagement)
    day = timezone.localdate()
    return {
        "particulars": [*(_pairs(kept) if kept else ()), *_added(engagement)],
        "pictures": [(label, which) for label, which, column in PICTURES if kept and getattr(kept, column)],
        "certificates": [_told(row, day) for row in workers.certificates(actor, engagement)],
    }


def _pairs(kept: Particulars) -> Iterator[tuple[str, str]]:
    """What was said; nothing stands for what was not. Health is the person's own and is not shown."""
    said = {
        "发卡日期": words.day(kept.gate_card_issued_on),
        "工资卡总行": kept.bank_head_name,
        "银行联号": mask_card(kept.bank_link_number),
        "工伤或意外险": "" if kept.is_insured is None else "已购买" if kept.is_insured else "未购买",
        "加入工会": words.day(kept.union_joined_on),
        "特长": kept.specialty,
        "紧急联系人": kept.urgent_name,
        "紧急联系电话": mask_phone(kept.urgent_phone),
        "开始工作": words.day(kept.started_work_on),
        "婚姻状况": code_name("marital_status", kept.marital_status),
        "管理岗位": code_name("management_post", kept.management_post),
        "证件有效期": _term(kept),
    }
    yield from ((label, value) for label, value in said.items() if value)


def _added(engagement: Engagement) -> Iterator[tuple[str, str]]:
    """What the standard of the place asked beyond the product's own columns; numbers masked."""
    if engagement.extras or engagement.sealed_extras:
        standard = standard_of(engagement.project.region)
        yield from ((one.element.name, one.text) for one in shown_extras(engagement, standard, WORKER))


def _term(kept: Particulars) -> str:
    begins, ends = words.day(kept.document_valid_from), words.day(kept.document_valid_to)
    return f"{begins} 至 {ends or '长期'}" if begins or ends else ""


def _told(row: Certificate, day: date) -> Told:
    is_over = row.valid_to is not None and row.valid_to < day
    good = row.status == IN_FORCE and not is_over
    return Told(
        kind=code_name("certificate_kind", row.kind),
        level=code_name("certificate_level", row.level),
        number=row.masked_number,
        issuer=row.issuer,
        issued_on=row.issued_on,
        valid_to=row.valid_to,
        mark="green" if good else "amber",
        state="已过期" if is_over else code_name("certificate_status", row.status),
    )
