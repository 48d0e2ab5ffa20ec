"""Dashboards, projects, people and punches as the REST API shows them. Numbers of people are masked."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from attendance.models import AttendanceDay, Punch
from kernel.masking import mask_id_number
from projects.api.serializers import (
    CodeNameField,
    EnterpriseRefSerializer,
    ParticipationSerializer,
    PermitSerializer,
    ProjectRefSerializer,
    RegionRefSerializer,
    TeamSerializer,
)
from workers.api.serializers import ContractSerializer, TrainingSerializer
from workers.models import Engagement
from workers.selectors import facts_of
from workers.states import missing_for_entry

_RATE = "0 至 1，四位小数；没有数据时为 null，不是 0"


@extend_schema_field({"type": "number", "format": "double", "minimum": 0, "maximum": 1})
class RateField(serializers.Field[float | None, Any, float | None, Any]):
    """A rate from 0 to 1, or null where there is nothing to measure."""

    def __init__(self, label: str = "", **kwargs: Any) -> None:
        help_text = f"{label}，{_RATE}" if label else _RATE
        super().__init__(read_only=True, allow_null=True, help_text=help_text, **kwargs)

    def to_representation(self, value: Any) -> float | None:
        return None if value is None else round(float(value), 4)


class FractionSerializer(serializers.Serializer[Any]):
    """A rate with both numbers behind it."""

    rate = RateField()
    numerator = serializers.IntegerField(source="part")
    denominator = serializers.IntegerField(source="whole")


class FiguresSerializer(serializers.Serializer[Any]):
    """One day of a region. All counters count engagements, so that parts sum to the whole."""

    projects = serializers.IntegerField(help_text="在建项目")
    on_site = serializers.IntegerField(help_text="在册在场人数：已进场、未退场")
    attended_today = serializers.IntegerField(source="attended", help_text="当日至少有一次有效打卡的人数")
    attendance_rate = RateField("出勤率", source="attendance.rate")
    contract_rate = RateField("合同签订率", source="contract.rate")
    training_rate = RateField("培训率", source="training.rate")
    on_post_rate = RateField("到岗率", source="on_post.rate")
    attendance = FractionSerializer(help_text="今日出勤 ÷（在场＋当日出勤后已离场）")
    contract = FractionSerializer(help_text="合同在有效期内的人数 ÷ 在场")
    training = FractionSerializer(help_text="培训在有效期内的人数 ÷ 在场")
    on_post = FractionSerializer(help_text="当日打卡的关键岗位 ÷ 应配的关键岗位")
    unmatched_punches = serializers.IntegerField(source="unmatched", help_text="未计入任何人的打卡次数")


class DashboardSerializer(FiguresSerializer):
    """A region's dashboard."""

    region = RegionRefSerializer()
    day = serializers.DateField(help_text="考勤日，以 04:00 为界（参数）")
    as_of = serializers.DateTimeField(help_text="数据截至")
    day_before = FiguresSerializer(help_text="前一考勤日")

    def to_representation(self, board: Any) -> dict[str, Any]:
        figures = FiguresSerializer(board.figures).data
        own = {
            "region": RegionRefSerializer(board.region).data,
            "day": self.fields["day"].to_representation(board.day),
            "as_of": self.fields["as_of"].to_representation(board.as_of),
        }
        return {**own, **figures, "day_before": FiguresSerializer(board.before).data}


class ProjectSerializer(ProjectRefSerializer):
    """A project with its counters of the running attendance day."""

    region = RegionRefSerializer()
    contractor = EnterpriseRefSerializer()
    owner_name = serializers.CharField()
    category = serializers.CharField(help_text="项目分类代码")
    category_name = CodeNameField("project_class", source="category")
    status = serializers.CharField(help_text="项目状态代码，003 在建")
    status_name = CodeNameField("project_status", source="status")
    address = serializers.CharField()
    building_area = serializers.DecimalField(18, 2, allow_null=True, help_text="平方米")
    investment = serializers.DecimalField(18, 6, allow_null=True, help_text="万元")
    starts_on = serializers.DateField(allow_null=True)
    completes_on = serializers.DateField(allow_null=True)
    on_site = serializers.IntegerField(allow_null=True)
    attended_today = serializers.IntegerField(source="attended", allow_null=True)
    attendance_rate = RateField("出勤率")
    contract_rate = RateField("合同签订率")
    training_rate = RateField("培训率")
    on_post_rate = RateField("到岗率")
    posts_required = serializers.IntegerField(allow_null=True)
    posts_present = serializers.IntegerField(allow_null=True)
    unmatched_punches = serializers.IntegerField(source="unmatched", allow_null=True)
    last_punch_at = serializers.DateTimeField(allow_null=True)


class ProjectRecordSerializer(ProjectSerializer):
    """A project with its permits, parties and teams."""

    permits = PermitSerializer(many=True)
    participations = ParticipationSerializer(many=True)
    teams = TeamSerializer(many=True)


class TeamRefSerializer(serializers.Serializer[Any]):
    """A team, by number."""

    public_id = serializers.UUIDField()
    number = serializers.IntegerField(help_text="班组编号（teamSysNo）")
    name = serializers.CharField()


class EngagementSerializer(serializers.Serializer[Engagement]):
    """One person's work on one project, with what decides entry today."""

    public_id = serializers.UUIDField()
    project = ProjectRefSerializer()
    enterprise = EnterpriseRefSerializer(source="participation.enterprise")
    team = TeamRefSerializer()
    name = serializers.CharField(source="person.name")
    sex = serializers.CharField(source="person.sex")
    id_type = serializers.CharField(source="person.id_type", help_text="证件类型代码，01 居民身份证")
    id_number = serializers.CharField(source="person.masked_number", help_text="脱敏证件号码")
    kind = serializers.CharField(help_text="10 管理人员、20 建筑工人")
    trade = serializers.CharField(help_text="工种代码")
    trade_name = CodeNameField("trade", source="trade")
    is_team_leader = serializers.BooleanField()
    is_on_site = serializers.BooleanField(help_text="已进场、未退场")
    has_contract = serializers.BooleanField(help_text="合同或用工书面协议在有效期内")
    is_trained = serializers.BooleanField(help_text="基本安全培训在有效期内")
    missing_for_entry = serializers.SerializerMethodField(
        help_text="进场许可还差什么；空为可以进场，并在闸机名单上"
    )
    first_at = serializers.DateTimeField(allow_null=True, help_text="当日首次打卡")
    last_at = serializers.DateTimeField(allow_null=True, help_text="当日末次打卡")

    def get_missing_for_entry(self, work: Engagement) -> list[str]:
        return missing_for_entry(facts_of(work), is_open=work.project.is_open)


class PresenceSerializer(serializers.Serializer[Any]):
    """When the person came and went."""

    entered_on = serializers.DateField()
    exited_on = serializers.DateField(allow_null=True)
    is_conflict = serializers.BooleanField(help_text="同时在另一项目在场")


class EngagementRecordSerializer(EngagementSerializer):
    """One person's work with its papers; phone and card are masked too."""

    phone = serializers.CharField(source="masked_phone")
    card = serializers.CharField(source="masked_card")
    presences = PresenceSerializer(many=True)
    contracts = ContractSerializer(many=True)
    trainings = TrainingSerializer(many=True)


class PunchSerializer(serializers.Serializer[Punch]):
    """A raw punch: what the gate reported, and whether it counts."""

    public_id = serializers.UUIDField()
    occurred_at = serializers.DateTimeField()
    received_at = serializers.DateTimeField()
    project = ProjectRefSerializer()
    engagement = serializers.UUIDField(
        source="engagement_key", allow_null=True, help_text="对应的用工；空为未在本项目登记的人"
    )
    name = serializers.CharField(source="person_name", allow_null=True)
    id_number = serializers.SerializerMethodField(help_text="脱敏证件号码")
    direction = serializers.CharField(help_text="in 进、out 出，空为设备未报")
    channel = serializers.CharField(help_text="通道")
    pass_method = serializers.CharField(help_text="通行方式代码")
    pass_method_name = CodeNameField("pass_method", source="pass_method")
    origin = serializers.CharField(help_text="来自哪条通道，由平台标注")
    is_counted = serializers.BooleanField(help_text="是否计入考勤")
    is_repeat = serializers.BooleanField(
        source="is_again", help_text="重复打卡（同一设备序号另有时间，或数秒内连续打卡），留存不计"
    )

    @extend_schema_field(OpenApiTypes.STR)
    def get_id_number(self, punch: Punch) -> str:
        return mask_id_number(punch.subject.id_number)


class AttendanceDaySerializer(serializers.Serializer[AttendanceDay]):
    """One person's day on a site, concluded from punches."""

    engagement = serializers.UUIDField(source="engagement.public_id")
    project = ProjectRefSerializer(source="engagement.project")
    team = TeamRefSerializer(source="engagement.team")
    enterprise = EnterpriseRefSerializer(source="engagement.participation.enterprise")
    name = serializers.CharField(source="engagement.person.name")
    day = serializers.DateField()
    first_at = serializers.DateTimeField()
    last_at = serializers.DateTimeField()
    first_in_at = serializers.DateTimeField(allow_null=True)
    last_out_at = serializers.DateTimeField(allow_null=True)
    punches = serializers.IntegerField(help_text="打卡次数；只凭更正计入的为 0")
    is_corrected = serializers.BooleanField(help_text="含经核准的更正")
    rule_version = serializers.IntegerField()
