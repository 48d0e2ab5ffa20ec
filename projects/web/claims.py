"""领取项目账号: at the door, with the number of the permit and the one-time code of the slip."""

import re
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.password_validation import validate_password
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from accounts.actors import actor_of
from accounts.models import User
from audit.services import record
from kernel.errors import DomainError
from projects.errors import CodeGone
from projects.models import AccountCode
from projects.services import claim_account, open_claim, shown_code
from standards.selectors import parameter
from web.forms import ScopedForm
from web.sign_ins import Stranger

_HELD = "project_account_claim"
_BACKEND = "django.contrib.auth.backends.ModelBackend"
# What shows somebody's number to everyone who reads a list of accounts.
_PERSONAL = re.compile(r"\d{11}|\d{15}|\d{17}[\dXx]")
_USERNAME = re.compile(r"[\w.@+-]+")


class ClaimForm(ScopedForm):
    """Number and code, as they stand on the slip."""

    permit_number = forms.CharField(
        label=gettext_lazy("施工许可证编号"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    code = forms.CharField(
        label=gettext_lazy("领取代码"),
        max_length=40,
        help_text=gettext_lazy("12 个字母和数字，大小写和短横不计"),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )


class AccountForm(ScopedForm):
    """Whose account it will be."""

    display_name = forms.CharField(
        label=gettext_lazy("姓名"),
        max_length=60,
        help_text=gettext_lazy("项目负责实名制管理的人"),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    username = forms.CharField(
        label=gettext_lazy("账号名"),
        max_length=150,
        help_text=gettext_lazy("登录时用。字母、数字或汉字，不要用身份证号、手机号"),
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    password = forms.CharField(
        label=gettext_lazy("密码"),
        max_length=128,
        strip=False,
        help_text=gettext_lazy("至少 10 位，不能全是数字"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=gettext_lazy("再输一次密码"),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_username(self) -> str:
        name = self.cleaned_data["username"]
        if _PERSONAL.fullmatch(name):
            raise forms.ValidationError(_("账号名会显示在操作记录里，请不要用身份证号或手机号，换一个名字。"))
        if not _USERNAME.fullmatch(name):
            raise forms.ValidationError(_("账号名只能用字母、数字、汉字和 @ . + - _，请去掉空格和其他符号。"))
        return name

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        password = given.get("password")
        if password and given.get("again") and password != given["again"]:
            self.add_error("again", _("两次输入的密码不一致，请重新输入。"))
        elif password:
            try:
                validate_password(password, User(username=given.get("username", "")))
            except forms.ValidationError as fault:
                self.add_error("password", fault)
        return given


class _Door(View):
    """A page for whoever has not signed in; nobody's cache keeps it."""

    template_name = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.user.is_authenticated:
            messages.info(request, _("您已登录。要领取另一个项目账号，请先退出当前账号。"))
            return redirect("home")
        return super().dispatch(request, *args, **kwargs)

    def show(self, form: ScopedForm, *, status: int = 200, **more: Any) -> HttpResponse:
        shown = {
            "form": form,
            "tries": parameter("claim.lock_after"),
            "minutes": parameter("claim.lock_minutes"),
        }
        answer = render(self.request, self.template_name, {**shown, **more}, status=status)
        answer["Cache-Control"] = "no-store"
        return answer


class Claim(_Door):
    """The number of the permit and the code."""

    template_name = "projects/claim.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(ClaimForm(actor=Stranger()))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = ClaimForm(request.POST, actor=Stranger())
        if not form.is_valid():
            return self.show(form, status=422)
        now = timezone.now()
        try:
            code = open_claim(
                permit_number=form.cleaned_data["permit_number"],
                code=form.cleaned_data["code"],
                address=request.META.get("REMOTE_ADDR", ""),
                now=now,
            )
        except DomainError as refusal:
            form.add_error(None, refusal.message)
            return self.show(form, status=refusal.status)
        request.session.cycle_key()
        request.session[_HELD] = {"code": str(code.public_id), "at": now.isoformat()}
        return redirect("claim_open")


class OpenAccount(_Door):
    """Name, account name and password; then one is signed in on the project."""

    template_name = "projects/claim_open.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._with_code(lambda code: self._page(code, AccountForm(actor=Stranger())))

    def post(self, request: HttpRequest) -> HttpResponse:
        return self._with_code(self._open)

    def _with_code(self, go_on: Any) -> HttpResponse:
        """Go on with the code that was shown a little while ago, or begin anew."""
        try:
            return go_on(_held(self.request))
        except CodeGone as refusal:
            self.request.session.pop(_HELD, None)
            messages.warning(self.request, refusal.message)
            return redirect("claim")

    def _page(self, code: AccountCode, form: ScopedForm, status: int = 200) -> HttpResponse:
        return self.show(form, status=status, project=code.project, permit=code.permit)

    def _open(self, code: AccountCode) -> HttpResponse:
        form = AccountForm(self.request.POST, actor=Stranger())
        if not form.is_valid():
            return self._page(code, form, status=422)
        given = {name: form.cleaned_data[name] for name in ("username", "display_name", "password")}
        try:
            user = claim_account(code=code, **given, now=timezone.now())
        except CodeGone:
            raise
        except DomainError as refusal:
            form.refuse(refusal)
            return self._page(code, form, status=refusal.status)
        self.request.session.pop(_HELD, None)
        login(self.request, user, backend=_BACKEND)
        record(actor_of(self.request), "accounts.signed_in", user)
        messages.success(
            self.request,
            _("账号已开通，您现在是“{project}”的总承包项目管理员。").format(project=code.project.name),
        )
        return redirect("home")


def _held(request: HttpRequest) -> AccountCode:
    """The code that this session has shown. Raises CodeGone."""
    held = request.session.get(_HELD) or {}
    now = timezone.now()
    minutes = timedelta(minutes=parameter("claim.open_minutes"))
    if not held or datetime.fromisoformat(held["at"]) + minutes <= now:
        raise CodeGone
    return shown_code(public_id=held["code"], now=now)
