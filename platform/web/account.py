"""Signing in and out, and changing a password; every one of them is audited."""

from typing import Any

from django.contrib.auth import login, logout, update_session_auth_hash
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm, UsernameField
from django.contrib.auth.views import LoginView, PasswordChangeView
from django.core.exceptions import ValidationError
from django.forms import TextInput
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from knox.models import AuthToken

from accounts.actors import actor_of
from audit.services import record
from web.api.problems import problem_json
from web.navigation import entries_for
from web.sign_ins import limits, locked, note_failure, wrong_password


class SignInForm(AuthenticationForm):
    """Account and password; the refusal never says which of the two was wrong."""

    # Django tells only the browser how long a name may be; whoever has none would meet the database.
    username = UsernameField(
        max_length=150,
        widget=TextInput(attrs={"autofocus": True}),
        error_messages={
            "required": _("请填用户名"),
            "max_length": _("用户名最多 150 个字，请核对后重填"),
            "null_characters_not_allowed": _("用户名含有不可见的字符，请核对后重填"),
        },
    )
    error_messages = {
        "inactive": _("该账号已停用。请联系平台管理员。"),
    }

    def get_invalid_login_error(self) -> ValidationError:
        return ValidationError(wrong_password(), code="invalid_login")


class SignIn(LoginView):
    """The door for people with an account."""

    template_name = "web/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get_default_redirect_url(self) -> str:
        """The first entry of the left bar: where the work of this post begins."""
        entries = entries_for(actor_of(self.request))
        return entries[0].url if entries else super().get_default_redirect_url()

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        login(self.request, form.get_user())
        record(actor_of(self.request), "accounts.signed_in", form.get_user())
        return redirect(self.get_success_url())

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        # A locked account is put on record by locked_out; an empty field is no attempt.
        if form.non_field_errors() and not getattr(self.request, "axes_locked_out", False):
            note_failure(self.request, form.cleaned_data.get("username", ""))
        return super().form_invalid(form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | limits()


class NewPasswordForm(PasswordChangeForm):
    """A new password is another one than before."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("old_password") and cleaned["old_password"] == cleaned.get("new_password1"):
            self.add_error("new_password1", _("新密码不能与原密码相同。请换一个没有用过的密码。"))
        return cleaned


class ChangePassword(PasswordChangeView):
    """A new password; required at the first sign-in."""

    template_name = "web/password.html"
    form_class = NewPasswordForm
    success_url = reverse_lazy("home")

    def form_valid(self, form: PasswordChangeForm) -> HttpResponse:
        user = form.save()
        user.must_change_password = False
        user.save(update_fields=["must_change_password"])
        update_session_auth_hash(self.request, user)
        # Whoever changes a password may have lost the old one: tokens given for it end with it.
        AuthToken.objects.filter(user=user).delete()
        record(actor_of(self.request), "accounts.password_changed", user)
        return redirect(self._way_back())

    def _way_back(self) -> str:
        """The page that asked for the new password, if it is one of ours."""
        back = self.request.GET.get("next", "")
        return back if _is_ours(self.request, back) else str(self.success_url)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Leave; the session is gone at once."""
    if request.user.is_authenticated:
        record(actor_of(request), "accounts.signed_out", request.user)
    logout(request)
    back = request.POST.get("next", "")
    return redirect(
        f"{reverse('sign_in')}?{urlencode({'next': back})}" if _is_ours(request, back) else "sign_in"
    )


def _is_ours(request: HttpRequest, address: str) -> bool:
    """Whether an address that somebody hands us leads to this node."""
    ours = {request.get_host()}
    return url_has_allowed_host_and_scheme(address, ours, require_https=request.is_secure())


def locked_out(
    request: HttpRequest, _response: HttpResponse | None = None, credentials: dict[str, Any] | None = None
) -> HttpResponse:
    """What a locked account is told: for how long, and whom to ask."""
    note_failure(request, str((credentials or {}).get("username") or ""), is_locked=True)
    if request.path.startswith("/api/"):
        return problem_json(429, "locked_out", locked())
    shown = {"form": SignInForm(request), "locked": locked(), **limits()}
    return render(request, "web/sign_in.html", shown, status=429)
