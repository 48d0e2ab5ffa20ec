"""导出: asking for one, watching it grow, taking it away. All of it works after the tab was closed."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from standards.selectors import parameter
from web import words
from web.acts import FormPage, PostPage
from web.exports.models import ExportJob
from web.exports.selectors import export_of, exports_of
from web.exports.services import ask_for_export, cancel_export, take_file
from web.exports.sources import EXPORT, source
from web.forms import ScopedForm
from web.lists import SIZES
from web.navigation import Crumb
from web.pages import SIGNED_IN, Page

TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


class ExportForm(ScopedForm):
    """Into which kind of file, and what for."""

    format = forms.ChoiceField(
        label="文件格式",
        choices=ExportJob.Format.choices,
        widget=forms.RadioSelect,
        initial=ExportJob.Format.XLSX,
        help_text="Excel 工作簿适合查看和打印；文本表格适合导入别的系统，用 Excel 直接打开会把长编号变形。",
    )
    reason = forms.CharField(
        label="用途",
        required=False,
        max_length=200,
        help_text="写清给谁、做什么，例如：送区住建局核对 11 月在场人员。会印在文件里，并记入审计。",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class NewExport(FormPage):
    """Ask for a list as a file: how many rows and columns it will hold is said before."""

    permission = EXPORT
    section = "exports"
    template_name = "web/export_new.html"
    form_class = ExportForm
    submit = "开始导出"

    def prepare(self, **_kwargs: Any) -> None:
        self.address = self.request.GET.get("list", "")
        self.found = source(self.actor, self.address)  # type: ignore[arg-type]  # only people ask for pages

    def build(self, *args: Any, **kwargs: Any) -> ScopedForm:
        form = super().build(*args, **kwargs)
        if self.found.page.holds_personal_data:
            form.fields["reason"].required = True
        return form

    def act(self, form: Any) -> str:
        job = ask_for_export(
            actor=self.actor,  # type: ignore[arg-type]  # as above
            address=self.address,
            file_format=form.cleaned_data["format"],
            reason=form.cleaned_data["reason"],
            now=timezone.now(),
        )
        told = _("已开始在后台导出“{title}”，共 {rows} 行。可以离开或关掉页面，做好了会发消息给您。")
        self.say(told.format(title=job.title, rows=words.exact(job.rows_asked)))
        return reverse("exports")

    def context(self) -> dict[str, Any]:
        found, faults = self.found, self.found.listed.filterset.faults
        return {
            "title": _("导出：{title}").format(title=found.title),
            "crumbs": [Crumb("我的导出", reverse("exports")), Crumb("新的导出")],
            "cancel_url": self.address,
            "found": found,
            "conditions": [] if faults else found.conditions,
            "faults": faults,
            "shown_columns": [one.label for one in found.listed.columns.choices if one.is_shown],
            "most": parameter("exports.most_rows"),
            "keep_hours": parameter("exports.keep_hours"),
        }


class Exports(Page):
    """我的导出: one's own exports with how far each is."""

    permission = SIGNED_IN
    section = "exports"
    template_name = "web/exports.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        page = Paginator(exports_of(self.actor), SIZES[0]).get_page(request.GET.get("page"))
        now = timezone.now()
        return self.show(
            {
                "title": "我的导出",
                "crumbs": [Crumb("我的导出")],
                "page": page,
                "sizes": SIZES[:1],
                "noun": "个导出",
                "rows": [_shown(job, now) for job in page],
                "is_moving": any(job.is_open for job in page),
                "keep_hours": parameter("exports.keep_hours"),
            }
        )


def _shown(job: ExportJob, now: Any) -> dict[str, Any]:
    """An export as the list shows it."""
    left = job.remaining(now)
    return {
        "job": job,
        "percent": int(job.share_done * 100),
        "left": _in_words(left.total_seconds()) if left is not None else "",
        "moved": job.rows_number is not None and job.is_ready and job.rows_number != job.rows_asked,
        "again": f"{reverse('export_new')}?{urlencode({'list': f'{job.path}?{job.query}'})}",
        "size": _size(job.size_bytes),
        "level": _LEVELS[job.state],
        "state": ExportJob.State(job.state).label,
    }


_LEVELS = {
    "waiting": "grey",
    "running": "blue",
    "done": "green",
    "failed": "red",
    "cancelled": "grey",
    "expired": "grey",
}


def _in_words(seconds: float) -> str:
    return f"约 {max(1, round(seconds))} 秒" if seconds < 90 else f"约 {round(seconds / 60)} 分钟"


def _size(size: int | None) -> str:
    if size is None:
        return ""
    return f"{size / 1024:,.0f} KB" if size < 1024 * 1024 else f"{size / 1024 / 1024:,.1f} MB"


class CancelExport(PostPage):
    """Call off one's own export."""

    permission = SIGNED_IN
    section = "exports"
    button = "取消导出"

    def prepare(self, public_id: UUID, **_kwargs: Any) -> None:  # type: ignore[override]  # the address's id
        self.job = export_of(self.actor, public_id)
        self.question = _("取消导出“{title}”？").format(title=self.job.title)
        self.consequence = _("已写好的部分会丢弃，不留文件。之后可以重新导出。")
        self.cancel_url = reverse("exports")

    def act(self) -> str:
        cancel_export(actor=self.actor, job=self.job, now=timezone.now())  # type: ignore[arg-type]  # people
        self.say(_("已取消导出“{title}”。").format(title=self.job.title))
        return reverse("exports")

    def context(self) -> dict[str, Any]:
        return {"crumbs": [Crumb("我的导出", reverse("exports")), Crumb("取消导出")], "title": self.question}


class ExportFile(Page):
    """The file itself, for its owner; each download is on record."""

    permission = EXPORT
    section = "exports"

    def get(self, request: HttpRequest, public_id: UUID) -> HttpResponseBase:
        job = export_of(self.actor, public_id)
        job, pieces = take_file(actor=self.actor, job=job, now=timezone.now())  # type: ignore[arg-type]  # people
        return file_answer(job, pieces)


def file_answer(job: ExportJob, pieces: Any) -> StreamingHttpResponse:
    """A file on its way out, piece by piece: never shown inside a page, never kept by a cache."""
    answer = StreamingHttpResponse(pieces, content_type=TYPES[job.format])
    answer["Content-Disposition"] = content_disposition_header(True, job.file_name) or ""
    answer["Content-Length"] = str(job.size_bytes)
    answer["Cache-Control"] = "no-store"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
