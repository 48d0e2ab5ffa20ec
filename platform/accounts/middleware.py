"""Posts that have ended end the session at once; a first sign-in changes the password."""

from collections.abc import Callable
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from accounts.actors import actor_of

# Paths that a session without rights, or with a password to change, may still open.
_OPEN = ("/account/", "/static/", "/healthz", "/open.api", "/api/", "/metrics")


class ActorMiddleware:
    """Sets `request.actor`; sends away whoever holds no post any more."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = SimpleLazyObject(lambda: actor_of(request))  # type: ignore[attr-defined]  # ours
        if not request.path.startswith(_OPEN) and request.user.is_authenticated:
            if not actor_of(request).holds_anything:
                logout(request)
                messages.error(
                    request, _("您的岗位已到期或被终止，已自动退出。如需继续使用，请联系平台管理员。")
                )
                return redirect("sign_in")
            if request.user.must_change_password:
                back = request.get_full_path() if request.method == "GET" else "/"
                return redirect(f"{resolve_url('password')}?{urlencode({'next': back})}")
        return self.get_response(request)
