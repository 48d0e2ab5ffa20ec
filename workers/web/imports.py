"""批量导入: the template, the file, the workbook of errors, and throwing an import away."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header

from projects.models import Project
from standards.selectors import parameter
from web import words
from web.acts import FormPage, PostPage
from web.navigation import Crumb
from web.pages import Page
from workers import selectors, services
from workers.import_book import RosterBook
from workers.import_columns import Column, columns
from workers.models import RosterImport
from workers.services.import_acts import MAY, workshop
from workers.services.import_judging import Judge
from workers.services.import_twice import OPEN
from workers.web.enrol_form import teams_at_work
from workers.web.import_forms import UploadForm
from workers.web.places import of_project

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_ABOUT = (
    "每行填一个人，填在“人员”表里；深色列名必填。所有单元格已设为文本，身份证号、卡号不会变形。",
    "同一个人重复导入不会产生两份：已在册的只更新手机号、工种、工资卡等资料；换班组、合同、培训、进退场另行办理。",
    "导入只登记人员，不等于批准进场。填错的行可以在网页上改，也可以下载错误表改好再传。",
)


def crumbs(of: Project, *tail: str) -> list[Crumb]:
    """From the project through its people to the import and here."""
    here = Crumb("批量导入", reverse("roster_import_new", args=[of.public_id]) if tail else "")
    return [*of_project(of), here, *(Crumb(label) for label in tail)]


class NewImport(FormPage):
    """Bring a file, or take the template first."""

    permission = MAY
    section = "people"
    template_name = "workers/import_new.html"
    form_class = UploadForm
    submit = "上传并检查"

    def prepare(self, **kwargs: Any) -> None:
        self.project = selectors.project_to(self.actor, self.permission, kwargs["public_id"])

    def act(self, form: Any) -> str:
        file = form.cleaned_data["file"]
        roster = services.keep_roster_file(
            actor=self.actor,
            project=self.project,
            name=file.name or "",
            pieces=file.chunks(),
            size=file.size or 0,
            now=timezone.now(),
        )
        return reverse("roster_import", args=[roster.public_id])

    def context(self) -> dict[str, Any]:
        return {
            "title": "批量导入人员",
            "subtitle": self.project.name,
            "lead": "先下载模板照着填，或直接上传自己的花名册。上传只做检查，改好错误、确认之后才登记。",
            "crumbs": crumbs(self.project),
            "cancel_url": reverse("project_people", args=[self.project.public_id]),
            "project": self.project,
            "columns": columns(self.project, _today(self.project)),
            "megabytes": parameter("imports.megabytes"),
            "rows_most": words.exact(parameter("imports.rows")),
            "before": list(selectors.roster_imports(self.actor, self.project).exclude(state="dropped")[:10]),
            "is_open": self.project.is_open,
            "has_teams": teams_at_work(self.actor, self.project).exists(),
        }


class ImportTemplate(Page):
    """The workbook to fill in, made from the standard in force at this place today."""

    permission = MAY

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        project = selectors.project_to(self.actor, self.permission, kwargs["public_id"])
        judge = Judge(self.actor, project, _today(project))
        with _book(judge, "人员导入模板") as (book, file):
            book.begin(with_errors=False)
            book.finish((f"{project.name} 人员导入模板，{words.day(judge.today)} 生成。", *_ABOUT))
        return _sent(file, f"{_plain(project.name)} 人员导入模板.xlsx")


class ImportErrors(Page):
    """The rows that are not written yet as the same workbook, with what is wrong in each at its end."""

    permission = MAY

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        roster = selectors.roster_import(self.actor, kwargs["public_id"])
        services.take_errors(actor=self.actor, roster=roster)
        judge = Judge(self.actor, roster.project, _today(roster.project))
        with _book(judge, "人员导入错误表") as (book, file):
            book.begin(with_errors=True)
            self._fill(book, roster, judge)
            told = "红色的单元格要改，原因在最后一列；改好后直接上传这个文件。"
            book.finish((f"{roster.name} 的错误表，{words.moment(timezone.now())} 生成。{told}", *_ABOUT))
        return _sent(file, f"{_plain(Path(roster.name).stem)} 错误表.xlsx")

    def _fill(self, book: RosterBook, roster: RosterImport, judge: Judge) -> None:
        rows = selectors.roster_rows(self.actor, roster).filter(outcome__in=OPEN).prefetch_related("faults")
        for row in rows.iterator(chunk_size=500):
            faults = [(fault, heading_of(judge.columns, fault.column)) for fault in row.faults.all()]
            errors = " ".join(f"【{heading}】{fault.sentence}" for fault, heading in faults)
            book.add(row.said, [fault.column for fault, _heading in faults], errors)


class DropImport(PostPage):
    """Throw away a file that was brought, with what was found in it."""

    permission = MAY
    section = "people"
    question = "删除上传的文件？"
    consequence = (
        "上传的文件和检查结果都会删除。已经登记的人员不受影响：登记错了的，在人员档案里更正，或办退场。"
    )
    button = "删除文件"

    def prepare(self, **kwargs: Any) -> None:
        self.roster = selectors.roster_import(self.actor, kwargs["public_id"])
        self.cancel_url = reverse("roster_import", args=[self.roster.public_id])

    def act(self) -> str:
        services.drop_import(actor=self.actor, roster=self.roster, now=timezone.now())
        self.say("已删除上传的文件和检查结果。")
        return reverse("roster_import_new", args=[self.roster.project.public_id])

    def context(self) -> dict[str, Any]:
        return {"title": str(self.question), "crumbs": crumbs(self.roster.project, "删除文件")}


def _today(project: Project) -> date:
    return services.site_day(project)


@contextmanager
def _book(judge: Judge, title: str) -> Iterator[tuple[RosterBook, BytesIO]]:
    """A workbook in the making, beside the unfinished sheets that are gone with it."""
    room = workshop()
    room.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = BytesIO()
    with TemporaryDirectory(dir=room) as sheets:
        yield RosterBook(file, judge.columns, judge.lists, Path(sheets), title), file


def _sent(file: BytesIO, name: str) -> HttpResponse:
    answer = HttpResponse(file.getvalue(), content_type=XLSX)
    answer["Content-Disposition"] = content_disposition_header(True, name) or ""
    answer["Cache-Control"] = "no-store"
    return answer


def _plain(name: str) -> str:
    """A name without signs that file systems refuse."""
    return "".join(sign if sign.isalnum() else "-" for sign in name)[:60].strip("-")


def heading_of(of: tuple[Column, ...], code: str) -> str:
    """The heading of a column; empty for one that the standard no longer has."""
    return next((column.heading for column in of if column.code == code), "")
