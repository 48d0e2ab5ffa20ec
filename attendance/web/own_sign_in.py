"""The worker's door: phone, code, and where it is needed the last four figures of the identity number."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views import View

from accounts.actors import actor_of
from accounts.models import User
from audit.services import record
from kernel.errors import DomainError
from kernel.masking import mask_phone
from standards.selectors import parameter
from web.forms import ScopedForm
from web.sign_ins import Stranger
from workers import services as workers

_SESSION = "worker_code"
_DAY = 86_400


def _figures(label: str, most: int, complete: str, **attrs: str) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=most,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": complete, **attrs}),
    )


class PhoneForm(ScopedForm):
    """A phone."""

    phone = _figures("手机号", 20, "tel-national", autofocus="")


class CodeForm(ScopedForm):
    """The code that came to it."""

    code = _figures("验证码", 12, "one-time-code", autofocus="", **{"class": "code-in"})


class NumberForm(ScopedForm):
    """Four figures, of which the last may be X."""

    last_four = forms.CharField(
        label="身份证号后四位",
        max_length=4,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autofocus": "", "class": "code-in"}),
    )


class _Step(View):
    """One step of the door: a form, an act, and where it leads; a refusal is shown at its field."""

    form_class: type[ScopedForm]
    template_name = "own/door.html"
    texts: dict[str, Any] = {}

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated:
            return redirect("home")
        answer = super().dispatch(request, *args, **kwargs)
        assert isinstance(answer, HttpResponse)  # noqa: S101  # steps do not stream
        answer.headers["Cache-Control"] = "no-store"
        return answer

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(self.form_class(actor=Stranger()))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self.form_class(request.POST, actor=Stranger())
        if not form.is_valid():
            return self.show(form, 422)
        try:
            return self.act(form.cleaned_data)
        except DomainError as refusal:
            form.refuse(refusal)
            return self.show(
                form, refusal.status, gone=refusal.code in ("code_spent", "code_expired", "code_used")
            )

    def act(self, given: dict[str, Any]) -> HttpResponse:
        """Do the step's one act."""
        raise NotImplementedError

    def show(self, form: ScopedForm, status: int = 200, *, gone: bool = False) -> HttpResponse:
        shown = {"form": form, "gone": gone, **self.texts, **self.more()}
        return render(self.request, self.template_name, shown, status=status)

    def more(self) -> dict[str, Any]:
        """What else the step says."""
        return {}

    @property
    def held(self) -> dict[str, str]:
        """Which code this session waits for, and the masked phone it went to."""
        found = self.request.session.get(_SESSION)
        return found if isinstance(found, dict) else {}

    def let_in(self, user: User) -> HttpResponse:
        """Begin the worker's session."""
        login(self.request, user, backend="django.contrib.auth.backends.ModelBackend")
        self.request.session.pop(_SESSION, None)
        self.request.session.set_expiry(int(parameter("worker_sign_in.session_days")) * _DAY)
        record(actor_of(self.request), "accounts.signed_in", user, by="phone_code")
        return redirect("me")


class Door(_Step):
    """A phone; the answer is the same whether anybody is registered with it."""

    form_class = PhoneForm
    texts = {"title": "工人登录", "submit": "发验证码", "lead": "用在工地登记的手机号登录，不用密码。"}

    def act(self, given: dict[str, Any]) -> HttpResponse:
        address = self.request.META.get("REMOTE_ADDR", "")
        code = workers.ask_code(phone=given["phone"], address=address, now=timezone.now())
        to = mask_phone(workers.stored_phone(given["phone"]))
        self.request.session[_SESSION] = {"id": str(code.public_id), "to": to}
        return redirect("worker_code")


class _WithCode(_Step):
    """A step that belongs to a code this session asked for."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.held and not request.user.is_authenticated:
            return redirect("worker_sign_in")
        return super().dispatch(request, *args, **kwargs)

    @property
    def code_id(self) -> UUID:
        return UUID(self.held["id"])


class Code(_WithCode):
    """The code. One worker on a site goes in; otherwise four figures of the number are asked."""

    form_class = CodeForm
    texts = {"title": "填验证码", "submit": "登录", "again": True}

    def act(self, given: dict[str, Any]) -> HttpResponse:
        user = workers.enter_by_code(code_id=self.code_id, code=given["code"], now=timezone.now())
        return self.let_in(user) if user else redirect("worker_number")

    def more(self) -> dict[str, Any]:
        minutes = parameter("worker_sign_in.code_minutes")
        lead = _("如果 {to} 在工地登记过，会收到 6 位数字的短信，{minutes} 分钟内有效。")
        return {"lead": str(lead).format(to=self.held["to"], minutes=minutes)}


class Number(_WithCode):
    """Whose phone it is, where several share it, or where nobody with it is on a site now."""

    form_class = NumberForm
    texts = {
        "title": "再核对一下",
        "submit": "登录",
        "again": True,
        "lead": "这个手机号可能有几个人在用，请填您身份证号的后四位。",
    }

    def act(self, given: dict[str, Any]) -> HttpResponse:
        return self.let_in(
            workers.enter_by_number(code_id=self.code_id, last_four=given["last_four"], now=timezone.now())
        )
