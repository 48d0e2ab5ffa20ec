"""The door itself: HTTP in, one envelope out. HTTP 200 for every answer, except 413 for too large a body."""

from typing import Protocol

import structlog
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from federation.open_api import envelope
from federation.open_api.answering import answered
from federation.open_api.errors import Code, Refusal, bad_request
from standards.selectors import parameter

log = structlog.get_logger(__name__)
CHUNK = 64 * 1024
DRAINED_MEGABYTES = 128  # beyond this a sender is not read to the end


class Readable(Protocol):
    """A stream of bytes."""

    def read(self, size: int, /) -> bytes: ...


class TooLarge(Exception):
    """The body exceeds the limit."""


@csrf_exempt
def open_api(request: HttpRequest) -> HttpResponse:
    """One call of a vendor's system."""
    megabytes = parameter("open_api.body_megabytes")
    try:
        return _answer(_answered(request, _body(request, megabytes)))
    except TooLarge:
        text = f"请求体超过{megabytes}MB,未作任何处理!请减小图片或附件,或减少每次的行数后重新提交"
        return _answer(envelope.refusal(bad_request(text)), status=413)


def _answered(request: HttpRequest, body: bytes) -> dict:
    try:
        if request.method != "POST":
            raise bad_request("请以POST方式提交application/x-www-form-urlencoded表单!")
        return answered(body, address=request.META.get("REMOTE_ADDR", ""), now=timezone.now())
    except Refusal as refused:
        return envelope.refusal(refused)
    except (OperationalError, InterfaceError):
        raise  # the database is away: the middleware answers 503 with Retry-After
    except Exception:
        log.exception("open_api.error")
        return envelope.refusal(Refusal(Code.OTHER, "Internal Error:平台处理出错,请稍后重试,或联系平台"))


def _body(request: HttpRequest, megabytes: int) -> bytes:
    """The whole body. Raises TooLarge without ever holding more than the limit in memory."""
    most = megabytes * 1024 * 1024
    stream = _stream(request)
    if int(request.META.get("CONTENT_LENGTH") or 0) > most:
        _drain(stream)
        raise TooLarge
    parts, size = [], 0
    while chunk := stream.read(CHUNK):
        size += len(chunk)
        if size > most:
            _drain(stream)
            raise TooLarge
        parts.append(chunk)
    return b"".join(parts)


def _stream(request: HttpRequest) -> Readable:
    """Where the body comes from. Django sees none where a sender gives no length, as in chunks."""
    in_chunks = "chunked" in request.META.get("HTTP_TRANSFER_ENCODING", "").lower()
    return request.META.get("wsgi.input", request) if in_chunks else request


def _drain(stream: Readable) -> None:
    """Let a sender finish, so that it reads our answer instead of a broken connection."""
    for _ in range(DRAINED_MEGABYTES * 1024 * 1024 // CHUNK):
        if not stream.read(CHUNK):
            return


def _answer(content: dict, status: int = 200) -> HttpResponse:
    return HttpResponse(
        envelope.as_json(content), content_type="application/json; charset=utf-8", status=status
    )
