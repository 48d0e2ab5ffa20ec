"""Master data over the REST API: where the pull stands, its records, managers, and wishes for changes."""

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from federation.masters import contract
from federation.models import ChangeProposal, ManagerRegistration, MasterRecord
from federation.selectors.masters import (
    ANSWER,
    PROPOSE,
    PULL,
    ROW_MODELS,
    VIEW,
    FeedStand,
    feed_stands,
    manager_registrations,
    master_records,
    owned_row,
    proposal,
    proposals,
    require_province,
)
from federation.services import answer_proposal, propose_change, request_pull, take_back_proposal
from federation.words import feed_state, proposal_state, record_state, wished_field
from projects.api.serializers import (
    CodeNameField,
    EnterpriseRefSerializer,
    ProjectRefSerializer,
    RegionRefSerializer,
)
from web.api.acts import ActSerializer, ActView
from web.api.filters import YesNoFilter
from web.api.views import ListRead, Read

TAG = "四库一平台"
_OBJECTS = "、".join(f"{name} {label}" for name, label in contract.LABELS.items())


class FeedSerializer(serializers.Serializer[FeedStand]):
    """Where the pull of one object stands."""

    object = serializers.CharField(source="feed.object", help_text=_OBJECTS)
    title = serializers.CharField(source="label", help_text="名称")
    state = serializers.SerializerMethodField(help_text="状态，一句话")
    succeeded_at = serializers.DateTimeField(source="feed.succeeded_at", allow_null=True)
    fault = serializers.CharField(source="feed.fault", help_text="没有取成的原因")
    cursor = serializers.IntegerField(source="feed.cursor", help_text="已取到的序号")
    head = serializers.IntegerField(source="feed.head", help_text="总库的序号")
    live_there = serializers.IntegerField(source="feed.live_there", allow_null=True, help_text="总库条数")
    live_here = serializers.IntegerField(source="live", help_text="本平台条数")
    is_equal = serializers.BooleanField(
        source="feed.is_equal", allow_null=True, help_text="条数和摘要是否一致"
    )
    held = serializers.IntegerField(help_text="未采用")
    withdrawn = serializers.IntegerField(help_text="已撤销")

    def get_state(self, stand: FeedStand) -> str:
        return feed_state(stand, timezone.now())[1]


class FeedsView(Read):
    """Every object of the source."""

    permission = VIEW
    model = MasterRecord
    serializer_class = FeedSerializer
    pagination_class = None

    @extend_schema(summary="取数情况", responses=FeedSerializer(many=True), tags=[TAG])
    def get(self, request: Request) -> Response:
        stands: Any = feed_stands(self.actor, timezone.now())
        return Response(FeedSerializer(stands, many=True).data)


class MasterRecordSerializer(serializers.Serializer[MasterRecord]):
    """A record of the source and what it became here."""

    public_id = serializers.UUIDField()
    object = serializers.CharField(help_text=_OBJECTS)
    source_id = serializers.CharField(help_text="总库记录号")
    source_version = serializers.IntegerField()
    key = serializers.CharField(help_text="统一社会信用代码、项目编码、许可证编号或注册编号")
    title = serializers.CharField(source="label", help_text="名称")
    row = serializers.UUIDField(allow_null=True, help_text="本平台记录的 public_id；未采用的为空")
    changed_at = serializers.DateTimeField(help_text="总库变更时间")
    fetched_at = serializers.DateTimeField(help_text="取得时间")
    withdrawn_at = serializers.DateTimeField(allow_null=True, help_text="撤销时间")
    held = serializers.CharField(help_text="未采用的原因")
    state = serializers.SerializerMethodField()

    def get_state(self, row: MasterRecord) -> str:
        return record_state(row)[1]


class MasterRecordFilters(django_filters.FilterSet):
    """Which records."""

    object = django_filters.CharFilter(label=_OBJECTS)
    key = django_filters.CharFilter(label="编号")
    row = django_filters.UUIDFilter(label="本平台记录的 public_id")
    held = YesNoFilter(method="filter_held", label="只要未采用（采用）的")
    withdrawn = YesNoFilter(field_name="withdrawn_at", lookup_expr="isnull", exclude=True, label="是否已撤销")

    def filter_held(self, rows: QuerySet[MasterRecord], _name: str, value: bool) -> QuerySet[MasterRecord]:
        return rows.exclude(held="") if value else rows.filter(held="")


@extend_schema(summary="总库记录", description="每条记录的来源、版本和状态。", tags=[TAG])
class MasterRecordsView(ListRead):
    """The records of the source."""

    permission = VIEW
    model = MasterRecord
    serializer_class = MasterRecordSerializer
    filterset_class = MasterRecordFilters
    ordering_fields = {"fetched_at": "fetched_at", "key": "key"}

    def rows(self) -> QuerySet[MasterRecord]:
        return master_records(self.actor)


class ManagerSerializer(serializers.Serializer[ManagerRegistration]):
    """A manager's registration; the identity number is not shown."""

    public_id = serializers.UUIDField()
    enterprise = EnterpriseRefSerializer()
    name = serializers.CharField()
    post = serializers.CharField(help_text="岗位代码")
    post_name = CodeNameField("key_post", source="post")
    number = serializers.CharField(help_text="注册编号")
    certificate = serializers.CharField(help_text="证书编号")
    speciality = serializers.CharField(help_text="专业")
    grade = serializers.CharField(help_text="等级")
    valid_from = serializers.DateField(allow_null=True)
    valid_to = serializers.DateField(allow_null=True)
    withdrawn_at = serializers.DateTimeField(allow_null=True, help_text="撤销时间")


class ManagerFilters(django_filters.FilterSet):
    """Which registrations."""

    uscc = django_filters.CharFilter(
        field_name="enterprise__uscc", lookup_expr="iexact", label="统一社会信用代码"
    )
    number = django_filters.CharFilter(label="注册编号")


@extend_schema(summary="注册管理人员", description="在管理范围内参建的企业的注册人员。", tags=[TAG])
class ManagersView(ListRead):
    """The registrations within scope."""

    permission = "projects.view"
    model = ManagerRegistration
    serializer_class = ManagerSerializer
    filterset_class = ManagerFilters
    ordering_fields = {"number": "number", "valid_to": "valid_to"}

    def rows(self) -> QuerySet[ManagerRegistration]:
        return manager_registrations(self.actor)


class ProposalSerializer(serializers.Serializer[ChangeProposal]):
    """A wish to change what 四库一平台 or another node owns."""

    public_id = serializers.UUIDField()
    version = serializers.IntegerField()
    region = RegionRefSerializer()
    project = ProjectRefSerializer(allow_null=True)
    owner = serializers.CharField(help_text="维护该记录的平台；空为四库一平台")
    object = serializers.CharField(help_text="enterprise 企业、project 项目、permit 施工许可证、team 班组等")
    row = serializers.UUIDField(help_text="记录的 public_id")
    title = serializers.CharField(source="label", help_text="名称")
    field = serializers.CharField()
    field_title = serializers.SerializerMethodField(help_text="字段的中文名称")
    present = serializers.CharField(help_text="提出时的内容")
    wish = serializers.CharField(help_text="应改为")
    reason = serializers.CharField(help_text="依据")
    state = serializers.CharField(help_text="、".join(f"{k} {v}" for k, v in ChangeProposal.State.choices))
    state_name = serializers.SerializerMethodField()
    asked_at = serializers.DateTimeField()
    asked_by = serializers.CharField()
    answered_at = serializers.DateTimeField(allow_null=True)
    answered_by = serializers.CharField()
    answer = serializers.CharField()
    done_at = serializers.DateTimeField(allow_null=True, help_text="总库更正后取得的时间")

    def get_field_title(self, row: ChangeProposal) -> str:
        return wished_field(row)

    def get_state_name(self, row: ChangeProposal) -> str:
        return proposal_state(row)[1]


class ProposalFilters(django_filters.FilterSet):
    """Which wishes."""

    state = django_filters.CharFilter(label="状态")
    row = django_filters.UUIDFilter(label="记录的 public_id")
    q = django_filters.CharFilter(method="named", label="名称或内容")

    def named(self, rows: QuerySet[ChangeProposal], _name: str, value: str) -> QuerySet[ChangeProposal]:
        return rows.filter(Q(label__icontains=value) | Q(wish__icontains=value))


@extend_schema(
    summary="变更建议与更正申请",
    description="对四库一平台和其他平台所维护的记录的更正要求，新的在前。",
    tags=[TAG],
)
class ProposalsView(ListRead):
    """The wishes within scope."""

    permission = "projects.view"
    model = ChangeProposal
    serializer_class = ProposalSerializer
    filterset_class = ProposalFilters
    ordering_fields = {"asked_at": "asked_at"}

    def rows(self) -> QuerySet[ChangeProposal]:
        return proposals(self.actor)


class ProposeBody(ActSerializer):
    """Which field of which row, what it should say, and on what ground."""

    object = serializers.ChoiceField(
        choices=[(name, name) for name in ROW_MODELS],
        help_text="enterprise 企业、project 项目、permit 施工许可证",
    )
    row = serializers.UUIDField(help_text="记录的 public_id")
    field = serializers.CharField(max_length=40)
    wish = serializers.CharField(max_length=300, help_text="应改为")
    reason = serializers.CharField(max_length=300, help_text="依据")


@extend_schema(summary="提变更建议", tags=[TAG])
class ProposeView(ActView):
    """Wish for a change."""

    permission = PROPOSE
    serializer_class = ProposeBody
    answer_class = ProposalSerializer

    def act(self, data: dict[str, Any], **_kwargs: Any) -> Any:
        kind = data.pop("object")
        row = owned_row(self.actor, kind, data.pop("row"))
        return propose_change(actor=self.actor, kind=kind, row=row, now=timezone.now(), **data)


class NoBody(ActSerializer):
    """Nothing to say."""


@extend_schema(summary="撤回变更建议", tags=[TAG])
class TakeBackView(ActView):
    """Take one's own wish back."""

    permission = PROPOSE
    serializer_class = NoBody
    answer_class = ProposalSerializer
    status = 200

    def act(self, data: dict[str, Any], **kwargs: Any) -> Any:
        return take_back_proposal(actor=self.actor, proposal=proposal(self.actor, kwargs["public_id"]))


class AnswerBody(ActSerializer):
    """Whether it is handed on, and why."""

    accepts = serializers.BooleanField(help_text="采纳并转四库一平台")
    answer = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")


@extend_schema(summary="答复变更建议", description="只由省级办理。", tags=[TAG])
class AnswerView(ActView):
    """The province's answer."""

    permission = ANSWER
    serializer_class = AnswerBody
    answer_class = ProposalSerializer
    status = 200

    def act(self, data: dict[str, Any], **kwargs: Any) -> Any:
        require_province(self.actor, ANSWER)
        row = proposal(self.actor, kwargs["public_id"])
        return answer_proposal(actor=self.actor, proposal=row, now=timezone.now(), **data)


class PullBody(ActSerializer):
    """What is pulled, and whether everything is read anew."""

    object = serializers.ChoiceField(
        choices=[("all", "all"), *((name, name) for name in contract.OBJECTS)],
        default="all",
        help_text=f"all 全部、{_OBJECTS}",
    )
    is_full = serializers.BooleanField(default=False, help_text="从头全部重取核对")


@extend_schema(summary="立即取数", description="排队后在后台进行；只由省级平台管理员办理。", tags=[TAG])
class PullView(ActView):
    """Ask for a pull."""

    permission = PULL
    serializer_class = PullBody
    answer_class = None

    def act(self, data: dict[str, Any], **_kwargs: Any) -> Any:
        return request_pull(
            actor=self.actor, name=data["object"], is_full=data["is_full"], now=timezone.now()
        )
