"""One notice: what was found, what was done about it, side by side; its life with who and when."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from integrity import wording
from integrity.models import NoticeReply
from integrity.rules import ANSWERABLE, OPEN, RUNNING, State
from integrity.selectors.notices import (
    ISSUE,
    REPLY,
    answer_file,
    may_act,
    notice,
    notice_head,
    people_named,
)
from integrity.selectors.standing import as_of_today, present_gaps
from integrity.services import mark_read
from integrity.web.issuing import named
from integrity.web.shown import due, evidence_url, place, state_of, until
from standards.selectors import code_name
from web import words
from web.copies import is_own
from web.navigation import Crumb
from web.pages import Page
from web.uploads import serve


@dataclass(frozen=True, slots=True)
class Item:
    """An item before and after: as found, as answered each time, and as it is now."""

    row: Any
    people: list[Any]
    answers: list[Any]
    now: tuple[str, str] | None
    evidence: str

    @property
    def last(self) -> Any:
        """The latest answer."""
        return self.answers[-1] if self.answers else None


@dataclass(frozen=True, slots=True)
class Step:
    """A line of the notice's life."""

    at: Any
    when: str
    text: str
    sub: str
    kind: str


class NoticeRecord(Page):
    """The record of a notice. Opening it is on record for the reader's side."""

    permission = "integrity.view"
    section = "notices"
    template_name = "integrity/notice.html"

    def get(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        now = timezone.now()
        head = notice_head(self.actor, public_id, now)
        if head.state == State.DRAFT:
            return redirect("notice_issue", public_id)
        mark_read(actor=self.actor, notice=head, now=now)
        found: Any = notice(self.actor, public_id, now)
        items = self._items(found, now)
        return self.show(
            {
                "title": found.number,
                "crumbs": place(
                    self.actor, found.project, Crumb("通知单", _listed(found)), Crumb(found.number)
                ),
                "notice": found,
                "state": state_of(found),
                "due": due(found, now),
                "until": until(found),
                "items": items,
                "still_stands": any(one.now is not None and one.now[0] == "amber" for one in items),
                "steps": _steps(found),
                "readings": [
                    (wording.SIDES[one.side], one.by, words.moment(one.at)) for one in found.readings.all()
                ],
                "addressee_kind": code_name("participation_kind", found.addressee.kind),
                **self._acts(found),
            }
        )

    def _acts(self, found: Any) -> dict[str, bool]:
        if not is_own(found):
            # What is done with another node's notice is refused: it is not offered.
            return {"may_reply": False, "may_judge": False, "may_extend": False}
        stands = State(found.stands)
        waits = any(one.verdict == NoticeReply.Verdict.WAITING for one in found.replies.all())
        may_issue = may_act(self.actor, found, ISSUE)
        return {
            "may_reply": stands in ANSWERABLE and may_act(self.actor, found, REPLY),
            "may_judge": waits and may_issue,
            "may_extend": stands in RUNNING and found.extended_at is None and may_issue,
        }

    def _items(self, found: Any, now: Any) -> list[Item]:
        rows = list(found.items.all())
        people = people_named(self.actor, rows)
        present = present_gaps(self.actor, found, now) if State(found.stands) in OPEN else None
        answers = [answer for reply in found.replies.all() for answer in _with_reply(reply)]
        return [
            Item(
                row,
                named(row, people),
                [one for one in answers if one.item_id == row.pk],
                as_of_today(row, present) if present is not None else None,
                evidence_url(self.actor, found, row),
            )
            for row in rows
        ]


def _with_reply(reply: Any) -> list[Any]:
    answers = list(reply.answers.all())
    for answer in answers:
        answer.reply = reply
    return answers


def _steps(found: Any) -> list[Step]:
    marks = {"lapse": "warn", "give_back": "due", "accept": "now", "issue": "now"}
    steps = [
        Step(
            one.at,
            words.moment(one.at),
            _words_of(one),
            f"{one.by}{'：' + one.reason if one.reason else ''}",
            marks.get(one.act, ""),
        )
        for one in found.events.all()
    ]
    told = {one.at for one in steps}
    steps += [
        Step(one.at, words.moment(one.at), f"{wording.SIDES[one.side]}首次打开", one.by, "")
        for one in found.readings.all()
        if one.at not in told  # whoever issued it, or delivered it by opening, is told of already
    ]
    return sorted(steps, key=lambda step: step.at, reverse=True)


def _words_of(event: Any) -> str:
    if event.act == "deliver" and event.by_key == "system":
        return "视为送达（未打开，到时自动生效）"
    if event.from_state == event.to_state:
        return f"逾期后{wording.ACTS[event.act]}"
    return wording.ACTS[event.act]


def _listed(found: Any) -> str:
    return f"{reverse('notices')}?project={found.project.public_id}"


class FileView(Page):
    """A photograph or scan of an answer, for whoever may see the notice."""

    permission = "integrity.view"

    def get(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        found = answer_file(self.actor, public_id)
        return serve(found.address, found.name.rsplit(".", 1)[0])
