"""Platforms above us that are not ours: what they are told, and what became of each record."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from kernel.fields import SealedTextField
from kernel.ids import new_id
from kernel.models import Travelling
from kernel.scoping import Reach, ScopedModel

MANAGE_UPSTREAMS = "federation.manage_upstreams"


class Upstream(Travelling, ScopedModel):
    """A platform that takes reports by `/open.api`, as the national one does, and what of ours it is told.

    It covers `region`: all its projects, or those that were chosen. `codes` are the lines of the dictionaries
    in which it differs: list, our code, theirs. `punch_cursor` is the last punch that was looked at.
    Source: 鄂建文〔2019〕27号 二(二) (data is shared with the platforms above); the interface: open.api 1.0.
    """

    region_lookup = "region"
    view_permission = MANAGE_UPSTREAMS

    class Takes(models.TextChoices):
        ALL = "all", "区域内全部项目"
        CHOSEN = "chosen", "只上报选定的项目"

    class State(models.TextChoices):
        ACTIVE = "active", "上报中"
        PAUSED = "paused", "已暂停"

    name = models.CharField(max_length=100)
    url = models.CharField(max_length=300)
    region = models.ForeignKey("regions.Region", models.PROTECT, related_name="+")
    # The account for all projects; empty where each project has a key of its own (一项目一密钥).
    appid = models.CharField(max_length=64, blank=True)
    secret = SealedTextField(context="upstream.secret", null=True)
    takes = models.CharField(max_length=8, default=Takes.CHOSEN)
    # Punches, trainings and wages of earlier days are not reported; people who left before it neither.
    since = models.DateField()
    state = models.CharField(max_length=8, default=State.ACTIVE)
    pause_reason = models.CharField(max_length=200, blank=True)
    codes = models.JSONField(default=list, blank=True)
    punch_cursor = models.UUIDField(default=new_id)

    class Meta:
        ordering = ("name",)
        constraints = [
            models.UniqueConstraint(fields=("name",), name="an_upstream_has_a_name_of_its_own"),
            models.CheckConstraint(
                condition=Q(takes__in=("all", "chosen")), name="an_upstream_takes_all_or_chosen_projects"
            ),
            models.CheckConstraint(
                condition=Q(state="active") | (Q(state="paused") & ~Q(pause_reason="")),
                name="an_upstream_is_active_or_paused_for_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def scope(cls, reach: Reach) -> Q:
        told = UpstreamProject.objects.within(reach) if reach.projects else UpstreamProject.all_rows.none()
        return super().scope(reach) | Q(pk__in=told.values("upstream"))


class UpstreamProject(Travelling, ScopedModel):
    """A project at an upstream: by which code and key it is known there, and how its reporting goes.

    `is_marked`: something of it has changed since it was last compared. `trouble` is what stops it as a whole
    (the platform is away, the key is wrong); it is tried again at `retry_at`.
    """

    region_lookup = "upstream__region"
    project_lookup = "project"
    view_permission = MANAGE_UPSTREAMS

    upstream = models.ForeignKey(Upstream, models.PROTECT, related_name="projects")
    project = models.ForeignKey("projects.Project", models.PROTECT, related_name="+")
    # The project's code over there; empty until the other platform has given one.
    remote_code = models.CharField(max_length=40, blank=True)
    appid = models.CharField(max_length=64, blank=True)
    secret = SealedTextField(context="upstream_project.secret", null=True)
    is_marked = models.BooleanField(default=True)
    compared_at = models.DateTimeField(null=True, blank=True)
    trouble = models.CharField(max_length=300, blank=True)
    failures = models.PositiveIntegerField(default=0)
    retry_at = models.DateTimeField(null=True, blank=True)
    # Until when another process is at it; whoever dies leaves this behind, and it runs out.
    busy_until = models.DateTimeField(null=True, blank=True)
    punches_done = models.BigIntegerField(default=0)
    # Punches that say no direction cannot be told to an interface that requires one.
    punches_untold = models.BigIntegerField(default=0)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("upstream", "project")
        constraints = [
            models.UniqueConstraint(
                fields=("upstream", "project"), name="a_project_stands_once_at_an_upstream"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project} → {self.upstream}"

    @property
    def has_own_key(self) -> bool:
        """Whether the project calls under a key of its own; the other platform then made it itself."""
        return bool(self.appid)

    @property
    def caller(self) -> tuple[str, str]:
        """The appid and the secret in the clear under which this project calls."""
        of = self if self.has_own_key else self.upstream
        return of.appid, str(of.secret or "")


class UpstreamCall(ScopedModel):
    """One write at an upstream: first this row, then the call, so that no answer is missed.

    While it is `sending` nobody knows whether it arrived: it is sent again under the same timestamp and
    nonce, which the other platform accepts once. `punches`: those that it reports; all else are records.
    """

    region_lookup = "access__upstream__region"
    project_lookup = "access__project"
    view_permission = MANAGE_UPSTREAMS

    class State(models.TextChoices):
        READY = "ready", "待发送"
        SENDING = "sending", "发送中"
        WAITING = "waiting", "等待处理结果"
        DONE = "done", "对方处理成功"
        REFUSED = "refused", "对方处理失败"
        LOST = "lost", "没有送达，已重新排队"

    OPEN = (State.READY, State.SENDING, State.WAITING)

    public_id = models.UUIDField(default=new_id, unique=True, editable=False)
    access = models.ForeignKey(UpstreamProject, models.PROTECT, related_name="calls")
    method = models.CharField(max_length=60)
    timestamp = models.CharField(max_length=14, blank=True)
    nonce = models.CharField(max_length=64, blank=True)
    serial = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=8, default=State.READY)
    rows = models.PositiveSmallIntegerField(default=1)
    punches = ArrayField(models.UUIDField(), default=list, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    polls = models.PositiveSmallIntegerField(default=0)
    sentence = models.CharField(max_length=500, blank=True)
    made_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    next_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=("ready", "sending", "waiting"), finished_at=None)
                | Q(state__in=("done", "refused", "lost"), finished_at__isnull=False),
                name="an_upstream_call_is_open_or_finished",
            ),
        ]
        indexes = [
            models.Index(
                fields=("access", "next_at"),
                condition=Q(state__in=("ready", "sending", "waiting")),
                name="open_calls_of_an_upstream",
            ),
            models.Index(fields=("finished_at",), name="finished_calls_of_upstreams"),
        ]

    def __str__(self) -> str:
        return f"{self.method} {self.serial}"


class UpstreamRecord(ScopedModel):
    """A record of ours at one upstream: what it said last, what is being said, what is known there.

    `wanted`, `sent` and `known` are keyed digests of its content: equal ones mean that nothing is to be told.
    `needs` are the records without which it cannot be told; what needs one that is not there is held.
    No personal data stands here: `label` names the team or paper, `sentence` is what the other side said,
    numbers masked.
    """

    region_lookup = "access__upstream__region"
    project_lookup = "access__project"
    view_permission = MANAGE_UPSTREAMS

    class State(models.TextChoices):
        HELD = "held", "等待前置记录"
        QUEUED = "queued", "待上报"
        SENT = "sent", "已发出"
        WAITING = "waiting", "等待处理结果"
        DONE = "done", "已上报"
        REFUSED = "refused", "被退回"
        WAIVED = "waived", "不再上报"

    public_id = models.UUIDField(default=new_id, unique=True, editable=False)
    access = models.ForeignKey(UpstreamProject, models.PROTECT, related_name="records")
    kind = models.CharField(max_length=12)
    key = models.UUIDField()
    # kind:key, as `needs` names it.
    name = models.CharField(max_length=60)
    label = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=8, default=State.QUEUED)
    wanted = models.BinaryField(max_length=32)
    sent = models.BinaryField(max_length=32, null=True)
    known = models.BinaryField(max_length=32, null=True)
    is_there = models.BooleanField(default=False)
    # What the other platform calls it: the number of a team, of a payroll.
    remote = models.CharField(max_length=64, blank=True)
    needs = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    # To be sent in a call of its own, so that a verdict on the call is one on the record.
    is_alone = models.BooleanField(default=False)
    sentence = models.CharField(max_length=500, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    call = models.ForeignKey(UpstreamCall, models.SET_NULL, null=True, blank=True, related_name="records")
    position = models.PositiveSmallIntegerField(default=0)
    # Since when it has waited to be told; null once it is.
    since = models.DateTimeField(null=True, blank=True)
    next_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    waived_by = models.CharField(max_length=120, blank=True)
    waive_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(fields=("access", "name"), name="a_record_stands_once_at_an_upstream"),
            models.CheckConstraint(
                condition=~Q(state="waived") | ~Q(waive_reason=""), name="a_record_is_waived_for_a_reason"
            ),
        ]
        indexes = [
            models.Index(
                fields=("access", "next_at"), condition=Q(state="queued"), name="queued_upstream_records"
            ),
            models.Index(fields=("access", "state", "kind"), name="upstream_records_by_state"),
            GinIndex(fields=("needs",), name="what_needs_an_upstream_record"),
        ]

    def __str__(self) -> str:
        return self.name
