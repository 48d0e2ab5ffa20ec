"""The supervisor's verdict: accept in one tap, give back with a reason and a new deadline, extend once."""

from datetime import timedelta
from typing import Any

from django import forms
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from integrity.rules import LATE, OPEN, State, day_ended_by, latest_new_deadline, site_date
from integrity.selectors.notices import ISSUE, notice_head
from integrity.selectors.standing import standing_items
from integrity.services import accept_reply, extend_deadline, return_reply
from integrity.web.shown import place, until
from web.acts import FormPage, PostPage
from web.forms import DayField, ScopedForm
from web.navigation import Crumb


class _OfANotice:
    """What the three pages share."""

    actor: Any
    cancel_url: str

    def prepare(self, **kwargs: Any) -> None:
        self.now = timezone.now()
        self.notice: Any = notice_head(self.actor, kwargs["public_id"], self.now)
        self.cancel_url = reverse("notice", args=[self.notice.public_id])

    def titled(self, title: str) -> dict[str, Any]:
        way = Crumb(self.notice.number, self.cancel_url)
        return {
            "title": title,
            "subtitle": self.notice.number,
            "crumbs": place(self.actor, self.notice.project, way, Crumb(title)),
            "notice": self.notice,
        }


class AcceptPage(_OfANotice, PostPage):
    """One tap from the record; where items still stand it names them and asks why they are accepted."""

    permission = ISSUE
    section = "notices"
    template_name = "integrity/accept.html"
    question = "接受这次整改，闭合通知单？"
    consequence = "闭合后存档，双方都能查到全部经过；曾经逾期的，逾期记录保留。"
    button = "接受，闭合"

    def act(self) -> str:
        note = self.request.POST.get("note", "")
        accept_reply(actor=self.actor, notice=self.notice, now=timezone.now(), note=note)
        self.say(f"{self.notice.number} 已闭合。")
        return self.cancel_url

    @cached_property
    def standing(self) -> list[tuple[Any, str]]:
        """The items of an answered notice that stand today as they were found, with how that is said."""
        if State(self.notice.stands) not in OPEN:
            return []
        return standing_items(self.actor, self.notice, self.now)

    def context(self) -> dict[str, Any]:
        note = self.request.POST.get("note", "")
        return {**self.titled("接受整改"), "standing": self.standing, "note": note}


class ReasonForm(ScopedForm):
    """Why, and until when."""

    reason = forms.CharField(
        label="理由",
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="写清哪一项没改好、还缺什么。施工单位会看到。",
    )
    deadline_on = DayField(label="新期限", required=False)


class ReturnPage(_OfANotice, FormPage):
    """Give the answer back."""

    permission = ISSUE
    section = "notices"
    form_class = ReasonForm
    submit = "退回，要求再改"

    def first(self) -> dict[str, Any]:
        return {"deadline_on": latest_new_deadline(site_date(self.now), self.notice.length_days)}

    def build(self, data: Any = None, files: Any = None, **more: Any) -> ScopedForm:
        form = super().build(data, files, **more)
        if State(self.notice.stands) in LATE:
            del form.fields["deadline_on"]
        return form

    def act(self, form: Any) -> str:
        return_reply(
            actor=self.actor,
            notice=self.notice,
            reason=form.cleaned_data["reason"],
            deadline_on=form.cleaned_data.get("deadline_on"),
            now=timezone.now(),
        )
        self.say("已退回，施工单位会收到理由和新期限。")
        return self.cancel_url

    def context(self) -> dict[str, Any]:
        last = latest_new_deadline(site_date(self.now), self.notice.length_days)
        lead = f"新期限最晚 {last}（不长于原定的 {self.notice.length_days} 天）。"
        if State(self.notice.stands) in LATE:
            lead = "通知单已经逾期，退回后仍按逾期处理，不另给期限。"
        return {**self.titled("退回整改"), "lead": lead}


class ExtendPage(_OfANotice, FormPage):
    """More time, once."""

    permission = ISSUE
    section = "notices"
    form_class = ReasonForm
    submit = "延期"

    def first(self) -> dict[str, Any]:
        if self.notice.deadline_at is None:
            return {}
        return {"deadline_on": day_ended_by(self.notice.deadline_at) + timedelta(days=1)}

    def build(self, data: Any = None, files: Any = None, **more: Any) -> ScopedForm:
        form = super().build(data, files, **more)
        form.fields["deadline_on"].required = True
        form.fields["reason"].help_text = "写明为什么需要更多时间。各方都会看到。"
        return form

    def act(self, form: Any) -> str:
        extend_deadline(
            actor=self.actor,
            notice=self.notice,
            reason=form.cleaned_data["reason"],
            deadline_on=form.cleaned_data["deadline_on"],
            now=timezone.now(),
        )
        self.say("已延期。")
        return self.cancel_url

    def context(self) -> dict[str, Any]:
        most = f"一份通知单只能延期一次，最多再给 {self.notice.length_days} 天。"
        lead = f"现在的期限是 {until(self.notice)}。{most}"
        return {**self.titled("延长期限"), "lead": lead}
