"""Posts that will end soon wait for their administrator: prolong them, or let them end."""

from collections.abc import Iterator
from datetime import date, datetime

from django.urls import reverse
from django.utils import timezone

from accounts.selectors import MANAGE, ending_posts
from kernel.scoping import Actor
from projects.account_words import post_in_words, until_words
from standards.selectors import parameter
from web.waiting import Waiting

MOST_SHOWN = 20


def ending(actor: Actor, _day: date, now: datetime) -> Iterator[Waiting]:
    """The posts within reach that end soon; one question, and none for whoever manages no accounts."""
    if not actor.may(MANAGE):
        return
    # Posts end by the calendar, not by the attendance day that begins at four.
    day = timezone.localtime(now).date()
    rows = ending_posts(actor, day, int(parameter("accounts.ending_days")))
    for post in rows[:MOST_SHOWN]:
        last = post.valid_to or day
        left = (last - day).days
        url = reverse("post_days", args=[post.user.public_id, post.pk])
        yield Waiting(
            level="amber" if left <= 7 else "blue",
            since=until_words(last, day),
            what=f"岗位到期：{post.user}",
            fact=f"{post_in_words(post)}，最后一天 {last}",
            place=post.scope_name,
            place_url="",
            act="改期",
            url=url,
            days=-left,
        )
