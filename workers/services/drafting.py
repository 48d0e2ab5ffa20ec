"""Making contracts on paper: for one or many at once, and with other terms for one that holds.

Source: product 5.3 S2; 劳动合同法 第十条、第十七条、第三十五条; 建市〔2022〕59号.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import Max, Q
from django.utils.translation import gettext as _

from audit.services import record
from kernel.errors import NotFound
from kernel.permits import require
from kernel.scoping import Actor
from outbox.services import announce
from projects.models import Project
from standards.selectors import code_name, parameter
from workers.contract_text import DUTIES, LABOUR
from workers.errors import BadPaper, NobodyThere, PaperEnded
from workers.models import Contract, ContractPaper, ContractTemplate, Engagement
from workers.services.contracts import (
    FIXED_TERM,
    UNTIL_DONE,
    ContractFacts,
    overlapping,
    require_sensible_contract,
    until_words,
)
from workers.services.wording import wording_in_force

_OPEN = (ContractPaper.State.DRAFT, ContractPaper.State.SIGNING)
_NAMED = 5


@dataclass(frozen=True, slots=True)
class TermFacts:
    """What the parties agree: kind, term, pay, its day, where and what; no duties: those of the trade."""

    kind: str
    starts_on: date
    ends_on: date | None
    wage_form: str
    unit_price: Decimal
    pay_day: int
    workplace: str
    duties: str = ""
    unit: str = ""

    @property
    def period_type(self) -> str:
        return FIXED_TERM if self.ends_on else UNTIL_DONE


@transaction.atomic
def make_contracts(
    *, actor: Actor, engagements: Sequence[Engagement], terms: TermFacts, year: int
) -> list[ContractPaper]:
    """Write drafts for these people of one project by its wording in force: for all of them, or for none.

    Raises NotPermitted, NotFound, BadPaper, NobodyThere naming those who have a contract or a draft.
    """
    require(actor, "workers.file")
    people = _own(actor, engagements)
    require_sensible_terms(terms)
    project = _locked(people)
    _require_free(people, terms)
    return _made(actor, project, people, terms, year)


@transaction.atomic
def amend_contract(*, actor: Actor, contract: Contract, terms: TermFacts, year: int) -> ContractPaper:
    """Write a draft that changes the terms of a contract that holds; the old one ends when it is verified.

    Raises NotPermitted, NotFound, BadPaper, PaperEnded, NobodyThere. Source: 劳动合同法 第三十五条.
    """
    require(actor, "workers.file", on=contract)
    people = _own(actor, [contract.engagement])
    require_sensible_terms(terms)
    project = _locked(people)
    held = Contract.all_rows.select_for_update(of=("self",)).get(pk=contract.pk)
    if held.ended_on is not None:
        raise PaperEnded(_("合同"))
    _require_after(held, terms)
    _require_no_draft(people)
    return _made(actor, project, people, terms, year, amends=held)[0]


def require_sensible_terms(terms: TermFacts) -> None:
    """Raises BadPaper for terms that no contract could have."""
    require_sensible_contract(facts_of_terms(terms))
    if not terms.wage_form:
        raise BadPaper(_("请选择计酬方式，合同必须写明工资怎么计算。"), field="wage_form")
    if terms.wage_form == Contract.WageForm.PIECE and not terms.unit:
        raise BadPaper(_("计件的合同要写明计量单位，请从列表中选择。"), field="unit")
    if not 1 <= terms.pay_day <= 31:
        raise BadPaper(_("发薪日应为每月 1 日至 31 日，请核对后再填。"), field="pay_day")
    if not terms.workplace.strip():
        raise BadPaper(_("请填写工作地点，例如项目的地址。"), field="workplace")


def facts_of_terms(terms: TermFacts) -> ContractFacts:
    """The same terms as the record of a contract has them."""
    return ContractFacts(
        kind=terms.kind,
        starts_on=terms.starts_on,
        ends_on=terms.ends_on,
        period_type=terms.period_type,
        wage_form=terms.wage_form,
        unit=terms.unit,
        unit_price=terms.unit_price,
    )


def duties_of(engagement: Engagement) -> str:
    """What somebody of this trade does, where nothing else was written."""
    trade = code_name("trade", engagement.trade) or code_name("worker_kind", engagement.kind)
    return DUTIES.get(engagement.trade) or _("{trade}岗位的施工作业").format(trade=trade)


def _own(actor: Actor, engagements: Sequence[Engagement]) -> list[Engagement]:
    """The same people, found within what the actor may file for. Raises NotFound, BadPaper."""
    keys = {one.pk for one in engagements}
    most = int(parameter("contract.most_at_once"))
    if not keys:
        raise BadPaper(_("还没有选择人员，请至少选择一人。"), field="people")
    if len(keys) > most:
        told = _("一次最多办理 {most} 人，现选了 {number} 人，请分次办理。")
        raise BadPaper(told.format(most=most, number=len(keys)), field="people")
    rows = Engagement.objects.visible_to(actor, "workers.file").filter(pk__in=keys, ended_at=None)
    found = list(rows.select_related("person", "project__region", "team", "participation").order_by("pk"))
    if len(found) != len(keys) or len({one.project_id for one in found}) != 1:
        raise NotFound
    return found


def _locked(people: Sequence[Engagement]) -> Project:
    """The project's row, held: numbers follow one another, and nobody gets two drafts at once."""
    return Project.all_rows.select_for_update(of=("self",)).get(pk=people[0].project_id)


def _require_free(people: Sequence[Engagement], terms: TermFacts) -> None:
    facts = facts_of_terms(terms)
    held = [one for one in people if overlapping(one, facts)]
    if held:
        told = _("{names}在这段期限内已有合同，不能再订一份；要改条款的，请在原合同上办理变更。")
        raise NobodyThere(told.format(names=_names(held)), field="people")
    _require_no_draft(people)


def _require_no_draft(people: Sequence[Engagement]) -> None:
    keys = ContractPaper.all_rows.filter(engagement__in=people, state__in=_OPEN).values_list("engagement")
    waiting = {key for (key,) in keys}
    if busy := [one for one in people if one.pk in waiting]:
        told = _("{names}还有没签完的合同，请先办完或作废，再制作新的。")
        raise NobodyThere(told.format(names=_names(busy)), field="people")


def _names(people: Sequence[Engagement]) -> str:
    names = "、".join(one.person.name for one in people[:_NAMED])
    rest = len(people) - _NAMED
    return _("{names}等 {number} 人").format(names=names, number=len(people)) if rest > 0 else names


def _require_after(held: Contract, terms: TermFacts) -> None:
    if terms.starts_on <= held.starts_on or (held.ends_on and terms.starts_on > held.ends_on):
        term = f"{held.starts_on} {until_words(held)}"
        told = _("变更后的条款应从原合同期限（{term}）开始之后、到期之前的某一天起执行。")
        raise BadPaper(told.format(term=term), field="contract_starts_on")


def _made(
    actor: Actor,
    project: Project,
    people: Sequence[Engagement],
    terms: TermFacts,
    year: int,
    amends: Contract | None = None,
) -> list[ContractPaper]:
    wording = wording_in_force(project, terms.kind)
    of_project = ContractPaper.all_rows.filter(engagement__project=project)
    last = of_project.aggregate(last=Max("serial"))["last"] or 0
    made = []
    for serial, one in enumerate(people, last + 1):
        paper = _draft(actor, one, wording, terms, amends)
        paper.serial, paper.number = serial, _number(project, terms.kind, year, serial)
        paper.save()
        record(actor, "workers.contract_drafted", one, number=paper.number)
        announce("workers.contract_drafted.v1", key=paper.public_id)
        made.append(paper)
    return made


def _number(project: Project, kind: str, year: int, serial: int) -> str:
    letters = "LD" if kind == LABOUR else "XY"
    return f"{project.code[-36:]}-{letters}{year}-{serial:04}"


def _draft(
    actor: Actor, work: Engagement, wording: ContractTemplate, terms: TermFacts, amends: Contract | None
) -> ContractPaper:
    return ContractPaper(
        engagement=work,
        wording=wording,
        period_type=terms.period_type,
        starts_on=terms.starts_on,
        ends_on=terms.ends_on,
        wage_form=terms.wage_form,
        unit=terms.unit,
        unit_price=terms.unit_price,
        pay_day=terms.pay_day,
        workplace=terms.workplace.strip(),
        duties=terms.duties.strip() or duties_of(work),
        made_by_key=actor.key,
        made_by=actor.label,
        amends=amends,
    )


def papers_of(actor: Actor, papers: Sequence[ContractPaper], permission: str) -> list[ContractPaper]:
    """The same papers, locked, within what `permission` reaches. Raises NotFound."""
    keys = {one.pk for one in papers}
    rows = ContractPaper.objects.visible_to(actor, permission).filter(Q(pk__in=keys))
    rows = rows.select_related(
        "wording", "engagement__person", "engagement__team", "engagement__project__region",
        "engagement__project__contractor", "engagement__participation__enterprise",
    )  # fmt: skip
    found = list(rows.select_for_update(of=("self",)).order_by("pk"))
    if not keys or len(found) != len(keys):
        raise NotFound
    return found
