"""Rosters brought as files, over the REST API: bring one, see what was found, have it written."""

import base64
import binascii
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import Count, Min
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from web.api.acts import ActSerializer, ActView
from web.api.views import Read
from workers import selectors, services
from workers.api.views import PEOPLE, OnProject
from workers.import_columns import columns
from workers.import_words import cause_words
from workers.models import RosterImport
from workers.services.import_acts import MAY

_FILE = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "description": "文件名", "maxLength": 200},
        "content": {"type": "string", "format": "byte", "description": "文件内容，base64"},
    },
    "required": ["name", "content"],
}


@extend_schema_field(_FILE)
class RosterFileField(serializers.Field[Any, Any, Any, Any]):
    """A workbook or text table in the body; the value is its name and bytes."""

    def to_internal_value(self, data: Any) -> tuple[str, bytes]:
        parts = [data.get(part) for part in ("name", "content")] if isinstance(data, Mapping) else []
        if len(parts) != 2 or not all(isinstance(part, str) for part in parts):
            raise ValidationError(_("文件要写成 {“name”: 文件名, “content”: base64 内容}。"))
        try:
            return str(parts[0]).replace("\0", "")[:200], base64.b64decode(str(parts[1]), validate=True)
        except (binascii.Error, ValueError):
            raise ValidationError(_("文件内容不是 base64，请重新编码。")) from None


class RosterBody(ActSerializer):
    """The file."""

    file = RosterFileField(write_only=True, help_text="花名册，.xlsx、.xls 或 CSV；列名见模板")


class SaveBody(ActSerializer):
    """How to write."""

    mode = serializers.ChoiceField(
        choices=["rows", "whole"], help_text="rows 好的行先写、whole 有一行不行就一行也不写"
    )


class FaultGroupSerializer(serializers.Serializer[Any]):
    """Faults of one cause under one column."""

    column = serializers.CharField(help_text="列的代码")
    heading = serializers.CharField(help_text="列名")
    cause = serializers.CharField(help_text="原因的代码")
    words = serializers.CharField(help_text="原因")
    rows = serializers.IntegerField(help_text="多少行")
    example = serializers.CharField(help_text="其中一行的原因和改法，不含号码")


class RosterSerializer(serializers.Serializer[RosterImport]):
    """An import, how far it is, and what was found."""

    public_id = serializers.UUIDField()
    project = serializers.UUIDField(source="project.public_id")
    name = serializers.CharField(help_text="文件名")
    state = serializers.CharField(
        help_text="to_check、checking 检查中，checked 检查完毕，to_save、saving 写入中，"
        "saved 写入完毕，failed 没有读成，dropped 已删除"
    )
    problem = serializers.CharField(help_text="没有读成或没有写入的原因")
    notes = serializers.ListField(child=serializers.CharField(), help_text="读文件时注意到的")
    rows_number = serializers.IntegerField()
    rows_done = serializers.IntegerField()
    outcomes = serializers.SerializerMethodField(
        help_text="行数：new 新登记、changed 更新、same 不变、faulty 要改、written 已登记、updated 已更新"
    )
    faults = serializers.SerializerMethodField()
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(help_text="文件和检查结果到此时删除")

    @extend_schema_field({"type": "object", "additionalProperties": {"type": "integer"}})
    def get_outcomes(self, roster: RosterImport) -> dict[str, int]:
        rows = selectors.roster_rows(self.context["view"].actor, roster).order_by()
        return dict(rows.values_list("outcome").annotate(number=Count("pk")))

    @extend_schema_field(FaultGroupSerializer(many=True))
    def get_faults(self, roster: RosterImport) -> list[dict[str, Any]]:
        by_code = {one.code: one for one in columns(roster.project, services.site_day(roster.project))}
        faults = selectors.roster_faults(self.context["view"].actor, roster).order_by()
        counted = faults.values("column", "cause").annotate(
            rows=Count("row", distinct=True), example=Min("sentence")
        )
        found = []
        for one in counted.order_by("-rows", "column", "cause"):
            column = by_code.get(one["column"])
            words = cause_words(column, one["cause"], one["example"])
            found.append({**one, "heading": column.heading if column else "", "words": words})
        return found


@extend_schema(
    summary="批量导入：上传花名册",
    description="只检查，不写入；检查在后台进行，用返回的 public_id 查询结果，确认后再写入。",
    tags=[PEOPLE],
)
class BringRosterView(OnProject):
    """Bring a roster."""

    permission = MAY
    serializer_class = RosterBody
    answer_class = RosterSerializer

    def act(self, data: dict[str, Any], **_kwargs: Any) -> RosterImport:
        name, content = data["file"]
        return services.keep_roster_file(
            actor=self.actor,
            project=self.project,
            name=name,
            pieces=[content],
            size=len(content),
            now=timezone.now(),
        )


class RosterView(Read):
    """One of one's own imports."""

    permission = MAY
    model = RosterImport
    serializer_class = RosterSerializer

    @extend_schema(summary="批量导入：检查结果和进度", description="只能查自己上传的。", tags=[PEOPLE])
    def get(self, request: Request, public_id: UUID) -> Response:
        roster = selectors.roster_import(self.actor, public_id)
        return Response(RosterSerializer(roster, context=self.get_serializer_context()).data)


@extend_schema(
    summary="批量导入：写入",
    description="在后台写入；rows 逐行，whole 全部或都不写。已在册的人只更新资料，重复写入不产生两份。",
    tags=[PEOPLE],
)
class SaveRosterView(ActView):
    """Have an import written."""

    permission = MAY
    model = RosterImport
    serializer_class = SaveBody
    answer_class = RosterSerializer
    status = 200

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.roster = selectors.roster_import(self.actor, kwargs["public_id"])

    def act(self, data: dict[str, Any], **_kwargs: Any) -> RosterImport:
        return services.save_import(
            actor=self.actor, roster=self.roster, mode=data["mode"], now=timezone.now()
        )
