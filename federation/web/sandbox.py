"""联调沙箱 and 自测: a vendor practises and proves its client without asking anybody."""

from typing import Any
from uuid import UUID

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from federation.conformance import STEPS, findings, shown_of
from federation.models import ConformanceRun
from federation.sandboxes import GATE, kit_of
from federation.selectors import calls_of_run, conformance_run, conformance_runs, sandbox_of
from federation.services import begin_run, open_sandbox
from federation.web.public import PublicPage
from kernel.errors import DomainError
from standards.selectors import parameter
from web import slips
from web.forms import ScopedForm
from web.sign_ins import Stranger

PER_PAGE = 50


class SandboxForm(ScopedForm):
    """Who practises."""

    vendor = forms.CharField(label="厂商名称", max_length=80, help_text="会显示在自测结果里")


class OpenSandbox(PublicPage):
    """What a sandbox is, and the form that opens one."""

    template_name = "federation/handbook/sandbox.html"
    part = "sandbox"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._show(SandboxForm(actor=Stranger()))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = SandboxForm(request.POST, actor=Stranger())
        if not form.is_valid():
            return self._show(form, status=422)
        try:
            sandbox, secret = open_sandbox(
                vendor=form.cleaned_data["vendor"],
                address=request.META.get("REMOTE_ADDR", ""),
                now=timezone.now(),
            )
        except DomainError as refusal:
            form.refuse(refusal)
            return self._show(form, status=refusal.status)
        slips.put(request, str(sandbox.public_id), secret)
        return redirect("sandbox_shown", public_id=sandbox.public_id)

    def _show(self, form: ScopedForm, status: int = 200) -> HttpResponse:
        return self.show(
            {
                "title": "联调沙箱",
                "form": form,
                "days": parameter("sandbox.days"),
                "a_day": parameter("sandbox.per_address_day"),
            },
            status,
        )


class ShownSandbox(PublicPage):
    """A sandbox for as long as it lives: the invented people to use, and at first its secret.

    Whoever has the address sees the invented people and firms; the secret only who has just opened it.
    """

    template_name = "federation/handbook/sandbox_shown.html"
    part = "sandbox"

    def get(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        sandbox, slip = sandbox_of(public_id), slips.shown(request, str(public_id))
        if sandbox is None or sandbox.expires_at <= timezone.now():
            return redirect("sandbox")
        answer = self.show(
            {
                "title": "联调沙箱已开通" if slip else "联调沙箱",
                "here": request.build_absolute_uri(request.path),
                "sandbox": sandbox,
                "slip": slip,
                "kit": kit_of(sandbox),
                "gate": GATE,
                "address": request.build_absolute_uri(reverse("open_api")),
            }
        )
        answer["Cache-Control"] = "no-store"
        return answer


class RunForm(ScopedForm):
    """Which sandbox, and which client shows itself."""

    appid = forms.CharField(
        label="沙箱 appid", max_length=64, widget=forms.TextInput({"autocomplete": "off"})
    )
    secret = forms.CharField(
        label="沙箱 appsecret",
        max_length=64,
        help_text="只用来证明沙箱是您的，不保存、不显示",
        widget=forms.PasswordInput({"autocomplete": "off"}),
    )
    client = forms.CharField(label="客户端名称", max_length=80, help_text="例如：某某闸机网关。会公开显示")
    client_version = forms.CharField(label="版本", max_length=40, required=False)


class Runs(PublicPage):
    """The form that begins a self-test, and the results of all."""

    template_name = "federation/handbook/conformance.html"
    part = "conformance"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._show(RunForm(actor=Stranger()))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = RunForm(request.POST, actor=Stranger())
        if not form.is_valid():
            return self._show(form, status=422)
        try:
            run = begin_run(**form.cleaned_data, now=timezone.now())
        except DomainError as refusal:
            form.refuse(refusal)
            return self._show(form, status=refusal.status)
        return redirect("conformance_run", public_id=run.public_id)

    def _show(self, form: ScopedForm, status: int = 200) -> HttpResponse:
        page = Paginator(conformance_runs(), PER_PAGE).get_page(self.request.GET.get("page"))
        return self.show(
            {
                "title": "自测",
                "form": form,
                "steps": STEPS,
                "hours": parameter("sandbox.run_hours"),
                "page": page,
                "runs": [(run, run_state(run)) for run in page],
            },
            status,
        )


class OneRun(PublicPage):
    """One self-test: its steps, ticked as the client shows them; the address stays."""

    template_name = "federation/handbook/conformance_run.html"
    part = "conformance"

    def get(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        run = conformance_run(public_id)
        is_open = run.finished_at is None
        found = findings(calls_of_run(run)) if is_open else run.findings
        run.shown = shown_of(found)
        hows = {step.key: step.how for step in STEPS}
        context: dict[str, Any] = {
            "title": f"自测：{run}",
            "run": run,
            "is_open": is_open,
            "state": run_state(run),
            "findings": [(one, hows.get(one["key"], "")) for one in found],
        }
        if request.headers.get("HX-Request"):
            self.template_name = "federation/handbook/_conformance_steps.html"
        return self.show(context)


def run_state(run: ConformanceRun) -> tuple[str, str]:
    """A self-test's level and state."""
    if run.is_passed:
        return "green", "全部通过"
    if run.finished_at is None:
        return "blue", "进行中"
    return "amber", "未全部通过"
