"""信用: what authorities have decided of one person, entering such a decision, taking a mistake back."""

from datetime import date
from typing import Any, cast

from django import forms
from django.urls import reverse
from django.utils import timezone

from attendance.web.person_record import PersonTab
from integrity.models import PersonCredit
from integrity.selectors.people_credit import MAY, credit_regions, credit_to, people_credit
from integrity.services import PersonCreditFacts, record_person_credit, withdraw_person_credit
from regions.models import Region
from standards.selectors import code_name, codes
from web.acts import FormPage
from web.forms import DayField, ScopedForm
from web.navigation import Crumb
from workers.selectors import work_to

LEVELS = {"good": "green", "bad": "amber", "blacklist": "red"}
KINDS = dict(PersonCredit.Kind.choices)


def behaviour_in_words(row: PersonCredit) -> str:
    """The behaviour by its name in the list of its kind."""
    return code_name(f"worker_credit_{row.record_kind}", row.behaviour)


class PersonCreditTab(PersonTab):
    """Good and adverse records and blacklists of one person, wherever decided above this site."""

    permission = "integrity.view"
    tab = "credit"
    template_name = "integrity/credit.html"

    def context(self, engagement: Any, tab: str, day: date) -> dict[str, Any]:
        """The record's frame, and the decisions that stand."""
        rows = people_credit(self.actor).filter(person=engagement.person_id)
        credit = [
            (row, LEVELS[row.record_kind], KINDS[row.record_kind], behaviour_in_words(row)) for row in rows
        ]
        more = {"credit": credit, "may_credit": self.actor.may(MAY), "day": day}
        return {**super().context(engagement, tab, day), **more}


def _behaviours() -> list[tuple[str, Any]]:
    offered = [
        (label, [(f"{kind}:{code}", name) for code, name in codes(f"worker_credit_{kind}").items()])
        for kind, label in KINDS.items()
    ]
    return [("", "请选择"), *offered]


class CreditForm(ScopedForm):
    """A decision as its document states it."""

    region = forms.ChoiceField(
        label="作出决定的地区", error_messages={"invalid_choice": "请选择您管理范围内的地区。"}
    )
    behaviour = forms.ChoiceField(label="行为类别", choices=_behaviours)
    content = forms.CharField(label="事实", max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
    authority = forms.CharField(label="决定机关", max_length=100)
    document = forms.CharField(label="决定文号", max_length=100)
    decided_on = DayField(label="决定日期")
    valid_from = DayField(label="生效日期")
    valid_to = DayField(label="截止日期", required=False, help_text="列入黑名单必须填写")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._places = {row.code: row for row in credit_regions(self.actor)}
        field = cast(forms.ChoiceField, self.fields["region"])
        field.choices = [(code, row.name) for code, row in self._places.items()]

    def clean_region(self) -> Region:
        """The region behind the code."""
        return self._places[self.cleaned_data["region"]]


class NewCredit(FormPage):
    """Enter what an authority has decided of a person."""

    permission = MAY
    section = "people"
    form_class = CreditForm
    submit = "登记"
    keeps_draft = True

    def prepare(self, **kwargs: Any) -> None:
        self.work = work_to(self.actor, self.permission, kwargs["public_id"])

    def act(self, form: Any) -> str:
        said = form.cleaned_data
        kind, _, behaviour = said["behaviour"].partition(":")
        record_person_credit(
            actor=self.actor,
            engagement=self.work,
            region=said["region"],
            facts=PersonCreditFacts(
                record_kind=kind,
                behaviour=behaviour,
                content=said["content"],
                authority=said["authority"],
                document=said["document"],
                decided_on=said["decided_on"],
                valid_from=said["valid_from"],
                valid_to=said["valid_to"],
            ),
            today=timezone.localdate(),
        )
        self.say("信用记录已登记。")
        return reverse("person_credit", args=[self.work.public_id])

    def context(self) -> dict[str, Any]:
        back = reverse("person_credit", args=[self.work.public_id])
        return {
            "title": f"登记 {self.work.person.name} 的信用记录",
            "subtitle": f"{self.work.project.name}，{self.work.team.name}",
            "crumbs": [Crumb(self.work.person.name, back), Crumb("登记信用记录")],
            "cancel_url": back,
        }


class WithdrawForm(ScopedForm):
    """Why a record is taken back."""

    reason = forms.CharField(
        label="撤回原因",
        max_length=200,
        help_text="例如：录入有误、信用修复",
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class WithdrawCredit(FormPage):
    """Take a record back; it stays on file with the reason."""

    permission = MAY
    section = "people"
    form_class = WithdrawForm
    submit = "撤回"

    def prepare(self, **kwargs: Any) -> None:
        self.row = credit_to(self.actor, self.permission, kwargs["public_id"])
        self.back = reverse("person_credit", args=[self.row.engagement.public_id])

    def act(self, form: Any) -> str:
        reason = form.cleaned_data["reason"]
        withdraw_person_credit(actor=self.actor, credit=self.row, reason=reason, now=timezone.now())
        self.say("信用记录已撤回。")
        return self.back

    def context(self) -> dict[str, Any]:
        name = self.row.person.name
        return {
            "title": f"撤回 {name} 的信用记录",
            "subtitle": f"{KINDS[self.row.record_kind]}，{behaviour_in_words(self.row)}，{self.row.document}",
            "crumbs": [Crumb(name, self.back), Crumb("撤回信用记录")],
            "cancel_url": self.back,
        }
