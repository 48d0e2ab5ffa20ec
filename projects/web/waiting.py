"""What waits for the county at the permit: projects without an account, codes nobody has claimed, and
permits that contractors' systems have stated and nobody has registered.

Source: product 5.5, AL-01.
"""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone

from kernel.scoping import Actor
from projects.selectors import reported_permits, unclaimed
from projects.web.unclaimed import NONE, OVER, state_of
from standards.selectors import parameter
from web import words
from web.waiting import Waiting, register

SHOWN = 8
_REGISTER = "projects.receive_permit"


def waiting(actor: Actor, _day: date, now: datetime) -> Iterator[Waiting]:
    """The longest waiting first; how many more there are is the last line. One question."""
    if not actor.may("projects.issue_account"):
        return
    # Permits are dated by the calendar, not by the attendance day.
    today = timezone.localdate(now)
    lines = [line for project in unclaimed(actor, now) if (line := _line(project, today, now))]
    yield from sorted(lines, key=lambda line: line.rank)[:SHOWN]
    if len(lines) > SHOWN:
        yield _rest(len(lines) - SHOWN)


def _line(project: Any, day: date, now: datetime) -> Waiting | None:
    state = state_of(project, now)
    days = max((day - project.permit_on).days, 0)
    late = int(parameter("gaps.unenrolled_permit_days", project.region, day))
    very_late = int(parameter("gaps.unenrolled_permit_red_days", project.region, day))
    level = "red" if days > very_late else "amber" if days > late else "blue"
    if state == NONE:
        fact = f"{words.day(project.permit_on)} 发证，满 {late} 天未开通即预警"
        return _waiting(project, level, days, "已发证，没有签发项目账号", fact, "签发账号")
    if state == OVER:
        fact = f"领取代码 {words.day(project.code_until)} 到期，没有人领取"
        return _waiting(project, level if days > late else "amber", days, "领取代码已过期", fact, "重新签发")
    idle = (day - timezone.localdate(project.code_at)).days
    if idle <= int(parameter("claim.unclaimed_days", project.region, day)):
        return None
    fact = f"{words.day(project.code_at)} 签发，有效至 {words.day(project.code_until)}"
    return _waiting(
        project, level if days > late else "amber", days, f"签发 {idle} 天没有领取", fact, "看项目"
    )


def _waiting(project: Any, level: str, days: int, what: str, fact: str, act: str) -> Waiting:
    page = reverse("project", args=[project.public_id])
    return Waiting(
        level=level,
        since=f"{days} 天" if days else "今天",
        what=what,
        fact=fact,
        place=project.name,
        place_url=page,
        act=act,
        url=page if act == "看项目" else reverse("issue_account", args=[project.permit_key]),
        days=days,
    )


def _rest(number: int) -> Waiting:
    url = reverse("unclaimed_accounts")
    what = f"另有 {number} 个项目没有领取账号"
    return Waiting("blue", "", what, "按发证先后排列", "全部待领账号", url, "看全部", url)


def unregistered(actor: Actor, _day: date, now: datetime) -> Iterator[Waiting]:
    """Permit numbers that systems have stated and the county has not registered, one line a project.

    One question.
    """
    if not actor.may(_REGISTER):
        return
    today, seen = timezone.localdate(now), set[int]()
    for row in reported_permits(actor, _REGISTER)[: SHOWN * 4]:
        if row.project_id in seen or len(seen) >= SHOWN:
            continue
        seen.add(row.project_id)
        days = max((today - timezone.localdate(row.created_at)).days, 0)
        late = int(parameter("gaps.unregistered_permit_days", row.project.region, today))
        yield Waiting(
            level="amber" if days > late else "blue",
            since=f"{days} 天" if days else "今天",
            what="企业上报的施工许可证没有登记",
            fact=f"{words.day(timezone.localdate(row.created_at))} 上报，核对后登记，才能签发项目账号",
            place=row.project.name,
            place_url=reverse("project", args=[row.project.public_id]),
            act="登记许可证",
            url=f"{reverse('permit_new')}?reported={row.public_id}",
            days=days,
        )


def add_waiting() -> None:
    """Tell the home page what this capability finds waiting."""
    register("permits", waiting)
    register("reported_permits", unregistered)
