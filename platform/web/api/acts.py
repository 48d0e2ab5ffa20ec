"""What every act of the REST API shares: a strict body, one service, and the same answer to the same key."""

import base64
import binascii
import json
import re
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from kernel.errors import DomainError
from kernel.ids import new_id
from web.api.views import Read
from web.once import LONGEST_KEY, Answer, answered, once
from web.uploads import Kept, check_file

_HEADER = "Idempotency-Key"
_KEY = re.compile(rf"[!-~]{{1,{LONGEST_KEY}}}")


class BadKey(DomainError):
    """An Idempotency-Key that cannot be one."""

    code = "bad_idempotency_key"
    status = 400

    def __init__(self) -> None:
        super().__init__(
            _("请求头 {header} 应为 1 至 {most} 个可见的 ASCII 字符，例如一个 UUID。").format(
                header=_HEADER, most=LONGEST_KEY
            )
        )


class ActSchema(AutoSchema):
    """Describes what an act answers, and the header that makes repeating safe."""

    def get_response_serializers(self) -> Any:
        view: Any = self.view
        return {204: None} if view.answer_class is None else {view.status: view.answer_class}

    def get_override_parameters(self) -> list[Any]:
        return [
            *super().get_override_parameters(),
            OpenApiParameter(
                _HEADER,
                OpenApiTypes.STR,
                OpenApiParameter.HEADER,
                description="由调用方生成的标识。同一标识重发同一内容，只执行一次并返回同样的结果；"
                "换了内容则拒绝（422）",
            ),
        ]


class ActSerializer(serializers.Serializer[Any]):
    """The body of an act. Fields it does not know are refused by name instead of being dropped in silence."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            known = [name for name, field in self.fields.items() if not field.read_only]
            unknown = {str(name): [_unknown(str(name), known)] for name in data if name not in known}
            if unknown:
                raise ValidationError(unknown)
        return super().to_internal_value(data)


class ActView(Read):
    """POST does one act: `act` calls one service with the validated body and the ids of the address.

    A subclass names `permission`, `serializer_class` (the body) and `answer_class` (what is shown of the
    result; None answers 204).
    """

    schema = ActSchema()
    http_method_names = ["post", "options"]
    answer_class: type[serializers.BaseSerializer[Any]] | None = None
    status = 201

    def act(self, data: dict[str, Any], **kwargs: Any) -> Any:
        """Do it and return the row or facts to show."""
        raise NotImplementedError

    def post(self, request: Request, *_args: Any, **kwargs: Any) -> Response:
        key = self._key(request)
        sent = (request.path, _canonical(request.data))
        # Before the body is judged: the act may have taken the rows that it names.
        answer = answered(self.actor, key, sent) or self._done(request, key, sent, kwargs)
        reply = Response(json.loads(answer.text) if answer.text else None, status=answer.status)
        if answer.is_repeated:
            reply["Idempotency-Replayed"] = "true"
        return reply

    def _done(self, request: Request, key: str, sent: tuple[str, str], kwargs: dict[str, Any]) -> Answer:
        """Judge the body and carry the act out once. Raises what either refuses with."""
        body = self.get_serializer(data=request.data)
        body.is_valid(raise_exception=True)

        def do() -> Answer:
            found = self.act(body.validated_data, **kwargs)
            if self.answer_class is None:
                return Answer(204, "")
            shown = self.answer_class(found, context=self.get_serializer_context())
            return Answer(self.status, JSONRenderer().render(shown.data).decode())

        return once(self.actor, key, sent, do)

    def _key(self, request: Request) -> str:
        given = request.headers.get(_HEADER)
        if given is None:
            return str(new_id())
        if not _KEY.fullmatch(given):
            raise BadKey
        return given


@extend_schema_field(OpenApiTypes.UUID)
class RowRef(serializers.Field[Any, Any, Any, Any]):
    """A row within the actor's scope, by public id; the validated value is the row.

    `rows` gives the queryset for the view. A row outside it is answered like one nobody knows.
    """

    def __init__(self, *, rows: Callable[[Any], QuerySet[Any]], **kwargs: Any) -> None:
        self.rows = rows
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> Model:
        found = self.rows(self.context["view"]).filter(public_id=_uuid(data)).first()
        if found is None:
            raise ValidationError([ErrorDetail(_("没有这条记录，或者它不在您的管理范围内。"), "not_found")])
        return found

    def to_representation(self, value: Any) -> str:
        return str(getattr(value, "public_id", value))


def _uuid(data: Any) -> UUID:
    """A public id as it came. Raises ValidationError."""
    try:
        return UUID(data) if isinstance(data, str) else UUID(int=-1)
    except ValueError:
        raise ValidationError(_("应为记录的 public_id，请照列表中返回的填写。")) from None


@extend_schema_field(
    {
        "type": "object",
        "properties": {
            "name": {"type": "string", "description": "文件名", "maxLength": 200},
            "content": {"type": "string", "format": "byte", "description": "文件内容，base64"},
        },
        "required": ["name", "content"],
    }
)
class Base64FileField(serializers.Field[Any, Any, Any, Any]):
    """A photograph or scan in the body: `{"name": …, "content": base64}`; the value is a checked file."""

    def __init__(self, *, kinds: tuple[str, ...] = ("image", "pdf"), **kwargs: Any) -> None:
        self.kinds = kinds
        super().__init__(write_only=True, **kwargs)

    def to_internal_value(self, data: Any) -> Kept:
        if not isinstance(data, Mapping) or not all(
            isinstance(data.get(part), str) for part in ("name", "content")
        ):
            raise ValidationError(_("文件要写成 {“name”: 文件名, “content”: base64 内容}。"))
        try:
            content = base64.b64decode(data["content"], validate=True)
        except (binascii.Error, ValueError):
            raise ValidationError(_("文件内容不是 base64，请重新编码。")) from None
        try:
            return check_file(content, name=data["name"], kinds=self.kinds)
        except DomainError as refusal:
            raise ValidationError(refusal.message, code=refusal.code) from None


def _canonical(data: Any) -> str:
    """A body as the same text however its client ordered or spaced it."""
    return json.dumps(data, sort_keys=True, ensure_ascii=False, default=str)


def _unknown(name: str, known: list[str]) -> str:
    if not known:
        return _("没有名为“{name}”的字段，这个操作不带内容。").format(name=name[:60])
    return _("没有名为“{name}”的字段，可用：{known}。").format(name=name[:60], known="、".join(known))
