"""Participations and teams over the REST API: lists, and one view per act."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers

from projects import selectors, services
from projects.api.filters import ProjectFilter
from projects.api.serializers import ParticipationSerializer, ProjectRefSerializer, TeamSerializer
from projects.api.standard import ByStandard, ExtrasField
from projects.models import Participation, Team
from standards.selectors import codes
from standards.spec import API, TEAM
from web.api.acts import ActSerializer, ActView, RowRef
from web.api.filters import CodeFilter, YesNoFilter
from web.api.views import ListRead

PARTIES = "参建单位与班组"
_VERSION = "您看到的版本号；与现在的不同则返回 409 和现在的内容。不填则不核对"


class PartySerializer(ParticipationSerializer):
    """An enterprise taking part, with its project."""

    project = ProjectRefSerializer()
    version = serializers.IntegerField()


class CrewSerializer(TeamSerializer):
    """A team, with its project and dates."""

    project = ProjectRefSerializer(source="participation.project")
    participation = serializers.UUIDField(source="participation.public_id")
    entered_on = serializers.DateField(allow_null=True)
    exited_on = serializers.DateField(allow_null=True)
    remark = serializers.CharField()
    version = serializers.IntegerField()


class _WorkBody(ActSerializer):
    kind = serializers.CharField(max_length=4, help_text="参建单位类型代码")
    entered_on = serializers.DateField(required=False, default=None, allow_null=True)
    manager_name = serializers.CharField(max_length=50, required=False, default="", allow_blank=True)

    def validate_kind(self, kind: str) -> str:
        if kind not in codes("participation_kind"):
            raise serializers.ValidationError("没有这个参建单位类型代码，请查代码表 participation_kind。")
        return kind


class AddPartyBody(_WorkBody):
    """Which enterprise, on which project."""

    project = RowRef(rows=lambda view: selectors.projects(view.actor), help_text="项目的 public_id")
    uscc = serializers.CharField(max_length=40, help_text="统一社会信用代码")
    name = serializers.CharField(max_length=200, help_text="企业名称，与营业执照一致")


class EditPartyBody(_WorkBody):
    """What is corrected."""

    expected_version = serializers.IntegerField(required=False, min_value=1, help_text=_VERSION)


class LeftBody(ActSerializer):
    """On which day they left."""

    date = serializers.DateField(help_text="退场日期，不能晚于今天")
    expected_version = serializers.IntegerField(required=False, min_value=1, help_text=_VERSION)


class EmptyBody(ActSerializer):
    """Nothing more to say."""


class _TeamBody(ActSerializer):
    name = serializers.CharField(max_length=100)
    responsible_name = serializers.CharField(max_length=50, required=False, default="", allow_blank=True)
    entered_on = serializers.DateField(required=False, default=None, allow_null=True)
    remark = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)
    extras = ExtrasField()


class AddTeamBody(_TeamBody):
    """Whose team."""

    participation = RowRef(
        rows=lambda view: selectors.all_participations(view.actor), help_text="参建单位的 public_id"
    )


class EditTeamBody(_TeamBody):
    """What is corrected."""

    expected_version = serializers.IntegerField(required=False, min_value=1, help_text=_VERSION)


class PartyFilters(django_filters.FilterSet):
    """Which participations."""

    project = ProjectFilter(label="项目编码")
    kind = CodeFilter(label="参建单位类型代码", code_list="participation_kind")
    uscc = django_filters.CharFilter(
        field_name="enterprise__uscc", lookup_expr="iexact", label="统一社会信用代码"
    )
    left = YesNoFilter(field_name="exited_on", lookup_expr="isnull", exclude=True, label="是否已退场")


class TeamFilters(django_filters.FilterSet):
    """Which teams."""

    project = ProjectFilter(field_name="participation__project", label="项目编码")
    q = django_filters.CharFilter(field_name="name", lookup_expr="icontains", label="名称的一部分")
    left = YesNoFilter(field_name="exited_on", lookup_expr="isnull", exclude=True, label="是否已退场")


@extend_schema(summary="参建单位", tags=[PARTIES])
class PartiesView(ListRead):
    """Who takes part."""

    permission = "projects.view"
    model = Participation
    serializer_class = PartySerializer
    filterset_class = PartyFilters

    def rows(self) -> QuerySet[Participation]:
        return selectors.all_participations(self.actor)


@extend_schema(summary="班组", tags=[PARTIES])
class TeamsView(ListRead):
    """Teams."""

    permission = "projects.view"
    model = Team
    serializer_class = CrewSerializer
    filterset_class = TeamFilters

    def rows(self) -> QuerySet[Team]:
        return selectors.all_teams(self.actor)


class _PartyAct(ActView):
    model = Participation
    permission = "projects.manage_participation"
    answer_class = PartySerializer
    status = 200

    def row(self, kwargs: dict[str, Any]) -> Participation:
        """The participation of the address. Raises NotFound."""
        return selectors.participation(self.actor, kwargs["public_id"])


@extend_schema(summary="登记参建单位", tags=[PARTIES])
class AddPartyView(_PartyAct):
    """登记参建单位."""

    serializer_class = AddPartyBody
    status = 201

    def act(self, data: dict[str, Any], **_kwargs: Any) -> Participation:
        return services.add_participation(actor=self.actor, **data)


@extend_schema(summary="更正参建信息", tags=[PARTIES])
class EditPartyView(_PartyAct):
    """更正参建信息."""

    serializer_class = EditPartyBody

    def act(self, data: dict[str, Any], **kwargs: Any) -> Participation:
        return services.edit_participation(actor=self.actor, participation=self.row(kwargs), **data)


@extend_schema(summary="参建单位退场", tags=[PARTIES])
class EndPartyView(_PartyAct):
    """参建单位退场."""

    serializer_class = LeftBody

    def act(self, data: dict[str, Any], **kwargs: Any) -> Participation:
        on = data.pop("date")
        today = timezone.localdate()
        row = self.row(kwargs)
        return services.end_participation(actor=self.actor, participation=row, on=on, today=today, **data)


@extend_schema(summary="参建单位恢复在场", tags=[PARTIES])
class ResumePartyView(_PartyAct):
    """恢复在场."""

    serializer_class = EmptyBody

    def act(self, data: dict[str, Any], **kwargs: Any) -> Participation:
        return services.resume_participation(actor=self.actor, participation=self.row(kwargs))


class _TeamAct(ByStandard):
    object_key = TEAM
    own_elements = ("name", "responsible_name", "entered_on", "remark")
    model = Team
    permission = "projects.manage_team"
    answer_class = CrewSerializer
    status = 200

    def row(self, kwargs: dict[str, Any]) -> Team:
        """The team of the address. Raises NotFound."""
        return selectors.team(self.actor, kwargs["public_id"])


@extend_schema(summary="登记班组", tags=[PARTIES])
class AddTeamView(_TeamAct):
    """登记班组."""

    serializer_class = AddTeamBody
    status = 201

    def act(self, data: dict[str, Any], **_kwargs: Any) -> Team:
        self.project = data["participation"].project
        return services.add_team(actor=self.actor, **data, channel=API)


@extend_schema(summary="更正班组信息", tags=[PARTIES])
class EditTeamView(_TeamAct):
    """更正班组信息."""

    serializer_class = EditTeamBody

    def act(self, data: dict[str, Any], **kwargs: Any) -> Team:
        row = self.row(kwargs)
        self.project = row.participation.project
        return services.edit_team(actor=self.actor, team=row, **data, channel=API)


@extend_schema(summary="班组退场", tags=[PARTIES])
class EndTeamView(_TeamAct):
    """班组退场."""

    serializer_class = LeftBody

    def act(self, data: dict[str, Any], **kwargs: Any) -> Team:
        on = data.pop("date")
        today = timezone.localdate()
        return services.end_team(actor=self.actor, team=self.row(kwargs), on=on, today=today, **data)


@extend_schema(summary="班组恢复在场", tags=[PARTIES])
class ResumeTeamView(_TeamAct):
    """恢复在场."""

    serializer_class = EmptyBody

    def act(self, data: dict[str, Any], **kwargs: Any) -> Team:
        return services.resume_team(actor=self.actor, team=self.row(kwargs))
