"""From the filled-in draft to a signed notice: what, to whom, by which clause, until when."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from attendance.web.clock import today
from integrity import wording
from integrity.rules import State, site_date
from integrity.selectors.notices import ISSUE, OWNER, builders, notice, notice_head, parties, people_named
from integrity.services import discard_draft, draft_notice, issue_notice
from integrity.web.shown import evidence_url, place
from kernel.errors import DomainError, NotFound
from projects.models import Participation
from standards.selectors import code_name, parameter
from web.acts import FormPage, PostPage
from web.forms import DayField, ScopedForm
from web.navigation import Crumb

_OTHER = "other"


class IssueForm(ScopedForm):
    """The deadline, and what is required of each item."""

    term = forms.ChoiceField(label="整改期限", widget=forms.RadioSelect)
    deadline_on = DayField(label="期限日", required=False)

    def __init__(self, *args: Any, terms: list[tuple[str, str]], items: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["term"].choices = terms  # type: ignore[attr-defined]  # a choice field
        for item in items:
            self.fields[f"measure_{item.position}"] = forms.CharField(
                label=f"第 {item.position} 项整改要求",
                max_length=400,
                initial=item.measure,
                widget=forms.Textarea(attrs={"rows": 3}),
            )
            self._prepare(f"measure_{item.position}", self.fields[f"measure_{item.position}"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if (
            cleaned.get("term") == _OTHER
            and not cleaned.get("deadline_on")
            and "deadline_on" not in self.errors
        ):
            self.add_error("deadline_on", "请选一个期限日。")
        return cleaned


class IssuePage(FormPage):
    """A draft, filled in: sign it, change whom it goes to, or throw it away."""

    permission = ISSUE
    section = "notices"
    template_name = "integrity/issue.html"
    form_class = IssueForm
    submit = "签发并送达"

    def prepare(self, **kwargs: Any) -> None:
        self.now, self.day = timezone.now(), today()
        self.notice: Any = notice(self.actor, kwargs["public_id"], self.now)
        self.cancel_url = reverse("site_gaps", args=[self.notice.project.public_id])

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.prepare(**kwargs)
        if self.notice.state != State.DRAFT:
            return redirect("notice", self.notice.public_id)
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "to" not in request.POST:
            return super().post(request, *args, **kwargs)
        self.prepare(**kwargs)
        try:
            return self.do_once(self._readdressed)
        except NotFound:
            raise
        except DomainError as refusal:
            form = self.build()
            form.cleaned_data = {}
            return self._show(form, status=refusal.status, refusal=refusal)

    def _readdressed(self) -> str:
        """Begin the draft anew for another firm, with the same gaps."""
        found = self._firms.filter(public_id=_uuid(self.request.POST["to"])).first()
        if found is None:
            raise NotFound
        draft = draft_notice(
            actor=self.actor,
            project=self.notice.project,
            gaps=[item.gap for item in self.notice.items.all()],
            addressee=found,
            day=self.day,
            now=self.now,
        )
        return reverse("notice_issue", args=[draft.public_id])

    @cached_property
    def _firms(self) -> Any:
        return builders(self.actor, self.notice.project)

    def build(self, data: Any = None, files: Any = None, **more: Any) -> ScopedForm:
        today_here = site_date(self.now)
        days = parameter("notices.deadline_choices", self.notice.project.region, today_here)
        terms = [(str(one), f"{one} 天") for one in days]
        return super().build(
            data, files, terms=[*terms, (_OTHER, "选日期")], items=self.notice.items.all(), **more
        )

    def first(self) -> dict[str, Any]:
        usual = int(parameter("notices.deadline_days", self.notice.project.region))
        return {"term": str(usual), "deadline_on": site_date(self.now) + timedelta(days=usual)}

    def version(self) -> int | None:
        return self.notice.version

    def act(self, form: Any) -> str:
        given, start = form.cleaned_data, site_date(self.now)
        chosen = (
            given["deadline_on"] if given["term"] == _OTHER else start + timedelta(days=int(given["term"]))
        )
        issued = issue_notice(
            actor=self.actor,
            notice=self.notice,
            deadline_on=chosen,
            measures={item.position: given[f"measure_{item.position}"] for item in self.notice.items.all()},
            day=self.day,
            now=self.now,
            expected_version=form.expected_version,
        )
        self.say(f"已签发 {issued.number}，已送达{issued.addressee.enterprise.name}。")
        return reverse("notice", args=[issued.public_id])

    def context(self) -> dict[str, Any]:
        found, start = self.notice, site_date(self.now)
        usual = int(parameter("notices.deadline_days", found.project.region))
        items = list(found.items.all())
        people = people_named(self.actor, items)
        firms: list[Participation] = list(self._firms)
        return {
            "title": "监理通知单",
            "crumbs": place(self.actor, found.project, Crumb("缺口", self.cancel_url), Crumb("发通知单")),
            "notice": found,
            "items": [(item, named(item, people), evidence_url(self.actor, found, item)) for item in items],
            "owner_name": parties(self.actor, found.project)[OWNER] or found.project.owner_name,
            "addressee_kind": code_name("participation_kind", found.addressee.kind),
            "firms": [
                (firm, code_name("participation_kind", firm.kind))
                for firm in firms
                if firm != found.addressee
            ],
            "usual_until": wording.until(start + timedelta(days=usual)),
            "authority": found.project.region.name,
        }


def named(item: Any, people: dict[UUID, Any]) -> list[Any]:
    """The people of an item whom the reader may see, in the order of teams."""
    wanted = set(item.facts.get("engagements", ()))
    return [who for key, who in people.items() if str(key) in wanted]


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


class DiscardPage(PostPage):
    """Throw a draft away."""

    permission = ISSUE
    section = "notices"
    question = "放弃这份草稿？"
    consequence = "草稿还没有编号，也没有人看过；放弃后缺口仍在缺口页，可以重新勾选。"
    button = "放弃草稿"

    def prepare(self, **kwargs: Any) -> None:
        self.notice = notice_head(self.actor, kwargs["public_id"], timezone.now())
        self.cancel_url = reverse("notice_issue", args=[self.notice.public_id])

    def act(self) -> str:
        discard_draft(actor=self.actor, notice=self.notice)
        self.say("草稿已放弃。")
        return reverse("site_gaps", args=[self.notice.project.public_id])

    def context(self) -> dict[str, Any]:
        return {"title": self.question, "crumbs": place(self.actor, self.notice.project, Crumb("放弃草稿"))}
