"""What may be done next with one person on a site, and what was done, in words."""

from collections.abc import Iterator
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from kernel.scoping import Actor
from web import words
from workers.models import EngagementEvent
from workers.selectors import facts_of
from workers.services import MOVE_WORDS
from workers.states import Act, Facts, Review
from workers.web.roster_acts import ACTS

# Entries and exits stand in the life of presence already, whoever recorded them.
_TOLD = {
    str(Act.LEAVE_TEMPORARILY): "暂退场",
    str(Act.RETURN): "返场",
    str(Act.SETTLE): "确认工资结算",
    str(Act.SUBMIT): "送审",
    str(Act.APPROVE): "批准进场",
    str(Act.SEND_BACK): "退回送审",
    str(Act.PAPER): "核验身份证件",
    str(Act.END): "结束用工",
    "change_team": "调班组",
}


def moves_offered(actor: Actor, engagement: Any) -> list[tuple[str, str]]:
    """The acts that make sense now and that `actor` may do, each with its address."""
    page = reverse("roster_move", args=[engagement.project.public_id])
    found = [
        (ACTS[key].label, f"{page}?{urlencode({'act': key, 'who': engagement.public_id})}")
        for key in _sensible(facts_of(engagement))
        if actor.may(ACTS[key].permission)
    ]
    if engagement.settlement is not None or engagement.is_present:
        reverse_url = reverse("person_reverse", args=[engagement.public_id])
        found += [("撤销最近一次进退场", reverse_url)] if actor.may("workers.enter") else []
    return found


def _sensible(facts: Facts) -> Iterator[str]:
    if facts.review == Review.PENDING:
        yield from ("approve", "send-back")
    if facts.is_present:
        yield from ("return", "exit") if facts.is_away else ("leave", "exit")
    elif not facts.is_ended:
        yield "enter"
    if facts.has_left and not facts.is_settled and not facts.is_present:
        yield "settle"
    if facts.is_ended:
        return
    if not facts.is_verified:
        yield "verify"
    if facts.has_papers and facts.review == Review.NONE and (facts.is_settled or not facts.has_left):
        yield "submit"
    yield "team"
    if not facts.is_present:
        yield "end"


def told(events: list[EngagementEvent]) -> Iterator[tuple[date, str, str, str]]:
    """Each event as a line of its life: day, what, who and why, mark."""
    for event in events:
        by = f"{event.actor_label}，{words.moment(event.recorded_at)}"
        why = f"{by}，理由：{event.reason}" if event.reason else by
        if event.act == Act.REVERSE:
            undone = MOVE_WORDS.get(event.facts.get("reversed", ""), "")
            yield event.happened_on, f"撤销{undone}", why, "warn"
        elif event.act in _TOLD:
            yield event.happened_on, _TOLD[event.act], why, ""
