"""The public tables of the standard: divisions, code lists, parameters."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from kernel.errors import NotFound
from regions.models import Region
from regions.selectors import regions
from standards.models import CodeList, RuleParameter
from standards.selectors import code_list, code_lists, parameters
from web.api.filters import RegionFilter, YesNoFilter
from web.api.views import ListRead, Read

STANDARD = "standards.view"
TAG = "公共数据"


class RegionSerializer(serializers.Serializer[Region]):
    """A division: its place in the tree is `parent_code`, its level is `tier`."""

    code = serializers.CharField(help_text="GB/T 2260 编码")
    name = serializers.CharField()
    parent_code = serializers.CharField(
        source="parent.code", default=None, allow_null=True, help_text="上级编码；省没有上级"
    )
    tier = serializers.CharField(help_text="province 省、unit 市州（含直管市、林区）、county 县市区")
    is_second_level = serializers.BooleanField(help_text="省直接管理的单位")
    is_county = serializers.BooleanField(help_text="县级；仙桃等直管市既是省直接管理的单位，也是县级")
    kind = serializers.CharField(help_text="administrative 行政区、functional 功能区")


class RegionFilters(django_filters.FilterSet):
    """Which divisions."""

    within = RegionFilter(method="filter_within", label="在此区划之内（含本身）")
    is_second_level = YesNoFilter(label="只要（不要）省直接管理的单位")
    is_county = YesNoFilter(label="只要（不要）县级")

    def filter_within(self, rows: QuerySet[Region], _name: str, value: Region) -> QuerySet[Region]:
        return rows.filter(path__startswith=value.path)


@extend_schema(summary="行政区划", tags=[TAG])
class RegionsView(ListRead):
    """All divisions of the province, each below its parent."""

    model = Region
    serializer_class = RegionSerializer
    filterset_class = RegionFilters
    ordering_fields = {"code": "code", "name": "name"}

    def rows(self) -> QuerySet[Region]:
        return regions()


class CodeListSerializer(serializers.Serializer[CodeList]):
    """A code list of the standard."""

    key = serializers.CharField()
    name = serializers.CharField()
    standard = serializers.CharField(source="source", help_text="出自哪一标准")
    items_count = serializers.IntegerField(source="number", help_text="代码个数")


class CodeItemSerializer(serializers.Serializer[Any]):
    """One code. Codes are never used again for something else."""

    code = serializers.CharField()
    name = serializers.CharField()
    valid_from = serializers.DateField(allow_null=True)
    valid_to = serializers.DateField(allow_null=True, help_text="停用日期；停用的代码仍可读")


class CodeListWithItemsSerializer(serializers.Serializer[Any]):
    """A code list with its codes."""

    key = serializers.CharField()
    name = serializers.CharField()
    standard = serializers.CharField(source="source")
    items = CodeItemSerializer(many=True)


@extend_schema(summary="代码表目录", tags=[TAG])
class CodeListsView(ListRead):
    """Every code list, without its codes."""

    permission = STANDARD
    model = CodeList
    serializer_class = CodeListSerializer
    ordering_fields = {"key": "key", "name": "name"}

    def rows(self) -> QuerySet[CodeList]:
        return code_lists()


class CodeListView(Read):
    """One code list with its codes."""

    permission = STANDARD
    model = CodeList
    serializer_class = CodeListWithItemsSerializer

    @extend_schema(summary="一张代码表", tags=[TAG])
    def get(self, request: Request, key: str) -> Response:
        found = code_list(key)
        if found is None:
            raise NotFound(_("没有名为“{key}”的代码表，全部见 /api/v1/code-lists/。").format(key=key))
        row = {"key": found.key, "name": found.name, "source": found.source, "items": found.items.all()}
        return Response(CodeListWithItemsSerializer(row).data)


@extend_schema_field(OpenApiTypes.ANY)
class _AnyValue(serializers.JSONField):
    """A number, a list or an object: what the parameter needs."""


class ParameterSerializer(serializers.Serializer[RuleParameter]):
    """A deadline, window, tolerance or threshold, where and when it holds, and the document that set it."""

    key = serializers.CharField()
    name = serializers.CharField()
    value = _AnyValue(help_text="数值、列表或分级")
    unit = serializers.CharField()
    region = serializers.CharField(
        source="region.code", default=None, allow_null=True, help_text="只适用于此区划；空为全省"
    )
    document = serializers.CharField(help_text="依据")
    valid_from = serializers.DateField(allow_null=True)
    valid_to = serializers.DateField(allow_null=True)


class ParameterFilters(django_filters.FilterSet):
    """Which parameters."""

    key = django_filters.CharFilter(lookup_expr="startswith", label="参数键或其开头，例如 device.")


@extend_schema(summary="规则参数", tags=[TAG])
class ParametersView(ListRead):
    """Every rule parameter."""

    permission = STANDARD
    model = RuleParameter
    serializer_class = ParameterSerializer
    filterset_class = ParameterFilters
    ordering_fields = {"key": "key", "name": "name"}

    def rows(self) -> QuerySet[RuleParameter]:
        return parameters()
