"""Training sessions of the site: set up, read, signed in by list or by code."""

from typing import Any, cast
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse

from audit.services import record
from kernel.errors import NotFound
from projects.models import Participation, Project
from standards.selectors import code_name, parameter
from web import pdf
from web.acts import FormPage
from web.copies import is_own
from web.forms import CodeField, DayField, RowField, ScopedForm
from web.navigation import Crumb
from web.pages import Page
from web.uploads import serve
from workers.errors import BadPaper, NobodyThere
from workers.models import Engagement, SessionAttendance, TrainingSession
from workers.selectors import people_to_file_for, project_to
from workers.selectors.choosing import Offer
from workers.selectors.lessons import (
    attendance_of,
    badge_holder,
    files_of_session,
    may_run,
    participations_to_file_for,
    people_to_train,
    session_file,
    session_to,
)
from workers.services import (
    SessionFacts,
    note_attendance,
    open_session,
    print_badges,
    print_session,
    reaches_whole,
)
from workers.web.choosing import ChoosingPage, PeopleField
from workers.web.papers_fields import basic_kinds, hours_field
from workers.web.places import today

State = TrainingSession.State
HOW = dict(SessionAttendance.How.choices)
STATES = {State.OPEN: "blue", State.CLOSED: "green", State.CANCELLED: "grey"}


def of_sessions(project: Project, *tail: str) -> list[Crumb]:
    """From the project through its sessions to here."""
    return [
        Crumb(project.name, reverse("project", args=[project.public_id])),
        Crumb("培训场次", reverse("project_sessions", args=[project.public_id])),
        *(Crumb(words) for words in tail),
    ]


def session_url(session: TrainingSession) -> str:
    """Where a session is read and worked on."""
    return reverse("training_session", args=[session.public_id])


class SessionForm(ScopedForm):
    """What is taught, when, where, by whom."""

    name = forms.CharField(label="主题", max_length=100, help_text="例如：钢筋班组进场安全教育。")
    training_kind = CodeField(label="培训类型", code_list="training_type")
    training_on = DayField(label="培训日期")
    training_hours = hours_field(required=True)
    trainer = forms.CharField(label="授课人", max_length=60)
    place_name = forms.CharField(label="地点", max_length=100, required=False)
    participation = RowField(
        label="组织单位",
        rows=lambda form: participations_to_file_for(form.actor, form.project),
        name=lambda row: row.enterprise.name,
        empty="全项目（总承包单位组织）",
        required=False,
    )

    def __init__(self, *args: Any, project: Project, whole: bool, **kwargs: Any) -> None:
        self.project = project
        super().__init__(*args, **kwargs)
        own = cast(RowField, self.fields["participation"])
        if not whole:
            # A subcontractor's session is its own: there is nothing else to choose.
            offered: Any = own.choices
            own.choices, own.required = list(offered)[1:], True


class OpenSession(FormPage):
    """Set a session up."""

    permission = "workers.file"
    section = "projects"
    form_class: type[ScopedForm] = SessionForm
    submit = "安排培训"
    keeps_draft = True

    def prepare(self, **kwargs: Any) -> None:
        self.project = project_to(self.actor, self.permission, kwargs["public_id"])
        self.whole = reaches_whole(self.actor, self.project)

    def build(self, data: QueryDict | None = None, files: Any = None, **more: Any) -> ScopedForm:
        return super().build(data, files, project=self.project, whole=self.whole, **more)

    def first(self) -> dict[str, Any]:
        return {"training_kind": basic_kinds()[0], "training_on": today()}

    def act(self, form: Any) -> str:
        given = form.cleaned_data
        made = open_session(
            actor=self.actor,
            project=self.project,
            participation=cast(Participation | None, given["participation"]),
            facts=SessionFacts(
                kind=given["training_kind"],
                name=given["name"],
                held_on=given["training_on"],
                hours=given["training_hours"],
                trainer=given["trainer"],
                place_name=given["place_name"],
            ),
            today=today(),
        )
        self.say("培训已安排。当天在这里签到，可以先打印签到表。")
        return session_url(made)

    def context(self) -> dict[str, Any]:
        return {
            "title": "安排一次培训",
            "subtitle": self.project.name,
            "lead": "先安排，当天签到，考核后登记成绩，最后上传签到表结束：合格的人自动有培训记录。",
            "crumbs": of_sessions(self.project, "安排培训"),
            "cancel_url": reverse("project_sessions", args=[self.project.public_id]),
        }


class SessionRecord(Page):
    """One session: who came and how it went, and the next act."""

    permission = "workers.view"
    section = "projects"
    template_name = "workers/session.html"

    def get(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        found = session_to(self.actor, self.permission, public_id)
        rows = list(attendance_of(self.actor, found))
        files = may_run(self.actor, found)
        # What is done with another node's record is refused: it is not offered.
        runs = files and is_own(found)
        is_open = found.state == State.OPEN
        return self.show(
            {
                "title": found.name,
                "session": found,
                "state": (STATES[State(found.state)], found.words_on(today())),
                "kind": code_name("training_type", found.kind),
                "rows": [_row(one) for one in rows],
                "counts": counts_of(rows),
                "files": list(files_of_session(self.actor, found)),
                "crumbs": of_sessions(found.project, found.name),
                "may_file": files,
                "is_others": not files and self.actor.may("workers.file"),
                "may_note": runs and is_open and found.held_on <= today(),
                "may_score": runs and is_open and bool(rows),
                "may_cancel": runs and is_open,
                "may_make_up": runs and found.state == State.CLOSED,
                "is_ahead": found.held_on > today(),
                "pass_score": parameter("training.pass_score", found.project.region, found.held_on),
            }
        )


def _row(one: SessionAttendance) -> dict[str, Any]:
    level, told = {True: ("green", "合格"), False: ("red", "不合格")}.get(one.is_passed, ("grey", "没有成绩"))  # type: ignore[arg-type]  # None is no key and means: not judged yet
    return {
        "row": one,
        "how": HOW.get(one.how, one.how),
        "level": level,
        "told": told,
        "score": "" if one.score is None else f"{one.score.normalize():f}",
    }


def counts_of(rows: list[SessionAttendance]) -> dict[str, int]:
    return {
        "came": len(rows),
        "passed": sum(one.is_passed is True for one in rows),
        "failed": sum(one.is_passed is False for one in rows),
        "waiting": sum(one.is_passed is None for one in rows),
    }


class OfSession(FormPage):
    """An act on one session."""

    permission = "workers.file"
    section = "projects"
    act_words = ""

    def prepare(self, **kwargs: Any) -> None:
        self.session = session_to(self.actor, self.permission, kwargs["public_id"])

    def context(self) -> dict[str, Any]:
        return {
            "title": self.act_words,
            "subtitle": f"{self.session.name}，{self.session.held_on}",
            "crumbs": of_sessions(self.session.project, self.session.name, self.act_words),
            "cancel_url": session_url(self.session),
        }


class PeopleForm(ScopedForm):
    """Who came."""

    people = PeopleField(label="到场的人")

    def __init__(self, *args: Any, people: list[Engagement], offer: Offer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = cast(PeopleField, self.fields["people"])
        chosen.offer_people(people, offer)
        chosen.error_messages["required"] = "还没有选择人员，请至少选择一人。"


class NotePeople(ChoosingPage, OfSession):
    """Sign in by list."""

    form_class: type[ScopedForm] = PeopleForm
    template_name = "workers/session_people.html"
    submit = "登记到场"
    act_words = "按名单签到"

    def prepare(self, **kwargs: Any) -> None:
        super().prepare(**kwargs)
        there = attendance_of(self.actor, self.session).order_by().values("engagement")
        everybody = people_to_train(self.actor, self.session).exclude(pk__in=there)
        self.offer_from(everybody, int(parameter("training.most_people_at_once")))

    def act(self, form: Any) -> str:
        new = note_attendance(
            actor=self.actor,
            session=self.session,
            engagements=form.cleaned_data["people"],
            how=SessionAttendance.How.LIST,
            today=today(),
        )
        self.say(f"已登记 {len(new)} 人到场。")
        return session_url(self.session)


class BadgeForm(ScopedForm):
    """What the reader types."""

    badge = forms.CharField(
        label="人员码或门禁卡号",
        max_length=200,
        help_text="光标停在这里扫码或刷卡；扫码枪和读卡器会自动换行提交，也可以手工输入门禁卡号。",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autofocus": True, "spellcheck": "false"}),
    )


class NoteBadge(OfSession):
    """Sign in by code, one after the other."""

    form_class: type[ScopedForm] = BadgeForm
    submit = "签到"
    act_words = "扫码签到"

    def act(self, form: Any) -> str:
        who = badge_holder(self.actor, self.session, form.cleaned_data["badge"])
        if who is None:
            raise NobodyThere(
                "没有找到这张卡或这个码对应的人员，或者不在您的管理范围内。请重新扫，或按名单签到。",
                field="badge",
            )
        new = note_attendance(
            actor=self.actor,
            session=self.session,
            engagements=[who],
            how=SessionAttendance.How.CODE,
            today=today(),
        )
        self.say(f"{who.person.name} 签到成功。" if new else f"{who.person.name} 已经签到，无需再扫。")
        return reverse("session_badge", args=[self.session.public_id])

    def context(self) -> dict[str, Any]:
        number = attendance_of(self.actor, self.session).count()
        return {**super().context(), "lead": f"已签到 {number} 人。一人一扫，扫完一个接着扫下一个。"}


class SessionSheet(Page):
    """The attendance sheet as PDF."""

    permission = "workers.file"

    def get(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        found = session_to(self.actor, self.permission, public_id)
        content = print_session(actor=self.actor, session=found)
        return pdf.answer(content, f"{found.name}签到表")


class Badges(Page):
    """Badges of a project's people, or of one team, as PDF."""

    permission = "workers.file"

    def get(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        project = project_to(self.actor, self.permission, public_id)
        team = request.GET.get("team", "")
        everybody = people_to_file_for(self.actor, project)
        chosen = [one for one in everybody if not team or str(one.team.public_id) == team]
        if not chosen:
            raise NotFound
        try:
            content = print_badges(
                actor=self.actor, project=project, engagements=chosen, address_of=self._address
            )
        except BadPaper as refusal:
            messages.warning(request, refusal.message)
            return redirect("project_sessions", project.public_id)
        return pdf.answer(content, f"{project.name}人员码")

    def _address(self, work: Engagement) -> str:
        return self.request.build_absolute_uri(reverse("person", args=[work.public_id]))


class SessionFile(Page):
    """A photograph or list of a session."""

    permission = "workers.view"

    def get(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        found = session_file(self.actor, public_id)
        record(self.actor, "workers.training_file_read", found.session)
        return serve(found.address, found.name)
