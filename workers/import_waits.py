"""Rosters that were checked and not finished wait for whoever brought them; imports as background work."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Min, Q
from django.urls import reverse
from django.utils import timezone

from accounts.selectors import is_province_wide
from kernel.scoping import Actor
from standards.selectors import parameter
from web import words
from web.jobs import Job
from web.message_acts import MANAGE
from web.waiting import Waiting
from workers.models import RosterImport, RosterRow
from workers.selectors import unfinished_rosters

State, Outcome = RosterImport.State, RosterRow.Outcome


def waiting(actor: Actor, day: date, _now: datetime) -> Iterator[Waiting]:
    """One's own rosters with rows to mend or to write; they are thrown away when their time is over."""
    if not actor.may("workers.enrol"):
        return
    one: Any  # annotated with what it still holds
    for one in unfinished_rosters(actor):
        days = max((day - timezone.localdate(one.created_at)).days, 0)
        faulty, good = one.faulty, one.good
        yield Waiting(
            level="blue",
            since=f"{days} 天" if days else "今天",
            what=_what(faulty, good),
            fact=f"{one.name}，保留到 {words.moment(one.expires_at)}",
            place=one.project.name,
            place_url=reverse("project", args=[one.project.public_id]),
            act="继续导入",
            url=reverse("roster_import", args=[one.public_id]),
            days=days,
        )


def _what(faulty: int, good: int) -> str:
    if faulty:
        return f"花名册有 {words.exact(faulty)} 行要改"
    return f"花名册有 {words.exact(good)} 行没有导入"


def job(actor: Actor, now: datetime) -> Iterable[Job]:
    """Rosters on their way through the worker."""
    if not is_province_wide(actor, MANAGE):
        return
    moving = Q(state__in=(State.TO_CHECK, State.CHECKING, State.TO_SAVE, State.SAVING))
    stuck = moving & Q(heartbeat_at__lt=now - 2 * timedelta(seconds=parameter("imports.lease_seconds")))
    failed = Q(state=State.FAILED, created_at__gt=now - timedelta(days=1))
    found = RosterImport.objects.aggregate(
        moving=Count("pk", filter=moving),
        stuck=Count("pk", filter=stuck),
        failed=Count("pk", filter=failed),
        oldest=Min("created_at", filter=moving),
    )
    yield Job(
        "花名册导入",
        "amber" if found["stuck"] else "green",
        f"{words.exact(found['stuck'])} 份没有进展" if found["stuck"] else "正常",
        f"检查和写入中 {words.exact(found['moving'])} 份；近一天没有读成 {words.exact(found['failed'])} 份",
        "工作进程恢复后会自动接着做；持续没有进展请看工作进程的日志。" if found["stuck"] else "",
    )
