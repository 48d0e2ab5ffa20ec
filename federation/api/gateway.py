"""`GET /gateway/v1/<object>`: the only door to the outside, at the province's node. docs/gateway.md.

Not part of /api/v1: partners are no users, and each has a description of its own, of exactly its fields.
"""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from federation.gateway.errors import BadQuestion, NoKey, Unserved
from federation.services.sharing import Call, hand_out, note_turned_away
from kernel.errors import DomainError
from web.api.problems import problem_json

_TYPE = "application/json; charset=utf-8"


@method_decorator(csrf_exempt, name="dispatch")  # a program hears that it must read, not that its form is old
class GatewayDoor(View):
    """One object, as one partner's agreement lets it out."""

    http_method_names = ["get"]

    def get(self, request: HttpRequest, shared: str) -> HttpResponse:
        now = timezone.now()
        call = Call(
            authorization=request.headers.get("Authorization", ""),
            shared=shared,
            asked=request.GET.dict(),
            address=request.META.get("REMOTE_ADDR", ""),
        )
        try:
            _require_single(request)
            told = hand_out(call=call, now=now)
        except DomainError as refusal:
            note_turned_away(call, refusal, now)
            return _refused(refusal)
        return _with_head(HttpResponse(json.dumps(told, ensure_ascii=False), content_type=_TYPE))

    def http_method_not_allowed(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        told = _("对外共享接口只供读取，请用 GET。")
        answer = problem_json(405, "method_not_allowed", told)
        answer["Allow"] = "GET"
        return _with_head(answer)


def _require_single(request: HttpRequest) -> None:
    """Each parameter once and readable: of two values one would be quietly ignored. Raises BadQuestion."""
    for name, values in request.GET.lists():
        if len(values) > 1:
            raise BadQuestion(_("参数 {name} 只能写一次。").format(name=name[:40]), name)
        if "\0" in values[0] or "\0" in name:
            raise BadQuestion(_("参数中有不可见字符，请去掉后再试。"), name.replace("\0", ""))


def _refused(refusal: DomainError) -> HttpResponse:
    answer = problem_json(refusal.status, refusal.code, refusal.message)
    if isinstance(refusal, NoKey):
        answer["WWW-Authenticate"] = 'Bearer realm="gateway"'
    if isinstance(refusal, Unserved) and refusal.retry_after is not None:
        answer["Retry-After"] = str(refusal.retry_after)
    return _with_head(answer)


def _with_head(answer: HttpResponse) -> HttpResponse:
    answer["Cache-Control"] = "no-store"
    return answer
