"""The bodies of the acts on contracts on paper, on training sessions and on enterprises' own rules."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from web.api.acts import ActSerializer, Base64FileField, RowRef
from workers.api.bodies import AttendedField, ReasonBody
from workers.contract_text import Clause
from workers.models import Contract
from workers.selectors.lessons import attendance_of, participations_to_file_for, people_to_train
from workers.services import Result, SessionFacts, TermFacts


class EmptyBody(ActSerializer):
    """The act asks for nothing."""


class TermsBody(ActSerializer):
    """What the parties agree."""

    kind = serializers.ChoiceField(choices=Contract.Kind.choices, help_text="labour、agreement")
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(
        required=False, allow_null=True, help_text="以完成一定工作任务为期限的不填"
    )
    wage_form = serializers.ChoiceField(choices=Contract.WageForm.choices, help_text="计酬方式")
    unit = serializers.CharField(
        max_length=4, required=False, allow_blank=True, help_text="计量单位代码，计件时必填"
    )
    unit_price = serializers.DecimalField(18, 2, help_text="单价，元")
    pay_day = serializers.IntegerField(min_value=1, max_value=31, help_text="每月几日前发薪")
    workplace = serializers.CharField(max_length=200, help_text="工作地点")
    duties = serializers.CharField(
        max_length=200, required=False, allow_blank=True, help_text="工作内容，不填按工种"
    )


class MakeBody(TermsBody):
    """The terms, and for whom."""

    engagements = AttendedField(min_length=1, max_length=1000, help_text="签订的人，用工的 public_id")


def term_facts(data: dict[str, Any]) -> TermFacts:
    """The terms of a body."""
    return TermFacts(
        kind=data["kind"],
        starts_on=data["starts_on"],
        ends_on=data.get("ends_on"),
        wage_form=data["wage_form"],
        unit_price=data["unit_price"],
        pay_day=data["pay_day"],
        workplace=data["workplace"],
        duties=data.get("duties", ""),
        unit=data.get("unit", ""),
    )


class ScanBody(ActSerializer):
    """The signed paper."""

    scan = Base64FileField(help_text="签字合同的照片或 PDF")


class ClauseBody(ActSerializer):
    """A clause."""

    heading = serializers.CharField(max_length=60)
    text = serializers.CharField(max_length=2000, help_text="可用的填充项见 GET 的说明")
    source = serializers.CharField(  # type: ignore[assignment]  # the body has a field of that name
        max_length=120, required=False, allow_blank=True, help_text="依据"
    )


class WordingBody(ReasonBody):
    """A further version of a text."""

    kind = serializers.ChoiceField(choices=Contract.Kind.choices)
    clauses = ClauseBody(many=True)
    version = serializers.IntegerField(min_value=1, required=False, help_text="读到的版本，他人已改则拒绝")


def clauses(data: dict[str, Any]) -> list[Clause]:
    """The clauses of a body."""
    return [Clause(one["heading"], one["text"], one.get("source", "")) for one in data["clauses"]]


class SessionBody(ActSerializer):
    """What is taught, when and by whom."""

    name = serializers.CharField(max_length=100, help_text="主题")
    kind = serializers.CharField(max_length=8, help_text="培训类型代码")
    held_on = serializers.DateField(help_text="可以提前安排")
    hours = serializers.DecimalField(6, 1, help_text="学时")
    trainer = serializers.CharField(max_length=60)
    place_name = serializers.CharField(max_length=100, required=False, allow_blank=True)
    participation = RowRef(
        rows=lambda view: participations_to_file_for(view.actor, view.project),
        required=False,
        help_text="组织单位；全项目的不填，分包单位自己组织的必填",
    )


def session_facts(data: dict[str, Any]) -> SessionFacts:
    """The session of a body."""
    return SessionFacts(
        kind=data["kind"],
        name=data["name"],
        held_on=data["held_on"],
        hours=data["hours"],
        trainer=data["trainer"],
        place_name=data.get("place_name", ""),
    )


class _Rows(serializers.ListField):
    """Rows by public id, all within what the view may touch; the value is a list of rows."""

    child = serializers.UUIDField()

    def rows(self) -> Any:
        raise NotImplementedError

    def to_internal_value(self, data: Any) -> list[Any]:
        keys: list[UUID] = list(dict.fromkeys(super().to_internal_value(data)))
        known = {row.public_id: row for row in self.rows().filter(public_id__in=keys)}
        strangers = [index for index, key in enumerate(keys) if key not in known]
        if strangers:
            told = _("没有这条记录，或者它不在您的管理范围内。")
            raise ValidationError({str(index): [ErrorDetail(told, "not_found")] for index in strangers})
        return [known[key] for key in keys]


class CameField(_Rows):
    """Who came, by their work."""

    def rows(self) -> Any:
        view = self.context["view"]
        return people_to_train(view.actor, view.session)


class CameBody(ActSerializer):
    """Who came."""

    engagements = CameField(min_length=1, max_length=1000, help_text="到场的人，用工的 public_id")
    how = serializers.ChoiceField(choices=["list", "code"], default="list", help_text="list 名单、code 扫码")


class OneResultBody(ActSerializer):
    """How it went for one."""

    attendance = RowRef(
        rows=lambda view: attendance_of(view.actor, view.session), help_text="签到的 public_id"
    )
    score = serializers.DecimalField(4, 1, required=False, allow_null=True, min_value=0, max_value=100)
    is_passed = serializers.BooleanField(required=False, allow_null=True, default=None)


class ScoresBody(ActSerializer):
    """Results."""

    results = OneResultBody(many=True, help_text="填了成绩的按合格分数判定，没有成绩的看 is_passed")


def results(data: dict[str, Any]) -> dict[UUID, Result]:
    """The results of a body, by attendance."""
    return {one["attendance"].public_id: result(one) for one in data["results"]}


def result(one: dict[str, Any]) -> Result:
    """One result."""
    return Result(one.get("score"), one.get("is_passed"))


class CloseBody(ActSerializer):
    """What proves it."""

    evidence = serializers.ListField(child=Base64FileField(), min_length=1, max_length=9)


class MakeUpBody(ActSerializer):
    """A second try."""

    date = serializers.DateField()
    score = serializers.DecimalField(4, 1, required=False, allow_null=True, min_value=0, max_value=100)
    is_passed = serializers.BooleanField(required=False, allow_null=True, default=None)
    evidence = Base64FileField(required=False)


class PolicyBody(ActSerializer):
    """A document."""

    participation = RowRef(
        rows=lambda view: participations_to_file_for(view.actor, view.project), help_text="参建单位"
    )
    title = serializers.CharField(max_length=100, help_text="同名的存为下一版")
    document = serializers.CharField(max_length=60, required=False, allow_blank=True, help_text="文号")
    effective_on = serializers.DateField(help_text="施行日期")
    file = Base64FileField()
