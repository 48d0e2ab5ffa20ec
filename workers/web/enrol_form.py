"""The form of one enrolment: twelve inputs, and four more that may be left for later."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.db.models import QuerySet

from kernel.errors import DomainError
from kernel.scoping import Actor
from projects.models import Project, Team
from standards.spec import WORKER
from web.forms import CodeField, DayField, FileField, RowField
from web.standard_form import StandardForm
from workers.errors import AlreadyEngaged, IdentityNameDiffers
from workers.identity import age_on
from workers.models import Contract
from workers.selectors import teams_to_enrol_into
from workers.services import (
    ContractFacts,
    Found,
    ParticularFacts,
    PersonFacts,
    TrainingFacts,
    WorkFacts,
    checked_number,
    look_up,
)
from workers.services.contracts import require_sensible_contract
from workers.services.lookups import KNOWN, OTHER_NAME
from workers.services.papers import require_sensible_training
from workers.services.people import checked_name, checked_phone
from workers.services.standard import more_of_worker, standard_at
from workers.services.taking_on import require_age, require_contract_first
from workers.web.papers_fields import (
    NO_CONTRACT,
    PaperForm,
    basic_choices,
    basic_kinds,
    contract_facts,
    contract_kinds,
    hours_field,
    one_of,
    price_field,
    training_facts,
)

_TYPED = {"autocomplete": "off", "spellcheck": "false"}
# What the clerk fills in, group by group, and what may be left for later.
GROUPS = (
    ("一、身份", ("name", "id_number", "phone")),
    ("二、岗位", ("team", "trade")),
    ("三、合同", ("contract_kind", "contract_starts_on", "contract_ends_on", "wage_form", "unit_price")),
    ("四、安全教育", ("training_on", "training_hours")),
)
LATER = ("training_kind", "entered_on", "education", "photo")


def team_name(team: Team) -> str:
    """A team with its firm, for teams of two firms may bear one name."""
    return f"{team.name}（{team.participation.enterprise.name}）"


def teams_at_work(actor: Actor, of: Project) -> QuerySet[Team]:
    """The teams that may be chosen: one that has left takes nobody on, as the act itself says."""
    return teams_to_enrol_into(actor, of).filter(exited_on=None, participation__exited_on=None)


class EnrolForm(StandardForm, PaperForm):
    """Everything that one enrolment asks for; judged field by field as the services will judge it.

    What the standard of the place adds or demands beyond the product's own fields is asked for as well.
    """

    object_key = WORKER
    own_fields = {name: name for name in ("name", "id_number", "phone", "trade", "education", "photo")}

    name = forms.CharField(label="姓名", max_length=50, widget=forms.TextInput(attrs=_TYPED))
    id_number = forms.CharField(
        label="身份证号",
        max_length=30,
        help_text="对照证件原件填写；性别、出生日期、年龄由号码得出。",
        widget=forms.TextInput(attrs={**_TYPED, "autocapitalize": "characters"}),
    )
    phone = forms.CharField(
        label="手机号",
        max_length=20,
        help_text="登录验证码和工资确认发到这个号码。",
        widget=forms.TextInput(attrs={**_TYPED, "inputmode": "tel"}),
    )
    team = RowField(label="班组", rows=lambda form: teams_at_work(form.actor, form.project), name=team_name)
    trade = CodeField(label="工种", code_list="trade")
    contract_kind = one_of("合同类型", lambda: contract_kinds(none=True))
    contract_starts_on = DayField(label="合同开始日期", required=False)
    contract_ends_on = DayField(
        label="合同结束日期", required=False, help_text="以完成一定工作任务为期限的，不填。"
    )
    wage_form = one_of("计酬方式", [("", "未约定"), *Contract.WageForm.choices], required=False)
    unit_price = price_field()
    training_on = DayField(label="安全教育日期", required=False, help_text="还没有教育的，先不填。")
    training_hours = hours_field(required=False)
    training_kind = one_of("教育类型", basic_choices, required=False)
    entered_on = DayField(label="进场日期", required=False, help_text="已经进场的填实际日期，否则不填。")
    education = CodeField(label="文化程度", code_list="education", required=False, empty="未填")
    photo = FileField(label="现场照片", kinds=("image",), required=False)

    def __init__(
        self, *args: Any, project: Project, today: date, now: datetime, is_check: bool, **kwargs: Any
    ) -> None:
        self.project, self.today, self.now, self.is_check = project, today, now, is_check
        self.found: Found | None = None
        self.reading: dict[str, Any] = {}
        super().__init__(*args, **kwargs)
        self.follow(standard_at(project, today))

    @property
    def asked(self) -> list[str]:
        """What the standard makes necessary beyond the fields of the groups."""
        return [*(name for name in LATER if self.fields[name].required), *self.asked_fields]

    @property
    def later(self) -> list[str]:
        """What may be left for later."""
        return [*(name for name in LATER if not self.fields[name].required), *self.further_fields]

    @property
    def opens(self) -> list[str]:
        """Of these, the ones that show when they hold something; a kind of training always does."""
        return [name for name in self.later if name != "training_kind"]

    def clean_name(self) -> str:
        try:
            return checked_name(self.cleaned_data["name"])
        except DomainError as refusal:
            raise forms.ValidationError(refusal.message, code=refusal.code) from None

    def clean_id_number(self) -> str:
        facts = PersonFacts(name="", number=self.cleaned_data["id_number"])
        try:
            number, sex, born_on = checked_number(facts, self.today)
            require_age(facts, self.project, self.today)
        except DomainError as refusal:
            raise forms.ValidationError(refusal.message, code=refusal.code) from None
        self.reading = {
            "sex": sex,
            "born_on": born_on,
            "age": age_on(born_on, self.today) if born_on else None,
        }
        return number

    def clean_phone(self) -> str:
        try:
            return checked_phone(self.cleaned_data["phone"])
        except DomainError as refusal:
            raise forms.ValidationError(refusal.message, code=refusal.code) from None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.has_value("name", "id_number"):
            self._look_up()
        self._judge_contract()
        self._judge_training()
        self.judge_by_standard()
        return cleaned

    def person(self) -> PersonFacts:
        more = more_of_worker(self.project, self.said(), self.today)
        number = self.cleaned_data["id_number"]
        return PersonFacts(name=self.cleaned_data["name"], number=number, **more["person"])

    def work(self) -> WorkFacts:
        photo = self.cleaned_data.get("photo")
        more = more_of_worker(self.project, self.said(), self.today)
        return WorkFacts(
            trade=self.cleaned_data["trade"],
            phone=self.cleaned_data["phone"],
            education=self.cleaned_data.get("education") or "",
            photo=photo.address if photo else "",
            **more["work"],
            more=ParticularFacts(**more["more"]) if more["more"] else None,
            extras=more["extras"],
        )

    def contract(self) -> ContractFacts | None:
        """The contract, once its kind and first day are there; None where none is signed."""
        if self.cleaned_data.get("contract_kind") == NO_CONTRACT or not self.has_value(
            "contract_kind", "contract_starts_on"
        ):
            return None
        return contract_facts(self.cleaned_data)

    def training(self) -> TrainingFacts | None:
        """The training, once its day and hours are there."""
        if not self.has_value("training_on", "training_hours"):
            return None
        kind = self.cleaned_data.get("training_kind") or basic_kinds()[0]
        return training_facts({**self.cleaned_data, "training_kind": kind})

    def _look_up(self) -> None:
        """Ask before acting: the question stays on record whatever becomes of the enrolment."""
        person = self.person()
        self.found = self.judged(self._asked, person)
        if self.found is None:
            return
        if self.found.state == OTHER_NAME:
            self.refuse(IdentityNameDiffers())
        here = [one for one in self.found.work if one.project_id == self.project.pk and one.ended_at is None]
        # Said when the field is left; a second press of the button must get the first one's answer.
        if self.is_check and self.found.state == KNOWN and here:
            self.refuse(AlreadyEngaged(here[0].person.masked_number))

    def _asked(self, person: PersonFacts) -> Found:
        return look_up(
            actor=self.actor,
            project=self.project,
            number=person.number,
            name=person.name,
            today=self.today,
            now=self.now,
        )

    def _judge_contract(self) -> None:
        kind = self.cleaned_data.get("contract_kind")
        if kind in (None, NO_CONTRACT):
            return
        if "contract_starts_on" not in self.errors and not self.has_value("contract_starts_on"):
            self.add_error("contract_starts_on", "请填合同开始日期；还没有签订的，合同类型选“还没有签订”")
        if (facts := self.contract()) is not None:
            self.judged(require_sensible_contract, facts)
            self.judged(require_contract_first, facts, self.cleaned_data.get("entered_on"))

    def _judge_training(self) -> None:
        wanted = {"training_on": "请填安全教育日期", "training_hours": "请填学时，按教育记录上的数"}
        missing = [name for name in wanted if not self.has_value(name) and name not in self.errors]
        if len(missing) == 1:
            self.add_error(missing[0], wanted[missing[0]])
        if (facts := self.training()) is not None:
            self.judged(require_sensible_training, facts, self.today)
