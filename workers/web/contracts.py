"""Contracts: a new one, one put right by a new record, one ended early."""

from dataclasses import asdict, replace
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, QueryDict

from kernel.scoping import Actor
from web.acts import FormPage
from web.forms import DayField, ScopedForm
from workers.models import Contract
from workers.selectors import contract_to, work_to
from workers.services import end_contract, overlaps_told, record_contract, replace_contract
from workers.services.contracts import until_words
from workers.web.papers_fields import ContractFields, contract_facts
from workers.web.places import of_work, record_of, today


def reason_field(example: str) -> forms.CharField:
    """Why a record is changed; kept with it."""
    return forms.CharField(
        label="理由",
        max_length=200,
        help_text=f"例如：{example}。至少 4 个字，不要写号码；会留在档案里。",
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ReplaceForm(ContractFields):
    """The contract as it should read, and why it is recorded anew."""

    reason = reason_field("开始日期录错，已核对合同原件")


class EndForm(ScopedForm):
    """From which day it no longer holds, and why."""

    date = DayField(label="解除日期", help_text="从这一天起不再有效。合同从未生效的，填开始日期。")
    reason = reason_field("双方协商解除，已结清工资")


def warn_of_overlaps(request: HttpRequest, actor: Actor, made: Contract) -> None:
    """Say on the next page which other contracts hold on the same days."""
    for told in overlaps_told(actor, made):
        messages.warning(request, told)


class NewContract(FormPage):
    """Record a contract."""

    permission = "workers.file"
    section = "people"
    form_class = ContractFields
    submit = "登记合同"
    keeps_draft = True
    owned = ("work",)

    def prepare(self, **kwargs: Any) -> None:
        self.work = work_to(self.actor, self.permission, kwargs["public_id"])

    def act(self, form: Any) -> str:
        facts = contract_facts(form.cleaned_data)
        made = record_contract(
            actor=self.actor,
            engagement=self.work,
            **asdict(facts),
        )
        self.say("合同已登记。")
        warn_of_overlaps(self.request, self.actor, made)
        return record_of(self.work, "contracts")

    def context(self) -> dict[str, Any]:
        return {
            "title": f"登记 {self.work.person.name} 的合同",
            "subtitle": f"{self.work.project.name}，{self.work.team.name}",
            "crumbs": of_work(self.work, "登记合同"),
            "cancel_url": record_of(self.work, "contracts"),
        }


class _OfContract(FormPage):
    """An act on one contract."""

    permission = "workers.file"
    section = "people"
    owned = ("contract",)

    def prepare(self, **kwargs: Any) -> None:
        self.contract = contract_to(self.actor, self.permission, kwargs["public_id"])
        self.work = self.contract.engagement

    def context(self) -> dict[str, Any]:
        kind = dict(Contract.Kind.choices).get(self.contract.kind, self.contract.kind)
        return {
            "subtitle": f"{kind}，{self.contract.starts_on} {until_words(self.contract)}",
            "cancel_url": record_of(self.work, "contracts"),
        }


class ReplaceContract(_OfContract):
    """Put a contract record right."""

    form_class = ReplaceForm
    submit = "更正合同"

    def first(self) -> dict[str, Any]:
        old = self.contract
        return {
            "contract_kind": old.kind,
            "contract_starts_on": old.starts_on,
            "contract_ends_on": old.ends_on,
            "wage_form": old.wage_form,
            "unit": old.unit,
            "unit_price": old.unit_price,
        }

    def build(self, data: QueryDict | None = None, files: Any = None, **more: Any) -> ScopedForm:
        form = super().build(data, files, **more)
        if self.contract.scan:
            form.fields["scan"].help_text = "不选就沿用原来的扫描件。"
        return form

    def act(self, form: Any) -> str:
        given = form.cleaned_data
        facts = contract_facts(given)
        facts = replace(facts, scan=facts.scan or self.contract.scan)
        made = replace_contract(actor=self.actor, contract=self.contract, facts=facts, reason=given["reason"])
        self.say("合同已更正，原记录留在档案里。")
        warn_of_overlaps(self.request, self.actor, made)
        return record_of(self.work, "contracts")

    def context(self) -> dict[str, Any]:
        return {
            **super().context(),
            "title": f"更正 {self.work.person.name} 的合同",
            "lead": "原记录不删除：标为更正前的记录，从未生效；新记录接替它。",
            "crumbs": of_work(self.work, "更正合同"),
        }


class EndContract(_OfContract):
    """End a contract before its time."""

    form_class = EndForm
    submit = "解除合同"

    def act(self, form: Any) -> str:
        given = form.cleaned_data
        end_contract(
            actor=self.actor, contract=self.contract, on=given["date"], reason=given["reason"], today=today()
        )
        self.say("合同已解除。还在场的，请登记新合同或办理退场。")
        return record_of(self.work, "contracts")

    def context(self) -> dict[str, Any]:
        return {
            **super().context(),
            "title": f"解除 {self.work.person.name} 的合同",
            "crumbs": of_work(self.work, "解除合同"),
        }
