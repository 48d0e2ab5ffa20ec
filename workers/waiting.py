"""What of the roster waits: people to be let in or sent back, and wages of those who left."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.db.models import Count, Min, QuerySet, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone

from kernel.scoping import Actor
from standards.selectors import parameter
from web.waiting import Waiting
from workers.selectors import exits_unsettled, reviews_pending, special_work_ending


def waiting(actor: Actor, day: date, _now: datetime) -> Iterator[Waiting]:
    """By project: who waits for approval, for approvers; unsettled exits, for those who move people."""
    if actor.may("workers.approve"):
        yield from _by_project(reviews_pending(actor, "workers.approve"), "created_at", day, pending=True)
    if actor.may("workers.file"):
        yield from _certificates(actor, day)
    if actor.may("workers.enter"):
        yield from _by_project(exits_unsettled(actor, "workers.enter"), "exited_on", day, pending=False)


def _by_project(rows: QuerySet, since: str, day: date, *, pending: bool) -> Iterator[Waiting]:  # type: ignore[type-arg]  # two models
    place = ("engagement__project__public_id", "engagement__project__name")
    for public_id, name, number, first in (
        rows.order_by().values_list(*place).annotate(number=Count("pk"), first=Min(since)).order_by("first")
    ):
        began = timezone.localdate(first) if isinstance(first, datetime) else first
        days = max((day - began).days, 0)
        yield Waiting(
            level="amber" if days >= parameter("roster.waiting_days", on=day) else "blue",
            since=f"{days} 天" if days else "今天",
            what=f"待审批进场 {number} 人" if pending else f"退场待结清 {number} 人",
            fact="送审人在等总承包单位批准" if pending else "工资结清或申报欠薪后销账",
            place=name,
            place_url=reverse("project", args=[public_id]),
            act="去审批" if pending else "去确认",
            url=reverse(
                "project_people",
                args=[public_id],
                # All of them on one page, so that one tick takes all.
                query={"standing": "pending" if pending else "unsettled", "size": "100"},
            ),
            days=days,
        )


def _certificates(actor: Actor, day: date) -> Iterator[Waiting]:
    """By project: people in special operations whose certificate is missing, over, or soon to be."""
    limits = parameter("certificate.remind_days", on=day)
    rows = special_work_ending(actor, "workers.file", day, day + timedelta(days=int(limits["首次"]) + 1))
    place = ("project__public_id", "project__name")
    over = day - timedelta(days=1)
    counted = (
        rows.order_by()
        .values_list(*place)
        .annotate(number=Count("pk", distinct=True), first=Min(Coalesce("certified_until", Value(over))))
    )
    for public_id, name, number, first in counted.order_by("first", "project__name"):
        left = (first - day).days
        yield Waiting(
            level="red" if left <= int(limits["再次"]) else "amber",
            since=f"还有 {left} 天" if left >= 0 else "没有或已过期",
            what=f"特种作业证到期 {number} 人",
            fact="到期即移出闸机名单，请换证后更新",
            place=name,
            place_url=reverse("project", args=[public_id]),
            act="去更新",
            url=reverse("certificates", query={"project": public_id, "state": "ending"}),
            days=max(-left, 0),
        )
