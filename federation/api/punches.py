"""The punch interface over Django: what the fast door answers in the event loop, and the receipts."""

from typing import Any, Final
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request
from rest_framework.response import Response

from attendance.api.views import PunchesView
from attendance.models import PunchReceipt
from federation.actors import CredentialActor
from federation.ingest import door, signing
from federation.ingest.judging import admitted
from federation.ingest.keys import Keys
from federation.ingest.punches import LONGEST_TOKEN
from federation.ingest.refusals import Refused
from federation.selectors import punch_receipt, signer
from federation.services import note_receipt_read, note_refused_punches
from kernel.errors import DomainError
from kernel.masking import redact
from standards.selectors import parameter
from web.api.views import Read

TAG = "打卡接口"
_keys = Keys()


def _header(name: str, description: str) -> OpenApiParameter:
    return OpenApiParameter(name, OpenApiTypes.STR, OpenApiParameter.HEADER, description=description)


_HEADERS: Final = [
    _header("X-Key", "接口账号"),
    _header("X-Timestamp", "Unix 时间，整秒"),
    _header("X-Nonce", "1 至 64 个可见 ASCII 字符，每次更换"),
    _header(
        "X-Signature",
        "以密钥对 方法、路径、X-Timestamp、X-Nonce、请求体 SHA-256 五行（换行相连）的 HMAC-SHA256",
    ),
]
_AWAY: Final = OpenApiResponse(description="暂不可用，未收下；按 Retry-After 原样重发")
_USED: Final = OpenApiResponse(description="X-Nonce 已用过")


class Turned(DomainError):
    """A signed call that is turned away."""

    def __init__(self, refused: Refused) -> None:
        super().__init__(refused.sentence, code=refused.code)
        self.status = refused.status


class SignedKey(BaseAuthentication):
    """A vendor's system by its signature; a call without X-Key is somebody else's."""

    sign_in_words = _(
        "请说明是谁在查：厂商系统带上 X-Key、X-Timestamp、X-Nonce、X-Signature 四个请求头"
        "（签名办法与上报打卡相同，方法 GET，请求体为空）；"
        "平台账号向 /api/v1/tokens/ 取得令牌，再以 Authorization: Bearer 提交。"
    )

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        if "X-Key" not in request.headers:
            return None
        try:
            return AnonymousUser(), _signer(request)
        except Refused as refused:
            raise Turned(refused) from refused

    def authenticate_header(self, request: Request) -> str:
        return "Signature"


class SignedKeyScheme(OpenApiAuthenticationExtension):
    """How the schema speaks of it."""

    target_class = "federation.api.punches.SignedKey"
    name = "signedKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "apiKey",
            "in": "header",
            "name": "X-Signature",
            "description": "与 X-Key、X-Timestamp、X-Nonce 一起；算法见 docs/punch-interface.md",
        }


def _headers(request: Request) -> dict[bytes, bytes]:
    return {name.lower().encode(): value.encode() for name, value in request.headers.items()}


def _signer(request: Request) -> CredentialActor:
    """The system that signed a read. Each nonce reads once. Raises Refused."""
    call = signing.read("GET", request.path, _headers(request), b"")
    held = _keys.read(call.appid, timezone.now())
    address = request.META.get("REMOTE_ADDR", "")
    key = admitted(held, call, address=address, now=door.microseconds_now())
    try:
        with transaction.atomic():
            note_receipt_read(call.appid, str(call.timestamp), call.nonce, timezone.now())
    except IntegrityError as error:
        raise Refused(
            409, "nonce_used", "同一 X-Timestamp 和 X-Nonce 已用过，请更换 X-Nonce 并重新签名。"
        ) from error
    return signer(call.appid, key.pk, timezone.now())


class RowBody(serializers.Serializer[Any]):
    """One punch."""

    seq = serializers.CharField(
        required=False,
        allow_null=True,
        max_length=LONGEST_TOKEN,
        help_text="设备自己的流水号，整数或文本；同一流水号重发不会重复计数",
    )
    at = serializers.DateTimeField(help_text="RFC 3339，须带时区，例如 2026-11-26T07:30:00+08:00")
    direction = serializers.ChoiceField(
        ["in", "out"], required=False, allow_null=True, help_text="进、出或不详"
    )
    engagement = serializers.UUIDField(
        required=False, allow_null=True, help_text="用工记录的 public_id；与 id_number 二选一"
    )
    id_number = serializers.CharField(
        required=False, allow_null=True, min_length=18, max_length=18, help_text="居民身份证号码"
    )


class PunchesBody(serializers.Serializer[Any]):
    """The punches of one device."""

    device = serializers.CharField(max_length=60, help_text="设备的 public_id；项目的接口账号也可用通道名称")
    punches = RowBody(many=True)


class RejectedSerializer(serializers.Serializer[Any]):
    """A row whose shape is wrong."""

    index = serializers.IntegerField(help_text="在 punches 中的位置，从 0 起")
    seq = serializers.CharField(allow_null=True, required=False)
    sentence = serializers.CharField()


class AcceptedSerializer(serializers.Serializer[Any]):
    """What a call is answered with."""

    receipt = serializers.UUIDField(help_text="凭它查询核对结果")
    accepted = serializers.IntegerField(help_text="已落盘的条数")
    rejected = RejectedSerializer(many=True)


class RowSaid(serializers.Serializer[Any]):
    """A row that needs attention."""

    index = serializers.IntegerField(help_text="在 punches 中的位置，从 0 起")
    seq = serializers.CharField(allow_blank=True)
    sentence = serializers.CharField()


class ReceiptSerializer(serializers.Serializer[Any]):
    """What became of a call."""

    receipt = serializers.UUIDField()
    state = serializers.ChoiceField(
        ["pending", "settled", "aside"], help_text="待核对、已核对、因平台原因搁置"
    )
    accepted_at = serializers.DateTimeField()
    settled_at = serializers.DateTimeField(allow_null=True)
    accepted = serializers.IntegerField()
    rejected = RejectedSerializer(many=True, help_text="格式有误、未收下的")
    added = serializers.IntegerField(allow_null=True, help_text="新计入的条数")
    repeated = serializers.IntegerField(allow_null=True, help_text="此前已收过的条数")
    unmatched = RowSaid(many=True, help_text="已留存、暂未对上人的；登记或进场后自动计入")
    refused = RowSaid(many=True, help_text="未留存的")


class PunchesDoor(PunchesView):
    """Reading punches is the page's; sending them is a device's."""

    def get_authenticators(self) -> list[Any]:
        return [] if self._is_sent else super().get_authenticators()

    def get_permissions(self) -> Any:
        return [] if self._is_sent else super().get_permissions()

    def get_throttles(self) -> list[Any]:
        return [] if self._is_sent else super().get_throttles()

    @property
    def _is_sent(self) -> bool:
        request = getattr(self, "request", None)
        return request is not None and request.method == "POST"

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        # A sender is judged by its signature alone, which covers the bytes as they came.
        if not self._is_sent:
            super().initial(request, *args, **kwargs)

    @extend_schema(
        summary="上报打卡",
        description="逐条判断格式，落盘后即答复 202；对人结果凭 receipt 查询。原样重发得到同一 receipt，"
        "不会重复计数。请求体可用 gzip 压缩（Content-Encoding: gzip）。示例见 docs/punch-interface.md。",
        tags=[TAG],
        parameters=_HEADERS,
        request=PunchesBody,
        responses={
            202: AcceptedSerializer,
            503: OpenApiResponse(description="暂不可用；按 Retry-After 重发"),
        },
        auth=[{"signedKey": []}],  # type: ignore[list-item]  # a requirement as the schema writes it
        filters=False,
    )
    def post(self, request: Request) -> HttpResponse:
        """The same judgement and the same statements as the fast door, in Django's own transaction."""
        plain = request._request
        asked = door.Asked(
            plain.body,
            _headers(request),
            plain.META.get("REMOTE_ADDR", ""),
            door.microseconds_now(),
            int(parameter("punches.body_kilobytes")) * 1024,
        )
        try:
            answer = door.answer_to(door.answered(_keys, asked))
        except Refused as refused:
            answer = door.refusal(refused)
            appid = request.headers.get("X-Key", "")
            note_refused_punches(
                appid, refused.status, refused.sentence, address=asked.address, now=timezone.now()
            )
        return HttpResponse(answer.body, status=answer.status, headers=dict(answer.headers))


class PunchReceiptView(Read):
    """A receipt, for the key that sent the call and for whoever may see the project's attendance."""

    permission = "attendance.view"
    model = PunchReceipt
    serializer_class = ReceiptSerializer
    authentication_classes = (SignedKey, *Read.authentication_classes)

    def get_permissions(self) -> Any:
        return [] if isinstance(self.request.auth, CredentialActor) else super().get_permissions()

    @property
    def actor(self) -> Any:
        signer = self.request.auth
        return signer if isinstance(signer, CredentialActor) else super().actor

    @extend_schema(
        summary="打卡核对结果",
        description="接口账号按同样的办法签名（方法 GET，请求体为空）查自己的；有权查看考勤的账号也可查。",
        tags=[TAG],
        parameters=_HEADERS,
        responses={200: ReceiptSerializer, 409: _USED},
    )
    def get(self, _request: Request, public_id: UUID) -> Response:
        return Response(ReceiptSerializer(_told(punch_receipt(self.actor, public_id))).data)


def _told(row: PunchReceipt) -> dict[str, Any]:
    """A receipt in the interface's words; numbers in sentences are masked."""
    result = row.result or {}
    is_aside = "aside" in result
    return {
        "receipt": row.public_id,
        "state": "pending" if row.settled_at is None else "aside" if is_aside else "settled",
        "accepted_at": row.accepted_at,
        "settled_at": row.settled_at,
        "accepted": row.accepted,
        "rejected": row.rejected or [],
        "added": result.get("added"),
        "repeated": result.get("repeated"),
        "unmatched": _rows(result.get("unmatched", [])),
        "refused": _rows(result.get("refused", [])),
    }


def _rows(said: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {"index": row["mark"], "seq": str(row["seq"] or ""), "sentence": redact(row["sentence"])}
        for row in said
    ]
