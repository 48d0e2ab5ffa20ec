"""Signing in and out, and changing a password; every one of them is audited."""

from django.contrib.auth import login, logout, update_session_auth_hash
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.contrib.auth.views import LoginView, PasswordChangeView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from knox.models import AuthToken

from accounts.actors import actor_of
from audit.services import record
from web.api.problems import problem_json

_LOCKED = "该账号连续多次输错密码，已暂时锁定。请 15 分钟后再试；忘记密码请联系平台管理员重置。"


class SignInForm(AuthenticationForm):
    """Account and password; the refusal never says which of the two was wrong."""

    error_messages = {
        "invalid_login": _("账号或密码不对。请检查大小写后再试；连续输错 5 次将锁定 15 分钟。"),
        "inactive": _("该账号已停用。请联系平台管理员。"),
    }


class SignIn(LoginView):
    """The door for people with an account."""

    template_name = "web/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        login(self.request, form.get_user())
        record(actor_of(self.request), "accounts.signed_in", form.get_user())
        return redirect(self.get_success_url())


class ChangePassword(PasswordChangeView):
    """A new password; required at the first sign-in."""

    template_name = "web/password.html"
    success_url = reverse_lazy("home")

    def form_valid(self, form: PasswordChangeForm) -> HttpResponse:
        user = form.save()
        user.must_change_password = False
        user.save(update_fields=["must_change_password"])
        update_session_auth_hash(self.request, user)
        # Whoever changes a password may have lost the old one: tokens given for it end with it.
        AuthToken.objects.filter(user=user).delete()
        record(actor_of(self.request), "accounts.password_changed", user)
        return redirect(self.success_url)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Leave; the session is gone at once."""
    if request.user.is_authenticated:
        record(actor_of(request), "accounts.signed_out", request.user)
    logout(request)
    return redirect("sign_in")


def locked_out(request: HttpRequest, *_args: object, **_kwargs: object) -> HttpResponse:
    """What a locked account is told: for how long, and whom to ask."""
    if request.path.startswith("/api/"):
        return problem_json(429, "locked_out", _LOCKED)
    return render(request, "web/sign_in.html", {"form": SignInForm(request), "locked": _LOCKED}, status=429)
