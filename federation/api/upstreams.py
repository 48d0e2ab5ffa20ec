"""Reporting upward over the REST API: how it goes, what was refused, and the acts on it."""

from typing import Any
from uuid import UUID

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from federation.models import MANAGE_UPSTREAMS, Upstream, UpstreamRecord
from federation.selectors.upstreams import (
    Line,
    upstream,
    upstream_figures,
    upstream_record,
    upstream_records,
    upstreams,
)
from federation.services import (
    pause_upstream,
    requeue_upstream_record,
    resume_upstream,
    waive_upstream_record,
)
from federation.upstream.verdicts import next_step
from projects.api.serializers import ProjectRefSerializer
from web.api.acts import ActSerializer, ActView
from web.api.views import ListRead, Read

TAG = "上报"
STATES = "、".join(f"{state.value} {state.label}" for state in UpstreamRecord.State)


class UpstreamSerializer(serializers.Serializer[Upstream]):
    """A platform above; its secret is told to nobody."""

    public_id = serializers.UUIDField()
    name = serializers.CharField()
    url = serializers.CharField(help_text="接口地址")
    region = serializers.CharField(source="region.code", help_text="上报范围的行政区划代码")
    takes = serializers.CharField(help_text="all 区域内全部项目、chosen 只上报选定的项目")
    since = serializers.DateField(help_text="上报起始日期")
    state = serializers.CharField(help_text="active 上报中、paused 已暂停")
    pause_reason = serializers.CharField(help_text="暂停原因")
    waiting = serializers.IntegerField(default=0, help_text="待上报的记录")
    refused = serializers.IntegerField(default=0, help_text="被退回的记录")
    oldest = serializers.DateTimeField(allow_null=True, default=None, help_text="最早等待的记录")


@extend_schema(summary="上级平台", tags=[TAG])
class UpstreamsView(ListRead):
    """The platforms that one's own area reports to."""

    permission = MANAGE_UPSTREAMS
    model = Upstream
    serializer_class = UpstreamSerializer

    def rows(self) -> QuerySet[Upstream]:
        return upstreams(self.actor)


class UpstreamFigureSerializer(serializers.Serializer[Line]):
    """One kind of record at a platform."""

    kind = serializers.CharField()
    name = serializers.CharField(source="label", help_text="对象")
    done = serializers.IntegerField(help_text="已上报")
    on_the_way = serializers.IntegerField(help_text="上报中")
    held = serializers.IntegerField(help_text="等待前置记录")
    refused = serializers.IntegerField(help_text="被退回")
    waived = serializers.IntegerField(help_text="不再上报")
    oldest = serializers.DateTimeField(allow_null=True, help_text="最早等待")


class FiguresView(Read):
    """How reporting to one platform goes, object by object."""

    permission = MANAGE_UPSTREAMS
    model = Upstream
    serializer_class = UpstreamFigureSerializer
    pagination_class = None

    @extend_schema(summary="上报进度", responses=UpstreamFigureSerializer(many=True), tags=[TAG])
    def get(self, request: Request, public_id: UUID) -> Response:
        lines: Any = upstream_figures(self.actor, upstream(self.actor, public_id))
        return Response(UpstreamFigureSerializer(lines, many=True).data)


class UpstreamRecordSerializer(serializers.Serializer[UpstreamRecord]):
    """One record at a platform; no personal data."""

    public_id = serializers.UUIDField()
    project = ProjectRefSerializer(source="access.project")
    kind = serializers.CharField(help_text="对象")
    key = serializers.UUIDField(help_text="本平台记录的编号")
    state = serializers.CharField(help_text=STATES)
    sentence = serializers.CharField(help_text="对方的说明")
    next_step = serializers.SerializerMethodField(help_text="怎么办")
    remote = serializers.CharField(help_text="对方的编号")
    since = serializers.DateTimeField(allow_null=True, help_text="等待自")
    done_at = serializers.DateTimeField(allow_null=True, help_text="最近上报成功")

    def get_next_step(self, row: UpstreamRecord) -> str:
        return next_step(row.sentence) if row.state == UpstreamRecord.State.REFUSED else ""


class RecordFilters(django_filters.FilterSet):
    """Which records."""

    state = django_filters.CharFilter(label="状态")
    kind = django_filters.CharFilter(label="对象")
    project = django_filters.CharFilter(field_name="access__project__code", label="项目编码")


@extend_schema(summary="上报记录", tags=[TAG])
class RecordsView(ListRead):
    """What was and is to be told to one platform."""

    permission = MANAGE_UPSTREAMS
    model = UpstreamRecord
    serializer_class = UpstreamRecordSerializer
    filterset_class = RecordFilters

    def rows(self) -> QuerySet[UpstreamRecord]:
        return upstream_records(self.actor, upstream(self.actor, self.kwargs["public_id"]))


class UpstreamReasonBody(ActSerializer):
    """Why."""

    reason = serializers.CharField(max_length=200, help_text="原因，记入审计")


class UpstreamActBody(ActSerializer):
    """An act without a body."""


@extend_schema(summary="暂停上报", tags=[TAG])
class PauseView(ActView):
    """Stop reporting for a while."""

    permission = MANAGE_UPSTREAMS
    serializer_class = UpstreamReasonBody
    answer_class = UpstreamSerializer
    status = 200

    def act(self, data: dict[str, Any], **kwargs: Any) -> Any:
        row = upstream(self.actor, kwargs["public_id"])
        return pause_upstream(actor=self.actor, upstream=row, **data)


@extend_schema(summary="恢复上报", tags=[TAG])
class ResumeView(ActView):
    """Report again."""

    permission = MANAGE_UPSTREAMS
    serializer_class = UpstreamActBody
    answer_class = UpstreamSerializer
    status = 200

    def act(self, data: dict[str, Any], **kwargs: Any) -> Any:
        return resume_upstream(actor=self.actor, upstream=upstream(self.actor, kwargs["public_id"]))


@extend_schema(summary="重新上报一条记录", tags=[TAG])
class RequeueView(ActView):
    """Tell a refused or waived record again."""

    permission = MANAGE_UPSTREAMS
    serializer_class = UpstreamActBody
    answer_class = UpstreamRecordSerializer
    status = 200

    def act(self, data: dict[str, Any], **kwargs: Any) -> Any:
        row = upstream_record(self.actor, kwargs["public_id"])
        return requeue_upstream_record(actor=self.actor, record_of=row, now=timezone.now())


@extend_schema(summary="不再上报一条记录", tags=[TAG])
class WaiveView(ActView):
    """Give up telling a record."""

    permission = MANAGE_UPSTREAMS
    serializer_class = UpstreamReasonBody
    answer_class = UpstreamRecordSerializer
    status = 200

    def act(self, data: dict[str, Any], **kwargs: Any) -> Any:
        row = upstream_record(self.actor, kwargs["public_id"])
        return waive_upstream_record(actor=self.actor, record_of=row, **data)
