"""Corrections on the site: what waits, the evidence beside it, the answer; and a clerk's own request."""

from typing import Any
from uuid import UUID

import django_filters
import django_tables2 as tables
from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from attendance.models import CorrectionRequest
from attendance.selectors.corrections import ANSWER, correction, corrections, evidence
from attendance.services import answer_correction, ask_correction
from attendance.web.attendance_lists import DIRECTIONS, counted
from attendance.web.clock import day_asked, today
from attendance.web.correction_words import STATES, WRONG_OF_OTHERS, events_of, title_of
from attendance.web.own_ask import ClaimForm
from attendance.web.people_list import project_name
from attendance.web.places import crumbs, dashboard_url, here_with
from attendance.web.project_list import region_asked
from kernel.errors import NotFound
from kernel.masking import mask_id_number
from web import words
from web.acts import FormPage
from web.filters import ScopedFilterSet
from web.forms import ScopedForm
from web.lists import CLIP, NAME, SOFT, SUB, ListPage, ListTable
from web.navigation import Crumb
from web.pages import Page
from web.templatetags.parts import state
from web.uploads import serve
from workers.selectors import engagement


class CorrectionFilters(ScopedFilterSet):
    """By state and kind, by name; by project from links."""

    fixed = ("project",)
    names_people = ("q",)

    region = django_filters.CharFilter(label="地区", method="as_is")
    state = django_filters.ChoiceFilter(
        label="状态", choices=[(key, words_of) for key, (_level, words_of) in STATES.items()]
    )
    wrong = django_filters.ChoiceFilter(label="事由", choices=list(WRONG_OF_OTHERS.items()))
    q = django_filters.CharFilter(
        label="姓名", field_name="engagement__person__name", lookup_expr="icontains"
    )
    project = django_filters.UUIDFilter(label="项目", field_name="engagement__project__public_id")

    class Meta:
        model = CorrectionRequest
        fields: list[str] = []

    def as_is(self, rows: QuerySet[Any], _name: str, _value: str) -> QuerySet[Any]:
        # The page has narrowed the rows already, or refused the region.
        return rows

    def described(self, name: str, value: Any) -> str:
        if name == "project":
            return project_name(self.request.actor, value)
        return super().described(name, value)


class CorrectionTable(ListTable):
    """Who says what is wrong with which day, and how it stands."""

    name = tables.Column("姓名", accessor="engagement__person__name", attrs=NAME)
    day = tables.Column("考勤日", empty_values=(), attrs=SUB)
    wrong = tables.Column("事由", attrs=SOFT)
    state = tables.Column("状态")
    project = tables.Column("项目", accessor="engagement__project__name", attrs=CLIP)
    team = tables.Column("班组", accessor="engagement__team__name", attrs=CLIP)
    asked_by = tables.Column("提出人", attrs=CLIP)
    asked_at = tables.Column("提出时间", attrs=SUB)

    def render_name(self, record: Any) -> str:
        url = reverse("correction", args=[record.public_id])
        return format_html('<a href="{}">{}</a>', url, record.engagement.person.name)

    def render_day(self, record: Any) -> str:
        return words.day(record.day) or "—"

    def render_wrong(self, value: str) -> str:
        return WRONG_OF_OTHERS.get(value, value)

    def render_state(self, value: str) -> str:
        return state(*STATES[value])

    def render_asked_at(self, value: Any) -> str:
        return words.moment(value)


class CorrectionList(ListPage):
    """考勤更正."""

    permission = "attendance.view"
    section = "attendance"
    title = "考勤更正"
    noun = "条更正"
    table_class = CorrectionTable
    filterset_class = CorrectionFilters

    def rows(self) -> QuerySet[CorrectionRequest]:
        self.region = region_asked(self)
        rows = corrections(self.actor)
        if self.region:
            rows = rows.filter(engagement__project__region__path__startswith=self.region.path)
        return rows

    def more(self, filterset: ScopedFilterSet, rows: QuerySet[Any]) -> dict[str, Any]:
        return {
            "crumbs": crumbs(
                self.actor,
                self.region,
                here_with(self.request),
                Crumb("考勤", reverse("days")),
                Crumb("考勤更正"),
            ),
            "as_of": timezone.now(),
            "empty": {
                "title": "没有符合条件的考勤更正",
                "reason": "工人在手机上点“不对”，或劳资专管员在人员的月历里提出后，出现在这里。",
            },
        }


class AnswerForm(ScopedForm):
    """Yes or no, and why."""

    verdict = forms.ChoiceField(
        label="结论",
        choices=[("accept", "通过"), ("reject", "不通过")],
        error_messages={"invalid_choice": "请点“通过”或“不通过”。"},
    )
    reason = forms.CharField(
        label="理由",
        max_length=200,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="不通过的必须写明，申请人看得到。",
    )


class CorrectionRecord(FormPage):
    """One request with its evidence; whoever may answer finds the two buttons below."""

    permission = "attendance.view"
    section = "attendance"
    template_name = "attendance/correction.html"
    form_class = AnswerForm

    def prepare(self, **kwargs: Any) -> None:
        self.row = correction(self.actor, kwargs["public_id"])
        self.cancel_url = reverse("corrections")

    def version(self) -> int | None:
        return self.row.version

    def act(self, form: Any) -> str:
        is_accepted = form.cleaned_data["verdict"] == "accept"
        answer_correction(
            actor=self.actor,
            request=self.row,
            is_accepted=is_accepted,
            reason=form.cleaned_data["reason"],
            now=timezone.now(),
            expected_version=form.expected_version,
        )
        self.say(_("已通过，考勤按更正重新计算。") if is_accepted else _("已退回，申请人看得到理由。"))
        return reverse("correction", args=[self.row.public_id])

    def context(self) -> dict[str, Any]:
        row, work = self.row, self.row.engagement
        found = evidence(self.actor, row)
        own = work.project.region if self.actor.reach("attendance.view").region_paths else None
        tail = (
            Crumb(work.project.name, reverse("project", args=[work.project.public_id])),
            Crumb("考勤更正", f"{reverse('corrections')}?project={work.project.public_id}"),
            Crumb(work.person.name),
        )
        is_own = row.asked_by_key == self.actor.key
        return {
            "title": f"{work.person.name} {title_of(row, WRONG_OF_OTHERS)}",
            "crumbs": crumbs(self.actor, own, dashboard_url, *tail),
            "row": row,
            "work": work,
            "state": STATES[row.state],
            "events": events_of(row),
            "found": found,
            "own": [(one, DIRECTIONS.get(one.direction, "—"), counted(one)) for one in found.own],
            "strangers": [
                (one, DIRECTIONS.get(one.direction, "—"), mask_id_number(one.subject.id_number))
                for one in found.strangers
            ],
            "earlier": [(one, title_of(one, WRONG_OF_OTHERS), STATES[one.state]) for one in found.earlier],
            "may_answer": row.is_open and self.actor.may(ANSWER) and not is_own,
            "is_own": row.is_open and is_own,
        }


class CorrectionPhoto(Page):
    """The photograph of a request within scope."""

    permission = "attendance.view"

    def get(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        row = correction(self.actor, public_id)
        if not row.photo:
            raise NotFound
        return serve(row.photo, row.photo_name or "照片")


class ClerkClaimForm(ClaimForm):
    """A clerk's request: the same questions in the third person, and always a reason."""

    field_order = ("day", "wrong", "in_time", "out_time", "note", "photo")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["wrong"] = forms.ChoiceField(
            label="事由", choices=[("", "请选择"), *WRONG_OF_OTHERS.items()]
        )
        self.fields["wrong"].error_messages["required"] = _("请选择事由")
        note = self.fields["note"]
        note.label, note.required, note.help_text = (
            "原因",
            True,
            _("例如：南门闸机 7 点断电，门卫登记本有记录。"),
        )
        note.error_messages["required"] = _("请填原因")
        self.fields["in_time"].label, self.fields["out_time"].label = "进场时间", "出场时间"
        self.fields["photo"].label, self.fields["photo"].help_text = "凭证", _("门卫登记本、现场照片等。")
        self.order_fields(self.field_order)


class AskForWorker(FormPage):
    """K4: a clerk asks for a worker; somebody else must approve."""

    permission = "workers.enter"
    section = "attendance"
    form_class = ClerkClaimForm
    submit = gettext_lazy("提交更正")
    owned = ("work",)

    def prepare(self, **kwargs: Any) -> None:
        self.work = engagement(self.actor, kwargs["public_id"], today())
        self.cancel_url = reverse("person", args=[self.work.public_id])

    def first(self) -> dict[str, Any]:
        return {
            "day": day_asked(self.request.GET.get("day"), today()),
            "wrong": self.request.GET.get("wrong", ""),
        }

    def act(self, form: Any) -> str:
        row = ask_correction(actor=self.actor, engagement=self.work, claim=form.claim(), now=timezone.now())
        self.say(_("已提交，等另一位有审核权限的人处理。"))
        return reverse("correction", args=[row.public_id])

    def context(self) -> dict[str, Any]:
        project, person = self.work.project, self.work.person
        own = project.region if self.actor.reach("attendance.view").region_paths else None
        tail = (
            Crumb(project.name, reverse("project", args=[project.public_id])),
            Crumb(person.name, reverse("person", args=[self.work.public_id])),
            Crumb("考勤更正"),
        )
        return {
            "title": f"为 {person.name} 提出考勤更正",
            "lead": _(
                "更正不改原始打卡：通过后与打卡并列，当天按两者重新计算，并注明“已更正”。提出的人不能自己审核。"
            ),
            "crumbs": crumbs(self.actor, own, dashboard_url, *tail),
        }
