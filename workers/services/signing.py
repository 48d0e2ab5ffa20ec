"""A contract on paper on its way to counting: signed, scanned, verified by another; or void before that.

Source: product 5.3 S2, invariant I-12; 鄂建文〔2019〕27号 一(四) (登记与核实分开).
"""

import json
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from kernel.files import NamedFile
from kernel.permits import require
from kernel.scoping import Actor
from outbox.services import announce
from projects.models import Project
from web.messages import Audience, tell
from workers.errors import (
    AlreadyContracted,
    BadPaper,
    EngagementEnded,
    NotAtThatStep,
    OwnScan,
    PaperEnded,
)
from workers.models import Contract, ContractPaper, Engagement
from workers.services.contracts import ContractFacts, end_on, kept_contract, overlapping
from workers.services.drafting import papers_of
from workers.services.filling import values_of
from workers.services.reasons import checked_reason

State = ContractPaper.State
KIND = "workers.contract_paper"
CHANGED = "workers.contract_paper_changed.v1"


@transaction.atomic
def begin_signing(*, actor: Actor, papers: Sequence[ContractPaper]) -> list[ContractPaper]:
    """Hand drafts to the parties: from now on what they say is fixed, and they are printed to be signed.

    Raises NotPermitted, NotFound, NotAtThatStep.
    """
    require(actor, "workers.file")
    held = papers_of(actor, papers, "workers.file")
    for one in held:
        _require(one, State.DRAFT, _("合同 {number} 不是草稿，不能送签。请刷新页面再看。"))
        one.filled = json.dumps(values_of(one), ensure_ascii=False)
        one.state = State.SIGNING
        _changed(actor, one, "workers.contract_sent_to_sign")
    return held


@transaction.atomic
def attach_scan(
    *, actor: Actor, paper: ContractPaper, scan: str, now: datetime | None = None
) -> ContractPaper:
    """Keep the scan of the signed paper; another person will compare it.

    A scan that waits is replaced. Raises NotPermitted, NotFound, NotAtThatStep, BadPaper.
    """
    require(actor, "workers.file", on=paper)
    (held,) = papers_of(actor, [paper], "workers.file")
    _require(held, State.SIGNING, _("合同 {number} 不在签订中，不能上传签字页。草稿请先送签。"))
    if not scan:
        raise BadPaper(_("请选择签字合同的照片或 PDF。"), field="scan")
    held.scan, held.scanned_at = scan, now or timezone.now()
    held.scanned_by_key, held.scanned_by, held.returned_reason = actor.key, actor.label, ""
    _changed(actor, held, "workers.contract_scanned")
    _tell(held, "workers.verify_contracts", _("{project}：{name}的合同 {number} 已上传签字页，请核验。"))
    return held


@transaction.atomic
def attach_scans(
    *, actor: Actor, project: Project, files: Sequence[NamedFile], now: datetime | None = None
) -> list[ContractPaper]:
    """Keep many scans at once, each for the contract whose number stands in its name: all, or none.

    Raises NotPermitted, NotFound, BadPaper naming the files that belong to no contract in signing.
    """
    require(actor, "workers.file", on=project)
    rows = ContractPaper.objects.visible_to(actor, "workers.file").filter(
        engagement__project=project, state=State.SIGNING
    )
    waiting = {one.number.upper(): one for one in rows.defer("filled")}
    found: dict[str, tuple[ContractPaper, str]] = {}
    strangers = []
    for one in files:
        number = next((number for number in waiting if number in one.name.upper()), "")
        if not number or number in found:
            strangers.append(one.name)
        else:
            found[number] = (waiting[number], one.address)
    if strangers or not found:
        told = _("{names}：文件名里没有签订中合同的编号，或编号重复。请把文件名改成合同编号再上传。")
        raise BadPaper(told.format(names="、".join(strangers[:5]) or _("没有文件")), field="scans")
    return [attach_scan(actor=actor, paper=paper, scan=scan, now=now) for paper, scan in found.values()]


@transaction.atomic
def verify_scan(*, actor: Actor, paper: ContractPaper, now: datetime | None = None) -> Contract:
    """Confirm that the scan is this contract, signed by both: it becomes a contract that counts.

    One whose terms it changes ends on the day it begins, and stays readable. Raises NotPermitted, NotFound,
    NotAtThatStep, OwnScan, EngagementEnded, PaperEnded, AlreadyContracted. Source: I-12.
    """
    require(actor, "workers.verify_contracts", on=paper)
    held = _with_scan(actor, paper)
    # The engagement's lock makes a contract that is recorded by hand at the same time wait.
    work = Engagement.all_rows.select_for_update(of=("self",)).get(pk=held.engagement_id)
    if work.ended_at is not None:
        raise EngagementEnded
    if held.amends_id is not None:
        _end_amended(actor, held)
    facts = _facts(held)
    if other := overlapping(work, facts):
        raise AlreadyContracted(other.starts_on, other.ends_on)
    held.contract = kept_contract(actor, held.engagement, facts)
    held.state = State.ACTIVE
    held.verified_by_key, held.verified_by, held.verified_at = actor.key, actor.label, now or timezone.now()
    _changed(actor, held, "workers.contract_verified")
    _tell(held, "workers.file", _("{project}：{name}的合同 {number} 已核验生效。"))
    return held.contract


@transaction.atomic
def send_back_scan(*, actor: Actor, paper: ContractPaper, reason: str) -> ContractPaper:
    """The scan is not this contract, or not signed: it has to be taken again.

    Raises NotPermitted, NotFound, NotAtThatStep, OwnScan, WhyMissing, WhyHoldsNumber.
    """
    require(actor, "workers.verify_contracts", on=paper)
    why = checked_reason(reason)
    held = _with_scan(actor, paper)
    held.scan, held.scanned_at, held.returned_reason = "", None, why
    held.scanned_by_key = held.scanned_by = ""
    _changed(actor, held, "workers.contract_scan_returned", why)
    _tell(held, "workers.file", _("{project}：{name}的合同 {number} 的签字页被退回，请重拍后再上传。"))
    return held


@transaction.atomic
def void_paper(*, actor: Actor, paper: ContractPaper, reason: str) -> ContractPaper:
    """Take a contract back that does not count yet; its number is not given again.

    Raises NotPermitted, NotFound, NotAtThatStep, WhyMissing, WhyHoldsNumber.
    """
    require(actor, "workers.file", on=paper)
    why = checked_reason(reason)
    (held,) = papers_of(actor, [paper], "workers.file")
    if held.state not in (State.DRAFT, State.SIGNING):
        raise NotAtThatStep(
            _("合同 {number} 已生效或已作废，不能作废。已生效的请办理解除。").format(number=held.number)
        )
    held.state, held.void_reason, held.voided_at = State.VOID, why, timezone.now()
    _changed(actor, held, "workers.contract_voided", why)
    return held


def _with_scan(actor: Actor, paper: ContractPaper) -> ContractPaper:
    """The paper with a scan that somebody else brought. Raises NotAtThatStep, OwnScan."""
    (held,) = papers_of(actor, [paper], "workers.verify_contracts")
    _require(held, State.SIGNING, _("合同 {number} 没有等待核验的签字页，可能已由他人办理。请刷新页面再看。"))
    if not held.scan:
        raise NotAtThatStep(_("合同 {number} 还没有上传签字页，请先上传。").format(number=held.number))
    if actor.key in (held.made_by_key, held.scanned_by_key):
        raise OwnScan
    return held


def _require(paper: ContractPaper, state: str, sentence: str) -> None:
    if paper.state != state:
        raise NotAtThatStep(sentence.format(number=paper.number))


def _end_amended(actor: Actor, paper: ContractPaper) -> None:
    rows = Contract.all_rows.filter(amendments=paper)
    old = rows.select_for_update(of=("self",)).get()
    if old.ended_on is not None:
        raise PaperEnded(_("合同"))
    why = _("由变更合同 {number} 接替").format(number=paper.number)
    end_on(old, paper.starts_on, why)
    record(actor, "workers.contract_ended", paper.engagement, reason=why, on=paper.starts_on.isoformat())


def _facts(paper: ContractPaper) -> ContractFacts:
    return ContractFacts(
        kind=paper.wording.kind,
        starts_on=paper.starts_on,
        ends_on=paper.ends_on,
        period_type=paper.period_type,
        wage_form=paper.wage_form,
        unit=paper.unit,
        unit_price=paper.unit_price,
        scan=paper.scan,
        number=paper.number,
    )


def _changed(actor: Actor, paper: ContractPaper, action: str, why: str = "") -> None:
    paper.version += 1
    paper.save()
    record(actor, action, paper.engagement, reason=why, number=paper.number)
    announce(CHANGED, key=paper.public_id, version=paper.version)


def _tell(paper: ContractPaper, permission: str, sentence: str) -> None:
    """Those who verify on the project, or those who file for the firm that employs the person."""
    work = paper.engagement
    audience = Audience(
        permission=permission,
        project=work.project.public_id,
        participations=frozenset({work.participation.public_id}),
    )
    text = sentence.format(project=work.project.name, name=work.person.name, number=paper.number)
    url = reverse("contract_paper", args=[paper.public_id])
    tell(audience, kind=KIND, text=text, url=url, about=str(paper.public_id))
