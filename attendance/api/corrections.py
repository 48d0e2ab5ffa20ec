"""Corrections over the REST API: the site's list and answers, and a clerk's request for a worker."""

from datetime import time
from typing import Any
from uuid import UUID

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from attendance.api.clock import running_day
from attendance.models import CorrectionRequest
from attendance.models.corrections import State, Wrong
from attendance.selectors.corrections import ANSWER, correction, corrections
from attendance.services import Claim, answer_correction, ask_correction
from projects.api.filters import ProjectFilter
from projects.api.serializers import ProjectRefSerializer
from web.api.acts import ActSerializer, ActView, Base64FileField
from web.api.filters import DayFilter, RegionFilter
from web.api.views import ListRead, Read
from workers.models import Engagement
from workers.selectors import engagement

TAG = "考勤更正"
_CLOCK = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"
_WRONG = [item.value for item in Wrong]
_STATE = [item.value for item in State]
_WRONG_HELP = (
    "missing_in 缺进场、missing_out 缺出场、missing_both 都缺、not_me 当天未到打卡不是本人、"
    "other 其他、record 姓名或手机等个人信息有误"
)


class CorrectionSerializer(serializers.Serializer[CorrectionRequest]):
    """A request and its answer."""

    public_id = serializers.UUIDField()
    engagement = serializers.UUIDField(source="engagement.public_id")
    project = ProjectRefSerializer(source="engagement.project")
    name = serializers.CharField(source="engagement.person.name")
    day = serializers.DateField(allow_null=True, help_text="考勤日；个人信息有误的为空")
    wrong = serializers.CharField(help_text=_WRONG_HELP)
    in_at = serializers.DateTimeField(allow_null=True, help_text="所报进场")
    out_at = serializers.DateTimeField(allow_null=True, help_text="所报出场")
    note = serializers.CharField(allow_null=True, help_text="说明")
    has_photo = serializers.SerializerMethodField(help_text="是否附照片；照片在页面查看")
    state = serializers.CharField(help_text="submitted 待处理、rejected 没有通过、applied 已更正")
    is_by_worker = serializers.BooleanField(help_text="工人本人提出")
    asked_by = serializers.CharField(help_text="提出人")
    asked_at = serializers.DateTimeField()
    answered_by = serializers.CharField(help_text="处理人")
    answered_at = serializers.DateTimeField(allow_null=True)
    answer = serializers.CharField(help_text="答复")
    version = serializers.IntegerField()

    def get_has_photo(self, row: CorrectionRequest) -> bool:
        return bool(row.photo)


class CorrectionFilters(django_filters.FilterSet):
    """Which requests."""

    project = ProjectFilter(field_name="engagement__project", label="项目编码")
    region = RegionFilter(field_name="engagement__project__region", label="区划编码（含下级）")
    state = django_filters.ChoiceFilter(label="状态", choices=[(one, one) for one in _STATE])
    day = DayFilter(label="考勤日")


class ClaimSerializer(ActSerializer):
    """What is said to be wrong."""

    wrong = serializers.ChoiceField(choices=_WRONG, help_text=_WRONG_HELP)
    day = serializers.DateField(required=False, help_text="考勤日；除 record 外必填")
    in_time = serializers.RegexField(
        _CLOCK, required=False, help_text="进场时间 07:00；早于日界（04:00）的算次日"
    )
    out_time = serializers.RegexField(_CLOCK, required=False, help_text="出场时间 18:00")
    note = serializers.CharField(required=False, max_length=300, help_text="说明；代工人提出的必填")
    photo = Base64FileField(kinds=("image",), required=False, help_text="照片")


class CorrectionAnswerSerializer(ActSerializer):
    """The answer."""

    is_accepted = serializers.BooleanField(help_text="是否通过")
    reason = serializers.CharField(
        required=False, max_length=200, help_text="理由；不通过的、其他和个人信息的必填"
    )
    expected_version = serializers.IntegerField(
        required=False, min_value=1, max_value=2_147_483_647, help_text="所看到的版本；已变更的返回 409"
    )


def claim_of(data: dict[str, Any]) -> Claim:
    """A body as the service takes it."""
    photo = data.get("photo")
    return Claim(
        wrong=data["wrong"],
        day=data.get("day"),
        in_time=_time(data.get("in_time")),
        out_time=_time(data.get("out_time")),
        note=data.get("note", ""),
        photo=photo.address if photo else "",
        photo_name=photo.name[:120] if photo else "",
    )


def _time(text: str | None) -> time | None:
    return time.fromisoformat(text) if text else None


@extend_schema(summary="考勤更正", description="待处理的在前，随后新的在前。", tags=[TAG])
class CorrectionsView(ListRead):
    """The requests within scope."""

    permission = "attendance.view"
    model = CorrectionRequest
    serializer_class = CorrectionSerializer
    filterset_class = CorrectionFilters

    def rows(self) -> QuerySet[CorrectionRequest]:
        return corrections(self.actor)


class CorrectionView(Read):
    """One request."""

    permission = "attendance.view"
    model = CorrectionRequest
    serializer_class = CorrectionSerializer

    @extend_schema(summary="一条考勤更正", tags=[TAG])
    def get(self, request: Request, public_id: UUID) -> Response:
        return Response(CorrectionSerializer(correction(self.actor, public_id)).data)


@extend_schema(
    summary="代工人提出考勤更正",
    description="不改原始打卡。提出的人不能自己处理。每个考勤日同时只有一条待处理。",
    tags=[TAG],
)
class AskCorrectionView(ActView):
    """A clerk asks for one of the own people."""

    permission = "workers.enter"
    model = Engagement
    serializer_class = ClaimSerializer
    answer_class = CorrectionSerializer

    def act(self, data: dict[str, Any], **kwargs: Any) -> CorrectionRequest:
        now = timezone.now()
        work = engagement(self.actor, kwargs["public_id"], running_day(now))
        return ask_correction(actor=self.actor, engagement=work, claim=claim_of(data), now=now)


@extend_schema(
    summary="处理考勤更正",
    description="通过后与打卡并列，当天按两者重新计算；原始打卡不变。自己提出的不能自己处理（403）。",
    tags=[TAG],
)
class AnswerCorrectionView(ActView):
    """Somebody else answers."""

    permission = ANSWER
    model = CorrectionRequest
    serializer_class = CorrectionAnswerSerializer
    answer_class = CorrectionSerializer
    status = 200

    def act(self, data: dict[str, Any], **kwargs: Any) -> CorrectionRequest:
        return answer_correction(
            actor=self.actor,
            request=correction(self.actor, kwargs["public_id"]),
            is_accepted=data["is_accepted"],
            reason=data.get("reason", ""),
            now=timezone.now(),
            expected_version=data.get("expected_version"),
        )
