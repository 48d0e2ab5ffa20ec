"""What of the outward gateway waits for somebody: drafts to approve, agreements that end soon."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.urls import reverse

from federation.gateway.policy import is_the_province
from federation.models import SharingAgreement
from federation.selectors import partners as reads
from federation.selectors.partners import APPROVE, VIEW
from kernel.scoping import Actor
from standards.selectors import parameter
from web import words
from web.waiting import Waiting


def shares(actor: Actor) -> bool:
    """Whether the gateway is this actor's work: at the province's node, over the whole province."""
    return is_the_province() and actor.reach(VIEW).is_province_wide


def sharing_that_waits(actor: Actor, day: date, now: datetime) -> Iterator[Waiting]:
    """Drafts for whoever approves, and for all of the gateway the agreements that end soon; two questions."""
    if not shares(actor):
        return
    if actor.reach(APPROVE).is_province_wide:
        yield from _drafts(actor, now)
    last = day + timedelta(days=int(parameter("gateway.expiry_warning_days")))
    for row in reads.agreements(actor):
        ends = row.last_day  # type: ignore[attr-defined]  # annotated by agreements
        if ends is not None and day <= ends <= last:
            yield _ending(row, ends, day)


def _drafts(actor: Actor, now: datetime) -> Iterator[Waiting]:
    for one in reads.drafts_to_approve(actor):
        of = one.agreement
        yield Waiting(
            level="amber",
            since=words.ago(one.updated_at, now),
            what="共享协议待批准",
            fact=f"{of.number} 第 {one.ordinal} 版：{one.purpose}",
            place=of.partner.name,
            place_url=reverse("partner", args=[of.partner.public_id]),
            act="核对并批准",
            url=reverse("agreement_approve", args=[one.public_id]),
            days=(now - one.updated_at).days,
        )


def _ending(row: SharingAgreement, last: date, day: date) -> Waiting:
    return Waiting(
        level="amber",
        since=f"还有 {(last - day).days} 天",
        what="共享协议快到期",
        fact=f"{row.number}，{last} 后不再提供数据",
        place=row.partner.name,
        place_url=reverse("partner", args=[row.partner.public_id]),
        act="查看协议",
        url=reverse("agreement", args=[row.public_id]),
    )
