"""Pages of the roster: one act for the people who were ticked, what came of it, and taking it back."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse

from kernel.errors import NotFound
from kernel.permits import require
from projects.models import Project
from projects.selectors import project
from web import words
from web.acts import FormPage
from web.forms import ScopedForm
from web.navigation import Crumb
from web.pages import Page
from workers import selectors, services
from workers.errors import NobodyCan
from workers.models import Engagement, EngagementEvent
from workers.selectors import facts_of
from workers.services import Move, Outcome, Refused, missing_papers, site_day
from workers.states import Review
from workers.web.roster_acts import ACTS, RosterAct
from workers.web.roster_forms import ReasonForm

# So many names stand in a message; the page names all.
_NAMED = 10


def people_url(of: Project, **query: str) -> str:
    """The project's list of people."""
    return reverse("project_people", args=[of.public_id], query=query or None)


def crumbs(of: Project, *last: str) -> list[Crumb]:
    """The way back to the project's people."""
    return [
        Crumb("项目", reverse("projects")),
        Crumb(of.name, reverse("project", args=[of.public_id])),
        Crumb("人员", people_url(of)),
        *(Crumb(label) for label in last),
    ]


class RosterMove(FormPage):
    """One act for several people: who can, who cannot and why, then the day and what else it asks."""

    # Whoever has any act of the roster has this one; each act asks for its own besides.
    permission = "workers.enter"
    section = "projects"
    template_name = "workers/roster_move.html"
    aside_template = "workers/_judged.html"
    # The move that could be done for nobody.
    refused: Move | None = None

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._sent_back(kwargs["public_id"]) or super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._sent_back(kwargs["public_id"]) or super().post(request, *args, **kwargs)

    def _sent_back(self, public_id: UUID) -> HttpResponse | None:
        """To the list, where nobody was ticked or no act was chosen; None where all is there."""
        self.project = project(self.actor, public_id)
        act = ACTS.get(self.request.GET.get("act", ""))
        if act is not None:
            require(self.actor, act.permission)
            self.roster_act = act
        self.people = list(self._ticked()) if act else []
        if self.people:
            return None
        said = "请先勾选要办理的人员。" if act else "请先选择要办的事。"
        messages.warning(self.request, said)
        return redirect(self._list_url())

    def _list_url(self) -> str:
        """The list as it was filtered when people were ticked on it."""
        kept = QueryDict(self.request.GET.get("back", "")).urlencode()
        return people_url(self.project) + (f"?{kept}" if kept else "")

    def _ticked(self) -> QuerySet[Engagement]:
        keys = {key for word in self.request.GET.getlist("who") if (key := _as_uuid(word))}
        rows = selectors.with_state_on(selectors.engagements(self.actor), self.today)
        rows = selectors.with_proof_on(rows, self.today)
        return rows.filter(project=self.project, public_id__in=keys).order_by("person__name", "pk")

    @property
    def today(self) -> date:
        return site_day(self.project)

    @property
    def form_class(self) -> type[ScopedForm]:  # type: ignore[override]  # each act has its own
        return self.roster_act.form

    def build(self, data: QueryDict | None = None, files: Any = None, **more: Any) -> ScopedForm:
        return super().build(data, files, project=self.project, people=self.people, **more)

    def first(self) -> dict[str, Any]:
        return {"date": self.today}

    def checked(self, form: Any) -> dict[str, Any]:
        """Both lists, judged by what stands in the form so far."""
        move = self._move_so_far(form)
        outcome = services.judge_moves(actor=self.actor, move=move, engagements=self.people)
        shown = {row.pk: row for row in self.people}
        return {
            "can": [
                (one.engagement, move.consequence(one) or self._told(shown[one.engagement.pk]))
                for one in outcome.done
            ],
            "cannot": outcome.refused,
            "what": self.roster_act.label,
        }

    def _told(self, row: Any) -> str:
        """What to think of before this act is done for somebody."""
        if self.roster_act.warns:
            return _warning(row)
        return _without_proof(row) if self.roster_act.asks_proof else ""

    def _move_so_far(self, form: Any) -> Move:
        if self.refused:
            # A refusal at a field takes its value out of the form; the reasons are those of what was sent.
            return self.refused
        if form.is_bound and form.is_valid():
            return self.roster_act.build(form, self.today)
        typed = form.cleaned_data.get("date") if form.is_bound else None
        return self.roster_act.preview(typed or self.today)

    def act(self, form: Any) -> str:
        move = self.roster_act.build(form, self.today)
        outcome = services.move_people(actor=self.actor, move=move, engagements=self.people)
        if not outcome.done:
            # Nobody could: the page stays and says why, for each.
            self.refused = move
            raise outcome.refused[0].refusal if len(outcome.refused) == 1 else NobodyCan
        self.say(_said(self.roster_act, outcome))
        return reverse("roster_done", args=[self.project.public_id, outcome.batch])

    def _aside(self, form: ScopedForm) -> str:
        self.judged = super()._aside(form)
        return self.judged

    def context(self) -> dict[str, Any]:
        act = self.roster_act
        return {
            "title": act.label,
            "subtitle": self.project.name,
            "lead": act.lead,
            "crumbs": crumbs(self.project, act.label),
            "cancel_url": self._list_url(),
            # Both lists stand above the form, so that they are read before it is sent.
            "aside": "",
            "judged": self.judged,
            "submit": act.done,
        }


class RosterDone(Page):
    """Who was moved together, and the way to take it back while nothing else has happened since."""

    permission = "workers.view"
    section = "projects"
    template_name = "workers/roster_done.html"

    def get(self, request: HttpRequest, public_id: UUID, batch: UUID) -> HttpResponse:
        of = project(self.actor, public_id)
        events = list(selectors.events_of_batch(self.actor, batch).filter(engagement__project=of))
        if not events:
            return redirect(people_url(of))
        first = events[0]
        act = next((one for one in ACTS.values() if one.preview(first.happened_on).act == first.act), None)
        can_undo = act is not None and act.can_undo and first.actor_key == self.actor.key
        return self.show(
            {
                "title": act.label if act else "撤销",
                "project": of,
                "events": events,
                "batch": batch,
                "reversed": first.act == "reverse",
                "can_undo": can_undo and self.actor.may("workers.enter"),
                "crumbs": crumbs(of, act.label if act else "撤销"),
                "people_url": people_url(of),
                "by": first.actor_label,
                "has_reasons": any(event.reason for event in events),
                "then": self._then(act, of, events),
            }
        )

    def _then(
        self, act: RosterAct | None, of: Project, events: Sequence[EngagementEvent]
    ) -> tuple[str, str] | None:
        """The act that follows for the same people, in words, and the way to it."""
        if act is None or not act.then or not self.actor.may(ACTS[act.then].permission):
            return None
        query = {"act": act.then, "who": [str(event.engagement.public_id) for event in events]}
        return ACTS[act.then].label, reverse("roster_move", args=[of.public_id], query=query)


class _Reversing(FormPage):
    """A reversal asks for a reason and says what it brings about."""

    permission = "workers.enter"
    section = "projects"
    form_class = ReasonForm
    submit = "撤销"
    template_name = "workers/roster_reverse.html"
    project: Project
    people: Sequence[Engagement]

    def build(self, data: QueryDict | None = None, files: Any = None, **more: Any) -> ScopedForm:
        return super().build(data, files, project=self.project, people=self.people, **more)

    def reverse_with(self, form: Any, **more: Any) -> str:
        """Reverse for all of `people`; refused as a whole where nobody's can be taken back."""
        today = site_day(self.project)
        move = services.Reverse(on=today, today=today, reason=form.cleaned_data["reason"], **more)
        outcome = services.move_people(actor=self.actor, move=move, engagements=self.people)
        if not outcome.done:
            raise outcome.refused[0].refusal
        self.say(_undone(outcome))
        return reverse("roster_done", args=[self.project.public_id, outcome.batch])


class UndoBatch(_Reversing):
    """Take back what one has just done for several people."""

    def prepare(self, **kwargs: Any) -> None:
        self.project = project(self.actor, kwargs["public_id"])
        self.batch = kwargs["batch"]
        rows = selectors.events_of_batch(self.actor, self.batch).filter(engagement__project=self.project)
        events = list(rows)
        if not events:
            raise NotFound
        self.people = [event.engagement for event in events]
        self.what = services.MOVE_WORDS.get(events[0].act, "")

    def act(self, form: Any) -> str:
        return self.reverse_with(form, of_batch=self.batch)

    def context(self) -> dict[str, Any]:
        return {
            "title": f"撤销 {len(self.people)} 人的{self.what}",
            "people": self.people,
            "crumbs": crumbs(self.project, "撤销"),
            "cancel_url": reverse("roster_done", args=[self.project.public_id, self.batch]),
        }


class ReversePerson(_Reversing):
    """Take back one person's latest entry, leave, return or exit."""

    def prepare(self, **kwargs: Any) -> None:
        one = selectors.engagement(self.actor, kwargs["public_id"], site_day())
        self.project, self.people = one.project, [one]
        latest = services.latest_of(one)
        self.expected = self.request.POST.get("expected") or (str(latest) if latest else "")

    def act(self, form: Any) -> str:
        return self.reverse_with(form, expected=self.expected)

    def context(self) -> dict[str, Any]:
        what, one = services.MOVE_WORDS.get(self.expected, ""), self.people[0]
        return {
            "title": f"撤销{one.person.name}的{what}" if what else f"{one.person.name}没有可以撤销的办理",
            "expected": self.expected,
            "nothing": not what,
            "people": [],
            "crumbs": crumbs(self.project, one.person.name),
            "cancel_url": reverse("person", args=[one.public_id]),
        }


def _as_uuid(word: str) -> UUID | None:
    try:
        return UUID(word)
    except ValueError:
        return None


def _warning(row: Any) -> str:
    """What somebody who can be moved still lacks for permission to enter."""
    facts = facts_of(row)
    missing = missing_papers(facts)
    if missing:
        return "还缺" + "、".join(missing)
    return "" if facts.review == Review.APPROVED else "还没有批准进场"


def _without_proof(row: Any) -> str:
    """Of which papers nothing is kept that could be looked at."""
    lacking = [
        words for kept, words in ((row.has_scan, "合同签字页"), (row.has_evidence, "培训材料")) if not kept
    ]
    return f"没有上传{'、'.join(lacking)}，请核对原件" if lacking else ""


def _names(refused: Sequence[Refused]) -> str:
    told = [f"{one.engagement.person.name}：{one.refusal.message}" for one in refused[:_NAMED]]
    return " ".join(told) + (f" 等 {len(refused)} 人。" if len(refused) > _NAMED else "")


def _said(act: RosterAct, outcome: Outcome) -> str:
    text = f"已为 {words.exact(len(outcome.done))} 人{act.done}。"
    if outcome.refused:
        text += f"{len(outcome.refused)} 人没有办理——{_names(outcome.refused)}"
    return text


def _undone(outcome: Outcome) -> str:
    text = f"已撤销 {len(outcome.done)} 人的办理，出勤将按剩余的在场记录重新计算。"
    if outcome.refused:
        text += f"{len(outcome.refused)} 人没有撤销——{_names(outcome.refused)}"
    return text
