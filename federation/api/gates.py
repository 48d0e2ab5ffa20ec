"""The gates' list over a signed read: who may enter a site, as a delta. docs/gate-interface.md."""

from typing import Any, Final
from uuid import UUID

from django.core import signing
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from attendance.models import GatePass
from attendance.selectors.devices import devices_of
from attendance.selectors.passes import PULL, gate_changes, pass_to_show
from attendance.services import note_contact
from audit.services import record
from federation.actors import CredentialActor
from federation.api.punches import SIGNED_HEADERS, SignedKey
from federation.services import GATE_LISTS
from kernel.errors import DomainError, NotFound
from projects.models import Project
from projects.selectors import projects
from standards.selectors import parameter
from web.api.views import Read
from web.uploads import serve

TAG = "闸机名单"
_SALT: Final = "gates.cursor"
_USED: Final = OpenApiResponse(description="X-Nonce 已用过")


class SignedPull(SignedKey):
    """The same signature, over the path with its query as it is sent."""

    noted = GATE_LISTS
    sign_in_words = _lazy(
        "闸机名单只给闸机厂商的接口账号：请带上 X-Key、X-Timestamp、X-Nonce、X-Signature 四个请求头"
        "（方法 GET，路径连同查询串，请求体为空）。"
    )

    def signed_path(self, request: Request) -> str:
        return request.get_full_path()


class SignedPullScheme(OpenApiAuthenticationExtension):
    """How the schema speaks of it."""

    target_class = "federation.api.gates.SignedPull"
    name = "signedPull"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "apiKey",
            "in": "header",
            "name": "X-Signature",
            "description": "与 X-Key、X-Timestamp、X-Nonce 一起，路径连同查询串；见 docs/gate-interface.md",
        }


class BadCursor(DomainError):
    """A cursor that this node did not give, or gave for another project."""

    code = "bad_cursor"

    def __init__(self) -> None:
        super().__init__(
            _("since 不是平台给出的游标，或属于另一个项目。请不带 since 重新取一次全量名单。"), field="since"
        )


class PhotoSerializer(serializers.Serializer[Any]):
    """A picture: another hash is another picture."""

    hash = serializers.CharField(help_text="照片的标识，变了就是换了照片")
    url = serializers.CharField(help_text="照片地址，按同样的办法签名读取")


class PersonSerializer(serializers.Serializer[Any]):
    """Somebody who joins the list, with all that a gate needs, or leaves it."""

    action = serializers.ChoiceField(["add", "remove"], help_text="add 加入或更新、remove 移除")
    engagement = serializers.UUIDField(help_text="用工记录的 public_id；上报打卡时填它")
    name = serializers.CharField(required=False, help_text="姓名，只在 add 时有")
    card = serializers.CharField(required=False, allow_blank=True, help_text="门禁卡号，没有为空")
    photo = PhotoSerializer(required=False, allow_null=True)
    valid_until = serializers.DateTimeField(
        required=False, allow_null=True, help_text="到这一刻为止有效，设备应自行停止放行；null 为没有期限"
    )
    causes = serializers.ListField(child=serializers.CharField(), help_text="移除的原因，可显示在闸机上")


class AllowListSerializer(serializers.Serializer[Any]):
    """What changed since the cursor."""

    cursor = serializers.CharField(help_text="下次请求的 since")
    more = serializers.BooleanField(help_text="还有，请立即用 cursor 再取")
    full = serializers.BooleanField(help_text="本次从头开始：先清空设备上的名单再写入")
    server_time = serializers.DateTimeField(help_text="平台时间，设备可据此校时")
    poll_seconds = serializers.IntegerField(help_text="建议多少秒后再取")
    people = PersonSerializer(many=True)


class _Signed(Read):
    """A read that only a gate's system makes, by its signature."""

    permission = PULL
    model = GatePass
    authentication_classes = (SignedPull,)

    def get_permissions(self) -> Any:
        return [] if isinstance(self.request.auth, CredentialActor) else super().get_permissions()

    @property
    def actor(self) -> Any:
        return self.request.auth


class AllowListView(_Signed):
    """The list of one project's gates."""

    serializer_class = AllowListSerializer
    parameters = ("since", "project", "device")

    @extend_schema(
        summary="闸机名单",
        description="谁可以进场：上次游标以来的增减，次序无缺。不带 since 为全量。签名覆盖带查询串的路径，"
        "示例见 docs/gate-interface.md。",
        tags=[TAG],
        parameters=[
            *SIGNED_HEADERS,
            OpenApiParameter("since", OpenApiTypes.STR, description="上次答复的 cursor；空为全量"),
            OpenApiParameter("project", OpenApiTypes.STR, description="项目编码；企业的接口账号必填"),
            OpenApiParameter(
                "device", OpenApiTypes.STR, description="设备的 public_id 或通道名称，记为一次联系"
            ),
        ],
        responses={200: AllowListSerializer, 409: _USED},
    )
    def get(self, request: Request) -> Response:
        of = self._project(request.query_params.get("project", ""))
        self._note(request.query_params.get("device", ""), of)
        after = _position(request.query_params.get("since", ""), of)
        most = int(parameter("gates.list_rows", of.region))
        rows = list(gate_changes(self.actor, of, after)[: most + 1])
        shown = rows[:most]
        reached = shown[-1].position if shown else after or 0
        told = {
            "cursor": _cursor(reached, of),
            "more": len(rows) > most,
            "full": after is None,
            "server_time": timezone.now(),
            "poll_seconds": int(parameter("gates.poll_seconds", of.region)),
            "people": [_person(row) for row in shown],
        }
        return Response(AllowListSerializer(told).data, headers={"Cache-Control": "no-store"})

    def _project(self, code: str) -> Project:
        rows = projects(self.actor)
        found = list((rows.filter(code=code) if code else rows)[:2])
        if len(found) != 1:
            told = _("这个接口账号下没有编码为“{code}”的项目。").format(code=code[:40])
            asked = _("请用 project 参数说明项目编码：这个接口账号不止一个项目。")
            raise DomainError(told if code or not found else asked, code="unknown_project", field="project")
        return found[0]

    def _note(self, name: str, of: Project) -> None:
        """A gate that asks for its list is alive. One that is not registered is not an error."""
        if not name:
            return
        devices = devices_of(self.actor, of).filter(retired_at=None)
        for device in devices:
            if name in (str(device.public_id), device.channel):
                note_contact(device, timezone.now())
                return


class PassPhotoView(_Signed):
    """The photograph of somebody on the list."""

    @extend_schema(
        summary="闸机名单上人员的照片",
        description="只给名单上现有的人，每次读取都有记录。",
        tags=[TAG],
        parameters=SIGNED_HEADERS,
        responses={200: OpenApiTypes.BINARY, 409: _USED},
    )
    def get(self, _request: Request, public_id: UUID) -> HttpResponse:
        found = pass_to_show(self.actor, public_id)
        if found is None or not found.engagement.photo:
            raise NotFound
        record(self.actor, "workers.photo_read", found.engagement)
        return serve(found.engagement.photo, "照片")


def _cursor(position: int, of: Project) -> str:
    return signing.dumps([str(of.public_id), position], salt=_SALT)


def _position(cursor: str, of: Project) -> int | None:
    """Where a cursor stands; None for none. Raises BadCursor."""
    if not cursor:
        return None
    try:
        project, position = signing.loads(cursor, salt=_SALT)
    except (signing.BadSignature, ValueError, TypeError):
        raise BadCursor from None
    if project != str(of.public_id):
        raise BadCursor
    return int(position)


def _person(row: GatePass) -> dict[str, Any]:
    work = row.engagement
    if not row.is_allowed:
        return {"action": "remove", "engagement": work.public_id, "causes": row.causes}
    url = f"/api/v1/gates/photos/{work.public_id}/"
    return {
        "action": "add",
        "engagement": work.public_id,
        "name": work.person.name,
        "card": work.gate_card,
        "photo": {"hash": work.photo, "url": url} if work.photo else None,
        "valid_until": row.valid_until,
        "causes": [],
    }
