"""What of the standard waits for whoever writes or reviews it: the home page lists it."""

from collections.abc import Iterator
from datetime import date, datetime

from django.db.models import Q

from kernel.scoping import Actor
from standards import life
from standards.models import StandardVersion
from web import words
from web.editor import reading
from web.standard_acts import EDIT, may_edit, may_review
from web.waiting import Waiting, register

_OPEN = (life.REVIEW, life.FILED, life.RETURNED, life.ACCEPTED)


def waiting_versions(actor: Actor, day: date, now: datetime) -> Iterator[Waiting]:
    """Drafts to review, drafts that came back, versions to publish, conflicts to answer; one question."""
    if not actor.may(EDIT):
        return
    rows = reading.readable_versions(actor).filter(Q(state__in=_OPEN) | Q(needs_action_by__isnull=False))
    for row in rows:
        told = _told(actor, row, day)
        if told is not None:
            level, what, fact, act = told
            yield Waiting(
                level=level,
                since=words.ago(row.updated_at, now),
                what=what,
                fact=fact,
                place=f"{reading.whose(row)} {row.number}",
                place_url=reading.url_of(row),
                act=act,
                url=reading.url_of(row),
                days=(now - row.updated_at).days,
            )


def _told(actor: Actor, row: StandardVersion, day: date) -> tuple[str, str, str, str] | None:
    """How pressing, what, which fact and the next act; None where another has to move."""
    is_mine, wrote = may_edit(actor, row.region), actor.key in row.editors
    if row.needs_action_by and is_mine:
        level = "red" if row.needs_action_by < day else "amber"
        return level, "市州标准与省标准冲突", f"{words.day(row.needs_action_by)} 前处理", "看冲突"
    if row.state in (life.REVIEW, life.FILED) and may_review(actor) and not wrote:
        return "amber", "数据标准等待评审", row.title, "评审"
    if row.state == life.RETURNED and wrote:
        return "amber", "数据标准被退回", row.review_note, "修改"
    if row.state == life.ACCEPTED and is_mine and actor.key != row.reviewed_by:
        return "blue", "数据标准评审通过，待发布", row.title, "发布"
    return None


def add_waiting() -> None:
    """Tell the home page."""
    register("web.standards", waiting_versions)
