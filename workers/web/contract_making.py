"""Making contracts on paper: for a team in one dialogue, and with changed terms for one that holds."""

from typing import Any, cast

from django import forms
from django.urls import reverse

from kernel.errors import NotFound
from projects.models import Project
from standards.selectors import parameter
from web.acts import FormPage
from web.forms import DayField, ScopedForm
from web.navigation import Crumb
from web.words import exact
from workers.models import Contract, ContractPaper, Engagement
from workers.selectors import contract_to, project_to
from workers.selectors.choosing import Offer
from workers.selectors.contracting import papers, people_without_contract
from workers.services import TermFacts, amend_contract, duties_of, make_contracts
from workers.services.contracts import until_words
from workers.services.drafting import require_sensible_terms
from workers.web.choosing import ChoosingPage, PeopleField, keys_of
from workers.web.papers_fields import PaperForm, contract_kinds, one_of, price_field, unit_field
from workers.web.places import of_work, record_of, today

_WAGE_FORMS = [("", "请选择"), *Contract.WageForm.choices]


def of_contracts(project: Project, *tail: str) -> list[Crumb]:
    """From the project through its contracts to here."""
    return [
        Crumb(project.name, reverse("project", args=[project.public_id])),
        Crumb("合同", reverse("project_contracts", args=[project.public_id])),
        *(Crumb(words) for words in tail),
    ]


class Terms(PaperForm):
    """What the parties agree; judged as the service will judge it."""

    contract_kind = one_of("合同类型", lambda: contract_kinds(none=False))
    contract_starts_on = DayField(label="开始日期")
    contract_ends_on = DayField(
        label="结束日期", required=False, help_text="以完成一定工作任务为期限的，不填。"
    )
    wage_form = one_of("计酬方式", _WAGE_FORMS)
    unit_price = price_field()
    unit = unit_field("计件时必选。")
    pay_day = forms.IntegerField(
        label="发薪日（每月几日）",
        min_value=1,
        max_value=31,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={
            "invalid": "发薪日请填数字，例如 15。",
            "min_value": "发薪日应为每月 1 日至 31 日，请核对后再填。",
            "max_value": "发薪日应为每月 1 日至 31 日，请核对后再填。",
        },
    )
    workplace = forms.CharField(label="工作地点", max_length=200)
    duties = forms.CharField(
        label="工作内容", max_length=200, required=False, help_text="不填就按每个人的工种写明。"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        price = self.fields["unit_price"]
        price.required = True
        price.error_messages["required"] = "请填单价（元）"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        needed = ("contract_kind", "contract_starts_on", "wage_form", "unit_price", "pay_day", "workplace")
        if self.has_value(*needed):
            self.judged(require_sensible_terms, term_facts(cleaned))
        return cleaned


def term_facts(cleaned: dict[str, Any]) -> TermFacts:
    """What the fields say."""
    return TermFacts(
        kind=cleaned["contract_kind"],
        starts_on=cleaned["contract_starts_on"],
        ends_on=cleaned.get("contract_ends_on"),
        wage_form=cleaned["wage_form"],
        unit_price=cleaned["unit_price"],
        pay_day=cleaned["pay_day"],
        workplace=cleaned["workplace"],
        duties=cleaned.get("duties") or "",
        unit=cleaned.get("unit") or "",
    )


def terms_of(paper: ContractPaper) -> dict[str, Any]:
    """A paper's terms as the fields show them, without duties: those follow the trade."""
    return {
        "contract_kind": paper.wording.kind,
        "contract_starts_on": paper.starts_on,
        "contract_ends_on": paper.ends_on,
        "wage_form": paper.wage_form,
        "unit_price": paper.unit_price,
        "unit": paper.unit,
        "pay_day": paper.pay_day,
        "workplace": paper.workplace,
    }


class ContractPeople(PeopleField):
    """People of the project, with a word for those who have a contract."""

    def words_of(self, row: Any) -> str:
        return super().words_of(row) + ("（已有合同）" if row.has_contract else "")


class MakeForm(Terms):
    """The terms, and for whom."""

    people = ContractPeople(label="签订的人")

    def __init__(self, *args: Any, people: list[Engagement], offer: Offer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = cast(PeopleField, self.fields["people"])
        chosen.offer_people(people, offer)
        chosen.error_messages["required"] = "还没有选择人员，请至少选择一人。"


class MakeContracts(ChoosingPage):
    """Contracts for many people at once."""

    permission = "workers.file"
    section = "projects"
    form_class: type[ScopedForm] = MakeForm
    template_name = "workers/make_contracts.html"
    submit = "生成合同草稿"
    keeps_draft = True
    told = "没有合同"

    def prepare(self, **kwargs: Any) -> None:
        self.project = project_to(self.actor, self.permission, kwargs["public_id"])
        rows = people_without_contract(self.actor, self.project, today())
        self.offer_from(rows, int(parameter("contract.most_at_once")), "has_contract")

    def first(self) -> dict[str, Any]:
        """Whoever was named on the page before, or else everybody on this page who has no contract.

        A name may be several people's: who is found by it is ticked by hand. After a batch its terms
        stand here for the next.
        """
        chosen = [
            str(row.public_id)
            for row in self.offer.people
            if self.asked.people or not (self.asked.words or row.has_contract)  # type: ignore[attr-defined]  # annotated
        ]
        return {
            "contract_kind": Contract.Kind.LABOUR,
            "contract_starts_on": today(),
            "wage_form": Contract.WageForm.DAY,
            "workplace": self.project.address,
            **self._as_before(),
            "people": chosen,
        }

    def _as_before(self) -> dict[str, Any]:
        keys = keys_of([self.request.GET.get("like", "")])
        made = papers(self.actor).filter(engagement__project=self.project, public_id__in=keys).first()
        return terms_of(made) if made and keys else {}

    def act(self, form: Any) -> str:
        made = make_contracts(
            actor=self.actor,
            engagements=form.cleaned_data["people"],
            terms=term_facts(form.cleaned_data),
            year=today().year,
        )
        told = f"已生成 {len(made)} 份合同草稿。"
        if self.offer.pages > 1 and (left := self.offer.waiting - len(made)) > 0:
            self.say(f"{told}还有 {exact(left)} 人没有合同，请接着办下一批；条款照上一批填好，请核对。")
            return self._next_batch(made[0])
        self.say(f"{told}核对后送签，再打印给双方签字。")
        return reverse("project_papers", args=[self.project.public_id], query={"stands": "draft"})

    def _next_batch(self, made: ContractPaper) -> str:
        team = {"team": str(self.asked.team)} if self.asked.team else {}
        return reverse(
            "make_contracts", args=[self.project.public_id], query={**team, "like": str(made.public_id)}
        )

    def context(self) -> dict[str, Any]:
        return {
            **super().context(),
            "title": "制作合同",
            "subtitle": self.project.name,
            "lead": "按本项目现行的合同文本生成，一次可以为多人制作；每份合同有自己的编号，期限和报酬相同。",
            "crumbs": of_contracts(self.project, "制作合同"),
            "cancel_url": reverse("project_contracts", args=[self.project.public_id]),
        }


class AmendContract(FormPage):
    """Other terms for a contract that holds, agreed in writing."""

    permission = "workers.file"
    section = "people"
    form_class: type[ScopedForm] = Terms
    submit = "生成变更合同"
    keeps_draft = True
    owned = ("contract",)

    def prepare(self, **kwargs: Any) -> None:
        self.contract = contract_to(self.actor, self.permission, kwargs["public_id"])
        if self.contract.ended_on is not None:
            raise NotFound
        self.work = self.contract.engagement

    def first(self) -> dict[str, Any]:
        old, paper = self.contract, getattr(self.contract, "paper", None)
        return {
            "contract_kind": old.kind,
            "contract_starts_on": today(),
            "contract_ends_on": old.ends_on,
            "wage_form": old.wage_form,
            "unit": old.unit,
            "unit_price": old.unit_price,
            "pay_day": paper.pay_day if paper else None,
            "workplace": paper.workplace if paper else self.work.project.address,
            "duties": paper.duties if paper else duties_of(self.work),
        }

    def act(self, form: Any) -> str:
        made = amend_contract(
            actor=self.actor,
            contract=self.contract,
            terms=term_facts(form.cleaned_data),
            year=today().year,
        )
        self.say("变更合同的草稿已生成。双方签字、核验后，原合同自变更之日起不再执行。")
        return reverse("contract_paper", args=[made.public_id])

    def context(self) -> dict[str, Any]:
        term = f"{self.contract.starts_on} {until_words(self.contract)}"
        return {
            "title": f"变更 {self.work.person.name} 的合同",
            "subtitle": f"原合同 {term}",
            "lead": "原合同一直有效，到变更后的合同签字并核验为止；两份都留在档案里。",
            "crumbs": of_work(self.work, "变更合同"),
            "cancel_url": record_of(self.work, "contracts"),
        }
