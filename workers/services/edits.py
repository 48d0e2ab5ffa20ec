"""Changing what belongs to one engagement: phone, trade, card and the like, with a check of the version."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from kernel.permits import require
from kernel.scoping import Actor
from kernel.versions import require_version
from outbox.services import announce
from regions.models import Region
from standards.records import extras_of
from standards.selectors import code_name, codes
from workers.entry import is_certified
from workers.errors import BadCode, NotCertified
from workers.models import Engagement
from workers.services.own_phone import opening_phone, tell_of_new_phone
from workers.services.particulars import ParticularFacts, keep_particulars
from workers.services.people import checked_card, checked_phone, set_card, set_phone
from workers.services.phones import stored_phone
from workers.services.standard import judged_worker, keep_worker_extras, standing_parts, touched_elements

# Facts whose values are codes of a list.
_LISTS = {
    "trade": "trade",
    "kind": "worker_kind",
    "education": "education",
    "political_status": "political_status",
    "bank_code": "bank",
}

# Facts that are kept elsewhere than in columns of the engagement.
_APART = ("more", "extras")


@dataclass(frozen=True, slots=True)
class OwnFacts:
    """What is to stand with the engagement from now on; None leaves a fact as it is."""

    phone: str | None = None
    trade: str | None = None
    kind: str | None = None
    education: str | None = None
    political_status: str | None = None
    address: str | None = None
    card_number: str | None = None
    bank_code: str | None = None
    bank_name: str | None = None
    is_team_leader: bool | None = None
    photo: str | None = None
    gate_card: str | None = None
    issuing_authority: str | None = None
    more: ParticularFacts | None = None
    # What the standard of the place asks beyond these: element code → value; "" takes a value away.
    extras: Mapping[str, Any] | None = None

    def __repr__(self) -> str:
        return "<OwnFacts>"


@transaction.atomic
def edit_engagement(
    *,
    actor: Actor,
    engagement: Engagement,
    facts: OwnFacts,
    expected_version: int | None = None,
    as_reported: bool = False,
    channel: str = "",
    today: date | None = None,
) -> Engagement:
    """Change the facts of one engagement; which ones changed is on record, their values are not.

    `as_reported`: a vendor reports them, who may give a fixed line as phone; the form of numbers was judged
    at the door, and a certificate that is missing becomes a gap. `channel`: how it was said, by which the
    standard judges what the change speaks of; what was missing before is told in the row's `findings`. Raises
    NotPermitted, NotFound, BadContactFact, BadCode, BadPaper, NotCertified, BreaksStandard, Stale. Nothing
    new changes nothing.
    Source: 鄂建文〔2019〕27号 二(三) (basic data are kept up to date).
    """
    require(actor, "workers.enrol", on=engagement)
    rows = Engagement.objects.visible_to(actor, "workers.enrol")
    kept = rows.select_for_update(of=("self",)).get(pk=engagement.pk)
    require_version(kept, expected_version, _standing(kept, facts))
    if facts.trade and facts.trade != kept.trade and not as_reported:
        _require_certificate(kept, facts.trade)
    before = opening_phone(kept, timezone.now()) if facts.phone is not None else ""
    changed = sorted(_changed(kept, facts, as_reported=as_reported))
    changed += keep_particulars(kept, facts.more) if facts.more else []
    changed += _by_the_standard(kept, facts, channel, today or timezone.localdate())
    if not changed:
        return kept
    kept.version += 1
    kept.save()
    record(actor, "workers.engagement_edited", kept, changed=changed)
    announce("workers.engagement_edited.v1", key=kept.public_id, version=kept.version)
    if "phone" in changed:
        tell_of_new_phone(kept, before, timezone.now())
    return kept


def _by_the_standard(kept: Engagement, facts: OwnFacts, channel: str, on: date) -> list[str]:
    """Keep the added elements and judge the whole as it now stands. Raises BreaksStandard."""
    project = kept.project
    said = {**extras_of(kept), **(facts.extras or {})}
    if channel:
        touched = touched_elements(project, facts, on)
        kept.findings = judged_worker(
            project, standing_parts(kept), said, channel=channel, on=on, touched=touched
        )
    return keep_worker_extras(kept, project, facts.extras, on)


def _require_certificate(engagement: Engagement, trade: str) -> None:
    """Nobody is moved into special operations without a valid certificate. Raises NotCertified."""
    if not is_certified(engagement.person_id, trade, timezone.localdate()):
        raise NotCertified(code_name("trade", trade))


def _standing(engagement: Engagement, facts: OwnFacts) -> dict[str, str]:
    """How the facts that are to change read now, under the labels of the form; phone and card masked."""
    shown = {
        "phone": ("手机号", engagement.masked_phone),
        "trade": ("工种", code_name("trade", engagement.trade)),
        "kind": ("人员类型", code_name("worker_kind", engagement.kind)),
        "education": ("文化程度", code_name("education", engagement.education)),
        "political_status": ("政治面貌", code_name("political_status", engagement.political_status)),
        "address": ("住址", engagement.address or ""),
        "card_number": ("工资卡号", engagement.masked_card),
        "bank_code": ("开户银行", code_name("bank", engagement.bank_code)),
        "bank_name": ("支行名称", engagement.bank_name),
        "is_team_leader": ("班组长", str(_("是") if engagement.is_team_leader else _("否"))),
        "gate_card": ("考勤卡号", engagement.gate_card),
        "issuing_authority": ("发证机关", engagement.issuing_authority),
    }
    return dict(pair for name, pair in shown.items() if getattr(facts, name) is not None)


def _changed(engagement: Engagement, facts: OwnFacts, *, as_reported: bool) -> Iterator[str]:
    """Put each new fact in its place and name it. Raises BadContactFact, BadCode."""
    for name in (field.name for field in fields(facts) if field.name not in _APART):
        value, stands = getattr(facts, name), getattr(engagement, name)
        if value is None:
            continue
        new = _reported(name, value) if as_reported else _read(name, value, engagement.project.region)
        if new != ("" if stands is None else stands):
            _put(engagement, name, new)
            yield name


def _reported(name: str, value: Any) -> Any:
    """A fact as enrolling keeps it."""
    return stored_phone(value) if name == "phone" else value


def _put(engagement: Engagement, name: str, value: Any) -> None:
    if name == "phone":
        set_phone(engagement, value)
    elif name == "card_number":
        set_card(engagement, value)
    else:
        setattr(engagement, name, value)


def _read(name: str, value: Any, region: Region) -> Any:
    """A fact as it is kept. Raises BadContactFact, BadCode."""
    if name == "phone" and value:
        return checked_phone(value)
    if name == "card_number" and value:
        return checked_card(value)
    if name in _LISTS and value and value not in codes(_LISTS[name], region):
        raise BadCode(name)
    return value
