"""What of the standard waits for whoever writes or reviews it; impact checks as background work."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.db.models import Count, Q, Sum

from accounts.selectors import is_province_wide
from kernel.scoping import Actor
from standards import life
from standards.models import StandardVersion
from standards.selectors import parameter
from web import words
from web.editor import reading
from web.editor.models import ImpactCheck
from web.jobs import Job, register_probe
from web.message_acts import MANAGE
from web.standard_acts import EDIT, may_edit, may_review
from web.waiting import Waiting, register

State = ImpactCheck.State
_OPEN = (life.REVIEW, life.FILED, life.RETURNED, life.ACCEPTED)


def waiting_versions(actor: Actor, day: date, now: datetime) -> Iterator[Waiting]:
    """Drafts to review, drafts that came back, versions to publish, conflicts to answer; one question."""
    if not actor.may(EDIT):
        return
    rows = reading.readable_versions(actor).filter(Q(state__in=_OPEN) | Q(needs_action_by__isnull=False))
    for row in rows:
        told = _told(actor, row, day)
        if told is not None:
            level, what, fact, act = told
            yield Waiting(
                level=level,
                since=words.ago(row.updated_at, now),
                what=what,
                fact=fact,
                place=f"{reading.whose(row)} {row.number}",
                place_url=reading.url_of(row),
                act=act,
                url=reading.url_of(row),
                days=(now - row.updated_at).days,
            )


def _told(actor: Actor, row: StandardVersion, day: date) -> tuple[str, str, str, str] | None:
    """How pressing, what, which fact and the next act; None where another has to move."""
    is_mine, wrote = may_edit(actor, row.region), actor.key in row.editors
    if row.needs_action_by and is_mine:
        level = "red" if row.needs_action_by < day else "amber"
        return level, "市州标准与省标准冲突", f"{words.day(row.needs_action_by)} 前处理", "看冲突"
    if row.state in (life.REVIEW, life.FILED) and may_review(actor) and not wrote:
        return "amber", "数据标准等待评审", row.title, "评审"
    if row.state == life.RETURNED and wrote:
        return "amber", "数据标准被退回", row.review_note, "修改"
    if row.state == life.ACCEPTED and is_mine and actor.key != row.reviewed_by:
        return "blue", "数据标准评审通过，待发布", row.title, "发布"
    return None


def impact_checks(actor: Actor, now: datetime) -> Iterator[Job]:
    """Drafts that are held against the records there are, and how far they have come; one question."""
    if not is_province_wide(actor, MANAGE):
        return
    running = Q(state=State.RUNNING)
    silent = now - 2 * timedelta(seconds=parameter("exports.lease_seconds"))
    stuck = (running & Q(heartbeat_at__lt=silent)) | Q(state=State.WAITING, asked_at__lt=silent)
    failed = Q(state=State.FAILED, asked_at__gt=now - timedelta(days=1))
    found = ImpactCheck.objects.aggregate(
        waiting=Count("pk", filter=Q(state=State.WAITING)),
        running=Count("pk", filter=running),
        stuck=Count("pk", filter=stuck),
        failed=Count("pk", filter=failed),
        done=Sum("records_done", filter=running, default=0),
        number=Sum("records_number", filter=running, default=0),
    )
    far = (
        f"，已试判 {words.exact(found['done'])} / {words.exact(found['number'])} 条"
        if found["running"]
        else ""
    )
    yield Job(
        "数据标准影响检查",
        "amber" if found["stuck"] or found["failed"] else "green",
        _state_of(found["stuck"], found["failed"]),
        f"检查中 {words.exact(found['running'])} 份{far}；排队 {words.exact(found['waiting'])} 份",
        "工作进程恢复后会自动重新检查；没有做成的，请制定人在版本页上再查一次，反复失败请看工作进程的日志。"
        if found["stuck"] or found["failed"]
        else "",
    )


def _state_of(stuck: int, failed: int) -> str:
    if stuck:
        return f"{words.exact(stuck)} 份没有进展"
    return f"近一天有 {words.exact(failed)} 份没有做成" if failed else "正常"


def add_waiting() -> None:
    """Tell the home page and the page of background work."""
    register("web.standards", waiting_versions)
    register_probe("web.impact", impact_checks)
