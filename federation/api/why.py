"""Why a record was refused, over the REST API."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from federation.models import AcceptedRequest
from federation.why import EXPLAIN, why
from web.api.views import Read


class WhyReasonSerializer(serializers.Serializer[Any]):
    """One thing that was wrong."""

    element = serializers.CharField(help_text="数据元素代码")
    name = serializers.CharField(help_text="数据元素名称")
    rule = serializers.CharField(help_text="规则编号；required、kind、length、code 为数据元素自身的要求")
    severity = serializers.CharField(help_text="block 拒绝、warn 警告")
    message = serializers.CharField()
    remedy = serializers.CharField()
    version = serializers.CharField(help_text="哪一版标准")
    layer = serializers.CharField()
    value = serializers.CharField(help_text="提交的值，已脱敏")
    row = serializers.IntegerField(allow_null=True, help_text="第几行，从 0 起")


class WhySerializer(serializers.Serializer[Any]):
    """What became of one message, and why."""

    key = serializers.CharField()
    kind = serializers.CharField()
    at = serializers.DateTimeField()
    place = serializers.CharField(help_text="项目")
    verdict = serializers.SerializerMethodField()
    reasons = WhyReasonSerializer(many=True)
    sentences = serializers.ListField(child=serializers.CharField(), help_text="返回给对方的话")
    standard = serializers.ListField(child=serializers.CharField(), help_text="当时在用的标准")

    def get_verdict(self, answer: Any) -> str:
        return str(answer.verdict[1])


class WhyView(Read):
    """From an id to element, rule, version and wording."""

    permission = EXPLAIN
    model = AcceptedRequest
    serializer_class = WhySerializer
    parameters = ("id",)

    @extend_schema(
        summary="为什么被拒绝",
        description="编号可以是厂商接口的请求编号、REST 接口返回的 request_id，或打卡接口的回执编号。",
        tags=["数据标准"],
        parameters=[OpenApiParameter("id", OpenApiTypes.STR, required=True)],
    )
    def get(self, request: Request) -> Response:
        return Response(WhySerializer(why(self.actor, request.query_params.get("id", ""))).data)
