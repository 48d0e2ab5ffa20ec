"""The six figures: each a door to the list that makes it up, with yesterday's difference."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.urls import reverse

from attendance.selectors.figures import Figures, Share
from attendance.selectors.same_time import SameTime
from regions.models import Region
from web import words
from web.templatetags.words import change, figure, points

_THEN = "较昨日同时"


@dataclass(frozen=True, slots=True)
class Door:
    """One figure. `gap` is what is missing to a full house, with its own list."""

    label: str
    value: str
    url: str
    note: str
    small: str = ""
    gap: str = ""
    gap_url: str = ""


def strip(
    today: Figures, before: Figures, same_time: SameTime, region: Region | None, day: date
) -> list[Door]:
    """The six figures of a place, in the order of every dashboard.

    What grows through the day is compared with yesterday at the same time, the rest with yesterday.
    """
    place = {} if region is None else {"region": region.code}

    def url(name: str, **query: str) -> str:
        asked = {**place, **query}
        return f"{reverse(name)}?{urlencode(asked)}" if asked else reverse(name)

    people = {"on_site": "1"}
    return [
        Door(
            "在建项目",
            figure(today.projects),
            url("projects", status="003"),
            # A firm's own projects of yesterday are not counted anywhere.
            change(today.projects - before.projects) if before.projects else "",
        ),
        Door(
            "在册在场", figure(today.on_site), url("people", **people), change(today.on_site - before.on_site)
        ),
        Door(
            "今日出勤",
            figure(today.attended),
            url("days", day=day.isoformat()),
            "" if same_time.attended is None else change(today.attended - same_time.attended, _THEN),
            small=words.percent(today.attendance.rate) if today.attendance.whole else "",
        ),
        _rate("合同签订率", today.contract, before.contract, url, "contract", people),
        _rate("培训率", today.training, before.training, url, "training", people),
        Door(
            "今日到岗率",
            words.percent(today.on_post.rate),
            url("projects", status="003", sort="on_post_rate"),
            points(same_time.moved(today.on_post), _THEN),
            small=_both(today.on_post),
        ),
    ]


def _rate(
    label: str, share: Share, before: Share, url: Callable[..., str], paper: str, people: dict[str, str]
) -> Door:
    missing = share.whole - share.part
    return Door(
        label,
        words.percent(share.rate),
        url("people", **people, **{paper: "yes"}),
        moved(share, before),
        small=_both(share),
        gap=f"缺 {words.exact(missing)} 人" if missing else "",
        gap_url=url("people", **people, **{paper: "no"}) if missing else "",
    )


def _both(share: Share) -> str:
    return f"{words.exact(share.part)} / {words.exact(share.whole)}" if share.whole else ""


def moved(share: Share, before: Share) -> str:
    """The difference of a rate to an earlier one in words."""
    if share.rate is None or before.rate is None:
        return points(None)
    return points(share.rate - before.rate)
