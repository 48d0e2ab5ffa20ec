"""What of reporting upward waits for an administrator: platforms that refused records or are stopped."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

from django.urls import reverse

from federation.models import MANAGE_UPSTREAMS
from federation.selectors.upstreams import upstreams
from federation.web.upstreams import level_of
from kernel.scoping import Actor
from web import words
from web.waiting import Waiting


def refused_upward(actor: Actor, _day: date, now: datetime) -> Iterator[Waiting]:
    """One line for each platform with refusals or an old backlog; one question, none for whoever may not."""
    if not actor.may(MANAGE_UPSTREAMS):
        return
    rows: Iterable[Any] = upstreams(actor)  # with figures that the model does not have
    for row in rows:
        level = level_of(row.oldest, now)
        if not row.refused and not level:
            continue
        url = reverse("upstream_records", args=[row.public_id])
        since = words.ago(row.oldest, now) if row.oldest else ""
        yield Waiting(
            level=level or "amber",
            since=since,
            what=f"上报被退回 {words.exact(row.refused)} 条" if row.refused else "上报积压",
            fact=f"待上报 {words.exact(row.waiting)} 条" + (f"，最早等了 {since}" if since else ""),
            place=row.name,
            place_url=reverse("upstream", args=[row.public_id]),
            act="处理" if row.refused else "查看",
            url=f"{url}?state=refused" if row.refused else url,
            days=(now - row.oldest).days if row.oldest else 0,
        )
