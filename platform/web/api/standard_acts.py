"""The standard's editor over REST: versions drafted, checked, reviewed, published; grants; mappings."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from kernel.errors import DomainError, NotFound
from regions.models import Region
from standards.checks import Fault
from standards.conditions import fault_of
from standards.models import ExtensionGrant, StandardVersion
from standards.services import ElementFacts, ItemFacts, RuleFacts, TighteningFacts
from standards.spec import CHANNELS, EXTENSIBLE, KINDS, PRIVACY, REQUIRED, SEVERITIES
from standards.versions import grant_by_id, grants
from web import standard_acts as acts
from web.api.acts import ActSerializer, ActView
from web.api.standards import TAG, StandardVersionSerializer
from web.api.views import Read
from web.editor import reading
from web.editor.fields import LONGEST_VALUE, MOST_VALUES
from web.editor.impact import latest_check
from web.editor.mappings import coverage_of_all
from web.editor.models import ImpactCheck

PARTS = ("element", "rule", "tightening", "item")


class StandardDraftSerializer(StandardVersionSerializer):
    """A version in any state, as those see it who write or review it."""

    state = serializers.CharField(
        help_text="draft 草案、checked 检查通过、review 评审中、filed 已报省、returned 已退回、"
        "accepted 待发布、published 已发布、withdrawn 已作废"
    )
    version = serializers.IntegerField(help_text="修改次数；改草案时用 expected_version 送回")
    review_note = serializers.CharField(help_text="评审意见或退回理由")
    effective_from = serializers.DateField(allow_null=True)
    cutoff = serializers.DateField(allow_null=True)


class StandardFaultSerializer(serializers.Serializer[Fault]):
    """One thing that a version may not say."""

    part = serializers.CharField()
    object = serializers.CharField(source="object_key")
    code = serializers.CharField()
    sentence = serializers.CharField()


class StandardFaultsSerializer(serializers.Serializer[Any]):
    """All that a check found; none: it may be submitted."""

    faults = StandardFaultSerializer(many=True)


class ImpactLineSerializer(serializers.Serializer[Any]):
    """What would newly be wrong, and in how many records."""

    object = serializers.CharField(source="object_key")
    element = serializers.CharField()
    rule = serializers.CharField()
    severity = serializers.CharField()
    message = serializers.CharField()
    records = serializers.IntegerField()
    projects = serializers.IntegerField()


class ImpactCheckSerializer(serializers.Serializer[ImpactCheck]):
    """An impact check and how far it is."""

    public_id = serializers.UUIDField()
    state = serializers.CharField(help_text="waiting 排队、running 检查中、done 完成、failed 没有做成")
    digest = serializers.CharField(help_text="草案内容的摘要；草案改动后不再相同，结果过时")
    records_number = serializers.IntegerField()
    records_done = serializers.IntegerField()
    finished_at = serializers.DateTimeField(allow_null=True)
    lines = ImpactLineSerializer(many=True)


class StandardBeginBody(ActSerializer):
    """Whose standard, under which number."""

    region = serializers.CharField(
        max_length=12, required=False, allow_null=True, help_text="市州的区划编码；不写为省标准"
    )
    number = serializers.CharField(max_length=40, help_text="版本号，用过的不能再用")
    title = serializers.CharField(max_length=120)
    document = serializers.CharField(max_length=120, required=False, default="", allow_blank=True)


class StandardTitleBody(ActSerializer):
    """Another title or document."""

    title = serializers.CharField(max_length=120)
    document = serializers.CharField(max_length=120, required=False, default="", allow_blank=True)
    expected_version = serializers.IntegerField(required=False, allow_null=True, default=None)


def _words(table: Mapping[str, str]) -> str:
    return "、".join(f"{key} {name}" for key, name in table.items())


class _Everything(dict[str, Any]):
    """Knows every name: whether a rule's elements are there is for the check, its shape is not."""

    def __contains__(self, _name: object) -> bool:
        return True


# The longest code and name of each part, as its columns hold them.
_LONGEST = {"element": (40, 40), "rule": (20, 80), "tightening": (40, 80), "item": (12, 80)}


def _judge_lengths(said: Mapping[str, Any]) -> None:
    for name, most in zip(("code", "name"), _LONGEST[said["part"]], strict=True):
        if len(said.get(name, "")) > most:
            told = _("最多 {most} 个字，请缩短。").format(most=most)
            raise serializers.ValidationError({name: told})


def _judge_when(when: Any) -> None:
    """A condition of being required names an element and some values. Raises ValidationError."""
    if when is None:
        return
    told = _("写成 {“element”: 代码, “values”: [值, …]}，最多 50 个值。")
    values = when.get("values") if isinstance(when, dict) else None
    is_good = (
        isinstance(when, dict)
        and set(when) == {"element", "values"}
        and isinstance(when["element"], str)
        and isinstance(values, list)
        and 0 < len(values) <= MOST_VALUES
        and all(isinstance(one, str) and len(one) <= LONGEST_VALUE for one in values)
    )
    if not is_good:
        raise serializers.ValidationError({"required_when": told})


class StandardPartBody(ActSerializer):
    """A part to put into a draft; which fields it has depends on `part`."""

    part = serializers.ChoiceField(choices=PARTS, help_text="element、rule、tightening、item")
    object = serializers.ChoiceField(choices=EXTENSIBLE, required=False, help_text="对象；item 不写")
    code = serializers.SlugField(max_length=40, help_text="代码或规则编号：字母、数字、横线和下划线")
    code_list = serializers.SlugField(max_length=40, required=False, default="", allow_blank=True)
    name = serializers.CharField(max_length=80, required=False, default="", allow_blank=True)
    kind = serializers.ChoiceField(choices=list(KINDS), required=False, help_text=_words(KINDS))
    length = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=1000)
    unit = serializers.CharField(max_length=20, required=False, default="", allow_blank=True)
    required = serializers.ChoiceField(  # type: ignore[assignment]  # the element's word, not the field's
        choices=list(REQUIRED), required=False, help_text=_words(REQUIRED)
    )
    required_when = serializers.JSONField(
        required=False, allow_null=True, help_text='{"element": 代码, "values": [值]}'
    )
    severities = serializers.DictField(
        child=serializers.ChoiceField(choices=list(SEVERITIES)), required=False,
        help_text=f"渠道（{_words(CHANNELS)}）→ {_words(SEVERITIES)}；不写为拒绝",
    )  # fmt: skip
    privacy = serializers.ChoiceField(choices=list(PRIVACY), required=False, help_text=_words(PRIVACY))
    example = serializers.CharField(max_length=80, required=False, default="", allow_blank=True)
    help = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)
    is_retired = serializers.BooleanField(required=False, default=False)
    condition = serializers.JSONField(required=False, help_text="规则的条件，见文档中的条件语言")
    message = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)
    remedy = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)
    codes = serializers.ListField(
        child=serializers.CharField(max_length=12), required=False, allow_null=True, max_length=1000,
        help_text="加严：只用这些代码",
    )  # fmt: skip
    list_name = serializers.CharField(max_length=60, required=False, default="", allow_blank=True)
    mapped_to = serializers.CharField(max_length=12, required=False, default="", allow_blank=True)
    retires = serializers.BooleanField(required=False, default=False)
    expected_version = serializers.IntegerField(required=False, allow_null=True, default=None)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        needed = {"element": ("object", "name", "kind"), "rule": ("object", "condition", "message", "remedy"),
                  "tightening": ("object",), "item": ("code_list",)}  # fmt: skip
        missing = [name for name in needed[attrs["part"]] if attrs.get(name) in (None, "")]
        if missing:
            raise serializers.ValidationError(dict.fromkeys(missing, _("这一项必填。")))
        _judge_lengths(attrs)
        _judge_when(attrs.get("required_when"))
        if attrs["part"] == "rule" and (fault := fault_of(attrs["condition"], _Everything(), _Everything())):
            raise serializers.ValidationError({"condition": fault})
        return attrs


class StandardDropBody(ActSerializer):
    """A part to take out of a draft."""

    part = serializers.ChoiceField(choices=PARTS)
    of = serializers.CharField(
        max_length=40, required=False, default="", allow_blank=True, help_text="对象或代码表"
    )
    code = serializers.CharField(max_length=40)


class StandardMoveBody(ActSerializer):
    """An element to show earlier or later."""

    object = serializers.ChoiceField(choices=EXTENSIBLE)
    code = serializers.CharField(max_length=40)
    up = serializers.BooleanField(help_text="true 上移，false 下移")


class StandardNoteBody(ActSerializer):
    """An opinion, or a reason."""

    note = serializers.CharField(max_length=300, required=False, default="", allow_blank=True)


class StandardPublishBody(ActSerializer):
    """From when, until when the former one is taken, by which document."""

    effective_from = serializers.DateField(help_text="生效日期，今天或以后")
    cutoff = serializers.DateField(help_text="接口按旧版接受到这一天")
    document = serializers.CharField(max_length=120, required=False, default="", allow_blank=True)


class ExtensionGrantSerializer(serializers.Serializer[ExtensionGrant]):
    """A city's right to extend the standard."""

    public_id = serializers.UUIDField()
    region = serializers.CharField(source="region.code")
    objects = serializers.ListField(source="objects_allowed", child=serializers.CharField())
    lists = serializers.ListField(source="lists_allowed", child=serializers.CharField())
    most_required = serializers.IntegerField()
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(allow_null=True)
    document = serializers.CharField()
    withdrawn_at = serializers.DateTimeField(allow_null=True)


class StandardGrantBody(ActSerializer):
    """Which city, what, how much, from when to when, by which document."""

    region = serializers.CharField(max_length=12)
    objects = serializers.ListField(child=serializers.ChoiceField(choices=EXTENSIBLE), max_length=10)
    lists = serializers.ListField(
        child=serializers.CharField(max_length=40), required=False, default=list, max_length=500
    )
    most_required = serializers.IntegerField(min_value=0, max_value=50, required=False, default=0)
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(required=False, allow_null=True, default=None)
    document = serializers.CharField(max_length=120)


class StandardMapBody(ActSerializer):
    """A code of ours and its national one."""

    code_list = serializers.CharField(max_length=40)
    code = serializers.CharField(max_length=12)
    national_code = serializers.CharField(max_length=12)
    document = serializers.CharField(max_length=120, required=False, default="", allow_blank=True)


class CodeMappingSerializer(serializers.Serializer[Any]):
    """A mapping as it stands."""

    code_list = serializers.CharField(source="code_list.key")
    code = serializers.CharField()
    national_code = serializers.CharField()
    document = serializers.CharField()


class MappingCoverageSerializer(serializers.Serializer[Any]):
    """How many of a list's codes have a national one."""

    code_list = serializers.CharField(source="listed.key")
    name = serializers.CharField(source="listed.name")
    codes = serializers.IntegerField()
    mapped = serializers.IntegerField()
    missing = serializers.IntegerField()


class _OfDraft(ActView):
    permission = acts.EDIT
    model = StandardVersion
    serializer_class = ActSerializer
    answer_class: type[serializers.BaseSerializer[Any]] | None = StandardDraftSerializer
    status = 200

    def draft(self, **kwargs: Any) -> StandardVersion:
        return reading.editable(self.actor, kwargs["public_id"])


@extend_schema(
    summary="数据标准的版本，含自己制定和评审的草案", tags=[TAG], responses=StandardDraftSerializer(many=True)
)
class DraftsView(Read):
    """What the reader may see of versions, drafts too."""

    permission = acts.EDIT
    model = StandardVersion
    serializer_class = StandardDraftSerializer
    pagination_class = None

    def get(self, _request: Request) -> Response:
        rows: QuerySet[StandardVersion] = reading.readable_versions(self.actor)
        return Response(self.get_serializer(rows, many=True).data)


@extend_schema(summary="起草数据标准新版本", tags=[TAG])
class BeginView(_OfDraft):
    """A draft of the next version."""

    serializer_class = StandardBeginBody
    status = 201

    def act(self, data: dict[str, Any], **_kwargs: Any) -> Any:
        return acts.begin_version(actor=self.actor, region=_city(data.pop("region", None)), **data)


@extend_schema(summary="改草案的标题和依据", tags=[TAG])
class RetitleView(_OfDraft):
    """Another title or document."""

    serializer_class = StandardTitleBody

    def act(self, data: dict[str, Any], **kwargs: Any) -> Any:
        return acts.retitle_version(actor=self.actor, version=self.draft(**kwargs), **data)


@extend_schema(summary="在草案中新增或修改一项", tags=[TAG])
class PutView(_OfDraft):
    """A part added or changed."""

    serializer_class = StandardPartBody

    def act(self, data: dict[str, Any], **kwargs: Any) -> Any:
        expected = data.pop("expected_version", None)
        return acts.edit_version(
            actor=self.actor,
            version=self.draft(**kwargs),
            edit=acts.Put(_facts(data)),
            expected_version=expected,
        )


@extend_schema(summary="从草案中去掉一项", tags=[TAG])
class DropView(_OfDraft):
    """A part taken out."""

    serializer_class = StandardDropBody

    def act(self, data: dict[str, Any], **kwargs: Any) -> Any:
        return acts.edit_version(actor=self.actor, version=self.draft(**kwargs), edit=acts.Drop(**data))


@extend_schema(summary="移动草案中的数据元素", tags=[TAG])
class MoveView(_OfDraft):
    """An element shown earlier or later."""

    serializer_class = StandardMoveBody

    def act(self, data: dict[str, Any], **kwargs: Any) -> Any:
        said = {"object_key": data["object"], "code": data["code"], "up": data["up"]}
        return acts.move_element(actor=self.actor, version=self.draft(**kwargs), **said)


@extend_schema(summary="对照检查草案", tags=[TAG])
class CheckView(_OfDraft):
    """All that it may not say."""

    answer_class = StandardFaultsSerializer

    def act(self, data: dict[str, Any], **kwargs: Any) -> Any:
        return {"faults": acts.check_version(actor=self.actor, version=self.draft(**kwargs))}


@extend_schema(summary="开始影响检查", description="在后台进行，进度用 GET 查。", tags=[TAG])
class CheckImpactView(_OfDraft):
    """Held against the records there are."""

    answer_class = ImpactCheckSerializer
    status = 201

    def act(self, data: dict[str, Any], **kwargs: Any) -> Any:
        return acts.check_impact(actor=self.actor, version=self.draft(**kwargs))


class ImpactView(Read):
    """The last impact check of a version."""

    permission = acts.EDIT
    model = ImpactCheck
    serializer_class = ImpactCheckSerializer

    @extend_schema(summary="最近一次影响检查", tags=[TAG])
    def get(self, _request: Request, **kwargs: Any) -> Response:
        check = latest_check(reading.in_the_making(self.actor, kwargs["public_id"]))
        if check is None:
            raise NotFound(_("这个版本还没有做影响检查。"))
        return Response(ImpactCheckSerializer(check).data)


@extend_schema(summary="送审", tags=[TAG])
class SubmitView(_OfDraft):
    """Handed to its reviewer."""

    def act(self, data: dict[str, Any], **kwargs: Any) -> Any:
        return acts.submit_version(actor=self.actor, version=self.draft(**kwargs))


@extend_schema(summary="评审通过", tags=[TAG])
class AcceptView(_OfDraft):
    """It may be published."""

    permission = acts.REVIEW
    serializer_class = StandardNoteBody

    def act(self, data: dict[str, Any], **kwargs: Any) -> Any:
        row = reading.reviewable(self.actor, kwargs["public_id"])
        return acts.accept_version(actor=self.actor, version=row, note=data["note"])


@extend_schema(summary="退回修改", tags=[TAG])
class ReturnView(_OfDraft):
    """Given back with a reason."""

    permission = acts.REVIEW
    serializer_class = StandardNoteBody

    def act(self, data: dict[str, Any], **kwargs: Any) -> Any:
        row = reading.reviewable(self.actor, kwargs["public_id"])
        return acts.return_version(actor=self.actor, version=row, note=data["note"])


@extend_schema(summary="发布", tags=[TAG])
class PublishView(_OfDraft):
    """Into force from a day on."""

    serializer_class = StandardPublishBody

    def act(self, data: dict[str, Any], **kwargs: Any) -> Any:
        row, _affected = acts.publish_version(actor=self.actor, version=self.draft(**kwargs), **data)
        return row


@extend_schema(summary="作废草案", tags=[TAG])
class WithdrawView(_OfDraft):
    """Given up."""

    def act(self, data: dict[str, Any], **kwargs: Any) -> Any:
        return acts.withdraw_version(actor=self.actor, version=self.draft(**kwargs))


@extend_schema(summary="市州扩展授权", tags=[TAG], responses=ExtensionGrantSerializer(many=True))
class GrantsView(Read):
    """Every grant, withdrawn ones too."""

    permission = "standards.view"
    model = ExtensionGrant
    serializer_class = ExtensionGrantSerializer
    pagination_class = None

    def get(self, _request: Request) -> Response:
        return Response(self.get_serializer(grants(), many=True).data)


@extend_schema(summary="授权市州扩展", tags=[TAG])
class GiveGrantView(ActView):
    """Let a city extend."""

    permission = acts.GRANT
    model = ExtensionGrant
    serializer_class = StandardGrantBody
    answer_class = ExtensionGrantSerializer

    def act(self, data: dict[str, Any], **_kwargs: Any) -> Any:
        reading.require_province(self.actor)
        region = _city(data.pop("region"))
        if region is None:
            raise DomainError(_("请写市州的区划编码。"), code="unknown_region", field="region")
        return acts.grant_extension(actor=self.actor, region=region, **data)


@extend_schema(summary="收回授权", tags=[TAG])
class WithdrawGrantView(ActView):
    """Take it back."""

    permission = acts.GRANT
    model = ExtensionGrant
    serializer_class = ActSerializer
    answer_class = ExtensionGrantSerializer
    status = 200

    def act(self, data: dict[str, Any], **kwargs: Any) -> Any:
        reading.require_province(self.actor)
        return acts.withdraw_extension(actor=self.actor, grant=grant_by_id(kwargs["public_id"]))


@extend_schema(summary="国家对照的覆盖率", tags=[TAG], responses=MappingCoverageSerializer(many=True))
class CoverageView(Read):
    """List by list, the least covered first."""

    permission = "standards.view"
    model = StandardVersion
    serializer_class = MappingCoverageSerializer
    pagination_class = None

    def get(self, _request: Request) -> Response:
        return Response(self.get_serializer(coverage_of_all(), many=True).data)


@extend_schema(summary="填写代码的国家对照", tags=[TAG])
class MapView(ActView):
    """What a code is called nationally."""

    permission = acts.GRANT
    model = StandardVersion
    serializer_class = StandardMapBody
    answer_class = CodeMappingSerializer
    status = 200

    def act(self, data: dict[str, Any], **_kwargs: Any) -> Any:
        reading.require_province(self.actor)
        return acts.map_item(actor=self.actor, **data)


def _city(code: str | None) -> Region | None:
    """The city that a body names. Raises DomainError for one there is not."""
    if not code:
        return None
    found = Region.objects.filter(code=code, is_second_level=True).first()
    if found is None:
        told = _("没有编码为“{code}”的市州，请核对区划编码。").format(code=code)
        raise DomainError(told, code="unknown_region", field="region")
    return found


def _facts(data: dict[str, Any]) -> ElementFacts | RuleFacts | TighteningFacts | ItemFacts:
    """A body's part as the service takes it."""
    kinds: dict[str, Any] = {
        "element": ElementFacts, "rule": RuleFacts, "tightening": TighteningFacts, "item": ItemFacts,
    }  # fmt: skip
    kind = kinds[data["part"]]
    said = {**data, "object_key": data.get("object", "")}
    known = {name: value for name, value in said.items() if name in kind.__dataclass_fields__}
    found: ElementFacts | RuleFacts | TighteningFacts | ItemFacts = kind(**known)
    return found
