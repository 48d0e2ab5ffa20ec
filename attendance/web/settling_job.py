"""The settler among the background work: whether it runs and keeps up, and what it had to put aside."""

from collections.abc import Iterable
from datetime import datetime

from accounts.selectors import is_province_wide
from attendance.selectors.inbox import settling
from attendance.services import settler_works
from attendance.services.sources import waiting_since
from kernel.scoping import Actor
from standards.selectors import parameter
from web import words
from web.jobs import Job, register_probe
from web.message_acts import MANAGE

NAME = "打卡入账"
ADVICE = "请运维检查入账进程（manage.py settle）是否在运行、是否反复重启；恢复后积压会自动处理。"


def settler(actor: Actor, now: datetime) -> Iterable[Job]:
    """Accepted punches on their way to days. Everybody here sees whether they get there; how many wait, and
    what was put aside until somebody has looked at it, is the whole node's."""
    since = waiting_since()
    level, state = _judged((now - since).total_seconds() if since else 0.0)
    advice = "" if level == "green" else ADVICE
    waits = f"最早一批在 {words.ago(since, now)}收下" if since else "没有等待的打卡"
    if not is_province_wide(actor, MANAGE):
        yield Job(NAME, level, state, waits, advice)
        return
    found = settling()
    facts = f"待入账 {words.exact(found.waiting)} 条打卡"
    if found.calls_aside:
        yield Job(
            NAME,
            "red",
            f"{words.exact(found.calls_aside)} 批打卡无法入账，已搁置",
            f"{facts}，搁置 {words.exact(found.punches_aside)} 条",
            "内容已加密留存，没有丢失。请运维按日志查明原因，修复后执行 manage.py settle --again 重新入账。"
            + advice,
        )
        return
    yield Job(NAME, level, state, f"{facts}，{waits}" if since else facts, advice)


def _judged(late: float) -> tuple[str, str]:
    """By how long the oldest call waits; without a process that settles, red whatever waits."""
    if not settler_works():
        return "red", "没有运行"
    limits = dict(parameter("jobs.heartbeat_seconds"))
    level = "red" if late >= limits["red"] else "amber" if late >= limits["amber"] else "green"
    return level, "已跟上" if level == "green" else "落后"


def add_job() -> None:
    """Tell the page of background work about the settler."""
    register_probe("settler", settler)
