"""The doors between nodes: HTTP signed on both sides, no sessions (docs/federation-protocol.md)."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import msgspec
import structlog
from django.db import DataError
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from federation.models import Node
from federation.services.admitting import Caller, Heard, admitted, require_first
from federation.services.carrying_files import FILES, answer_files
from federation.services.comparing import COMPARE, answer_compare
from federation.services.dispatching import FETCH, answer_fetch
from federation.services.handshake import HELLO, answer_hello
from federation.services.joining import JOIN, accept_join
from federation.services.move_answers import answer_move
from federation.services.move_calls import MOVE
from federation.services.outcomes import RESULTS, answer_results
from federation.services.own_node import signed_headers
from federation.services.receiving import ENVELOPES, MEGABYTE, receive
from federation.services.refusals_of_calls import CallRefused, note_refused_envelope
from federation.services.transport import ENVELOPE, JSON
from federation.wire import heads
from standards.selectors import parameter

log = structlog.get_logger(__name__)
Said = tuple[bytes, str]
Work = Callable[[Heard, datetime], Said]


@csrf_exempt
def join(request: HttpRequest) -> HttpResponse:
    """A platform that was invited shows its invitation and brings its keys."""
    return _answered(request, JOIN, lambda heard, now: _json(accept_join(heard, now)))


@csrf_exempt
def hello(request: HttpRequest) -> HttpResponse:
    """Versions and keys of both sides."""

    def work(heard: Heard, now: datetime) -> Said:
        caller = admitted(heard, now, is_read=True)
        require_first(heard, caller.node, now)
        return _json(answer_hello(caller, _said(heard, caller), now))

    return _answered(request, HELLO, work)


@csrf_exempt
def envelopes(request: HttpRequest) -> HttpResponse:
    """An envelope upward; the answer is its receipt."""

    def work(heard: Heard, now: datetime) -> Said:
        receipt = receive(admitted(heard, now), heard.content, now)
        return _json({"receipt": msgspec.to_builtins(receipt)})

    return _answered(request, ENVELOPES, work)


@csrf_exempt
def fetch(request: HttpRequest) -> HttpResponse:
    """The next envelope downward; an empty body where none waits."""

    def work(heard: Heard, now: datetime) -> Said:
        caller = admitted(heard, now, is_read=True)
        return answer_fetch(caller, _said(heard, caller), now) or b"", ENVELOPE

    return _answered(request, FETCH, work)


@csrf_exempt
def compare(request: HttpRequest) -> HttpResponse:
    """Digests of branches, so that both sides find out where they differ."""

    def work(heard: Heard, now: datetime) -> Said:
        return answer_compare(admitted(heard, now, is_read=True), heard.content, now), ENVELOPE

    return _answered(request, COMPARE, work)


@csrf_exempt
def files(request: HttpRequest) -> HttpResponse:
    """What either side still lacks of the files that rows name, and some of it."""

    def work(heard: Heard, now: datetime) -> Said:
        return answer_files(admitted(heard, now, is_read=True), heard.content, now), ENVELOPE

    return _answered(request, FILES, work, limit="federation.file_megabytes")


@csrf_exempt
def move(request: HttpRequest) -> HttpResponse:
    """A county's move between its parent's platform and its own, step by step."""

    def work(heard: Heard, now: datetime) -> Said:
        caller = admitted(heard, now, is_read=True)
        require_first(heard, caller.node, now)
        return answer_move(caller, heard.content, now), ENVELOPE

    return _answered(request, MOVE, work)


@csrf_exempt
def results(request: HttpRequest) -> HttpResponse:
    """What became of the caller's records."""

    def work(heard: Heard, now: datetime) -> Said:
        caller = admitted(heard, now, is_read=True)
        return _json(answer_results(caller, _said(heard, caller), now))

    return _answered(request, RESULTS, work)


def _json(said: Mapping[str, Any]) -> Said:
    return msgspec.json.encode(said), JSON


def _said(heard: Heard, caller: Caller) -> Mapping[str, Any]:
    try:
        found = msgspec.json.decode(heard.content)
    except (msgspec.MsgspecError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise CallRefused(
            "malformed", 400, _("内容不是 JSON 对象，没有处理。请对照协议文档。"), node=caller.node
        )
    return found


def _answered(
    request: HttpRequest, act: str, work: Work, *, limit: str = "federation.envelope_megabytes"
) -> HttpResponse:
    """One call: read within limits, done or refused, and answered under this node's signature."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    now, address = timezone.now(), request.META.get("REMOTE_ADDR", "")
    heard = Heard(act, b"", request.headers, address)
    try:
        heard = Heard(act, _body(request, limit), request.headers, address)
        content, content_type = _done(heard, work, now)
        status = 200
    except CallRefused as refused:
        note_refused_envelope(refused, address=address, now=now)
        status, (content, content_type) = refused.status, _json(_refusal(refused))
    headers = signed_headers(
        f"{heads.ANSWER} {status}", heard.said("sender"), content, now, re=heard.said("signature") or "-"
    )
    answer = HttpResponse(content, status=status, content_type=content_type, headers=headers)
    answer["Cache-Control"] = "no-store"
    return answer


def _done(heard: Heard, work: Work, now: datetime) -> Said:
    """What the work answers. Raises CallRefused also for values that can be neither read nor kept."""
    try:
        return work(heard, now)
    except (DataError, ValueError) as wrong:
        # A neighbour gets an answer that it can believe, whatever it sent; what was begun is rolled back.
        log.exception("federation.malformed", act=heard.act)
        raise CallRefused(
            "malformed",
            400,
            _("内容里有不能保存的值（过大、过长或含有空字符），没有处理。请对照协议文档改正程序。"),
            node=_proved(heard, now),
        ) from wrong


def _proved(heard: Heard, now: datetime) -> Node | None:
    """Who is to blame, where the signature says so."""
    try:
        return admitted(heard, now).node
    except CallRefused:
        return None


def _refusal(refused: CallRefused) -> dict[str, Any]:
    return {"code": refused.code, "sentence": refused.message, **refused.details}


def _body(request: HttpRequest, limit: str) -> bytes:
    """The whole body. Raises CallRefused beyond the limit, without reading further."""
    most = int(parameter(limit)) * MEGABYTE
    told = request.META.get("CONTENT_LENGTH") or "0"
    if not (told.isascii() and told.isdecimal()):
        raise CallRefused(
            "malformed", 400, _("请求头 Content-Length 不是数字，没有处理。请检查程序或代理的设置。")
        )
    content = b"" if int(told) > most else request.read(most + 1)
    if int(told) > most or len(content) > most:
        raise CallRefused(
            "too_large",
            413,
            _("报文超过 {most} MB，没有处理。请减少每个报文的记录数后重发。").format(most=most // MEGABYTE),
        )
    return content
