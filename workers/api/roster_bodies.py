"""The bodies of the roster's acts, and how their outcome and the roster's records are shown."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from projects.api.serializers import ProjectRefSerializer
from projects.selectors import all_teams
from web.api.acts import ActSerializer, Base64FileField, RowRef
from workers import selectors
from workers.models import Engagement, Settlement
from workers.services import SettlementFacts, site_day

MOST = 1000
_PEOPLE = "用工的 public_id，一次可办理多人"


class PeopleField(serializers.ListField):
    """People within the actor's scope, by the public ids of their engagements; each counts once."""

    child = serializers.UUIDField()

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_length=1, max_length=MOST, help_text=_PEOPLE, **kwargs)

    def to_internal_value(self, data: Any) -> list[Engagement]:
        keys: list[UUID] = list(dict.fromkeys(super().to_internal_value(data)))
        actor = self.context["view"].actor
        known = {row.public_id: row for row in selectors.engagements(actor).filter(public_id__in=keys)}
        strangers = [index for index, key in enumerate(keys) if key not in known]
        if strangers:
            told = _("没有这条用工，或者它不在您的管理范围内。")
            raise ValidationError({str(index): [ErrorDetail(told, "not_found")] for index in strangers})
        return [known[key] for key in keys]


class PeopleBody(ActSerializer):
    """Whom."""

    engagements = PeopleField()


class DayBody(PeopleBody):
    """Whom, and on which day."""

    date = serializers.DateField(help_text="实际发生的日期，不能晚于今天")


class VoucherBody(DayBody):
    """With a voucher."""

    voucher = Base64FileField(required=False, help_text="凭证扫描件，图片或 PDF")


class LeaveBody(DayBody):
    """Why."""

    reason = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)


class MoveReasonBody(PeopleBody):
    """For a reason that must be given."""

    reason = serializers.CharField(max_length=200, help_text="理由，至少 4 个字")


class _Wages(ActSerializer):
    outcome = serializers.ChoiceField(
        choices=[(value, label) for value, label in Settlement.Outcome.choices],
        help_text="settled 已结清、debt 申报欠薪",
    )
    amount = serializers.DecimalField(
        10,
        2,
        min_value=Decimal("0.01"),
        required=False,
        help_text="欠薪金额，元；只在申报欠薪时填写",
    )
    note = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if (attrs["outcome"] == Settlement.Outcome.DEBT) is not ("amount" in attrs):
            raise ValidationError({"amount": _("申报欠薪的须填金额，已结清的不填。")})
        return attrs


def wages(data: dict[str, Any]) -> SettlementFacts:
    """What a body says of the wages."""
    return SettlementFacts(data["outcome"], data.get("amount"), data["note"])


class ExitBody(VoucherBody):
    """An exit; the wages may be spoken of later."""

    settlement = _Wages(required=False, help_text="不填则以后确认结算")


class SettleBody(PeopleBody):
    """Wages after an exit."""

    settlement = _Wages()


class TeamBody(DayBody):
    """Into which team."""

    team = RowRef(rows=lambda view: all_teams(view.actor), help_text="调入班组的 public_id，须属同一参建单位")


class RefusedSerializer(serializers.Serializer[Any]):
    """Somebody who was not moved, and why."""

    engagement = serializers.UUIDField(source="engagement.public_id")
    name = serializers.CharField(source="engagement.person.name")
    code = serializers.CharField(source="refusal.code")
    detail = serializers.CharField(source="refusal.message")


class OutcomeSerializer(serializers.Serializer[Any]):
    """Who was moved and who was not."""

    batch = serializers.UUIDField(help_text="本次办理的标识")
    done = serializers.SerializerMethodField(help_text="已办理的用工")
    refused = RefusedSerializer(many=True, help_text="没有办理的用工及原因")

    def get_done(self, outcome: Any) -> list[UUID]:
        return [standing.engagement.public_id for standing in outcome.done]


class LeaveSerializer(serializers.Serializer[Any]):
    """A temporary leave."""

    left_on = serializers.DateField()
    returned_on = serializers.DateField(allow_null=True)
    reason = serializers.CharField()


class SettlementSerializer(serializers.Serializer[Any]):
    """How wages stand after an exit."""

    outcome = serializers.CharField(help_text="settled 已结清、debt 申报欠薪")
    amount = serializers.DecimalField(14, 2, allow_null=True)
    note = serializers.CharField()


class _Person(serializers.Serializer[Any]):
    engagement = serializers.UUIDField(source="engagement.public_id")
    name = serializers.CharField(source="engagement.person.name")
    project = ProjectRefSerializer(source="engagement.project")


class StaySerializer(_Person):
    """One stay of a person on a site."""

    public_id = serializers.UUIDField()
    entered_on = serializers.DateField()
    exited_on = serializers.DateField(allow_null=True)
    is_conflict = serializers.BooleanField(help_text="同时在另一项目在场")
    leaves = LeaveSerializer(many=True)
    settlement = SettlementSerializer(allow_null=True, help_text="退场后的工资结算；空为尚未确认")


class ReviewSerializer(_Person):
    """One asking for permission to enter, and its answer."""

    public_id = serializers.UUIDField()
    outcome = serializers.CharField(help_text="pending 待审批、approved 已批准、returned 已退回")
    submitted_at = serializers.DateTimeField(source="created_at")
    submitted_by = serializers.CharField()
    decided_at = serializers.DateTimeField(allow_null=True)
    decided_by = serializers.CharField()
    reason = serializers.CharField()
    ended_at = serializers.DateTimeField(allow_null=True, help_text="许可失效的时间，例如退场")


def today(data: dict[str, Any]) -> date:
    """The attendance day that runs where these people work, by which their move is dated."""
    people = data["engagements"]
    return site_day(people[0].project if people else None)
