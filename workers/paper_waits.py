"""What of contracts and trainings waits: scans to verify, papers that run out, sessions left open."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Min, QuerySet
from django.urls import reverse
from django.utils import timezone

from kernel.scoping import Actor
from standards.selectors import parameter
from web.waiting import Waiting
from workers.selectors.contracting import contracts_running_out, papers_to_verify
from workers.selectors.lessons import sessions_left_open, trainings_running_out

FILE = "workers.file"


def waiting(actor: Actor, day: date, _now: datetime) -> Iterator[Waiting]:
    """By project, for those whose posts carry the act that settles it."""
    if actor.may("workers.verify_contracts"):
        yield from _to_verify(actor, day)
    if actor.may(FILE):
        yield from _running_out(actor, day)
        yield from _left_open(actor, day)


def _to_verify(actor: Actor, day: date) -> Iterator[Waiting]:
    for public_id, name, number, first in _by_project(papers_to_verify(actor), "engagement__", "scanned_at"):
        days = max((day - timezone.localdate(first)).days, 0)
        late = days >= parameter("roster.waiting_days", on=day)
        yield Waiting(
            level="amber" if late else "blue",
            since=f"{days} 天" if days else "今天",
            what=f"待核验合同 {number} 份",
            fact="签字页已上传，等另一人核对后生效",
            place=name,
            place_url=reverse("project", args=[public_id]),
            act="去核验",
            url=reverse("project_papers", args=[public_id], query={"stands": "scanned"}),
            days=days,
        )


def _running_out(actor: Actor, day: date) -> Iterator[Waiting]:
    contracts = contracts_running_out(actor, FILE, day)
    for public_id, name, number, first in _by_project(contracts, "engagement__", "ends_on"):
        yield _of_end(name, public_id, first, day, f"合同即将到期 {number} 份", "去续签", "project_contracts")
    trainings = trainings_running_out(actor, FILE, day)
    for public_id, name, number, first in _by_project(trainings, "engagement__", "valid_to"):
        yield _of_end(name, public_id, first, day, f"培训即将到期 {number} 人", "去安排", "project_trainings")


def _of_end(name: str, public_id: Any, first: date, day: date, what: str, act: str, page: str) -> Waiting:
    left = (first - day).days
    return Waiting(
        level="amber" if left <= parameter("contract.warn_days", on=day) // 4 else "blue",
        since=f"还剩 {left} 天" if left else "今天到期",
        what=what,
        fact=f"最早的一份到 {first}，到期后不能继续在场作业",
        place=name,
        place_url=reverse("project", args=[public_id]),
        act=act,
        url=reverse(page, args=[public_id], query={"stands": "expiring"}),
        days=-left,
    )


def _left_open(actor: Actor, day: date) -> Iterator[Waiting]:
    for public_id, name, number, first in _by_project(sessions_left_open(actor, FILE, day), "", "held_on"):
        days = (day - first).days
        yield Waiting(
            level="amber" if days >= parameter("roster.waiting_days", on=day) else "blue",
            since=f"{days} 天",
            what=f"培训没有登记结果 {number} 次",
            fact="登记成绩、上传签到表后结束，合格的人才计入培训",
            place=name,
            place_url=reverse("project", args=[public_id]),
            act="去登记",
            url=reverse("project_sessions", args=[public_id], query={"state": "open"}),
            days=days,
        )


def _by_project(rows: QuerySet[Any], through: str, since: str) -> QuerySet[Any]:
    place = (f"{through}project__public_id", f"{through}project__name")
    found = rows.order_by().values_list(*place)
    return found.annotate(number=Count("pk"), first=Min(since)).order_by("first")
