"""The data standard for programs: its versions, and what is in force where and when. Public, with an ETag."""

import hashlib
import json
from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from kernel.errors import NotFound
from regions.models import Region
from regions.selectors import region
from standards.conditions import in_words
from standards.effective import json_schema, layer_of, standard_of
from standards.json_schema import version_data
from standards.layers import Layer
from standards.models import StandardVersion
from standards.spec import OBJECTS, RuleSpec, Standard
from standards.versions import published_versions, standing_of, version_of
from web.api.views import Read

TAG = "数据标准"
_PLACE = (
    OpenApiParameter("region", OpenApiTypes.STR, description="区划编码，例如 420106；不写为全省"),
    OpenApiParameter("on", OpenApiTypes.DATE, description="日期；不写为今天"),
)


class StandardVersionSerializer(serializers.Serializer[Any]):
    """A published version of a layer of the standard."""

    public_id = serializers.UUIDField()
    layer = serializers.CharField(help_text="national 国家、provincial 省、city 市州")
    region = serializers.CharField(
        source="region.code", default=None, allow_null=True, help_text="市州标准的区划编码；其他为空"
    )
    number = serializers.CharField(help_text="版本号")
    title = serializers.CharField()
    document = serializers.CharField(help_text="依据")
    effective_from = serializers.DateField(help_text="生效日期")
    cutoff = serializers.DateField(help_text="接口按上一版提交的，接受到这一天")
    standing = serializers.SerializerMethodField(help_text="今天的状态，一句话")

    def get_standing(self, row: StandardVersion) -> str:
        return standing_of(row, timezone.localdate())[1]


class StandardElementSerializer(serializers.Serializer[Any]):
    """One data element."""

    object = serializers.CharField(source="object_key", help_text="worker、contract、training、team、project")
    code = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.CharField(help_text="text、number、date、code、yes_no、id_number、phone、card、photo")
    length = serializers.IntegerField(source="most", allow_null=True, help_text="最长字数")
    unit = serializers.CharField()
    required = serializers.CharField(help_text="never、always、when")  # type: ignore[assignment]  # a field of the record
    required_when = serializers.JSONField(allow_null=True, help_text="哪个数据元素为哪些值时必填")
    severities = serializers.DictField(
        help_text="没有填时，各渠道 block 拒绝、warn 警告、inform 提示；空为拒绝"
    )
    code_list = serializers.CharField(help_text="代码表，见 /api/v1/code-lists/")
    privacy = serializers.CharField(help_text="open、internal、personal、sealed")
    example = serializers.CharField()
    help = serializers.CharField()
    is_extra = serializers.BooleanField(help_text="在接口中写在 extras 里")
    is_retired = serializers.BooleanField()
    layer = serializers.CharField()
    version = serializers.CharField(source="version.number")


class StandardRuleSerializer(serializers.Serializer[Any]):
    """One validation rule."""

    object = serializers.CharField(source="object_key")
    code = serializers.CharField()
    condition = serializers.JSONField()
    in_words = serializers.SerializerMethodField(help_text="规则，一句话")
    severities = serializers.DictField(help_text="各渠道 block 拒绝、warn 警告、inform 提示；空为拒绝")
    message = serializers.CharField()
    remedy = serializers.CharField()
    is_retired = serializers.BooleanField()
    version = serializers.CharField(source="version.number")

    def get_in_words(self, rule: RuleSpec) -> str:
        return in_words(rule.condition, self.context.get("names", {}).get(rule.object_key, {}))


class StandardDemandSerializer(serializers.Serializer[Any]):
    """What a layer asks more strictly of an element below it."""

    object = serializers.CharField()
    code = serializers.CharField()
    required = serializers.CharField()  # type: ignore[assignment]  # a field of the record
    required_when = serializers.JSONField(allow_null=True)
    severities = serializers.DictField()
    length = serializers.IntegerField(allow_null=True)
    codes = serializers.ListField(child=serializers.CharField(), allow_null=True)


class StandardItemSerializer(serializers.Serializer[Any]):
    """An item that the version added to a code list, or retired."""

    code_list = serializers.CharField()
    code = serializers.CharField()
    name = serializers.CharField()
    mapped_to = serializers.CharField(help_text="对应的上层代码")
    retires = serializers.BooleanField()


class WholeStandardVersionSerializer(StandardVersionSerializer):
    """A version with all that it says itself."""

    elements = StandardElementSerializer(many=True)
    demands = StandardDemandSerializer(many=True)
    rules = StandardRuleSerializer(many=True)
    items = StandardItemSerializer(many=True)


class StandardVersionRefSerializer(serializers.Serializer[Any]):
    """A version that is part of the standard in force."""

    public_id = serializers.UUIDField()
    layer = serializers.CharField()
    number = serializers.CharField()
    title = serializers.CharField()
    region = serializers.CharField(allow_null=True)
    effective_from = serializers.DateField()
    cutoff = serializers.DateField()


class EffectiveStandardSerializer(serializers.Serializer[Any]):
    """What is in force at a place on a day, all layers on top of each other."""

    region = serializers.CharField(allow_null=True)
    on = serializers.DateField()
    versions = StandardVersionRefSerializer(many=True)
    objects = serializers.DictField(child=serializers.CharField(), help_text="对象 → 名称")
    elements = StandardElementSerializer(many=True)
    rules = StandardRuleSerializer(many=True)


class PublicRead(Read):
    """A read for everybody, signed in or not, answered with an ETag."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    model = StandardVersion

    def tagged(self, request: Request, data: Any, content_type: str = "application/json") -> HttpResponse:
        """The data, or 304 where the caller has them already."""
        text = json.dumps(data, ensure_ascii=False, sort_keys=True, default=str).encode()
        etag = f'"{hashlib.sha256(text).hexdigest()[:32]}"'
        answer = Response(data, content_type=content_type)
        answer["ETag"] = etag
        # Kept, but asked about each time: a standard may be published at any moment.
        answer["Cache-Control"] = "public, no-cache"
        held: HttpRequest = request._request
        return get_conditional_response(held, etag=etag, response=answer) or answer  # type: ignore[arg-type]  # a Response is one


class VersionsView(PublicRead):
    """Every published version."""

    serializer_class = StandardVersionSerializer
    pagination_class = None

    @extend_schema(
        summary="数据标准的版本", tags=[TAG], auth=[], responses=StandardVersionSerializer(many=True)
    )
    def get(self, request: Request) -> HttpResponse:
        return self.tagged(request, StandardVersionSerializer(list(published_versions()), many=True).data)


class VersionView(PublicRead):
    """One published version with all that it says itself."""

    serializer_class = WholeStandardVersionSerializer

    @extend_schema(summary="一个版本的全部内容", tags=[TAG], auth=[])
    def get(self, request: Request, public_id: UUID) -> HttpResponse:
        row = version_of(public_id)
        if not row.is_published:
            raise NotFound
        layer = layer_of(row)
        context = {"names": _names(layer.elements)}
        data = {
            **StandardVersionSerializer(row).data,
            "elements": StandardElementSerializer(layer.elements, many=True).data,
            "demands": _demands(layer),
            "rules": StandardRuleSerializer(layer.rules, many=True, context=context).data,
            "items": StandardItemSerializer(layer.items, many=True).data,
        }
        return self.tagged(request, data)


class _InForce(PublicRead):
    parameters = ("region", "on")

    def standard(self) -> tuple[Standard, Region | None]:
        """What is in force where and when the query says. Raises NotFound, ValidationError."""
        code, on = self.request.query_params.get("region", ""), self.request.query_params.get("on", "")
        place = region(code) if code else None
        return standard_of(place, _day(on) if on else None), place


class EffectiveView(_InForce):
    """The standard in force at a place on a day."""

    serializer_class = EffectiveStandardSerializer

    @extend_schema(summary="某地某日在用的数据标准", tags=[TAG], auth=[], parameters=list(_PLACE))
    def get(self, request: Request) -> HttpResponse:
        standard, place = self.standard()
        elements = [one for key in OBJECTS for one in standard.elements(key)]
        rules = [one for key in OBJECTS for one in standard.rules(key)]
        data = {
            "region": place.code if place else None,
            "on": standard.on.isoformat(),
            "versions": [version_data(ref) for ref in standard.versions],
            "objects": OBJECTS,
            "elements": StandardElementSerializer(elements, many=True).data,
            "rules": StandardRuleSerializer(rules, many=True, context={"names": _names(elements)}).data,
        }
        return self.tagged(request, data)


class SchemaOfObjectView(_InForce):
    """The same for one kind of record, as a JSON Schema."""

    @extend_schema(
        operation_id="standards_schema_retrieve",
        summary="一类记录的 JSON Schema",
        description="worker、contract、training、team、project。x-is-extra 为 true 的写在 extras 里。",
        tags=[TAG],
        auth=[],
        parameters=list(_PLACE),
        responses={(200, "application/schema+json"): OpenApiTypes.OBJECT},
    )
    def get(self, request: Request, object_key: str) -> HttpResponse:
        if object_key not in OBJECTS:
            raise NotFound(_("没有名为“{key}”的对象，可用：{known}。").format(
                key=object_key[:40], known="、".join(OBJECTS)
            ))  # fmt: skip
        standard, _place = self.standard()
        return self.tagged(request, json_schema(standard, object_key), "application/schema+json")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        told = _("“{value}”不是可用的日期，请写成 YYYY-MM-DD，例如 2026-11-22。").format(value=text[:20])
        raise ValidationError({"on": [told]}) from None


def _names(elements: Any) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for one in elements:
        found.setdefault(one.object_key, {})[one.code] = one.name
    return found


def _demands(layer: Layer) -> list[dict[str, Any]]:
    return [
        {
            "object": object_key,
            "code": code,
            "required": one.required,
            "required_when": one.required_when,
            "severities": dict(one.severities),
            "length": one.length,
            "codes": None if one.codes is None else sorted(one.codes),
        }
        for (object_key, code), one in layer.demands.items()
    ]
