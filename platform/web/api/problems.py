"""Refusals of the REST API as problem details (RFC 9457), in sentences."""

import json
from typing import Any

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from rest_framework import exceptions
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
        return _problem(
            raised.status,
            raised.message,
            raised.code,
            {raised.field: [raised.message]} if raised.field else {},
        )
    answer = exception_handler(raised, context)
    if answer is None:
        return None
    if isinstance(raised, exceptions.ValidationError) and answer.data == _NOTHING:
        answer.data = {"": [_("请求体应为一个 JSON 对象，例如 {}。")]}
    errors: dict[str, Any] = {}
    if isinstance(raised, exceptions.ValidationError):
        errors = answer.data if isinstance(answer.data, dict) else {"": answer.data}
    detail = _in_words(raised) or _first_sentence(answer.data) or str(raised)
    code = raised.get_codes() if isinstance(raised, exceptions.APIException) else "refused"
    problem = _problem(answer.status_code, detail, code if isinstance(code, str) else "invalid", errors)
    for header in ("Retry-After", "WWW-Authenticate"):
        if header in answer.headers:
            problem.headers[header] = answer.headers[header]
    return problem


def _problem(status: int, detail: str, code: str, errors: dict[str, Any]) -> Response:
    body: dict[str, Any] = {
        "title": _TITLES.get(status, _("请求未完成")),
        "status": status,
        "code": code,
        "detail": detail,
    }
    if errors:
        body["errors"] = errors
    return Response(body, status=status, content_type="application/problem+json")


def _in_words(raised: Exception) -> str:
    """Our own sentence where the library's names a fault and no remedy, or speaks English."""
    if isinstance(raised, exceptions.ParseError):
        return _("请求内容不是有效的 JSON，未作任何处理。请检查引号、逗号和括号后重新提交。")
    if isinstance(raised, exceptions.NotAuthenticated):
        return _("请先登录：向 /api/v1/tokens/ 提交账号和密码取得令牌，再以 Authorization: Bearer 提交。")
    return ""


def _first_sentence(data: Any) -> str:
    while isinstance(data, dict | list) and data:
        data = next(iter(data.values())) if isinstance(data, dict) else data[0]
    return str(data) if data else ""
