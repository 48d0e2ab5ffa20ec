"""Reconciliation: kept digests, comparisons, what differed, and what both sides signed."""

from datetime import UTC, datetime, time, timedelta

from django.db import models
from django.db.models import Q

from federation.models.nodes import Node
from kernel.ids import new_id


class KeptDay(models.Model):
    """A day (UTC) whose punches are digested in `PunchDay`; `peer`: whose names of projects were taken."""

    peer = models.CharField(max_length=32, blank=True, default="")
    day = models.DateField()
    computed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=("peer", "day"), name="a_day_is_kept_once")]

    def __str__(self) -> str:
        return f"{self.day}"

    def __repr__(self) -> str:
        return f"<KeptDay {self.pk}>"


class PunchDay(models.Model):
    """The punches of a project on a day (UTC): how many, and the XOR of their digests in two halves."""

    peer = models.CharField(max_length=32, blank=True, default="")
    day = models.DateField()
    project = models.BigIntegerField()
    name = models.UUIDField()
    count = models.BigIntegerField()
    high = models.BigIntegerField()
    low = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("peer", "day", "project"), name="a_projects_day_is_kept_once")
        ]

    def __str__(self) -> str:
        return f"{self.project} {self.day}"

    def __repr__(self) -> str:
        return f"<PunchDay {self.pk}>"


class StaleDay(models.Model):
    """A mark of the database: punches of a project on a closed day were added, changed or removed."""

    day = models.DateField()
    project = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=("day", "project"), name="stale_days")]

    def __str__(self) -> str:
        return f"{self.project} {self.day}"

    def __repr__(self) -> str:
        return f"<StaleDay {self.pk}>"


class ReconciliationRun(models.Model):
    """One comparison over a link. The child asks and tells its parent the result, so that both keep it.

    `todo` holds the steps that are left: whoever takes the run up goes on there.
    """

    class Scope(models.TextChoices):
        NIGHT = "night", "每夜"
        WHOLE = "whole", "全部"

    class State(models.TextChoices):
        RUNNING = "running", "进行中"
        CHECKING = "checking", "复核中"
        DONE = "done", "已完成"
        FAILED = "failed", "未完成"

    public_id = models.UUIDField(default=new_id, unique=True, editable=False)
    node = models.ForeignKey(Node, models.PROTECT, related_name="reconciliations")
    scope = models.CharField(max_length=5, default=Scope.NIGHT)
    # Of the nightly one: the day that it closes, so that there is one a night.
    day = models.DateField()
    state = models.CharField(max_length=8, default=State.RUNNING)
    started_by = models.CharField(max_length=120, blank=True, default="")
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    todo = models.JSONField(default=list)
    steps = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    questions = models.PositiveIntegerField(default=0)
    bytes_out = models.BigIntegerField(default=0)
    bytes_in = models.BigIntegerField(default=0)
    attempts = models.PositiveIntegerField(default=0)
    held_until = models.DateTimeField(null=True, blank=True)
    next_at = models.DateTimeField(null=True, blank=True)
    told_at = models.DateTimeField(null=True, blank=True)
    trouble = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        ordering = ("-started_at", "-id")
        constraints = [
            models.UniqueConstraint(
                fields=("node", "day"), condition=Q(scope="night"), name="a_link_is_reconciled_once_a_night"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.node} {self.day}"

    def __repr__(self) -> str:
        return f"<ReconciliationRun {self.pk}>"

    @property
    def until(self) -> datetime:
        """Up to when all is compared: the end of its day (UTC), or its start where that day was not over."""
        end = datetime.combine(self.day + timedelta(days=1), time(), UTC)
        return min(end, self.started_at)

    @property
    def scope_in_words(self) -> str:
        """What it covers: 每夜, 全部."""
        return str(self.Scope(self.scope).label)

    @property
    def state_in_words(self) -> str:
        """How it stands."""
        return str(self.State(self.state).label)

    @property
    def percent(self) -> int:
        """How far it has come."""
        return 100 if self.state == self.State.DONE else self.done * 100 // max(self.steps, 1)


class ReconciliationCount(models.Model):
    """What one run compared of a kind: how many rows on both sides, and both digests."""

    run = models.ForeignKey(ReconciliationRun, models.CASCADE, related_name="counts")
    kind = models.CharField(max_length=40)
    below = models.BigIntegerField(default=0)
    above = models.BigIntegerField(default=0)
    digest_below = models.CharField(max_length=32, default="0" * 32)
    digest_above = models.CharField(max_length=32, default="0" * 32)

    class Meta:
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(fields=("run", "kind"), name="a_kind_is_compared_once_in_a_run")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.below}/{self.above}"

    def __repr__(self) -> str:
        return f"<ReconciliationCount {self.pk}>"

    @property
    def is_equal(self) -> bool:
        return (self.below, self.digest_below) == (self.above, self.digest_above)


class ReconciliationDiff(models.Model):
    """One row in which owner and copy differ; said alike on both sides.

    It is a suspicion until everything that was on its way has arrived, then open; sent again, it is looked at
    once more and is repaired when both sides are equal. A difference with a reason that both know (refused
    there, waived) is explained.
    """

    class Sort(models.TextChoices):
        MISSING_ABOVE = "missing_above", "上级缺少"
        MISSING_BELOW = "missing_below", "下级缺少"
        DIFFERENT = "different", "内容不同"

    class State(models.TextChoices):
        SUSPECT = "suspect", "核对中"
        OPEN = "open", "待处理"
        SENT = "sent", "已重发，待核对"
        REPAIRED = "repaired", "已一致"
        EXPLAINED = "explained", "已说明"

    public_id = models.UUIDField(default=new_id, unique=True, editable=False)
    node = models.ForeignKey(Node, models.PROTECT, related_name="differences")
    run = models.ForeignKey(ReconciliationRun, models.PROTECT, related_name="differences")
    kind = models.CharField(max_length=40)
    key = models.UUIDField()
    # Of a punch: its digest, by which it is found again; of a record its bucket's first two signs.
    mark = models.CharField(max_length=32)
    day = models.CharField(max_length=10, blank=True, default="")
    project = models.CharField(max_length=36, blank=True, default="")
    sort = models.CharField(max_length=13)
    state = models.CharField(max_length=9, default=State.SUSPECT)
    found_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    # The parent has asked the owner to send it again; what was done about it, and by whom.
    asked_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    why = models.CharField(max_length=300, blank=True, default="")
    handled_by = models.CharField(max_length=120, blank=True, default="")

    class Meta:
        ordering = ("-found_at", "-id")
        constraints = [
            models.UniqueConstraint(
                fields=("node", "kind", "key"),
                condition=~Q(state="repaired"),
                name="a_difference_is_open_once",
            ),
        ]
        indexes = [models.Index(fields=("node", "state"), name="differences_of_a_link")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"

    def __repr__(self) -> str:
        return f"<ReconciliationDiff {self.pk}>"


class LinkStatement(models.Model):
    """对账单 of a month: counts and digests by object, signed by the child and countersigned by its parent.

    `body` is what both signed, byte for byte.
    """

    public_id = models.UUIDField(default=new_id, unique=True, editable=False)
    node = models.ForeignKey(Node, models.PROTECT, related_name="statements")
    month = models.DateField()
    body = models.TextField()
    below_key = models.CharField(max_length=32)
    below_signature = models.CharField(max_length=200)
    above_key = models.CharField(max_length=32, blank=True, default="")
    above_signature = models.CharField(max_length=200, blank=True, default="")
    made_at = models.DateTimeField()
    countersigned_at = models.DateTimeField(null=True, blank=True)
    trouble = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        ordering = ("-month", "-id")
        constraints = [
            models.UniqueConstraint(fields=("node", "month"), name="a_month_has_one_statement"),
            models.CheckConstraint(
                condition=Q(above_signature="") | Q(countersigned_at__isnull=False),
                name="a_countersigned_statement_says_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.node} {self.month:%Y-%m}"

    def __repr__(self) -> str:
        return f"<LinkStatement {self.pk}>"
