"""履历: read by a code that the worker shows (W7), or as far as the reader sees the work anyway."""

from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from attendance.career_words import told
from attendance.selectors.career import career_in_scope, opened_career
from attendance.web.clock import today
from attendance.web.person_record import PersonTab
from audit.services import record
from kernel.errors import DomainError
from standards.selectors import parameter
from web.acts import FormPage
from web.forms import RowField, ScopedForm
from web.navigation import Crumb
from web.pages import Page
from workers.models import CareerCode
from workers.selectors import career_readings, projects_to_enrol_on
from workers.services import read_career, shown_code

ENROL = "workers.enrol"


class _AskedSometimes(forms.CharField):
    """A field that what stands in another makes necessary: it is not marked as one that may be left out."""

    is_asked_sometimes = True


class ReadForm(ScopedForm):
    """What the worker shows: a picture that was scanned, or six figures and the end of the document."""

    project = RowField(
        label=_("到哪个项目"), rows=lambda form: projects_to_enrol_on(form.actor), name=lambda row: row.name
    )
    code = forms.CharField(
        label=_("从业码"),
        max_length=300,
        help_text=_("用扫码枪扫工人手机上的二维码；没有扫码枪的，输入二维码下面的六位数字。"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autofocus": True}),
    )
    last_four = _AskedSometimes(
        label=_("证件号后四位"),
        max_length=4,
        required=False,
        help_text=_("输入六位数字时必填，照工人的证件；扫码的不填。"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, is_check: bool, **kwargs: Any) -> None:
        self.is_check = is_check
        self.found: CareerCode | None = None
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        """Ask before acting: a wrong code stays counted whatever becomes of the form."""
        cleaned = super().clean() or {}
        if not self.is_check and not self.errors:
            try:
                self.found = shown_code(
                    self.actor, cleaned["code"], cleaned.get("last_four") or "", timezone.now()
                )
            except DomainError as refusal:
                self.refuse(refusal)
        return cleaned


class ReadCareer(FormPage):
    """扫从业码."""

    permission = ENROL
    section = "people"
    form_class = ReadForm
    template_name = "attendance/career_read.html"
    submit = _("看履历")

    def prepare(self, **_kwargs: Any) -> None:
        self.projects = list(projects_to_enrol_on(self.actor)[:2])

    def build(self, data: Any = None, files: Any = None, **more: Any) -> ScopedForm:
        return super().build(data, files, is_check="X-Check" in self.request.headers, **more)

    def first(self) -> dict[str, Any]:
        """The project of the page before, or the only one there is."""
        only = str(self.projects[0].public_id) if len(self.projects) == 1 else ""
        return {"project": self.request.GET.get("project", "") or only}

    def act(self, form: Any) -> str:
        reading = read_career(
            actor=self.actor, project=form.cleaned_data["project"], code=form.found, now=timezone.now()
        )
        return reverse("career", args=[reading.public_id])

    def context(self) -> dict[str, Any]:
        now, minutes = timezone.now(), parameter("career.code_minutes")
        return {
            "title": "扫从业码",
            "lead": f"工人在手机“我的”里点“出示从业码”，{minutes} 分钟有效，只用一次。每次查看工人都知道。",
            "crumbs": [Crumb("人员", reverse("people")), Crumb("扫从业码")],
            "cancel_url": reverse("people"),
            "open": career_readings(self.actor, now)[:10],
        }


class Career(Page):
    """The career that a worker has opened to this site. Each opening is on record, and the worker sees it."""

    permission = ENROL
    section = "people"
    template_name = "attendance/career.html"

    def get(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        reading, career = opened_career(self.actor, public_id, timezone.now())
        record(self.actor, "workers.career_read", career.person)
        return self.show(
            {
                "career": told(career, today()),
                "person": career.person,
                "title": f"{career.person.name} 履历",
                "reading": reading,
                "crumbs": [
                    Crumb("人员", reverse("people")),
                    Crumb("扫从业码", reverse("read_career")),
                    Crumb(career.person.name),
                ],
            }
        )


class PersonCareer(PersonTab):
    """履历 of somebody whose work the reader sees: that work and no other."""

    tab = "career"
    template_name = "attendance/person_career.html"

    def context(self, engagement: Any, tab: str, day: date) -> dict[str, Any]:
        """The record's frame, and the career within scope."""
        found = told(career_in_scope(self.actor, engagement), day)
        return {**super().context(engagement, tab, day), "career": found}
