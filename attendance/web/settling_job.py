"""The settler among the node's background work: whether it keeps up, and what it had to put aside."""

from collections.abc import Iterable
from datetime import datetime

from accounts.selectors import is_province_wide
from attendance.selectors.inbox import settling
from kernel.scoping import Actor
from standards.selectors import parameter
from web import words
from web.jobs import Job, register_probe
from web.message_acts import MANAGE


def settler(actor: Actor, now: datetime) -> Iterable[Job]:
    """Accepted punches on their way to days; what cannot be settled stays until somebody has looked at it."""
    if not is_province_wide(actor, MANAGE):
        return
    found = settling()
    late = (now - found.since).total_seconds() if found.since else 0.0
    limits = dict(parameter("jobs.lag_seconds"))
    level = "red" if late >= limits["red"] else "amber" if late >= limits["amber"] else "green"
    advice = "请运维检查入账进程（manage.py settle）是否在运行；恢复后积压会自动处理。"
    facts = f"待入账 {words.exact(found.waiting)} 条打卡"
    if found.calls_aside:
        yield Job(
            "打卡入账",
            "red",
            f"{words.exact(found.calls_aside)} 批打卡无法入账，已搁置",
            f"{facts}，搁置 {words.exact(found.punches_aside)} 条",
            "内容已加密留存，没有丢失。请运维按日志查明原因，修复后执行 manage.py settle --again 重新入账。",
        )
        return
    yield Job(
        "打卡入账",
        level,
        "已跟上" if level == "green" else "落后",
        facts,
        "" if level == "green" else advice,
    )


def add_job() -> None:
    """Tell the page of background work about the settler."""
    register_probe("settler", settler)
