"""The addressee's answer: what was done about each item, with photographs, from the phone."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from integrity.rules import ANSWERABLE, State
from integrity.selectors.notices import REPLY, notice, people_named
from integrity.services import AnswerFacts, mark_read, reply_notice
from integrity.web.issuing import named
from integrity.web.shown import due, place, until
from standards.selectors import parameter
from web.acts import FormPage
from web.forms import FilesField, ScopedForm
from web.navigation import Crumb


class ReplyForm(ScopedForm):
    """For each item a sentence and files."""

    def __init__(self, *args: Any, items: Any, most: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items = list(items)
        for item in self.items:
            text, files = f"answer_{item.position}", f"files_{item.position}"
            self.fields[text] = forms.CharField(
                label=f"第 {item.position} 项整改情况",
                max_length=1000,
                widget=forms.Textarea(attrs={"rows": 4}),
                help_text="写做了什么、什么时候做完；没做完的写明原因。",
            )
            self.fields[files] = FilesField(
                label=f"第 {item.position} 项照片或扫描件",
                required=False,
                most=most,
                help_text=f"最多 {most} 个，JPG、PNG 或 PDF。手机上可直接拍照。",
            )
            self._prepare(text, self.fields[text])
            self._prepare(files, self.fields[files])

    @property
    def sections(self) -> list[tuple[Any, list[Any]]]:
        """Each item with its two fields."""
        return [
            (item, [self[f"answer_{item.position}"], self[f"files_{item.position}"]]) for item in self.items
        ]


class ReplyPage(FormPage):
    """Answer a notice, item by item; what is typed survives a closed tab."""

    permission = REPLY
    section = "notices"
    template_name = "integrity/reply.html"
    form_class = ReplyForm
    submit = "提交回复"
    keeps_draft = True

    def prepare(self, **kwargs: Any) -> None:
        self.now = timezone.now()
        self.notice: Any = notice(self.actor, kwargs["public_id"], self.now)
        self.cancel_url = reverse("notice", args=[self.notice.public_id])

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.prepare(**kwargs)
        if State(self.notice.stands) not in ANSWERABLE:
            return redirect(self.cancel_url)
        mark_read(actor=self.actor, notice=self.notice, now=self.now)
        return super().get(request, *args, **kwargs)

    def build(self, data: Any = None, files: Any = None, **more: Any) -> ScopedForm:
        most = int(parameter("notices.most_files", self.notice.project.region))
        return super().build(data, files, items=self.notice.items.all(), most=most, **more)

    def act(self, form: Any) -> str:
        given = form.cleaned_data
        reply_notice(
            actor=self.actor,
            notice=self.notice,
            answers={
                item.position: AnswerFacts(given[f"answer_{item.position}"], given[f"files_{item.position}"])
                for item in self.notice.items.all()
            },
            now=timezone.now(),
        )
        self.say("回复已提交，等监理复查。")
        return self.cancel_url

    def context(self) -> dict[str, Any]:
        items = list(self.notice.items.all())
        people = people_named(self.actor, items)
        for item in items:
            item.people = named(item, people)
        way = Crumb(self.notice.number, self.cancel_url)
        last = max(self.notice.replies.all(), key=lambda one: one.round, default=None)
        return {
            "title": f"回复 {self.notice.number}",
            "crumbs": place(self.actor, self.notice.project, way, Crumb("回复")),
            "notice": self.notice,
            "due": due(self.notice, self.now),
            "until": until(self.notice),
            "returned": last if last is not None and last.verdict == "returned" else None,
        }
