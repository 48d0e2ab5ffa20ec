"""“不对”: the worker says what is wrong with a day, or with the own name or phone."""

from datetime import time
from typing import Any

from django import forms
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from attendance.selectors import own
from attendance.services import Claim, ask_correction
from attendance.web.clock import day_asked, today
from attendance.web.correction_words import WRONG
from standards.selectors import parameter
from web.acts import FormPage
from web.forms import DayField, FileField, RowField, ScopedForm
from workers.models import Engagement


class ClockField(forms.TimeField):
    """A time on the wall, such as 07:00."""

    widget = forms.TimeInput(format="%H:%M", attrs={"type": "time"})
    default_error_messages = {"invalid": _("时间要写成 07:00 这样。")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(input_formats=["%H:%M", "%H:%M:%S"], required=False, **kwargs)

    def clean(self, value: Any) -> time | None:
        at = super().clean(value)
        return at.replace(second=0) if at else None


class ClaimForm(ScopedForm):
    """What is wrong, when, and what shows it; shared by the worker's page and the clerk's."""

    wrong = forms.ChoiceField(
        label="哪里不对",
        choices=list(WRONG.items()),
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": _("没有这个选项，请从图里选一个。")},
    )
    day = DayField(label="哪一天")
    in_time = ClockField(label="几点进的", help_text=_("补进场的要填。"))
    out_time = ClockField(label="几点出的", help_text=_("补出场的要填。"))
    note = forms.CharField(
        label="说明",
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("例如：闸机坏了，从侧门进的。"),
    )
    photo = FileField(label="照片", kinds=("image",), required=False, help_text=_("例如现场照片、记工本。"))

    def claim(self) -> Claim:
        """The form as the service takes it."""
        given = self.cleaned_data
        photo = given.get("photo")
        return Claim(
            wrong=given["wrong"],
            day=given["day"],
            in_time=given["in_time"],
            out_time=given["out_time"],
            note=given["note"],
            photo=photo.address if photo else "",
            photo_name=photo.name[:120] if photo else "",
        )


class OwnClaimForm(ClaimForm):
    """The worker's own claim; which site is asked only where there is more than one."""

    engagement = RowField(
        label="哪个工地",
        rows=lambda form: own.own_engagements(form.actor, today()),
        name=lambda row: row.project.name,
    )
    field_order = ("engagement",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        works = list(own.own_engagements(self.actor, today())[:2])
        self.only: Engagement | None = works[0] if len(works) == 1 else None
        if self.only:
            del self.fields["engagement"]


class OwnAsk(FormPage):
    """Big choices, a day, a time; the rest is optional."""

    permission = "own.dispute"
    template_name = "own/ask.html"
    form_class = OwnClaimForm
    submit = _("报上去")
    cancel_url = "/me/"

    def first(self) -> dict[str, Any]:
        day = day_asked(self.request.GET.get("day"), today())
        works = own.own_days(self.actor, day, day)[:1]
        return {
            "day": day,
            "wrong": self.request.GET.get("wrong", ""),
            "engagement": str(works[0].engagement.public_id) if works else "",
        }

    def act(self, form: Any) -> str:
        row = ask_correction(
            actor=self.actor,
            engagement=form.only or form.cleaned_data["engagement"],
            claim=form.claim(),
            now=timezone.now(),
        )
        self.say(str(_("报上去了。有结果会告诉您。")))
        return reverse("own_correction", args=[row.public_id])

    def context(self) -> dict[str, Any]:
        return {
            "title": "哪里不对",
            "me": own.own_person(self.actor),
            "as_of": timezone.now(),
            "here": "asked",
            "back": "/me/",
            "window": parameter("correction.window_days", on=today()),
        }
