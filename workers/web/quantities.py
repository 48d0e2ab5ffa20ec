"""完工数量: entered, corrected, accepted, returned."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from projects.models import Project
from standards.selectors import code_name
from web.acts import FormPage
from web.copies import is_own
from web.forms import CodeField, DayField, RowField, ScopedForm
from web.navigation import Crumb
from web.pages import Page
from workers.models import Engagement, WorkQuantity
from workers.selectors import people_to_quantify, project_to, quantity, teams_to_quantify
from workers.services import (
    QuantityFacts,
    accept_quantity,
    correct_quantity,
    enter_quantity,
    return_quantity,
    site_day,
)
from workers.services.quantities import ACCEPT, ENTER
from workers.web.enrol_form import team_name

STATES = {
    WorkQuantity.State.ENTERED: "amber",
    WorkQuantity.State.ACCEPTED: "green",
    WorkQuantity.State.RETURNED: "red",
    WorkQuantity.State.REPLACED: "grey",
}


def state_of(row: WorkQuantity) -> tuple[str, str]:
    """Mark and word of where a quantity stands."""
    state = WorkQuantity.State(row.state)
    return STATES[state], str(state.label)


def list_url(of: Project) -> str:
    """The quantities of a project."""
    return reverse("project_quantities", args=[of.public_id])


def crumbs(of: Project, *tail: str) -> list[Crumb]:
    """From the project through its quantities to here."""
    return [
        Crumb(of.name, reverse("project", args=[of.public_id])),
        Crumb("完工数量", list_url(of)),
        *(Crumb(word) for word in tail),
    ]


class FactsForm(ScopedForm):
    """What was done, how much and how well."""

    item = forms.CharField(
        label=_("分项"), max_length=60, help_text=_("做的什么活、在哪里，例如：二层梁板钢筋绑扎。")
    )
    first_on = DayField(label=_("开始日期"))
    last_on = DayField(label=_("截止日期"), help_text=_("一天做完的，两个日期填同一天。"))
    amount = forms.DecimalField(
        label=_("数量"),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        error_messages={"invalid": _("数量应是一个数，例如 12.5。")},
    )
    unit = CodeField(code_list="quantity_unit", label=_("单位"))
    grade = CodeField(code_list="quality_grade", label=_("质量"))
    note = forms.CharField(label=_("说明"), max_length=200, required=False)

    def facts(self) -> QuantityFacts:
        """As the service takes them."""
        names = ("item", "first_on", "last_on", "amount", "unit", "grade", "note")
        return QuantityFacts(**{name: self.cleaned_data[name] for name in names})


def _named(row: Engagement) -> str:
    return f"{row.person.name}（{row.team.name}）"


class NewForm(FactsForm):
    """Whose work it was, too."""

    team = RowField(
        label=_("班组"), rows=lambda form: teams_to_quantify(form.actor, form.project), name=team_name
    )
    engagement = RowField(
        label=_("工人"),
        rows=lambda form: people_to_quantify(form.actor, form.project),
        name=_named,
        empty="全班组",
        required=False,
        help_text=_("计到个人的选人；按班组计的不选。同一批活只报一次。"),
    )
    field_order = ("team", "engagement", "item")

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        self.project = project
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        team, who = cleaned.get("team"), cleaned.get("engagement")
        if team and who and who.team_id != team.pk:
            self.add_error("engagement", "这名工人不在所选班组，请重新选择。")
        return cleaned


class NewQuantity(FormPage):
    """填报完工数量."""

    permission = ENTER
    section = "projects"
    form_class = NewForm
    submit = _("填报，请总承包确认")
    keeps_draft = True

    def prepare(self, **kwargs: Any) -> None:
        self.project = project_to(self.actor, self.permission, kwargs["public_id"])
        self.cancel_url = list_url(self.project)

    def build(self, data: Any = None, files: Any = None, **more: Any) -> ScopedForm:
        return super().build(data, files, project=self.project, **more)

    def first(self) -> dict[str, Any]:
        day = site_day(self.project)
        return {"first_on": day, "last_on": day, "grade": "2", "team": self.request.GET.get("team", "")}

    def act(self, form: Any) -> str:
        row = enter_quantity(
            actor=self.actor,
            team=form.cleaned_data["team"],
            engagement=form.cleaned_data["engagement"],
            facts=form.facts(),
            today=site_day(self.project),
            now=timezone.now(),
        )
        self.say(f"已填报{row.team.name}“{row.item}”，等总承包单位确认后计入合计。")
        return self.cancel_url

    def context(self) -> dict[str, Any]:
        return {
            "title": "填报完工数量",
            "subtitle": self.project.name,
            "crumbs": crumbs(self.project, "填报"),
        }


class Quantity(Page):
    """One entry, with what it corrects and what was said of it."""

    permission = "workers.view"
    section = "projects"
    template_name = "workers/quantity.html"

    def get(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        row = quantity(self.actor, public_id)
        waits = row.state == WorkQuantity.State.ENTERED
        later = getattr(row, "replaced_by", None)
        return self.show(
            {
                "title": row.item,
                "crumbs": crumbs(row.project, row.item),
                "row": row,
                "state": state_of(row),
                "unit": code_name("quantity_unit", row.unit),
                "grade": code_name("quality_grade", row.grade),
                "earlier": row.replaces,
                "later": later,
                "may_decide": waits
                and is_own(row)
                and self.actor.may(ACCEPT)
                and row.entered_by_key != self.actor.key,
                "may_correct": row.state != WorkQuantity.State.REPLACED
                and later is None
                and is_own(row)
                and self.actor.may(ENTER),
            }
        )


class _OfQuantity(FormPage):
    """An act on one entry."""

    section = "projects"
    owned = ("row",)

    def prepare(self, **kwargs: Any) -> None:
        self.row = quantity(self.actor, kwargs["public_id"])
        self.cancel_url = reverse("quantity", args=[self.row.public_id])

    def titled(self, title: str) -> dict[str, Any]:
        who = f"{self.row.team.name}，{self.row.person}"
        return {
            "title": title,
            "subtitle": f"{who}，{self.row.item}",
            "crumbs": crumbs(self.row.project, title),
        }


class CorrectQuantity(_OfQuantity):
    """更正数量."""

    permission = ENTER
    form_class = FactsForm
    submit = _("更正，请总承包确认")

    def first(self) -> dict[str, Any]:
        names = ("item", "first_on", "last_on", "unit", "grade", "note")
        return {
            **{name: getattr(self.row, name) for name in names},
            "amount": f"{self.row.amount.normalize():f}",
        }

    def version(self) -> int | None:
        return self.row.version

    def act(self, form: Any) -> str:
        made = correct_quantity(
            actor=self.actor,
            quantity=self.row,
            facts=form.facts(),
            today=site_day(self.row.project),
            now=timezone.now(),
            expected_version=form.expected_version,
        )
        self.say("已更正，等总承包单位确认；原记录留存。")
        return reverse("quantity", args=[made.public_id])

    def context(self) -> dict[str, Any]:
        lead = ""
        if self.row.state == WorkQuantity.State.ACCEPTED:
            lead = "这条已经确认并计入合计。更正经总承包单位再次确认后，新的数量才代替它。"
        elif self.row.reason:
            lead = f"退回理由：{self.row.reason}"
        return {**self.titled("更正完工数量"), "lead": lead}


class AcceptForm(ScopedForm):
    """The grade that whoever looked at the work found."""

    grade = CodeField(
        code_list="quality_grade", label=_("质量"), help_text=_("与填报不一致的，按验收结果改。")
    )


class AcceptQuantity(_OfQuantity):
    """确认数量."""

    permission = ACCEPT
    form_class = AcceptForm
    submit = _("确认数量和质量")

    def first(self) -> dict[str, Any]:
        return {"grade": self.row.grade}

    def act(self, form: Any) -> str:
        grade = form.cleaned_data["grade"]
        accept_quantity(actor=self.actor, quantity=self.row, grade=grade, now=timezone.now())
        self.say("已确认，计入合计。")
        return list_url(self.row.project)

    def context(self) -> dict[str, Any]:
        unit = code_name("quantity_unit", self.row.unit)
        amount = f"{self.row.amount.normalize():,f}"
        days = f"{self.row.first_on} 至 {self.row.last_on}"
        return {
            **self.titled("确认完工数量"),
            "lead": f"{days}，{amount} {unit}。由{self.row.entered_by}填报。",
        }


class ReasonForm(ScopedForm):
    """Why it is sent back."""

    reason = forms.CharField(label=_("退回理由"), max_length=200, widget=forms.Textarea(attrs={"rows": 3}))


class ReturnQuantity(_OfQuantity):
    """退回数量."""

    permission = ACCEPT
    form_class = ReasonForm
    submit = _("退回")

    def act(self, form: Any) -> str:
        reason = form.cleaned_data["reason"]
        return_quantity(actor=self.actor, quantity=self.row, reason=reason, now=timezone.now())
        self.say("已退回，填报的人会收到理由。")
        return list_url(self.row.project)

    def context(self) -> dict[str, Any]:
        return self.titled("退回完工数量")
