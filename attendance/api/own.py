"""The worker's own records over the REST API, by the session that a code on the phone opened."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.authentication import OwnSession
from attendance.api.clock import running_day
from attendance.api.corrections import ClaimSerializer, CorrectionSerializer, claim_of
from attendance.api.serializers import AttendanceDaySerializer, TeamRefSerializer
from attendance.models import AttendanceDay, CorrectionRequest
from attendance.selectors import own
from attendance.services import ask_correction
from projects.api.serializers import EnterpriseRefSerializer, ProjectRefSerializer
from web.api.acts import ActView, RowRef
from web.api.filters import DayFilter
from web.api.views import ListRead, Read
from workers.models import Engagement

TAG = "工人本人"


# Tokens are for programs, and no worker's account has a password to get one with.
_BY_SESSION = (OwnSession,)


class OwnClaimSerializer(ClaimSerializer):
    """The worker's own claim on one of the own engagements."""

    engagement = RowRef(
        rows=lambda view: own.own_engagements(view.actor, running_day(timezone.now())),
        help_text="本人的用工 public_id",
    )


class OwnWorkSerializer(serializers.Serializer[Engagement]):
    """One piece of the worker's own work."""

    public_id = serializers.UUIDField()
    project = ProjectRefSerializer()
    enterprise = EnterpriseRefSerializer(source="participation.enterprise")
    team = TeamRefSerializer()
    is_on_site = serializers.BooleanField(help_text="今天是否在场")


class OwnRecordSerializer(serializers.Serializer[Any]):
    """The worker as the node keeps him, and all of the own work."""

    name = serializers.CharField()
    id_number = serializers.CharField(help_text="脱敏证件号码")
    engagements = OwnWorkSerializer(many=True)


class OwnRecordView(Read):
    """The own record."""

    permission = "own.view"
    authentication_classes = _BY_SESSION
    model = Engagement
    serializer_class = OwnRecordSerializer

    @extend_schema(summary="我的记录", description="工人本人，以手机验证码登录后的会话读取。", tags=[TAG])
    def get(self, request: Request) -> Response:
        person = own.own_person(self.actor)
        works = own.own_engagements(self.actor, running_day(timezone.now()))
        record = {"name": person.name, "id_number": person.masked_number, "engagements": works}
        return Response(OwnRecordSerializer(record).data)


class OwnDaysFilters(django_filters.FilterSet):
    """Which of the own days."""

    vars()["from"] = DayFilter(field_name="day", lookup_expr="gte", label="从哪一考勤日起")
    to = DayFilter(field_name="day", lookup_expr="lte", label="到哪一考勤日止（含）")


@extend_schema(summary="我的考勤", description="所有工地的考勤日，新的在前。", tags=[TAG])
class OwnDaysView(ListRead):
    """The worker's days on every site."""

    permission = "own.view"
    authentication_classes = _BY_SESSION
    model = AttendanceDay
    serializer_class = AttendanceDaySerializer
    filterset_class = OwnDaysFilters

    def rows(self) -> QuerySet[AttendanceDay]:
        return own.own_days(self.actor)


@extend_schema(summary="我报的更正", tags=[TAG])
class OwnCorrectionsView(ListRead):
    """The requests that concern the worker."""

    permission = "own.view"
    authentication_classes = _BY_SESSION
    model = CorrectionRequest
    serializer_class = CorrectionSerializer

    def rows(self) -> QuerySet[CorrectionRequest]:
        return own.own_corrections(self.actor)


@extend_schema(summary="报一条更正", description="只能报本人的。", tags=[TAG])
class OwnAskView(ActView):
    """The worker asks for a day, or the own record, to be corrected."""

    permission = "own.dispute"
    authentication_classes = _BY_SESSION
    model = CorrectionRequest
    serializer_class = OwnClaimSerializer
    answer_class = CorrectionSerializer

    def act(self, data: dict[str, Any], **kwargs: Any) -> CorrectionRequest:
        return ask_correction(
            actor=self.actor, engagement=data["engagement"], claim=claim_of(data), now=timezone.now()
        )
