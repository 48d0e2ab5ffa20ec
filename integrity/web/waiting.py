"""Notices on the home page: late ones for every side, and what waits for the reader's own act."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.db.models import Q
from django.urls import reverse

from integrity.rules import RUNNING, State
from integrity.selectors.notices import ADDRESSEE, SUPERVISOR, open_notices, side_of
from integrity.web.shown import due, until
from kernel.scoping import Actor
from web import words
from web.waiting import Waiting, register

# The worst of them; the rest stand behind the last line.
SHOWN = 12
_ASKED = sorted(str(state) for state in RUNNING | {State.ISSUED})


def waiting(actor: Actor, day: date, now: datetime) -> Iterator[Waiting]:
    """What waits for the reader's side: late notices for all of them, answers to judge, notices to answer."""
    if not actor.may("integrity.view"):
        return
    side = side_of(actor)
    mine = Q(is_late=True)
    if side == SUPERVISOR:
        mine |= Q(state__in=[State.REPLIED, State.UNDER_REVIEW])
    if side == ADDRESSEE:
        mine |= Q(stands__in=_ASKED)
    found = list(open_notices(actor, now).filter(mine)[: SHOWN + 1])
    for notice in found[:SHOWN]:
        yield _line(notice, side, now)
    if len(found) > SHOWN:
        yield _rest(now)


def _line(notice: Any, side: str, now: datetime) -> Waiting:
    level, left = due(notice, now)
    what, act = _words(notice, side)
    answered = State(notice.state) in (State.REPLIED, State.UNDER_REVIEW)
    return Waiting(
        level="blue" if answered and not notice.is_late else level,
        since="已回复" if answered and not notice.is_late else left,
        what=f"{what} {notice.number}",
        fact=f"{notice.addressee.enterprise.name}，限 {until(notice)}",
        place=notice.project.name,
        place_url=reverse("project", args=[notice.project.public_id]),
        act=act,
        url=reverse("notice", args=[notice.public_id]),
        days=max(0, (now - notice.deadline_at).days) if notice.is_late else 0,
    )


def _words(notice: Any, side: str) -> tuple[str, str]:
    if notice.is_late:
        return "监理通知单逾期", {SUPERVISOR: "去处理", ADDRESSEE: "去回复"}.get(side, "查看")
    if side == SUPERVISOR:
        return "通知单已回复，待复查", "去复查"
    return "监理通知单待回复", "去回复"


def _rest(now: datetime) -> Waiting:
    return Waiting(
        level="red",
        since="更多",
        what="还有其他逾期或待处理的通知单",
        fact=f"截至 {words.clock(now)}，最急的 {SHOWN} 份已列在上面",
        place="通知单",
        place_url=reverse("notices"),
        act="看全部",
        url=f"{reverse('notices')}?open=1",
    )


def register_waiting() -> None:
    """Tell the home page."""
    register("integrity.notices", waiting)
