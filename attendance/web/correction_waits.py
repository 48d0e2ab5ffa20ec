"""What of the corrections waits for whom, for the home page."""

from collections.abc import Iterator
from datetime import date, datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from attendance.models.corrections import State
from attendance.selectors.corrections import ANSWER, waiting_corrections
from kernel.scoping import Actor
from standards.selectors import parameter
from web import words
from web.waiting import Waiting, register


def corrections_waiting(actor: Actor, day: date, now: datetime) -> Iterator[Waiting]:
    """One line a project: how many wait, and whether the oldest has waited longer than it should."""
    if not actor.may(ANSWER):
        return
    for queue in waiting_corrections(actor):
        days = (now - queue.since).days
        limit = int(parameter("correction.answer_days", queue.project.region, day))
        query = f"?project={queue.project.public_id}&state={State.SUBMITTED}"
        yield Waiting(
            level="red" if days >= limit else "amber",
            since=words.ago(queue.since, now),
            what=_("{number} 条考勤更正待处理").format(number=queue.number),
            fact=_waited(days, limit),
            place=queue.project.name,
            place_url=reverse("project", args=[queue.project.public_id]),
            act=_("处理"),
            url=reverse("corrections") + query,
            days=days,
        )


def _waited(days: int, limit: int) -> str:
    if not days:
        return _("最早的一条是今天提出的，应在 {limit} 天内处理").format(limit=limit)
    return _("最早的一条已等 {days} 天，应在 {limit} 天内处理").format(days=days, limit=limit)


def add_waiting() -> None:
    """Tell the home page what this capability finds."""
    register("attendance.corrections", corrections_waiting)
