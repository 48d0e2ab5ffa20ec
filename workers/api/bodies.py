"""The bodies of the acts on people and their papers."""

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from kernel.errors import DomainError
from projects.api.standard import ExtrasField
from projects.models import Project
from web.api.acts import ActSerializer, Base64FileField, RowRef
from workers.models import Contract, Engagement
from workers.selectors import people_to_file_for, teams_to_enrol_into
from workers.services import (
    ContractFacts,
    OwnFacts,
    ParticularFacts,
    PersonFacts,
    TrainingFacts,
    WorkFacts,
)
from workers.services.contracts import FIXED_TERM, UNTIL_DONE
from workers.services.standard import more_of_worker

_REASON = "理由，至少 4 个字，不要写号码"


def today() -> Any:
    """The calendar day on which an act is done."""
    return timezone.localdate()


def _text(most: int, help_text: str = "", **kwargs: Any) -> serializers.CharField:
    """A text that may be left out."""
    return serializers.CharField(
        max_length=most, required=False, allow_blank=True, help_text=help_text, **kwargs
    )


class LookUpBody(ActSerializer):
    """Whose number is asked for."""

    name = serializers.CharField(max_length=50)
    id_number = serializers.CharField(max_length=30, help_text="身份证号码，18 位")


class ContractBody(ActSerializer):
    """A contract."""

    kind = serializers.ChoiceField(choices=Contract.Kind.choices, help_text="labour、agreement")
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(
        required=False, allow_null=True, help_text="以完成一定工作任务为期限的不填"
    )
    wage_form = serializers.ChoiceField(choices=Contract.WageForm.choices, required=False)
    unit = _text(4, "计量单位代码，计件时填")
    unit_price = serializers.DecimalField(18, 2, required=False, help_text="单价，元")
    scan = Base64FileField(required=False, help_text="合同扫描件，图片或 PDF")


class TrainingBody(ActSerializer):
    """A training."""

    kind = serializers.CharField(max_length=8, help_text="培训类型代码")
    held_on = serializers.DateField()
    hours = serializers.DecimalField(6, 1, help_text="学时")
    is_passed = serializers.BooleanField(default=True)
    trainer = _text(60, "授课人")
    evidence = Base64FileField(required=False, help_text="培训记录，图片或 PDF")


class EnrolBody(LookUpBody):
    """Everything that one enrolment may say."""

    phone = serializers.CharField(max_length=20, help_text="手机号，11 位")
    team = RowRef(
        rows=lambda view: teams_to_enrol_into(view.actor, view.project), help_text="班组的 public_id"
    )
    trade = serializers.CharField(max_length=12, help_text="工种代码")
    education = _text(12, "文化程度代码")
    contract = ContractBody(required=False)
    training = TrainingBody(required=False)
    entered_on = serializers.DateField(required=False, help_text="已经进场的日期，不能晚于今天")
    photo = Base64FileField(kinds=("image",), required=False, help_text="现场照片")
    extras = ExtrasField()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        self.context["view"].ask_first(attrs["name"], attrs["id_number"])
        return attrs


class EditBody(ActSerializer):
    """The facts to change; what is left out stays."""

    version = serializers.IntegerField(min_value=1, required=False, help_text="读到的版本号，他人已改则拒绝")
    phone = serializers.CharField(max_length=20, required=False)
    trade = serializers.CharField(max_length=12, required=False)
    kind = serializers.CharField(max_length=4, required=False, help_text="10 管理人员、20 建筑工人")
    education = _text(12)
    political_status = _text(12)
    address = _text(200)
    card_number = serializers.CharField(max_length=30, required=False)
    bank_code = _text(8)
    bank_name = _text(100)
    is_team_leader = serializers.BooleanField(required=False)
    photo = Base64FileField(kinds=("image",), required=False)
    extras = ExtrasField()


class CorrectBody(ActSerializer):
    """A right name and number, and why they were wrong."""

    name = serializers.CharField(max_length=50)
    id_number = _text(30, "正确的证件号码；号码没有错的不填")
    reason = serializers.CharField(max_length=200, help_text=_REASON)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs.get("id_number"):
            self.context["view"].ask_first(attrs["name"], attrs["id_number"])
        return attrs


class ReasonBody(ActSerializer):
    """Why."""

    reason = serializers.CharField(max_length=200, help_text=_REASON)


class EndBody(ReasonBody):
    """From which day, and why."""

    date = serializers.DateField(help_text="从这一天起不再有效，不能晚于今天")


class ReplaceContractBody(ContractBody, ReasonBody):
    """The contract as it should read, and why."""


class ReplaceTrainingBody(TrainingBody, ReasonBody):
    """The training as it should read, and why."""


class AttendedField(serializers.ListField):
    """People of the project who attended, by the public ids of their engagements."""

    child = serializers.UUIDField()

    def to_internal_value(self, data: Any) -> list[Engagement]:
        keys: list[UUID] = list(dict.fromkeys(super().to_internal_value(data)))
        view = self.context["view"]
        own = people_to_file_for(view.actor, view.project).filter(public_id__in=keys)
        known: dict[UUID, Engagement] = {row.public_id: row for row in own}
        strangers = [index for index, key in enumerate(keys) if key not in known]
        if strangers:
            told = _("没有这条用工，或者它不在您的管理范围内。")
            raise ValidationError({str(index): [ErrorDetail(told, "not_found")] for index in strangers})
        return [known[key] for key in keys]


class TeamTrainingBody(TrainingBody):
    """One training and who attended it."""

    engagements = AttendedField(min_length=1, max_length=1000, help_text="参加的人，用工的 public_id")


def contract_facts(data: dict[str, Any], standing_scan: str = "") -> ContractFacts:
    """The contract that a body describes."""
    ends_on = data.get("ends_on")
    return ContractFacts(
        kind=data["kind"],
        starts_on=data["starts_on"],
        ends_on=ends_on,
        period_type=FIXED_TERM if ends_on else UNTIL_DONE,
        wage_form=data.get("wage_form", ""),
        unit=data.get("unit", ""),
        unit_price=data.get("unit_price"),
        scan=data["scan"].address if "scan" in data else standing_scan,
    )


def training_facts(data: dict[str, Any], standing_evidence: str = "") -> TrainingFacts:
    """The training that a body describes."""
    return TrainingFacts(
        kind=data["kind"],
        held_on=data["held_on"],
        hours=data["hours"],
        is_passed=data["is_passed"],
        trainer=data.get("trainer", ""),
        evidence=data["evidence"].address if "evidence" in data else standing_evidence,
    )


# Elements of the standard that the bodies have fields of their own for.
OF_ENROLMENT = ("name", "id_number", "phone", "trade", "education", "photo")
OF_EDIT = (
    "phone", "trade", "kind", "education", "political_status", "address", "card_number", "bank_code",
    "bank_name", "is_team_leader", "photo",
)  # fmt: skip


def further(
    project: Project, data: dict[str, Any], own: Collection[str], on: date
) -> dict[str, dict[str, Any]]:
    """The further elements of a body, sorted by where they live. Raises DomainError for a wrong one."""
    said = data.get("extras", {})
    if twice := next((code for code in said if code in own), None):
        told = _("“{code}”在本内容中有单独的字段，请填在那里。").format(code=twice)
        raise DomainError(told, code="own_field", field=f"extras.{twice}")
    return more_of_worker(project, said, on)


def person_facts(data: dict[str, Any], more: dict[str, dict[str, Any]]) -> PersonFacts:
    """The person whom a body names."""
    return PersonFacts(name=data["name"], number=data["id_number"], **more["person"])


def work_facts(data: dict[str, Any], more: dict[str, dict[str, Any]]) -> WorkFacts:
    """What an enrolment says of the work itself."""
    return WorkFacts(
        trade=data["trade"],
        phone=data["phone"],
        education=data.get("education", ""),
        photo=data["photo"].address if "photo" in data else "",
        **more["work"],
        more=ParticularFacts(**more["more"]) if more["more"] else None,
        extras=more["extras"],
    )


def own_facts(data: dict[str, Any], more: dict[str, dict[str, Any]]) -> OwnFacts:
    """What an edit changes."""
    given = {name: value for name, value in data.items() if name not in ("version", "photo", "extras")}
    return OwnFacts(
        **{**given, **more["work"]},
        photo=data["photo"].address if "photo" in data else None,
        more=ParticularFacts(**more["more"]) if more["more"] else None,
        extras=more["extras"] or None,
    )
