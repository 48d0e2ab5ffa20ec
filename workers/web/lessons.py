"""Training sessions of the site: set up, signed in by list or by code, judged, closed, tried again."""

from datetime import date
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse

from audit.services import record
from kernel.files import NamedFile
from projects.models import Participation, Project
from standards.selectors import code_name, parameter
from web import pdf
from web.acts import FormPage, PostPage
from web.forms import CodeField, DayField, FileField, FilesField, RowField, ScopedForm
from web.navigation import Crumb
from web.pages import Page
from web.uploads import serve
from workers.errors import NobodyThere
from workers.models import Engagement, SessionAttendance, TrainingSession
from workers.selectors import project_to
from workers.selectors.lessons import (
    attendance_of,
    attendance_to,
    badge_holder,
    files_of_session,
    participations_to_file_for,
    people_to_train,
    session_file,
    session_to,
)
from workers.services import (
    Result,
    SessionFacts,
    cancel_session,
    close_session,
    make_up,
    note_attendance,
    open_session,
    print_session,
    reaches_whole,
    score_session,
    strike_attendance,
)
from workers.web.contracts import reason_field
from workers.web.papers_fields import basic_kinds, hours_field, one_of
from workers.web.places import today
from workers.web.trainings import PeopleField

State = TrainingSession.State
HOW = dict(SessionAttendance.How.choices)
STATES = {State.OPEN: "blue", State.CLOSED: "green", State.CANCELLED: "grey"}
_RESULTS = [("", "还没有"), ("yes", "合格"), ("no", "不合格")]


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


def score_field(label: str = "成绩") -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        required=False,
        max_digits=4,
        decimal_places=1,
        min_value=Decimal(0),
        max_value=Decimal(100),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        error_messages={
            "invalid": "成绩请填数字，例如 85 或 85.5。",
            "min_value": "成绩应在 0 至 100 分之间，请核对后再填。",
            "max_value": "成绩应在 0 至 100 分之间，请核对后再填。",
            "max_digits": "成绩应在 0 至 100 分之间，请核对后再填。",
            "max_decimal_places": "成绩最多一位小数，例如 85.5。",
            "max_whole_digits": "成绩应在 0 至 100 分之间，请核对后再填。",
        },
    )


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
            own.choices, own.required = list(own.choices)[1:], True


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
        files = self.actor.may("workers.file")
        is_open = found.state == State.OPEN
        return self.show(
            {
                "title": found.name,
                "session": found,
                "state": (STATES[State(found.state)], State(found.state).label),
                "kind": code_name("training_type", found.kind),
                "rows": [_row(one) for one in rows],
                "counts": _counts(rows),
                "files": list(files_of_session(self.actor, found)),
                "crumbs": of_sessions(found.project, found.name),
                "may_file": files,
                "may_note": files and is_open and found.held_on <= today(),
                "may_score": files and is_open and bool(rows),
                "may_cancel": files and is_open,
                "may_make_up": files and found.state == State.CLOSED,
                "is_ahead": found.held_on > today(),
                "pass_score": parameter("training.pass_score", found.project.region, found.held_on),
            }
        )


def _row(one: SessionAttendance) -> dict[str, Any]:
    level, told = {True: ("green", "合格"), False: ("red", "不合格")}.get(
        one.is_passed, ("grey", "没有成绩")
    )  # type: ignore[arg-type]  # None is no key and means: not judged yet
    return {
        "row": one,
        "how": HOW.get(one.how, one.how),
        "level": level,
        "told": told,
        "score": "" if one.score is None else f"{one.score.normalize():f}",
    }


def _counts(rows: list[SessionAttendance]) -> dict[str, int]:
    return {
        "came": len(rows),
        "passed": sum(one.is_passed is True for one in rows),
        "failed": sum(one.is_passed is False for one in rows),
        "waiting": sum(one.is_passed is None for one in rows),
    }


class _OfSession(FormPage):
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

    def __init__(self, *args: Any, people: list[Engagement], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = cast(PeopleField, self.fields["people"])
        chosen.offer_people(people)
        chosen.error_messages["required"] = "还没有选择人员，请至少选择一人。"


class NotePeople(_OfSession):
    """Sign in by list."""

    form_class: type[ScopedForm] = PeopleForm
    template_name = "workers/session_people.html"
    submit = "登记到场"
    act_words = "按名单签到"

    def prepare(self, **kwargs: Any) -> None:
        super().prepare(**kwargs)
        there = {one.engagement_id for one in attendance_of(self.actor, self.session)}
        everybody = people_to_train(self.actor, self.session)
        self.people = [one for one in everybody if one.pk not in there]

    def build(self, data: QueryDict | None = None, files: Any = None, **more: Any) -> ScopedForm:
        return super().build(data, files, people=self.people, **more)

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

    def context(self) -> dict[str, Any]:
        return {**super().context(), "has_people": bool(self.people)}


class BadgeForm(ScopedForm):
    """What the reader types."""

    badge = forms.CharField(
        label="人员码或门禁卡号",
        max_length=200,
        help_text="光标停在这里扫码或刷卡；扫码枪和读卡器会自动换行提交，也可以手工输入门禁卡号。",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autofocus": True, "spellcheck": "false"}),
    )


class NoteBadge(_OfSession):
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


class ScoresForm(ScopedForm):
    """A score or a result for each who came."""

    def __init__(self, *args: Any, rows: list[SessionAttendance], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = rows
        for one in rows:
            key = one.public_id.hex
            self.fields[f"score_{key}"] = score_field(f"{one.engagement.person.name} 的成绩")
            self.fields[f"result_{key}"] = one_of(
                f"{one.engagement.person.name} 的结果", _RESULTS, required=False
            )

    @property
    def results(self) -> dict[UUID, Result]:
        """What was typed, by attendance."""
        return {one.public_id: self._result(one.public_id.hex) for one in self.rows}

    def _result(self, key: str) -> Result:
        said = {"yes": True, "no": False}.get(self.cleaned_data[f"result_{key}"])
        return Result(self.cleaned_data[f"score_{key}"], said)

    @property
    def lines(self) -> list[tuple[SessionAttendance, Any, Any]]:
        """Each who came with both fields."""
        return [
            (one, self[f"score_{one.public_id.hex}"], self[f"result_{one.public_id.hex}"]) for one in self.rows
        ]


class EnterScores(_OfSession):
    """Results of all who came, on one page."""

    form_class: type[ScopedForm] = ScoresForm
    template_name = "workers/session_scores.html"
    submit = "保存成绩"
    act_words = "登记成绩"
    keeps_draft = True

    def prepare(self, **kwargs: Any) -> None:
        super().prepare(**kwargs)
        self.rows = list(attendance_of(self.actor, self.session))

    def build(self, data: QueryDict | None = None, files: Any = None, **more: Any) -> ScopedForm:
        return super().build(data, files, rows=self.rows, **more)

    def first(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for one in self.rows:
            found[f"score_{one.public_id.hex}"] = one.score
            told = "" if one.is_passed is None else "yes" if one.is_passed else "no"
            found[f"result_{one.public_id.hex}"] = told
        return found

    def act(self, form: Any) -> str:
        score_session(actor=self.actor, session=self.session, results=form.results)
        self.say("成绩已保存。")
        return session_url(self.session)

    def context(self) -> dict[str, Any]:
        least = parameter("training.pass_score", self.session.project.region, self.session.held_on)
        lead = f"填了成绩的按 {least} 分判定是否合格；没有打分的，直接选结果。"
        return {**super().context(), "lead": lead}


class CloseForm(ScopedForm):
    """What proves it."""

    evidence = FilesField(label="培训材料", help_text="签到表、试卷、现场照片；手机可以直接拍照，最多 9 个。")


class CloseSession(_OfSession):
    """End a session."""

    form_class: type[ScopedForm] = CloseForm
    submit = "结束培训"
    act_words = "结束培训"

    def act(self, form: Any) -> str:
        files = [NamedFile(one.name, one.address) for one in form.cleaned_data["evidence"]]
        close_session(actor=self.actor, session=self.session, files=files, today=today())
        self.say("培训已结束，合格的人已有培训记录。")
        return session_url(self.session)

    def context(self) -> dict[str, Any]:
        counts = _counts(list(attendance_of(self.actor, self.session)))
        lead = "到场 {came} 人，合格 {passed} 人，不合格 {failed} 人，没有成绩 {waiting} 人。".format(**counts)
        return {**super().context(), "lead": lead + "结束后不能再改成绩，不合格的可以补考。"}


class ReasonForm(ScopedForm):
    """Why."""

    reason = reason_field("当天停工，改期举行")


class CancelSession(_OfSession):
    """Give a session up."""

    form_class: type[ScopedForm] = ReasonForm
    submit = "取消培训"
    act_words = "取消这次培训"

    def act(self, form: Any) -> str:
        cancel_session(actor=self.actor, session=self.session, reason=form.cleaned_data["reason"])
        self.say("培训已取消。")
        return session_url(self.session)


class Strike(PostPage):
    """Take somebody off the list who was not there."""

    permission = "workers.file"
    section = "projects"
    button = "撤下"

    def prepare(self, **kwargs: Any) -> None:
        self.row = attendance_to(self.actor, self.permission, kwargs["public_id"])

    def act(self) -> str:
        strike_attendance(actor=self.actor, attendance=self.row)
        self.say(f"已撤下 {self.row.engagement.person.name}。")
        return session_url(self.row.session)

    def context(self) -> dict[str, Any]:
        session, name = self.row.session, self.row.engagement.person.name
        return {
            "title": "撤下签到",
            "question": f"撤下 {name} 的签到？",
            "consequence": "登记错了的才撤下；成绩一并撤下。",
            "crumbs": of_sessions(session.project, session.name, "撤下签到"),
            "cancel_url": session_url(session),
        }


class MakeUpForm(ScopedForm):
    """The second try."""

    date = DayField(label="补考日期")
    score = score_field()
    result = one_of("结果", _RESULTS, required=False)
    evidence = FileField(label="补考试卷", required=False, help_text="照片或 PDF。")


class MakeUp(FormPage):
    """A second try of somebody who failed."""

    permission = "workers.file"
    section = "projects"
    form_class: type[ScopedForm] = MakeUpForm
    submit = "登记补考"

    def prepare(self, **kwargs: Any) -> None:
        self.row = attendance_to(self.actor, self.permission, kwargs["public_id"])

    def first(self) -> dict[str, Any]:
        return {"date": today()}

    def act(self, form: Any) -> str:
        given = form.cleaned_data
        said = {"yes": True, "no": False}.get(given["result"])
        kept = make_up(
            actor=self.actor,
            attendance=self.row,
            on=cast(date, given["date"]),
            result=Result(given["score"], said),
            evidence=given["evidence"].address if given["evidence"] else "",
            today=today(),
        )
        name = self.row.engagement.person.name
        self.say(f"{name} 补考合格，已有培训记录。" if kept.is_passed else f"{name} 补考仍不合格。")
        return session_url(self.row.session)

    def context(self) -> dict[str, Any]:
        session = self.row.session
        return {
            "title": f"{self.row.engagement.person.name} 补考",
            "subtitle": f"{session.name}，{session.held_on}",
            "crumbs": of_sessions(session.project, session.name, "补考"),
            "cancel_url": session_url(session),
        }


class SessionSheet(Page):
    """The attendance sheet as PDF."""

    permission = "workers.file"

    def get(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        found = session_to(self.actor, self.permission, public_id)
        content = print_session(actor=self.actor, session=found)
        return pdf.answer(content, f"{found.name}签到表")


class SessionFile(Page):
    """A photograph or list of a session."""

    permission = "workers.view"

    def get(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        found = session_file(self.actor, public_id)
        record(self.actor, "workers.training_file_read", found.session)
        return serve(found.address, found.name)
