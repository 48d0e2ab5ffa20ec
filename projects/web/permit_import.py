"""施工许可证 from a file: upload, a dry run with every fault by its cause, and writing all rows or none."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kernel.errors import NotFound
from projects import selectors
from projects.models import Permit, PermitUpload
from projects.permit_file import COLUMNS, template
from projects.permit_judgement import FURTHER_PERMIT, KNOWN, NEW_PROJECT, Judgement, Row
from projects.services import keep_permit_file, receive_permits
from projects.web.permits import crumbs
from standards.selectors import parameter
from web import words
from web.acts import FormPage, PostPage
from web.forms import ScopedForm
from web.navigation import Crumb
from web.pages import Page

_OUTCOMES = {NEW_PROJECT: "新项目", FURTHER_PERMIT: "已有项目的又一个许可证", KNOWN: "已登记，跳过"}
_SHOWN = 20


class TableField(forms.FileField):
    """A CSV file; the cleaned value is its name and content. A file that is too large is not even read."""

    default_error_messages = {
        "empty": gettext_lazy("文件是空的。请先下载模板，填好后再上传。"),
        "missing": gettext_lazy("没有收到文件，请重新选择。"),
        "invalid": gettext_lazy("没有收到文件，请重新选择。"),
        "max_length": gettext_lazy("文件名太长，请改短后再上传。"),
    }
    widget = forms.FileInput(attrs={"accept": ".csv,text/csv"})

    def clean(self, data: Any, initial: Any = None) -> tuple[str, bytes]:  # type: ignore[override]  # read, not sent
        sent = super().clean(data, initial)
        most = int(parameter("permit_file.kilobytes"))
        if not isinstance(sent, UploadedFile):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        if (sent.size or 0) > most * 1024:
            raise ValidationError(
                _(
                    "文件有 %(size)s，上限是 %(most)s KB，没有检查。"
                    "请确认选对了文件；确实很多的，请分几次导入。"
                ),
                params={"size": _size(sent.size or 0), "most": words.exact(most)},
                code="too_large",
            )
        return sent.name or "", sent.read()


def _size(number: int) -> str:
    return f"{number / 1048576:.1f} MB" if number >= 1048576 else f"{number / 1024:.0f} KB"


class UploadForm(ScopedForm):
    """The file."""

    file = TableField(
        label=gettext_lazy("CSV 文件"),
        max_length=200,
        help_text=gettext_lazy("UTF-8 或 GBK 编码，第一行为列名"),
    )


class ImportPermits(FormPage):
    """Takes the file and judges it; nothing is registered yet."""

    permission = "projects.receive_permit"
    section = "projects"
    template_name = "projects/permit_import.html"
    form_class = UploadForm
    submit = "上传并检查"

    def context(self) -> dict[str, Any]:
        return {
            "title": "导入施工许可证",
            "lead": "先检查，后登记：上传只做检查，全部正确才能登记，一行有错就一行也不登记。",
            "crumbs": crumbs(Crumb("导入施工许可证")),
            "cancel_url": reverse("unclaimed_accounts"),
            "columns": COLUMNS,
            "rows": parameter("permit_file.rows"),
            "kilobytes": parameter("permit_file.kilobytes"),
        }

    def act(self, form: Any) -> str:
        name, content = form.cleaned_data["file"]
        upload = keep_permit_file(
            actor=self.actor,
            region=selectors.permit_office(self.actor),
            name=name,
            content=content,
            now=timezone.now(),
        )
        return reverse("permit_upload", args=[upload.public_id])


class PermitTemplate(Page):
    """An empty table with every heading."""

    permission = "projects.receive_permit"

    def get(self, request: HttpRequest) -> HttpResponse:
        return _csv(template(), "施工许可证导入模板.csv")


class PermitUploadPage(PostPage):
    """The dry run's result, the button that writes, and what was written."""

    permission = "projects.receive_permit"
    section = "projects"
    template_name = "projects/permit_upload.html"

    def prepare(self, **kwargs: Any) -> None:
        self.upload: PermitUpload = selectors.permit_upload(self.actor, kwargs["public_id"])
        self.found = Judgement.read(self.upload.judged)
        self.written: dict[str, Permit] = {}
        self.waits: set[int] = set()
        if self.upload.received_at:
            numbers = [row.permit_number for row in self.found.rows]
            self.written = {one.number: one for one in selectors.permits_numbered(self.actor, numbers)}
            waits = selectors.unclaimed(self.actor, timezone.now())
            self.waits = set(waits.values_list("pk", flat=True))

    def context(self) -> dict[str, Any]:
        found = self.found
        done = self.upload.received_at is not None
        every = "all" in self.request.GET
        rows = found.rows if every else found.rows[:_SHOWN]
        return {
            "title": _title(found, done),
            "question": _title(found, done),
            "upload": self.upload,
            "found": found,
            "done": done,
            "is_over": not done and self.upload.expires_at <= timezone.now(),
            "parts": _parts(found),
            "outcomes": [(label, found.count(key)) for key, label in _OUTCOMES.items()],
            "groups": [(group, group.faults if every else group.faults[:_SHOWN]) for group in found.groups],
            "rows": [(row, _OUTCOMES[row.outcome], *self._after(row)) for row in rows],
            "hidden": len(found.rows) - len(rows),
            "every": every,
            "crumbs": crumbs(Crumb("导入施工许可证", reverse("permit_import")), Crumb(_title(found, done))),
            "cancel_url": reverse("permit_import"),
        }

    def _after(self, row: Row) -> tuple[str, str]:
        """The page of a written row's project, and where its account is issued if it waits for one."""
        permit = self.written.get(row.permit_number)
        if permit is None:
            return "", ""
        may = self.actor.may("projects.issue_account") and permit.project_id in self.waits
        issue = reverse("issue_account", args=[permit.public_id]) if may else ""
        return reverse("project", args=[permit.project.public_id]), issue

    def act(self) -> str:
        upload = receive_permits(actor=self.actor, upload=self.upload, now=timezone.now())
        if upload.received_at is None:
            changed = _("检查之后，别处的登记有了变化：下面的行现在不能登记，一行也没有写入。")
            messages.warning(self.request, changed, extra_tags="amber")
        return reverse("permit_upload", args=[upload.public_id])


def _title(found: Judgement, done: bool) -> str:
    if done:
        return f"已登记 {words.exact(found.fresh)} 个施工许可证"
    if found.faults:
        return f"检查结果：{words.exact(found.faulty)} 行要改，{words.exact(len(found.rows))} 行没有问题"
    if not found.fresh:
        return "检查结果：文件里的许可证都已登记过"
    return f"检查结果：{words.exact(found.fresh)} 个许可证可以登记"


def _parts(found: Judgement) -> list[dict[str, Any]]:
    """The rows as one bar: good, faulty, known; per cent from the left."""
    known = found.count(KNOWN)
    numbers = (
        ("blue", "可以登记", found.fresh),
        ("red", "要改", found.faulty),
        ("grey", "已登记，跳过", known),
    )
    parts, left = [], 0.0
    for colour, label, number in numbers:
        share = 100 * number / found.number if found.number else 0
        parts.append({"colour": colour, "label": label, "number": number, "x": left, "width": share})
        left += share
    return parts


class UploadFaults(Page):
    """Every fault as a table, to mend the file beside it."""

    permission = "projects.receive_permit"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        upload = selectors.permit_upload(self.actor, kwargs["public_id"])
        found = Judgement.read(upload.judged)
        if upload.judged is None:
            raise NotFound
        return _csv(found.faults_as_csv(), f"{upload.name.removesuffix('.csv')} 错误表.csv")


def _csv(text: str, name: str) -> HttpResponse:
    """A table that spreadsheets open in Chinese: UTF-8 with its mark."""
    answer = HttpResponse(text.encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = content_disposition_header(True, name) or ""
    return answer
