"""Results of training sessions: scores, the end, a session given up, a place taken back, a second try."""

from datetime import date
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

from django import forms
from django.http import QueryDict

from kernel.files import NamedFile
from standards.selectors import parameter
from web.acts import FormPage, PostPage
from web.forms import DayField, FileField, FilesField, ScopedForm
from workers.models import SessionAttendance
from workers.selectors.lessons import attendance_of, attendance_to
from workers.services import (
    Result,
    cancel_session,
    close_session,
    make_up,
    score_session,
    strike_attendance,
)
from workers.web.contracts import reason_field
from workers.web.lessons import OfSession, counts_of, of_sessions, session_url
from workers.web.papers_fields import one_of
from workers.web.places import today

_RESULTS = [("", "还没有"), ("yes", "合格"), ("no", "不合格")]


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
            (one, self[f"score_{one.public_id.hex}"], self[f"result_{one.public_id.hex}"])
            for one in self.rows
        ]


class EnterScores(OfSession):
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


class CloseSession(OfSession):
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
        counts = counts_of(list(attendance_of(self.actor, self.session)))
        lead = "到场 {came} 人，合格 {passed} 人，不合格 {failed} 人，没有成绩 {waiting} 人。".format(
            **counts
        )
        return {**super().context(), "lead": lead + "结束后不能再改成绩，不合格的可以补考。"}


class ReasonForm(ScopedForm):
    """Why."""

    reason = reason_field("当天停工，改期举行")


class CancelSession(OfSession):
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
