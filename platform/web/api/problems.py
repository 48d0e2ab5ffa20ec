"""Refusals of the REST API as problem details (RFC 9457), in sentences."""

import json
from typing import Any

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import exceptions, serializers
from rest_framework.response import Response
from rest_framework.views import exception_handler

from kernel.errors import DomainError, NotFound

_TITLES = {
    400: _("请求内容有误"),
    401: _("未登录或令牌无效"),
    403: _("没有权限"),
    404: _("没有找到"),
    405: _("不支持该操作方式"),
    406: _("不支持该返回格式"),
    415: _("不支持该内容类型"),
    422: _("未通过规则校验"),
    413: _("提交的内容过大"),
    429: _("请求过于频繁"),
    500: _("平台内部错误"),
    503: _("服务暂不可用"),
}

# What the library says of a body that is null; it is not translated.
_NOTHING = {"non_field_errors": ["No data provided"]}

# What the library says of a field, and the words here that say what to do.
_OURS = (
    (serializers.Field, "required", gettext_lazy("请填写此项。")),
    (serializers.Field, "null", gettext_lazy("不能为 null，请填写内容；可不填的，不带这个字段。")),
    (serializers.CharField, "blank", gettext_lazy("不能为空字符串，请填写内容。")),
    (serializers.CharField, "invalid", gettext_lazy("应为一段文字，请写成 JSON 字符串。")),
    (serializers.BooleanField, "invalid", gettext_lazy("请填 true 或 false。")),
    (serializers.IntegerField, "invalid", gettext_lazy("请填整数。")),
    (serializers.DecimalField, "invalid", gettext_lazy("请填数字。")),
    (serializers.DateField, "invalid", gettext_lazy("请填日期，写作 2026-01-31，并确有这一天。")),
    (serializers.ListField, "not_a_list", gettext_lazy("应为一个 JSON 数组，请写成 […]。")),
    (serializers.ListField, "empty", gettext_lazy("不能为空数组，请至少填一项。")),
    (serializers.ListSerializer, "not_a_list", gettext_lazy("应为一个 JSON 数组，请写成 […]。")),
    (serializers.Serializer, "invalid", gettext_lazy("应为一个 JSON 对象，请写成 {…}。")),
)
_WHOLE = ("", "non_field_errors")


def problem_json(status: int, code: str, detail: str) -> HttpResponse:
    """A problem said outside any view of the API: by a middleware, a lock or an error page."""
    body = {
        "title": str(_TITLES.get(status, _("请求未完成"))),
        "status": status,
        "code": code,
        "detail": detail,
    }
    return HttpResponse(
        json.dumps(body, ensure_ascii=False), status=status, content_type="application/problem+json"
    )


def problem_details(raised: Exception, context: dict[str, Any]) -> Response | None:
    """The answer to an exception of a view; None leaves a fault of ours to the 500 page."""
    if isinstance(raised, Http404):
        raised = NotFound()
    if isinstance(raised, DomainError):
        return _problem(raised.status, raised.message, raised.code, raised.errors, raised.details)
    answer = exception_handler(raised, context)
    if answer is None:
        return None
    if isinstance(raised, exceptions.ValidationError) and answer.data == _NOTHING:
        answer.data = {"": [_("请求体应为一个 JSON 对象，例如 {}。")]}
    errors: dict[str, Any] = {}
    if isinstance(raised, exceptions.ValidationError):
        answer.data = _reworded(answer.data)
        errors = answer.data if isinstance(answer.data, dict) else {"": answer.data}
    told = _first_sentence(errors or answer.data.get("detail", ""))
    detail = _in_words(raised, context) or told or str(raised)
    code = raised.get_codes() if isinstance(raised, exceptions.APIException) else "refused"
    problem = _problem(answer.status_code, detail, code if isinstance(code, str) else "invalid", errors)
    for header in ("Retry-After", "WWW-Authenticate"):
        if header in answer.headers:
            problem.headers[header] = answer.headers[header]
    return problem


def _problem(
    status: int, detail: str, code: str, errors: dict[str, Any], details: dict[str, Any] | None = None
) -> Response:
    body: dict[str, Any] = {
        "title": _TITLES.get(status, _("请求未完成")),
        "status": status,
        "code": code,
        "detail": detail,
    }
    if errors:
        body["errors"] = errors
    body.update(details or {})
    return Response(body, status=status, content_type="application/problem+json")


def _in_words(raised: Exception, context: dict[str, Any]) -> str:
    """Our own sentence where the library's names a fault and no remedy, or speaks English."""
    view = context.get("view")
    if isinstance(raised, exceptions.ParseError):
        return _("请求内容不是有效的 JSON，未作任何处理。请检查引号、逗号和括号后重新提交。")
    if isinstance(raised, exceptions.NotAuthenticated):
        ways = [getattr(way, "sign_in_words", "") for way in getattr(view, "authentication_classes", ())]
        return next(filter(None, map(str, ways)), "") or _(
            "请先登录：向 /api/v1/tokens/ 提交账号和密码取得令牌，再以 Authorization: Bearer 提交。"
        )
    if isinstance(raised, exceptions.MethodNotAllowed) and view is not None:
        return _("这个地址不支持 {method}，可用：{known}。").format(
            method=view.request.method, known="、".join(view.allowed_methods)
        )
    return ""


def _reworded(data: Any) -> Any:
    """The same errors, each sentence of the library's in our words; its code stays with it."""
    if isinstance(data, dict):
        return {name: _reworded(value) for name, value in data.items()}
    if isinstance(data, list):
        return [_reworded(value) for value in data]
    for field, key, ours in _OURS:
        theirs, hole, _rest = str(field.default_error_messages[key]).partition("{")
        if str(data) == theirs or (hole and str(data).startswith(theirs)):
            return exceptions.ErrorDetail(str(ours), getattr(data, "code", None))
    return data


def _first_sentence(data: Any) -> str:
    """The first sentence of all, after the name of its field if it has one."""
    path: list[str] = []
    while isinstance(data, dict | list) and data:
        if isinstance(data, dict):
            name, data = next((name, value) for name, value in data.items() if value or len(data) == 1)
            path += [str(name)] if name not in _WHOLE else []
        else:
            data = next((value for value in data if value), data[0])
    if not data:
        return ""
    said = str(data)
    return said if not path or path[-1] in said else f"{'.'.join(path)}：{said}"
