"""What every page behind the sign-in does: know who asks, refuse without a post, answer htmx briefly."""

from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views import View

from kernel.permits import require
from kernel.scoping import Actor
from web import drafts
from web.replica import perhaps_from_replica

_NUL = "%00"
# The permission of pages that belong to whoever is signed in, such as one's own messages.
SIGNED_IN = "*"


class Page(View):
    """A page for signed-in people whose posts carry `permission`; `section` marks the left bar's entry."""

    permission = ""
    section = ""
    template_name = ""
    # What htmx swaps; the whole page where a page has no such part.
    part_name = ""
    # Whether it may show what was true some seconds ago: then it is read from the replica, if there is one.
    tolerates_lag = False

    @property
    def actor(self) -> Actor:
        """Who asks, with the posts in force now."""
        return self.request.actor  # type: ignore[attr-defined]  # set by ActorMiddleware

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            if request.method == "POST":
                drafts.stash(request)
            return _to_sign_in(request)
        if self.permission != SIGNED_IN:
            require(self.actor, self.permission)
        if any("\0" in value for value in kwargs.values() if isinstance(value, str)):
            raise Http404
        _without_nul(request)
        answer = self._answer(request, *args, **kwargs)
        assert isinstance(answer, HttpResponseBase)  # noqa: S101  # the stub says more than Django does
        patch_vary_headers(answer, ["HX-Request"])
        answer.headers.setdefault("Cache-Control", "no-store")
        return answer

    def _answer(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        # Posts and permissions were read before, from the primary.
        if not self.tolerates_lag:
            return super().dispatch(request, *args, **kwargs)
        return perhaps_from_replica(request, lambda: super(Page, self).dispatch(request, *args, **kwargs))

    def show(self, context: dict[str, Any]) -> HttpResponse:
        """The page, or only the part that htmx asked for."""
        htmx = self.request.htmx  # type: ignore[attr-defined]  # set by HtmxMiddleware
        brief = htmx and not htmx.history_restore_request and not htmx.boosted
        name = self.part_name if brief and self.part_name else self.template_name
        return render(self.request, name, {"section": self.section, **context})


def _without_nul(request: HttpRequest) -> None:
    """Read what was asked without NUL characters, which no name contains and PostgreSQL refuses."""
    asked, sent = request.GET.urlencode(), request.POST.urlencode()
    if _NUL in asked:
        request.GET = QueryDict(asked.replace(_NUL, ""))
    if _NUL in sent:
        request.POST = QueryDict(sent.replace(_NUL, ""))


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    if request.headers.get("X-Check"):
        return HttpResponse(status=401)
    answer = redirect_to_login(request.get_full_path())
    if request.headers.get("HX-Request"):
        # A swap must not put the sign-in page into a table.
        return HttpResponse(headers={"HX-Redirect": answer["Location"]})
    return answer
