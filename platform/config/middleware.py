"""The two answers every page and endpoint shares: the database is away, and the domain refuses."""

from collections.abc import Callable

import structlog
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from kernel.errors import DomainError

log = structlog.get_logger(__name__)
Answer = Callable[[HttpRequest], HttpResponse]
_AWAY = "平台数据库暂时连接不上，您的操作没有写入。请稍等片刻再试，无需重新登录。"


class DatabaseAwayMiddleware:
    """503 with Retry-After while the database is away; the next request heals without a restart."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            return self.get_response(request)
        except (OperationalError, InterfaceError):
            return self._away(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, (OperationalError, InterfaceError)):
            return self._away(request)
        return None

    def _away(self, request: HttpRequest) -> HttpResponse:
        log.warning("database.away", path=request.path)
        if request.path.startswith("/api/"):
            answer: HttpResponse = JsonResponse(
                {"title": "服务暂不可用", "status": 503, "code": "database_away", "detail": _AWAY},
                status=503,
                content_type="application/problem+json",
            )
        elif request.path.startswith("/open.api"):
            answer = JsonResponse({"code": 9999, "message": _AWAY, "data": None}, status=503)
        else:
            answer = render(None, "web/503.html", {"message": _AWAY}, status=503)
        answer["Retry-After"] = "5"
        return answer


class DomainErrorMiddleware:
    """A refusal that a page did not show beside a field becomes a page of its own, in words."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, DomainError):
            return None
        return render(request, "web/refused.html", {"error": exception}, status=exception.status)
