"""The owner's contract terms: stated by one side, confirmed or objected to by the other."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Max, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from audit.services import record
from kernel.models import require_own
from kernel.permits import require
from kernel.scoping import Actor
from outbox.services import announce
from projects.errors import BadTerms, NotASideOfTheContract, OtherSideConfirms, TermsAnswered, TermsWait
from projects.models import OwnerTerms, Project
from projects.selectors import AGREE_TERMS, OWNER, TERMS_OF_CONTRACTOR, TERMS_OF_OWNER, sides_of
from projects.terms import missing
from web.messages import Audience, tell

State, Side = OwnerTerms.State, OwnerTerms.Side
_CENT = Decimal("0.01")
_MOST = Decimal(10) ** 12
_LEAST_OBJECTION = 4


@dataclass(frozen=True, slots=True)
class TermsFacts:
    """What the contract says. Days are calendar days, money is yuan, `labour_share` per cent of the price.

    What it leaves open is None or empty. Files are addresses in the store.
    """

    measurement_days: int | None = None
    pay_cycle_days: int | None = None
    pay_day: int | None = None
    labour_cost: Decimal | None = None
    labour_share: Decimal | None = None
    duties: str = ""
    safety_cost: Decimal | None = None
    is_free_for_workers: bool = False
    no_charge_file: str = ""
    contract_file: str = ""


@transaction.atomic
def state_terms(*, actor: Actor, project: Project, facts: TermsFacts, now: datetime) -> OwnerTerms:
    """State what the contract says; the other side is asked to confirm it.

    A statement of one's own side that nobody has answered yet gives way to the new one. Files that are not
    sent again are those of the edition before. Raises NotPermitted, NotFound, NotASideOfTheContract,
    TermsWait, BadTerms, HeldElsewhere.
    Source: 鄂建文〔2019〕27号 一(三), 二(六); 国务院令第724号 第二十四条.
    """
    sides = _sides(actor, project)
    require_sensible_terms(facts)
    rows = _locked(project)
    waiting = rows.filter(state=State.STATED).first()
    if waiting is not None and waiting.stated_side not in sides:
        raise TermsWait
    side = waiting.stated_side if waiting is not None else sides[0]
    before = rows.order_by("-edition").first()
    _replace(rows.filter(state=State.STATED))
    made = OwnerTerms.objects.create(
        project=project,
        edition=(rows.aggregate(last=Max("edition"))["last"] or 0) + 1,
        stated_side=side,
        stated_at=now,
        stated_by=actor.label,
        stated_by_key=actor.key,
        **_values(facts, before),
    )
    record(actor, "projects.terms_stated", project, rows=len(missing(made)))
    announce("projects.terms_stated.v1", key=made.public_id, version=made.version)
    _tell_other_side(made, _("{project}：{side}填报了合同实名制条款，请核对后确认。"))
    return made


@transaction.atomic
def confirm_terms(*, actor: Actor, terms: OwnerTerms, now: datetime) -> OwnerTerms:
    """Confirm what the other side has stated; from now on these terms are in force.

    Raises NotPermitted, NotFound, NotASideOfTheContract, OtherSideConfirms, TermsAnswered, HeldElsewhere.
    Source: 鄂建文〔2019〕27号 一(三).
    """
    held = _to_answer(actor, terms)
    _replace(_locked(held.project).filter(state=State.CONFIRMED))
    return _answered(actor, held, State.CONFIRMED, now)


@transaction.atomic
def object_to_terms(*, actor: Actor, terms: OwnerTerms, reason: str, now: datetime) -> OwnerTerms:
    """Say what is wrong with a statement of the other side; that side states anew.

    Raises NotPermitted, NotFound, NotASideOfTheContract, OtherSideConfirms, TermsAnswered, BadTerms.
    """
    held = _to_answer(actor, terms)
    held.objection = reason.strip()[:200]
    if len(held.objection) < _LEAST_OBJECTION:
        raise BadTerms(_("请写明哪一项与合同不符（至少 4 个字），对方会看到。"), field="reason")
    return _answered(actor, held, State.OBJECTED, now)


def require_sensible_terms(facts: TermsFacts) -> None:
    """Refuse what no contract can agree. Raises BadTerms."""
    for field in ("measurement_days", "pay_cycle_days"):
        days = getattr(facts, field)
        if days is not None and not 1 <= days <= 366:
            raise BadTerms(_("周期按天填写，应在 1 到 366 天之间；每月一次的填 30。"), field=field)
    if facts.pay_day is not None and not 1 <= facts.pay_day <= 31:
        raise BadTerms(_("拨付日是每月的第几日，应在 1 到 31 之间。"), field="pay_day")
    for field in ("labour_cost", "safety_cost"):
        amount = getattr(facts, field)
        if amount is not None and not _is_sensible(amount, _MOST):
            raise BadTerms(_("金额应大于 0，最多两位小数，单位是元。"), field=field)
    if facts.labour_share is not None and not _is_sensible(facts.labour_share, Decimal(100)):
        told = _("比例是合同价款的百分之几，应大于 0、不超过 100，最多两位小数。")
        raise BadTerms(told, field="labour_share")


def _is_sensible(number: Decimal, most: Decimal) -> bool:
    return 0 < number <= most and number == number.quantize(_CENT)


def _sides(actor: Actor, project: Project) -> list[str]:
    """The sides for which the actor speaks. Raises NotPermitted, NotFound, NotASideOfTheContract."""
    require(actor, AGREE_TERMS, on=project)
    sides = sides_of(actor, project)
    if not sides:
        raise NotASideOfTheContract
    return sides


def _locked(project: Project) -> QuerySet[OwnerTerms]:
    """The project's terms, with the project held: one at a time states or answers."""
    Project.all_rows.select_for_update(of=("self",)).get(pk=project.pk)
    return OwnerTerms.all_rows.filter(project=project)


def _to_answer(actor: Actor, terms: OwnerTerms) -> OwnerTerms:
    sides = _sides(actor, terms.project)
    held = _locked(terms.project).select_related("project__region", "project__contractor").get(pk=terms.pk)
    others = [side for side in sides if side != held.stated_side]
    if not others or held.stated_by_key == actor.key:
        raise OtherSideConfirms(Side(held.stated_side).label)
    if held.state != State.STATED:
        raise TermsAnswered
    return held


def _replace(rows: QuerySet[OwnerTerms]) -> None:
    """An edition gives way to another, if it is this node's."""
    for row in rows.select_for_update(of=("self",)):
        require_own(row, _("第 {edition} 版合同实名制条款").format(edition=row.edition))
        row.state = State.REPLACED
        row.version += 1
        row.save(update_fields=["state", "version", "updated_at"])


def _answered(actor: Actor, held: OwnerTerms, state: str, now: datetime) -> OwnerTerms:
    held.state, held.answered_at = state, now
    held.answered_by, held.answered_by_key = actor.label, actor.key
    held.version += 1
    held.save()
    is_confirmed = state == State.CONFIRMED
    action = "projects.terms_confirmed" if is_confirmed else "projects.terms_objected"
    record(actor, action, held.project, reason=held.objection)
    announce(f"{action}.v1", key=held.public_id, version=held.version)
    text = (
        _("{project}：合同实名制条款已由对方确认，双方一致。")
        if is_confirmed
        else _("{project}：对方对合同实名制条款有异议：{reason}")
    )
    tell(
        audience(held.project, held.stated_side),
        kind="projects.terms",
        text=text.format(project=held.project.name, reason=held.objection),
        url=reverse("project_terms", args=[held.project.public_id]),
        about=str(held.public_id),
    )
    return held


def _values(facts: TermsFacts, before: OwnerTerms | None) -> dict[str, object]:
    found = {name: getattr(facts, name) for name in TermsFacts.__dataclass_fields__}
    for name in ("no_charge_file", "contract_file"):
        found[name] = found[name] or (getattr(before, name) if before else "")
    found["duties"] = facts.duties.strip()[:500]
    return found


def _tell_other_side(made: OwnerTerms, text: str) -> None:
    other = Side.CONTRACTOR if made.stated_side == Side.OWNER else Side.OWNER
    tell(
        audience(made.project, other),
        kind="projects.terms",
        text=text.format(project=made.project.name, side=Side(made.stated_side).label),
        url=reverse("project_terms", args=[made.project.public_id]),
        about=str(made.public_id),
    )


def audience(project: Project, side: str) -> Audience:
    """Whoever speaks for one side of the contract on a project."""
    if side == Side.CONTRACTOR:
        firms = frozenset({project.contractor.public_id})
        return Audience(permission=TERMS_OF_CONTRACTOR, project=project.public_id, enterprises=firms)
    owners = project.participations.filter(kind=OWNER)
    firms = frozenset(owners.values_list("enterprise__public_id", flat=True))
    return Audience(permission=TERMS_OF_OWNER, project=project.public_id, enterprises=firms)
