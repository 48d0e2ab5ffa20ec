"""What of completed quantities waits: entries to be accepted, for those who accept them."""

from collections.abc import Iterator
from datetime import date, datetime

from django.db.models import Count, Min
from django.urls import reverse
from django.utils import timezone

from kernel.scoping import Actor
from standards.selectors import parameter
from web.waiting import Waiting
from workers.models import WorkQuantity
from workers.selectors import quantities_pending

ACCEPT = "workers.accept_quantity"


def waiting(actor: Actor, day: date, _now: datetime) -> Iterator[Waiting]:
    """By project, for those who accept. One question."""
    if not actor.may(ACCEPT):
        return
    rows = quantities_pending(actor, ACCEPT).order_by().values_list("project__public_id", "project__name")
    for public_id, name, number, first in rows.annotate(number=Count("pk"), first=Min("entered_at")).order_by(
        "first"
    ):
        days = max((day - timezone.localdate(first)).days, 0)
        listed = reverse("project_quantities", args=[public_id], query={"stands": WorkQuantity.State.ENTERED})
        yield Waiting(
            level="amber" if days >= parameter("roster.waiting_days", on=day) else "blue",
            since=f"{days} 天" if days else "今天",
            what=f"完工数量待确认 {number} 条",
            fact="确认后计入合计，计件工资按它算",
            place=name,
            place_url=reverse("project", args=[public_id]),
            act="去确认",
            url=listed,
            days=days,
        )
