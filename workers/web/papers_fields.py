"""The fields of contracts and trainings, and the facts they make; shared by every form that asks for them."""

from collections.abc import Callable
from typing import Any

from django import forms

from kernel.errors import DomainError
from standards.selectors import codes, parameter
from web.forms import CodeField, DayField, FileField, ScopedForm
from workers.models import Contract
from workers.services import ContractFacts, TrainingFacts
from workers.services.contracts import FIXED_TERM, UNTIL_DONE, require_sensible_contract
from workers.services.papers import require_sensible_training

NO_CONTRACT = "none"
_NUMBER = {"invalid": "请填数字，例如 280 或 280.50。"}


class PaperForm(ScopedForm):
    """A form that judges its papers as the services will, so that a fault shows when a field is left."""

    def judged(self, judge: Callable[..., Any], *facts: Any) -> Any:
        """Ask the service's own judgement; a refusal goes to its field."""
        try:
            return judge(*facts)
        except DomainError as refusal:
            self.refuse(refusal)
            return None

    def has_value(self, *names: str) -> bool:
        """Whether these fields are filled in and readable."""
        return all(self.cleaned_data.get(name) not in (None, "") for name in names)


def one_of(label: str, choices: Any, **kwargs: Any) -> forms.ChoiceField:
    """One of a few, with our own sentence for what is none of them."""
    told = {"invalid_choice": "没有这个选项，请从列表中选择。"}
    return forms.ChoiceField(label=label, choices=choices, error_messages=told, **kwargs)


def price_field() -> forms.DecimalField:
    return forms.DecimalField(
        label="单价（元）",
        required=False,
        max_digits=18,
        decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        error_messages={
            **_NUMBER,
            "max_digits": "单价的位数太多，请核对后再填。",
            "max_decimal_places": "单价最多两位小数，请填到分。",
            "max_whole_digits": "单价的位数太多，请核对后再填。",
        },
    )


def unit_field(when: str) -> CodeField:
    """What a price is paid for; `when` tells in a sentence when it is to be filled in."""
    return CodeField(
        label="计量单位",
        code_list="measurement_unit",
        required=False,
        empty="不按计量",
        help_text=when,
    )


def hours_field(*, required: bool) -> forms.DecimalField:
    return forms.DecimalField(
        label="学时",
        required=required,
        max_digits=6,
        decimal_places=1,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        error_messages={
            "invalid": "学时请填数字，例如 8 或 7.5。",
            "max_digits": "学时的位数太多，请核对后再填。",
            "max_decimal_places": "学时最多一位小数，例如 7.5。",
            "max_whole_digits": "学时的位数太多，请核对后再填。",
        },
    )


def contract_facts(cleaned: dict[str, Any]) -> ContractFacts:
    """What the fields say. Without an end the contract runs until the work is done."""
    scan = cleaned.get("scan")
    ends_on = cleaned.get("contract_ends_on")
    return ContractFacts(
        kind=cleaned["contract_kind"],
        starts_on=cleaned["contract_starts_on"],
        ends_on=ends_on,
        period_type=cleaned.get("period_type") or (FIXED_TERM if ends_on else UNTIL_DONE),
        wage_form=cleaned.get("wage_form") or "",
        unit=cleaned.get("unit") or "",
        unit_price=cleaned.get("unit_price"),
        scan=scan.address if scan else "",
    )


def training_facts(cleaned: dict[str, Any]) -> TrainingFacts:
    """What the fields say."""
    evidence = cleaned.get("evidence")
    return TrainingFacts(
        kind=cleaned["training_kind"],
        held_on=cleaned["training_on"],
        hours=cleaned["training_hours"],
        is_passed=cleaned.get("is_passed", "yes") == "yes",
        trainer=cleaned.get("trainer") or "",
        evidence=evidence.address if evidence else "",
    )


def contract_kinds(*, none: bool) -> list[tuple[str, str]]:
    """The two kinds in law, and none yet where that may be."""
    later = [(NO_CONTRACT, "还没有签订")] if none else []
    return [("", "请选择"), *Contract.Kind.choices, *later]


class ContractFields(PaperForm):
    """A contract: kind, term, what is paid, scan."""

    contract_kind = one_of("合同类型", lambda: contract_kinds(none=False))
    contract_starts_on = DayField(label="开始日期")
    contract_ends_on = DayField(
        label="结束日期", required=False, help_text="以完成一定工作任务为期限的，不填。"
    )
    wage_form = one_of("计酬方式", [("", "未约定"), *Contract.WageForm.choices], required=False)
    unit_price = price_field()
    unit = unit_field("计件时填。")
    scan = FileField(label="合同扫描件", required=False, help_text="照片或 PDF。含签字页。")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.has_value("contract_kind", "contract_starts_on"):
            self.judged(require_sensible_contract, contract_facts({**cleaned, "scan": None}))
        return cleaned


class TrainingFields(PaperForm):
    """A training: kind, day, hours, who taught, result, evidence."""

    training_kind = CodeField(label="培训类型", code_list="training_type")
    training_on = DayField(label="培训日期")
    training_hours = hours_field(required=True)
    is_passed = one_of("考核结果", [("yes", "合格"), ("no", "不合格")], widget=forms.RadioSelect)
    trainer = forms.CharField(label="授课人", max_length=60, required=False)
    evidence = FileField(label="培训记录", required=False, help_text="签到表、试卷或照片；照片或 PDF。")

    def __init__(self, *args: Any, today: Any, **kwargs: Any) -> None:
        self.today = today
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.has_value("training_kind", "training_on", "training_hours"):
            facts = training_facts({**cleaned, "evidence": None})
            self.judged(require_sensible_training, facts, self.today)
        return cleaned


def basic_kinds() -> list[str]:
    """The kinds of training that open the gate, in the order of the parameter."""
    known = codes("training_type")
    return [kind for kind in parameter("training.basic_types") if kind in known]


def basic_choices() -> list[tuple[str, str]]:
    """The kinds of training that open the gate, by name."""
    return [(kind, codes("training_type")[kind]) for kind in basic_kinds()]
