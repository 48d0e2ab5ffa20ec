"""Dashboards, projects, people, punches and days over the REST API: the pages' own reads, as JSON."""

from typing import Any
from uuid import UUID

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from attendance.api import serializers
from attendance.api.clock import day_asked, running_day
from attendance.api.filters import AttendanceDayFilters, EngagementFilters, ProjectFilters, PunchFilters
from attendance.models import AttendanceDay, Punch
from attendance.selectors.dashboard import dashboard, region_in_reach
from attendance.selectors.days import days
from attendance.selectors.people import people
from attendance.selectors.projects import project_on, projects_on
from attendance.selectors.punches import punches
from kernel.errors import NotFound
from projects.models import Project
from projects.selectors import participations, permits, teams
from web.api.filters import DayField
from web.api.views import ListRead, Read
from workers.api.serializers import ContractSerializer, TrainingSerializer
from workers.models import Engagement
from workers.selectors import contracts, presences, trainings

PROJECTS, PEOPLE, ATTENDANCE = "项目与企业", "人员", "考勤"


class _DashboardForm(forms.Form):
    region = forms.CharField(required=False)
    date = DayField(required=False)


class DashboardView(Read):
    """The figures of a region."""

    permission = "attendance.view"
    parameters = ("region", "date")
    serializer_class = serializers.DashboardSerializer

    @extend_schema(
        summary="区域看板",
        description="与页面看板同源、同值。区划不存在或不在管理范围内，返回 404。",
        tags=["看板"],
        parameters=[
            OpenApiParameter("region", OpenApiTypes.STR, description="区划编码，默认本岗位的最上级区划"),
            OpenApiParameter("date", OpenApiTypes.DATE, description="考勤日，默认今天（以 04:00 为界）"),
        ],
    )
    def get(self, request: Request) -> Response:
        asked = _DashboardForm(request.query_params)
        if not asked.is_valid():
            raise ValidationError({name: [str(one) for one in found] for name, found in asked.errors.items()})
        now = timezone.now()
        region = region_in_reach(self.actor, asked.cleaned_data["region"])
        day = asked.cleaned_data["date"] or running_day(now)
        board = dashboard(self.actor, region, day, now)
        return Response(serializers.DashboardSerializer(board).data)


@extend_schema(
    summary="项目",
    description="管理范围内的项目，附当日在场、出勤与各项比率；没有数据为 null。",
    tags=[PROJECTS],
)
class ProjectsView(ListRead):
    """Projects with their counters of the running attendance day."""

    permission = "projects.view"
    model = Project
    serializer_class = serializers.ProjectSerializer
    filterset_class = ProjectFilters
    ordering_fields = {
        **{name: name for name in ("code", "name", "starts_on", "on_site", "last_punch_at")},
        "attended_today": "attended",
        **{f"{name}_rate": f"{name}_rate" for name in ("attendance", "contract", "training", "on_post")},
    }

    def rows(self) -> QuerySet[Project]:
        return projects_on(self.actor, running_day(timezone.now()))


class ProjectView(Read):
    """One project with its permits, parties and teams."""

    permission = "projects.view"
    model = Project
    serializer_class = serializers.ProjectRecordSerializer

    @extend_schema(summary="一个项目", tags=[PROJECTS])
    def get(self, request: Request, public_id: UUID) -> Response:
        project = project_on(self.actor, public_id, running_day(timezone.now()))
        return Response(
            {
                **serializers.ProjectSerializer(project).data,
                "permits": _many(serializers.PermitSerializer, permits(self.actor, project)),
                "participations": _many(
                    serializers.ParticipationSerializer, participations(self.actor, project)
                ),
                "teams": _many(serializers.TeamSerializer, teams(self.actor, project)),
            }
        )


@extend_schema(
    summary="用工",
    description="一人在一个项目的一次用工。在场、合同、培训、出勤都以当前考勤日计，与看板同值。"
    "证件号码已脱敏。不存在或不在管理范围内的项目编码，返回 404。",
    tags=[PEOPLE],
)
class EngagementsView(ListRead):
    """People's work on projects, with what decides entry today."""

    permission = "workers.view"
    model = Engagement
    serializer_class = serializers.EngagementSerializer
    filterset_class = EngagementFilters
    ordering_fields = {
        "name": "person__name",
        "project": "project__code",
        "team": "team__number",
        "first_at": "first_at",
    }

    def rows(self) -> QuerySet[Engagement]:
        return people(self.actor, running_day(timezone.now()))


class EngagementView(Read):
    """One person's work with its papers."""

    permission = "workers.view"
    model = Engagement
    serializer_class = serializers.EngagementRecordSerializer

    @extend_schema(
        summary="一条用工",
        description="证件、手机、银行卡号都已脱敏；读取完整号码须在页面说明理由。",
        tags=[PEOPLE],
    )
    def get(self, request: Request, public_id: UUID) -> Response:
        # One record shows phone and card, so they are read with it.
        rows = people(self.actor, running_day(timezone.now())).defer(None)
        work = rows.filter(public_id=public_id).first()
        if work is None:
            raise NotFound
        return Response(
            {
                **serializers.EngagementSerializer(work).data,
                "phone": work.masked_phone,
                "card": work.masked_card,
                "presences": _many(serializers.PresenceSerializer, presences(self.actor, work)),
                "contracts": _many(ContractSerializer, contracts(self.actor, work)),
                "trainings": _many(TrainingSerializer, trainings(self.actor, work)),
            }
        )


@extend_schema(
    summary="打卡",
    description="一个考勤日的原始打卡，默认今天，晚的在前。原始打卡不可修改。",
    tags=[ATTENDANCE],
)
class PunchesView(ListRead):
    """Raw punches of one attendance day, newest first."""

    permission = "attendance.view"
    model = Punch
    serializer_class = serializers.PunchSerializer
    filterset_class = PunchFilters

    def rows(self) -> QuerySet[Punch]:
        return punches(self.actor, day_asked(self.request.query_params.get("date"), timezone.now()))


@extend_schema(
    summary="考勤日", description="由打卡结论的出勤日，默认今天；一次最多读 92 天。", tags=[ATTENDANCE]
)
class AttendanceDaysView(ListRead):
    """Concluded attendance days."""

    permission = "attendance.view"
    model = AttendanceDay
    serializer_class = serializers.AttendanceDaySerializer
    filterset_class = AttendanceDayFilters
    ordering_fields = {
        "day": "day",
        "first_at": "first_at",
        "last_at": "last_at",
        "name": "engagement__person__name",
    }

    def rows(self) -> QuerySet[AttendanceDay]:
        return days(self.actor)


def _many(serializer: type[Any], rows: QuerySet[Any]) -> Any:
    return serializer(rows, many=True).data
