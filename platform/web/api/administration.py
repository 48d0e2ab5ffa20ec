"""The audit trail, and acts on parameters, over the REST API."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers

from accounts.actors import actor_of
from accounts.selectors import is_province_wide
from audit.models import AuditEvent
from audit.selectors import VIEW, between, trail
from kernel.errors import DomainError, NotFound
from regions.models import Region
from regions.selectors import region
from standards.selectors import values_of
from web.api.acts import ActSerializer, ActView
from web.api.filters import DayFilter
from web.api.reference import ParameterSerializer
from web.api.views import ListRead
from web.parameter_acts import SET, set_parameter, take_back_parameter
from web.trail_words import act_in_words, find


class TrailEventSerializer(serializers.Serializer[AuditEvent]):
    """A line of the trail; `facts` hold keys and counts, never a number, phone or card."""

    id = serializers.IntegerField(source="pk")
    at = serializers.DateTimeField()
    actor_kind = serializers.CharField(
        help_text="user 账号、worker 工人本人、credential 厂商接口、partner 共享单位、system 平台"
    )
    actor_label = serializers.CharField(help_text="操作人")
    action = serializers.CharField(help_text="操作代码")
    action_name = serializers.SerializerMethodField(help_text="操作")
    object_type = serializers.CharField(help_text="对象类型")
    object_key = serializers.CharField(help_text="对象的 public_id")
    reason = serializers.CharField(help_text="理由")
    request_id = serializers.CharField(help_text="请求编号")
    facts = serializers.DictField(help_text="其他事实")

    def get_action_name(self, row: AuditEvent) -> str:
        return act_in_words(row.action)


class TrailFilters(django_filters.FilterSet):
    """Which lines."""

    action = django_filters.CharFilter(label="操作代码，例如 workers.record_read")
    actor = django_filters.CharFilter(
        field_name="actor_label", lookup_expr="icontains", label="操作人的一部分"
    )
    object = django_filters.CharFilter(field_name="object_key", label="对象的 public_id")
    person = django_filters.CharFilter(method="filter_person", label="被查看的人的姓名")
    reason = django_filters.CharFilter(lookup_expr="icontains", label="理由的一部分")
    since = DayFilter(method="filter_since", label="从哪一天起")
    until = DayFilter(method="filter_until", label="到哪一天止")

    def filter_person(self, rows: QuerySet[AuditEvent], _name: str, value: str) -> QuerySet[AuditEvent]:
        keys = [key for found in find(actor_of(self.request), value) for key in found.keys]
        return rows.filter(object_key__in=keys)

    def filter_since(self, rows: QuerySet[AuditEvent], _name: str, value: Any) -> QuerySet[AuditEvent]:
        return between(rows, value, None)

    def filter_until(self, rows: QuerySet[AuditEvent], _name: str, value: Any) -> QuerySet[AuditEvent]:
        return between(rows, None, value)


@extend_schema(summary="审计记录", description="管理范围内的记录，新的在前。", tags=["审计"])
class TrailView(ListRead):
    """The lines within the reader's place, newest first."""

    permission = VIEW
    model = AuditEvent
    serializer_class = TrailEventSerializer
    filterset_class = TrailFilters

    def rows(self) -> QuerySet[AuditEvent]:
        return trail(self.actor)


class SetParameterBody(ActSerializer):
    """A value, where and when it holds, and the document that sets it."""

    region = serializers.CharField(
        max_length=12, required=False, allow_null=True, help_text="适用地区的编码；不填为全省"
    )
    value = serializers.JSONField(help_text="与默认值同类：数、比例（0–1）、代码列表或分级")
    valid_from = serializers.DateField(help_text="生效日期，今天或以后")
    valid_to = serializers.DateField(required=False, allow_null=True, help_text="最后一天；不填为长期")
    document = serializers.CharField(max_length=120, help_text="依据的文号")


class TakeBackBody(ActSerializer):
    """Which value, by place and first day."""

    region = serializers.CharField(
        max_length=12, required=False, allow_null=True, help_text="地区；不填为全省"
    )
    valid_from = serializers.DateField(help_text="生效日期")


def _region(view: Any, code: str | None) -> Region | None:
    """The place that a body names; one beyond reach is answered like one nobody knows."""
    told = "没有这个地区，或者它不在您的管理范围内。请核对编码；全省的值由省级设定。"
    if not code:
        if not is_province_wide(view.actor, SET):
            raise DomainError(told, code="unknown_region", field="region")
        return None
    try:
        found = region(code)
    except NotFound:
        found = None
    if found is None or not found.path.startswith(tuple(view.actor.reach(SET).region_paths)):
        raise DomainError(told, code="unknown_region", field="region")
    return found


@extend_schema(summary="设参数新值", tags=["公共数据"])
class SetParameterView(ActView):
    """A further value of a parameter."""

    permission = SET
    serializer_class = SetParameterBody
    answer_class = ParameterSerializer

    def act(self, data: dict[str, Any], **kwargs: Any) -> Any:
        place = _region(self, data.pop("region", None))
        return set_parameter(actor=self.actor, key=kwargs["key"], region=place, **data)


@extend_schema(summary="撤回未生效的参数值", tags=["公共数据"])
class TakeBackParameterView(ActView):
    """Take back a value that is not in force yet."""

    permission = SET
    serializer_class = TakeBackBody

    def act(self, data: dict[str, Any], **kwargs: Any) -> Any:
        place = _region(self, data.get("region"))
        row = values_of(kwargs["key"]).filter(region=place, valid_from=data["valid_from"]).first()
        if row is None:
            raise NotFound
        take_back_parameter(actor=self.actor, row=row)
