"""What every page and endpoint shares: whose address calls, the database away, and a refusal in words."""

from collections.abc import Callable
from ipaddress import ip_address, ip_network

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django_structlog.middlewares import RequestMiddleware

from kernel.errors import DomainError, HeldElsewhere
from web.api.problems import problem_json
from web.copies import Copy, copy_of

log = structlog.get_logger(__name__)
Answer = Callable[[HttpRequest], HttpResponse]
_AWAY = "平台数据库暂时连接不上，您的操作没有写入。请稍等片刻再试，无需重新登录。"


class CallerAddress:
    """The caller's own address, when a proxy we trust passes it on; a header from anybody else is ignored."""

    def __init__(self) -> None:
        self.trusted = [ip_network(entry, strict=False) for entry in settings.TRUSTED_PROXIES]

    def __call__(self, remote: str, passed_on: str) -> str:
        """The address, given that of the connection and what X-Forwarded-For says."""
        if self.trusted and passed_on and self._is_trusted(remote):
            # The last entry was added by our own proxy; those before it are the caller's word.
            return passed_on.split(",")[-1].strip()
        return remote

    def _is_trusted(self, address: str) -> bool:
        try:
            caller = ip_address(address)
        except ValueError:
            return False
        return any(caller in network for network in self.trusted)


class ClientAddressMiddleware:
    """Puts the caller's own address where views look for it."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response
        self.address_of = CallerAddress()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        remote = request.META.get("REMOTE_ADDR", "")
        request.META["REMOTE_ADDR"] = self.address_of(remote, request.META.get("HTTP_X_FORWARDED_FOR", ""))
        return self.get_response(request)


class RequestLogMiddleware(RequestMiddleware):
    """A line as a request begins and one as it ends: the path only, for a query may name a person."""

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        return f"{request.method} {request.path}"


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
        if request.path.startswith(("/api/", "/gateway/")):
            answer = problem_json(503, "database_away", _AWAY)
        elif request.path.startswith("/open.api"):
            answer = JsonResponse(
                {"code": 9999, "message": _AWAY, "data": None},
                status=503,
                json_dumps_params={"ensure_ascii": False},
            )
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
        said = {"error": exception, "copy": self._copy(request, exception)}
        return render(request, "web/refused.html", said, status=exception.status)

    def _copy(self, request: HttpRequest, refusal: DomainError) -> Copy | None:
        """The copy that was met, and where its correction is asked for."""
        actor = getattr(request, "actor", None)
        if actor is None or not isinstance(refusal, HeldElsewhere) or refusal.row is None:
            return None
        return copy_of(actor, refusal.row)
