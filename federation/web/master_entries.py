"""四库一平台 in the left bar, on the home page, on the page of jobs and on the trail."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from federation.masters import pulling
from federation.models import ChangeProposal
from federation.selectors.corrections import ANSWER_CORRECTION, corrections_waiting
from federation.selectors.masters import (
    ANSWER,
    PULL,
    VIEW,
    FeedStand,
    proposals,
    proposals_waiting,
    stands,
)
from federation.web.copied import copy_told
from federation.words import feed_state
from kernel.scoping import Actor
from web import copies, words
from web.jobs import Job, register_probe
from web.navigation import Entry, register
from web.trail_objects import uuids
from web.trail_words import Thing, register_objects
from web.waiting import Waiting
from web.waiting import register as register_waiting

# What the owner of a record has to do with a request about it: to answer, and then to correct the record.
_STEPS = (
    (ChangeProposal.State.ASKED, "待答复", "其他平台对本平台记录的更正要求", "去答复"),
    (ChangeProposal.State.ACCEPTED, "已采纳待更正", "已答复采纳，记录还没有更正", "去更正"),
)


def is_for(actor: Actor, permission: str = VIEW) -> bool:
    """Whether the master's feeds are the actor's business: the province's alone."""
    return actor.reach(permission).is_province_wide


def waiting(actor: Actor, day: date, now: datetime) -> Iterator[Waiting]:
    """Wishes for who answers, requests for who answers those, late objects. Four questions."""
    if is_for(actor, ANSWER):
        yield from _wishes(actor, now)
    if actor.may(ANSWER_CORRECTION):
        yield from _corrections(actor, now)
    if is_for(actor, PULL) and pulling.is_configured():
        yield from _late(stands(now), now)


def _wishes(actor: Actor, now: datetime) -> Iterator[Waiting]:
    rows = list(proposals_waiting(actor).values_list("asked_at", flat=True)[:1000])
    if not rows:
        return
    days = (now - rows[0]).days
    yield Waiting(
        level="amber" if days >= 3 else "blue",
        since=f"{days} 天" if days else "今天",
        what=f"{words.exact(len(rows))} 条变更建议待答复",
        fact="对四库一平台数据的更正要求，最早一条先办",
        place="四库一平台",
        place_url=reverse("change_proposals"),
        act="去答复",
        url=f"{reverse('change_proposals')}?state=asked",
        days=days,
    )


def _corrections(actor: Actor, now: datetime) -> Iterator[Waiting]:
    rows = list(corrections_waiting(actor).values_list("state", "asked_at", "label")[:1000])
    for state, what, fact, act in _STEPS:
        found = [(asked_at, label) for stands_at, asked_at, label in rows if stands_at == state]
        if not found:
            continue
        days = (now - found[0][0]).days
        yield Waiting(
            level="amber" if days >= 3 else "blue",
            since=f"{days} 天" if days else "今天",
            what=f"{words.exact(len(found))} 条更正申请{what}",
            fact=f"{fact}，最早一条：{found[0][1]}",
            place="更正申请",
            place_url=reverse("change_proposals"),
            act=act,
            url=f"{reverse('change_proposals')}?state={state}",
            days=days,
        )


def _late(found: Iterable[FeedStand], now: datetime) -> Iterator[Waiting]:
    late = [one for one in found if one.level != "green" or one.feed.is_equal is False]
    if not late:
        return
    worst = "red" if any(one.level == "red" for one in late) else "amber"
    since = min((one.feed.succeeded_at for one in late if one.feed.succeeded_at), default=None)
    yield Waiting(
        level=worst,
        since=words.ago(since, now) if since else "从未取成",
        what=f"四库一平台取数有问题：{'、'.join(one.label for one in late)}",
        fact=next((one.feed.fault for one in late if one.feed.fault), "超过规定时间没有取成，或数量不一致"),
        place="四库一平台",
        place_url=reverse("masters"),
        act="查看",
        url=reverse("masters"),
        days=(now - since).days if since else 0,
    )


def job(actor: Actor, now: datetime) -> Iterable[Job]:
    """The pull on the page of jobs, for who reaches the whole province."""
    if not is_for(actor, VIEW) or not pulling.is_configured():
        return
    for one in stands(now):
        level, said = feed_state(one, now)
        yield Job(
            f"四库一平台取数：{one.label}",
            level,
            said,
            f"上次取成 {words.ago(one.feed.succeeded_at, now)}" if one.feed.succeeded_at else "从未取成",
            one.feed.fault if level in ("amber", "red") else "",
            reverse("masters"),
            "查看",
        )


def _proposals(actor: Actor, keys: Collection[str]) -> Mapping[str, Thing]:
    rows = proposals(actor).filter(public_id__in=uuids(keys))
    return {
        str(row.public_id): Thing(row.label, reverse("change_proposal", args=[row.public_id])) for row in rows
    }


def add_entries() -> None:
    """Tell the frame, the home page, the page of jobs and the trail."""
    register(Entry("masters", _("四库一平台"), "masters", VIEW, 27, fits=is_for))
    register_waiting("federation.masters", waiting)
    register_probe("masters", job)
    copies.register(copy_told)
    register_objects(ChangeProposal._meta.label_lower, _proposals)
