"""任务: what runs in the background, whether it keeps up, and what to do where it does not.

Each app registers a probe of its own work. Work that is the whole node's (queue, outbox, messages) is shown
to whoever reaches the whole province; what belongs to projects is counted within the reader's reach.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Min, Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.selectors import is_province_wide
from kernel.scoping import Actor
from outbox.models import Heartbeat
from outbox.selectors import lags
from standards.selectors import parameter
from web import words
from web.acts import PostPage
from web.exports.models import ExportJob
from web.message_acts import MANAGE, failed_messages, retry_messages
from web.models import OutgoingMessage
from web.navigation import Crumb, Entry, register
from web.pages import Page


@dataclass(frozen=True, slots=True)
class Job:
    """One kind of background work: its state in a level and words, its figures, and what to do."""

    name: str
    level: str
    state: str
    facts: str
    advice: str = ""
    url: str = ""
    act: str = ""


Probe = Callable[[Actor, datetime], Iterable[Job]]
_probes: dict[str, Probe] = {}


def register_probe(name: str, probe: Probe) -> None:
    """Add an app's work, from its `ready()`; twice is once. A probe asks a fixed number of questions."""
    _probes[name] = probe


class JobsPage(Page):
    """Every kind of work with its state, the worst first."""

    permission = MANAGE
    section = "jobs"
    template_name = "web/jobs.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        now = timezone.now()
        found = [job for probe in _probes.values() for job in probe(self.actor, now)]
        order = {"red": 0, "amber": 1}
        return self.show(
            {
                "title": "任务",
                "crumbs": [Crumb("任务")],
                "as_of": now,
                "jobs": sorted(found, key=lambda job: order.get(job.level, 2)),
                "troubled": sum(job.level in order for job in found),
            }
        )


class RetryMessages(PostPage):
    """Send again what the carrier has refused for good."""

    permission = MANAGE
    section = "jobs"
    question = "重新发送失败的短信和邮件？"
    consequence = "只重发当前列为“发送失败”的；仍然失败的会再次列出。验证码等已过时效的内容也会重发。"
    button = "重新发送"

    def prepare(self, **kwargs: Any) -> None:
        self.cancel_url = reverse("jobs")

    def act(self) -> str:
        number = retry_messages(actor=self.actor)
        self.say(f"已重新排队 {number} 条。")
        return self.cancel_url

    def context(self) -> dict[str, Any]:
        number = failed_messages(self.actor).count()
        return {
            "title": str(self.question),
            "consequence": f"现有 {number} 条发送失败。{self.consequence}",
            "crumbs": [Crumb("任务", self.cancel_url), Crumb("重新发送")],
        }


def _late(seconds: float | None, key: str) -> str:
    """The level of a delay, by its parameter; nothing heard at all is red."""
    limits = dict(parameter(key))
    if seconds is None or seconds >= limits["red"]:
        return "red"
    return "amber" if seconds >= limits["amber"] else "green"


def heartbeat(_actor: Actor, now: datetime) -> Iterable[Job]:
    """Whether beat, queue, worker and database work together."""
    at = Heartbeat.objects.filter(name="worker").values_list("at", flat=True).first()
    level = _late((now - at).total_seconds() if at else None, "jobs.heartbeat_seconds")
    yield Job(
        "后台进程",
        level,
        "正常" if level == "green" else "没有响应",
        f"最近一次响应 {words.ago(at, now)}" if at else "从未响应",
        ""
        if level == "green"
        else "请运维检查定时进程、工作进程和消息队列是否在运行；恢复后积压会自动处理。",
    )


def receivers(actor: Actor, now: datetime) -> Iterable[Job]:
    """How far each receiver of changes has come."""
    if not is_province_wide(actor, MANAGE):
        return
    for name, behind, oldest in lags():
        late = (now - oldest).total_seconds() if oldest else 0.0
        level = _late(late, "jobs.lag_seconds")
        yield Job(
            f"变更分发：{name}",
            level,
            "已跟上" if not behind else f"落后 {words.exact(behind)} 条",
            f"最早一条等了 {words.ago(oldest, now).removesuffix('前')}" if oldest else "没有等待的变更",
            "" if level == "green" else "后台进程恢复后会自动追上；持续落后请把时间告知运维。",
        )


def messages(actor: Actor, now: datetime) -> Iterable[Job]:
    """Short messages and mail on their way out."""
    if not is_province_wide(actor, MANAGE):
        return
    waiting, failed = Q(state=OutgoingMessage.State.WAITING), Q(state=OutgoingMessage.State.FAILED)
    found = OutgoingMessage.objects.aggregate(
        waiting=Count("pk", filter=waiting),
        oldest=Min("created_at", filter=waiting),
        failed=Count("pk", filter=failed),
    )
    late = (now - found["oldest"]).total_seconds() if found["oldest"] else 0.0
    level = "red" if found["failed"] else _late(late, "jobs.lag_seconds")
    yield Job(
        "短信和邮件",
        level,
        f"{words.exact(found['failed'])} 条发送失败" if found["failed"] else "正常",
        f"待发 {words.exact(found['waiting'])} 条",
        "请先核对通道账号和余额，再重新发送。" if found["failed"] else "",
        reverse("messages_retry") if found["failed"] else "",
        "重新发送" if found["failed"] else "",
    )


def exports(actor: Actor, now: datetime) -> Iterable[Job]:
    """Lists on their way into files."""
    if not is_province_wide(actor, MANAGE):
        return
    waiting = Q(state__in=(ExportJob.State.WAITING, ExportJob.State.RUNNING))
    failed = Q(state=ExportJob.State.FAILED, created_at__gt=now - timedelta(days=1))
    found = ExportJob.objects.aggregate(
        waiting=Count("pk", filter=waiting),
        oldest=Min("created_at", filter=waiting),
        failed=Count("pk", filter=failed),
    )
    late = (now - found["oldest"]).total_seconds() if found["oldest"] else 0.0
    level = "amber" if found["failed"] else _late(late, "jobs.lag_seconds")
    yield Job(
        "导出",
        level,
        f"近一天有 {words.exact(found['failed'])} 份没有做成" if found["failed"] else "正常",
        f"排队和生成中 {words.exact(found['waiting'])} 份",
        "导出人在“我的导出”里能看到原因，改条件后可重新导出；反复失败请看工作进程的日志。"
        if found["failed"]
        else "",
    )


def add_entries() -> None:
    """Tell the frame where jobs are, and register the platform's own."""
    register(Entry("jobs", _("任务"), "jobs", MANAGE, 29))
    register_probe("heartbeat", heartbeat)
    register_probe("receivers", receivers)
    register_probe("messages", messages)
    register_probe("exports", exports)
