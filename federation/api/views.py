"""Vendors' access and their calls over the REST API."""

from datetime import datetime
from typing import Any
from uuid import UUID

import django_filters
from django.db.models import Q, QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from federation.models import Credential
from federation.selectors import MANAGED, SEEN, CallLine, calls_of, credential, credentials, request_of
from federation.services import (
    issue_credential,
    issue_enterprise_credential,
    limit_credential,
    retry_request,
    revoke_credential,
    rotate_credential,
)
from federation.words import VERDICTS, credential_state
from kernel.errors import DomainError, NotFound
from projects.api.serializers import EnterpriseRefSerializer, ProjectRefSerializer
from web.api.acts import ActSerializer, ActView
from web.api.filters import YesNoFilter
from web.api.views import ListRead, Read

TAG = "厂商接口"


class CredentialSerializer(serializers.Serializer[Credential]):
    """A vendor's access; its secret is told once, when it is issued."""

    public_id = serializers.UUIDField()
    appid = serializers.CharField()
    project = ProjectRefSerializer(allow_null=True)
    enterprise = EnterpriseRefSerializer(allow_null=True)
    holder = serializers.CharField(help_text="持有单位")
    created_at = serializers.DateTimeField(help_text="签发时间")
    created_by = serializers.CharField(help_text="签发人")
    valid_until = serializers.DateTimeField(allow_null=True, help_text="被轮换的密钥用到何时")
    revoked_at = serializers.DateTimeField(allow_null=True, help_text="撤销时间")
    allowed_addresses = serializers.ListField(child=serializers.CharField(), help_text="允许的地址；空为不限")
    window_minutes = serializers.IntegerField(
        allow_null=True, help_text="自己的时间戳窗口（分钟）；空为平台统一的窗口"
    )
    last_call_at = serializers.DateTimeField(allow_null=True, default=None, help_text="最近调用")
    state = serializers.SerializerMethodField(help_text="状态，一句话")

    def get_state(self, row: Credential) -> str:
        return credential_state(row, timezone.now())[1]


class IssuedSerializer(serializers.Serializer[Credential]):
    """A fresh secret, told once."""

    public_id = serializers.UUIDField()
    appid = serializers.CharField()
    secret = serializers.CharField(source="key", help_text="密钥；同一 Idempotency-Key 重发可再次取得")


class CredentialFilters(django_filters.FilterSet):
    """Which access."""

    appid = django_filters.CharFilter(label="appid")
    is_valid = YesNoFilter(method="filter_valid", label="只要有效（失效）的密钥")

    def filter_valid(self, rows: QuerySet[Credential], _name: str, value: bool) -> QuerySet[Credential]:
        valid = Q(revoked_at=None) & (Q(valid_until=None) | Q(valid_until__gt=timezone.now()))
        return rows.filter(valid) if value else rows.exclude(valid)


@extend_schema(summary="接口密钥", tags=[TAG])
class CredentialsView(ListRead):
    """Vendors' access to the projects within reach."""

    permission = SEEN
    model = Credential
    serializer_class = CredentialSerializer
    filterset_class = CredentialFilters
    ordering_fields = {"created_at": "created_at", "last_call_at": "last_call_at"}

    def rows(self) -> QuerySet[Credential]:
        return credentials(self.actor)


class CallSerializer(serializers.Serializer[CallLine]):
    """One call; personal numbers in sentences are masked."""

    at = serializers.DateTimeField()
    method = serializers.CharField()
    verdict = serializers.CharField(
        help_text="、".join(f"{name} {said}" for name, (_level, said) in VERDICTS.items())
    )
    sentence = serializers.CharField(help_text="说明")
    serial = serializers.CharField(help_text="请求编号；没有受理的为空")
    number = serializers.IntegerField(help_text="同一分钟内同样被拒的次数")


class CallsView(Read):
    """The last calls under the appid of an access."""

    permission = SEEN
    model = Credential
    serializer_class = CallSerializer
    # The last fifty, in one piece.
    pagination_class = None

    @extend_schema(
        summary="最近的调用",
        description="最近 50 次，新的在前；不含结果查询。",
        responses=CallSerializer(many=True),
        tags=[TAG],
    )
    def get(self, request: Request, public_id: UUID) -> Response:
        lines: Any = calls_of(self.actor, credential(self.actor, public_id))
        return Response(CallSerializer(lines, many=True).data)


class IssueBody(ActSerializer):
    """For which project, and who keeps it."""

    project_code = serializers.CharField(max_length=40, help_text="项目编码")
    holder = serializers.CharField(max_length=80, required=False, allow_blank=True, help_text="持有单位")


class IssueToEnterpriseBody(ActSerializer):
    """For which enterprise, and who keeps it."""

    uscc = serializers.CharField(max_length=40, help_text="统一社会信用代码，同时就是 appid")
    name = serializers.CharField(
        max_length=200, required=False, allow_blank=True, help_text="企业名称；平台上已有的企业可以不填"
    )
    holder = serializers.CharField(max_length=80, required=False, allow_blank=True, help_text="持有单位")


class RotateBody(ActSerializer):
    """Until when the former secret signs."""

    valid_until = serializers.DateTimeField(help_text="旧密钥用到何时")


class LimitBody(ActSerializer):
    """From where, and how far the clock may be wrong."""

    addresses = serializers.ListField(
        child=serializers.CharField(max_length=50), help_text="允许的 IP 或网段；空列表为不限"
    )
    window_minutes = serializers.IntegerField(
        allow_null=True, required=False, default=None, help_text="时间戳窗口（分钟）；空为平台统一的窗口"
    )


class RevokeBody(ActSerializer):
    """Why."""

    reason = serializers.CharField(max_length=200, help_text="原因，记入审计")


class RetryBody(ActSerializer):
    """An act without a body."""


@extend_schema(summary="签发接口密钥", tags=[TAG])
class IssueView(ActView):
    """One more secret for a project's vendor."""

    permission = MANAGED
    serializer_class = IssueBody
    answer_class = IssuedSerializer

    def act(self, data: dict[str, Any], **_kwargs: Any) -> Any:
        try:
            return issue_credential(actor=self.actor, **data)
        except NotFound as missing:
            raise DomainError(missing.message, code="unknown_project", field="project_code") from missing


@extend_schema(
    summary="为企业签发接口密钥", description="只限全省范围的平台管理员；覆盖企业的全部项目。", tags=[TAG]
)
class IssueToEnterpriseView(ActView):
    """One more secret for the system of a whole enterprise."""

    permission = MANAGED
    serializer_class = IssueToEnterpriseBody
    answer_class = IssuedSerializer

    def act(self, data: dict[str, Any], **_kwargs: Any) -> Any:
        return issue_enterprise_credential(actor=self.actor, **data)


@extend_schema(summary="轮换接口密钥", tags=[TAG])
class RotateView(ActView):
    """A new secret beside the present one."""

    permission = MANAGED
    serializer_class = RotateBody
    answer_class = IssuedSerializer

    def act(self, data: dict[str, Any], **kwargs: Any) -> Any:
        row = credential(self.actor, kwargs["public_id"])
        until: datetime = data["valid_until"]
        return rotate_credential(actor=self.actor, credential=row, valid_until=until)


@extend_schema(summary="设置接口限制", description="同一 appid 现在有效的密钥一起生效。", tags=[TAG])
class LimitView(ActView):
    """The limits of one appid."""

    permission = MANAGED
    serializer_class = LimitBody
    answer_class = CredentialSerializer
    status = 200

    def act(self, data: dict[str, Any], **kwargs: Any) -> Any:
        row = credential(self.actor, kwargs["public_id"])
        return limit_credential(actor=self.actor, credential=row, **data)


@extend_schema(summary="撤销接口密钥", tags=[TAG])
class RevokeView(ActView):
    """End a secret at once."""

    permission = MANAGED
    serializer_class = RevokeBody
    answer_class = CredentialSerializer
    status = 200

    def act(self, data: dict[str, Any], **kwargs: Any) -> Any:
        row = credential(self.actor, kwargs["public_id"])
        return revoke_credential(actor=self.actor, credential=row, **data)


@extend_schema(summary="重新处理失败的请求", description="只限因平台原因失败、内容尚在的请求。", tags=[TAG])
class RetryView(ActView):
    """Carry out again what failed by our fault."""

    permission = MANAGED
    serializer_class = RetryBody

    def act(self, data: dict[str, Any], **kwargs: Any) -> Any:
        retry_request(actor=self.actor, request=request_of(self.actor, kwargs["serial"]))
