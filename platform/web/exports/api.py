"""Exports over the REST API: ask, watch, call off, take. The list is named by its page's own address."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request
from rest_framework.response import Response

from web.api.acts import ActSerializer, ActView
from web.api.views import ListRead, Read
from web.exports.models import ExportJob
from web.exports.pages import TYPES, file_answer
from web.exports.selectors import export_of, exports_of
from web.exports.services import ask_for_export, cancel_export, take_file
from web.exports.sources import EXPORT

TAG = "导出"


class ExportSerializer(serializers.Serializer[ExportJob]):
    """An export and how far it is."""

    public_id = serializers.UUIDField()
    title = serializers.CharField(help_text="名单的名称")
    conditions = serializers.ListField(child=serializers.CharField(), help_text="筛选条件，用文字写出")
    format = serializers.CharField(help_text="xlsx 或 csv")
    reason = serializers.CharField()
    state = serializers.CharField(
        help_text="waiting 排队、running 生成中、done 可下载、failed 没有做成、"
        "cancelled 已取消、expired 已过期"
    )
    problem = serializers.CharField(help_text="没有做成时的原因")
    rows_asked = serializers.IntegerField(help_text="申请时名单的行数")
    rows_done = serializers.IntegerField(help_text="已写的行数")
    rows_number = serializers.IntegerField(allow_null=True, help_text="文件里的行数；生成前为空")
    size_bytes = serializers.IntegerField(allow_null=True)
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)
    expires_at = serializers.DateTimeField(allow_null=True, help_text="文件到此时删除")


class ExportBody(ActSerializer):
    """Which list, into which file, what for."""

    address = serializers.CharField(
        max_length=4000,
        help_text="名单页面的地址，含筛选、排序和列，例如 /people/?on_site=1&cols=name,trade",
    )
    format = serializers.ChoiceField(choices=["xlsx", "csv"], default="xlsx")
    reason = serializers.CharField(
        max_length=200,
        allow_blank=True,
        default="",
        help_text="用途；名单含个人信息时必填，不少于 4 个字，会印在文件里并记入审计",
    )


@extend_schema(summary="我的导出", description="只有本账号申请的导出，新的在前。", tags=[TAG])
class ExportsView(ListRead):
    """One's own exports."""

    permission = EXPORT
    model = ExportJob
    serializer_class = ExportSerializer
    ordering_fields = {"created_at": "created_at", "finished_at": "finished_at"}

    def rows(self) -> QuerySet[ExportJob]:
        return exports_of(self.actor)


@extend_schema(
    summary="申请导出",
    description="在后台生成文件；用返回的 public_id 查询进度，state 为 done 后下载。"
    "名单不存在或不在管理范围内，返回 404。",
    tags=[TAG],
    responses={201: ExportSerializer},
)
class AskForExportView(ActView):
    """Ask for a list as a file."""

    permission = EXPORT
    model = ExportJob
    serializer_class = ExportBody
    answer_class = ExportSerializer

    def act(self, data: dict[str, Any], **_kwargs: Any) -> ExportJob:
        return ask_for_export(
            actor=self.actor,
            address=data["address"],
            file_format=data["format"],
            reason=data["reason"],
            now=timezone.now(),
        )


class ExportView(Read):
    """One of one's own exports."""

    permission = EXPORT
    model = ExportJob
    serializer_class = ExportSerializer

    @extend_schema(summary="一个导出的进度", tags=[TAG])
    def get(self, request: Request, public_id: UUID) -> Response:
        return Response(ExportSerializer(export_of(self.actor, public_id)).data)


@extend_schema(summary="取消导出", tags=[TAG], responses={200: ExportSerializer})
class CancelExportView(ActView):
    """Call off one of one's own exports."""

    permission = EXPORT
    model = ExportJob
    serializer_class = ActSerializer
    answer_class = ExportSerializer
    status = 200

    def act(self, data: dict[str, Any], **kwargs: Any) -> ExportJob:
        job = export_of(self.actor, kwargs["public_id"])
        return cancel_export(actor=self.actor, job=job, now=timezone.now())


class _AsItIs(BaseContentNegotiation):
    """A file has one form, whatever the client would rather have."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        return parsers[0]

    def select_renderer(self, request: Request, renderers: Any, format_suffix: Any = None) -> Any:
        return renderers[0], renderers[0].media_type


class ExportFileView(Read):
    """The file of one of one's own exports; each download is on record."""

    permission = EXPORT
    model = ExportJob
    serializer_class = ExportSerializer
    content_negotiation_class = _AsItIs

    @extend_schema(
        summary="下载导出的文件",
        description="每次下载都记入审计。还没有生成好、已过期，返回 409；岗位已变动，返回 403。",
        tags=[TAG],
        responses={(200, kind): OpenApiTypes.BINARY for kind in (TYPES["xlsx"], "text/csv")},
    )
    def get(self, request: Request, public_id: UUID) -> HttpResponseBase:
        job = export_of(self.actor, public_id)
        return file_answer(*take_file(actor=self.actor, job=job, now=timezone.now()))
